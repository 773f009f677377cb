//! Locks on who may open a queue, and who has it open. The operating system releases them when their process ends.

use crate::error::{Error, Result};
use crate::sharing;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest wait for exclusive use: a child process between fork and exec briefly holds the lock too.
const PATIENCE: Duration = Duration::from_secs(2);

/// Poll interval of that wait.
const STEP: Duration = Duration::from_millis(5);

/// The exclusive right to open or repair the queue. Needed because switching to WAL fails with "locked" at once if
/// another process does the same, regardless of the busy timeout, and because a migration must not run twice.
pub(super) struct OpenLock {
    _file: File,
    users: PathBuf,
}

impl OpenLock {
    pub(super) fn take(path: &Path) -> Result<OpenLock> {
        let opening = path.with_extension("opening");
        let file = lock_file(&opening)?;
        file.lock().map_err(Error::io("Cannot lock", &opening))?;
        Ok(OpenLock { _file: file, users: path.with_extension("users") })
    }

    /// Takes the exclusive in-use lock; `None` if a process has the database open.
    pub(super) fn exclusive(&self) -> Result<Option<File>> {
        let file = lock_file(&self.users)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::park_timeout(STEP),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(cause)) => return Err(Error::io("Cannot lock", &self.users)(cause)),
            }
        }
    }

    /// Marks the database as in use until the returned file is dropped.
    pub(super) fn shared(&self) -> Result<File> {
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
    fn queue_is_in_use_exactly_while_it_is_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("queue.db");
        let (first, second) = (open::open(&path).unwrap(), open::open(&path).unwrap());
        let alone = || OpenLock::take(&path).unwrap().exclusive().unwrap().is_some();
        drop(first);
        assert!(!alone());
        drop(second);
        assert!(alone());
    }
}
