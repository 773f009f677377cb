//! Waiting jobs: has what they wait for come back?

use crate::failure::FailureCode;
use crate::job::Job;
use crate::output::volume;
use std::path::Path;

/// May this waiting job be tried again? `reserve`: bytes that must stay free beyond its need; `tools_changed`:
/// ffmpeg is another one than when last asked.
pub(super) fn cause_gone(job: &Job, reserve: u64, tools_changed: bool) -> bool {
    let folder = job.output.parent().unwrap_or(&job.output);
    match job.failure.as_ref().map(|f| f.code) {
        Some(FailureCode::SourceVolumeMissing) => {
            job.source.exists() || job.source_volume.as_deref().is_none_or(volume::is_present)
        }
        Some(FailureCode::DestinationMissing) => folder.exists() || is_there(job.output_volume.as_deref()),
        Some(FailureCode::DiskFull) => has_room(folder, job.need_bytes.unwrap_or(0) + reserve),
        Some(FailureCode::DestinationReadOnly) => tempfile::tempfile_in(folder).is_ok(),
        Some(FailureCode::EncoderMissing) => tools_changed,
        _ => true,
    }
}

fn is_there(volume: Option<&Path>) -> bool {
    volume.is_some_and(volume::is_present)
}

fn has_room(folder: &Path, bytes: u64) -> bool {
    volume::free_space(folder).is_ok_and(|free| free >= bytes)
}
