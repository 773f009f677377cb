//! Counts what has ended of the current batch: from the first start until the queue is idle, and kept until work starts
//! again. Lists keep finished jobs for weeks, so they do not show today's progress.
//!
//! Guarantees that two readings show whether the queue became idle between them, however many events were missed. Pure.

use crate::job::State;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The current batch, or the last one until work starts again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// Its ended jobs.
    pub ended: Ended,
    /// How often the queue has become idle.
    pub rests: u64,
    /// Jobs that ended between the last two times the queue became idle.
    pub rested: Ended,
    over: bool,
    /// Working time since the engine started, and the same at the start of the batch.
    busy: Duration,
    before: Duration,
}

/// Counts of ended jobs and their results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ended {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed permanently.
    pub failed: u64,
    /// Bytes of the originals of these results.
    pub bytes_before: u64,
    /// Bytes of the results.
    pub bytes_after: u64,
    /// Milliseconds in which at least one job was running and not paused.
    pub worked_ms: u64,
}

impl Batch {
    /// A job changed to this state.
    pub fn enter(&mut self, state: State) {
        match state {
            State::Running => self.begin(),
            State::Done => self.ended.done += 1,
            State::Failed => self.ended.failed += 1,
            _ => {}
        }
    }

    /// The queue became idle.
    pub fn rest(&mut self) {
        self.rested = if self.over { Ended::default() } else { self.ended };
        (self.rests, self.over) = (self.rests + 1, true);
    }

    /// Work starts, or a paused job resumes: starts a new batch if the last one is over.
    pub fn begin(&mut self) {
        if self.over {
            (self.ended, self.over, self.before) = (Ended::default(), false, self.busy);
        }
    }

    /// Adds a result: bytes of the original and of the result.
    pub fn make(&mut self, before: u64, after: u64) {
        self.ended.bytes_before = self.ended.bytes_before.saturating_add(before);
        self.ended.bytes_after = self.ended.bytes_after.saturating_add(after);
    }

    /// Sets the working time since the engine started.
    pub fn work(&mut self, busy: Duration) {
        self.busy = busy;
        self.ended.worked_ms = busy.saturating_sub(self.before).as_millis() as u64;
    }

    /// True from the queue becoming idle until work starts again.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// A batch that ended before the engine started.
    pub fn earlier(ended: Ended) -> Batch {
        Batch { ended, over: true, ..Batch::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_counts_until_work_starts_again() {
        let mut batch = Batch::default();
        let mut after = |states: &[State]| {
            for state in states {
                batch.enter(*state);
            }
            if states.is_empty() {
                batch.rest();
            }
            [batch.ended.done, batch.ended.failed, batch.rests, batch.rested.done]
        };
        assert_eq!(after(&[State::Running, State::Done, State::Running, State::Failed]), [1, 1, 0, 0]);
        assert_eq!(after(&[]), [1, 1, 1, 1], "over");
        assert_eq!(after(&[State::Queued]), [1, 1, 1, 1], "nothing has started yet");
        assert_eq!(after(&[]), [1, 1, 2, 0], "idle again, and nothing had started");
        assert_eq!(after(&[State::Running, State::Done, State::Done]), [2, 0, 2, 0]);
        assert_eq!(after(&[]), [2, 0, 3, 2]);
        assert_eq!(after(&[State::Running]), [0, 0, 3, 2], "the counts of the last rest are kept");
    }

    /// No event reports a start then.
    #[test]
    fn paused_job_that_resumes_after_idle_starts_a_new_batch() {
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
