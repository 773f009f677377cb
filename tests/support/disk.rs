//! A small disk that can be filled and unplugged. Linux, and only as root.

use std::path::PathBuf;
use std::process::Stdio;

/// A small file system of its own, unmounted at the end.
pub struct SmallDisk(pub PathBuf);

impl SmallDisk {
    /// None, said aloud, where this user may not mount.
    pub fn mount(folder: PathBuf, bytes: u64) -> Option<SmallDisk> {
        std::fs::create_dir_all(&folder).unwrap();
        let size = format!("size={bytes}");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&folder)
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(SmallDisk(folder));
        }
        eprintln!("SKIPPED: only root may mount a small disk here");
        None
    }

    /// Fills it to the last byte; the answer frees it again.
    pub fn fill(&self) -> PathBuf {
        let ballast = self.0.join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        let mut chunk = 1 << 20;
        while chunk > 0 {
            if std::io::Write::write_all(&mut file, &vec![0; chunk]).is_err() {
                chunk /= 2;
            }
        }
        ballast
    }

    /// Takes it away, with all that is on it.
    pub fn unmount(&self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

impl Drop for SmallDisk {
    /// Also where a failed test still has files open on it.
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).stderr(Stdio::null()).status();
    }
}
