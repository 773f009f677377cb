//! Names of results, and the keys under which they are claimed: two names that any common file system treats as the
//! same file have the same key. Pure; no I/O.

use super::NewJob;
use caseless::Caseless;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Returns the key of a path: case-folded and composed (NFC), so that `É.mp4`, `e\u{301}.MP4` and `é.mp4` collide, as
/// they do on macOS and Windows. A path that is not UTF-8 is its own key.
pub fn key_of_path(path: &Path) -> Vec<u8> {
    match path.to_str() {
        Some(text) => text.nfd().default_case_fold().nfc().collect::<String>().into_bytes(),
        None => path.as_os_str().as_encoded_bytes().to_vec(),
    }
}

/// Longest file name of the common file systems, in the unit that they count; see [`Longest`].
pub const LONGEST: usize = 255;

/// The unit in which a file system limits the length of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Longest {
    /// Bytes. A name of 255 bytes fits everywhere.
    #[default]
    Bytes,
    /// UTF-16 code units.
    Units,
}

impl Longest {
    /// Returns the unit of the volume that holds a file of this name.
    pub fn of_name(name: &OsStr) -> Longest {
        if name.len() > LONGEST { Longest::Units } else { Longest::Bytes }
    }

    fn size(self, text: &str) -> usize {
        match self {
            Longest::Bytes => text.len(),
            Longest::Units => text.encode_utf16().count(),
        }
    }
}

/// The requirements of a result's volume on its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Naming {
    /// The requested stem, if the volume cannot hold it and it was replaced.
    pub wished: Option<OsString>,
    /// The unit that the volume counts.
    pub longest: Longest,
}

impl NewJob {
    /// Returns the n-th candidate name for the result.
    pub(crate) fn candidate(&self, n: u32) -> PathBuf {
        candidate(&self.folder, &self.stem, self.spec.preset.container.extension(), n, self.naming.longest)
    }
}

/// Returns the n-th candidate name: `stem.ext`, `stem (2).ext`, `stem (3).ext` ... If it would be too long, the middle
/// of the stem is shortened, because names usually differ at their ends.
pub fn candidate(folder: &Path, stem: &OsStr, extension: &str, n: u32, longest: Longest) -> PathBuf {
    let mut end = if n > 1 { format!(" ({n})") } else { String::new() };
    end.push('.');
    end += extension;
    let mut name = shortened(stem, LONGEST - end.len().min(LONGEST), longest);
    name.push(end);
    folder.join(name)
}

/// Replaces the removed middle.
const GAP: &str = "\u{2026}";
/// Most bytes kept of the end.
const TAIL: usize = 40;

/// Replaces the middle of a stem that is longer than `most` by an ellipsis. A stem that is not UTF-8 is returned
/// unchanged; such names are too rare to be shortened.
pub fn shortened(stem: &OsStr, most: usize, longest: Longest) -> OsString {
    let Some(text) = stem.to_str().filter(|text| longest.size(text) > most) else { return stem.to_owned() };
    let tail = text.char_indices().map(|(at, _)| at).find(|at| text.len() - at <= TAIL).unwrap_or(0);
    let room = most.saturating_sub(longest.size(&text[tail..]) + longest.size(GAP));
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let head = ends.take_while(|end| longest.size(&text[..*end]) <= room).last();
    format!("{}{GAP}{}", &text[..head.unwrap_or(0)], &text[tail..]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_same_file_on_any_system_share_a_key() {
        let key = |s: &str| key_of_path(Path::new(s));
        assert_eq!(key("/v/É.mp4"), key("/v/e\u{301}.MP4"));
        assert_eq!(key("/v/STRASSE.mp4"), key("/v/straße.mp4"));
        assert_ne!(key("/v/a.mp4"), key("/v/a (2).mp4"));
    }

    #[test]
    fn second_candidate_has_number_two() {
        let name = |n| candidate(Path::new("/v"), OsStr::new("a.b"), "mp4", n, Longest::Bytes);
        assert_eq!(name(1), Path::new("/v/a.b.mp4"));
        assert_eq!(name(2), Path::new("/v/a.b (2).mp4"));
    }

    #[test]
    fn long_names_are_shortened_in_the_middle() {
        let name = |stem: &str, n| {
            let path = candidate(Path::new("/v"), OsStr::new(stem), "mp4", n, Longest::Bytes);
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        let long = format!("{}\u{fc} - Web 1080p", "n".repeat(245));
        assert!(name(&long, 1).ends_with("n\u{fc} - Web 1080p.mp4") && name(&long, 1).len() <= LONGEST);
        assert!(name(&long, 12).ends_with(" - Web 1080p (12).mp4") && name(&long, 12).len() <= LONGEST);
        assert!(name(&"\u{1f600}".repeat(70), 1).len() <= LONGEST);
        assert_eq!(name("short", 2), "short (2).mp4");
    }

    #[test]
    fn limit_in_utf_16_units_fits_twice_as_many_letters() {
        let size = |letter: &str, longest| {
            let path = candidate(Path::new("/v"), OsStr::new(&letter.repeat(255)), "mp4", 2, longest);
            path.file_name().unwrap().to_str().unwrap().chars().count()
        };
        assert_eq!(size("\u{e9}", Longest::Units), 255);
        assert!(size("\u{e9}", Longest::Bytes) < 140);
        assert!((128..255).contains(&size("\u{1f600}", Longest::Units)), "an emoji is two units");
    }
}
