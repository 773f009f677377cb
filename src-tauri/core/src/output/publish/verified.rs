//! Publishes a verified part file under the first free name; each name is recorded as an intent before it is tried.
//!
//! Guarantees that no existing file is replaced, that a file published by an earlier attempt of the same job is
//! recognised as its result, so that no duplicate is created, and that an equal file of another job is not.

use super::{PublishError, names};
use crate::failure::Failure;
use crate::job::{Intent, Job};
use crate::output::{flush_folder, identity, is_taken, refused, write_failure};
use crate::queue::{Leases, Note};
use crate::remark::Remark;
use std::io;
use std::path::{Path, PathBuf};

/// A part file that passed verification.
pub(super) struct Verified<'a> {
    pub(super) queue: &'a dyn Leases,
    pub(super) job: &'a Job,
    pub(super) part: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) size: u64,
    pub(super) identity: String,
}

impl Verified<'_> {
    /// Publishes it as `base` or under the next free number. The inner error means that the file system refuses such a
    /// name.
    pub(super) fn publish(
        &self,
        base: &Path,
        warnings: &[Remark],
    ) -> Result<Result<PathBuf, Failure>, PublishError> {
        let failed = |e: &io::Error| PublishError::Failed(write_failure(e, self.folder));
        for name in names(base) {
            // An unrelated file must not become an intent: after a crash an empty one would be taken for the leftover.
            if is_taken(&name) && !self.was_published(&name) {
                continue;
            }
            self.intend(&name, warnings)?;
            match rename_without_replacing(self.part, &name) {
                Err(e) if self.was_published(&name) || self.was_renamed(&name) => {
                    tracing::warn!(%e, name = %name.display(), "the result exists already");
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(e) if refused::is_of_name(&e, || is_taken(self.part)) => {
                    return Ok(Err(refused::failure(&e, &name)));
                }
                Err(e) => return Err(failed(&e)),
                Ok(()) => {}
            }
            // The result exists by now: a failure here would make the job encode and publish it again.
            if let Err(cause) = flush_folder(self.folder) {
                tracing::warn!(%cause, folder = %self.folder.display(), "a folder could not be flushed");
            }
            return Ok(Ok(name));
        }
        Err(failed(&io::ErrorKind::AlreadyExists.into()))
    }

    fn intend(&self, name: &Path, warnings: &[Remark]) -> Result<(), PublishError> {
        let intent = Intent { path: name.to_owned(), size: self.size, identity: self.identity.clone() };
        let note = Note::Publish { intent, warnings: warnings.to_vec() };
        let noted = self.queue.note(self.job.lease(), &note).map_err(PublishError::Queue)?;
        if noted { Ok(()) } else { Err(PublishError::Refused) }
    }

    /// Did an earlier attempt publish it under this name, after it was abandoned because of a silent drive?
    fn was_published(&self, name: &Path) -> bool {
        self.job.intent.as_ref().is_some_and(|intent| intent.path == name) && self.is_result(name)
    }

    /// A rename may succeed although it returns an error, mostly on shares: the part file is gone then.
    fn was_renamed(&self, name: &Path) -> bool {
        !is_taken(self.part) && self.is_result(name)
    }

    /// Does the content of this file equal the result?
    fn is_result(&self, name: &Path) -> bool {
        let same_size = |m: std::fs::Metadata| m.is_file() && m.len() == self.size;
        name.symlink_metadata().is_ok_and(same_size)
            && identity(name).is_ok_and(|(size, found)| size == self.size && found == self.identity)
    }
}

/// Where a volume supports neither rename without replacing nor hard links (FAT), an empty file reserves the name, and
/// only that file is replaced.
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
    fn existing_file_is_never_replaced() {
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
