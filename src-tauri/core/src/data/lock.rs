//! Allows one engine per data folder, by an operating system lock that ends with its process, also after kill -9. A
//! second file names the holder.

use crate::error::{Error, Result};
use crate::job::Millis;
use crate::sharing;
use filetime::FileTime;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// The exclusive right to claim, run and rescue jobs of a data folder; released on drop.
#[derive(Debug)]
pub struct Lock {
    file: File,
    holder: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The holder's name is removed before the lock; a leftover is harmless, because only the lock counts.
        let _ = std::fs::remove_file(&self.holder);
        // Closing the file is not enough: a thread that hangs in a call to a dead drive keeps it open.
        let _ = self.file.unlock();
    }
}

/// Takes the lock of `data`, which is created if missing. `who` names this process to others: "spool run".
///
/// # Errors
/// `Held` with the holder's name if another process has it; `NetworkFolder` where locks are unreliable.
pub fn take(data: &Path, who: &str) -> Result<Lock> {
    super::place::prepare(data)?;
    let (path, holder) = (data.join("engine.lock"), data.join("engine.holder"));
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // Another user's file is read-only, but its lock can be tested.
    let file = file.or_else(|cause| File::open(&path).map_err(|_| cause));
    let file = file.map_err(sharing::refused("Cannot open", &path))?;
    sharing::as_its_folder(&path);
    match try_lock(&file) {
        Ok(()) => {
            let name = format!("{who} (process {})", std::process::id());
            std::fs::write(&holder, name).map_err(sharing::refused("Cannot write", &holder))?;
            sharing::as_its_folder(&holder);
            Ok(Lock { file, holder })
        }
        Err(TryLockError::WouldBlock) => Err(Error::Held { holder: name_in(&holder) }),
        Err(TryLockError::Error(cause)) => Err(Error::io("Cannot lock", &path)(cause)),
    }
}

/// The name of the process that holds the lock of `data`. May briefly name an engine that has just died.
pub fn holder(data: &Path) -> Option<String> {
    held(data, File::try_lock)
}

/// As [`holder`], for processes that want the lock: only a live holder. Takes up to a second if there is one.
pub fn living_holder(data: &Path) -> Option<String> {
    held(data, try_lock)
}

/// Time of the last heartbeat of the last engine of `data`, if it ended without releasing the lock. `None` while an
/// engine is running, or after a clean end.
pub fn last_sign(data: &Path) -> Option<Millis> {
    if holder(data).is_some() {
        return None;
    }
    let modified = data.join("engine.holder").metadata().ok()?.modified().ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_millis() as Millis)
}

/// Records a heartbeat of the engine that holds the lock of `data`.
pub(crate) fn give_sign(data: &Path) {
    if let Err(cause) = filetime::set_file_mtime(data.join("engine.holder"), FileTime::now()) {
        tracing::debug!(%cause, "the heartbeat could not be written");
    }
}

fn held(data: &Path, attempt: fn(&File) -> std::result::Result<(), TryLockError>) -> Option<String> {
    let file = File::open(data.join("engine.lock")).ok()?;
    matches!(attempt(&file), Err(TryLockError::WouldBlock)).then(|| name_in(&data.join("engine.holder")))
}

/// Longest time for which a dead engine's lock remains.
const ORPHANED_LOCK_LIMIT: Duration = Duration::from_secs(1);

/// A child of a killed engine that has forked but not yet executed ffmpeg still has its parent's files open, and with
/// them the lock, for some milliseconds: a longer hold means a live holder.
fn try_lock(file: &File) -> std::result::Result<(), TryLockError> {
    let deadline = Instant::now() + ORPHANED_LOCK_LIMIT;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            answer => return answer,
        }
    }
}

fn name_in(holder: &Path) -> String {
    std::fs::read_to_string(holder).unwrap_or_else(|_| "another process".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_of_a_dead_engine_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let first = take(dir.path(), "the window").unwrap();
        let (releasing, released) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            releasing.send(()).unwrap();
            std::thread::park_timeout(Duration::from_millis(100));
            drop(first);
        });
        released.recv().unwrap();
        take(dir.path(), "spool run").unwrap();
    }

    #[test]
    fn last_heartbeat_of_a_killed_engine_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let killed = take(dir.path(), "spool run").unwrap();
        give_sign(dir.path());
        // The lock ends with its process; the holder's name stays.
        killed.file.unlock().unwrap();
        std::mem::forget(killed);
        assert!(last_sign(dir.path()).is_some_and(|at| at > 1_700_000_000_000));
    }

    #[test]
    fn second_engine_gets_the_name_of_the_holder() {
        let dir = tempfile::tempdir().unwrap();
        let first = take(dir.path(), "the window").unwrap();
        let refusal = take(dir.path(), "spool run").unwrap_err().to_string();
        assert!(refusal.contains("the window (process"), "{refusal}");
        assert_eq!(holder(dir.path()).map(|h| h.contains("the window")), Some(true));
        assert_eq!(last_sign(dir.path()), None);
        drop(first);
        assert_eq!((holder(dir.path()), last_sign(dir.path())), (None, None));
        take(dir.path(), "spool run").unwrap();
    }
}
