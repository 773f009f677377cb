//! Replaces a failure by a more exact one after a check of the drives: the job waits for a drive that does not work,
//! and a source that its drive cannot read is not attempted repeatedly.
//!
//! Guarantees that no file is reported as damaged, missing or not a video while its drive does not work.

use super::readable::{Unreadable, unreadable};
use super::{End, Work};
use crate::failure::{Failure, FailureCode, Reason, name_of};
use crate::job::Job;
use crate::output;
use crate::volumes::{Trouble, answers, mounts, trouble};
use std::io;
use std::path::PathBuf;

/// Returns the failure after a check of the drives, or the end that an order caused.
pub(super) fn explain(work: &Work<'_>, failure: Failure) -> Result<Failure, End> {
    if !may_be_the_drive(failure.code()) {
        return Ok(failure);
    }
    if let Some(place) = lost_place(work) {
        work.shared.volumes.set_lost(&place, true);
        return Ok(Failure { log_tail: failure.log_tail, ..output::lost(&place) });
    }
    match failure.code() {
        // The drive works again: this attempt counts, so that a job whose file stays inaccessible fails eventually.
        FailureCode::VolumeSilent => Ok(Failure { reason: Reason::ConnectionBroke, ..failure }),
        FailureCode::IoError => read_again(work, failure),
        _ => Ok(failure),
    }
}

/// Checks whether a drive that does not work may be the cause.
fn may_be_the_drive(code: FailureCode) -> bool {
    use FailureCode as Code;
    matches!(
        code,
        Code::VolumeSilent
            | Code::IoError
            | Code::Stalled
            | Code::NotMedia
            | Code::NoVideo
            | Code::NoAudio
            | Code::SourceTruncated
            | Code::SourceGone
            | Code::SourceUnreadable
            | Code::UnsupportedCodec
            | Code::PlanRefused
            | Code::ProbeTimeout
            | Code::EncodeFailed
            | Code::VerificationFailed
            | Code::DestinationMissing
    )
}

/// Returns the drive of this job that does not work.
fn lost_place(work: &Work<'_>) -> Option<PathBuf> {
    roots(work.job).into_iter().find(|place| answers(place).is_err_and(|error| is_trouble(&error)))
}

/// Returns the mounts that a job reads from and writes to.
pub(super) fn roots(job: &Job) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> =
        [&job.real_source, &job.output].into_iter().filter_map(|path| mounts::point_of(path)).collect();
    roots.dedup();
    roots
}

fn is_trouble(error: &io::Error) -> bool {
    trouble(error) != Trouble::None
}

/// Reads the source after an error of a drive that works. A source that fails twice at the same byte is defective.
fn read_again(work: &Work<'_>, failure: Failure) -> Result<Failure, End> {
    let may_continue = || work.heed().is_ok();
    let Some(first) = unreadable(&work.job.source, 0, may_continue) else {
        work.heed()?;
        return Ok(failure);
    };
    work.pause(work.shared.policy.source_recheck)?;
    let again = unreadable(&work.job.source, first.at, may_continue);
    work.heed()?;
    if again != Some(first) || lost_place(work).is_some() {
        return Ok(failure);
    }
    Ok(Failure { log_tail: failure.log_tail, ..defective(work, first) })
}

fn defective(work: &Work<'_>, unreadable: Unreadable) -> Failure {
    Reason::SourceDefective { name: name_of(&work.job.source), at: unreadable.at }.into()
}
