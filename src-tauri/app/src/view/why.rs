//! Why a job is in its state, and what follows for the commands that apply to it.

use serde::Serialize;
use spool_core::failure::{FailureCode, Reason};
use spool_core::job::{Job, State};
use spool_core::words::{self, Sentence};
use ts_rs::TS;

/// Why a job waits, is retried, or failed: the reason with its values, and as sentences.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The stable code.
    pub code: FailureCode,
    /// What happened: `kind` and its values.
    #[serde(flatten)]
    pub reason: Reason,
    /// The reason, as a sentence.
    #[ts(type = "string")]
    pub message: Sentence,
    /// What the user can do, as a sentence.
    #[ts(type = "string")]
    pub next_step: Sentence,
}

impl From<&Reason> for Why {
    fn from(reason: &Reason) -> Why {
        let code = reason.code();
        Why {
            code,
            reason: reason.clone(),
            message: words::reason(reason),
            next_step: words::next_step(code),
        }
    }
}

/// Checks whether the job failed, but salvage can keep a part of its video.
pub(super) fn is_cut(job: &Job) -> bool {
    job.state == State::Failed && job.failure.as_ref().is_some_and(Reason::keeps_some)
}

/// Checks whether the preset cannot be applied to the video: another preset helps, a retry does not.
pub(super) fn is_refused(job: &Job) -> bool {
    job.failure.as_ref().is_some_and(|r| r.code() == FailureCode::PlanRefused)
}

/// Checks whether the original was kept because the result was larger.
pub(super) fn is_kept(job: &Job) -> bool {
    job.state == State::Done && job.output == job.source
}

/// Returns the name of the drive or folder that a waiting job waits for.
pub(super) fn waits_for(job: &Job) -> Option<String> {
    let reason = job.failure.as_ref().filter(|_| job.state == State::Waiting)?;
    let place = match reason.code() {
        FailureCode::SourceVolumeMissing => job.source_volume.as_deref(),
        FailureCode::DestinationMissing | FailureCode::DestinationReadOnly => job.output.parent(),
        FailureCode::DiskFull => job.output_volume.as_deref(),
        // With two volumes, the reason states which one is silent.
        FailureCode::VolumeSilent if job.source_volume == job.output_volume => job.source_volume.as_deref(),
        _ => None,
    };
    Some(place?.file_name()?.to_string_lossy().into_owned())
}

pub(super) fn is_wrong(job: &Job) -> bool {
    job.check.as_ref().is_some_and(|check| check.finding.is_wrong())
}
