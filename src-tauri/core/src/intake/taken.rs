//! Which names are in use on disk where results are to go: read before names are claimed, for claiming happens in a
//! transaction, which must not wait for a drive.

use super::Asking;
use crate::error::Error;
use crate::queue::{NewJob, Queue, key_of_path};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// The names in the folders of some results.
#[derive(Debug, Default)]
pub struct Taken {
    names: HashSet<Vec<u8>>,
}

impl Taken {
    /// Reads the folders of these jobs, and those where `queue` knows of results of the same work. One that cannot be read in time holds nothing that is known; publishing replaces
    /// no file all the same.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn read(asking: Asking<'_>, jobs: &[NewJob], queue: &dyn Queue) -> Result<Taken, Error> {
        let earlier = queue.earlier_results(jobs)?;
        let mut folders: BTreeSet<&Path> = jobs.iter().map(|job| job.folder.as_path()).collect();
        folders.extend(earlier.iter().filter_map(|result| result.parent()));
        let mut taken = Taken::default();
        for folder in folders {
            let reading = folder.to_owned();
            let names = asking.volumes.ask(folder, asking.patience, move || names_in(&reading));
            taken.names.extend(names.unwrap_or_default().iter().map(|name| key_of_path(name)));
        }
        // An original that was kept for its result counts as that result.
        taken.names.extend(jobs.iter().map(|job| key_of_path(&job.source)));
        Ok(taken)
    }

    /// Is this name in use? Names that differ in case alone count as one, as many drives have it.
    pub fn has(&self, path: &Path) -> bool {
        self.names.contains(&key_of_path(path))
    }
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{find_now, wish};
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn names_on_disk_are_known_in_any_case_and_dangling_links_too() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().canonicalize().unwrap().join(name);
        std::fs::write(at("a.mkv"), "x").unwrap();
        std::fs::write(at("B.MP4"), "x").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/nowhere", at("c.mp4")).unwrap();
        let jobs = find_now(&[at("a.mkv")], &wish()).jobs;
        let asking = Asking { volumes: &Arc::default(), patience: Duration::from_secs(20) };
        let taken = Taken::read(asking, &jobs, &MemoryQueue::new(Arc::new(ManualClock::at(0)))).unwrap();
        assert!(taken.has(&at("b.mp4")) && taken.has(&at("a.mkv")) && !taken.has(&at("a.mp4")));
        assert!(cfg!(windows) || taken.has(&at("c.mp4")));
    }
}
