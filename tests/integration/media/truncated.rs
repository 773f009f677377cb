//! Truncated files. A file that declares its size, length or frame count must contain that much: a truncated file never
//! becomes a verified result, wherever the cut is and whether or not the demuxer reports it. A file whose declarations
//! are placeholders is judged by its content.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;
use std::path::Path;
use std::process::Command;

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];

/// Six seconds of video with audio, with codecs that fit the extension of `name`.
fn whole(name: &str) -> Vec<u8> {
    let more: &[&str] = match name.rsplit('.').next().unwrap() {
        "avi" => &["-c:v", "mpeg4", "-c:a", "mp3"],
        "wmv" => &["-c:v", "wmv2", "-c:a", "wmav2"],
        "webm" => &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"],
        "ivf" => &["-an", "-c:v", "libvpx", "-deadline", "realtime"],
        "mxf" => &["-c:v", "mpeg2video", "-c:a", "pcm_s16le"],
        "mp4" | "mov" => &["-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"],
        "flv" => &["-c:v", "libx264", "-preset", "ultrafast", "-ar", "44100"],
        _ => &H264,
    };
    let small = ["-vf", "scale=160:120"];
    fs::read(clips::clip(&format!("stated-{name}"), 6.0, true, &[&small[..], more].concat())).unwrap()
}

/// Position of the first video packet at or after this byte of the file.
fn between_packets(path: &Path, from: usize) -> usize {
    let args = ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pos", "-of", "csv=p=0"];
    let output = Command::new("ffprobe").args(args).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let places = text.lines().filter_map(|line| line.trim_end_matches(',').parse().ok());
    places.filter(|at| *at >= from).min().unwrap()
}

fn work(env: &TestEnv) -> Vec<Value> {
    let out = env.out();
    for video in fs::read_dir(env.videos()).unwrap() {
        // A file that was modified recently may still be growing, and is checked twice.
        let long_ago = filetime::FileTime::from_unix_time(1_700_000_000, 0);
        filetime::set_file_mtime(video.unwrap().path(), long_ago).unwrap();
    }
    let set = ["add", "--preset", "web-720p", "--set", "video.speed=ultrafast", "--flat", "--output-dir"];
    let added = env.spool(&[&set[..], &[out.to_str().unwrap(), "videos"]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    env.jobs()
}

/// ffmpeg reports such an end as an I/O error, which would be retried and attributed to the drive.
#[test]
fn a_file_that_is_truncated_in_its_header_is_not_attributed_to_the_drive() {
    let env = TestEnv::new();
    let bytes = fs::read(clips::ordinary()).unwrap();
    for end in [200, 240, 280, 1000] {
        fs::write(env.videos().join(format!("{end}.mkv")), &bytes[..end]).unwrap();
    }
    for job in work(&env) {
        assert_eq!((&job["state"], &job["attempt"]), (&"failed".into(), &1.into()), "{job}");
        let code = job["failure"]["code"].as_str().unwrap();
        assert!(["source_truncated", "not_media"].contains(&code), "{job}");
    }
}

#[test]
fn truncated_files_that_declare_their_length_fail_with_the_readable_length() {
    let env = TestEnv::new();
    let mut count = 0;
    for name in ["a.avi", "a.wmv", "a.mp4", "a.mov", "a.mkv", "a.webm", "a.flv", "a.mxf", "a.ivf"] {
        let bytes = whole(name);
        let path = env.videos().join(name);
        fs::write(&path, &bytes).unwrap();
        let third = between_packets(&path, bytes.len() / 3);
        fs::remove_file(&path).unwrap();
        for (cut, at) in [("third", third), ("most", bytes.len() * 4 / 5)] {
            fs::write(env.videos().join(name.replace("a.", &format!("{cut}."))), &bytes[..at]).unwrap();
            count += 1;
        }
    }
    let jobs = work(&env);
    assert_eq!(jobs.len(), count);
    for job in jobs {
        let message = job["failure"]["message"].as_str().unwrap_or_default();
        assert_eq!(job["failure"]["code"], "source_truncated", "{job}");
        assert_eq!(job["failure"]["kind"], "ends_early", "{job}");
        assert!(message.contains(" of 0:06 can be read"), "{job}");
    }
    assert!(env.results().is_empty());
}

/// Overwrites every length in an AVI with this one, as in a file that its recorder has not closed.
fn never_closed(file: &[u8], length: u32) -> Vec<u8> {
    let (mut file, length) = (file.to_vec(), length.to_le_bytes());
    let place = |file: &[u8], name: &[u8]| file.windows(4).position(|four| four == name).unwrap();
    let (avih, movi) = (place(&file, b"avih"), place(&file, b"movi"));
    for at in [4, movi - 4, avih + 8 + 16] {
        file[at..at + 4].copy_from_slice(&length);
    }
    let heads: Vec<usize> = (0..movi).filter(|at| file[*at..].starts_with(b"strh")).collect();
    for at in heads {
        file[at + 8 + 32..at + 8 + 36].copy_from_slice(&length);
    }
    file
}

#[test]
fn placeholder_lengths_of_a_recorder_are_ignored() {
    let env = TestEnv::new();
    let file = whole("a.avi");
    for (name, length) in [("zero.avi", 0), ("largest.avi", u32::MAX)] {
        fs::write(env.videos().join(name), &never_closed(&file, length)[..file.len() / 2]).unwrap();
    }
    // Complete except for the index at the end.
    let index = file.windows(4).rposition(|four| four == b"idx1").unwrap();
    fs::write(env.videos().join("no-index.avi"), &file[..index]).unwrap();
    for job in work(&env) {
        assert_eq!(job["state"], "done", "{job}");
    }
}
