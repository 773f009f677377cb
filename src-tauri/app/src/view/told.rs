//! What the window is told without asking.

use super::row::Live;
use super::why::Why;
use serde::Serialize;
use spool_core::batch::{self, Ended};
use spool_core::job::Millis;
use spool_core::queue::Counts;
use spool_core::raised::{Alarm, Restored};
use ts_rs::TS;

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[expect(missing_docs, reason = "named like the states")]
pub struct Tally {
    pub queued: u64,
    pub held: u64,
    pub unreadable: u64,
    pub waiting: u64,
    pub running: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

impl From<Counts> for Tally {
    fn from(c: Counts) -> Tally {
        Tally {
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

/// The state of the queue. Rows may have changed with it: what is shown is fetched again.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Jobs by state.
    pub counts: Tally,
    /// How far the present batch is.
    pub batch: Far,
    /// What came of the last batch, once nothing runs and nothing can start; null before.
    pub came_of: Option<CameOf>,
    /// Of the running: paused.
    pub suspended: u64,
    /// Of the waiting: for room on a disk.
    pub crowded: u64,
    /// The name of that disk, where it is one for all of them.
    pub crowded_disk: Option<String>,
    /// No further job starts.
    pub paused: bool,
    /// Until the power is back, that is.
    pub on_battery: bool,
    /// Who works the queue, when it is not this window.
    pub worked_by: Option<String>,
    /// Jobs at a time; null when another process works the queue.
    pub workers: Option<usize>,
    /// Why the queue stands still.
    pub breaker: Option<Why>,
    /// That a damaged queue was restored, until the queue goes on.
    pub restored: Option<Restored>,
    /// That failures pile up.
    pub alarm: Option<Alarm>,
    /// Results are being checked again.
    pub checking: Option<Checking>,
    /// Bytes of the done jobs' originals.
    pub bytes_before: u64,
    /// Bytes of their results.
    pub bytes_after: u64,
}

/// How far a batch is: `12 of 41`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Far {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed for good.
    pub failed: u64,
    /// Jobs that have ended, cancelled ones too.
    pub ended: u64,
    /// Those, and all that come to an end by themselves: not those on hold, nor those of other versions.
    pub of: u64,
}

impl From<batch::Far> for Far {
    fn from(far: batch::Far) -> Far {
        Far { done: far.done, failed: far.failed, ended: far.ended, of: far.of }
    }
}

/// What came of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CameOf {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs that failed for good.
    pub failed: u64,
    /// Bytes of the originals of results that were made.
    pub bytes_before: u64,
    /// Bytes of those results.
    pub bytes_after: u64,
    /// How long it took, without pauses.
    pub seconds: u64,
}

impl From<Ended> for CameOf {
    fn from(ended: Ended) -> CameOf {
        CameOf {
            done: ended.done,
            failed: ended.failed,
            bytes_before: ended.bytes_before,
            bytes_after: ended.bytes_after,
            seconds: ended.worked_ms.div_ceil(1000),
        }
    }
}

/// How far the results are checked that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Checking {
    /// Which of them is looked at, from 1; 0 before the first.
    pub n: u64,
    /// How many there are.
    pub of: u64,
    /// It waits until the queue has no work.
    pub waits: bool,
}

/// What checking results again found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rechecked {
    /// Results that are right.
    pub right: u64,
    /// Results that are wrong.
    pub wrong: u64,
    /// Results that could not be checked.
    pub not_checked: u64,
}

/// What became of added files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddNotice {
    /// Number of the first accepted job.
    pub first: Option<i64>,
    /// How many were accepted.
    pub accepted: usize,
    /// Already in the queue, at most twenty of them.
    pub duplicates: Vec<i64>,
    /// How many those are.
    pub duplicate_count: usize,
    /// Files that are no videos by their name.
    pub skipped: usize,
    /// Videos that are results of known jobs.
    pub own: usize,
    /// Done before with this preset: the newest of those jobs.
    pub done_before: Option<i64>,
    /// When it was done.
    pub done_at: Option<Millis>,
    /// How many were.
    pub done_before_count: usize,
    /// How many failed for good with this preset before, or were cancelled.
    pub ended_before_count: usize,
    /// Why others were refused, as sentences, at most five of them.
    pub refused: Vec<String>,
    /// How many those are.
    pub refused_count: usize,
    /// That the drive of a result cannot hold the name it was to have, as a sentence: of the first such result.
    pub renamed: Option<String>,
    /// How many those are.
    pub renamed_count: usize,
}

/// Something is dragged over the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Drag {
    /// Files, folders apart.
    pub files: usize,
    /// Folders.
    pub folders: usize,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// Something was dropped: the window answers with the token and the preset of the tile below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Dropped {
    /// Names what was dropped.
    pub token: u32,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// Time left for the queue, from and to, in seconds; both null while it is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Left {
    /// At least.
    pub from: Option<u64>,
    /// At most.
    pub to: Option<u64>,
}

/// What has happened since the last update; absent parts have not changed. At most ten a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// How things stand now.
    pub standing: Option<Standing>,
    /// Progress of running jobs.
    pub live: Vec<Live>,
    /// How long the rest takes, in seconds; sent every two seconds while something runs.
    pub left: Option<Left>,
    /// What is dragged over the window.
    pub drag: Option<Drag>,
    /// The drag has ended.
    pub drag_ended: bool,
    /// What was dropped.
    pub dropped: Option<Dropped>,
    /// What became of added files.
    pub added: Option<AddNotice>,
    /// What checking results again found, once that has ended.
    pub checked: Option<Rechecked>,
    /// The user wants to close while this many jobs run: ask.
    pub ask_close: Option<u64>,
    /// What could not be done, as a sentence.
    pub trouble: Option<String>,
}
