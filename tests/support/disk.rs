//! A small file system of its own, for full disks and unplugged drives. Only root may mount one on Linux.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Mounted in memory; unmounted when dropped.
pub struct SmallDisk(pub PathBuf);

impl SmallDisk {
    /// `None`, said aloud, where this user or system may not mount.
    pub fn mount(folder: PathBuf, bytes: u64) -> Option<SmallDisk> {
        std::fs::create_dir_all(&folder).unwrap();
        let size = format!("size={bytes}");
        if cfg!(target_os = "linux") && mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &folder) {
            return Some(SmallDisk(folder));
        }
        eprintln!("SKIPPED: only root may mount a small disk here");
        None
    }

    /// The same disk at another place as well: what is taken away there is still here.
    #[must_use]
    pub fn at(&self, folder: PathBuf) -> SmallDisk {
        std::fs::create_dir_all(&folder).unwrap();
        assert!(mount(&["--bind", self.0.to_str().unwrap()], &folder), "a disk can be mounted twice");
        SmallDisk(folder)
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

    /// Takes it away, as a pulled cable would: also while files on it are open.
    pub fn unplug(&self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).stderr(Stdio::null()).status();
    }

    /// From now on nothing can be written to it, or again.
    pub fn read_only(&self, read_only: bool) {
        let how = if read_only { "remount,ro" } else { "remount,rw" };
        assert!(mount(&["-o", how], &self.0), "the disk can be remounted");
    }

    /// Makes it this large.
    pub fn resize(&self, bytes: u64) {
        assert!(mount(&["-o", &format!("remount,size={bytes}")], &self.0), "the disk can be remounted");
    }

    /// Writes `bytes` of ballast onto it.
    pub fn load(&self, bytes: usize) -> PathBuf {
        let ballast = self.0.join("ballast");
        std::fs::write(&ballast, vec![0; bytes]).unwrap();
        ballast
    }
}

fn mount(args: &[&str], folder: &Path) -> bool {
    Command::new("mount")
        .args(args)
        .arg(folder)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.unplug();
    }
}
