//! The updates that the window receives without a request. Plain data.

use super::row::Live;
use super::why::Why;
use serde::Serialize;
use spool_core::batch::{self, BatchTotals};
use spool_core::job::Millis;
use spool_core::queue::Counts;
use spool_core::raised::{Alarm, Restored};
use ts_rs::TS;

/// Number of jobs in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[expect(missing_docs, reason = "named like the states")]
pub struct StateCounts {
    pub queued: u64,
    pub held: u64,
    pub unreadable: u64,
    pub waiting: u64,
    pub running: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

impl From<Counts> for StateCounts {
    fn from(c: Counts) -> StateCounts {
        StateCounts {
            queued: c.queued,
            held: c.held,
            unreadable: c.unreadable,
            waiting: c.waiting,
            running: c.running,
            done: c.done,
            failed: c.failed,
            cancelled: c.cancelled,
        }
    }
}

/// The state of the queue. Rows may have changed with it: the window requests them again.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueStatus {
    /// Jobs by state.
    pub counts: StateCounts,
    /// Progress of the current batch.
    pub batch: BatchProgress,
    /// Summary of the last batch; null while a job is active or can start, or if no job ended.
    pub last_batch: Option<BatchSummary>,
    /// Number of running jobs that are paused, or wait for a worker after a pause.
    pub suspended: u64,
    /// Number of waiting jobs that need disk space.
    pub waiting_for_space: u64,
    /// Name of the disk, if it is the same for all of them.
    pub full_disk: Option<String>,
    /// The queue is paused: no further job starts.
    pub paused: bool,
    /// It is paused until external power returns.
    pub on_battery: bool,
    /// Name of the process that runs the queue, if it is another one.
    pub worked_by: Option<String>,
    /// Jobs at a time; null if this process does not run the queue.
    pub workers: Option<usize>,
    /// Why no job can start.
    pub breaker: Option<Why>,
    /// How a damaged queue was restored, until the queue is resumed.
    pub restored: Option<Restored>,
    /// Many jobs fail.
    pub alarm: Option<Alarm>,
    /// A job is running, startable or waiting, so that more may fail.
    pub may_fail: bool,
    /// Progress of checking results again.
    pub checking: Option<CheckProgress>,
    /// Bytes of the originals of done jobs.
    pub bytes_before: u64,
    /// Bytes of their results.
    pub bytes_after: u64,
}

/// Progress of a batch: `12 of 41`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
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

impl From<batch::BatchProgress> for BatchProgress {
    fn from(far: batch::BatchProgress) -> BatchProgress {
        BatchProgress { done: far.done, failed: far.failed, ended: far.ended, of: far.of }
    }
}

/// Summary of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BatchSummary {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed permanently.
    pub failed: u64,
    /// Bytes of the originals of its results.
    pub bytes_before: u64,
    /// Bytes of its results.
    pub bytes_after: u64,
    /// Seconds in which at least one job was running and not paused.
    pub seconds: u64,
}

impl From<BatchTotals> for BatchSummary {
    fn from(ended: BatchTotals) -> BatchSummary {
        BatchSummary {
            done: ended.done,
            failed: ended.failed,
            bytes_before: ended.bytes_before,
            bytes_after: ended.bytes_after,
            seconds: ended.worked_ms.div_ceil(1000),
        }
    }
}

/// Progress of a round of checks of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct CheckProgress {
    /// Number of the current result, from 1; 0 before the first.
    pub n: u64,
    /// Number of all results.
    pub of: u64,
    /// It waits until the queue has no work.
    pub waits: bool,
}

/// Findings of a round of checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckSummary {
    /// Results that are right.
    pub right: u64,
    /// Results that are wrong.
    pub wrong: u64,
    /// Results that could not be checked.
    pub not_checked: u64,
}

/// The result of adding files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddNotice {
    /// Id of the first accepted job.
    pub first: Option<i64>,
    /// Number of accepted jobs.
    pub accepted: usize,
    /// Active jobs that do the same already; at most twenty.
    pub duplicates: Vec<i64>,
    /// Number of all of them.
    pub duplicate_count: usize,
    /// Number of files that are not videos, including subtitles.
    pub skipped: usize,
    /// Number of videos that are results of Spool.
    pub own: usize,
    /// A job that did the same before: the one for the last such video.
    pub done_before: Option<i64>,
    /// When that job ended.
    pub done_at: Option<Millis>,
    /// Number of videos that were done before.
    pub done_before_count: usize,
    /// Number of videos for which the same failed permanently or was cancelled before.
    pub ended_before_count: usize,
    /// Why files were refused, as sentences; at most five.
    pub refused: Vec<String>,
    /// Number of refused files.
    pub refused_count: usize,
    /// For the first result whose drive cannot hold its requested name: a sentence about that.
    pub renamed: Option<String>,
    /// Number of such results.
    pub renamed_count: usize,
}

/// A drag over the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Drag {
    /// Number of files, without folders.
    pub files: usize,
    /// Number of folders.
    pub folders: usize,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// A drop. The window responds with the token and the preset of the tile below it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Dropped {
    /// Identifies the drop.
    pub token: u32,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// Time left for the queue, from and to, in seconds; both null while it is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct TimeLeftRange {
    /// Lower bound.
    pub from: Option<u64>,
    /// Upper bound.
    pub to: Option<u64>,
}

/// Changes since the last update; absent parts have not changed. Sent at most ten times a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// The state of the queue.
    pub status: Option<QueueStatus>,
    /// Progress of running jobs.
    pub live: Vec<Live>,
    /// The time left for the queue; sent every two seconds while a job runs.
    pub left: Option<TimeLeftRange>,
    /// The current drag.
    pub drag: Option<Drag>,
    /// The drag has ended.
    pub drag_ended: bool,
    /// A drop.
    pub dropped: Option<Dropped>,
    /// The result of adding files.
    pub added: Option<AddNotice>,
    /// Findings of a round of checks that has ended.
    pub checked: Option<CheckSummary>,
    /// The user wants to close while this many jobs run; the window must ask.
    pub ask_close: Option<u64>,
    /// An error, as a sentence.
    pub trouble: Option<String>,
}
