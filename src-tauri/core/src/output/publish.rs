//! Publishing: the verified part file gets its final name, never over an existing file, in an order that a
//! crash between any two steps can be recovered from.
//!
//! 1. times and content on disk,
//! 2. the intent (name, size, identity) in the queue,
//! 3. rename without replacing,
//! 4. the folder on disk, which some file systems refuse: the result is there all the same.
//!
//! The worker then settles `done`. After a crash `published` reads the intent, for `engine::rescue` and, where the
//! drive was away by then, for the next attempt.
//!
//! A verified part file is not given up because of its name: where the file system refuses that, a permitted one is taken,
//! which is said as a warning.

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
    /// The queue refused to write; the intent may or may not stand.
    Queue(Error),
}

/// A result that is there under its final name.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// That name.
    pub output: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// What is said of it.
    pub warnings: Vec<Remark>,
}

/// Publishes `part` under the name the job claimed, or the next free one. `modified` is the time given to
/// the result, `warnings` what is said of it.
pub fn publish(
    queue: &dyn Leases,
    job: &Job,
    part: &Path,
    modified: FileTime,
    warnings: &[Remark],
) -> Result<Published, PublishError> {
    let folder = job.output.parent().unwrap_or(&job.output);
    let failed = |e: io::Error| PublishError::Failed(write_failure(&e, folder));
    // Some shares refuse it to all but the owner of a file: a result without its date is one all the same.
    // Both together: exFAT through FUSE keeps neither of them by itself.
    if let Err(cause) = filetime::set_file_times(part, FileTime::now(), modified) {
        tracing::warn!(%cause, job = %job.id, "a result keeps the time at which it was made");
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

/// The result that a crash kept from being written down, as its name and size in bytes: the file under the intended
/// name is the verified one.
///
/// # Errors
/// Why it cannot be told; to make the video again then might publish it twice.
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

/// Removes the empty file that a crash left between taking the intended name with it and renaming onto it.
fn remove_leftover(name: &Path) {
    let empty = name.symlink_metadata().is_ok_and(|m| m.is_file() && m.len() == 0);
    if empty && let Err(cause) = std::fs::remove_file(name) {
        tracing::warn!(%cause, name = %name.display(), "an empty file could not be removed");
    }
}

/// The claimed name, then the same with rising numbers.
fn names(output: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = output.parent().unwrap_or(output).to_owned();
    let extension = output.extension().unwrap_or_default().to_string_lossy().into_owned();
    let longest = Longest::of_name(output.file_name().unwrap_or_default());
    let (stem, number) = split_number(output.file_stem().unwrap_or_default());
    (number..number + 10_000).map(move |n| candidate(&folder, &stem, &extension, n, longest))
}

/// `a (2)` is the name `a` with the number 2; `Alien (1979)` is a name of its own.
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
    fn further_names_count_on_from_the_claimed_one() {
        let first = |p: &str| names(Path::new(p)).take(2).collect::<Vec<_>>();
        assert_eq!(first("/v/a.mp4"), [Path::new("/v/a.mp4"), Path::new("/v/a (2).mp4")]);
        assert_eq!(first("/v/a (2).mp4"), [Path::new("/v/a (2).mp4"), Path::new("/v/a (3).mp4")]);
        assert_eq!(first("/v/Alien (1979).mp4")[1], Path::new("/v/Alien (1979) (2).mp4"));
    }
}
