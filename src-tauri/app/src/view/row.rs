//! A job as a row, and the lists made of rows.

use super::job::JobView;
use serde::Serialize;
use spool_core::failure::FailureCode;
use spool_core::progress::Progress;
use spool_core::words::{self, Sentence};
use ts_rs::TS;

/// How far a running job is. Unknown values are null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// Which job.
    pub id: i64,
    /// 0-99.
    pub percent: Option<f64>,
    /// Seconds of video per second.
    pub speed: Option<f64>,
    /// Seconds left at the present speed.
    pub eta_seconds: Option<u64>,
    /// Bytes written so far.
    pub bytes: Option<u64>,
    /// Microseconds of the video done.
    pub done_us: u64,
}

impl Live {
    /// Of the job with this number.
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

/// A row: the job, and what a list shows of it besides.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Row {
    /// The job.
    #[serde(flatten)]
    pub job: JobView,
    /// There is a picture of it.
    pub thumb: bool,
    /// The picture of the result is a copy: it already was as wanted.
    pub copied: bool,
    /// 1 for the next to start; null where it cannot start now.
    pub place: Option<u64>,
}

/// The jobs that failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The cause.
    pub code: FailureCode,
    /// How many failed for it.
    pub count: u64,
    /// What a person can do, as a sentence.
    #[ts(type = "string")]
    pub next_step: Sentence,
}

impl Cause {
    /// Of `count` jobs.
    pub fn new(code: FailureCode, count: u64) -> Cause {
        Cause { code, count, next_step: words::next_step(code) }
    }
}

/// The head of the jobs that failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Group {
    /// The cause.
    #[serde(flatten)]
    pub cause: Cause,
    /// How many of them stand below.
    pub shown: u64,
}

/// What stands at one place of a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Entry {
    /// A job.
    Row(Box<Row>),
    /// In the failed list: the head of a cause.
    Group(Group),
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Place of the first entry in the list, from 0.
    pub offset: u64,
    /// What stands there.
    pub entries: Vec<Entry>,
    /// Places in the whole list.
    pub total: u64,
    /// In the failed list: how many causes there are.
    pub groups: u64,
}
