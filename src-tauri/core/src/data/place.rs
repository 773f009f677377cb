//! May a queue lie here? Not on a network file system: SQLite's log needs memory that all its processes share,
//! and locks and flushes that mean what they say.
//!
//! Linux names the kind of every mount; elsewhere nothing is told and every folder is taken.

use crate::error::{Error, Result};
use std::path::Path;

/// Makes the data folder where there is none, and refuses one on a network file system.
pub(crate) fn prepare(data: &Path) -> Result<()> {
    if let Some(kind) = network_of(data) {
        return Err(Error::NetworkFolder { path: data.to_owned(), kind });
    }
    std::fs::create_dir_all(data).map_err(Error::io("Cannot create", data))
}

/// The kind of network file system that holds `path` or its nearest existing parent, if it is one.
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

/// The kind of file system with this device number, by the lines of `/proc/self/mountinfo`:
/// `36 35 0:45 /root /mount/point options [tags] - kind source options`.
#[cfg(any(target_os = "linux", test))]
fn kind_of(mounts: &str, (major, minor): (u32, u32)) -> Option<&str> {
    let device = format!("{major}:{minor}");
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(&device))?;
    line.split_once(" - ")?.1.split(' ').next()
}

/// Is a file system of this kind reached over a network, or as a share of a host?
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
    // One that runs as a program may be local, as NTFS is; these are not.
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
    fn network_file_systems_are_known_by_name_and_local_ones_let_through() {
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
    fn the_kind_of_a_mount_is_found_by_its_device() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            40 22 0:51 / /home/a\\040b rw - nfs4 server:/home rw,vers=4.2\n\
            41 22 0:5 / /dev rw - devtmpfs udev rw\n";
        assert_eq!(kind_of(mounts, (0, 51)), Some("nfs4"));
        assert_eq!(kind_of(mounts, (8, 1)), Some("ext4"));
        assert_eq!(kind_of(mounts, (0, 52)), None);
    }

    #[test]
    fn a_folder_of_this_machine_is_taken_and_made() {
        let dir = tempfile::tempdir().unwrap();
        prepare(&dir.path().join("new/data")).unwrap();
        assert!(dir.path().join("new/data").is_dir());
    }
}
