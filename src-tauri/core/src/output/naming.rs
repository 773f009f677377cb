//! Which names a file system accepts, by its type in the mount table, and the name to use instead of one it refuses.
//!
//! Guarantees for every name and type a non-empty result that follows the rules and that the rules leave unchanged.
//! Pure: does not access the file system. Must not know jobs.

use crate::queue::{LONGEST, Longest};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Local types that accept every name of at most 255 bytes.
const FREE: &[&str] = &[
    "apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "hfs", "hfsplus", "jfs", "nilfs2",
    "overlay", "ramfs", "reiserfs", "rootfs", "tmpfs", "ubifs", "ufs", "xfs", "zfs",
];
/// Those of `FREE` whose names must be valid UTF-8.
const TEXT: &[&str] = &["apfs", "hfs", "hfsplus"];
/// Types whose limit counts UTF-16 units. Of network shares and FUSE it is unknown; 255 bytes fit all.
const UNITS: &[&str] = &["exfat", "fuseblk", "msdos", "ntfs", "ntfs3", "vfat"];
/// Characters that every file system refuses.
const NEVER: &[char] = &['/', '\0'];
/// Characters that Windows refuses in addition, besides control characters below 32.
const SPECIAL: &[char] = &['<', '>', ':', '"', '\\', '|', '?', '*'];
/// Device names on Windows, with or without extensions.
const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL"];
/// Device names that end with one of [`NUMBERS`].
const PORTS: &[&str] = &["COM", "LPT"];
const NUMBERS: &str = "123456789\u{b9}\u{b2}\u{b3}";

/// The naming rules of a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The rules of Windows apply.
    windows: bool,
    /// Characters refused by Windows that this volume is known to accept.
    proven: String,
    /// Device names are accepted.
    devices: bool,
    /// Names must be valid UTF-8.
    text: bool,
    /// What the length limit counts.
    longest: Longest,
}

impl Rules {
    /// The rules of a file system type; unknown types get those of Windows, which every file system accepts.
    pub fn of_kind(kind: &str) -> Rules {
        let free = !cfg!(windows) && FREE.contains(&kind);
        let units = cfg!(windows) || UNITS.contains(&kind);
        Rules {
            windows: !free,
            proven: String::new(),
            devices: free,
            text: !free || TEXT.contains(&kind),
            longest: if units { Longest::Units } else { Longest::Bytes },
        }
    }

    /// Relaxes the rules by what an existing name on that volume proves. On Windows its rules apply whatever a share
    /// accepts.
    #[must_use]
    pub fn proven_by(mut self, name: &OsStr) -> Rules {
        if !cfg!(windows) {
            let text = name.to_string_lossy();
            self.proven.extend(text.chars().filter(|c| is_special(*c)));
            self.devices |= device(&text).is_some();
            self.text &= name.to_str().is_some();
        }
        if name.len() > LONGEST {
            self.longest = Longest::Units;
        }
        self
    }

    /// What the length limit counts.
    pub fn longest(&self) -> Longest {
        self.longest
    }

    /// The name with every refused character or byte replaced by `_`.
    #[must_use]
    pub fn held(&self, name: &OsStr) -> OsString {
        let mut bytes = self.replaced(name);
        let ends_badly = match bytes.last() {
            Some(b'.' | b' ') => self.windows || bytes == b"." || bytes == b"..",
            last => last.is_none(),
        };
        if ends_badly {
            bytes.pop();
            bytes.push(b'_');
        }
        if !self.devices
            && let Some(end) = device(&String::from_utf8_lossy(&bytes))
        {
            bytes.insert(end, b'_');
        }
        from_bytes(bytes)
    }

    /// A stem that, with this extension, gives an accepted name.
    #[must_use]
    pub fn held_stem(&self, stem: &OsStr, extension: &str) -> OsString {
        let mut name = stem.to_owned();
        name.push(".");
        name.push(extension);
        let held = self.held(&name);
        Path::new(&held).file_stem().unwrap_or(stem).to_owned()
    }

    fn replaced(&self, name: &OsStr) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(name.len());
        for chunk in name.as_encoded_bytes().utf8_chunks() {
            let held = chunk.valid().chars().map(|c| if self.refuses(c) { '_' } else { c });
            bytes.extend(held.collect::<String>().into_bytes());
            bytes.extend(chunk.invalid().iter().map(|byte| if self.text { b'_' } else { *byte }));
        }
        bytes
    }

    fn refuses(&self, c: char) -> bool {
        NEVER.contains(&c) || (self.windows && is_special(c) && !self.proven.contains(c))
    }
}

fn is_special(c: char) -> bool {
    (c < ' ' && c != '\0') || SPECIAL.contains(&c)
}

/// Is this a device name, whatever its extension? Returns the length of the device part in bytes.
fn device(name: &str) -> Option<usize> {
    let base = name.split('.').next()?.trim_end_matches(' ');
    let is = |words: &[&str], text: &str| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let port = base.char_indices().next_back().filter(|(_, number)| NUMBERS.contains(*number));
    let is_port = port.is_some_and(|(at, _)| is(PORTS, &base[..at]));
    (is(DEVICES, base) || is_port).then_some(base.len())
}

/// Is it a device name on Windows?
pub fn is_device(name: &OsStr) -> bool {
    device(&name.to_string_lossy()).is_some()
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// Where names are UTF-16 only UTF-8 is accepted, so nothing is lost.
#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests;
