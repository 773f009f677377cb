//! Tracks folders that were created for results and have none yet. They are recorded before they are created, so that
//! empty ones are removed by the last job that leaves them, or after a crash by the next start.
//!
//! Guarantees that no folder is removed that existed before or contains anything, and that the record stays small: a
//! folder leaves it with its first file, and `MOST` limits it. No drive is accessed under the lock.

use crate::job::Lease;
use crate::output;
use crate::path_bytes;
use crate::queue::{Details, Flag};
use crate::volumes::{Volumes, mounts};
use std::collections::{BTreeMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Most folders recorded at a time.
const MOST: usize = 1000;

/// The record.
type Noted = BTreeMap<PathBuf, Made>;

/// A folder that was created, or is about to be.
#[derive(Debug, Default)]
struct Made {
    /// Mount point of its drive.
    volume: Option<PathBuf>,
    /// Attempts that write below it.
    used_by: HashSet<Lease>,
}

/// The folders of one queue, shared by all attempts.
#[derive(Default)]
pub(crate) struct Folders(Mutex<Noted>);

impl Folders {
    /// Loads the record of earlier engines.
    pub(crate) fn of(queue: &dyn Details) -> Folders {
        let noted = queue.flag(Flag::MadeFolders).ok().flatten();
        Folders(Mutex::new(noted.map(|text| read(&text)).unwrap_or_default()))
    }

    /// Records that an attempt writes to `folder` on the drive mounted at `volume`, and is about to create the
    /// `missing` folders for that.
    pub(crate) fn enter(
        &self,
        queue: &dyn Details,
        lease: Lease,
        (folder, volume): (&Path, Option<&Path>),
        missing: &[PathBuf],
    ) {
        let mut noted = self.noted();
        let before = noted.len();
        for folder in missing {
            noted.entry(folder.clone()).or_default().volume = volume.map(Path::to_owned);
        }
        for folder in folder.ancestors() {
            if let Some(made) = noted.get_mut(folder) {
                made.used_by.insert(lease);
            }
        }
        if noted.len() > before {
            forget_beyond(&mut noted, MOST);
            keep(queue, &noted);
        }
    }

    /// Records that an attempt which wrote to `folder` has ended; removes the recorded folders on its path that are
    /// empty and unused by other attempts.
    pub(crate) fn leave(&self, queue: &dyn Details, lease: Lease, folder: &Path) {
        let mut left = Vec::new();
        let mut noted = self.noted();
        for folder in folder.ancestors() {
            let Some(made) = noted.get_mut(folder) else { continue };
            made.used_by.remove(&lease);
            if made.used_by.is_empty() {
                left.push((folder.to_owned(), made.volume.clone()));
            }
        }
        let all: Vec<PathBuf> = noted.keys().cloned().collect();
        drop(noted);
        let settled = settled(&left, all);
        let mut noted = self.noted();
        let before = noted.len();
        // Another attempt may have entered meanwhile, and created the folder again.
        noted.retain(|folder, made| !made.used_by.is_empty() || !settled.contains(folder));
        if noted.len() < before {
            keep(queue, &noted);
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes empty folders of a dead engine, on all drives in parallel, waiting until `until` at most. Folders on drives
/// that are away or do not respond stay recorded.
pub(crate) fn sweep(queue: &dyn Details, volumes: &Arc<Volumes>, until: Instant) {
    let Some(text) = queue.flag(Flag::MadeFolders).ok().flatten() else { return };
    let mut noted = read(&text);
    let all: Vec<PathBuf> = noted.keys().cloned().collect();
    let mut drives: BTreeMap<Option<PathBuf>, Vec<(PathBuf, Option<PathBuf>)>> = BTreeMap::new();
    // Inner folders come first.
    for (folder, made) in noted.iter().rev() {
        let drive = mounts::point_of(folder);
        drives.entry(drive).or_default().push((folder.clone(), made.volume.clone()));
    }
    let ask = |folders: Vec<(PathBuf, Option<PathBuf>)>| {
        let (all, first) = (all.clone(), folders[0].0.clone());
        volumes.begin(&first, move || settled(&folders, all))
    };
    let asked: Vec<_> = drives.into_values().map(ask).collect();
    for question in asked.into_iter().flatten() {
        let answer = question.wait(until.saturating_duration_since(Instant::now()));
        answer.unwrap_or_default().iter().for_each(|folder| drop(noted.remove(folder)));
    }
    if noted.len() < all.len() {
        keep(queue, &noted);
    }
}

/// Removes the empty ones of these folders, the innermost first. Returns which need no longer be recorded.
fn settled(folders: &[(PathBuf, Option<PathBuf>)], mut noted: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut settled = Vec::new();
    for (folder, volume) in folders {
        if volume.as_deref().is_none_or(mounts::is_mounted) && is_settled(folder, &noted) {
            noted.retain(|other| other != folder);
            settled.push(folder.clone());
        }
    }
    settled
}

/// Removed, missing, or kept because it contains a file. Part files and recorded folders may still go.
fn is_settled(folder: &Path, noted: &[PathBuf]) -> bool {
    match std::fs::remove_dir(folder) {
        Ok(()) => true,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => true,
        Err(_) => std::fs::read_dir(folder).is_ok_and(|entries| {
            let mut entries = entries.flatten().map(|entry| entry.path());
            entries.any(|path| !path.file_name().is_some_and(output::is_part) && !noted.contains(&path))
        }),
    }
}

/// Drops records beyond the limit, except of folders in use.
fn forget_beyond(noted: &mut Noted, most: usize) {
    let mut beyond = noted.len().saturating_sub(most);
    noted.retain(|_, made| {
        let goes = beyond > 0 && made.used_by.is_empty();
        beyond -= usize::from(goes);
        !goes
    });
}

/// Stores the record. A failure is only logged, so that an encode is not delayed.
fn keep(queue: &dyn Details, noted: &Noted) {
    let text = (!noted.is_empty()).then(|| written(noted));
    if let Err(cause) = queue.set_flag(Flag::MadeFolders, text.as_deref()) {
        tracing::warn!(%cause, "the created folders could not be recorded");
    }
}

/// JSON list of pairs: folder, and volume or null; both percent-encoded.
fn written(noted: &Noted) -> String {
    let pairs = noted
        .iter()
        .map(|(folder, made)| (path_bytes::to_text(folder), made.volume.as_deref().map(path_bytes::to_text)));
    serde_json::to_string(&pairs.collect::<Vec<_>>()).unwrap_or_default()
}

/// Malformed entries are ignored; their folders stay.
fn read(text: &str) -> Noted {
    let pairs: Vec<(String, Option<String>)> = serde_json::from_str(text).unwrap_or_default();
    let made = |(folder, volume): (String, Option<String>)| {
        let volume = volume.map(|volume| path_bytes::of_text(&volume).ok_or(())).transpose().ok()?;
        Some((path_bytes::of_text(&folder)?, Made { volume, ..Made::default() }))
    };
    pairs.into_iter().filter_map(made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::job::JobId;
    use crate::queue::memory::MemoryQueue;
    use std::fs;

    struct Env {
        queue: MemoryQueue,
        folders: Folders,
        dir: tempfile::TempDir,
    }

    fn env() -> Env {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        Env { folders: Folders::of(&queue), queue, dir: tempfile::tempdir().unwrap() }
    }

    impl Env {
        fn at(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        /// As by an attempt before it writes there.
        fn enter(&self, job: i64, name: &str) {
            let folder = self.at(name);
            let missing: Vec<PathBuf> =
                folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
            self.folders.enter(&self.queue, lease(job), (&folder, None), &missing);
            fs::create_dir_all(folder).unwrap();
        }

        fn leave(&self, job: i64, name: &str) {
            self.folders.leave(&self.queue, lease(job), &self.at(name));
        }

        fn sweep(&self) {
            let soon = Instant::now() + std::time::Duration::from_secs(20);
            sweep(&self.queue, &Arc::default(), soon);
        }

        /// The stored record.
        fn noted(&self) -> Vec<String> {
            let text = self.queue.flag(Flag::MadeFolders).unwrap().unwrap_or_default();
            let below = |path: PathBuf| path.strip_prefix(self.dir.path()).unwrap().display().to_string();
            read(&text).into_keys().map(below).collect()
        }
    }

    fn lease(job: i64) -> Lease {
        Lease { id: JobId(job), epoch: 1 }
    }

    #[test]
    fn folder_is_removed_when_the_last_attempt_leaves_it() {
        let env = env();
        env.enter(1, "a/b");
        env.enter(2, "a/b");
        env.enter(3, "a/c");
        assert_eq!(env.noted(), ["a", "a/b", "a/c"]);
        env.leave(1, "a/b");
        assert!(env.at("a/b").is_dir(), "the second attempt uses it");
        env.leave(2, "a/b");
        assert_eq!((env.at("a/b").exists(), env.noted()), (false, vec!["a".into(), "a/c".into()]));
        env.leave(3, "a/c");
        assert_eq!((env.at("a").exists(), env.noted()), (false, vec![]));
    }

    /// For example below a folder without permission, or on a share that does not respond.
    #[cfg(unix)]
    #[test]
    fn unreadable_folder_is_not_recorded_as_missing() {
        let env = env();
        let (blocked, folder) = (env.at("out"), env.at("out/mine"));
        std::os::unix::fs::symlink(&blocked, &blocked).unwrap();
        let announce = |missing: &[PathBuf]| {
            env.folders.enter(&env.queue, lease(1), (&folder, None), missing);
        };
        let refused = output::create_part(&folder.join("part"), &folder.join("a.mp4"), None, &announce);
        assert!(refused.is_err());
        env.leave(1, "out/mine");
        assert_eq!(env.noted(), [""; 0]);
        fs::remove_file(&blocked).unwrap();
        fs::create_dir_all(&folder).unwrap();
        env.sweep();
        assert!(folder.is_dir(), "the user created it");
    }

    #[test]
    fn folder_with_a_file_stays_and_leaves_the_record() {
        let env = env();
        env.enter(1, "a/b");
        fs::write(env.at("a/b/result.mp4"), "").unwrap();
        env.leave(1, "a/b");
        assert_eq!(env.noted(), [""; 0]);
        fs::remove_file(env.at("a/b/result.mp4")).unwrap();
        env.sweep();
        assert!(env.at("a/b").is_dir(), "it had a result; the user emptied it");
    }

    #[test]
    fn next_start_removes_empty_created_folders() {
        let env = env();
        fs::create_dir(env.at("before")).unwrap();
        for (job, name) in ["before/a", "b/c", "d/e"].into_iter().enumerate() {
            env.enter(job as i64, name);
        }
        fs::write(env.at("b/mine.txt"), "").unwrap();
        // The part file of an attempt whose drive was away is deleted later.
        let part = output::part_path(&env.at("d/e/x.mp4"), uuid::Uuid::now_v7(), 1);
        fs::write(&part, "").unwrap();
        env.sweep();
        let there = ["before", "before/a", "b", "b/c", "d/e"].map(|name| env.at(name).exists());
        assert_eq!((there, env.noted()), ([true, false, true, false, true], vec!["d".into(), "d/e".into()]));
        fs::remove_file(part).unwrap();
        env.sweep();
        assert_eq!((env.at("d").exists(), env.noted()), (false, vec![]));
    }

    #[test]
    fn record_keeps_non_utf8_names_and_volumes_and_ignores_malformed_text() {
        let folder = path_bytes::of_text(if cfg!(unix) { "/v/caf%E9" } else { "v%00%00%D8" }).unwrap();
        let made = Made { volume: Some("/v".into()), ..Made::default() };
        let text = written(&Noted::from([(folder.clone(), made)]));
        let again = read(&text);
        assert_eq!(again[&folder].volume.as_deref(), Some(Path::new("/v")));
        for broken in ["", "x", r#"[["/a%","/v"]]"#, r#"[["/a","/v%4"]]"#] {
            assert!(read(broken).is_empty(), "{broken}");
        }
    }

    #[test]
    fn record_is_limited_and_keeps_folders_in_use() {
        let mut noted: Noted = (0..5).map(|n| (PathBuf::from(format!("/{n}")), Made::default())).collect();
        noted.get_mut(Path::new("/0")).unwrap().used_by.insert(lease(1));
        forget_beyond(&mut noted, 2);
        assert_eq!(noted.into_keys().collect::<Vec<_>>(), [Path::new("/0"), Path::new("/4")]);
    }
}
