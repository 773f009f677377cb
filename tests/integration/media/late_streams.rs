//! Recordings whose video, audio or subtitles begin long after the file, or between two keyframes: each stream is found
//! and keeps its position.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::ffmpeg;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::fs;
use std::process::Command;

/// Returns a packet of DVD subtitles, shown at `seconds`, with an empty picture.
fn dvd_subtitle(seconds: f64) -> Vec<u8> {
    let pts = (seconds * 90_000.0) as u64;
    let time = [
        0x21 | (pts >> 29 & 0x0e) as u8,
        (pts >> 22) as u8,
        (pts >> 14 & 0xfe) as u8 | 1,
        (pts >> 7) as u8,
        (pts << 1 & 0xfe) as u8 | 1,
    ];
    let mut picture = [0; 32];
    (picture[1], picture[3]) = (32, 28);
    [&[0, 0, 1, 0xbd, 0, 41, 0x81, 0x80, 5][..], &time, &[0x20], &picture].concat()
}

/// Makes recordings that begin with one stream; the other begins at nine seconds. In VOB files a subtitle is late too.
fn late(env: &TestEnv) {
    let (video, audio) = ("testsrc2=s=160x120:r=25", "sine=r=48000");
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-muxdelay", "0"];
    let mpeg2 = ["-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob"];
    for (name, codecs, late_video) in [
        ("sound.ts", &h264[..], false),
        ("sound.flv", &h264, false),
        ("sound.vob", &mpeg2, false),
        ("picture.ts", &h264, true),
    ] {
        let (shown, audible) = if late_video { (2, 11) } else { (11, 2) };
        let (video, audio) = (format!("{video}:d={shown}"), format!("{audio}:d={audible}"));
        let shift = if late_video {
            "[0]setpts=PTS+9/TB[v];[1]anull[a]"
        } else {
            "[0]null[v];[1]asetpts=PTS+9/TB[a]"
        };
        let inputs = ["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio, "-filter_complex", shift];
        let maps = ["-map", "[v]", "-map", "[a]"];
        ffmpeg(&[&inputs[..], &maps, codecs, &[&at(env, name)]].concat());
    }
    let both =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=11", "-f", "lavfi", "-i", "sine=r=48000:d=11"];
    // A bit rate at which the subtitle lies beyond what ffmpeg probes by default.
    let rate = ["-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-bufsize", "1M"];
    ffmpeg(&[&both[..], &mpeg2, &rate, &[&at(env, "lines.vob")]].concat());
    for name in ["sound.vob", "lines.vob"] {
        let mut file = fs::read(at(env, name)).unwrap();
        let packs: Vec<usize> = (0..file.len() - 4).filter(|n| file[*n..*n + 4] == [0, 0, 1, 0xba]).collect();
        let position = packs[packs.len() * 9 / 10];
        file.splice(position..position, dvd_subtitle(9.9));
        fs::write(at(env, name), file).unwrap();
    }
}

/// Returns the start and duration of the video and of the audio of a result, in seconds, by their packets. Skips a
/// stream that it does not have.
fn spans(job: &Value) -> Vec<(f64, f64)> {
    let times = |kind: &str| {
        let args =
            ["-v", "quiet", "-select_streams", kind, "-show_entries", "packet=pts_time", "-of", "csv=p=0"];
        let output = Command::new("ffprobe").args(args).arg(job["output"].as_str().unwrap()).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let times: Vec<f64> = text.split([',', '\n']).filter_map(|time| time.parse().ok()).collect();
        let (first, last) = times.iter().fold((f64::MAX, f64::MIN), |(a, b), t| (a.min(*t), b.max(*t)));
        (!times.is_empty()).then_some((first, last - first))
    };
    ["v", "a"].into_iter().filter_map(times).collect()
}

#[test]
fn streams_that_begin_late_are_found_and_keep_their_position() {
    let env = TestEnv::new();
    late(&env);
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores", "audio-m4a"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            assert!(!job["warnings"].to_string().contains("decode"), "{preset} {name}: {job}");
            let spans = spans(&job);
            let near = |a: f64, b: f64| (a - b).abs() < 0.2;
            let (apart, shown, audible) = match name.as_str() {
                "picture.ts" => (-9.0, 2.0, 11.0),
                "lines.vob" => (0.0, 11.0, 11.0),
                _ => (9.0, 11.0, 2.0),
            };
            if preset == "audio-m4a" {
                assert!(spans.len() == 1 && near(spans[0].1, audible), "{preset} {name}: {spans:?}");
                continue;
            }
            let [video, audio] = spans[..] else { panic!("{preset} {name}: {made}") };
            let right = near(audio.0 - video.0, apart) && near(video.1, shown) && near(audio.1, audible);
            assert!(right, "{preset} {name}: {spans:?}");
            let dvd = name.ends_with("vob");
            if preset == "archive-av1" {
                assert_eq!(streams(&made, "subtitle").len(), usize::from(dvd), "{name}: {made}");
            } else {
                let reported = job["warnings"].to_string().contains("subtitles made of pictures");
                assert_eq!(reported, dvd, "{preset} {name}: {job}");
            }
        }
    }
}

/// A capture with a keyframe every ten seconds that begins about a second after one.
#[test]
fn a_capture_that_begins_long_before_its_first_keyframe_is_shown_from_there() {
    let env = TestEnv::new();
    let whole = at(&env, "../whole.ts");
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=14", "-f", "lavfi", "-i", "sine=d=14:r=48000"];
    let codecs = [
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "250",
        "-sc_threshold",
        "0",
        "-bf",
        "0",
        "-c:a",
        "aac",
    ];
    ffmpeg(&[&source[..], &codecs, &["-x264-params", "repeat-headers=1", &whole]].concat());
    let bytes = fs::read(&whole).unwrap();
    let cut = bytes.len() / 188 / 14 * 188;
    fs::write(at(&env, "capture.ts"), [&bytes[..3 * 188], &bytes[cut..]].concat()).unwrap();
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            assert_eq!(streams(&made, "video")[0]["nb_read_packets"], "100", "{preset} {name}: {made}");
            let [(video, shown), (audio, audible)] = spans(&job)[..] else { panic!("{preset}: {made}") };
            let apart = video + shown - audio - audible;
            assert!((shown - 4.0).abs() < 0.2 && apart.abs() < 0.3 && audible > 12.0, "{preset}: {made}");
        }
    }
}
