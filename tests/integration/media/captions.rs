//! Closed captions embedded in the video (CEA-608 and CEA-708): the test writes them frame by frame, and expects the
//! same text at the same times in the result.

use crate::media::recorders::{at, work_all};
use crate::presets::guarantees::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::captions::{self, Coding, DELETE, ERASE, SHOW, Triple, packet, pair, popped, window};
use spool_tests::env::TestEnv;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A line of subtitles: start, end, text.
type Line = (f64, f64, String);

/// Frame rates of television as text and as a number, and the interval between two CEA-608 pairs, in frames.
const RATES: [(&str, f64, usize); 4] = [
    ("24000/1001", 24_000.0 / 1001.0, 1),
    ("25", 25.0, 1),
    ("30000/1001", 30_000.0 / 1001.0, 1),
    ("60000/1001", 60_000.0 / 1001.0, 2),
];

const SECONDS: f64 = 4.0;
/// The second line is shown across the end of a GOP; the last line is still shown when the video ends.
const CAPTIONS: [(f64, &str); 3] = [(0.3, "HELLO"), (1.2, "TWO ROWS\nOF TEXT"), (3.2, "THE END")];
/// When the second line is erased, in seconds.
const ERASED: f64 = 2.6;
const MOVED: &str = "The captions inside the picture became subtitles, without their positions and colours.";

/// Caption data of each frame, and the lines that it produces.
#[derive(Default)]
struct Script {
    frames: BTreeMap<usize, Vec<Triple>>,
    /// Frames at which a line appears or, without a text, disappears.
    changes: Vec<(usize, String)>,
}

/// CEA-608: a pair in every `each`th frame, which is empty where there is nothing to send.
fn script_608(rate: f64, each: usize) -> Script {
    let mut script = Script::default();
    let last = (SECONDS * rate) as usize;
    (0..last).step_by(each).for_each(|frame| drop(script.frames.insert(frame, vec![pair([0, 0])])));
    let texts = CAPTIONS.iter().map(|(at, text)| (*at, popped(text), *text));
    for (at, pairs, text) in texts.chain([(ERASED, ERASE.to_vec(), "")]) {
        let first = ((at * rate) as usize).next_multiple_of(each);
        let frame = |n: usize| first + n * each;
        pairs.iter().enumerate().for_each(|(n, two)| drop(script.frames.insert(frame(n), vec![pair(*two)])));
        script.changes.push((frame(pairs.len() - 2), text.to_owned()));
    }
    script
}

/// CEA-708: each packet is spread over several frames.
fn script_708(rate: f64) -> Script {
    let mut script = Script::default();
    let mut number = 0;
    let mut send = |frames: &mut BTreeMap<usize, Vec<Triple>>, first: usize, codes: &[u8]| {
        let triples = packet(number, codes);
        number += 1;
        triples.chunks(3).enumerate().for_each(|(n, some)| drop(frames.insert(first + n, some.to_vec())));
        first + triples.len().div_ceil(3)
    };
    for (at, text) in CAPTIONS {
        let next = send(&mut script.frames, (at * rate) as usize, &window(text));
        let next = send(&mut script.frames, next, &SHOW);
        script.changes.push((next - 1, text.to_owned()));
    }
    // The window of the first line is deleted before it is filled again.
    for at in [0.9, ERASED] {
        let next = send(&mut script.frames, (at * rate) as usize, &DELETE);
        script.changes.push((next - 1, String::new()));
    }
    script
}

impl Script {
    fn lines(&self, rate: f64) -> Vec<Line> {
        let mut changes = self.changes.clone();
        changes.sort();
        let end = changes.iter().skip(1).map(|(frame, _)| *frame as f64 / rate).chain([SECONDS]);
        let all =
            changes.iter().zip(end).map(|((frame, text), end)| (*frame as f64 / rate, end, text.clone()));
        all.filter(|(_, _, text)| !text.is_empty()).collect()
    }
}

/// Makes a video of four seconds with a tone and the captions of `script`.
fn captioned_video(env: &TestEnv, coding: Coding, rate: &str, name: &str, script: &Script) {
    let (bare, full) = (at(env, "../bare"), at(env, "../full"));
    let source = format!("testsrc2=s=192x108:r={rate}:d={SECONDS}");
    let (encoder, format) = if coding == Coding::H264 { ("libx264", "h264") } else { ("libx265", "hevc") };
    let quiet = if coding == Coding::H264 { "-x264-params" } else { "-x265-params" };
    let codec = ["-c:v", encoder, "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "20"];
    let more =
        [quiet, if coding == Coding::H264 { "aud=1" } else { "log-level=error:bframes=0" }, "-f", format];
    ffmpeg(&[&["-f", "lavfi", "-i", &source][..], &codec, &more, &[&bare]].concat());
    let stream = fs::read(&bare).unwrap();
    let frame = |n| script.frames.get(&n).cloned().unwrap_or_default();
    fs::write(&full, captions::written(coding, &stream, frame)).unwrap();
    let tone = format!("sine=d={SECONDS}:r=48000");
    let inputs = ["-r", rate, "-f", format, "-i", &full, "-f", "lavfi", "-i", &tone];
    ffmpeg(&[&inputs[..], &["-c:v", "copy", "-c:a", "aac", &at(env, name)]].concat());
}

/// Lines of the only subtitle track, in seconds after the first frame.
fn subtitles(path: &Path) -> Vec<Line> {
    let first = listed(path, "v", "pts_time").first().copied().unwrap();
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:s:0", "-f", "srt", "-"];
    let text = String::from_utf8(Command::new("ffmpeg").args(args).output().unwrap().stdout).unwrap();
    let text = text.replace('\r', "");
    let clock = |text: &str| {
        let parts: Vec<f64> = text.split([':', ',']).map(|n| n.trim().parse().unwrap()).collect();
        parts[0] * 3600.0 + parts[1] * 60.0 + parts[2] + parts[3] / 1000.0 - first
    };
    let cue = |block: &str| {
        let (times, text) = block.split_once('\n')?.1.split_once('\n')?;
        let (begin, end) = times.split_once(" --> ")?;
        Some((clock(begin), clock(end), text.trim().to_owned()))
    };
    text.split("\n\n").filter_map(cue).collect()
}

fn listed(path: &Path, stream: &str, entry: &str) -> Vec<f64> {
    let entry = format!("packet={entry}");
    let args = ["-v", "error", "-select_streams", stream, "-show_entries", &entry, "-of", "csv=p=0"];
    let output = Command::new("ffprobe").args(args).arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut all: Vec<f64> = text.split([',', '\n']).filter_map(|number| number.parse().ok()).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// Number of frames in which ffprobe finds captions.
fn captioned_frames(path: &Path) -> usize {
    let args = ["-v", "error", "-select_streams", "v", "-show_frames"];
    let output = Command::new("ffprobe").args(args).arg(path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).matches("ATSC A53 Part 4 Closed Captions").count()
}

fn remarks(job: &Value) -> Vec<&str> {
    let all = job["warnings"].as_array().unwrap().iter().filter_map(Value::as_str);
    all.filter(|remark| !remark.contains("bigger than")).collect()
}

/// Asserts the same text and times. An encoder may shift the video by half a frame against the other streams, and the
/// last line may end up to 0.1 s away from the end of the video.
fn check(name: &str, got: &[Line], want: &[Line], rate: f64) {
    let texts = |lines: &[Line]| lines.iter().map(|line| line.2.clone()).collect::<Vec<_>>();
    assert_eq!(texts(got), texts(want), "{name}");
    for (got, want) in got.iter().zip(want) {
        let spare = 0.5 / rate + 0.002;
        let late = if want.1 == SECONDS { 0.1 } else { spare };
        let close = (got.0 - want.0).abs() < spare && (got.1 - want.1).abs() < late;
        assert!(close, "{name}: {got:?} instead of {want:?}");
    }
}

#[test]
fn captions_become_subtitles_with_the_same_text_and_times_at_every_rate() {
    let env = TestEnv::new();
    let mut expected = BTreeMap::new();
    for (n, (rate, number, each)) in RATES.into_iter().enumerate() {
        let coding = if n % 2 == 0 { Coding::H264 } else { Coding::Hevc };
        for (kind, script) in [("608", script_608(number, each)), ("708", script_708(number))] {
            let name = format!("{kind}-{n}.{}", ["mp4", "mkv", "ts", "mov"][n]);
            captioned_video(&env, coding, rate, &name, &script);
            expected.insert(name, (script.lines(number), number));
        }
    }
    let mut made = work_all(&env, "small-hevc");
    for (preset, name, more) in [("archive-av1", "608-2.ts", &QUICK[..]), ("edit-prores", "708-3.mov", &[])] {
        made.push((name.to_owned(), work(&env, &env.videos().join(name), preset, more)));
    }
    for (name, job) in made {
        let name = Path::new(&name).file_name().unwrap().to_str().unwrap().to_owned();
        let (expected, rate) = &expected[&name];
        check(&format!("{name}: {}", job["preset"]), &subtitles(&output(&job)), expected, *rate);
        assert_eq!(remarks(&job), [MOVED], "{name}");
    }
    assert_eq!(fs::read_dir(env.data().join("passes")).unwrap().count(), 0, "scratch files are gone");
}

#[test]
fn captions_stay_in_a_copied_video_and_where_the_encoder_keeps_them() {
    let env = TestEnv::new();
    let script = script_608(30_000.0 / 1001.0, 1);
    captioned_video(&env, Coding::Hevc, "30000/1001", "a.mp4", &script);
    for preset in ["web-1080p", "remux-mp4"] {
        for (_, job) in work_all(&env, preset) {
            let path = output(&job);
            assert_eq!(captioned_frames(&path), script.frames.len(), "{preset}");
            assert_eq!(remarks(&job), [""; 0], "{preset}");
            assert!(listed(&path, "s", "pts_time").is_empty(), "{preset}: captions appear twice");
        }
    }
}

#[test]
fn late_captions_and_captions_in_reordered_frames_are_found() {
    let env = TestEnv::new();
    let rate = 30_000.0 / 1001.0;
    let mut script = script_608(rate, 1);
    script.frames.retain(|frame, _| *frame > 30);
    captioned_video(&env, Coding::H264, "30000/1001", "late.ts", &script);
    script = script_608(rate, 1);
    captioned_video(&env, Coding::H264, "30000/1001", "../plain.ts", &script);
    let plain = at(&env, "../plain.ts");
    let reordered = ["-bf", "2", "-g", "12", "-fps_mode", "passthrough", "-c:a", "mp2"];
    for (name, codec) in [("h264.mkv", "libx264"), ("disc.vob", "mpeg2video")] {
        ffmpeg(&[&["-i", &plain, "-c:v", codec][..], &reordered, &[&at(&env, name)]].concat());
    }
    for (name, job) in work_all(&env, "small-hevc") {
        let expected = script.lines(rate);
        let expected = if name.ends_with("late.ts") { &expected[1..] } else { &expected[..] };
        check(&name, &subtitles(&output(&job)), expected, rate);
    }
}

#[test]
fn only_captions_that_contain_text_cause_a_warning_when_they_are_lost() {
    let env = TestEnv::new();
    captioned_video(&env, Coding::H264, "25", "said.mp4", &script_608(25.0, 1));
    let mut silent = script_608(25.0, 1);
    silent.frames.values_mut().for_each(|data| *data = vec![pair([0, 0])]);
    captioned_video(&env, Coding::H264, "25", "silent.mp4", &silent);
    let more = [&QUICK[..], &["--set", "subtitles=drop"]].concat();
    let probed = env.spool(&["probe", &at(&env, "said.mp4")]).stdout;
    assert!(probed.contains("captions inside the picture: CC1 (CEA-608), 3 lines"), "{probed}");
    for (name, expected) in
        [("said.mp4", &["The captions inside the picture were lost."][..]), ("silent.mp4", &[])]
    {
        let job = work(&env, &env.videos().join(name), "small-hevc", &more);
        assert_eq!(remarks(&job), expected, "{name}");
    }
}
