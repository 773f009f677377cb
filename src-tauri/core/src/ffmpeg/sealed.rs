//! What ffprobe is asked of a file that is not trusted.

use crate::input_guard::{GUARD, file_url};
use std::ffi::OsString;
use std::path::Path;

/// The arguments of a question, whose answer comes as JSON.
pub(super) fn sealed(path: &Path, asked: &[&str]) -> Vec<OsString> {
    let fixed = ["-v", "error", "-of", "json"];
    let mut all: Vec<OsString> = fixed.iter().chain(&GUARD).chain(asked).map(OsString::from).collect();
    all.extend(["-i".into(), file_url(path)]);
    all
}
