//! Files that state their size or count are held to it: what was cut is not called verified, wherever the cut lies and
//! whether or not a demuxer complains; what states nothing true is judged by what it holds.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;
use std::path::Path;
use std::process::Command;

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];

/// Six seconds with sound of each kind.
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

/// Where the first packet of the picture begins that lies behind this share of the file.
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
        // What was written just now may be written to still, and is looked at twice.
        let long_ago = filetime::FileTime::from_unix_time(1_700_000_000, 0);
        filetime::set_file_mtime(video.unwrap().path(), long_ago).unwrap();
    }
    let set = ["add", "--preset", "web-720p", "--set", "video.speed=ultrafast", "--flat", "--output-dir"];
    let added = env.spool(&[&set[..], &[out.to_str().unwrap(), "videos"]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    env.jobs()
}

/// ffmpeg calls such an end an error of input and output, which would be tried again and blamed on the drive.
#[test]
fn a_file_that_was_cut_within_its_header_is_not_blamed_on_the_drive() {
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
fn files_that_state_how_long_they_are_and_were_cut_fail_with_what_can_be_read() {
    let env = TestEnv::new();
    let mut made = 0;
    for name in ["a.avi", "a.wmv", "a.mp4", "a.mov", "a.mkv", "a.webm", "a.flv", "a.mxf", "a.ivf"] {
        let bytes = whole(name);
        let path = env.videos().join(name);
        fs::write(&path, &bytes).unwrap();
        let third = between_packets(&path, bytes.len() / 3);
        fs::remove_file(&path).unwrap();
        for (cut, at) in [("third", third), ("most", bytes.len() * 4 / 5)] {
            fs::write(env.videos().join(name.replace("a.", &format!("{cut}."))), &bytes[..at]).unwrap();
            made += 1;
        }
    }
    let jobs = work(&env);
    assert_eq!(jobs.len(), made);
    for job in jobs {
        let message = job["failure"]["message"].as_str().unwrap_or_default();
        assert_eq!(job["failure"]["code"], "source_truncated", "{job}");
        assert_eq!(job["failure"]["kind"], "ends_early", "{job}");
        assert!(message.contains(" of 0:06 can be read"), "{job}");
    }
    assert!(env.results().is_empty());
}

/// Every length in an AVI overwritten with this one, as before its recorder has closed it.
fn never_closed(film: &[u8], length: u32) -> Vec<u8> {
    let (mut film, length) = (film.to_vec(), length.to_le_bytes());
    let place = |film: &[u8], name: &[u8]| film.windows(4).position(|four| four == name).unwrap();
    let (avih, movi) = (place(&film, b"avih"), place(&film, b"movi"));
    for at in [4, movi - 4, avih + 8 + 16] {
        film[at..at + 4].copy_from_slice(&length);
    }
    let heads: Vec<usize> = (0..movi).filter(|at| film[*at..].starts_with(b"strh")).collect();
    for at in heads {
        film[at + 8 + 32..at + 8 + 36].copy_from_slice(&length);
    }
    film
}

#[test]
fn what_a_recorder_wrote_before_it_knew_is_held_against_nothing() {
    let env = TestEnv::new();
    let film = whole("a.avi");
    for (name, length) in [("zero.avi", 0), ("largest.avi", u32::MAX)] {
        fs::write(env.videos().join(name), &never_closed(&film, length)[..film.len() / 2]).unwrap();
    }
    // Whole, but for the index behind it.
    let index = film.windows(4).rposition(|four| four == b"idx1").unwrap();
    fs::write(env.videos().join("no-index.avi"), &film[..index]).unwrap();
    for job in work(&env) {
        assert_eq!(job["state"], "done", "{job}");
    }
}
