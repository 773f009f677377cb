//! Drives with the file systems of USB sticks and of Windows, in an image on a loop device. Linux only, and only root
//! can mount them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Size of an image in bytes; the file is sparse.
const SIZE: u64 = 256 << 20;

/// File system of a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Mounted by the kernel or by FUSE.
    Exfat,
    /// Refuses the names that Windows refuses.
    Ntfs,
    /// Accepts names that Windows refuses.
    NtfsOfLinux,
}

/// A mounted drive; unmounted when dropped.
pub struct Drive {
    /// Its mount point.
    pub root: PathBuf,
    /// Its loop device, if attached.
    device: Option<String>,
}

impl Drive {
    /// Formats and mounts a drive at `folder`, with its image next to that. Prints `SKIPPED` and returns `None` if this
    /// user or system cannot.
    pub fn mount(folder: PathBuf, kind: Kind) -> Option<Drive> {
        std::fs::create_dir_all(&folder).unwrap();
        let mut drive = Drive { root: folder, device: None };
        match drive.set_up(kind) {
            Ok(()) => return Some(drive),
            Err(why) if cfg!(target_os = "linux") => eprintln!("SKIPPED: no {kind:?} drive: {why}"),
            Err(_) => eprintln!("SKIPPED: drives can only be mounted on Linux"),
        }
        None
    }

    fn set_up(&mut self, kind: Kind) -> Result<(), String> {
        let image = self.root.with_extension("img");
        File::create(&image).and_then(|file| file.set_len(SIZE)).map_err(|e| e.to_string())?;
        let file = image.to_str().ok_or("its path is not UTF-8")?;
        let format: &[&str] = match kind {
            Kind::Exfat => &["mkfs.exfat"],
            Kind::Ntfs | Kind::NtfsOfLinux => &["mkfs.ntfs", "-F", "-q", "-f"],
        };
        run(&[format, &[file]].concat())?;
        let device = run(&["losetup", "--find", "--show", file])?;
        self.device = Some(device.clone());
        self.mount_device(kind, &device)
    }

    fn mount_device(&self, kind: Kind, device: &str) -> Result<(), String> {
        let to = self.root.to_str().ok_or("its path is not UTF-8")?;
        let result = match kind {
            Kind::Exfat => run(&["mount", "-i", "-t", "exfat", device, to])
                .or_else(|_| run(&["mount.exfat-fuse", device, to])),
            Kind::Ntfs => run(&["ntfs-3g", "-o", "windows_names", device, to]),
            Kind::NtfsOfLinux => run(&["ntfs-3g", device, to]),
        };
        result.map(drop)
    }

    /// Returns the names in its top folder, sorted. Includes hidden names, and so part files.
    pub fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> =
            self.root.read_dir().unwrap().map(|e| name(e).to_string_lossy().into_owned()).collect();
        names.retain(|name| name != "System Volume Information");
        names.sort();
        names
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        if is_mounted(&self.root) {
            let root = self.root.to_string_lossy();
            // A process that has a file open must not keep the drive mounted.
            let _ = run(&["umount", &root]).or_else(|_| run(&["umount", "--lazy", &root]));
        }
        if let Some(device) = self.device.take() {
            let _ = run(&["losetup", "--detach", &device]);
        }
    }
}

fn is_mounted(root: &Path) -> bool {
    root.canonicalize().is_ok_and(|root| spool_core::volumes::mounts::Mounts::read().has(&root))
}

/// Runs the command. Returns its stdout, or the reason why it failed.
fn run(command: &[&str]) -> Result<String, String> {
    let (program, args) = command.split_first().unwrap();
    let result = Command::new(program).args(args).stdin(Stdio::null()).output();
    let result = result.map_err(|e| format!("{program}: {e}"))?;
    if result.status.success() {
        return Ok(String::from_utf8_lossy(&result.stdout).trim().to_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&result.stderr).trim()))
}
