//! A verified part file and the names it is tried under, each noted before.
//!
//! Guarantees that no existing file is replaced, that what an earlier attempt of the same job published is taken for the
//! result, so that no second one is put beside it, and that an equal file of another is not.

use super::{PublishError, names};
use crate::failure::Failure;
use crate::job::{Intent, Job};
use crate::output::{flush_folder, identity, is_taken, refused, write_failure};
use crate::queue::{Leases, Note};
use crate::remark::Remark;
use std::io;
use std::path::{Path, PathBuf};

/// A part file that earned its name.
pub(super) struct Verified<'a> {
    pub(super) queue: &'a dyn Leases,
    pub(super) job: &'a Job,
    pub(super) part: &'a Path,
    pub(super) folder: &'a Path,
    pub(super) size: u64,
    pub(super) identity: String,
}

impl Verified<'_> {
    /// Publishes it as `base` or under the next free number. The inner error: the file system refuses such a name.
    pub(super) fn publish(
        &self,
        base: &Path,
        warnings: &[Remark],
    ) -> Result<Result<PathBuf, Failure>, PublishError> {
        let failed = |e: &io::Error| PublishError::Failed(write_failure(e, self.folder));
        for name in names(base) {
            // A stranger's file must not become an intent: a crash would have it taken for ours if it is empty.
            if is_taken(&name) && !self.was_published(&name) {
                continue;
            }
            self.intend(&name, warnings)?;
            match rename_without_replacing(self.part, &name) {
                Err(e) if self.was_published(&name) || self.was_renamed(&name) => {
                    tracing::warn!(%e, name = %name.display(), "the result is there already");
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(e) if refused::is_of_name(&e, || is_taken(self.part)) => {
                    return Ok(Err(refused::failure(&e, &name)));
                }
                Err(e) => return Err(failed(&e)),
                Ok(()) => {}
            }
            // It is there by now: to say that it is not would have it made, and published, again.
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

    /// Did an earlier attempt publish it under this name, after it had been left behind on a silent drive?
    fn was_published(&self, name: &Path) -> bool {
        self.job.intent.as_ref().is_some_and(|intent| intent.path == name) && self.is(name)
    }

    /// A rename may succeed though its answer is an error, on shares above all: the part file is gone then.
    fn was_renamed(&self, name: &Path) -> bool {
        !is_taken(self.part) && self.is(name)
    }

    /// Is the file under this name the very result, by its bytes?
    fn is(&self, name: &Path) -> bool {
        let found = |m: std::fs::Metadata| m.is_file() && m.len() == self.size;
        name.symlink_metadata().is_ok_and(found)
            && identity(name).is_ok_and(|(size, found)| size == self.size && found == self.identity)
    }
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
