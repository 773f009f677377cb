//! Unusual inputs that users have: captures that start between keyframes, audio without a channel layout, HDR video
//! without complete colour tags. The result is correct, or a warning reports what it lacks.

use crate::presets::guarantees::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, number, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Creates a source video with these arguments of ffmpeg.
fn make(env: &TestEnv, name: &str, args: &[&str]) -> PathBuf {
    let video = env.videos().join(name);
    ffmpeg(&[args, &[video.to_str().unwrap()]].concat());
    video
}

fn remarks(job: &Value) -> String {
    output(job);
    job["warnings"].to_string()
}

/// Recordings of digital television start at an arbitrary frame.
#[test]
fn a_capture_that_starts_between_keyframes_is_copied_from_the_first_keyframe() {
    let env = TestEnv::new();
    let apart = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "75", "-keyint_min", "75", "-bf", "0"];
    let whole = fs::read(clips::clip("apart.ts", 8.0, true, &apart)).unwrap();
    let video = env.videos().join("capture.ts");
    fs::write(&video, &whole[whole.len() / 188 / 6 * 188..]).unwrap();
    let job = work(&env, &video, "remux-mp4", &[]);
    assert!(!remarks(&job).contains("converted"), "{job}");
    // The first 75 of 200 frames depend on a missing keyframe.
    assert_eq!(streams(&facts(&output(&job)), "video")[0]["nb_frames"], "125", "{job}");
}

/// Returns the mean volume of one channel in decibels.
fn loudness(path: &Path, channel: usize) -> f64 {
    let pan = format!("pan=mono|c0=c{channel},volumedetect");
    let args = [
        "-v",
        "info",
        "-nostdin",
        "-i",
        path.to_str().unwrap(),
        "-map",
        "0:a:0",
        "-af",
        &pan,
        "-f",
        "null",
        "-",
    ];
    let log =
        String::from_utf8_lossy(&Command::new("ffmpeg").args(args).output().unwrap().stderr).into_owned();
    let mean = log.split("mean_volume: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    mean.parse().unwrap()
}

#[test]
fn each_channel_of_audio_without_a_layout_keeps_its_loudness() {
    let env = TestEnv::new();
    let tones = "aevalsrc=0.3*sin(2*PI*400*t)|0.3*sin(2*PI*800*t)|0.3*sin(2*PI*1200*t)";
    for channels in [3, 4] {
        let tones =
            [tones, if channels == 4 { "|0.3*sin(2*PI*1600*t)" } else { "" }, ":s=48000:d=1"].concat();
        let input = ["-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-f", "lavfi", "-i", &tones];
        let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le"];
        let video = make(&env, &format!("{channels}.mkv"), &[&input[..], &codecs].concat());
        for preset in ["archive-av1", "small-hevc"] {
            let result = output(&work(&env, &video, preset, &QUICK));
            for channel in 0..channels {
                let level = loudness(&result, channel);
                assert!((level + 13.5).abs() < 1.5, "{preset}: channel {channel} of {channels}: {level} dB");
            }
        }
    }
}

#[test]
fn hdr_without_complete_colour_tags_is_mapped() {
    let env = TestEnv::new();
    for (name, primaries, transfer, matrix) in
        [("pq", "unknown", "smpte2084", "unknown"), ("hlg", "bt2020", "arib-std-b67", "bt2020c")]
    {
        let tags = format!(
            "format=yuv420p10le,setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"
        );
        let input = ["-f", "lavfi", "-i", "smptehdbars=s=320x240:r=25:d=0.4", "-vf", &tags, "-c:v", "ffv1"];
        let video = make(&env, &format!("{name}.mkv"), &input);
        let result = facts(&output(&work(&env, &video, "web-1080p", &QUICK)));
        assert_eq!(streams(&result, "video")[0]["color_transfer"], "bt709", "{name}");
    }
}

#[test]
fn lost_transparency_of_webm_is_warned_about() {
    let env = TestEnv::new();
    let input = ["-f", "lavfi", "-i", "color=red@0.5:s=160x120:r=25:d=0.4,format=yuva420p"];
    let video = make(&env, "a.webm", &[&input[..], &["-c:v", "libvpx-vp9", "-cpu-used", "8"]].concat());
    let job = work(&env, &video, "web-1080p", &QUICK);
    assert!(remarks(&job).contains("transparency is lost"), "{job}");
}

/// All audio packets have the same timestamp; newer versions of ffmpeg correct them.
#[test]
fn audio_lost_to_damaged_timestamps_is_warned_about() {
    let env = TestEnv::new();
    let input = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=30:d=2", "-f", "lavfi", "-i", "sine=d=2"];
    let codecs = ["-c:v", "rv20", "-c:a", "real_144", "-ar", "8000", "-ac", "1"];
    let video = make(&env, "a.rm", &[&input[..], &codecs].concat());
    let job = work(&env, &video, "small-hevc", &QUICK);
    let warns = remarks(&job).contains("The timestamps of the sound are damaged: 0:02 of it became 0:00.");
    let is_complete = number(&streams(&facts(&output(&job)), "audio")[0]["duration"]) > 1.8;
    assert!(warns != is_complete, "{job}");
}
