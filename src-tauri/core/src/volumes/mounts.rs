//! The mounted file systems: mount point, type and device of each.
//!
//! Guarantees on Linux and macOS that no file system is accessed: the table of the system is read, which works even
//! while a drive hangs. On Windows each drive letter and each share is a volume.

use std::path::{Path, PathBuf};

#[cfg(target_os = "macos")]
#[path = "mounts/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "mounts/windows.rs"]
mod system;
#[cfg(not(any(target_os = "macos", windows)))]
#[path = "mounts/linux.rs"]
mod system;

/// One mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The mount point.
    pub point: PathBuf,
    /// Its type as named by the system, such as `ext4`; empty if unknown.
    pub kind: String,
    /// The device that holds its data; equal for all mounts of one file system.
    pub device: String,
}

/// All mounted file systems at one moment.
#[derive(Debug, Clone, Default)]
pub struct Mounts(Vec<Mount>);

impl Mounts {
    /// Reads the table; empty if that fails.
    pub fn read() -> Mounts {
        Mounts(system::read())
    }

    /// Creates a table from these rows, in the order of mounting.
    pub fn of_rows(rows: Vec<Mount>) -> Mounts {
        Mounts(rows)
    }

    /// Returns the mount that holds `path`, which must be absolute and without symlinks but need not exist.
    pub fn of(&self, path: &Path) -> Option<&Mount> {
        let holds = self.0.iter().filter(|mount| path.starts_with(&mount.point));
        // Of two mounts at one folder the later one hides the earlier.
        holds.max_by_key(|mount| mount.point.components().count())
    }

    /// Returns the deepest of the `usual` mount points above `path` at which no file system is mounted now. `path` must
    /// be absolute and without symlinks.
    pub fn absent<'a>(&self, path: &Path, usual: &'a [PathBuf]) -> Option<&'a Path> {
        let now = self.of(path).map_or(0, |mount| mount.point.components().count());
        let above = usual.iter().filter(|point| path.starts_with(point) && point.components().count() > now);
        above.max_by_key(|point| point.components().count()).map(PathBuf::as_path)
    }

    /// Checks whether a file system is mounted exactly at this folder.
    pub fn has(&self, point: &Path) -> bool {
        self.0.iter().any(|mount| mount.point == point)
    }
}

/// Returns the mount point of the file system that holds `path`.
pub fn point_of(path: &Path) -> Option<PathBuf> {
    Mounts::read().of(path).map(|mount| mount.point.clone()).or_else(|| system::assumed(path))
}

/// Checks whether a file system is still mounted at this folder.
pub fn is_mounted(point: &Path) -> bool {
    Mounts::read().has(point) || system::is_there(point)
}

/// Returns the mount points that the system is configured with, mounted or not.
pub fn usual() -> Vec<PathBuf> {
    system::usual()
}

/// Returns a number that changes when file systems are mounted or unmounted; constant if the system has no table.
pub fn stamp() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for mount in Mounts::read().0 {
        (mount.point, mount.kind, mount.device).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(point: &str, kind: &str) -> Mount {
        Mount { point: point.into(), kind: kind.into(), device: kind.into() }
    }

    #[test]
    fn deepest_and_latest_mount_holds_a_path() {
        let mounts = Mounts(vec![mount("/", "ext4"), mount("/mnt/nas", "autofs"), mount("/mnt/nas", "nfs4")]);
        let kind = |path: &str| mounts.of(Path::new(path)).map(|m| m.kind.as_str());
        assert_eq!(kind("/mnt/nas/films/a.mkv"), Some("nfs4"));
        assert_eq!(kind("/mnt/nas2/a.mkv"), Some("ext4"), "whole names are compared");
        assert!(mounts.has(Path::new("/mnt/nas")) && !mounts.has(Path::new("/mnt")));
    }

    #[test]
    fn unmounted_mount_point_is_absent() {
        let mounts = Mounts(vec![mount("/", "ext4"), mount("/mnt/nas", "nfs4")]);
        let usual = ["/mnt/nas", "/media/usb", "/media/usb/inner", "/"].map(PathBuf::from);
        let absent = |path: &str| mounts.absent(Path::new(path), &usual).map(|p| p.to_str().unwrap());
        assert_eq!(absent("/media/usb/out"), Some("/media/usb"));
        assert_eq!(absent("/media/usb/inner/out"), Some("/media/usb/inner"));
        assert_eq!(absent("/mnt/nas/out"), None, "it is mounted");
        assert_eq!(absent("/media/usb2/out"), None);
    }

    #[cfg(unix)]
    #[test]
    fn missing_file_is_on_the_volume_of_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().canonicalize().unwrap();
        let point = point_of(&folder.join("no/such/file")).unwrap();
        assert!(folder.starts_with(&point) && is_mounted(&point));
        assert!(!is_mounted(&folder), "a folder on a file system is not that file system");
    }
}
