//! Checks of a volume, and the meaning of its errors. Each check may hang, so it must run within a
//! query, which has a thread of its own and a deadline.

use std::io;
use std::path::Path;

/// What an error of a file system means for its volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection is lost: no file on the volume can be used until it is restored.
    Lost,
    /// The hardware or the connection failed, for this file or for all; a check of the root decides.
    Doubtful,
    /// The volume is not the cause.
    None,
}

/// Classifies an error.
pub fn trouble(error: &io::Error) -> Trouble {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotConnected
        | Kind::StaleNetworkFileHandle
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::ConnectionAborted
        | Kind::ConnectionReset => Trouble::Lost,
        Kind::TimedOut => Trouble::Doubtful,
        _ => error.raw_os_error().map_or(Trouble::None, of_system),
    }
}

#[cfg(unix)]
fn of_system(code: i32) -> Trouble {
    use rustix::io::Errno;
    match Errno::from_raw_os_error(code) {
        Errno::HOSTDOWN | Errno::NOTCONN | Errno::STALE => Trouble::Lost,
        Errno::IO | Errno::TIMEDOUT | Errno::NXIO | Errno::NODEV => Trouble::Doubtful,
        _ => Trouble::None,
    }
}

/// `ERROR_BAD_NETPATH`, `ERROR_NETNAME_DELETED`, `ERROR_BAD_NET_NAME`, `ERROR_UNEXP_NET_ERR`; `ERROR_CRC`, `ERROR_NOT_READY`,
/// `ERROR_SEM_TIMEOUT`, `ERROR_IO_DEVICE`.
#[cfg(windows)]
fn of_system(code: i32) -> Trouble {
    match code {
        53 | 59 | 64 | 67 => Trouble::Lost,
        21 | 23 | 121 | 1117 => Trouble::Doubtful,
        _ => Trouble::None,
    }
}

/// Checks whether the volume mounted at `point` works. Missing permissions do not count as an error.
///
/// # Errors
/// The first error caused by the volume; `NotFound` if `point` does not exist.
pub fn answers(point: &Path) -> io::Result<()> {
    let looks: [fn(&Path) -> io::Result<()>; 3] = [
        |p| p.metadata().map(drop),
        |p| p.read_dir()?.next().transpose().map(drop),
        |p| free_space(p).map(drop),
    ];
    for look in looks {
        match look(point) {
            Err(error) if error.kind() == io::ErrorKind::NotFound || trouble(&error) != Trouble::None => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns the free bytes for this user on the volume of `path` or of its nearest existing parent.
pub fn free_space(path: &Path) -> io::Result<u64> {
    free_in(nearest(path))
}

/// Returns the free bytes for this user on the volume of an existing folder.
pub fn free_in(folder: &Path) -> io::Result<u64> {
    fs4::available_space(folder)
}

/// Checks whether anything exists at `path`.
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// Checks whether this user may write to `folder`, or create it if it does not exist.
pub fn is_writable(folder: &Path) -> bool {
    tempfile::tempfile_in(nearest(folder)).is_ok()
}

fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|p| p.exists()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn errors_are_classified() {
        use rustix::io::Errno;
        let of = |errno: Errno| trouble(&io::Error::from_raw_os_error(errno.raw_os_error()));
        for errno in [Errno::NOTCONN, Errno::STALE, Errno::HOSTDOWN, Errno::HOSTUNREACH] {
            assert_eq!(of(errno), Trouble::Lost, "{errno:?}");
        }
        for errno in [Errno::IO, Errno::TIMEDOUT] {
            assert_eq!(of(errno), Trouble::Doubtful, "{errno:?}");
        }
        for errno in [Errno::NOENT, Errno::ACCESS, Errno::NOSPC, Errno::INVAL] {
            assert_eq!(of(errno), Trouble::None, "{errno:?}");
        }
    }

    #[test]
    fn missing_folder_is_writable_if_it_can_be_created() {
        let dir = tempfile::tempdir().unwrap();
        assert!(is_writable(dir.path()) && is_writable(&dir.path().join("no/such")));
        assert!(!is_writable(Path::new("/proc/no/such")));
    }

    #[test]
    fn existing_volume_answers() {
        assert!(answers(Path::new("/")).is_ok());
        assert_eq!(answers(Path::new("/no/such")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
