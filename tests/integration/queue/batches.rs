//! Commands on many jobs run in batches: other processes write between two batches, and a failure leaves each batch
//! either complete or undone.

use crate::queue::fixture::{START, done, new_job};
use spool_core::clock::ManualClock;
use spool_core::error::Error;
use spool_core::job::{JobId, State};
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{
    Command, Commands, Details, Leases, Lists, NewJob, QueuePosition, Selection, TakenNames,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Creates a queue of `count` jobs in a file that several connections can open.
fn filled(count: usize) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("queue.db");
    let jobs: Vec<NewJob> = (0..count).map(|n| new_job(&format!("{n}.mkv"))).collect();
    open(&path).add(&jobs, QueuePosition::End, &TakenNames::default()).unwrap();
    (dir, path)
}

fn open(path: &Path) -> SqliteQueue {
    SqliteQueue::open(path, Arc::new(ManualClock::at(START))).unwrap()
}

fn all() -> Selection {
    Selection::All(State::ALL.to_vec())
}

#[test]
fn another_engine_claims_jobs_while_all_jobs_are_cancelled() {
    let (_dir, path) = filled(6000);
    let (finished, between) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let engine = open(&path);
            while !finished.load(Ordering::Relaxed) {
                let Some(job) = engine.claim("engine", true).unwrap() else { continue };
                let counts = engine.counts().unwrap();
                let half_way = counts.cancelled > 0 && counts.queued > 0;
                between.fetch_or(half_way, Ordering::Relaxed);
                engine.settle(job.lease(), &done(&job)).unwrap();
            }
        });
        let result = open(&path).apply(Command::Cancel, &all());
        finished.store(true, Ordering::Relaxed);
        result.unwrap();
    });
    assert!(between.load(Ordering::Relaxed), "jobs are claimed between the batches");
    let counts = open(&path).counts().unwrap();
    assert_eq!((counts.queued, counts.done + counts.cancelled), (0, 6000));
}

#[test]
fn a_failed_command_leaves_whole_batches_and_a_repeat_does_the_rest() {
    for command in [Command::Cancel, Command::Hold, Command::MoveTop, Command::Remove] {
        let (_dir, path) = filled(2500);
        let broken = rusqlite::Connection::open(&path).unwrap();
        for what in ["UPDATE", "DELETE"] {
            let sql = format!(
                "CREATE TRIGGER broken_{what} BEFORE {what} ON job WHEN OLD.id = 1500 \
                 BEGIN SELECT RAISE(ABORT, 'the disk went away'); END"
            );
            broken.execute_batch(&sql).unwrap();
        }
        let before = job_rows(&path);
        let queue = open(&path);
        let ids = Selection::Ids((1..=2500).map(JobId).collect());
        let error = queue.apply(command, &ids).unwrap_err();
        assert!(matches!(error, Error::Partly { done: 1000, of: 2500, .. }), "{command:?}: {error}");
        assert!(error.to_string().ends_with("Repeat the command for the rest."), "{error}");
        let changed = changed(&path, &before);
        assert_eq!(changed.len(), 1000, "{command:?}: one whole batch");
        broken.execute_batch("DROP TRIGGER broken_UPDATE; DROP TRIGGER broken_DELETE").unwrap();
        let again = queue.apply(command, &ids).unwrap();
        assert!(again.done.len() >= 1500, "{command:?}: {}", again.done.len());
        assert_eq!(self::changed(&path, &before).len(), 2500, "{command:?}");
    }
}

#[test]
fn undoing_an_add_is_all_or_nothing() {
    let (_dir, path) = filled(2500);
    let broken = rusqlite::Connection::open(&path).unwrap();
    let sql = "CREATE TRIGGER broken BEFORE DELETE ON job WHEN OLD.id = 1500 \
               BEGIN SELECT RAISE(ABORT, 'the disk went away'); END";
    broken.execute_batch(sql).unwrap();
    let (queue, before) = (open(&path), job_rows(&path));
    let ids = Selection::Ids((1..=2500).map(JobId).collect());
    let error = queue.apply(Command::UndoAdd, &ids).unwrap_err();
    assert!(!matches!(error, Error::Partly { .. }), "{error}");
    assert_eq!(changed(&path, &before), [0; 0]);
    broken.execute_batch("DROP TRIGGER broken").unwrap();
    assert_eq!(queue.apply(Command::UndoAdd, &ids).unwrap().done.len(), 2500);
    assert_eq!(queue.counts().unwrap(), spool_core::queue::Counts::default());
}

/// Id, position, state and hold of a job.
type JobRow = (i64, i64, String, bool);

fn job_rows(path: &Path) -> Vec<JobRow> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT id, position, state, hold FROM job ORDER BY id").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// Returns the ids of the jobs whose rows differ from `before`.
fn changed(path: &Path, before: &[JobRow]) -> Vec<i64> {
    let now: std::collections::BTreeSet<JobRow> = job_rows(path).into_iter().collect();
    before.iter().filter(|job| !now.contains(job)).map(|job| job.0).collect()
}

#[test]
fn a_command_by_state_skips_a_job_that_has_left_the_state() {
    let (_dir, path) = filled(1001);
    let queue = open(&path);
    // Sets the last job running during the first batch, as an engine that claims it between the batches.
    let trigger = "CREATE TRIGGER meanwhile AFTER UPDATE OF state ON job WHEN OLD.id = 1 BEGIN \
        UPDATE job SET state = 'running', owner = 'engine' WHERE id = 1001; END";
    rusqlite::Connection::open(&path).unwrap().execute_batch(trigger).unwrap();
    let result = queue.apply(Command::Cancel, &Selection::All(vec![State::Queued])).unwrap();
    assert_eq!((result.done.len(), result.refused.len()), (1000, 0));
    let last = queue.job(JobId(1001)).unwrap().unwrap();
    assert!(last.state == State::Running && !last.cancel_requested);
}
