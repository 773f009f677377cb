//! Why a job stands where it does, and what follows for what may be asked of it.

use serde::Serialize;
use spool_core::failure::{FailureCode, Reason};
use spool_core::job::{Job, State};
use spool_core::words::{self, Sentence};
use ts_rs::TS;

/// Why a job waits, is tried again or failed: the reason with its values, and what a person reads.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The stable code.
    pub code: FailureCode,
    /// What happened: `kind` and its values.
    #[serde(flatten)]
    pub reason: Reason,
    /// The same as a sentence.
    #[ts(type = "string")]
    pub message: Sentence,
    /// What a person can do, as a sentence.
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

/// Did it fail because it ends early, though what is there of it can be read?
pub(super) fn is_cut(job: &Job) -> bool {
    job.state == State::Failed && job.failure.as_ref().is_some_and(Reason::keeps_some)
}

/// Is another preset what helps? Trying the same again does not.
pub(super) fn is_refused(job: &Job) -> bool {
    job.failure.as_ref().is_some_and(|r| r.code() == FailureCode::PlanRefused)
}

/// Was the original kept rather than a result that grew?
pub(super) fn is_kept(job: &Job) -> bool {
    job.state == State::Done && job.output == job.source
}

/// The name of what a waiting job waits for, as people call the drive or folder.
pub(super) fn waits_for(job: &Job) -> Option<String> {
    let reason = job.failure.as_ref().filter(|_| job.state == State::Waiting)?;
    let place = match reason.code() {
        FailureCode::SourceVolumeMissing => job.source_volume.as_deref(),
        FailureCode::DestinationMissing | FailureCode::DestinationReadOnly => job.output.parent(),
        FailureCode::DiskFull => job.output_volume.as_deref(),
        // Where there are two, the reason names the one.
        FailureCode::VolumeSilent if job.source_volume == job.output_volume => job.source_volume.as_deref(),
        _ => None,
    };
    Some(place?.file_name()?.to_string_lossy().into_owned())
}

pub(super) fn is_wrong(job: &Job) -> bool {
    job.check.as_ref().is_some_and(|check| check.finding.is_wrong())
}
