//! Checks that the source of a job exists and does not change during an attempt.
//!
//! Guarantees that a job whose video was written to during the attempt waits for it, whatever else failed.

use super::{End, Work};
use crate::failure::{Failure, FailureCode, Reason, name_of, shown};
use crate::job::Job;
use crate::output;
use crate::system::message;
use crate::volumes::{self, Trouble, mounts};
use filetime::FileTime;
use std::fs::Metadata;
use std::io;
use std::path::Path;

/// Size and modification time, which must not change while a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pool) struct Stamp {
    pub(in crate::pool) size: u64,
    pub(in crate::pool) modified: FileTime,
}

impl Stamp {
    /// Returns the stamp of a file; `None` if its metadata cannot be read.
    pub(in crate::pool) fn of(path: &Path) -> Option<Stamp> {
        path.metadata().ok().map(|metadata| stamp(&metadata))
    }
}

/// Returns the stamp of the source. Does not open it.
pub(super) fn look(job: &Job) -> Result<Stamp, Failure> {
    let metadata = std::fs::metadata(&job.source).map_err(|e| absent(job, &e))?;
    if !metadata.is_file() {
        return Err(Reason::NotAFile { path: name_of(&job.source) }.into());
    }
    Ok(stamp(&metadata))
}

fn stamp(metadata: &Metadata) -> Stamp {
    Stamp { size: metadata.len(), modified: FileTime::from_last_modification_time(metadata) }
}

fn absent(job: &Job, error: &io::Error) -> Failure {
    let name = name_of(&job.source);
    let volume = job.source_volume.as_deref().filter(|v| !mounts::is_mounted(v));
    match (error.kind(), volume) {
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, Some(volume)) => {
            Reason::SourceDriveAway { drive: shown(volume) }
        }
        (io::ErrorKind::NotFound | io::ErrorKind::NotADirectory, None) => Reason::SourceGone { name },
        (io::ErrorKind::PermissionDenied, _) => Reason::Forbidden { name },
        _ if volumes::trouble(error) == Trouble::Lost => {
            return output::lost(&mounts::point_of(&job.real_source).unwrap_or_else(|| job.source.clone()));
        }
        _ => Reason::Unseen { name, cause: message(error) },
    }
    .into()
}

/// Checks that the source is unchanged. `before`: the stamp at the start.
pub(super) fn unchanged(job: &Job, before: Stamp) -> Result<(), Failure> {
    if look(job)? == before {
        return Ok(());
    }
    Err(Reason::SourceChanged { name: name_of(&job.source) }.into())
}

/// Checks that the source has not grown while it was probed, before an encode starts.
///
/// # Errors
/// `source_growing`.
pub(super) fn at_rest(job: &Job, before: Stamp) -> Result<(), Failure> {
    if look(job)? == before { Ok(()) } else { Err(growing(job)) }
}

fn growing(job: &Job) -> Failure {
    Reason::SourceGrowing { name: name_of(&job.source) }.into()
}

/// A file modified within this time may still be written to.
const LATELY_MS: i64 = 60_000;

/// Returns the end for a failure, replaced if the source explains it: its drive was removed, or the file is still being
/// copied or recorded. A copy may pause, so a recently modified file is checked again after a while before it counts as
/// damaged.
pub(super) fn by_source(work: &Work<'_>, before: Stamp, failure: Failure) -> End {
    use FailureCode::{EncodeFailed, NoAudio, NoVideo, NotMedia, SourceTruncated, VerificationFailed};
    let job = work.job;
    if let Err(gone) = look(job)
        && gone.code() == FailureCode::SourceVolumeMissing
    {
        return Failure { log_tail: failure.log_tail, ..gone }.into();
    }
    let unfinished = matches!(failure.code(), NotMedia | NoVideo | NoAudio | SourceTruncated);
    if !unfinished && !matches!(failure.code(), EncodeFailed | VerificationFailed) {
        return failure.into();
    }
    let age = work.shared.clock.now() - before.modified.unix_seconds() * 1000;
    let lately = unfinished && age.abs() < LATELY_MS;
    // The size may also differ because the file was replaced long ago.
    let since_added = lately && job.source_size.is_some_and(|size| size != before.size);
    let grown = || since_added || look(job).is_ok_and(|now| now != before);
    if !grown()
        && lately
        && let Err(end) = work.pause(work.shared.policy.source_recheck)
    {
        return end;
    }
    if !grown() {
        return failure.into();
    }
    Failure { log_tail: failure.log_tail, ..growing(job) }.into()
}
