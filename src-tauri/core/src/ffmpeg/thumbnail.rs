//! Thumbnails of videos for lists.
//!
//! Runs at low priority with bounded time and memory. Optional: without a thumbnail a list works as before.

use super::Tools;
use super::capture::{Bounds, capture};
use crate::input_guard::{file_url, guard};
use crate::policy::NICE;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Largest size in pixels: twice that of the frame in a row of the list, for high-density screens.
const WIDTH: u32 = 128;
const HEIGHT: u32 = 72;
/// Time limit of one thumbnail.
const LIMIT: Duration = Duration::from_secs(20);
/// Largest address space of ffmpeg, in bytes: a frame of 16,384 × 16,384 pixels fits.
const MEMORY: u64 = 4 << 30;

/// Writes the frame at `seconds` as a JPEG to `to`, first under a temporary name.
pub fn thumbnail(tools: &Tools, source: &Path, seconds: f64, to: &Path) -> io::Result<()> {
    let unfinished = to.with_extension("new");
    let bounds = Bounds { limit: LIMIT, memory: Some(MEMORY), orders: None, nice: NICE };
    let answer = capture(&tools.ffmpeg.path, &arguments(source, seconds, &unfinished), &bounds)?;
    let made = unfinished.metadata().is_ok_and(|m| m.len() > 0);
    if answer.success && made {
        return std::fs::rename(&unfinished, to);
    }
    let _ = std::fs::remove_file(&unfinished);
    Err(io::Error::other(answer.stderr.lines().last().unwrap_or("no picture").to_owned()))
}

fn arguments(source: &Path, seconds: f64, to: &Path) -> Vec<OsString> {
    // JPEG uses the full range of values, and lists show square pixels.
    let filter = format!(
        "scale=iw*sar:ih,scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease:out_range=full,format=yuvj420p"
    );
    let seconds = format!("{seconds:.3}");
    let mut all: Vec<OsString> =
        ["-v", "error", "-nostdin", "-y", "-threads", "1"].map(OsString::from).into();
    all.extend(guard());
    all.extend(["-noaccurate_seek", "-ss", &seconds, "-i"].map(OsString::from));
    all.push(file_url(source));
    let after =
        ["-map", "0:V:0", "-frames:v", "1", "-vf", &filter, "-c:v", "mjpeg", "-q:v", "5", "-f", "mjpeg"];
    all.extend(after.map(OsString::from));
    all.push(file_url(to));
    all
}
