//! Recordings whose format changes midway: frame size, pixel aspect ratio, audio channels, sample rate, and frames that
//! come in bursts. Each part keeps its shape, channels and times, and the change is reported.

use crate::presets::guarantees::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn remarks(job: &Value) -> String {
    output(job);
    job["warnings"].to_string()
}

/// Makes two seconds of a white square on gray that is displayed 80 pixels wide and high. `aspect` is that of a pixel.
fn square(env: &TestEnv, name: &str, (width, height): (u32, u32), aspect: &str, more: &[&str]) -> PathBuf {
    let (a, b) = aspect.split_once('/').unwrap();
    let wide = 80.0 / (a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap());
    let source = format!(
        "color=gray:s={width}x{height}:r=25:d=2,drawbox=x=(iw-{wide})/2:y=(ih-80)/2:w={wide}:h=80:color=white:t=fill,setsar={aspect}"
    );
    let part = env.out().join(name);
    fs::create_dir_all(env.out()).unwrap();
    ffmpeg(&[&["-f", "lavfi", "-i", &source], more, &[part.to_str().unwrap()]].concat());
    part
}

/// Concatenates recordings without encoding them.
fn joined(env: &TestEnv, name: &str, parts: &[&PathBuf]) -> PathBuf {
    let (list, video) = (env.out().join("list"), env.videos().join(name));
    let lines: Vec<String> = parts.iter().map(|part| format!("file '{}'\n", part.display())).collect();
    fs::write(&list, lines.concat()).unwrap();
    let input = ["-f", "concat", "-safe", "0", "-i", list.to_str().unwrap(), "-c", "copy"];
    ffmpeg(&[&input[..], &[video.to_str().unwrap()]].concat());
    video
}

/// Width and height of the white area at this second, and the size of the frame.
fn white(path: &Path, at: &str) -> ((usize, usize), (usize, usize)) {
    let stream = streams(&facts(path), "video").remove(0);
    let side = |name: &str| stream[name].as_u64().unwrap() as usize;
    let (width, height) = (side("width"), side("height"));
    let args = ["-v", "error", "-nostdin", "-ss", at, "-i", path.to_str().unwrap(), "-frames:v", "1"];
    let raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"];
    let luma = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    let is_white = |x: usize, y: usize| luma[y * width + x] > 200;
    let wide = (0..width).filter(|x| (0..height).any(|y| is_white(*x, y))).count();
    let high = (0..height).filter(|y| (0..width).any(|x| is_white(x, *y))).count();
    ((wide, high), (width, height))
}

fn near(a: usize, b: usize) -> bool {
    a.abs_diff(b) <= 4
}

const VP8: [&str; 6] = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "400k"];

#[test]
fn a_video_that_changes_its_size_keeps_its_shape_in_a_frame_that_fits_every_part() {
    let env = TestEnv::new();
    let wide = square(&env, "a.webm", (320, 180), "1/1", &VP8);
    let high = square(&env, "b.webm", (180, 320), "1/1", &VP8);
    let large = square(&env, "c.webm", (640, 360), "1/1", &VP8);
    let turned = joined(&env, "turned.webm", &[&wide, &high, &wide]);
    let grows = joined(&env, "grows.webm", &[&wide, &large]);
    let shrinks = joined(&env, "shrinks.webm", &[&large, &wide]);
    for preset in ["web-1080p", "small-hevc"] {
        let job = work(&env, &turned, preset, &QUICK);
        for at in ["1", "3", "5"] {
            assert_eq!(white(&output(&job), at), ((80, 80), (320, 320)), "{preset} at {at}: {job}");
        }
        let expected = "320x180, then 180x320 at 0:02, 320x180 at 0:04. Each part keeps its shape.";
        assert!(remarks(&job).contains(expected) && remarks(&job).contains("a second time"), "{job}");
    }
    let job = work(&env, &grows, "web-1080p", &QUICK);
    assert_eq!(white(&output(&job), "3"), ((80, 80), (640, 360)), "{job}");
    let ((width, height), _) = white(&output(&job), "1");
    assert!(near(width, 160) && near(height, 160), "{width}x{height}: {job}");
    let job = work(&env, &shrinks, "web-1080p", &QUICK);
    assert!(remarks(&job).contains("320x180 at 0:02") && !remarks(&job).contains("a second time"), "{job}");
    let job = work(&env, &large, "web-1080p", &QUICK);
    assert!(!remarks(&job).contains("changes") && !remarks(&job).contains("second time"), "{job}");
}

/// Between an advertisement and the programme, television may change only the pixel aspect ratio. Since version 7.0,
/// ffmpeg gives all frames the aspect ratio of the header.
#[test]
fn changes_of_the_pixel_aspect_ratio_are_applied() {
    let env = TestEnv::new();
    let codec = ["-c:v", "mpeg2video", "-b:v", "2M", "-bf", "0"];
    let narrow = square(&env, "narrow.ts", (720, 576), "16/15", &codec);
    let wide =
        square(&env, "wide.ts", (720, 576), "64/45", &[&codec[..], &["-output_ts_offset", "2"]].concat());
    let video = env.videos().join("both.ts");
    fs::write(&video, [fs::read(narrow).unwrap(), fs::read(wide).unwrap()].concat()).unwrap();
    let job = work(&env, &video, "web-1080p", &QUICK);
    if !remarks(&job).contains("changes its size") {
        let version = Command::new("ffmpeg").arg("-version").output().unwrap().stdout;
        assert!(!String::from_utf8_lossy(&version).starts_with("ffmpeg version 5."), "{job}");
        eprintln!("SKIPPED: this ffmpeg does not report the pixel aspect ratio of each frame");
        return;
    }
    for at in ["1", "3"] {
        let ((width, height), frame) = white(&output(&job), at);
        assert!(near(width, 80) && near(height, 80) && frame == (1024, 576), "{at}: {width}x{height} {job}");
    }
}

/// Makes three seconds of video with this audio.
fn with_audio(env: &TestEnv, name: &str, tones: &str, more: &[&str]) -> Vec<u8> {
    let part = env.out().join(name);
    fs::create_dir_all(env.out()).unwrap();
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=3", "-f", "lavfi", "-i", tones];
    let codecs = ["-c:v", "mpeg2video"];
    ffmpeg(&[&inputs[..], &codecs, more, &[part.to_str().unwrap()]].concat());
    fs::read(part).unwrap()
}

const STEREO: &str = "aevalsrc=0.2*sin(2*PI*300*t)|0.2*sin(2*PI*600*t):c=stereo:d=3:s=48000";
const SURROUND: &str = "aevalsrc=0.2*sin(2*PI*300*t)|0.2*sin(2*PI*600*t)|0.2*sin(2*PI*900*t)|0.2*sin(2*PI*60*t)|0.2*sin(2*PI*1500*t)|0.2*sin(2*PI*1800*t):c=5.1:d=3:s=48000";

/// Mean volume of a channel over 1.5 s from `from` on, in decibels.
fn mean_volume(path: &Path, channel: usize, from: &str) -> f64 {
    let pan = format!("pan=mono|c0=c{channel},volumedetect");
    let args =
        ["-v", "info", "-nostdin", "-ss", from, "-t", "1.5", "-i", path.to_str().unwrap(), "-af", &pan];
    let log = Command::new("ffmpeg").args(args).args(["-vn", "-f", "null", "-"]).output().unwrap().stderr;
    let log = String::from_utf8_lossy(&log).into_owned();
    let mean = log.split("mean_volume: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    mean.parse().unwrap()
}

#[test]
fn audio_that_gains_or_loses_channels_has_all_of_them_throughout() {
    let env = TestEnv::new();
    let ac3 = ["-c:a", "ac3", "-b:a", "384k"];
    let later = [&ac3[..], &["-output_ts_offset", "3"]].concat();
    let (stereo, surround) =
        (with_audio(&env, "a.ts", STEREO, &ac3), with_audio(&env, "b.ts", SURROUND, &later));
    let (first, last) = (with_audio(&env, "c.ts", SURROUND, &ac3), with_audio(&env, "d.ts", STEREO, &later));
    for (name, parts, wide) in
        [("widens.ts", [stereo, surround], "3.7"), ("narrows.ts", [first, last], "0.5")]
    {
        let video = env.videos().join(name);
        fs::write(&video, parts.concat()).unwrap();
        for preset in ["web-1080p", "archive-av1", "edit-prores", "audio-m4a"] {
            let quick = if preset == "edit-prores" { &[][..] } else { &QUICK[..] };
            let quick = if preset == "audio-m4a" { &[][..] } else { quick };
            let job = work(&env, &video, preset, quick);
            let result = output(&job);
            assert_eq!(streams(&facts(&result), "audio")[0]["channels"], 6, "{name} {preset}: {job}");
            for channel in 0..6 {
                let loud = mean_volume(&result, channel, wide);
                assert!((-24.0..=-10.0).contains(&loud), "{name} {preset} {channel}: {loud} dB");
            }
            assert!(remarks(&job).contains("Track 1 changes between"), "{job}");
        }
    }
}

#[test]
fn audio_whose_sample_rate_changes_keeps_its_length_and_is_reported() {
    let env = TestEnv::new();
    let rates = |first: &str, second: &str| {
        let part = |rate: &str, at: &str| {
            let tone = format!("sine=f=500:d=3:r={rate}");
            with_audio(&env, "part.ts", &tone, &["-c:a", "aac", "-output_ts_offset", at])
        };
        [part(first, "0"), part(second, "3")].concat()
    };
    for (name, bytes) in [("down.ts", rates("48000", "44100")), ("up.ts", rates("32000", "48000"))] {
        let video = env.videos().join(name);
        fs::write(&video, bytes).unwrap();
        for preset in ["archive-av1", "edit-prores"] {
            let job = work(&env, &video, preset, if preset == "archive-av1" { &QUICK } else { &[] });
            let found = facts(&output(&job));
            let seconds: f64 = found["format"]["duration"].as_str().unwrap().parse().unwrap();
            assert!((seconds - 6.0).abs() < 0.2, "{name} {preset}: {seconds} s");
            assert!(remarks(&job).contains("Hz; in the result it is the same"), "{job}");
            assert!(!remarks(&job).contains("damaged"), "{job}");
        }
    }
}

/// Presentation time of each frame, in milliseconds.
fn times(path: &Path) -> Vec<i64> {
    let args =
        ["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"];
    let listed = Command::new("ffprobe").args(args).arg(path).output().unwrap().stdout;
    let text = String::from_utf8(listed).unwrap();
    let millis = |line: &str| {
        line.trim().trim_end_matches(',').parse::<f64>().ok().map(|s| (s * 1000.0).round() as i64)
    };
    let mut all: Vec<i64> = text.lines().filter_map(millis).collect();
    all.sort_unstable();
    all
}

/// Cameras under load stall briefly and then write several frames at once; the Matroska header states a constant rate
/// nevertheless.
#[test]
fn every_frame_of_a_burst_is_kept_with_its_time() {
    let env = TestEnv::new();
    let video = env.videos().join("burst.mkv");
    let late = "if(lt(N,60),0,if(eq(mod(N,6),3),2,if(eq(mod(N,6),4),1.2,if(eq(mod(N,6),5),0.4,0))))";
    let source = format!("testsrc2=s=160x96:r=30:d=6,settb=1/90000,setpts='(N+{late})/30/TB'");
    let codec = ["-c:v", "libx264", "-bf", "0", "-preset", "ultrafast", "-fps_mode", "passthrough"];
    let clock = ["-enc_time_base", "1/90000", video.to_str().unwrap()];
    ffmpeg(&[&["-f", "lavfi", "-i", &source], &codec[..], &clock].concat());
    let original = times(&video);
    assert_eq!(original.len(), 180);
    for preset in ["web-720p", "archive-av1", "edit-prores"] {
        let more = if preset == "edit-prores" { &[][..] } else { &QUICK[..] };
        let again = ["--set", "video.copy=never"];
        let more = if preset == "web-720p" { &[&QUICK[..], &again].concat()[..] } else { more };
        let job = work(&env, &video, preset, more);
        let result = times(&output(&job));
        let near = |(a, b): (&i64, &i64)| (a - b).abs() <= 2;
        assert!(result.len() == 180 && result.iter().zip(&original).all(near), "{preset}: {result:?} {job}");
        assert!(!remarks(&job).contains("same time"), "{job}");
    }
}

/// A timebase of 1/1000 rounds the frame durations of 24000/1001 to 41 and 42 ms, which would be visible in a cinema.
#[test]
fn constant_frame_rates_of_television_stay_exact() {
    let env = TestEnv::new();
    for rate in ["24000/1001", "30000/1001"] {
        let video = env.videos().join(format!("{}.mkv", &rate[..5]));
        let source = format!("testsrc2=s=160x96:r={rate}:d=4");
        let codec = ["-c:v", "libx264", "-preset", "ultrafast", video.to_str().unwrap()];
        ffmpeg(&[&["-f", "lavfi", "-i", &source], &codec[..]].concat());
        for preset in ["edit-prores", "small-hevc"] {
            let more = if preset == "small-hevc" { &QUICK[..] } else { &[] };
            let found = facts(&output(&work(&env, &video, preset, more)));
            let stream = streams(&found, "video").remove(0);
            assert_eq!(
                (&stream["r_frame_rate"], &stream["avg_frame_rate"]),
                (&rate.into(), &rate.into()),
                "{preset}"
            );
        }
    }
}
