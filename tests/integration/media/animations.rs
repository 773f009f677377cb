//! Animations as sources: every frame keeps its duration, including the last one. Animations that cannot be read are
//! refused with a plain reason.

use crate::media::recorders::{at, made};
use crate::presets::guarantees::{QUICK, ffmpeg, work};
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{number, streams};
use std::fs;
use std::path::Path;
use std::process::Command;

const MOVING: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=10:d=1"];

/// Returns the GIF with the delay of each frame replaced by `delay(n)`, in hundredths of a second.
fn with_delays(gif: &[u8], delay: impl Fn(usize) -> u16) -> Vec<u8> {
    let mut made = gif.to_vec();
    let marks: Vec<usize> = (0..gif.len() - 6).filter(|at| gif[*at..].starts_with(b"\x21\xf9\x04")).collect();
    for (n, at) in marks.into_iter().enumerate() {
        made[at + 4..at + 6].copy_from_slice(&delay(n).to_le_bytes());
    }
    made
}

/// Start time of each frame, in hundredths of a second.
fn times(path: &Path) -> Vec<i64> {
    let args =
        ["-v", "error", "-select_streams", "V:0", "-of", "csv=p=0", "-show_entries", "packet=pts_time"];
    let listed = Command::new("ffprobe").args(args).arg(path).output().unwrap().stdout;
    let text = String::from_utf8(listed).unwrap();
    let time = |line: &str| Some((line.trim_end_matches(',').parse::<f64>().ok()? * 100.0).round() as i64);
    let mut all: Vec<i64> = text.lines().filter_map(time).collect();
    all.sort_unstable();
    all
}

/// Name, number of frames, seconds.
const ANIMATIONS: [(&str, u64, f64); 6] = [
    ("stands.gif", 10, 2.9),
    ("uneven.gif", 10, 4.16),
    ("undelayed.gif", 10, 1.0),
    ("single.gif", 1, 3.0),
    ("stands.png", 10, 2.9),
    ("uneven.apng", 10, 3.1),
];

fn make_all(env: &TestEnv) {
    let stands = at(env, "stands.gif");
    ffmpeg(&[&MOVING[..], &["-final_delay", "200", &stands]].concat());
    let gif = fs::read(stands).unwrap();
    let delays = [2, 2, 2, 100, 2, 2, 2, 2, 2, 300];
    fs::write(at(env, "uneven.gif"), with_delays(&gif, |n| delays[n])).unwrap();
    fs::write(at(env, "undelayed.gif"), with_delays(&gif, |n| (n % 2) as u16)).unwrap();
    ffmpeg(&[&MOVING[..], &["-frames:v", "1", "-final_delay", "300", &at(env, "single.gif")]].concat());
    let apng = ["-f", "apng", "-final_delay"];
    ffmpeg(&[&MOVING[..], &apng, &["2/1", &at(env, "stands.png")]].concat());
    let late = ["-vf", "setpts='(N+if(gt(N,4),7,0))/10/TB'"];
    ffmpeg(&[&MOVING[..], &late, &apng, &["3/2", &at(env, "uneven.apng")]].concat());
}

#[test]
fn every_frame_of_an_animation_keeps_its_duration() {
    let env = TestEnv::new();
    make_all(&env);
    for preset in ["web-1080p", "small-hevc", "archive-av1", "edit-prores", "remux-mp4"] {
        let quick = if matches!(preset, "edit-prores" | "remux-mp4") { &[][..] } else { &QUICK };
        let all = matches!(preset, "web-1080p" | "remux-mp4");
        let some = |(name, ..): &(&str, u64, f64)| all || matches!(*name, "uneven.gif" | "stands.png");
        for (name, frames, seconds) in ANIMATIONS.into_iter().filter(some) {
            let source = env.videos().join(name);
            let job = work(&env, &source, preset, quick);
            let found = made(&job);
            let shown = number(&streams(&found, "video")[0]["nb_read_packets"]);
            assert!((shown - frames as f64).abs() < 0.5, "{preset}: {job}");
            let long = number(&found["format"]["duration"]);
            assert!((long - seconds).abs() < 0.1, "{preset}: {long} s instead of {seconds}: {job}");
            let (want, got) = (times(&source), times(Path::new(job["output"].as_str().unwrap())));
            let near = |(a, b): (&i64, &i64)| (a - b).abs() <= 2;
            assert!(want.iter().zip(&got).all(near), "{preset} {name}: {got:?} instead of {want:?}");
        }
    }
}

fn failure(job: &Value) -> (&str, &str) {
    let text = |name: &str| job["failure"][name].as_str().unwrap();
    (text("code"), text("message"))
}

#[test]
fn unreadable_animations_and_still_pictures_are_refused_with_their_own_reasons() {
    let env = TestEnv::new();
    let path = |name: &str| env.videos().join(name);
    ffmpeg(&[&MOVING[..], &["-c:v", "libwebp_anim", "-loop", "0", &at(&env, "moves.webp")]].concat());
    ffmpeg(&[&MOVING[..], &["-frames:v", "1", "-c:v", "libwebp", &at(&env, "still.webp")]].concat());
    ffmpeg(&[&MOVING[..], &["-frames:v", "1", &at(&env, "still.png")]].concat());
    let moves = work(&env, &path("moves.webp"), "web-1080p", &[]);
    let expected = "moves.webp is an animated WebP, which this ffmpeg cannot read. Save it as GIF or as a video, and add that.";
    assert_eq!(failure(&moves), ("unsupported_codec", expected));
    for name in ["still.webp", "still.png"] {
        let expected = format!("{name} is not a video that can be read.");
        assert_eq!(failure(&work(&env, &path(name), "web-1080p", &[])), ("not_media", expected.as_str()));
    }
}
