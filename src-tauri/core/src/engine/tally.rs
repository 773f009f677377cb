//! What has ended since the engine started, by what it told itself: no clock is asked, for a clock that is set
//! back would hide a failure, and nothing is missed, as a slow subscriber would.

use crate::event::Event;
use crate::job::{JobId, State};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The ends of jobs. One that goes on after its end does not count until it ends again.
#[derive(Debug, Default)]
pub struct Tally {
    ends: Mutex<HashMap<JobId, State>>,
}

impl Tally {
    pub(super) fn hear(&self, event: &Event) {
        if let Event::JobChanged { id, state, .. } = event {
            self.now(*id, *state);
        }
    }

    pub(super) fn now(&self, id: JobId, state: State) {
        if state.is_ended() {
            self.ends().insert(id, state);
        } else {
            self.ends().remove(&id);
        }
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
            tally.hear(&Event::JobChanged { id: JobId(1), state, code: None, message: None });
        }
        assert_eq!(tally.of(State::Failed), 0);
        tally.now(JobId(1), State::Done);
        assert_eq!((tally.of(State::Done), tally.of(State::Cancelled)), (1, 0));
        tally.now(JobId(0), State::Done);
        assert_eq!(tally.ids(State::Done), [JobId(0), JobId(1)]);
    }
}
