//! The part of a queue that reads many jobs at once: lists and sums.
//!
//! A durable queue guarantees that the cost of a page, of the counts and of the sums does not grow with the queue. A
//! filter by name, another order, [`Lists::ids`], [`Lists::matching`], [`Lists::startable_before`] and
//! [`Lists::volumes`] may read every row.

use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, Millis, State};
use std::path::PathBuf;

/// Selects and orders the rows of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The states to include; empty: all states.
    pub states: Vec<State>,
    /// Part of the file name of the video, ignoring case; empty: any name.
    pub name: String,
    /// The order.
    pub sort: Sort,
}

impl Filter {
    /// Selects all jobs in these states, in the usual order.
    pub fn of(states: &[State]) -> Filter {
        Filter { states: states.to_vec(), ..Filter::default() }
    }

    /// Has it neither a name nor another order? Otherwise every row in these states is read.
    pub(crate) fn is_plain(&self) -> bool {
        self.name.is_empty() && self.sort == Sort::Usual
    }
}

/// A position in a list, from which it can be read on: that of a job when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its place in a list of jobs that have not ended.
    pub position: i64,
    /// Its place in a list of ended jobs.
    pub finished_at: Option<Millis>,
    /// Distinguishes jobs at the same place.
    pub id: JobId,
}

impl From<&Job> for Cursor {
    fn from(job: &Job) -> Cursor {
        Cursor { position: job.position, finished_at: job.finished_at, id: job.id }
    }
}

/// Are all these states ended ones, so that their list shows the newest first?
pub(crate) fn newest_first(states: &[State]) -> bool {
    !states.is_empty() && states.iter().all(|state| state.is_ended())
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Ended jobs newest first, all others in list order.
    #[default]
    Usual,
    /// Most bytes saved first, unknown ones last.
    MostSaved,
    /// By the file name of the video, ignoring case.
    Name,
}

/// The number of jobs in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one count for each state, named like it")]
pub struct Counts {
    pub queued: u64,
    /// Queued jobs on hold.
    pub held: u64,
    /// Queued jobs, not on hold, that another version of Spool wrote and that this one never starts.
    pub unreadable: u64,
    pub waiting: u64,
    pub running: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

impl Counts {
    /// Returns the number of queued jobs that may start, now or when their backoff ends.
    pub fn startable(&self) -> u64 {
        self.queued.saturating_sub(self.held + self.unreadable)
    }

    /// Adds `n` jobs in `state`.
    pub fn count(&mut self, state: State, n: u64) {
        *match state {
            State::Queued => &mut self.queued,
            State::Waiting => &mut self.waiting,
            State::Running => &mut self.running,
            State::Done => &mut self.done,
            State::Failed => &mut self.failed,
            State::Cancelled => &mut self.cancelled,
        } += n;
    }
}

/// Total sizes in bytes of the done jobs for which both sizes are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// The originals.
    pub before: u64,
    /// The results.
    pub after: u64,
}

/// Jobs that wait for free space on a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WaitingForSpace {
    /// Their number.
    pub jobs: u64,
    /// The volume, if it is known and the same for all of them.
    pub volume: Option<PathBuf>,
}

/// The input of the alarm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    /// Number of jobs that failed since the given time.
    pub failed: usize,
    /// States of the last ten done or failed jobs, newest first.
    pub last_ended: Vec<State>,
}

/// Lists, counts and sums of jobs.
pub trait Lists: Send + Sync {
    /// Returns a page of the list.
    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// Returns the ids of all jobs of this filter, in the order of [`Lists::page`].
    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>>;

    /// Returns the running jobs that `owner` has claimed, in list order.
    fn running(&self, owner: &str) -> Result<Vec<Job>>;

    /// Returns the jobs after `after` in the list of these states, in the usual order; from the start of the list
    /// without it. Reads a long list in parts, each as cheap as the first and without duplicates.
    fn page_after(&self, states: &[State], after: Option<Cursor>, limit: u64) -> Result<Vec<Job>>;

    /// Returns the jobs after `after` that may start, now or when their backoff ends, in list order; from the start of
    /// the list without it. The cost does not depend on the number of jobs on hold.
    fn startable(&self, after: Option<Cursor>, limit: u64) -> Result<Vec<Job>>;

    /// Returns the number of jobs of this filter.
    fn matching(&self, filter: &Filter) -> Result<u64>;

    /// Returns the number of jobs in each state.
    fn counts(&self) -> Result<Counts>;

    /// Returns the causes of the failed jobs and the number of jobs for each, the cause of the latest failure first.
    fn causes(&self) -> Result<Vec<(FailureCode, u64)>>;

    /// Returns the failed jobs of one cause, newest first.
    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// Returns the number of jobs before this position that could start now.
    fn startable_before(&self, position: i64) -> Result<u64>;

    /// Returns the total size in bytes of the originals of readable queued jobs that are not on hold.
    fn queued_bytes(&self) -> Result<u64>;

    /// Returns the jobs that wait for free space on a disk.
    fn waiting_for_space(&self) -> Result<WaitingForSpace>;

    /// Returns the total sizes of the originals and the results of done jobs.
    fn saved(&self) -> Result<Saved>;

    /// Returns the number of failures since `since`, and the last ended jobs.
    fn recent(&self, since: Millis) -> Result<Recent>;

    /// Returns the mount points of the sources and results of all jobs in the list, as of when they were added.
    fn volumes(&self) -> Result<Vec<PathBuf>>;
}
