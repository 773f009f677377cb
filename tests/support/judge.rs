//! What a result really is, asked of ffprobe and ffmpeg themselves rather than of the code under test.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// ffprobe's facts of a file, with packets counted.
pub fn facts(path: &Path) -> Value {
    let args =
        ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", "-count_packets"];
    let output = Command::new("ffprobe").args(args).arg(path).output().unwrap();
    assert!(output.status.success(), "{} cannot be probed", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The streams of one kind.
pub fn streams(facts: &Value, kind: &str) -> Vec<Value> {
    let all = facts["streams"].as_array().unwrap();
    all.iter().filter(|s| s["codec_type"] == kind).cloned().collect()
}

/// A number that ffprobe gives as text.
pub fn number(value: &Value) -> f64 {
    value.as_str().and_then(|s| s.parse().ok()).unwrap_or(f64::NAN)
}

/// Frames that decode without an error.
pub fn decodes(path: &Path) -> bool {
    let args = ["-v", "error", "-xerror", "-nostdin", "-i"];
    let output = Command::new("ffmpeg").args(args).arg(path).args(["-f", "null", "-"]).output().unwrap();
    output.status.success() && output.stderr.is_empty()
}

/// Does the index stand before the pictures, so that playing can begin at once?
pub fn is_faststart(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let at = |name: &[u8]| bytes.windows(4).position(|w| w == name);
    at(b"moov") < at(b"mdat")
}
