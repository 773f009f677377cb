//! The rows of lists. Plain data.

use super::job::JobView;
use serde::Serialize;
use spool_core::failure::FailureCode;
use spool_core::progress::Progress;
use spool_core::words::{self, Sentence};
use ts_rs::TS;

/// Progress of a running job. Unknown values are null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// Id of the job.
    pub id: i64,
    /// 0 to 99.
    pub percent: Option<f64>,
    /// Seconds of video per second.
    pub speed: Option<f64>,
    /// Seconds left at the current speed.
    pub eta_seconds: Option<u64>,
    /// Bytes written so far.
    pub bytes: Option<u64>,
    /// Microseconds of the video processed.
    pub done_us: u64,
}

impl Live {
    /// Creates the progress of the job with this id.
    pub fn new(id: i64, progress: &Progress) -> Live {
        Live {
            id,
            percent: progress.percent,
            speed: progress.speed,
            eta_seconds: progress.eta_seconds,
            bytes: progress.bytes,
            done_us: progress.done_us,
        }
    }
}

/// A row: a job, and what else a list shows of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Row {
    /// The job.
    #[serde(flatten)]
    pub job: JobView,
    /// It has a thumbnail.
    pub thumb: bool,
    /// The video stream of the result was copied.
    pub copied: bool,
    /// Place in the start order, from 1; null if it cannot start now, or the row is shown outside the whole list.
    pub place: Option<u64>,
}

/// The jobs that failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The cause.
    pub code: FailureCode,
    /// Number of jobs that failed for it.
    pub count: u64,
    /// What the user can do, as a sentence.
    #[ts(type = "string")]
    pub next_step: Sentence,
}

impl Cause {
    /// Creates the cause of `count` jobs.
    pub fn new(code: FailureCode, count: u64) -> Cause {
        Cause { code, count, next_step: words::next_step(code) }
    }
}

/// The header of the jobs that failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Group {
    /// The cause.
    #[serde(flatten)]
    pub cause: Cause,
    /// Number of its jobs that are shown below.
    pub shown: u64,
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Entry {
    /// A job.
    Row(Box<Row>),
    /// In the failed list: the header of a cause.
    Group(Group),
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Index of the first entry in the list, from 0.
    pub offset: u64,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Number of entries in the whole list.
    pub total: u64,
    /// In the failed list without a search: number of causes.
    pub groups: u64,
}
