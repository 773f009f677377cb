//! One small picture of a video, for lists. Made without hurry: at the lowest sensible priority, bounded in time
//! and memory, and without it nothing is missing but the picture.

use super::Tools;
use super::capture::{Bounds, capture};
use crate::input_guard::{file_url, guard};
use crate::policy::NICE;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Largest size in pixels: twice that of a row's frame, for dense screens.
const WIDTH: u32 = 128;
const HEIGHT: u32 = 72;
/// Longest time for one picture.
const LIMIT: Duration = Duration::from_secs(20);
/// Largest address space of ffmpeg, in bytes: a frame of 16,384 squared fits.
const MEMORY: u64 = 4 << 30;

/// Writes the frame at `seconds` as a JPEG to `to`, under another name first.
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
    // JPEG takes the full range of values; the pixels of a row are square.
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
