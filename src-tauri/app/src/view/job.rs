//! A job as it crosses a boundary: one view for `--json` and the window. Names are stable; paths are shown as text,
//! with what is no text replaced, for they name nothing here: jobs are named by id.

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

/// A job, for people and scripts.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of `Job` under their JSON names")]
pub struct JobView {
    #[ts(type = "number")]
    pub id: JobId,
    pub uid: String,
    pub position: i64,
    /// Where it stands, and what decides what may be asked of it.
    #[serde(flatten)]
    pub kind: Kind,
    /// It runs, was paused and released, and goes on when a worker is free.
    pub awaits_worker: bool,
    /// File name of the original.
    pub name: String,
    /// Its whole path.
    pub source: String,
    /// Its bytes in percent form, where its path is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub source_bytes: Option<String>,
    /// When the original was modified last, in nanoseconds since 1970: as it was read, or before that when it was added.
    pub source_mtime_ns: Option<i64>,
    /// Whole path of the result.
    pub output: String,
    /// Its file name.
    pub output_name: String,
    /// Its bytes likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub output_bytes: Option<String>,
    /// Id of its preset; null where another version of Spool made the job.
    pub preset: Option<String>,
    /// Its name on screen.
    pub preset_name: Option<String>,
    /// What is wanted of this file beside its preset; null like the preset.
    #[ts(type = "Record<string, never> | null")]
    pub options: Option<JobOptions>,
    pub attempt: u32,
    pub max_attempts: u32,
    pub run_at: Option<Millis>,
    /// The failure code a waiting job waits upon.
    pub wait_reason: Option<&'static str>,
    /// The name of the drive or folder it waits for.
    pub waits_for: Option<String>,
    /// Why it waits, is retried or failed.
    pub failure: Option<Why>,
    /// What is to be said of the result, as sentences.
    #[ts(type = "Array<string>")]
    pub warnings: Vec<Sentence>,
    /// The same as data; facts that are said together stand one by one.
    pub remarks: Vec<Remark>,
    /// Each sentence of `warnings` with its data; of several facts that share one, the first.
    pub said: Vec<RemarkShown>,
    /// What was checked of the result is on record; false before there is one, and where an earlier version checked it.
    pub verified: bool,
    /// What checking the result again found; null where it was not checked again.
    #[ts(type = r#"{ at: number, found: "right" | "wrong" | "notChecked", message: string } | null"#)]
    pub check: Option<CheckView>,
    /// What is known of the video; null until it was looked at.
    pub facts: Option<Facts>,
    pub progress: Option<Progress>,
    /// Of a running job: the last sign of life of the engine that ran it, where that engine was killed; else null.
    pub abandoned_since: Option<Millis>,
    /// Version of the form its preset was written in, where another version of Spool made the job; else null.
    pub foreign_format: Option<u64>,
    pub sizes: Sizes,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub finished_at: Option<Millis>,
}

/// Sizes in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Sizes {
    /// Of the original, as it was read; before that, when it was added.
    pub source: Option<u64>,
    /// Of the published result.
    pub output: Option<u64>,
}

impl JobView {
    /// Of a job. `abandoned`: since when nothing works the queue, where its engine was killed.
    pub fn of(job: &Job, abandoned: Option<Millis>) -> JobView {
        let abandoned_since = abandoned.filter(|_| job.state == State::Running);
        let stands = job.hold || job.awaits_worker();
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
            warnings: words::said(&job.warnings),
            remarks: job.warnings.clone(),
            said: words::remarks(&job.warnings).into_iter().map(RemarkShown::from).collect(),
            verified: job.verified,
            check: job.check.as_ref().map(CheckView::from),
            facts: job.facts.clone(),
            progress: job.progress.map(|progress| if stands { at_rest(progress) } else { progress }),
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

/// Progress of a job that is paused, or waits for a worker after that: it has no speed.
fn at_rest(progress: Progress) -> Progress {
    Progress { speed: None, fps: None, eta_seconds: None, ..progress }
}

/// What checking a result again found, for people and scripts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckView {
    /// When.
    pub at: Millis,
    /// What was found, as data.
    #[serde(flatten)]
    pub finding: Finding,
    /// The same as sentences; empty where all is right.
    pub message: String,
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> CheckView {
        let message = words::finding(&check.finding).map(|said| said.to_string()).unwrap_or_default();
        CheckView { at: check.at, finding: check.finding.clone(), message }
    }
}

/// An attempt, for people and scripts.
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
    /// The last of them in one line, as a shell takes it; empty where there is none.
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
