//! Folders that were made for results and have none yet. They are noted before they are made, so that those that stay
//! empty are removed by whoever leaves them last, and after a crash by the next start.
//!
//! Guarantees that no folder is removed that was there before or that holds anything, and that the note stays small: a
//! folder leaves it with its first file, and beyond `MOST` the note forgets. Nothing of a drive is asked under the lock.

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

/// Folders that are noted at a time.
const MOST: usize = 1000;

/// What is noted of each folder.
type Noted = BTreeMap<PathBuf, Made>;

/// A folder that was made, or is about to be.
#[derive(Debug, Default)]
struct Made {
    /// Where its drive is mounted.
    volume: Option<PathBuf>,
    /// Attempts that write below it: it is theirs to leave.
    used_by: HashSet<Lease>,
}

/// The folders of one queue; one for all attempts.
#[derive(Default)]
pub(crate) struct Folders(Mutex<Noted>);

impl Folders {
    /// Those that earlier engines noted.
    pub(crate) fn of(queue: &dyn Details) -> Folders {
        let noted = queue.flag(Flag::MadeFolders).ok().flatten();
        Folders(Mutex::new(noted.map(|text| read(&text)).unwrap_or_default()))
    }

    /// An attempt is about to write into `folder` on the drive mounted at `volume`, and to make these folders for that.
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

    /// An attempt that wrote into `folder` has ended: of the folders on the way there, those that are empty and that no other
    /// attempt uses are removed.
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
        let through = through(&left, all);
        let mut noted = self.noted();
        let before = noted.len();
        // Another attempt may have come in meanwhile, and made it again.
        noted.retain(|folder, made| !made.used_by.is_empty() || !through.contains(folder));
        if noted.len() < before {
            keep(queue, &noted);
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes what a dead engine had made for nothing, on all drives at once; not waited for beyond `until`. Those on drives
/// that are away or do not answer stay noted.
pub(crate) fn sweep(queue: &dyn Details, volumes: &Arc<Volumes>, until: Instant) {
    let Some(text) = queue.flag(Flag::MadeFolders).ok().flatten() else { return };
    let mut noted = read(&text);
    let all: Vec<PathBuf> = noted.keys().cloned().collect();
    let mut drives: BTreeMap<Option<PathBuf>, Vec<(PathBuf, Option<PathBuf>)>> = BTreeMap::new();
    // What is below comes first.
    for (folder, made) in noted.iter().rev() {
        let drive = mounts::point_of(folder);
        drives.entry(drive).or_default().push((folder.clone(), made.volume.clone()));
    }
    let ask = |folders: Vec<(PathBuf, Option<PathBuf>)>| {
        let (all, first) = (all.clone(), folders[0].0.clone());
        volumes.begin(&first, move || through(&folders, all))
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

/// Removes those of these folders that are empty, the innermost first; answers which need no longer be noted.
fn through(folders: &[(PathBuf, Option<PathBuf>)], mut noted: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut through = Vec::new();
    for (folder, volume) in folders {
        if volume.as_deref().is_none_or(mounts::is_mounted) && is_through(folder, &noted) {
            noted.retain(|other| other != folder);
            through.push(folder.clone());
        }
    }
    through
}

/// Gone, or there for good: it holds something. Part files and folders that are noted themselves may still go.
fn is_through(folder: &Path, noted: &[PathBuf]) -> bool {
    match std::fs::remove_dir(folder) {
        Ok(()) => true,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => true,
        Err(_) => std::fs::read_dir(folder).is_ok_and(|entries| {
            let mut entries = entries.flatten().map(|entry| entry.path());
            entries.any(|path| !path.file_name().is_some_and(output::is_part) && !noted.contains(&path))
        }),
    }
}

/// Those in use stay.
fn forget_beyond(noted: &mut Noted, most: usize) {
    let mut beyond = noted.len().saturating_sub(most);
    noted.retain(|_, made| {
        let goes = beyond > 0 && made.used_by.is_empty();
        beyond -= usize::from(goes);
        !goes
    });
}

/// Writes the note down. Where the queue cannot be written just now, an encode is not held up for it.
fn keep(queue: &dyn Details, noted: &Noted) {
    let text = (!noted.is_empty()).then(|| written(noted));
    if let Err(cause) = queue.set_flag(Flag::MadeFolders, text.as_deref()) {
        tracing::warn!(%cause, "the folders that were made could not be noted");
    }
}

/// A list of pairs in JSON: folder, and volume or null; both in percent form.
fn written(noted: &Noted) -> String {
    let pairs = noted
        .iter()
        .map(|(folder, made)| (path_bytes::to_text(folder), made.volume.as_deref().map(path_bytes::to_text)));
    serde_json::to_string(&pairs.collect::<Vec<_>>()).unwrap_or_default()
}

/// What cannot be read counts as not noted: then a folder stays.
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

    struct World {
        queue: MemoryQueue,
        folders: Folders,
        dir: tempfile::TempDir,
    }

    fn world() -> World {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        World { folders: Folders::of(&queue), queue, dir: tempfile::tempdir().unwrap() }
    }

    impl World {
        fn at(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        /// As an attempt does that is about to write there.
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

        /// What is written down.
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
    fn a_folder_is_noted_before_it_is_made_and_goes_with_the_last_who_leaves_it() {
        let world = world();
        world.enter(1, "a/b");
        world.enter(2, "a/b");
        world.enter(3, "a/c");
        assert_eq!(world.noted(), ["a", "a/b", "a/c"]);
        world.leave(1, "a/b");
        assert!(world.at("a/b").is_dir(), "the second is there");
        world.leave(2, "a/b");
        assert_eq!((world.at("a/b").exists(), world.noted()), (false, vec!["a".into(), "a/c".into()]));
        world.leave(3, "a/c");
        assert_eq!((world.at("a").exists(), world.noted()), (false, vec![]));
    }

    /// As below a folder that may not be entered, or on a share that does not answer just now.
    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_looked_at_does_not_count_as_one_to_be_made() {
        let world = world();
        let (blocked, folder) = (world.at("out"), world.at("out/mine"));
        std::os::unix::fs::symlink(&blocked, &blocked).unwrap();
        let announce = |missing: &[PathBuf]| {
            world.folders.enter(&world.queue, lease(1), (&folder, None), missing);
        };
        let refused = output::create_part(&folder.join("part"), &folder.join("a.mp4"), None, &announce);
        assert!(refused.is_err());
        world.leave(1, "out/mine");
        assert_eq!(world.noted(), [""; 0]);
        fs::remove_file(&blocked).unwrap();
        fs::create_dir_all(&folder).unwrap();
        world.sweep();
        assert!(folder.is_dir(), "a person made it");
    }

    #[test]
    fn a_folder_that_holds_something_stays_and_is_noted_no_longer() {
        let world = world();
        world.enter(1, "a/b");
        fs::write(world.at("a/b/result.mp4"), "").unwrap();
        world.leave(1, "a/b");
        assert_eq!(world.noted(), [""; 0]);
        fs::remove_file(world.at("a/b/result.mp4")).unwrap();
        world.sweep();
        assert!(world.at("a/b").is_dir(), "it had a result: a person emptied it");
    }

    #[test]
    fn the_next_start_removes_what_is_empty_and_was_not_there_before() {
        let world = world();
        fs::create_dir(world.at("before")).unwrap();
        for (job, name) in ["before/a", "b/c", "d/e"].into_iter().enumerate() {
            world.enter(job as i64, name);
        }
        fs::write(world.at("b/mine.txt"), "").unwrap();
        // A part of an attempt whose drive was away is deleted later.
        let part = output::part_path(&world.at("d/e/x.mp4"), uuid::Uuid::now_v7(), 1);
        fs::write(&part, "").unwrap();
        world.sweep();
        let there = ["before", "before/a", "b", "b/c", "d/e"].map(|name| world.at(name).exists());
        assert_eq!(
            (there, world.noted()),
            ([true, false, true, false, true], vec!["d".into(), "d/e".into()])
        );
        fs::remove_file(part).unwrap();
        world.sweep();
        assert_eq!((world.at("d").exists(), world.noted()), (false, vec![]));
    }

    #[test]
    fn names_that_are_no_text_and_drives_survive_and_what_cannot_be_read_is_nothing() {
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
    fn the_note_stays_small_and_forgets_nothing_that_is_in_use() {
        let mut noted: Noted = (0..5).map(|n| (PathBuf::from(format!("/{n}")), Made::default())).collect();
        noted.get_mut(Path::new("/0")).unwrap().used_by.insert(lease(1));
        forget_beyond(&mut noted, 2);
        assert_eq!(noted.into_keys().collect::<Vec<_>>(), [Path::new("/0"), Path::new("/4")]);
    }
}
