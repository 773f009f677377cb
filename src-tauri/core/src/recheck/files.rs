//! Checks that original and result are still there and unchanged since the job ended. Reads names, sizes and dates;
//! opens no file.

use super::finding::Obstacle;
use crate::failure::{Failure, Reason, name_of};
use crate::intake::mtime_ns;
use crate::job::Job;
use crate::system::message;
use crate::volumes::mounts;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;

/// What prevents a check of this job's result.
pub(super) fn obstacle(job: &Job) -> Option<Obstacle> {
    if job.output == job.source {
        return Some(Obstacle::OriginalKept);
    }
    let source = match file(&job.source, job.source_volume.as_deref()) {
        Ok(source) => source,
        Err(Absent::Away) => return Some(Obstacle::SourceAway),
        Err(Absent::Gone) => return Some(Obstacle::SourceGone),
        Err(Absent::Hidden(failure)) => return Some(failure.into()),
    };
    let result = match file(&job.output, job.output_volume.as_deref()) {
        Ok(result) => result,
        Err(Absent::Away) => return Some(Obstacle::ResultAway),
        Err(Absent::Gone) => return Some(Obstacle::ResultGone),
        Err(Absent::Hidden(failure)) => return Some(failure.into()),
    };
    changed(job, (source.len(), mtime_ns(&source)), result.len())
}

/// Why a file cannot be accessed.
enum Absent {
    Away,
    Gone,
    Hidden(Failure),
}

fn file(path: &Path, volume: Option<&Path>) -> Result<Metadata, Absent> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(metadata),
        Err(e) if !matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(Absent::Hidden(Reason::Unseen { name: name_of(path), cause: message(&e) }.into()))
        }
        _ if is_away(volume) => Err(Absent::Away),
        _ => Err(Absent::Gone),
    }
}

fn is_away(volume: Option<&Path>) -> bool {
    volume.is_some_and(|volume| !mounts::is_mounted(volume))
}

/// Rows of schemas 1 to 3 have no modification time of the original.
fn changed(job: &Job, (size, date): (u64, Option<i64>), result: u64) -> Option<Obstacle> {
    let other_size = job.source_size.is_some_and(|known| known != size);
    let other_date = job.source_mtime_ns.zip(date).is_some_and(|(known, now)| known != now);
    if other_size || other_date {
        return Some(Obstacle::SourceChanged);
    }
    job.output_size.is_some_and(|known| known != result).then_some(Obstacle::ResultChanged)
}
