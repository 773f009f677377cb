//! Names that a file system refuses: its answers told apart from other errors, and the failure that says so.
//!
//! Guarantees that a refused name is not taken for a missing folder: some drivers answer *not found* to a name that
//! they cannot hold. Must not know jobs.

use crate::failure::{Failure, Reason, name_of, shown};
use crate::queue::LONGEST;
use std::io;
use std::path::Path;

/// Is this error about the name rather than about its folder? `reachable`: is everything else there that the call
/// needed? Asked only of *not found*.
pub(super) fn is_of_name(error: &io::Error, reachable: impl FnOnce() -> bool) -> bool {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => true,
        io::ErrorKind::NotFound => reachable(),
        _ => is_no_text(error),
    }
}

/// EILSEQ: the bytes are not text.
#[cfg(unix)]
fn is_no_text(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::ILSEQ.raw_os_error())
}

#[cfg(not(unix))]
fn is_no_text(_: &io::Error) -> bool {
    false
}

/// `ERROR_INVALID_NAME` of Windows, which the standard library files under *invalid file name* as it does names that
/// are too long.
const INVALID_NAME: i32 = 123;

/// The failure behind an error that [`is_of_name`].
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

/// Refuses a name that no common file system holds, whether it counts bytes or units of UTF-16: a part file, whose name
/// is shortened, would not show it.
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
    fn what_file_systems_answer_to_a_bad_name_is_about_the_name() {
        use rustix::io::Errno;
        let code = |errno: Errno, reachable: bool| {
            let error = io::Error::from(errno);
            is_of_name(&error, || reachable).then(|| failure(&error, Path::new("/out/a:b.mp4")).code())
        };
        for errno in [Errno::INVAL, Errno::ILSEQ] {
            assert_eq!(code(errno, false), Some(FailureCode::NameRefused), "{errno}");
        }
        assert_eq!(code(Errno::NAMETOOLONG, false), Some(FailureCode::NameTooLong));
        assert_eq!(code(Errno::NOENT, true), Some(FailureCode::NameRefused), "exfat-fuse answers so");
        for errno in [Errno::NOENT, Errno::NOTDIR, Errno::ACCESS, Errno::NOSPC, Errno::IO] {
            assert_eq!(code(errno, false), None, "{errno}");
        }
    }

    #[test]
    fn the_sentence_names_the_file_and_its_folder() {
        let refused = failure(&io::ErrorKind::InvalidInput.into(), Path::new("/out/a:b.mp4"));
        assert_eq!(refused.said(), "The drive that holds /out refuses the name \"a:b.mp4\".");
    }

    #[test]
    fn a_name_is_too_long_where_neither_bytes_nor_units_suffice() {
        let fits = |name: String| check_length(&Path::new("/v").join(name)).is_ok();
        assert!(fits("n".repeat(255)) && fits("\u{e9}".repeat(255)));
        assert!(!fits("n".repeat(256)) && !fits("\u{1f600}".repeat(128)));
    }
}
