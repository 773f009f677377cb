//! Behaviour of the SQLite queue alone: other processes, codes of newer versions, and a batch that fails halfway.

use crate::queue::fixture::{START, new_job};
use spool_core::clock::ManualClock;
use spool_core::failure::FailureCode;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Commands, Filter, Leases, Lists, Outcome, QueuePosition, TakenNames};
use spool_tests::reasons::failure_with;
use std::sync::Arc;

#[test]
fn writes_of_another_process_are_noticed_and_own_writes_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(START));
    let open = || SqliteQueue::open(&dir.path().join("queue.db"), clock.clone()).unwrap();
    let (ours, theirs) = (open(), open());
    ours.add(&[new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap();
    assert!(!ours.changed_elsewhere().unwrap());
    theirs.add(&[new_job("b.mkv")], QueuePosition::End, &TakenNames::default()).unwrap();
    assert!(ours.changed_elsewhere().unwrap());
    assert!(!ours.changed_elsewhere().unwrap(), "reported once");
}

#[test]
fn failures_with_a_code_of_a_newer_version_are_listed() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(ManualClock::at(START)));
    let path = dir.path().join("queue.db");
    let queue = SqliteQueue::open(&path, clock).unwrap();
    queue.add(&["a.mkv", "b.mkv", "c.mkv"].map(new_job), QueuePosition::End, &TakenNames::default()).unwrap();
    for code in [FailureCode::Internal, FailureCode::NoVideo, FailureCode::NoVideo] {
        let job = queue.claim("engine", true).unwrap().unwrap();
        queue.settle(job.lease(), &Outcome::Failed(failure_with(code, "It broke."))).unwrap();
    }
    let future = "UPDATE job SET failure_code = 'of_the_future' WHERE id = 3";
    rusqlite::Connection::open(&path).unwrap().execute(future, []).unwrap();
    let mut causes = queue.causes().unwrap();
    causes.sort();
    assert_eq!(causes, [(FailureCode::Internal, 2), (FailureCode::NoVideo, 1)]);
    let ids = |cause| queue.failed_by(cause, 0, 9).unwrap().iter().map(|job| job.id.0).collect::<Vec<_>>();
    assert_eq!((ids(FailureCode::Internal), ids(FailureCode::NoVideo)), (vec![3, 1], vec![2]));
}

#[test]
fn a_list_by_name_includes_jobs_added_by_another_process() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(START));
    let open = || SqliteQueue::open(&dir.path().join("queue.db"), clock.clone()).unwrap();
    let (ours, theirs) = (open(), open());
    let by_name = Filter { name: ".mkv".into(), ..Filter::default() };
    for (n, name) in ["a.mkv", "b.mkv"].into_iter().enumerate() {
        theirs.add(&[new_job(name)], QueuePosition::End, &TakenNames::default()).unwrap();
        assert_eq!(ours.matching(&by_name).unwrap(), n as u64 + 1);
        assert_eq!(ours.page(&by_name, 0, 9).unwrap().len(), n + 1);
    }
}

#[test]
fn a_rejected_batch_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("queue.db");
    let queue = SqliteQueue::open(&path, Arc::new(ManualClock::at(START))).unwrap();
    let broken = rusqlite::Connection::open(&path).unwrap();
    let second = "CREATE TRIGGER broken BEFORE INSERT ON job WHEN (SELECT count(*) FROM job) = 1 \
                  BEGIN SELECT RAISE(ABORT, 'the disk went away'); END";
    broken.execute_batch(second).unwrap();
    let jobs = [new_job("a.mkv"), new_job("b.mkv")];
    assert!(queue.add(&jobs, QueuePosition::End, &TakenNames::default()).is_err());
    assert_eq!(queue.counts().unwrap(), spool_core::queue::Counts::default());
    broken.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(
        queue.add(&jobs, QueuePosition::End, &TakenNames::default()).unwrap().len(),
        2,
        "the queue still works"
    );
}
