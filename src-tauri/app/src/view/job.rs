//! The view of a job, for `--json` and the window.
//!
//! Guarantees that names are stable. Paths are display text in which invalid characters are replaced, because jobs are
//! referred to by id.

use super::jobs::Kind;
use super::plan::with_messages;
use super::remark::RemarkShown;
use super::why::{Why, waits_for};
use crate::shell;
use serde::Serialize;
use spool_core::job::{Attempt, Job, JobId, Millis, State};
use spool_core::media::Facts;
use spool_core::path_bytes::percent;
use spool_core::progress::Progress;
use spool_core::recheck::finding::{Check, Finding};
use spool_core::remark::Remark;
use spool_core::spec::JobOptions;
use spool_core::verify::verification::Verification;
use spool_core::words::{self, Sentence};
use std::path::Path;
use ts_rs::TS;

/// The view of a job.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of `Job` under their JSON names")]
pub struct JobView {
    #[ts(type = "number")]
    pub id: JobId,
    pub uid: String,
    pub position: i64,
    /// Its state, and what else decides which commands apply to it.
    #[serde(flatten)]
    pub kind: Kind,
    /// It was paused while it ran, was released, and continues when a worker is free.
    pub awaits_worker: bool,
    /// File name of the original.
    pub name: String,
    /// Full path of the original.
    pub source: String,
    /// The same path in percent-encoding, if it is not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub source_bytes: Option<String>,
    /// Modification time of the original when last read, or when added, in nanoseconds since 1970.
    pub source_mtime_ns: Option<i64>,
    /// Full path of the result.
    pub output: String,
    /// File name of the result.
    pub output_name: String,
    /// The full path in percent-encoding, if it is not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub output_bytes: Option<String>,
    /// Id of its preset; null if this version of Spool cannot read it.
    pub preset: Option<String>,
    /// Display name of its preset.
    pub preset_name: Option<String>,
    /// Options for this file besides its preset; null like the preset.
    #[ts(type = "Record<string, never> | null")]
    pub options: Option<JobOptions>,
    pub attempt: u32,
    pub max_attempts: u32,
    pub run_at: Option<Millis>,
    /// Failure code of a waiting job.
    pub wait_reason: Option<&'static str>,
    /// Name of the drive or folder that it waits for.
    pub waits_for: Option<String>,
    /// Why it waits, is retried or failed.
    pub failure: Option<Why>,
    /// Remarks on the result, as sentences.
    #[ts(type = "Array<string>")]
    pub warnings: Vec<Sentence>,
    /// All remarks as data, including those that share a sentence.
    pub remarks: Vec<Remark>,
    /// Each sentence of `warnings` with its remark, or the first of those that share it.
    pub said: Vec<RemarkShown>,
    /// The verification of the result is stored, and no later check found a fault.
    pub verified: bool,
    /// The latest check of the result; null if it was not checked again.
    #[ts(type = r#"{ at: number, found: "right" | "wrong" | "notChecked", message: string } | null"#)]
    pub check: Option<CheckView>,
    /// Facts about the video; null before its probe.
    pub facts: Option<Facts>,
    pub progress: Option<Progress>,
    /// For a running job whose engine was killed: that engine's last heartbeat; else null.
    pub abandoned_since: Option<Millis>,
    /// If this version of Spool cannot read its preset: the format version stored with it; else null.
    pub foreign_format: Option<u64>,
    pub sizes: Sizes,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub finished_at: Option<Millis>,
}

/// Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Sizes {
    /// Size of the original when last read, or when added.
    pub source: Option<u64>,
    /// Size of the published result.
    pub output: Option<u64>,
}

impl JobView {
    /// Creates the view of a job. `abandoned`: the last heartbeat of the engine, if it was killed.
    pub fn of(job: &Job, abandoned: Option<Millis>) -> JobView {
        let abandoned_since = abandoned.filter(|_| job.state == State::Running);
        let suspended = job.hold || job.awaits_worker();
        let waits = job.failure.as_ref().filter(|_| job.state == State::Waiting);
        JobView {
            id: job.id,
            uid: job.uid.to_string(),
            position: job.position,
            kind: Kind::from(job),
            awaits_worker: job.awaits_worker() && abandoned_since.is_none(),
            name: file_name(&job.source),
            source: job.source.to_string_lossy().into_owned(),
            source_bytes: percent(&job.source),
            source_mtime_ns: job.source_mtime_ns,
            output: job.output.to_string_lossy().into_owned(),
            output_name: file_name(&job.output),
            output_bytes: percent(&job.output),
            preset: job.spec.as_ref().map(|spec| spec.preset.id.clone()),
            preset_name: job.spec.as_ref().map(|spec| spec.preset.name.clone()),
            options: job.spec.as_ref().map(|spec| spec.options.clone()),
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            wait_reason: waits.map(|f| f.code().as_str()),
            waits_for: waits_for(job),
            failure: job.failure.as_ref().map(Why::from),
            warnings: words::sentences(&job.warnings),
            remarks: job.warnings.clone(),
            said: words::remarks(&job.warnings).into_iter().map(RemarkShown::from).collect(),
            verified: job.verified,
            check: job.check.as_ref().map(CheckView::from),
            facts: job.facts.clone(),
            progress: job.progress.map(|progress| if suspended { without_speed(progress) } else { progress }),
            abandoned_since,
            foreign_format: job.foreign_format,
            sizes: Sizes { source: job.source_size, output: job.output_size },
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns the progress of a job that is paused, or waits for a worker after a pause: it has no speed.
fn without_speed(progress: Progress) -> Progress {
    Progress { speed: None, fps: None, eta_seconds: None, ..progress }
}

/// The view of a check of a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckView {
    /// When it ended.
    pub at: Millis,
    /// The finding, as data.
    #[serde(flatten)]
    pub finding: Finding,
    /// The finding, as sentences; empty if the result is right.
    pub message: String,
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> CheckView {
        let message = words::finding(&check.finding).map(|text| text.to_string()).unwrap_or_default();
        CheckView { at: check.at, finding: check.finding.clone(), message }
    }
}

/// The view of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of `Attempt` under their JSON names")]
pub struct AttemptView {
    pub epoch: i64,
    pub outcome: Option<String>,
    pub failure: Option<Why>,
    pub exit: Option<i32>,
    pub signal: Option<i32>,
    pub commands: Vec<Vec<String>>,
    /// The last command, quoted for a shell; empty if there is none.
    pub command: String,
    #[ts(type = "unknown")]
    pub plan: Option<serde_json::Value>,
    #[ts(type = "unknown")]
    pub verification: Option<Verification>,
    pub log_tail: Option<String>,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> AttemptView {
        AttemptView {
            epoch: attempt.epoch,
            outcome: attempt.outcome.clone(),
            failure: attempt.failure.as_ref().map(Why::from),
            exit: attempt.exit,
            signal: attempt.signal,
            commands: attempt.commands.clone(),
            command: attempt.commands.last().map(|words| shell::line(words)).unwrap_or_default(),
            plan: attempt.plan.as_deref().and_then(|p| serde_json::from_str(p).ok()).map(with_messages),
            verification: attempt.verification.clone(),
            log_tail: attempt.log_tail.clone(),
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
        }
    }
}
