//! Fixtures for tests of queues: a queue with a manual clock, and jobs to add to it.

use spool_core::clock::ManualClock;
use spool_core::failure::{Failure, FailureCode};
use spool_core::job::{Job, JobId, State};
use spool_core::preset;
use spool_core::queue::memory::MemoryQueue;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{
    Added, Command, CommandResult, Filter, Naming, NewJob, Outcome, Queue, QueuePosition, Selection,
    TakenNames,
};
use spool_core::remark::Remark;
use spool_core::spec::JobSpec;
use spool_tests::reasons::failure_with;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Defines tests that run once per implementation of the queue.
macro_rules! contract {
    ($($name:ident => |$world:ident| $body:block)*) => {
        $(fn $name($world: &crate::queue::fixture::TestQueue) $body)*
        mod on_sqlite { $(#[test] fn $name() { super::$name(&crate::queue::fixture::sqlite()); })* }
        mod in_memory { $(#[test] fn $name() { super::$name(&crate::queue::fixture::memory()); })* }
    };
}
pub(crate) use contract;

/// A queue of one implementation, with a manual clock.
pub(crate) struct TestQueue {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) clock: Arc<ManualClock>,
    /// Turns a job into one that another version of Spool wrote.
    pub(crate) make_unreadable: Box<dyn Fn(JobId)>,
    _dir: tempfile::TempDir,
}

pub(crate) const START: i64 = 1_800_000_000_000;

pub(crate) fn sqlite() -> TestQueue {
    let (dir, clock) = (tempfile::tempdir().unwrap(), Arc::new(ManualClock::at(START)));
    let path = dir.path().join("queue.db");
    let queue = SqliteQueue::open(&path, clock.clone()).unwrap();
    let make_unreadable = Box::new(move |id| of_another_version(&path, id));
    TestQueue { queue: Arc::new(queue), clock, make_unreadable, _dir: dir }
}

pub(crate) fn memory() -> TestQueue {
    let clock = Arc::new(ManualClock::at(START));
    let queue = Arc::new(MemoryQueue::new(clock.clone()));
    let handle = queue.clone();
    let make_unreadable = Box::new(move |id| handle.make_unreadable(id));
    TestQueue { queue, clock, make_unreadable, _dir: tempfile::tempdir().unwrap() }
}

/// Rewrites the row of a job as a newer version would.
pub(crate) fn of_another_version(path: &Path, id: JobId) {
    let sql = "UPDATE job SET preset = json_set(preset, '$.version', 2, '$.video.grain', 8), spec_version = 2 \
               WHERE id = ?1";
    rusqlite::Connection::open(path).unwrap().execute(sql, [id.0]).unwrap();
}

pub(crate) fn new_job(name: &str) -> NewJob {
    let source = PathBuf::from("/videos").join(name);
    NewJob {
        real_source: source.clone(),
        stem: source.file_stem().unwrap().to_owned(),
        naming: Naming::default(),
        source,
        source_size: Some(1000),
        source_mtime_ns: Some(1_700_000_000_123_456_789),
        source_volume: Some("/".into()),
        output_volume: Some("/".into()),
        root: "/out".into(),
        folder: "/out".into(),
        spec: JobSpec::of(preset::find("web-1080p").unwrap().clone()),
        from_folder: false,
        max_attempts: 4,
        again: false,
    }
}

impl TestQueue {
    pub(crate) fn add(&self, names: &[&str]) -> Vec<JobId> {
        self.add_at(names, QueuePosition::End)
    }

    pub(crate) fn add_at(&self, names: &[&str], place: QueuePosition) -> Vec<JobId> {
        let jobs: Vec<_> = names.iter().map(|n| new_job(n)).collect();
        let added = self.queue.add(&jobs, place, &TakenNames::default()).unwrap();
        added
            .into_iter()
            .map(|a| if let Added::Accepted { id, .. } = a { id } else { panic!("{a:?}") })
            .collect()
    }

    pub(crate) fn claim(&self) -> Job {
        self.queue.claim("engine", true).unwrap().expect("a job is due")
    }

    pub(crate) fn job(&self, id: JobId) -> Job {
        self.queue.job(id).unwrap().unwrap()
    }

    pub(crate) fn apply(&self, command: Command, ids: &[JobId]) -> CommandResult {
        self.queue.apply(command, &Selection::Ids(ids.to_vec())).unwrap()
    }

    pub(crate) fn names(&self, states: &[State]) -> Vec<String> {
        let page = self.queue.page(&Filter::of(states), 0, 100).unwrap();
        page.iter().map(|j| j.source.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }
}

pub(crate) fn done(job: &Job) -> Outcome {
    Outcome::Done { output: job.output.clone(), size: 5, warnings: vec![Remark::PartsJoined] }
}

pub(crate) fn failure() -> Failure {
    Failure {
        exit: Some(1),
        log_tail: "the end".into(),
        ..failure_with(FailureCode::EncodeFailed, "It broke.")
    }
}
