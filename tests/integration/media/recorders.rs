//! Files of recorders, download programs and discs whose streams differ from what the header announces: empty streams,
//! a still picture beside the video, chapters and subtitles beyond its end. The result holds what the video shows, and
//! what it lacks is reported.

use crate::presets::guarantees::{QUICK, ffmpeg};
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, number, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs all videos of the environment with this preset and returns the jobs with the names of their sources.
pub(crate) fn work_all(env: &TestEnv, preset: &str) -> Vec<(String, Value)> {
    let out = env.out().join(preset);
    let add = ["add", "--preset", preset, "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
    let quick = matches!(preset, "web-1080p" | "small-hevc" | "archive-av1" | "fit-size");
    let added = env.spool(&[&add[..], if quick { &QUICK } else { &[] }].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    let name = |job: &Value| Path::new(job["source"].as_str().unwrap()).file_name().unwrap().to_owned();
    let under = |job: &Value| job["preset"] == preset;
    let jobs = env.jobs().into_iter().filter(under);
    jobs.map(|job| (name(&job).into_string().unwrap(), job)).collect()
}

pub(crate) fn at(env: &TestEnv, name: &str) -> String {
    env.videos().join(name).to_str().unwrap().to_owned()
}

pub(crate) fn made(job: &Value) -> Value {
    assert_eq!(job["state"], "done", "{job}");
    facts(&PathBuf::from(job["output"].as_str().unwrap()))
}

/// Zeroes the number of samples in each table of the first track of this kind, as a camera leaves it in an MP4.
fn empty_track(bytes: &mut [u8], handler: &[u8]) {
    let find = |bytes: &[u8], from: usize, name: &[u8]| {
        from + bytes[from..].windows(4).position(|w| w == name).unwrap()
    };
    let track = find(bytes, 0, handler);
    for (table, count) in [(b"stts", 8), (b"stsc", 8), (b"stsz", 12), (b"stco", 8)] {
        let at = find(bytes, track, table) + count;
        bytes[at..at + 4].fill(0);
    }
}

/// Makes files of cameras whose microphone is off, in every container that they write.
fn without_audio_samples(env: &TestEnv) {
    let (full, web) = (at(env, "../full.mp4"), at(env, "../full.webm"));
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"];
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0", "-c:a", "aac"];
    ffmpeg(&[&source[..], &h264, &[&full]].concat());
    let vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];
    ffmpeg(&[&source[..], &vp8, &[&web]].concat());
    let fragments = ["-movflags", "+empty_moov+frag_keyframe"];
    for (from, name, more) in [
        (&full, "a.mkv", &[][..]),
        (&full, "b.avi", &[]),
        (&full, "c.flv", &[]),
        (&full, "d.ts", &[]),
        (&full, "e.mp4", &fragments),
        (&web, "f.webm", &[]),
    ] {
        let dropped = ["-i", from, "-map", "0", "-c", "copy", "-bsf:a", "noise=drop=1"];
        ffmpeg(&[&dropped[..], more, &[&at(env, name)]].concat());
    }
    for name in ["g.mp4", "h.mov"] {
        ffmpeg(&["-i", &full, "-c", "copy", &at(env, name)]);
        let mut bytes = fs::read(at(env, name)).unwrap();
        empty_track(&mut bytes, b"soun");
        fs::write(at(env, name), bytes).unwrap();
    }
}

#[test]
fn audio_that_is_announced_but_empty_is_left_out_and_reported() {
    let env = TestEnv::new();
    without_audio_samples(&env);
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores"] {
        let jobs = work_all(&env, preset);
        assert_eq!(jobs.len(), 8);
        for (name, job) in jobs {
            let made = made(&job);
            let warnings = job["warnings"].to_string();
            assert!(warnings.contains("Track 1 was left out: it is empty."), "{preset} {name}: {job}");
            assert_eq!(streams(&made, "audio").len(), 0, "{preset} {name}: {made}");
            assert_eq!(streams(&made, "video")[0]["nb_read_packets"], "50", "{preset} {name}: {made}");
        }
    }
    for (name, job) in work_all(&env, "audio-m4a") {
        assert_eq!(job["failure"]["code"], "no_audio", "{name}: {job}");
    }
}

#[test]
fn an_empty_track_affects_neither_the_other_tracks_nor_the_subtitles() {
    let env = TestEnv::new();
    let (full, lines) = (at(&env, "../full.mkv"), at(&env, "../lines.srt"));
    fs::write(&lines, "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"];
    let maps = ["-i", &lines, "-map", "0", "-map", "1", "-map", "1", "-map", "2", "-map", "2"];
    let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    ffmpeg(&[&source[..], &maps, &codecs, &[&full]].concat());
    let copy = ["-i", &full, "-map", "0", "-c", "copy"];
    ffmpeg(&[&copy[..], &["-bsf:a:0", "noise=drop=1", &at(&env, "sound.mkv")]].concat());
    ffmpeg(&[&copy[..], &["-bsf:s:1", "noise=drop=1", &at(&env, "lines.mkv")]].concat());
    // If all subtitles are dropped, an MP4 keeps a track with one empty sample.
    let (from, to) = (at(&env, "lines.mkv"), at(&env, "lines.mp4"));
    ffmpeg(&["-i", &from, "-map", "0", "-c", "copy", "-c:s", "mov_text", &to]);
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores", "audio-m4a"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            let audible: Vec<Value> =
                streams(&made, "audio").iter().map(|s| s["nb_read_packets"].clone()).collect();
            assert!(!audible.is_empty() && audible.iter().all(Value::is_string), "{preset} {name}: {made}");
            let empty = if name == "sound.mkv" { "Track 1 " } else { "Track 4 " };
            let reported = job["warnings"].as_array().unwrap().iter().filter_map(Value::as_str);
            let reported = reported.filter(|w| w.starts_with(empty) && w.contains("is empty")).count();
            let kept = preset != "audio-m4a" || name == "sound.mkv";
            assert_eq!(reported, usize::from(kept), "{preset} {name}: {job}");
        }
    }
}

/// Makes a file with a still picture of one frame as the first video stream and two seconds of video as the second.
fn video_after_still(env: &TestEnv, name: &str, still: &str, video: &str, flags: &[&str]) {
    let inputs = ["color=red:s=200x300:r=25:d=0.04", "testsrc2=s=160x120:r=25:d=2", "sine=d=2:r=48000"];
    let inputs: Vec<&str> = inputs.iter().flat_map(|source| ["-f", "lavfi", "-i", source]).collect();
    let maps = ["-map", "0", "-map", "1", "-map", "2", "-c:v:0", still, "-c:v:1", video, "-c:a", "aac"];
    let pixels = if still == "png" { "rgb24" } else { "yuvj420p" };
    let pixels = ["-pix_fmt:v:0", pixels, "-pix_fmt:v:1", "yuv420p", "-preset:v", "ultrafast"];
    ffmpeg(&[&inputs[..], &maps, &pixels, flags, &[&at(env, name)]].concat());
}

#[test]
fn the_moving_stream_is_the_video_and_the_still_before_it_becomes_a_cover() {
    let env = TestEnv::new();
    let (both, none) =
        (["-disposition:v", "default"], ["-disposition:v", "0", "-default_mode", "infer_no_subs"]);
    let live = ["-disposition:v:0", "default", "-disposition:v:1", "0", "-live", "1"];
    for (name, still, video, flags) in [
        ("a.mkv", "mjpeg", "libx264", &both[..]),
        ("b.mkv", "mjpeg", "libx264", &none),
        ("c.mkv", "png", "libx264", &live),
        ("d.mkv", "libx264", "libx264", &live),
        ("e.mp4", "mjpeg", "libx264", &both),
        ("f.mov", "mjpeg", "libx264", &both),
        ("g.mp4", "libx264", "libx264", &["-movflags", "+empty_moov+frag_keyframe"]),
        ("h.avi", "mjpeg", "mpeg4", &both),
        ("i.mp4", "mjpeg", "libx264", &["-disposition:v:0", "attached_pic"]),
    ] {
        video_after_still(&env, name, still, video, flags);
    }
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            let (covers, videos): (Vec<Value>, Vec<Value>) =
                streams(&made, "video").into_iter().partition(|s| s["disposition"]["attached_pic"] == 1);
            assert_eq!(videos.len(), 1, "{preset} {name}: {made}");
            let video = (&videos[0]["nb_read_packets"], &videos[0]["width"]);
            assert_eq!(video, (&"50".into(), &160.into()), "{preset} {name}: {made}");
            let picture = !matches!(name.as_str(), "d.mkv" | "g.mp4");
            let kept = picture && preset != "edit-prores";
            assert_eq!(covers.len(), usize::from(kept), "{preset} {name}: {made}");
            let still = if name == "i.mp4" { "Track 2 was left out" } else { "Track 0 was left out" };
            assert_eq!(job["warnings"].to_string().contains(still), !kept, "{preset} {name}: {job}");
        }
    }
}

/// Neither of the two streams is a still picture.
#[test]
fn of_two_video_streams_the_default_one_is_kept_or_else_the_first() {
    let env = TestEnv::new();
    let two = ["testsrc2=s=160x120:r=25:d=2", "testsrc2=s=80x60:r=30:d=2"];
    let two: Vec<&str> = two.iter().flat_map(|source| ["-f", "lavfi", "-i", source]).collect();
    let maps = ["-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-disposition:v", "0"];
    let (first, second) = (["-default_mode", "infer_no_subs"], ["-disposition:v:1", "default"]);
    for (name, flags, more) in [
        ("first.mkv", first, ["-live", "1"]),
        ("second.mkv", second, ["-live", "1"]),
        ("second.mp4", second, ["-movflags", "+faststart"]),
    ] {
        ffmpeg(&[&two[..], &maps, &flags, &more, &[&at(&env, name)]].concat());
    }
    for (name, job) in work_all(&env, "remux-mp4") {
        let width = streams(&made(&job), "video")[0]["width"].clone();
        assert_eq!(width, if name.starts_with("first") { 160 } else { 80 }, "{name}");
    }
}

/// Makes cuts of two seconds that keep the chapters, or the subtitles, of the whole recording.
fn cuts(env: &TestEnv) {
    let (chapters, lines) = (at(env, "../chapters.txt"), at(env, "../lines.srt"));
    let chapter =
        |from, to, title| format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={from}\nEND={to}\ntitle={title}\n");
    let three =
        [chapter(0, 1000, "Intro"), chapter(1000, 900_000, "a\\=b\\; c"), chapter(900_000, 3_600_000, "End")];
    fs::write(&chapters, format!(";FFMETADATA1\n{}", three.concat())).unwrap();
    let cue = |n, from, to| format!("{n}\n00:00:0{from},000 --> 00:{to},000\nLine\n\n");
    fs::write(
        &lines,
        [cue(1, 0, "00:01"), cue(2, 1, "09:00")].concat() + "3\n00:20:00,000 --> 00:20:02,000\nLate\n",
    )
    .unwrap();
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"];
    let codecs = [
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
    ];
    let marked = ["-i", &chapters, "-map_chapters", "2"];
    for name in ["chapters.mkv", "chapters.mp4", "chapters.mov"] {
        ffmpeg(&[&source[..], &marked, &codecs, &[&at(env, name)]].concat());
    }
    let subtitled = ["-i", &lines, "-map", "2"];
    for (name, codec, more) in
        [("lines.mkv", "srt", "0"), ("lines.mp4", "mov_text", "0"), ("live.mkv", "srt", "1")]
    {
        let coded = ["-c:s", codec, "-live", more, &at(env, name)];
        let coded = if name == "lines.mp4" { [&coded[..2], &coded[4..]].concat() } else { coded.to_vec() };
        ffmpeg(&[&source[..], &subtitled, &codecs, &coded].concat());
    }
}

/// Returns the times of the subtitles of a result, rounded down to a second.
fn lines(job: &Value) -> Vec<String> {
    let args = ["-v", "error", "-i", job["output"].as_str().unwrap(), "-map", "0:s", "-f", "srt", "-"];
    let text = String::from_utf8(Command::new("ffmpeg").args(args).output().unwrap().stdout).unwrap();
    let times = text.lines().filter_map(|line| line.split_once(" --> "));
    times.map(|(from, to)| format!("{} to {}", &from[..8], &to[..8])).collect()
}

#[test]
fn a_cut_lasts_as_long_as_its_video_and_audio_despite_later_chapters_and_subtitles() {
    let env = TestEnv::new();
    cuts(&env);
    for preset in ["web-1080p", "remux-mp4", "archive-av1", "edit-prores", "audio-m4a"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            let seconds = number(&made["format"]["duration"]);
            assert!((seconds - 2.0).abs() < 0.2, "{preset} {name}: {seconds} s: {made}");
            if preset != "audio-m4a" {
                assert_eq!(streams(&made, "video")[0]["nb_read_packets"], "50", "{preset} {name}: {made}");
            }
            if !name.starts_with("chapters") && preset != "audio-m4a" {
                assert_eq!(lines(&job), ["00:00:00 to 00:00:01", "00:00:01 to 00:00:02"], "{preset} {name}");
                assert!(!job["warnings"].to_string().contains("overlap"), "{preset} {name}: {job}");
            }
            let time = |chapter: &Value, end| number(&chapter[format!("{end}_time")]);
            let all = made["chapters"].as_array().unwrap();
            let ends: Vec<f64> = all.iter().map(|c| time(c, "end")).collect();
            if name.starts_with("chapters") {
                assert_eq!(ends.len(), 2, "{preset} {name}: {made}");
                assert!(
                    (ends[0] - 1.0).abs() < 0.05 && (ends[1] - 2.0).abs() < 0.2,
                    "{preset} {name}: {ends:?}"
                );
                assert_eq!(all[1]["tags"]["title"], "a=b; c", "{preset} {name}");
                assert!(
                    job["warnings"].to_string().contains("1 of 3 chapters begins after"),
                    "{preset} {name}: {job}"
                );
            }
        }
    }
}
