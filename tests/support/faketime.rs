//! A shifted wall clock for a whole process, by libfaketime if it is installed (Debian: package `faketime`).

use std::path::PathBuf;

/// Returns the environment variables that shift the wall clock of a process by this offset (`+1d`), but neither the
/// monotonic clock nor the timestamps of files. `None` if libfaketime is not installed.
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
