//! A job as it crosses a boundary: `--json` and the window. Names are stable; paths are shown as text, with
//! what is no text replaced, for they name nothing here: jobs are named by id.

use crate::finding::{Check, Finding};
use crate::job::{Attempt, Job, JobId, Millis, Reason, State};
use crate::path_bytes::percent;
use crate::progress::Progress;
use crate::spec::JobOptions;
use crate::verification::Verification;
use serde::Serialize;

/// A job, for people and scripts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of `Job` under their JSON names")]
pub struct JobView {
    pub id: JobId,
    pub uid: String,
    pub position: i64,
    pub state: State,
    pub hold: bool,
    /// It runs, was paused and released, and goes on when a worker is free.
    pub awaits_worker: bool,
    pub source: String,
    /// Its bytes in percent form, where its path is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_bytes: Option<String>,
    /// When the original was modified last, in nanoseconds since 1970: as it was read, or before that when it was added.
    pub source_mtime_ns: Option<i64>,
    pub output: String,
    /// Its bytes likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_bytes: Option<String>,
    /// Id of its preset; null where another version of Spool made the job.
    pub preset: Option<String>,
    pub options: Option<JobOptions>,
    pub attempt: u32,
    pub max_attempts: u32,
    pub run_at: Option<Millis>,
    /// The failure code a waiting job waits upon.
    pub wait_reason: Option<&'static str>,
    pub failure: Option<Reason>,
    pub warnings: Vec<String>,
    /// What was checked of the result is on record; false before there is one, and where an earlier version checked it.
    pub verified: bool,
    /// What checking the result again found; null where it was not checked again.
    pub check: Option<CheckView>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Of the original, as it was read; before that, when it was added.
    pub source: Option<u64>,
    /// Of the published result.
    pub output: Option<u64>,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> JobView {
        let stands = job.hold || job.awaits_worker();
        let waits = job.failure.as_ref().filter(|_| job.state == State::Waiting);
        JobView {
            id: job.id,
            uid: job.uid.to_string(),
            position: job.position,
            state: job.state,
            hold: job.hold,
            awaits_worker: job.awaits_worker(),
            source: job.source.to_string_lossy().into_owned(),
            source_bytes: percent(&job.source),
            source_mtime_ns: job.source_mtime_ns,
            output: job.output.to_string_lossy().into_owned(),
            output_bytes: percent(&job.output),
            preset: job.spec.as_ref().map(|spec| spec.preset.id.clone()),
            options: job.spec.as_ref().map(|spec| spec.options.clone()),
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            wait_reason: waits.map(|f| f.code.as_str()),
            failure: job.failure.clone(),
            warnings: job.warnings.clone(),
            verified: job.verified,
            check: job.check.as_ref().map(CheckView::from),
            progress: job.progress.map(|progress| if stands { at_rest(progress) } else { progress }),
            abandoned_since: None,
            foreign_format: job.foreign_format,
            sizes: Sizes { source: job.source_size, output: job.output_size },
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
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
        CheckView { at: check.at, finding: check.finding.clone(), message: check.finding.sentence() }
    }
}

/// An attempt, for people and scripts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields of `Attempt` under their JSON names")]
pub struct AttemptView {
    pub epoch: i64,
    pub outcome: Option<String>,
    pub failure: Option<Reason>,
    pub exit: Option<i32>,
    pub signal: Option<i32>,
    pub commands: Vec<Vec<String>>,
    pub plan: Option<serde_json::Value>,
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
            failure: attempt.failure.clone(),
            exit: attempt.exit,
            signal: attempt.signal,
            commands: attempt.commands.clone(),
            plan: attempt.plan.as_deref().and_then(|p| serde_json::from_str(p).ok()),
            verification: attempt.verification.clone(),
            log_tail: attempt.log_tail.clone(),
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
        }
    }
}
