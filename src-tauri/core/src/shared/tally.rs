//! Counts the jobs that ended since the engine started, from its own events: independent of the clock, since a clock
//! set back would hide a failure, and complete, unlike a slow subscriber.
//!
//! A run is not a batch (see [`crate::batch`]): it lasts as long as its engine and may span many batches; a job that is
//! retried and succeeds has not failed in it; and its failures are known by number, for the exit code and for a report
//! of each. A batch ends when the queue becomes idle, and its counts outlive the engine.

use crate::event::Event;
use crate::job::{JobId, State};
use crate::queue::Saved;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Final states by job. A job that runs again does not count until it ends again.
#[derive(Debug, Default)]
pub struct Tally {
    ends: Mutex<HashMap<JobId, State>>,
    /// Sizes of originals and results.
    made: Mutex<HashMap<JobId, (u64, u64)>>,
    /// Working time in milliseconds.
    worked: AtomicU64,
}

impl Tally {
    pub(crate) fn record(&self, event: &Event) {
        if let Event::JobChanged { id, state, .. } = event {
            self.set_state(*id, *state);
        }
    }

    pub(crate) fn set_state(&self, id: JobId, state: State) {
        if state.is_ended() {
            self.ends().insert(id, state);
        } else {
            self.ends().remove(&id);
        }
    }

    /// Adds a result: bytes of the original and of the result.
    pub(crate) fn make(&self, id: JobId, before: u64, after: u64) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (before, after));
    }

    /// Sets the working time.
    pub(crate) fn set_worked(&self, worked: Duration) {
        self.worked.store(worked.as_millis() as u64, Ordering::Relaxed);
    }

    /// Time in which at least one job ran and was not paused, up to the last end.
    pub fn worked(&self) -> Duration {
        Duration::from_millis(self.worked.load(Ordering::Relaxed))
    }

    /// Sizes before and after, summed over jobs that ended as done.
    pub fn saved(&self) -> Saved {
        let (ends, made) = (self.ends(), self.made.lock().unwrap_or_else(PoisonError::into_inner));
        let done = made.iter().filter(|(id, _)| ends.get(id) == Some(&State::Done));
        done.fold(Saved::default(), |sum, (_, (before, after))| Saved {
            before: sum.before.saturating_add(*before),
            after: sum.after.saturating_add(*after),
        })
    }

    /// Number of jobs that ended in this state.
    pub fn of(&self, state: State) -> u64 {
        self.ends().values().filter(|end| **end == state).count() as u64
    }

    /// The jobs that ended in this state, sorted by number.
    pub fn ids(&self, state: State) -> Vec<JobId> {
        let ends = self.ends();
        let mut ids: Vec<JobId> = ends.iter().filter(|(_, end)| **end == state).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    fn ends(&self) -> MutexGuard<'_, HashMap<JobId, State>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_counts_once_by_its_last_end() {
        let tally = Tally::default();
        for state in [State::Running, State::Failed, State::Running] {
            tally.record(&Event::JobChanged { id: JobId(1), state, reason: None });
        }
        assert_eq!(tally.of(State::Failed), 0);
        tally.set_state(JobId(1), State::Done);
        assert_eq!((tally.of(State::Done), tally.of(State::Cancelled)), (1, 0));
        tally.set_state(JobId(0), State::Done);
        assert_eq!(tally.ids(State::Done), [JobId(0), JobId(1)]);
    }

    #[test]
    fn saved_bytes_count_jobs_that_are_done_at_the_end() {
        let tally = Tally::default();
        tally.make(JobId(1), 100, 30);
        tally.make(JobId(2), 1000, 1200);
        assert_eq!(tally.saved(), Saved::default(), "not done yet");
        tally.set_state(JobId(1), State::Done);
        assert_eq!(tally.saved(), Saved { before: 100, after: 30 });
        tally.set_state(JobId(2), State::Done);
        assert_eq!(tally.saved(), Saved { before: 1100, after: 1230 });
    }
}
