//! Checks where a queue may be stored. Not on a network file system: SQLite's WAL needs memory shared by all its
//! processes, and reliable locks and flushes.
//!
//! Linux reports the type of every mount; other systems do not, and every folder is accepted.

use crate::error::{Error, Result};
use std::path::Path;

/// Creates the data folder if missing. Refuses one on a network file system.
pub(crate) fn prepare(data: &Path) -> Result<()> {
    if let Some(kind) = network_of(data) {
        return Err(Error::NetworkFolder { path: data.to_owned(), kind });
    }
    std::fs::create_dir_all(data).map_err(Error::io("Cannot create", data))
}

/// The type of the network file system that holds `path` or its nearest existing parent; `None` for a local one.
#[cfg(target_os = "linux")]
fn network_of(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let there = path.ancestors().find_map(|p| p.metadata().ok())?;
    let device = (rustix::fs::major(there.dev()), rustix::fs::minor(there.dev()));
    let mounts = std::fs::read("/proc/self/mountinfo").ok()?;
    let mounts = String::from_utf8_lossy(&mounts);
    kind_of(&mounts, device).filter(|kind| is_network(kind)).map(str::to_owned)
}

#[cfg(not(target_os = "linux"))]
fn network_of(_path: &Path) -> Option<String> {
    None
}

/// The file system type of this device number, from lines of `/proc/self/mountinfo`:
/// `36 35 0:45 /root /mount/point options [tags] - kind source options`.
#[cfg(any(target_os = "linux", test))]
fn kind_of(mounts: &str, (major, minor): (u32, u32)) -> Option<&str> {
    let device = format!("{major}:{minor}");
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(&device))?;
    line.split_once(" - ")?.1.split(' ').next()
}

/// Is this file system type reached over a network, or a share of a host?
#[cfg(any(target_os = "linux", test))]
fn is_network(kind: &str) -> bool {
    const KERNEL: &[&str] = &[
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "orangefs",
        "smb3",
        "smbfs",
    ];
    // A FUSE file system may be local, like NTFS; these are not.
    const PROGRAMS: &[&str] = &[
        "ceph",
        "ceph-fuse",
        "curlftpfs",
        "davfs",
        "gcsfuse",
        "glusterfs",
        "goofys",
        "gvfsd-fuse",
        "juicefs",
        "rclone",
        "s3fs",
        "smbnetfs",
        "sshfs",
        "wdfs",
    ];
    kind.strip_prefix("fuse.").map_or(KERNEL.contains(&kind), |program| PROGRAMS.contains(&program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_refused_and_local_ones_accepted() {
        for kind in ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "fuse.glusterfs"] {
            assert!(is_network(kind), "{kind}");
        }
        for kind in
            ["ext4", "btrfs", "xfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.ntfs-3g", "exfat", "fuse"]
        {
            assert!(!is_network(kind), "{kind}");
        }
    }

    #[test]
    fn type_of_a_mount_is_found_by_its_device() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            40 22 0:51 / /home/a\\040b rw - nfs4 server:/home rw,vers=4.2\n\
            41 22 0:5 / /dev rw - devtmpfs udev rw\n";
        assert_eq!(kind_of(mounts, (0, 51)), Some("nfs4"));
        assert_eq!(kind_of(mounts, (8, 1)), Some("ext4"));
        assert_eq!(kind_of(mounts, (0, 52)), None);
    }

    #[test]
    fn local_folder_is_accepted_and_created() {
        let dir = tempfile::tempdir().unwrap();
        prepare(&dir.path().join("new/data")).unwrap();
        assert!(dir.path().join("new/data").is_dir());
    }
}
