//! Names of the folders for the results of added folders.
//!
//! Guarantees that two added folders never share one, even on drives that ignore case. Pure.

use super::key_of_path;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Returns the n-th candidate name for the results of the folder `root`; empty for a whole drive, which has no name.
pub(super) fn candidate(root: &Path, n: u32) -> OsString {
    let mut name = root.file_name().unwrap_or_default().to_owned();
    if n > 1 && !name.is_empty() {
        name.push(format!(" ({n})"));
    }
    name
}

/// Returns the first candidate that is not taken, and its key.
pub(super) fn first_free(root: &Path, mut is_taken: impl FnMut(&[u8]) -> bool) -> (OsString, Vec<u8>) {
    let named = (1..).map(|n| candidate(root, n)).map(|name| (key(&name), name));
    let free = named.into_iter().find(|(key, name)| name.is_empty() || !is_taken(key));
    free.map(|(key, name)| (name, key)).unwrap_or_default()
}

fn key(name: &OsStr) -> Vec<u8> {
    key_of_path(&PathBuf::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_folder_of_a_name_gets_a_number_and_a_drive_none() {
        let taken = [key(OsStr::new("HOLIDAY")), key(OsStr::new("holiday (2)"))];
        let name = |root: &str| first_free(Path::new(root), |key| taken.iter().any(|t| t == key)).0;
        assert_eq!(name("/a/holiday"), "holiday (3)");
        assert_eq!(name("/a/work"), "work");
        assert_eq!(name("/"), "");
    }
}
