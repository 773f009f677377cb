//! Recognises errors that mean a refused name, and maps them to failures.
//!
//! Guarantees that a refused name is not taken for a missing folder: some drivers return *not found* for a name that
//! they cannot hold. Must not know jobs.

use crate::failure::{Failure, Reason, name_of, shown};
use crate::queue::LONGEST;
use std::io;
use std::path::Path;

/// Is this error about the name rather than its folder? `reachable` checks that everything else the call needs exists;
/// it is called only for *not found*.
pub(super) fn is_of_name(error: &io::Error, reachable: impl FnOnce() -> bool) -> bool {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => true,
        io::ErrorKind::NotFound => reachable(),
        _ => is_invalid_text(error),
    }
}

/// EILSEQ: the bytes are not valid text.
#[cfg(unix)]
fn is_invalid_text(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::ILSEQ.raw_os_error())
}

#[cfg(not(unix))]
fn is_invalid_text(_: &io::Error) -> bool {
    false
}

/// `ERROR_INVALID_NAME` of Windows. The standard library maps it to *invalid file name*, like names that are too long.
const INVALID_NAME: i32 = 123;

/// The failure for an error that [`is_of_name`].
pub(super) fn failure(error: &io::Error, output: &Path) -> Failure {
    let long = error.kind() == io::ErrorKind::InvalidFilename;
    if long && !(cfg!(windows) && error.raw_os_error() == Some(INVALID_NAME)) {
        return too_long(output);
    }
    Reason::NameRefused { folder: folder(output), name: name_of(output) }.into()
}

fn too_long(output: &Path) -> Failure {
    Reason::NameTooLong { folder: folder(output) }.into()
}

fn folder(output: &Path) -> String {
    shown(output.parent().unwrap_or(output))
}

/// Fails for a name longer than any common file system allows, in bytes or UTF-16 units. The part file, whose name is
/// shortened, would not show it.
pub(super) fn check_length(output: &Path) -> Result<(), Failure> {
    let name = output.file_name().unwrap_or_default();
    let units = name.to_str().map_or(name.len(), |text| text.encode_utf16().count());
    if units > LONGEST { Err(too_long(output)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureCode;

    #[cfg(unix)]
    #[test]
    fn errors_for_bad_names_are_about_the_name() {
        use rustix::io::Errno;
        let code = |errno: Errno, reachable: bool| {
            let error = io::Error::from(errno);
            is_of_name(&error, || reachable).then(|| failure(&error, Path::new("/out/a:b.mp4")).code())
        };
        for errno in [Errno::INVAL, Errno::ILSEQ] {
            assert_eq!(code(errno, false), Some(FailureCode::NameRefused), "{errno}");
        }
        assert_eq!(code(Errno::NAMETOOLONG, false), Some(FailureCode::NameTooLong));
        assert_eq!(code(Errno::NOENT, true), Some(FailureCode::NameRefused), "exfat-fuse returns this");
        for errno in [Errno::NOENT, Errno::NOTDIR, Errno::ACCESS, Errno::NOSPC, Errno::IO] {
            assert_eq!(code(errno, false), None, "{errno}");
        }
    }

    #[test]
    fn message_names_the_file_and_its_folder() {
        let refused = failure(&io::ErrorKind::InvalidInput.into(), Path::new("/out/a:b.mp4"));
        assert_eq!(refused.sentence(), "The drive that holds /out refuses the name \"a:b.mp4\".");
    }

    #[test]
    fn name_is_too_long_if_bytes_and_units_exceed_the_limit() {
        let fits = |name: String| check_length(&Path::new("/v").join(name)).is_ok();
        assert!(fits("n".repeat(255)) && fits("\u{e9}".repeat(255)));
        assert!(!fits("n".repeat(256)) && !fits("\u{1f600}".repeat(128)));
    }
}
