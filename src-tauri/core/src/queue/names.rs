//! Keys under which names are claimed: two names that any common file system takes for the same file have
//! the same key. Pure; touches no disk.

use super::NewJob;
use caseless::Caseless;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Key of a path: case-folded and composed (NFC), so that `É.mp4`, `e\u{301}.MP4` and `é.mp4` collide, as they
/// do on macOS and Windows. Bytes that are not UTF-8 stand for themselves.
pub fn key_of_path(path: &Path) -> Vec<u8> {
    match path.to_str() {
        Some(text) => text.nfd().default_case_fold().nfc().collect::<String>().into_bytes(),
        None => path.as_os_str().as_encoded_bytes().to_vec(),
    }
}

/// Longest file name of the common file systems, in what they count.
pub const LONGEST: usize = 255;

/// What a file system counts of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Longest {
    /// Bytes. A name of 255 bytes fits everywhere.
    #[default]
    Bytes,
    /// Units of UTF-16.
    Units,
}

impl Longest {
    /// What is counted on the volume of this name.
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

/// What the volume of a result asks of its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Naming {
    /// The wished stem, where the volume cannot hold it and another took its place.
    pub wished: Option<OsString>,
    /// What the volume counts.
    pub longest: Longest,
}

impl NewJob {
    /// The n-th name to try for its result.
    pub(crate) fn candidate(&self, n: u32) -> PathBuf {
        candidate(&self.folder, &self.stem, self.spec.preset.container.extension(), n, self.naming.longest)
    }
}

/// The n-th name to try: `stem.ext`, `stem (2).ext`, `stem (3).ext` ... Where that would be too long, the middle of
/// the stem gives way: what distinguishes names stands at their ends.
pub fn candidate(folder: &Path, stem: &OsStr, extension: &str, n: u32, longest: Longest) -> PathBuf {
    let mut end = if n > 1 { format!(" ({n})") } else { String::new() };
    end.push('.');
    end += extension;
    let mut name = shortened(stem, LONGEST - end.len().min(LONGEST), longest);
    name.push(end);
    folder.join(name)
}

/// Stands for the middle that gave way.
const GAP: &str = "\u{2026}";
/// Bytes kept of the end, at most.
const TAIL: usize = 40;

/// The text with its middle replaced by an ellipsis where it is larger than `most`; bytes that are not UTF-8 are too
/// rare to be shortened.
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
    fn names_that_some_system_takes_for_one_file_share_a_key() {
        let key = |s: &str| key_of_path(Path::new(s));
        assert_eq!(key("/v/É.mp4"), key("/v/e\u{301}.MP4"));
        assert_eq!(key("/v/STRASSE.mp4"), key("/v/straße.mp4"));
        assert_ne!(key("/v/a.mp4"), key("/v/a (2).mp4"));
    }

    #[test]
    fn the_second_candidate_is_numbered_from_two() {
        let name = |n| candidate(Path::new("/v"), OsStr::new("a.b"), "mp4", n, Longest::Bytes);
        assert_eq!(name(1), Path::new("/v/a.b.mp4"));
        assert_eq!(name(2), Path::new("/v/a.b (2).mp4"));
    }

    #[test]
    fn a_name_that_would_be_too_long_gives_way_in_its_middle() {
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
    fn where_units_of_utf_16_count_twice_as_many_letters_fit() {
        let size = |letter: &str, longest| {
            let path = candidate(Path::new("/v"), OsStr::new(&letter.repeat(255)), "mp4", 2, longest);
            path.file_name().unwrap().to_str().unwrap().chars().count()
        };
        assert_eq!(size("\u{e9}", Longest::Units), 255);
        assert!(size("\u{e9}", Longest::Bytes) < 140);
        assert!((128..255).contains(&size("\u{1f600}", Longest::Units)), "an emoji is two units");
    }
}
