//! Another wall clock for a whole process, by libfaketime where it is installed (Debian: package `faketime`).

use std::path::PathBuf;

/// The variables under which a process sees the wall clock shifted by so much (`+1d`) and nothing else:
/// neither the monotonic clock nor the times of files. `None`: it is not installed.
pub fn shifted(by: &str) -> Option<Vec<(&'static str, String)>> {
    let one = || "1".to_owned();
    Some(vec![
        ("LD_PRELOAD", library()?.to_string_lossy().into_owned()),
        ("FAKETIME", by.to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", one()),
        ("DONT_FAKE_MONOTONIC", one()),
        ("NO_FAKE_STAT", one()),
    ])
}

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten().map(|e| e.path().join("faketime"));
    folders.map(|f| f.join("libfaketime.so.1")).find(|p| p.exists())
}
