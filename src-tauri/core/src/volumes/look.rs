//! What a volume is asked, and what its errors say about it. Each of these may hang, and belongs into a question.

use std::io;
use std::path::Path;

/// What an error of a file system says about its volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection to it is lost: nothing on it can be used until it is there again.
    Lost,
    /// Its hardware or its connection failed, for this file or for all: a look at its root tells.
    Doubtful,
    /// Nothing.
    None,
}

/// Reads an error.
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

/// Does the volume that is mounted here work? What this user may not see is no fault of it.
///
/// # Errors
/// The first error that speaks against it; `NotFound` where it is not mounted.
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

/// Free bytes for this user on the volume of `path` or of its nearest existing parent.
pub fn free_space(path: &Path) -> io::Result<u64> {
    free_in(nearest(path))
}

/// The same for a folder that is there.
pub fn free_in(folder: &Path) -> io::Result<u64> {
    fs4::available_space(folder)
}

/// Is something there, whatever it is?
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// May this user write into `folder`, or make it where it is not there?
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
    fn errors_tell_a_lost_connection_from_a_doubtful_drive_and_from_a_missing_file() {
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
    fn a_folder_that_is_not_there_is_writable_where_it_can_be_made() {
        let dir = tempfile::tempdir().unwrap();
        assert!(is_writable(dir.path()) && is_writable(&dir.path().join("no/such")));
        assert!(!is_writable(Path::new("/proc/no/such")));
    }

    #[test]
    fn a_volume_that_is_there_answers() {
        assert!(answers(Path::new("/")).is_ok());
        assert_eq!(answers(Path::new("/no/such")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
