//! Which names are in use on disk where results are to go: read before names are claimed, for claiming happens in a
//! transaction, which must not wait for a drive.

use super::Asking;
use crate::error::Error;
use crate::queue::{Details, Edit, NewJob, key_of_path};
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
    pub fn read(asking: Asking<'_>, jobs: &[NewJob], queue: &dyn Details) -> Result<Taken, Error> {
        Taken::read_but(asking, jobs, &[], queue)
    }

    /// The same for jobs that are changed, each of which may keep the name that its result is to have.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn of_edits(asking: Asking<'_>, edits: &[Edit], queue: &dyn Details) -> Result<Taken, Error> {
        let own = edits.iter().filter_map(|edit| queue.job(edit.id).transpose());
        let own: Vec<PathBuf> = own.map(|job| Ok(job?.output)).collect::<Result<_, Error>>()?;
        let jobs: Vec<NewJob> = edits.iter().map(|edit| edit.new.clone()).collect();
        Taken::read_but(asking, &jobs, &own, queue)
    }

    /// `own`: names to come that are free all the same.
    fn read_but(
        asking: Asking<'_>,
        jobs: &[NewJob],
        own: &[PathBuf],
        queue: &dyn Details,
    ) -> Result<Taken, Error> {
        let (to_come, earlier): (Vec<_>, Vec<_>) =
            queue.earlier_results(jobs)?.into_iter().partition(|result| result.to_come);
        let mut folders: BTreeSet<&Path> = jobs.iter().map(|job| job.folder.as_path()).collect();
        folders.extend(earlier.iter().filter_map(|result| result.path.parent()));
        let mut taken = Taken::default();
        for folder in folders {
            let reading = folder.to_owned();
            let names = asking.volumes.ask(folder, asking.patience, move || names_in(&reading));
            taken.names.extend(names.unwrap_or_default().iter().map(|name| key_of_path(name)));
        }
        // A job may be done between this and the adding: what is found done then has its result.
        let to_come = to_come.iter().filter(|result| !own.contains(&result.path));
        taken.names.extend(to_come.map(|result| key_of_path(&result.path)));
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
    use crate::queue::{Added, Commands, Leases, Outcome, Place};
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

    /// Between the look at the disk and the adding, a job of the same work may come to its end.
    #[test]
    fn what_is_done_while_it_is_added_again_is_not_done_twice() {
        let dir = tempfile::tempdir().unwrap();
        let film = dir.path().canonicalize().unwrap().join("a.mkv");
        std::fs::write(&film, "x").unwrap();
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let jobs = find_now(&[film], &wish()).jobs;
        let asking = Asking { volumes: &Arc::default(), patience: Duration::from_secs(20) };
        let read = || Taken::read(asking, &jobs, &queue).unwrap();
        let free = read();
        queue.add(&jobs, Place::End, &|path| free.has(path)).unwrap();
        let job = queue.claim("engine", true).unwrap().unwrap();
        let taken = read();
        let done = Outcome::Done { output: job.output.clone(), size: 1, warnings: Vec::new() };
        queue.settle(job.lease(), &done).unwrap();
        let again = queue.add(&jobs, Place::End, &|path| taken.has(path)).unwrap();
        assert_eq!(again, [Added::DoneBefore(job.id)]);
        let gone = read();
        let again = queue.add(&jobs, Place::End, &|path| gone.has(path)).unwrap();
        assert!(matches!(again[..], [Added::Accepted { .. }]), "its result is not there any more");
    }
}
