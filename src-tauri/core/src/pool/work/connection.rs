//! A failure that the drives explain better: one that does not work just now is waited for, and a source that its drive
//! cannot read is not tried again and again.
//!
//! Guarantees that no file is called damaged, missing or no video while its drive does not work.

use super::readable::{Unreadable, unreadable};
use super::{End, Work};
use crate::failure::{Failure, FailureCode, Reason, name_of};
use crate::job::Job;
use crate::output;
use crate::volumes::{Trouble, answers, mounts, trouble};
use std::io;
use std::path::PathBuf;

/// The failure as it is with the drives looked at, or the end that an order makes.
pub(super) fn explain(work: &Work<'_>, failure: Failure) -> Result<Failure, End> {
    if !in_question(failure.code()) {
        return Ok(failure);
    }
    if let Some(place) = lost_place(work) {
        work.shared.volumes.set_lost(&place, true);
        return Ok(Failure { log_tail: failure.log_tail, ..output::lost(&place) });
    }
    match failure.code() {
        // It is there again: this attempt counts, so that a file which stays out of reach is parked in the end.
        FailureCode::VolumeSilent => Ok(Failure { reason: Reason::ConnectionBroke, ..failure }),
        FailureCode::IoError => read_again(work, failure),
        _ => Ok(failure),
    }
}

/// May a drive that does not work be behind it?
fn in_question(code: FailureCode) -> bool {
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

/// The drive of this job that does not work.
fn lost_place(work: &Work<'_>) -> Option<PathBuf> {
    places(work.job).into_iter().find(|place| answers(place).is_err_and(|error| speaks_against(&error)))
}

/// The mounts that a job reads from and writes to.
pub(super) fn places(job: &Job) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> =
        [&job.real_source, &job.output].into_iter().filter_map(|path| mounts::point_of(path)).collect();
    places.dedup();
    places
}

fn speaks_against(error: &io::Error) -> bool {
    trouble(error) != Trouble::None
}

/// The drive reported an error and works: can it read the source at all? What fails twice at the same byte is defective.
fn read_again(work: &Work<'_>, failure: Failure) -> Result<Failure, End> {
    let going_on = || work.heed().is_ok();
    let Some(first) = unreadable(&work.job.source, 0, going_on) else {
        work.heed()?;
        return Ok(failure);
    };
    work.pause(work.shared.policy.source_recheck)?;
    let again = unreadable(&work.job.source, first.at, going_on);
    work.heed()?;
    if again != Some(first) || lost_place(work).is_some() {
        return Ok(failure);
    }
    Ok(Failure { log_tail: failure.log_tail, ..defective(work, first) })
}

fn defective(work: &Work<'_>, unreadable: Unreadable) -> Failure {
    Reason::SourceDefective { name: name_of(&work.job.source), at: unreadable.at }.into()
}
