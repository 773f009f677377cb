//! Drives with the file systems of sticks and of Windows, in an image behind a loop device. Only root may mount one, on
//! Linux.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of an image; it is sparse.
const SIZE: u64 = 256 << 20;

/// What a drive is formatted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By the kernel or by FUSE.
    Exfat,
    /// As Windows would use it.
    Ntfs,
    /// With names that Windows refuses.
    NtfsOfLinux,
}

/// A mounted drive; unmounted when dropped.
pub struct Drive {
    /// Where it is mounted.
    pub root: PathBuf,
    /// Its loop device, while there is one.
    device: Option<String>,
}

impl Drive {
    /// Mounted at `folder`, its image beside that. `None`, said aloud, where this user or system cannot.
    pub fn mount(folder: PathBuf, kind: Kind) -> Option<Drive> {
        std::fs::create_dir_all(&folder).unwrap();
        let mut drive = Drive { root: folder, device: None };
        match drive.begin(kind) {
            Ok(()) => return Some(drive),
            Err(why) if cfg!(target_os = "linux") => eprintln!("SKIPPED: no {kind:?} drive: {why}"),
            Err(_) => eprintln!("SKIPPED: drives are mounted on Linux alone"),
        }
        None
    }

    fn begin(&mut self, kind: Kind) -> Result<(), String> {
        let image = self.root.with_extension("img");
        File::create(&image).and_then(|file| file.set_len(SIZE)).map_err(|e| e.to_string())?;
        let file = image.to_str().ok_or("its path is no text")?;
        let format: &[&str] = match kind {
            Kind::Exfat => &["mkfs.exfat"],
            Kind::Ntfs | Kind::NtfsOfLinux => &["mkfs.ntfs", "-F", "-q", "-f"],
        };
        run(&[format, &[file]].concat())?;
        let device = run(&["losetup", "--find", "--show", file])?;
        self.device = Some(device.clone());
        self.attach(kind, &device)
    }

    fn attach(&self, kind: Kind, device: &str) -> Result<(), String> {
        let to = self.root.to_str().ok_or("its path is no text")?;
        let done = match kind {
            Kind::Exfat => run(&["mount", "-i", "-t", "exfat", device, to])
                .or_else(|_| run(&["mount.exfat-fuse", device, to])),
            Kind::Ntfs => run(&["ntfs-3g", "-o", "windows_names", device, to]),
            Kind::NtfsOfLinux => run(&["ntfs-3g", device, to]),
        };
        done.map(drop)
    }

    /// The names on it, sorted; hidden ones too, so that a part file shows.
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
            // What still holds a file open must not keep the drive.
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

/// What the command printed, or why it failed.
fn run(command: &[&str]) -> Result<String, String> {
    let (program, args) = command.split_first().unwrap();
    let done = Command::new(program).args(args).stdin(Stdio::null()).output();
    let done = done.map_err(|e| format!("{program}: {e}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&done.stderr).trim()))
}
