//! The in-memory queue: the same rules as the SQLite queue in the simplest form. Serves as a second implementation of
//! the contract, and for engine tests without a disk. Lives only as long as the process.

mod adding;
mod commands;
mod details;
mod edit;
mod leases;
mod lists;
mod moves;
mod replace;

use super::work::Work;
use super::{Command, QueuePosition, Refusal, fits, starts};
use crate::clock::Clock;
use crate::forecast::learned::Sample;
use crate::job::{Attempt, Job, JobId, Lease, Millis, State};
use crate::policy::is_due;
use moves::{change, same_name};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A queue that is lost when the process ends.
pub struct MemoryQueue {
    all: Mutex<All>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct All {
    last: i64,
    rows: BTreeMap<JobId, Row>,
    flags: HashMap<&'static str, String>,
    /// Removed jobs that were done.
    removed: Vec<Row>,
    trees: BTreeMap<(PathBuf, PathBuf), OsString>,
    learned: Vec<Sample>,
}

struct Row {
    job: Job,
    work: Work,
    owner: Option<String>,
    attempts: Vec<Attempt>,
}

impl Row {
    fn is_active(&self) -> bool {
        !self.job.state.is_ended()
    }

    fn may_start(&self, now: Millis) -> bool {
        let job = &self.job;
        job.state == State::Queued && !job.hold && job.spec.is_some() && is_due(job.run_at, now)
    }
}

impl MemoryQueue {
    /// Creates an empty queue.
    pub fn new(clock: Arc<dyn Clock>) -> MemoryQueue {
        MemoryQueue { all: Mutex::default(), clock }
    }

    /// Turns a job into one that another version of Spool wrote and this one cannot read.
    pub fn make_unreadable(&self, id: JobId) {
        if let Some(row) = self.all().rows.get_mut(&id) {
            (row.job.spec, row.job.foreign_format) = (None, Some(2));
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn leased(&mut self, lease: Lease) -> Option<&mut Row> {
        let row = self.rows.get_mut(&lease.id)?;
        (row.job.state == State::Running && row.job.epoch == lease.epoch).then_some(row)
    }

    fn apply(&mut self, command: Command, id: JobId, named: &[JobId], now: Millis) -> Option<Refusal> {
        let Some(row) = self.rows.get(&id) else { return Some(Refusal::NotFound) };
        let state = row.job.state;
        if !fits(command, state) {
            return Some(Refusal::State(state));
        }
        if starts(command) && row.job.spec.is_none() {
            return Some(Refusal::Unreadable);
        }
        let active =
            |r: &Row| r.is_active() && (r.work == row.work || same_name(&r.job.output, &row.job.output));
        if command == Command::Retry && self.rows.values().any(active) {
            return Some(Refusal::Active);
        }
        match command {
            Command::Remove => self.remove(id),
            Command::UndoAdd if state != State::Running => self.remove(id),
            Command::MoveTop => self.set_position(id, self.edge(QueuePosition::Top, 1)),
            Command::MoveBottom => self.set_position(id, self.edge(QueuePosition::End, 1)),
            Command::MoveUp => self.swap(id, named, true),
            Command::MoveDown => self.swap(id, named, false),
            _ => change(&mut self.rows.get_mut(&id)?.job, command, now),
        }
        None
    }
}
