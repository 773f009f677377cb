//! Reads the file names in use in the folders of results, before the queue chooses names in a transaction, which must
//! not wait for a drive.
//!
//! Guarantees that each folder in which a queue may choose or search a name is read, and that no folder takes longer
//! than the caller allows.

use super::VolumeAccess;
use crate::error::Error;
use crate::queue::{Details, Edit, NewJob, TakenNames};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Returns the names in use in the folders of these jobs, and in those where `queue` knows results of the same work. A
/// folder that cannot be read in time counts as empty; publishing never replaces a file in any case.
///
/// # Errors
/// Those of the queue.
pub fn taken(asking: VolumeAccess<'_>, jobs: &[NewJob], queue: &dyn Details) -> Result<TakenNames, Error> {
    taken_but(asking, jobs, &[], queue)
}

/// Returns the same for changed jobs, each of which may keep the name planned for its result.
///
/// # Errors
/// Those of the queue.
pub fn taken_for_edits(
    asking: VolumeAccess<'_>,
    edits: &[Edit],
    queue: &dyn Details,
) -> Result<TakenNames, Error> {
    let own = edits.iter().filter_map(|edit| queue.job(edit.id).transpose());
    let own: Vec<PathBuf> = own.map(|job| Ok(job?.output)).collect::<Result<_, Error>>()?;
    let jobs: Vec<NewJob> = edits.iter().map(|edit| edit.new.clone()).collect();
    taken_but(asking, &jobs, &own, queue)
}

/// `own`: planned names that count as free.
fn taken_but(
    asking: VolumeAccess<'_>,
    jobs: &[NewJob],
    own: &[PathBuf],
    queue: &dyn Details,
) -> Result<TakenNames, Error> {
    let (to_come, earlier): (Vec<_>, Vec<_>) =
        queue.earlier_results(jobs)?.into_iter().partition(|result| result.to_come);
    let mut folders: BTreeSet<&Path> = jobs.iter().map(|job| job.folder.as_path()).collect();
    folders.extend(earlier.iter().filter_map(|result| result.path.parent()));
    let mut taken = TakenNames::default();
    for folder in folders {
        let reading = folder.to_owned();
        let names = asking.volumes.ask(folder, asking.patience, move || names_in(&reading));
        taken.extend(names.unwrap_or_default());
    }
    // A job may be done before these jobs are added; its planned name is then the one of its result.
    taken.extend(to_come.iter().map(|result| &result.path).filter(|path| !own.contains(path)));
    // An original that was kept instead of a result counts as that result.
    taken.extend(jobs.iter().map(|job| &job.source));
    Ok(taken)
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{find_now, options};
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use crate::queue::{Added, Commands, Leases, Outcome, QueuePosition};
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn names_on_disk_are_matched_ignoring_case_with_dangling_symlinks() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().canonicalize().unwrap().join(name);
        std::fs::write(at("a.mkv"), "x").unwrap();
        std::fs::write(at("B.MP4"), "x").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/nowhere", at("c.mp4")).unwrap();
        let jobs = find_now(&[at("a.mkv")], &options()).jobs;
        let asking = VolumeAccess { volumes: &Arc::default(), patience: Duration::from_secs(20) };
        let names = taken(asking, &jobs, &MemoryQueue::new(Arc::new(ManualClock::at(0)))).unwrap();
        assert!(names.has(&at("b.mp4")) && names.has(&at("a.mkv")) && !names.has(&at("a.mp4")));
        assert!(cfg!(windows) || names.has(&at("c.mp4")));
    }

    /// A job of the same work may end after the names were read and before the jobs are added.
    #[test]
    fn job_done_while_it_is_added_again_is_not_done_twice() {
        let dir = tempfile::tempdir().unwrap();
        let video = dir.path().canonicalize().unwrap().join("a.mkv");
        std::fs::write(&video, "x").unwrap();
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let jobs = find_now(&[video], &options()).jobs;
        let asking = VolumeAccess { volumes: &Arc::default(), patience: Duration::from_secs(20) };
        let read = || taken(asking, &jobs, &queue).unwrap();
        let free = read();
        queue.add(&jobs, QueuePosition::End, &free).unwrap();
        let job = queue.claim("engine", true).unwrap().unwrap();
        let before = read();
        let done = Outcome::Done { output: job.output.clone(), size: 1, warnings: Vec::new() };
        queue.settle(job.lease(), &done).unwrap();
        let again = queue.add(&jobs, QueuePosition::End, &before).unwrap();
        assert_eq!(again, [Added::DoneBefore(job.id)]);
        let gone = read();
        let again = queue.add(&jobs, QueuePosition::End, &gone).unwrap();
        assert!(matches!(again[..], [Added::Accepted { .. }]), "its result does not exist");
    }
}
