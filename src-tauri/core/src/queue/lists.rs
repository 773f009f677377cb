//! The part of a queue that is read for many jobs at once: lists and sums.
//!
//! Guarantees that a page, a count and a sum cost the same however long the queue is; a filter by name or another order
//! does not.

use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, Millis, State};
use std::path::PathBuf;

/// Rows wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In one of these states; empty: in any.
    pub states: Vec<State>,
    /// Part of the name of the video's file, in any case; empty: any name.
    pub name: String,
    /// In which order.
    pub sort: Sort,
}

impl Filter {
    /// All in these states, in the usual order.
    pub fn of(states: &[State]) -> Filter {
        Filter { states: states.to_vec(), ..Filter::default() }
    }

    /// Are names asked for or compared? Then every row in these states is looked at.
    pub(crate) fn is_plain(&self) -> bool {
        self.name.is_empty() && self.sort == Sort::Usual
    }
}

/// Where a list is read on from: a job as it stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its place among those that have not ended.
    pub position: i64,
    /// Its place among those that have.
    pub finished_at: Option<Millis>,
    /// Which tells apart two at one place.
    pub id: JobId,
}

impl From<&Job> for Mark {
    fn from(job: &Job) -> Mark {
        Mark { position: job.position, finished_at: job.finished_at, id: job.id }
    }
}

/// Are all jobs in these states over, so that their list begins with the newest?
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
    /// By the name of the video's file, in any case.
    Name,
}

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one count for each state, named like it")]
pub struct Counts {
    pub queued: u64,
    /// Of the queued: on hold.
    pub held: u64,
    /// Of the queued and not on hold: made by another version of Spool, so that this one never starts them.
    pub unreadable: u64,
    pub waiting: u64,
    pub running: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

impl Counts {
    /// How many of the queued may start, now or when their time has come.
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

/// Bytes of the done jobs whose both sizes are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// Of their originals.
    pub before: u64,
    /// Of their results.
    pub after: u64,
}

/// Jobs that wait for room on a disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crowded {
    /// How many.
    pub jobs: u64,
    /// The volume, where it is one for all of them and known.
    pub volume: Option<PathBuf>,
}

/// What the alarm looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    /// Jobs that failed since the given time.
    pub failed: usize,
    /// States of the last ten done or failed jobs, newest first.
    pub last_ended: Vec<State>,
}

/// What is read for many jobs at once.
pub trait Lists: Send + Sync {
    /// A page of the list.
    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// The numbers of all jobs that [`Lists::page`] has for this filter, in its order.
    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>>;

    /// The running jobs that `owner` has claimed, in the order of the list.
    fn running(&self, owner: &str) -> Result<Vec<Job>>;

    /// The jobs behind this one in the list of these states, in the usual order; the first of them without it. So a long
    /// list is read part by part, each as cheap as the first, and none twice.
    fn onward(&self, states: &[State], after: Option<Mark>, limit: u64) -> Result<Vec<Job>>;

    /// The jobs behind this one that start by themselves, now or when they are tried again, in the order of the list; the
    /// first of them without it. However many are on hold, each part costs the same.
    fn startable(&self, after: Option<Mark>, limit: u64) -> Result<Vec<Job>>;

    /// How many rows [`Lists::page`] has for this filter.
    fn matching(&self, filter: &Filter) -> Result<u64>;

    /// How many jobs are in each state.
    fn counts(&self) -> Result<Counts>;

    /// Why jobs are in the failed list and how many for each cause, the cause that failed last first.
    fn causes(&self) -> Result<Vec<(FailureCode, u64)>>;

    /// The failed jobs of one cause, newest first.
    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// How many jobs before this position could start now.
    fn startable_before(&self, position: i64) -> Result<u64>;

    /// Bytes of the originals of jobs that are queued and not on hold.
    fn left(&self) -> Result<u64>;

    /// What waits for room on a disk.
    fn crowded(&self) -> Result<Crowded>;

    /// What the done jobs took and take.
    fn saved(&self) -> Result<Saved>;

    /// Failures since `since` and the last ends.
    fn recent(&self, since: Millis) -> Result<Recent>;

    /// Where the volumes of sources and results of the jobs in the list were mounted.
    fn volumes(&self) -> Result<Vec<PathBuf>>;
}
