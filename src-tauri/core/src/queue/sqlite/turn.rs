//! Who may open a queue, and who has it open: locks of the operating system that die with their process.

use crate::error::{Error, Result};
use crate::sharing;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A lock is also held, for a moment, by a child between its birth and its becoming another program.
const PATIENCE: Duration = Duration::from_secs(2);

const STEP: Duration = Duration::from_millis(5);

/// The right to open or mend the queue: one process at a time. The change to WAL answers "locked" at once when
/// another is about it, whatever the busy timeout, and a migration must not be begun twice.
pub(super) struct Turn {
    _file: File,
    users: PathBuf,
}

impl Turn {
    pub(super) fn take(path: &Path) -> Result<Turn> {
        let opening = path.with_extension("opening");
        let file = lock_file(&opening)?;
        file.lock().map_err(Error::io("Cannot lock", &opening))?;
        Ok(Turn { _file: file, users: path.with_extension("users") })
    }

    /// Exclusive use: `Some` while no process has the database open, else `None`.
    pub(super) fn alone(&self) -> Result<Option<File>> {
        let file = lock_file(&self.users)?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::park_timeout(STEP),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(cause)) => return Err(Error::io("Cannot lock", &self.users)(cause)),
            }
        }
    }

    /// From now on the database is in use, for as long as the answer lives.
    pub(super) fn join(&self) -> Result<File> {
        let file = lock_file(&self.users)?;
        file.lock_shared().map_err(Error::io("Cannot lock", &self.users))?;
        Ok(file)
    }
}

fn lock_file(path: &Path) -> Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|cause| match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::DatabaseFull,
        _ => sharing::refused("Cannot open", path)(cause),
    })?;
    sharing::as_its_folder(path);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::super::open;
    use super::*;

    #[test]
    fn a_queue_is_in_use_as_long_as_it_is_open_and_not_longer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("queue.db");
        let (first, second) = (open::open(&path).unwrap(), open::open(&path).unwrap());
        let alone = || Turn::take(&path).unwrap().alone().unwrap().is_some();
        drop(first);
        assert!(!alone());
        drop(second);
        assert!(alone());
    }
}
