//! Publishing: gives the verified part file its final name, never over an existing file, in an order that is
//! recoverable from a crash between any two steps:
//!
//! 1. times and content on disk,
//! 2. the intent (name, size, identity) in the queue,
//! 3. rename without replacing,
//! 4. the folder on disk; some file systems refuse that, and the result exists all the same.
//!
//! The worker then settles `done`. After a crash `published` reads the intent, for `engine::rescue` and, where the
//! drive was away by then, for the next attempt.
//!
//! If the file system refuses the name of a verified part file, it is published under an accepted name, with a warning.

mod instead;
mod verified;

use super::{absent, flush, identity, write_failure};
use crate::error::Error;
use crate::failure::Failure;
use crate::job::Job;
use crate::queue::{Leases, Longest, candidate};
use crate::remark::Remark;
use crate::volumes::mounts;
use filetime::FileTime;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use verified::Verified;

/// Why a part file was not published.
#[derive(Debug)]
pub enum PublishError {
    /// The lease is lost, or a cancel came first.
    Refused,
    /// The file system refused.
    Failed(Failure),
    /// The queue could not be written; the intent may or may not be stored.
    Queue(Error),
}

/// A published result.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Its path.
    pub output: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its warnings.
    pub warnings: Vec<Remark>,
}

/// Publishes `part` under the name the job claimed, or the next free one. `modified` is the modification time of the
/// result; `warnings` are stored with it.
pub fn publish(
    queue: &dyn Leases,
    job: &Job,
    part: &Path,
    modified: FileTime,
    warnings: &[Remark],
) -> Result<Published, PublishError> {
    let folder = job.output.parent().unwrap_or(&job.output);
    let failed = |e: io::Error| PublishError::Failed(write_failure(&e, folder));
    // Some shares allow it only to the owner of the file; a result without its date is still a result.
    // Both times are set together: exFAT through FUSE keeps neither if set alone.
    if let Err(cause) = filetime::set_file_times(part, FileTime::now(), modified) {
        tracing::warn!(%cause, job = %job.id, "the original's date could not be set on a result");
    }
    flush(part).map_err(failed)?;
    let (size, identity) = identity(part).map_err(failed)?;
    let verified = Verified { queue, job, part, folder, size, identity };
    let refused = match verified.publish(&job.output, warnings)? {
        Ok(output) => return Ok(Published { output, size, warnings: warnings.to_vec() }),
        Err(refused) => refused,
    };
    let warnings = [warnings, &[instead::remark(&job.output)]].concat();
    for base in instead::names(&job.output, job.id) {
        if let Ok(output) = verified.publish(&base, &warnings)? {
            return Ok(Published { output, size, warnings });
        }
    }
    Err(PublishError::Failed(refused))
}

/// Finds a result that was published before a crash could record it: the file under the intended name has the recorded
/// identity. Returns its path and size in bytes.
///
/// # Errors
/// Why this cannot be determined. Encoding again could publish the video twice.
pub fn published(job: &Job) -> Result<Option<(PathBuf, u64)>, Failure> {
    let Some(intent) = &job.intent else { return Ok(None) };
    let folder = intent.path.parent().unwrap_or(&intent.path);
    let volume = job.output_volume.as_deref();
    match identity(&intent.path) {
        Ok((0, _)) if intent.size > 0 => {
            remove_leftover(&intent.path);
            Ok(None)
        }
        Ok((size, found)) => {
            Ok((size == intent.size && found == intent.identity).then(|| (intent.path.clone(), size)))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound && volume.is_none_or(mounts::is_mounted) => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(absent(folder, volume)),
        Err(e) => Err(write_failure(&e, folder)),
    }
}

/// Removes the empty file that a crash left between reserving the intended name and renaming onto it.
fn remove_leftover(name: &Path) {
    let empty = name.symlink_metadata().is_ok_and(|m| m.is_file() && m.len() == 0);
    if empty && let Err(cause) = std::fs::remove_file(name) {
        tracing::warn!(%cause, name = %name.display(), "an empty file could not be removed");
    }
}

/// The claimed name, then the same with increasing numbers.
fn names(output: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = output.parent().unwrap_or(output).to_owned();
    let extension = output.extension().unwrap_or_default().to_string_lossy().into_owned();
    let longest = Longest::of_name(output.file_name().unwrap_or_default());
    let (stem, number) = split_number(output.file_stem().unwrap_or_default());
    (number..number + 10_000).map(move |n| candidate(&folder, &stem, &extension, n, longest))
}

/// `a (2)` is the name `a` with the number 2; `Alien (1979)` has no number.
fn split_number(stem: &OsStr) -> (OsString, u32) {
    let numbered = stem.to_str().and_then(|text| {
        let (name, rest) = text.strip_suffix(')')?.rsplit_once(" (")?;
        Some((name.into(), rest.parse().ok().filter(|n| (2..1000).contains(n))?))
    });
    numbered.unwrap_or_else(|| (stem.to_owned(), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_names_count_up_from_the_claimed_one() {
        let first = |p: &str| names(Path::new(p)).take(2).collect::<Vec<_>>();
        assert_eq!(first("/v/a.mp4"), [Path::new("/v/a.mp4"), Path::new("/v/a (2).mp4")]);
        assert_eq!(first("/v/a (2).mp4"), [Path::new("/v/a (2).mp4"), Path::new("/v/a (3).mp4")]);
        assert_eq!(first("/v/Alien (1979).mp4")[1], Path::new("/v/Alien (1979) (2).mp4"));
    }
}
