//! The current batch: from the first start until the queue is idle, and kept until work starts again. Lists keep
//! finished jobs for weeks, so they do not show today's progress.
//!
//! Guarantees that two readings show whether the queue became idle between them, however many events were missed.
//! `shared::tally` counts; window, command and service show these figures.

use crate::error::Result;
use crate::queue::{Counts, Details, Flag};
use serde::{Deserialize, Serialize};

/// The current batch, or the last one until work starts again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Batch {
    /// Its ended jobs.
    #[serde(flatten)]
    pub ended: Ended,
    /// How often the queue has become idle since the engine started.
    #[serde(skip)]
    pub rests: u64,
    /// Jobs that ended between the last two times the queue became idle.
    #[serde(skip)]
    pub rested: Ended,
    /// No job has started since the queue became idle.
    pub over: bool,
}

/// Counts of ended jobs and their results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ended {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed permanently.
    pub failed: u64,
    /// Jobs cancelled by the user while they ran.
    pub cancelled: u64,
    /// Bytes of the originals of these results.
    pub bytes_before: u64,
    /// Bytes of the results.
    pub bytes_after: u64,
    /// Milliseconds in which at least one job was running and not paused.
    pub worked_ms: u64,
}

/// Progress of a batch: `12 of 41`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Far {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed permanently.
    pub failed: u64,
    /// Ended jobs, including cancelled ones.
    pub ended: u64,
    /// All jobs of the batch: the ended ones and those that will end without a user. Jobs on hold and unreadable jobs
    /// are not counted.
    pub of: u64,
}

impl Batch {
    /// The batch that the running engine stored for other processes, at most some seconds old; or the last one.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn kept(queue: &dyn Details) -> Result<Batch> {
        let kept = queue.flag(Flag::Batch)?.and_then(|text| serde_json::from_str(&text).ok());
        Ok(kept.unwrap_or_default())
    }

    /// Stores it for other processes.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn keep(&self, queue: &dyn Details) -> Result<()> {
        queue.set_flag(Flag::Batch, Some(&serde_json::to_string(self).unwrap_or_default()))
    }

    /// Its progress, given the counts of the queue. Jobs that start after an idle queue are another batch.
    pub fn far(&self, counts: &Counts) -> Far {
        let begins = self.over && counts.startable() > 0;
        let Ended { done, failed, cancelled, .. } = if begins { Ended::default() } else { self.ended };
        let ended = done + failed + cancelled;
        Far { done, failed, ended, of: ended + counts.running + counts.startable() + counts.waiting }
    }
}

impl Far {
    /// In percent; `None` for an empty batch.
    pub fn percent(&self) -> Option<u64> {
        (self.ended * 100).checked_div(self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::queue::memory::MemoryQueue;
    use std::sync::Arc;

    fn batch(done: u64, failed: u64, over: bool) -> Batch {
        Batch { ended: Ended { done, failed, ..Ended::default() }, over, ..Batch::default() }
    }

    #[test]
    fn progress_counts_jobs_that_end_without_a_user() {
        let rest = Counts { queued: 30, held: 5, unreadable: 1, waiting: 2, running: 3, ..Counts::default() };
        let counts = Counts { done: 900, failed: 7, cancelled: 9, ..rest };
        assert_eq!(batch(10, 2, false).far(&counts), Far { done: 10, failed: 2, ended: 12, of: 41 });
        let cancelled = Ended { done: 1, cancelled: 2, ..Ended::default() };
        let far = Batch { ended: cancelled, ..Batch::default() }.far(&counts);
        assert_eq!((far.ended, far.of), (3, 32));
    }

    #[test]
    fn startable_jobs_after_an_idle_queue_are_another_batch() {
        let counts = Counts { queued: 4, ..Counts::default() };
        assert_eq!(batch(10, 2, true).far(&counts), Far { of: 4, ..Far::default() });
        assert_eq!(batch(10, 2, true).far(&Counts::default()).of, 12, "no job is to start");
    }

    #[test]
    fn empty_batch_has_no_percentage() {
        let far = |ended, of| Far { ended, of, ..Far::default() };
        assert_eq!([far(6, 8), far(0, 8), far(0, 0)].map(|far| far.percent()), [Some(75), Some(0), None]);
    }

    #[test]
    fn stored_batch_is_read_again_also_from_earlier_versions() {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        assert_eq!(Batch::kept(&queue).unwrap(), Batch::default());
        let kept = Batch { rests: 3, ..batch(2, 1, true) };
        kept.keep(&queue).unwrap();
        assert_eq!(Batch::kept(&queue).unwrap(), Batch { rests: 0, ..kept });
        let earlier = r#"{"done":2,"failed":1,"bytesBefore":0,"bytesAfter":0,"workedMs":0}"#;
        queue.set_flag(Flag::Batch, Some(earlier)).unwrap();
        assert_eq!(Batch::kept(&queue).unwrap().ended, kept.ended);
    }
}
