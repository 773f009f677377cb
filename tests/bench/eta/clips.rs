//! The clips whose jobs are recorded: clips of many sizes, lengths, codecs and contents, made once under `target/`, and
//! the videos in the folder that `SPOOL_BENCH_VIDEOS` names.

use std::path::{Path, PathBuf};
use std::process::Command;

const SIZES: [&str; 4] = ["320x180", "640x360", "854x480", "1280x720"];
const LENGTHS: [f64; 5] = [1.0, 1.7, 2.9, 4.3, 7.1];

/// Contents that are easy and hard to encode.
const CONTENTS: [&str; 4] = ["testsrc2", "mandelbrot", "testsrc2,noise=alls=14:allf=t", "cellauto=rule=110"];

/// Encoders with the containers they are written to.
const CODECS: [(&str, &[&str]); 5] = [
    ("mkv", &["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20"]),
    ("avi", &["-c:v", "mpeg4", "-q:v", "4"]),
    ("mov", &["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24"]),
    ("mpg", &["-c:v", "mpeg2video", "-q:v", "5"]),
    ("webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]),
];

/// Number of clips that are made.
const MADE: usize = 48;

/// All clips, at least [`MADE`].
pub(super) fn all() -> Vec<PathBuf> {
    let mut all = made_here();
    let others = std::env::var_os("SPOOL_BENCH_VIDEOS").into_iter().flat_map(|folder| {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    });
    all.extend(others.filter(|path| path.is_file()));
    all.sort();
    all
}

/// The clips that are made, without further videos.
pub(super) fn made_here() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clips/eta");
    std::fs::create_dir_all(&folder).unwrap();
    (0..MADE).map(|n| made(&folder, n)).collect()
}

/// Makes clip `n` if it does not exist, and returns its path. The lists have coprime lengths or advance at different
/// rates, so that many combinations occur.
fn made(folder: &Path, n: usize) -> PathBuf {
    let (size, length) = (SIZES[n % 4], LENGTHS[n % 5]);
    let (content, (extension, codec)) = (CONTENTS[n / 4 % 4], CODECS[n / 3 % 5]);
    let path = folder.join(format!("{n:02}.{extension}"));
    if path.exists() {
        return path;
    }
    let unfinished = folder.join(format!("new.{extension}"));
    let (name, filters) = content.split_once(',').unwrap_or((content, "null"));
    let separator = if name.contains('=') { ':' } else { '=' };
    let source = format!("{name}{separator}s={size}:r=25,trim=duration={length},{filters},format=yuv420p");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", &source]);
    ffmpeg.args(["-f", "lavfi", "-i", &format!("sine=d={length}:r=48000")]).args(codec).arg(&unfinished);
    assert!(ffmpeg.status().unwrap().success(), "{}", path.display());
    std::fs::rename(unfinished, &path).unwrap();
    path
}
