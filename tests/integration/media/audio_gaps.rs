//! Gaps in recorded audio. An encode fills a gap with silence, so that later audio is in its place for players and
//! editors that count samples. A copy keeps the gap and warns about it. Audio without gaps is copied.

use crate::media::recorders::{at, work_all};
use crate::presets::guarantees::{commands, ffmpeg, output};
use serde_json::Value;
use spool_tests::env::TestEnv;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Creates `seconds` of black video with a beep half a second before the end.
fn video(env: &TestEnv, name: &str, seconds: f64, codecs: &[&str]) -> String {
    let (frames, made) = (format!("color=black:s=160x96:r=10:d={seconds}"), at(env, name));
    let beep = seconds - 0.5;
    let audio = format!("sine=f=1000:d={seconds}:r=48000,volume='if(gt(t,{beep}),8,0.001)':eval=frame");
    let input = ["-f", "lavfi", "-i", &frames, "-f", "lavfi", "-i", &audio, "-pix_fmt", "yuv420p"];
    ffmpeg(&[&input[..], &["-c:v", "libx264", "-preset", "ultrafast"], codecs, &[&made]].concat());
    made
}

/// Copies a video without the audio packets for which the expression `lost` is true.
fn without(env: &TestEnv, from: &str, name: &str, lost: &str) -> String {
    let (made, filter) = (at(env, name), format!("noise=drop='{lost}'"));
    ffmpeg(&["-i", from, "-c", "copy", "-bsf:a", &filter, &made]);
    made
}

fn remux(env: &TestEnv, from: &str, name: &str, more: &[&str]) {
    ffmpeg(&[&["-i", from, "-c", "copy"], more, &[&at(env, name)]].concat());
}

/// Returns the second of the first loud sample, counted in samples; timestamps of the file are ignored.
fn beep(path: &Path) -> f64 {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:a:0"];
    let raw = ["-ac", "1", "-ar", "48000", "-f", "s16le", "-"];
    let bytes = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    let loud = |b: &[u8]| i16::from_le_bytes([b[0], b[1]]).unsigned_abs() > 3000;
    bytes.chunks_exact(2).position(loud).unwrap() as f64 / 48_000.0
}

fn is_copied(env: &TestEnv, job: &Value) -> bool {
    commands(env, job).concat().contains("-c:a:0 copy")
}

const AAC: [&str; 2] = ["-c:a", "aac"];

/// Creates recordings with gaps. Returns name, second of the beep and whether a warning is expected.
///
/// Packets are dropped from Matroska, because its timestamps of milliseconds are those in the expressions, and the
/// result is then remuxed.
fn with_holes(env: &TestEnv) -> Vec<(&'static str, f64, bool)> {
    let whole = video(env, "../whole.mkv", 4.5, &AAC);
    let gap = without(env, &whole, "gap.mkv", "gt(pts,1000)*lt(pts,3500)");
    remux(env, &gap, "gap.mp4", &[]);
    remux(env, &gap, "gap.ts", &[]);
    remux(env, &gap, "gap.flv", &[]);
    without(env, &whole, "small.mkv", "lt(mod(pts,1000),64)");
    let small = without(env, &whole, "../tiny.mkv", "lt(mod(pts,500),20)");
    remux(
        env,
        &small,
        "fragments.mp4",
        &["-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "500000"],
    );
    let long = video(env, "../long.mkv", 14.0, &AAC);
    without(env, &long, "long.mkv", "gt(pts,1000)*lt(pts,13000)");
    let lossless = video(env, "../lossless.mkv", 4.5, &["-c:a", "alac"]);
    let lossless = without(env, &lossless, "../gap.mkv", "gt(pts,1000)*lt(pts,3500)");
    remux(env, &lossless, "lossless.mp4", &[]);
    let short =
        [("gap.mkv", 4.0), ("gap.mp4", 4.0), ("gap.flv", 4.0), ("small.mkv", 4.0), ("fragments.mp4", 4.0)];
    let more = [("long.mkv", 13.5), ("lossless.mp4", 4.0)];
    let warned = short.into_iter().chain(more).map(|(name, at)| (name, at, true));
    warned.chain([("gap.ts", 4.0, false)]).collect()
}

#[test]
fn audio_after_a_gap_is_in_its_place_by_samples_alone() {
    let env = TestEnv::new();
    let videos = with_holes(&env);
    for (preset, off) in [("web-1080p", 0.1), ("archive-av1", 0.1), ("edit-prores", 0.05)] {
        for (name, job) in work_all(&env, preset) {
            let (_, right, warned) = videos.iter().find(|(n, ..)| *n == name).unwrap();
            let found = beep(&output(&job));
            assert!(
                (found - right).abs() < off,
                "{preset} {name}: beep at {found} s instead of {right}: {job}"
            );
            let warns = job["warnings"].to_string().contains("there is silence instead");
            assert!(preset != "web-1080p" || warns == *warned, "{job}");
        }
    }
    for (name, job) in work_all(&env, "remux-mp4") {
        let warns = job["warnings"].to_string().contains("missing in the original; some players play");
        assert!(is_copied(&env, &job) && warns, "{name}: {job}");
    }
}

/// Returns the FLV recording with its audio timestamps in bursts of three, as in live streams.
fn in_bursts(flv: &[u8]) -> Vec<u8> {
    let (mut made, mut at, mut n) = (flv.to_vec(), 13, 0_u32);
    let size = |at: usize| u32::from_be_bytes([0, flv[at + 1], flv[at + 2], flv[at + 3]]) as usize;
    while at + 11 <= flv.len() {
        if flv[at] == 8 && size(at) > 4 {
            let time = (n / 3 * 64 + n % 3).to_be_bytes();
            made[at + 4..at + 7].copy_from_slice(&time[1..]);
            n += 1;
        }
        at += size(at) + 15;
    }
    made
}

#[test]
fn audio_without_gaps_is_copied_without_a_warning() {
    let env = TestEnv::new();
    video(&env, "rounded.mkv", 3.0, &AAC);
    video(&env, "other-rate.mkv", 3.0, &["-c:a", "aac", "-ar", "44100"]);
    let live = video(&env, "live.flv", 3.0, &AAC);
    fs::write(&live, in_bursts(&fs::read(&live).unwrap())).unwrap();
    for (name, job) in work_all(&env, "web-1080p") {
        assert!(is_copied(&env, &job), "{name}: {job}");
    }
    video(&env, "surround.mkv", 3.0, &["-c:a", "ac3", "-ac", "6"]);
    video(&env, "old.mkv", 3.0, &["-c:a", "libmp3lame"]);
    video(&env, "unequal.mkv", 3.0, &["-c:a", "libvorbis"]);
    video(&env, "opus.mkv", 3.0, &["-c:a", "libopus"]);
    let jobs = work_all(&env, "remux-mp4");
    assert_eq!(jobs.len(), 7);
    for (name, job) in jobs {
        output(&job);
        assert!(!job["warnings"].to_string().contains("missing"), "{name}: {job}");
    }
}
