//! The file systems that are mounted: where each begins, of which type it is, and on which device.
//!
//! Guarantees on Linux and macOS that no file system is asked: the system's own table is read, which also answers
//! while a drive hangs. Windows has a volume for each drive letter or share.

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
    /// Where it begins.
    pub point: PathBuf,
    /// Its type as the system names it, such as `ext4`; empty where the system does not tell.
    pub kind: String,
    /// What holds its data: equal for two mounts of one file system.
    pub device: String,
}

/// All of them at one moment.
#[derive(Debug, Clone, Default)]
pub struct Mounts(Vec<Mount>);

impl Mounts {
    /// Reads the table. Empty where it cannot be read.
    pub fn read() -> Mounts {
        Mounts(system::read())
    }

    /// A table of these rows, later mounts behind earlier ones.
    pub fn of_rows(rows: Vec<Mount>) -> Mounts {
        Mounts(rows)
    }

    /// The mount that holds `path`, which is absolute and without links; the path itself need not exist.
    pub fn of(&self, path: &Path) -> Option<&Mount> {
        let holds = self.0.iter().filter(|mount| path.starts_with(&mount.point));
        // Of two mounts on one folder the later one hides the earlier.
        holds.max_by_key(|mount| mount.point.components().count())
    }

    /// The deepest of these places above `path`, which is absolute and without links, where a file system is usually
    /// mounted and none is now.
    pub fn absent<'a>(&self, path: &Path, usual: &'a [PathBuf]) -> Option<&'a Path> {
        let now = self.of(path).map_or(0, |mount| mount.point.components().count());
        let above = usual.iter().filter(|point| path.starts_with(point) && point.components().count() > now);
        above.max_by_key(|point| point.components().count()).map(PathBuf::as_path)
    }

    /// Is a file system mounted at just this folder?
    pub fn has(&self, point: &Path) -> bool {
        self.0.iter().any(|mount| mount.point == point)
    }
}

/// Where the file system that holds `path` is mounted.
pub fn point_of(path: &Path) -> Option<PathBuf> {
    Mounts::read().of(path).map(|mount| mount.point.clone()).or_else(|| system::assumed(path))
}

/// Is the file system still there that was mounted at this folder?
pub fn is_mounted(point: &Path) -> bool {
    Mounts::read().has(point) || system::is_there(point)
}

/// Where the system mounts file systems by its own table, whether they are mounted now or not.
pub fn usual() -> Vec<PathBuf> {
    system::usual()
}

/// A number that changes when file systems come or go; constant where the system does not tell.
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
    fn the_deepest_and_latest_mount_holds_a_path() {
        let mounts = Mounts(vec![mount("/", "ext4"), mount("/mnt/nas", "autofs"), mount("/mnt/nas", "nfs4")]);
        let kind = |path: &str| mounts.of(Path::new(path)).map(|m| m.kind.as_str());
        assert_eq!(kind("/mnt/nas/films/a.mkv"), Some("nfs4"));
        assert_eq!(kind("/mnt/nas2/a.mkv"), Some("ext4"), "names are compared whole");
        assert!(mounts.has(Path::new("/mnt/nas")) && !mounts.has(Path::new("/mnt")));
    }

    #[test]
    fn a_place_where_nothing_is_mounted_now_is_no_folder_of_the_disk_below() {
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
    fn a_missing_file_lies_where_its_folder_is_mounted() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().canonicalize().unwrap();
        let point = point_of(&folder.join("no/such/file")).unwrap();
        assert!(folder.starts_with(&point) && is_mounted(&point));
        assert!(!is_mounted(&folder), "a folder on a file system is not that file system");
    }
}
