//! Arguments of ffprobe for an untrusted file.

use crate::input_guard::{GUARD, file_url};
use std::ffi::OsString;
use std::path::Path;

/// Arguments of a call whose answer is JSON.
pub(super) fn json_arguments(path: &Path, asked: &[&str]) -> Vec<OsString> {
    let fixed = ["-v", "error", "-of", "json"];
    let mut all: Vec<OsString> = fixed.iter().chain(&GUARD).chain(asked).map(OsString::from).collect();
    all.extend(["-i".into(), file_url(path)]);
    all
}
