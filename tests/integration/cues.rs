//! Subtitles made of text that go into MP4 and MOV: each cue keeps its time and its text, whatever the original says of
//! times, marks and bytes.

use crate::field_streams::{at, made, work_all};
use crate::presets::ffmpeg;
use spool_tests::env::TestEnv;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The cues of the first track of subtitles, as `SubRip`.
fn srt(film: &Path) -> String {
    let args = ["-v", "error", "-nostdin", "-i", film.to_str().unwrap(), "-map", "0:s:0", "-f", "srt", "-"];
    let output = Command::new("ffmpeg").args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).replace('\r', "")
}

/// A picture every ten seconds for so long, with these cues.
fn film(env: &TestEnv, name: &str, seconds: u32, cues: &str) {
    let (lines, source) =
        (at(env, &format!("../{name}.srt")), format!("color=red:s=64x64:r=1/10:d={seconds}"));
    fs::write(&lines, cues).unwrap();
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&["-f", "lavfi", "-i", &source, "-i", &lines][..], &encoded, &[&at(env, name)]].concat());
}

#[test]
fn a_cue_that_stays_or_comes_after_more_than_35_minutes_keeps_its_time() {
    let env = TestEnv::new();
    let (first, late) =
        ("1\n00:00:00,000 --> 00:00:20,000\nfirst\n\n", "2\n00:40:30,000 --> 00:40:40,000\nlate\n");
    let mark = "2\n00:00:30,000 --> 00:40:10,000\nmark\n\n3\n00:40:30,000 --> 00:40:40,000\nlate\n";
    for (name, cues) in [("late", late), ("mark", mark)] {
        film(&env, &format!("{name}.mkv"), 2460, &format!("{first}{cues}"));
    }
    for preset in ["web-1080p", "remux-mp4", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            made(&job);
            let cues = srt(Path::new(job["output"].as_str().unwrap()));
            assert!(cues.contains("00:40:30,000 --> 00:40:40,000\nlate"), "{preset} {name}: {cues}");
            let marked = cues.contains("00:00:30,000 --> 00:40:10,000\nmark");
            assert_eq!(marked, name == "mark.mkv", "{preset} {name}: {cues}");
        }
    }
}
