//! A small file system for tests of full disks and unplugged drives. Linux only, and only root can mount it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file system in memory; unmounted when dropped.
pub struct SmallDisk(pub PathBuf);

impl SmallDisk {
    /// Mounts a file system of this size. Prints `SKIPPED` and returns `None` if this user or system cannot.
    pub fn mount(folder: PathBuf, bytes: u64) -> Option<SmallDisk> {
        std::fs::create_dir_all(&folder).unwrap();
        let size = format!("size={bytes}");
        if cfg!(target_os = "linux") && mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &folder) {
            return Some(SmallDisk(folder));
        }
        eprintln!("SKIPPED: only root may mount a small disk here");
        None
    }

    /// Mounts the same disk at a second folder; it stays there when it is unplugged from the first.
    #[must_use]
    pub fn at(&self, folder: PathBuf) -> SmallDisk {
        std::fs::create_dir_all(&folder).unwrap();
        assert!(mount(&["--bind", self.0.to_str().unwrap()], &folder), "a disk can be mounted twice");
        SmallDisk(folder)
    }

    /// Fills it to the last byte. Returns the ballast file; its removal frees the space.
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

    /// Unmounts it like a pulled cable, even while files on it are open.
    pub fn unplug(&self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).stderr(Stdio::null()).status();
    }

    /// Makes it read-only or writable.
    pub fn read_only(&self, read_only: bool) {
        let options = if read_only { "remount,ro" } else { "remount,rw" };
        assert!(mount(&["-o", options], &self.0), "the disk can be remounted");
    }

    /// Changes its size.
    pub fn resize(&self, bytes: u64) {
        assert!(mount(&["-o", &format!("remount,size={bytes}")], &self.0), "the disk can be remounted");
    }

    /// Writes a ballast file of `bytes` bytes to it, and returns its path.
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
