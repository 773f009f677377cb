//! Small real videos, encoded by ffmpeg once and kept under `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the clip `name`, and encodes it from a test pattern with these output arguments if it does not exist. Its
/// extension selects the container. Safe to call from several tests at a time: each encodes its own file and renames it
/// into place.
pub fn clip(name: &str, seconds: f64, audio: bool, args: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clips");
    let path = folder.join(name);
    if path.exists() {
        return path;
    }
    std::fs::create_dir_all(&folder).unwrap();
    let scratch = tempfile::tempdir_in(&folder).unwrap();
    let unfinished = scratch.path().join(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i"]);
    command.arg(format!("testsrc2=s=320x240:r=25:d={seconds}"));
    if audio {
        command.args(["-f", "lavfi", "-i", &format!("sine=d={seconds}:r=48000"), "-c:a", "aac", "-ac", "2"]);
    }
    let output = command.args(args).arg(&unfinished).output().expect("ffmpeg is installed");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::rename(&unfinished, &path).unwrap();
    path
}

/// Returns the ordinary clip: one second of H.264 with audio in Matroska.
pub fn ordinary() -> PathBuf {
    clip("ordinary.mkv", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"])
}

/// Returns four seconds of the same.
pub fn longer() -> PathBuf {
    clip("longer.mkv", 4.0, true, &["-c:v", "libx264", "-preset", "ultrafast"])
}

/// Returns ten kinds of ordinary files: H.264, HEVC, VP9, MPEG-2 and MPEG-4, with and without audio, in six containers.
pub fn ten_kinds() -> Vec<PathBuf> {
    let x264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast"];
    let x265: &[&str] =
        &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1"];
    let vp9: &[&str] = &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"];
    let opus: Vec<&str> = [vp9, &["-c:a", "libopus"]].concat();
    let mpeg2: &[&str] = &["-c:v", "mpeg2video", "-b:v", "1M"];
    let mp2: Vec<&str> = [mpeg2, &["-c:a", "mp2"]].concat();
    let mp3: &[&str] = &["-c:v", "mpeg4", "-bf", "2", "-c:a", "libmp3lame"];
    vec![
        clip("h264-aac.mp4", 1.0, true, x264),
        clip("h264-silent.mov", 1.0, false, x264),
        clip("h264-aac.ts", 1.0, true, x264),
        clip("hevc-aac.mp4", 1.0, true, x265),
        clip("hevc-silent.mkv", 1.0, false, x265),
        clip("vp9-opus.webm", 1.0, true, &opus),
        clip("vp9-silent.mkv", 1.0, false, vp9),
        clip("mpeg2-mp2.ts", 1.0, true, &mp2),
        clip("mpeg4-mp3.avi", 1.0, true, mp3),
        clip("mpeg4-silent.mov", 1.0, false, &["-c:v", "mpeg4"]),
    ]
}
