//! How much of the present batch has ended: from the first start to the queue being at rest, and on until work begins
//! again. Lists keep what was done for weeks, which says nothing of how far today's work is.
//!
//! Guarantees that whoever compares two readings sees whether the queue came to rest between them, however many events were
//! missed. Pure.

use crate::job::State;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The present batch, or the last one where nothing has begun since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// What has ended of it.
    pub ended: Ended,
    /// How often the queue has come to rest.
    pub rests: u64,
    /// What had ended by the last rest since the one before.
    pub rested: Ended,
    over: bool,
    /// How long something has been worked on since the engine started, and how long by the beginning of the batch.
    busy: Duration,
    before: Duration,
}

/// How many jobs ended, and what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ended {
    /// With a result.
    pub done: u64,
    /// For good, without one.
    pub failed: u64,
    /// Bytes of the originals of results that were made.
    pub bytes_before: u64,
    /// Bytes of those results.
    pub bytes_after: u64,
    /// Milliseconds in which at least one job was worked on, paused ones not counted.
    pub worked_ms: u64,
}

impl Batch {
    /// A job has come into this state.
    pub fn enter(&mut self, state: State) {
        match state {
            State::Running => self.begin(),
            State::Done => self.ended.done += 1,
            State::Failed => self.ended.failed += 1,
            _ => {}
        }
    }

    /// The queue has come to rest.
    pub fn rest(&mut self) {
        self.rested = if self.over { Ended::default() } else { self.ended };
        (self.rests, self.over) = (self.rests + 1, true);
    }

    /// Work begins, or a job that was paused goes on: another batch, where the last one is over.
    pub fn begin(&mut self) {
        if self.over {
            (self.ended, self.over, self.before) = (Ended::default(), false, self.busy);
        }
    }

    /// A result was made: bytes of the original and of the result.
    pub fn make(&mut self, before: u64, after: u64) {
        self.ended.bytes_before = self.ended.bytes_before.saturating_add(before);
        self.ended.bytes_after = self.ended.bytes_after.saturating_add(after);
    }

    /// How long something has been worked on since the engine started.
    pub fn work(&mut self, busy: Duration) {
        self.busy = busy;
        self.ended.worked_ms = busy.saturating_sub(self.before).as_millis() as u64;
    }

    /// Nothing has begun since the queue came to rest.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// A batch that was over before the engine started.
    pub fn earlier(ended: Ended) -> Batch {
        Batch { ended, over: true, ..Batch::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_counts_until_work_begins_again_after_it_was_over() {
        let mut batch = Batch::default();
        let mut hear = |states: &[State]| {
            for state in states {
                batch.enter(*state);
            }
            if states.is_empty() {
                batch.rest();
            }
            [batch.ended.done, batch.ended.failed, batch.rests, batch.rested.done]
        };
        assert_eq!(hear(&[State::Running, State::Done, State::Running, State::Failed]), [1, 1, 0, 0]);
        assert_eq!(hear(&[]), [1, 1, 1, 1], "over");
        assert_eq!(hear(&[State::Queued]), [1, 1, 1, 1], "nothing has begun yet");
        assert_eq!(hear(&[]), [1, 1, 2, 0], "at rest once more, and nothing had begun");
        assert_eq!(hear(&[State::Running, State::Done, State::Done]), [2, 0, 2, 0]);
        assert_eq!(hear(&[]), [2, 0, 3, 2]);
        assert_eq!(hear(&[State::Running]), [0, 0, 3, 2], "what had ended by the last rest is known on");
    }

    /// No event tells of a start then.
    #[test]
    fn a_paused_job_that_goes_on_after_the_rest_is_a_batch_of_its_own() {
        let mut batch = Batch::default();
        batch.enter(State::Done);
        batch.rest();
        batch.begin();
        batch.make(100, 30);
        batch.enter(State::Done);
        batch.rest();
        assert_eq!((batch.rested.done, batch.rested.bytes_before, batch.ended.done), (1, 100, 1));
        batch.begin();
        batch.begin();
        assert_eq!(batch.ended, Ended::default());
    }
}
