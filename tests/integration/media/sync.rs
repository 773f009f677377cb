//! Video and audio stay in sync within milliseconds, wherever between two frames either begins.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::ffmpeg;
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::path::Path;
use std::process::Command;

/// Makes a video of this frame rate that turns white when a tone begins, after one second. The video stream begins
/// `late` seconds after the audio stream.
fn flash(env: &TestEnv, name: &str, rate: &str, late: &str, codecs: &[&str]) {
    let white = "drawbox=c=white:t=fill:enable='gte(t,0.999)'";
    let video = format!("color=black:s=64x64:r={rate}:d=2,{white},settb=1/90000");
    let tone = format!("aevalsrc='0.5*sin(2*PI*1000*t)*gte(t,1+{late})':s=48000:d=2");
    let inputs = ["-itsoffset", late, "-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &tone];
    let encoder = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-enc_time_base",
        "1:90000",
        "-fps_mode",
        "vfr",
    ];
    ffmpeg(&[&inputs[..], &encoder, codecs, &[&at(env, name)]].concat());
}

fn bytes(program: &str, args: &[&str]) -> Vec<u8> {
    Command::new(program).args(args).output().unwrap().stdout
}

fn frame_times(file: &str) -> Vec<f64> {
    let args = ["-v", "error", "-select_streams", "V:0", "-show_entries", "frame=best_effort_timestamp_time"];
    let listed = bytes("ffprobe", &[&args[..], &["-of", "csv=p=0", file]].concat());
    let first = |line: &str| line.split(',').next()?.parse().ok();
    String::from_utf8(listed).unwrap().lines().filter_map(first).collect()
}

/// Seconds from the first white frame to the tone; negative if the tone begins first.
fn offset(file: &Path) -> f64 {
    let file = file.to_str().unwrap();
    let decode = ["-v", "error", "-copyts", "-i", file, "-fps_mode", "passthrough"];
    let gray = ["-map", "0:V:0", "-vf", "scale=1:1,format=gray", "-f", "rawvideo", "-"];
    let white = bytes("ffmpeg", &[&decode[..], &gray].concat()).iter().position(|luma| *luma > 128).unwrap();
    // The decoding ffmpeg places the samples by timestamp, because versions differ in what they skip at the beginning.
    let placed = "aresample=async=1:first_pts=0";
    let audio = ["-map", "0:a:0", "-af", placed, "-ac", "1", "-ar", "48000", "-f", "f32le", "-"];
    let samples = bytes("ffmpeg", &[&decode[..], &audio].concat());
    let mut samples = samples.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    let loud = samples.position(|sample| sample.abs() > 0.25).unwrap();
    loud as f64 / 48_000.0 - frame_times(file)[white]
}

#[test]
fn video_and_audio_stay_in_sync_wherever_they_begin() {
    let env = TestEnv::new();
    flash(&env, "even.mp4", "25", "0", &["-c:a", "aac"]);
    flash(&env, "between.mkv", "25", "0.021", &["-c:a", "ac3"]);
    flash(&env, "film.mov", "24000/1001", "0.0171", &["-c:a", "pcm_s16le"]);
    flash(&env, "tape.mkv", "30000/1001", "0.011", &["-c:a", "flac"]);
    flash(&env, "broadcast.ts", "25", "0.52", &["-c:a", "mp2"]);
    for preset in ["archive-av1", "edit-prores", "remux-mp4", "fit-size"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            let (source, result) = (job["source"].as_str().unwrap(), job["output"].as_str().unwrap());
            let (had, has) = (offset(Path::new(source)), offset(Path::new(result)));
            assert!((has - had).abs() < 0.005, "{preset} {name}: {had:.4} s became {has:.4} s");
            let rate = &streams(&made, "video")[0]["avg_frame_rate"];
            let exact = if name.starts_with("film") { "24000/1001" } else { "25/1" };
            let exact = if name.starts_with("tape") { "30000/1001" } else { exact };
            assert!(matches!(preset, "remux-mp4" | "fit-size") || rate == exact, "{preset} {name}: {rate}");
        }
    }
}
