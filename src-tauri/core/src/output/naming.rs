//! Which names a file system holds, by its type as the table of mounts has it, and what a name becomes there.
//!
//! Guarantees for every name and type an answer that holds under the rules and is its own answer, never empty. Pure: no
//! file system is asked. Must not know jobs.

use crate::queue::{LONGEST, Longest};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Local types that hold every name of at most 255 bytes.
const FREE: &[&str] = &[
    "apfs", "bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "hfs", "hfsplus", "jfs", "nilfs2",
    "overlay", "ramfs", "reiserfs", "rootfs", "tmpfs", "ubifs", "ufs", "xfs", "zfs",
];
/// Those of them whose names are text.
const TEXT: &[&str] = &["apfs", "hfs", "hfsplus"];
/// Types that count units of UTF-16. Of shares and FUSE it is unknown; 255 bytes fit them all.
const UNITS: &[&str] = &["exfat", "fuseblk", "msdos", "ntfs", "ntfs3", "vfat"];
/// Characters that no file system holds in a name.
const NEVER: &[char] = &['/', '\0'];
/// What Windows refuses besides, and control characters below 32.
const SPECIAL: &[char] = &['<', '>', ':', '"', '\\', '|', '?', '*'];
/// Names of devices on Windows, also with extensions behind them.
const DEVICES: &[&str] = &["CON", "PRN", "AUX", "NUL"];
/// The same with one of [`NUMBERS`].
const PORTS: &[&str] = &["COM", "LPT"];
const NUMBERS: &str = "123456789\u{b9}\u{b2}\u{b3}";

/// What a file system asks of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Those of Windows hold.
    windows: bool,
    /// Of the characters that Windows refuses, the ones known to be held.
    proven: String,
    /// Devices may lend their names.
    devices: bool,
    /// Only text is held.
    text: bool,
    /// What counts.
    longest: Longest,
}

impl Rules {
    /// Those of a type; unknown types have those of Windows, which every file system can follow.
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

    /// The same less what the name of a file on that volume shows to be held. Windows follows its rules whatever a
    /// share holds.
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

    /// What counts of a name.
    pub fn longest(&self) -> Longest {
        self.longest
    }

    /// The name as these rules allow it: what cannot be held becomes `_`.
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
        named(bytes)
    }

    /// A stem such that with this extension its name is held.
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

/// Does this name belong to a device, whatever its extension? Then the number of its bytes that say so.
fn device(name: &str) -> Option<usize> {
    let base = name.split('.').next()?.trim_end_matches(' ');
    let is = |words: &[&str], text: &str| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let port = base.char_indices().next_back().filter(|(_, number)| NUMBERS.contains(*number));
    let is_port = port.is_some_and(|(at, _)| is(PORTS, &base[..at]));
    (is(DEVICES, base) || is_port).then_some(base.len())
}

/// Is it the name of a device on Windows?
pub fn is_device(name: &OsStr) -> bool {
    device(&name.to_string_lossy()).is_some()
}

#[cfg(unix)]
fn named(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// Where names are units of UTF-16 only text is held, so nothing is lost.
#[cfg(not(unix))]
fn named(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests;
