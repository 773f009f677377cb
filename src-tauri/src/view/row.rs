//! A job as a row, and the lists made of rows.

use serde::Serialize;
use spool_core::failure::{self, FailureCode};
use spool_core::job::{Job, Millis, Reason, State};
use spool_core::media::Facts;
use spool_core::progress::Progress;
use spool_core::recheck::finding::{Check, Finding};
use spool_core::remark::Remark;
use spool_core::words::{self, Said, Sentence};
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
    /// Seconds of video done.
    pub done_seconds: f64,
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
            done_seconds: progress.done_us as f64 / 1e6,
        }
    }
}

/// Why a job waits, is retried or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The stable code.
    pub code: String,
    /// What happened, as a sentence.
    pub message: String,
    /// What a person can do, as a sentence.
    pub next_step: String,
}

impl From<&Reason> for Why {
    fn from(reason: &Reason) -> Why {
        Why {
            code: reason.code.to_string(),
            message: reason.message.clone(),
            next_step: reason.code.next_step().into(),
        }
    }
}

/// What a row says of the video.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct VideoFacts {
    /// Width in pixels; 0 where unknown, like the height.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `H.264`, `HEVC`; empty where unknown.
    pub codec: String,
    /// High dynamic range.
    pub hdr: bool,
    /// Bits per sample.
    pub bits: u32,
    /// Two fields a frame.
    pub interlaced: bool,
    /// Length.
    pub seconds: Option<f64>,
}

impl From<&Facts> for VideoFacts {
    fn from(f: &Facts) -> VideoFacts {
        VideoFacts {
            width: f.width,
            height: f.height,
            codec: f.codec.clone(),
            hdr: f.hdr,
            bits: f.bits,
            interlaced: f.interlaced,
            seconds: f.seconds,
        }
    }
}

/// Did it fail because it ends early, though what is there of it can be read?
pub(super) fn is_cut(job: &Job) -> bool {
    let cut = |r: &Reason| r.code == FailureCode::SourceTruncated && failure::keeps_some(&r.message);
    job.state == State::Failed && job.failure.as_ref().is_some_and(cut)
}

/// Is another preset what helps? Trying the same again does not.
pub(super) fn is_refused(job: &Job) -> bool {
    job.failure.as_ref().is_some_and(|r| r.code == FailureCode::PlanRefused)
}

/// Was the original kept rather than a result that grew?
pub(super) fn is_kept(job: &Job) -> bool {
    job.state == State::Done && job.output == job.source
}

/// The name of what a waiting job waits for, as people call the drive or folder.
fn waits_for(job: &Job) -> Option<String> {
    let reason = job.failure.as_ref().filter(|_| job.state == State::Waiting)?;
    let place = match reason.code {
        FailureCode::SourceVolumeMissing => job.source_volume.as_deref(),
        FailureCode::DestinationMissing | FailureCode::DestinationReadOnly => job.output.parent(),
        FailureCode::DiskFull => job.output_volume.as_deref(),
        // Where there are two, the reason names the one.
        FailureCode::VolumeSilent if job.source_volume == job.output_volume => job.source_volume.as_deref(),
        _ => None,
    };
    Some(place?.file_name()?.to_string_lossy().into_owned())
}

/// What checking a result again found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Recheck {
    /// What.
    #[ts(type = r#""right" | "wrong" | "notChecked""#)]
    pub found: &'static str,
    /// What is to be said of it, as sentences; empty where all is right.
    pub message: String,
    /// When.
    pub at: Millis,
}

impl From<&Check> for Recheck {
    fn from(check: &Check) -> Recheck {
        let found = match check.finding {
            Finding::Right { .. } => "right",
            Finding::Wrong { .. } => "wrong",
            Finding::NotChecked { .. } => "notChecked",
        };
        let message = words::finding(&check.finding).map(|said| said.to_string()).unwrap_or_default();
        Recheck { found, message, at: check.at }
    }
}

pub(super) fn is_wrong(job: &Job) -> bool {
    job.check.as_ref().is_some_and(|check| check.finding.is_wrong())
}

/// A remark on a result; of several that share a sentence, the first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(type = "Remark & { message: string }")]
pub struct RemarkShown {
    /// The fact.
    #[serde(flatten)]
    pub remark: Remark,
    /// The sentence.
    pub message: Sentence,
}

impl From<Said> for RemarkShown {
    fn from(said: Said) -> RemarkShown {
        RemarkShown { remark: said.remark, message: said.sentence }
    }
}

/// A row.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The job's number.
    pub id: i64,
    /// File name of the original.
    pub name: String,
    /// Its full path, to read.
    pub path: String,
    /// File name of the result.
    pub output: String,
    /// What is known of the video; null until it was looked at.
    pub facts: Option<VideoFacts>,
    /// There is a picture of it.
    pub thumb: bool,
    /// The picture of the result is a copy: it already was as wanted.
    pub copied: bool,
    /// Name of the drive or folder it waits for.
    pub waits_for: Option<String>,
    /// Name of the preset; null where it cannot be read.
    pub preset: Option<String>,
    /// Where the job stands.
    #[ts(type = r#""queued" | "waiting" | "running" | "done" | "failed" | "cancelled""#)]
    pub state: State,
    /// On hold (queued), or paused (running).
    pub hold: bool,
    /// It was paused and released, and goes on when a worker is free.
    pub awaits_worker: bool,
    /// 1 for the next to start; null where it cannot start now.
    pub place: Option<u64>,
    /// Attempts so far.
    pub attempt: u32,
    /// Attempts at most.
    pub max_attempts: u32,
    /// When it is tried again, in milliseconds since 1970.
    pub run_at: Option<Millis>,
    /// It is tried again later.
    pub delayed: bool,
    /// Why it waits, is retried or failed.
    pub why: Option<Why>,
    /// Its preset cannot do it: trying the same again does not help.
    pub refused: bool,
    /// It ends early; what is there of it can be kept.
    pub cut: bool,
    /// This version of Spool can read what was wanted; if not, the job is never started.
    pub readable: bool,
    /// If not: the version of the form it was written in, where that is another one.
    pub foreign_format: Option<u32>,
    /// What is to be said of a result.
    pub remarks: Vec<RemarkShown>,
    /// What was checked of the result is on record; an earlier version kept none.
    pub verified: bool,
    /// What checking the result again found; null where it was not checked again.
    pub check: Option<Recheck>,
    /// The result was found wrong when it was checked again.
    pub wrong: bool,
    /// The result grew and was discarded: the original is the result.
    pub kept: bool,
    /// Bytes of the original.
    pub source_size: Option<u64>,
    /// Bytes of the result.
    pub output_size: Option<u64>,
    /// How far it is.
    pub live: Option<Live>,
    /// When the present or last attempt began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

impl Row {
    /// Of a job; `place` counts only jobs that can start; `thumb`: there is a picture; `copied`: of a done job.
    pub fn new(job: &Job, place: Option<u64>, thumb: bool, copied: bool) -> Row {
        let name =
            |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Row {
            id: job.id.0,
            name: name(&job.source),
            path: job.source.to_string_lossy().into_owned(),
            output: name(&job.output),
            facts: job.facts.as_ref().map(VideoFacts::from),
            thumb,
            copied,
            waits_for: waits_for(job),
            preset: job.spec.as_ref().map(|spec| spec.preset.name.clone()),
            state: job.state,
            hold: job.hold,
            awaits_worker: job.awaits_worker(),
            place,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            delayed: job.run_at.is_some(),
            why: job.failure.as_ref().map(Why::from),
            refused: is_refused(job),
            cut: is_cut(job),
            readable: job.spec.is_some(),
            foreign_format: job.foreign_format.and_then(|format| format.try_into().ok()),
            remarks: words::remarks(&job.warnings).into_iter().map(RemarkShown::from).collect(),
            verified: job.verified,
            check: job.check.as_ref().map(Recheck::from),
            wrong: is_wrong(job),
            kept: is_kept(job),
            source_size: job.source_size,
            output_size: job.output_size,
            live: job.progress.filter(|_| job.state == State::Running).map(|p| Live::new(job.id.0, &p)),
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

/// The head of the jobs that failed for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The cause.
    pub code: String,
    /// How many failed for it.
    pub count: u64,
    /// How many of them stand below.
    pub shown: u64,
    /// What a person can do, as a sentence.
    pub next_step: String,
}

impl Group {
    /// Of `count` jobs, of which `shown` stand below.
    pub fn new(code: FailureCode, count: u64, shown: u64) -> Group {
        Group { code: code.to_string(), count, shown, next_step: code.next_step().into() }
    }
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
