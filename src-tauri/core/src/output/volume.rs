//! Volumes: where one is mounted, whether it is there, how much room it has.
//!
//! This tells an unplugged drive (its jobs wait) from a deleted file (its job fails). Unix compares device
//! numbers; Windows looks at the drive.

use std::io;
use std::path::{Path, PathBuf};

/// The mount point (Unix) or drive (Windows) that holds `path`; the path itself need not exist.
pub fn volume_of(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find(|p| p.exists())?;
    imp::mount_of(&there.canonicalize().ok()?)
}

/// Is the volume that was mounted here still here?
pub fn is_present(volume: &Path) -> bool {
    volume.exists() && imp::mount_of(volume).as_deref() == Some(volume)
}

/// Free bytes for this user on the volume of `path` or of its nearest existing parent.
pub fn free_space(path: &Path) -> io::Result<u64> {
    fs4::available_space(nearest(path))
}

/// May this user write into `folder`, or make it where it is not there?
pub fn is_writable(folder: &Path) -> bool {
    tempfile::tempfile_in(nearest(folder)).is_ok()
}

fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|p| p.exists()).unwrap_or(path)
}

/// A number that changes when volumes come or go; constant where the system does not tell (the slow recheck
/// of waiting jobs serves there).
pub fn mounts_stamp() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    std::fs::read("/proc/self/mountinfo").unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

#[cfg(unix)]
mod imp {
    use super::{Path, PathBuf};
    use std::os::unix::fs::MetadataExt;

    /// Upwards as long as the device number stays the same.
    pub(super) fn mount_of(path: &Path) -> Option<PathBuf> {
        let device = path.metadata().ok()?.dev();
        let same = |p: &&Path| p.metadata().is_ok_and(|m| m.dev() == device);
        path.ancestors().take_while(same).last().map(Path::to_owned)
    }
}

#[cfg(windows)]
mod imp {
    use super::{Path, PathBuf};

    /// The prefix and root: `C:\`.
    pub(super) fn mount_of(path: &Path) -> Option<PathBuf> {
        path.ancestors().last().map(Path::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_volume_of_a_missing_file_is_that_of_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let volume = volume_of(dir.path()).unwrap();
        assert_eq!(volume_of(&dir.path().join("no/such/file")), Some(volume.clone()));
        assert!(is_present(&volume));
    }

    #[test]
    fn a_folder_that_is_not_there_is_writable_where_it_can_be_made() {
        let dir = tempfile::tempdir().unwrap();
        assert!(is_writable(dir.path()) && is_writable(&dir.path().join("no/such")));
        assert!(!is_writable(Path::new("/proc/no/such")));
    }

    #[test]
    fn a_folder_on_a_volume_is_not_that_volume() {
        let dir = tempfile::tempdir().unwrap();
        let stale = dir.path().join("media");
        std::fs::create_dir(&stale).unwrap();
        assert!(!is_present(&stale), "the empty mount folder of an unplugged drive");
        assert!(!is_present(&dir.path().join("gone")));
    }
}
