//! Checks whether a file can be read to its end, and finds the first byte its drive cannot read, which ffmpeg does not
//! report.

use crate::volumes::{Trouble, trouble};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// Where the drive reports a read error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// The first byte that cannot be read.
    pub(super) at: u64,
}

/// Reads the file from byte `from` while `may_continue` returns true. Returns `None` if no read failed because of the
/// drive.
pub(super) fn unreadable(path: &Path, from: u64, may_continue: impl Fn() -> bool) -> Option<Unreadable> {
    unreadable_in(&mut File::open(path).ok()?, from, may_continue)
}

fn unreadable_in(
    file: &mut (impl Read + Seek),
    from: u64,
    may_continue: impl Fn() -> bool,
) -> Option<Unreadable> {
    let mut at = file.seek(SeekFrom::Start(from)).ok()?;
    let mut block = vec![0; BLOCK];
    while may_continue() {
        match file.read(&mut block) {
            Ok(0) => return None,
            Ok(read) => at += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (trouble(&error) != Trouble::None).then_some(Unreadable { at }),
        }
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::io::Errno;

    /// A file readable up to byte `good`.
    struct Defective {
        at: u64,
        good: u64,
    }

    impl Read for Defective {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            let left = self.good - self.at;
            if left == 0 {
                return Err(io::Error::from_raw_os_error(Errno::IO.raw_os_error()));
            }
            let read = (block.len() as u64).min(left);
            self.at += read;
            Ok(read as usize)
        }
    }

    impl Seek for Defective {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            let SeekFrom::Start(at) = to else { return Err(io::ErrorKind::Unsupported.into()) };
            self.at = at;
            Ok(at)
        }
    }

    #[test]
    fn first_unreadable_byte_is_found_and_confirmed() {
        let mut file = Defective { at: 0, good: 5_000_000 };
        let first = unreadable_in(&mut file, 0, || true).unwrap();
        assert_eq!(first.at, 5_000_000);
        assert_eq!(unreadable_in(&mut file, first.at, || true), Some(first));
        assert_eq!(unreadable_in(&mut io::Cursor::new(vec![0; 3_000_000]), 0, || true), None);
        assert_eq!(unreadable_in(&mut file, 0, || false), None, "an order ends it");
    }
}
