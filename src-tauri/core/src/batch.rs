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
    pub ended: BatchTotals,
    /// How often the queue has become idle since the engine started.
    #[serde(skip)]
    pub idle_count: u64,
    /// Jobs that ended between the last two times the queue became idle.
    #[serde(skip)]
    pub last_ended: BatchTotals,
    /// No job has started since the queue became idle.
    pub over: bool,
}

/// Counts of ended jobs and their results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BatchTotals {
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
pub struct BatchProgress {
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
    pub fn load(queue: &dyn Details) -> Result<Batch> {
        let kept = queue.flag(Flag::Batch)?.and_then(|text| serde_json::from_str(&text).ok());
        Ok(kept.unwrap_or_default())
    }

    /// Stores it for other processes.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn store(&self, queue: &dyn Details) -> Result<()> {
        queue.set_flag(Flag::Batch, Some(&serde_json::to_string(self).unwrap_or_default()))
    }

    /// Its progress, given the counts of the queue. Jobs that start after an idle queue are another batch.
    pub fn progress(&self, counts: &Counts) -> BatchProgress {
        let begins = self.over && counts.startable() > 0;
        let BatchTotals { done, failed, cancelled, .. } =
            if begins { BatchTotals::default() } else { self.ended };
        let ended = done + failed + cancelled;
        BatchProgress {
            done,
            failed,
            ended,
            of: ended + counts.running + counts.startable() + counts.waiting,
        }
    }
}

impl BatchProgress {
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
        Batch { ended: BatchTotals { done, failed, ..BatchTotals::default() }, over, ..Batch::default() }
    }

    #[test]
    fn progress_counts_jobs_that_end_without_a_user() {
        let rest = Counts { queued: 30, held: 5, unreadable: 1, waiting: 2, running: 3, ..Counts::default() };
        let counts = Counts { done: 900, failed: 7, cancelled: 9, ..rest };
        assert_eq!(
            batch(10, 2, false).progress(&counts),
            BatchProgress { done: 10, failed: 2, ended: 12, of: 41 }
        );
        let cancelled = BatchTotals { done: 1, cancelled: 2, ..BatchTotals::default() };
        let far = Batch { ended: cancelled, ..Batch::default() }.progress(&counts);
        assert_eq!((far.ended, far.of), (3, 32));
    }

    #[test]
    fn startable_jobs_after_an_idle_queue_are_another_batch() {
        let counts = Counts { queued: 4, ..Counts::default() };
        assert_eq!(batch(10, 2, true).progress(&counts), BatchProgress { of: 4, ..BatchProgress::default() });
        assert_eq!(batch(10, 2, true).progress(&Counts::default()).of, 12, "no job is to start");
    }

    #[test]
    fn empty_batch_has_no_percentage() {
        let far = |ended, of| BatchProgress { ended, of, ..BatchProgress::default() };
        assert_eq!([far(6, 8), far(0, 8), far(0, 0)].map(|far| far.percent()), [Some(75), Some(0), None]);
    }

    #[test]
    fn stored_batch_is_read_again_also_from_earlier_versions() {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        assert_eq!(Batch::load(&queue).unwrap(), Batch::default());
        let kept = Batch { idle_count: 3, ..batch(2, 1, true) };
        kept.store(&queue).unwrap();
        assert_eq!(Batch::load(&queue).unwrap(), Batch { idle_count: 0, ..kept });
        let earlier = r#"{"done":2,"failed":1,"bytesBefore":0,"bytesAfter":0,"workedMs":0}"#;
        queue.set_flag(Flag::Batch, Some(earlier)).unwrap();
        assert_eq!(Batch::load(&queue).unwrap().ended, kept.ended);
    }
}
