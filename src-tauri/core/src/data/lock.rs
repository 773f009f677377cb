//! Who works the queue: one engine per data folder, by a lock of the operating system that dies with its
//! process, also after kill -9. A second file says in words who holds it.

use crate::error::{Error, Result};
use crate::job::Millis;
use crate::sharing;
use filetime::FileTime;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// The right to claim, run and rescue jobs of one data folder; given back when dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    holder: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The words go before the lock does; a leftover is harmless, for the lock alone counts.
        let _ = std::fs::remove_file(&self.holder);
        // Not by closing alone: a thread that hangs in a call to a dead drive keeps the files of its process open.
        let _ = self.file.unlock();
    }
}

/// Takes the lock of `data`, made where it is missing. `who` names this process to others: "spool run".
///
/// # Errors
/// `Held` with the holder's words when another process has it; `NetworkFolder` where locks mean nothing.
pub fn take(data: &Path, who: &str) -> Result<Lock> {
    super::place::prepare(data)?;
    let (path, holder) = (data.join("engine.lock"), data.join("engine.holder"));
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // Another user's file can still tell whether it is locked.
    let file = file.or_else(|cause| File::open(&path).map_err(|_| cause));
    let file = file.map_err(sharing::refused("Cannot open", &path))?;
    sharing::as_its_folder(&path);
    match try_lock(&file) {
        Ok(()) => {
            let words = format!("{who} (process {})", std::process::id());
            std::fs::write(&holder, words).map_err(sharing::refused("Cannot write", &holder))?;
            sharing::as_its_folder(&holder);
            Ok(Lock { file, holder })
        }
        Err(TryLockError::WouldBlock) => Err(Error::Held { holder: words_of(&holder) }),
        Err(TryLockError::Error(cause)) => Err(Error::io("Cannot lock", &path)(cause)),
    }
}

/// Who holds the lock of `data` just now, in words; for a moment it may be an engine that has just died.
pub fn holder(data: &Path) -> Option<String> {
    held(data, File::try_lock)
}

/// The same for those who want the lock: only a holder that lives. Takes up to a second when there is one.
pub fn living_holder(data: &Path) -> Option<String> {
    held(data, try_lock)
}

/// When the last engine of `data` gave a sign of life, where it ended without giving the lock back in peace; `None`: one
/// is at work, or the last one stopped.
pub fn last_sign(data: &Path) -> Option<Millis> {
    if holder(data).is_some() {
        return None;
    }
    let modified = data.join("engine.holder").metadata().ok()?.modified().ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_millis() as Millis)
}

/// The engine that holds the lock of `data` is alive.
pub(crate) fn give_sign(data: &Path) {
    if let Err(cause) = filetime::set_file_mtime(data.join("engine.holder"), FileTime::now()) {
        tracing::debug!(%cause, "a sign of life could not be given");
    }
}

fn held(data: &Path, attempt: fn(&File) -> std::result::Result<(), TryLockError>) -> Option<String> {
    let file = File::open(data.join("engine.lock")).ok()?;
    matches!(attempt(&file), Err(TryLockError::WouldBlock)).then(|| words_of(&data.join("engine.holder")))
}

/// Longest time a dead engine's lock lives on.
const PATIENCE: Duration = Duration::from_secs(1);

/// A child of a killed engine that was just about to become an ffmpeg still has its parent's files open, and
/// with them the lock, for some milliseconds: only who holds it longer is alive.
fn try_lock(file: &File) -> std::result::Result<(), TryLockError> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < patience => {
                std::thread::park_timeout(Duration::from_millis(20));
            }
            answer => return answer,
        }
    }
}

fn words_of(holder: &Path) -> String {
    std::fs::read_to_string(holder).unwrap_or_else(|_| "another process".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_a_dead_engine_leaves_behind_for_a_moment_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let first = take(dir.path(), "the window").unwrap();
        let (letting_go, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            letting_go.send(()).unwrap();
            std::thread::park_timeout(Duration::from_millis(100));
            drop(first);
        });
        heard.recv().unwrap();
        take(dir.path(), "spool run").unwrap();
    }

    #[test]
    fn of_an_engine_that_ended_without_a_word_the_last_sign_of_life_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let killed = take(dir.path(), "spool run").unwrap();
        give_sign(dir.path());
        // The lock goes with its process, the words stay.
        killed.file.unlock().unwrap();
        std::mem::forget(killed);
        assert!(last_sign(dir.path()).is_some_and(|at| at > 1_700_000_000_000));
    }

    #[test]
    fn a_second_engine_is_told_who_holds_the_queue() {
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
