//! Text subtitles in MP4 and MOV results: each cue keeps its time and its text, for any cue times, markup and text
//! encoding of the original.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::{commands, ffmpeg, output, work};
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The cues of the first subtitle track, as `SubRip`.
fn srt(path: &Path) -> String {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:s:0", "-f", "srt", "-"];
    let output = Command::new("ffmpeg").args(args).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).replace('\r', "")
}

/// Makes a video with a frame every ten seconds and these cues.
fn slow_video(env: &TestEnv, name: &str, seconds: u32, cues: &str) {
    let (lines, source) =
        (at(env, &format!("../{name}.srt")), format!("color=red:s=64x64:r=1/10:d={seconds}"));
    fs::write(&lines, cues).unwrap();
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&["-f", "lavfi", "-i", &source, "-i", &lines][..], &encoded, &[&at(env, name)]].concat());
}

#[test]
fn a_cue_that_lasts_or_starts_after_more_than_35_minutes_keeps_its_time() {
    let env = TestEnv::new();
    let (first, late) =
        ("1\n00:00:00,000 --> 00:00:20,000\nfirst\n\n", "2\n00:40:30,000 --> 00:40:40,000\nlate\n");
    let mark = "2\n00:00:30,000 --> 00:40:10,000\nmark\n\n3\n00:40:30,000 --> 00:40:40,000\nlate\n";
    for (name, cues) in [("late", late), ("mark", mark)] {
        slow_video(&env, &format!("{name}.mkv"), 2460, &format!("{first}{cues}"));
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

#[test]
fn a_cue_beyond_an_undeclared_end_causes_no_second_encode() {
    let env = TestEnv::new();
    let lines = at(&env, "../long.srt");
    fs::write(&lines, "1\n00:00:00,000 --> 00:00:00,500\none\n\n2\n00:00:01,000 --> 00:05:00,000\nlong\n")
        .unwrap();
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=2", "-i", &lines];
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-live", "1"];
    ffmpeg(&[&inputs[..], &encoded, &[&at(&env, "a.mkv")]].concat());
    let job = work(&env, Path::new(&at(&env, "a.mkv")), "web-1080p", &["--set", "video.copy=never"]);
    assert!(srt(&output(&job)).contains("00:00:01,000 --> 00:00:02,000\nlong"), "{job}");
    let runs = commands(&env, &job).into_iter().filter(|line| line.contains("libx264"));
    assert_eq!(runs.count(), 1);
}

/// Placeholder text of the n-th cue, with the length of the text that replaces it.
fn placeholder(n: usize, bytes: usize) -> String {
    format!("Q{n}{}", "z".repeat(bytes - 2))
}

/// Replaces the placeholders with these texts. The first `before` bytes of each text overwrite the bytes in front of
/// its placeholder.
fn replace_placeholders(file: &mut [u8], texts: &[Vec<u8>], before: usize) {
    for (n, text) in texts.iter().enumerate() {
        let placeholder = placeholder(n, text.len() - before);
        let at = file.windows(placeholder.len()).position(|w| w == placeholder.as_bytes()).unwrap() - before;
        file[at..at + text.len()].copy_from_slice(text);
    }
}

/// Makes a video with one cue of half a second per second, whose contents are these bytes.
fn with_bytes(env: &TestEnv, name: &str, texts: &[Vec<u8>], before: usize, more: &[&str]) {
    let cue = |(n, text): (usize, &Vec<u8>)| {
        let text = placeholder(n, text.len() - before);
        format!("{n}\n00:00:0{n},000 --> 00:00:0{n},500\n{text}\n\n")
    };
    let lines = at(env, "../bytes.srt");
    fs::write(&lines, texts.iter().enumerate().map(cue).collect::<String>()).unwrap();
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=3", "-i", &lines];
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&inputs[..], &encoded, more, &[&at(env, name)]].concat());
    let mut file = fs::read(at(env, name)).unwrap();
    replace_placeholders(&mut file, texts, before);
    fs::write(at(env, name), file).unwrap();
}

#[test]
fn cues_that_are_not_utf_8_are_decoded_to_the_intended_letters() {
    let env = TestEnv::new();
    let western: [&[u8]; 3] = [b"plain one", b"caf\xe9 au lait", b"na\xefve one"];
    let marks =
        ["-metadata:s:s", "language=fre", "-metadata:s:s", "title=Original", "-disposition:s", "forced"];
    with_bytes(&env, "a.mkv", &western.map(<[u8]>::to_vec), 0, &marks);
    // `-live` writes no index.
    let russian = vec![b"\xc4\xe0, \xed\xe5\xf2".to_vec()];
    with_bytes(&env, "b.mkv", &russian, 0, &["-metadata:s:s", "language=rus", "-live", "1"]);
    for preset in ["web-1080p", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            let made = made(&job);
            let cues = srt(Path::new(job["output"].as_str().unwrap()));
            let words: &[&str] = if name == "a.mkv" {
                &["plain one", "café au lait", "naïve one"]
            } else {
                &["Да, нет"]
            };
            let whole = words
                .iter()
                .enumerate()
                .map(|(n, word)| format!("{}\n00:00:0{n},000 --> 00:00:0{n},500\n{word}\n\n", n + 1));
            assert_eq!(cues, whole.collect::<String>(), "{preset} {name}");
            assert!(!job["warnings"].to_string().contains("damaged"), "{preset} {name}: {job}");
            let track = &streams(&made, "subtitle")[0];
            let language = if name == "a.mkv" { ["fre", "fra"] } else { ["rus", "rus"] };
            assert!(language.iter().any(|l| track["tags"]["language"] == *l), "{preset} {name}: {track}");
        }
    }
}

#[test]
fn drawings_in_ass_do_not_become_text() {
    let env = TestEnv::new();
    let lines = at(&env, "../drawn.ass");
    let styles = "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, Bold\n\
        Style: Default,Sans,20,0\n\n[Events]\n\
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";
    let cue =
        |n: usize, text: &str| format!("Dialogue: 0,0:00:0{n}.00,0:00:0{n}.50,Default,,0,0,0,,{text}\n");
    let cues = [
        cue(0, "{\\b1}bold{\\b0}, first"),
        cue(1, "{\\p1}m 0 0 l 100 0 100 50{\\p0}"),
        cue(2, "{\\an7\\p1}m 1 1 b 2 2{\\p0}after"),
    ];
    fs::write(&lines, format!("{styles}{}", cues.concat())).unwrap();
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=3", "-i", &lines];
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&inputs[..], &encoded, &[&at(&env, "a.mkv")]].concat());
    for preset in ["web-1080p", "remux-mp4"] {
        for (_, job) in work_all(&env, preset) {
            made(&job);
            let cues = srt(Path::new(job["output"].as_str().unwrap()));
            assert!(!cues.contains("m 0 0") && !cues.contains("m 1 1"), "{preset}: {cues}");
            assert!(
                cues.contains("<b>bold</b>") && cues.contains(", first") && cues.contains("after"),
                "{preset}: {cues}"
            );
        }
    }
}

/// Makes MP4 subtitles of a kind that ffmpeg only identifies, by relabelling a kind that it can write.
fn foreign(env: &TestEnv, name: &str, texts: &[Vec<u8>], before: usize, kind: [&[u8; 4]; 2]) {
    let fragments = ["-c:s", "mov_text", "-movflags", "+empty_moov+default_base_moof"];
    let more = if name.starts_with("parts") { &fragments[..] } else { &fragments[..2] };
    with_bytes(env, name, texts, before, more);
    let mut file = fs::read(at(env, name)).unwrap();
    for (from, to) in [b"tx3g", b"sbtl"].into_iter().zip(kind) {
        let at = file.windows(4).position(|w| w == from).unwrap();
        file[at..at + 4].copy_from_slice(to);
    }
    fs::write(at(env, name), file).unwrap();
}

#[test]
fn webvtt_and_ttml_in_mp4_are_converted() {
    let env = TestEnv::new();
    let sized =
        |kind: &[u8], bytes: &[u8]| [&(bytes.len() as u32 + 8).to_be_bytes()[..], kind, bytes].concat();
    let webvtt = |text: &str| sized(b"vttc", &sized(b"payl", text.as_bytes()));
    let ttml = |(n, text): (usize, &str)| {
        let times = format!("begin='00:00:0{n}.000' dur='0.5s'");
        format!("<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p {times}>{text}</p></div></body></tt>")
    };
    // The two bytes before a text hold its length.
    let before = 2;
    let texts = ["first &amp; <i>last</i>", "second", "third"];
    let vtt = texts.map(webvtt);
    foreign(&env, "whole.mp4", &vtt, before, [b"wvtt", b"text"]);
    foreign(&env, "parts.mp4", &vtt, before, [b"wvtt", b"text"]);
    let documents: Vec<Vec<u8>> =
        texts.iter().enumerate().map(|(n, t)| ttml((n, t.trim())).into_bytes()).collect();
    foreign(&env, "ttml.mp4", &documents, before, [b"stpp", b"subt"]);
    foreign(&env, "none.mp4", &texts.map(|text| text.as_bytes().to_vec()), 0, [b"wvtt", b"text"]);
    for preset in ["remux-mp4", "archive-av1"] {
        for (name, job) in work_all(&env, preset) {
            made(&job);
            let warnings = job["warnings"].to_string();
            if name == "none.mp4" {
                assert!(warnings.contains("Track 1 was left out: it is empty"), "{preset}: {job}");
                continue;
            }
            assert!(!warnings.contains("left out"), "{preset} {name}: {job}");
            let cues = srt(Path::new(job["output"].as_str().unwrap())).replace("</i>", "").replace("<i>", "");
            let whole = ["first & last", "second", "third"]
                .into_iter()
                .enumerate()
                .map(|(n, text)| format!("{}\n00:00:0{n},000 --> 00:00:0{n},500\n{text}\n\n", n + 1));
            assert_eq!(cues, whole.collect::<String>(), "{preset} {name}");
        }
    }
}
