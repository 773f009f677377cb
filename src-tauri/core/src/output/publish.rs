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

use super::{absent, flush, flush_folder, identity, write_failure};
use crate::error::Error;
use crate::failure::Failure;
use crate::job::{Intent, Job};
use crate::queue::{Longest, Note, Queue, candidate};
use crate::volumes::mounts;
use filetime::FileTime;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

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

/// Publishes `part` under the name the job claimed, or the next free one. `modified` is the time given to
/// the result, `warnings` what is said of it. Returns the name and the size in bytes.
pub fn publish(
    queue: &dyn Queue,
    job: &Job,
    part: &Path,
    modified: FileTime,
    warnings: &[String],
) -> Result<(PathBuf, u64), PublishError> {
    let folder = job.output.parent().unwrap_or(&job.output);
    let failed = |e: io::Error| PublishError::Failed(write_failure(&e, folder));
    // Some shares refuse it to all but the owner of a file: a result without its date is one all the same.
    if let Err(cause) = filetime::set_file_mtime(part, modified) {
        tracing::warn!(%cause, job = %job.id, "a result keeps the time at which it was made");
    }
    flush(part).map_err(failed)?;
    let (size, identity) = identity(part).map_err(failed)?;
    for name in names(&job.output) {
        let intent = Intent { path: name.clone(), size, identity: identity.clone() };
        if !queue
            .note(job.lease(), &Note::Publish { intent, warnings: warnings.to_vec() })
            .map_err(PublishError::Queue)?
        {
            return Err(PublishError::Refused);
        }
        match rename_without_replacing(part, &name) {
            Ok(()) => {
                // It is there by now: to say that it is not would have it made, and published, again.
                if let Err(cause) = flush_folder(folder) {
                    tracing::warn!(%cause, folder = %folder.display(), "a folder could not be flushed");
                }
                return Ok((name, size));
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(failed(e)),
        }
    }
    Err(failed(io::ErrorKind::AlreadyExists.into()))
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
        Ok((size, found)) => {
            Ok((size == intent.size && found == intent.identity).then(|| (intent.path.clone(), size)))
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound && volume.is_none_or(mounts::is_mounted) => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(absent(folder, volume)),
        Err(e) => Err(write_failure(&e, folder)),
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

/// Where a volume knows neither rename-without-replacing nor hard links (FAT), the name is taken with a new
/// empty file first, and only that is replaced.
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    let part = tempfile::TempPath::try_from_path(from)?;
    let Err(refused) = part.persist_noclobber(to) else { return Ok(()) };
    let kind = refused.error.kind();
    // Keeps the part file: a dropped TempPath deletes it.
    let _ = refused.path.keep();
    let unable = matches!(
        kind,
        io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
    );
    if !unable {
        return Err(refused.error);
    }
    std::fs::OpenOptions::new().write(true).create_new(true).open(to)?;
    std::fs::rename(from, to).inspect_err(|_| drop(std::fs::remove_file(to)))
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

    #[test]
    fn an_existing_file_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (part, target) = (dir.path().join("part"), dir.path().join("a.mp4"));
        std::fs::write(&part, "new").unwrap();
        std::fs::write(&target, "old").unwrap();
        let refused = rename_without_replacing(&part, &target).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "old");
        assert_eq!(std::fs::read_to_string(&part).unwrap(), "new", "the part file stays for the next name");
    }
}
