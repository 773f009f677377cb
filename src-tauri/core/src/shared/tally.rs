//! What has ended since the engine started, by what it told itself: no clock is asked, for a clock that is set
//! back would hide a failure, and nothing is missed, as a slow subscriber would.
//!
//! A run is no batch (see [`crate::batch`]): it lasts as long as its engine and may see many batches, a job that is
//! tried again and succeeds has not failed in it, and its failures have to be known by number, for the exit code
//! and so that each is told. A batch ends when the queue comes to rest, and outlives the engine as the window's count.

use crate::event::Event;
use crate::job::{JobId, State};
use crate::queue::Saved;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The ends of jobs. One that goes on after its end does not count until it ends again.
#[derive(Debug, Default)]
pub struct Tally {
    ends: Mutex<HashMap<JobId, State>>,
    /// Sizes of originals and results.
    made: Mutex<HashMap<JobId, (u64, u64)>>,
    /// Milliseconds.
    worked: AtomicU64,
}

impl Tally {
    pub(crate) fn hear(&self, event: &Event) {
        if let Event::JobChanged { id, state, .. } = event {
            self.now(*id, *state);
        }
    }

    pub(crate) fn now(&self, id: JobId, state: State) {
        if state.is_ended() {
            self.ends().insert(id, state);
        } else {
            self.ends().remove(&id);
        }
    }

    /// A result was made: bytes of the original and of the result.
    pub(crate) fn make(&self, id: JobId, before: u64, after: u64) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (before, after));
    }

    /// How long something has been worked on.
    pub(crate) fn set_worked(&self, worked: Duration) {
        self.worked.store(worked.as_millis() as u64, Ordering::Relaxed);
    }

    /// The time in which at least one job was worked on, paused ones not counted, up to the last end.
    pub fn worked(&self) -> Duration {
        Duration::from_millis(self.worked.load(Ordering::Relaxed))
    }

    /// What was made of the originals of jobs that ended done.
    pub fn saved(&self) -> Saved {
        let (ends, made) = (self.ends(), self.made.lock().unwrap_or_else(PoisonError::into_inner));
        let done = made.iter().filter(|(id, _)| ends.get(id) == Some(&State::Done));
        done.fold(Saved::default(), |sum, (_, (before, after))| Saved {
            before: sum.before.saturating_add(*before),
            after: sum.after.saturating_add(*after),
        })
    }

    /// How many jobs ended so.
    pub fn of(&self, state: State) -> u64 {
        self.ends().values().filter(|end| **end == state).count() as u64
    }

    /// The jobs that ended so, by their numbers.
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
    fn a_job_counts_once_by_its_last_end() {
        let tally = Tally::default();
        for state in [State::Running, State::Failed, State::Running] {
            tally.hear(&Event::JobChanged { id: JobId(1), state, reason: None });
        }
        assert_eq!(tally.of(State::Failed), 0);
        tally.now(JobId(1), State::Done);
        assert_eq!((tally.of(State::Done), tally.of(State::Cancelled)), (1, 0));
        tally.now(JobId(0), State::Done);
        assert_eq!(tally.ids(State::Done), [JobId(0), JobId(1)]);
    }

    #[test]
    fn what_was_saved_counts_what_is_done_at_the_end() {
        let tally = Tally::default();
        tally.make(JobId(1), 100, 30);
        tally.make(JobId(2), 1000, 1200);
        assert_eq!(tally.saved(), Saved::default(), "not done yet");
        tally.now(JobId(1), State::Done);
        assert_eq!(tally.saved(), Saved { before: 100, after: 30 });
        tally.now(JobId(2), State::Done);
        assert_eq!(tally.saved(), Saved { before: 1100, after: 1230 });
    }
}
