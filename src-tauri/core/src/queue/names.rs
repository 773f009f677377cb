//! Keys under which names are claimed: two names that any common file system takes for the same file have
//! the same key. Pure; touches no disk.

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

/// The n-th name to try: `stem.ext`, `stem (2).ext`, `stem (3).ext` ...
pub fn candidate(folder: &Path, stem: &OsStr, extension: &str, n: u32) -> PathBuf {
    let mut name = OsString::from(stem);
    if n > 1 {
        name.push(format!(" ({n})"));
    }
    name.push(".");
    name.push(extension);
    folder.join(name)
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
        let name = |n| candidate(Path::new("/v"), OsStr::new("a.b"), "mp4", n);
        assert_eq!(name(1), Path::new("/v/a.b.mp4"));
        assert_eq!(name(2), Path::new("/v/a.b (2).mp4"));
    }
}
