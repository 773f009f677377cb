//! `spool check` on results that an earlier version reported as done: it reports every wrong result and no right one.
//! The wrong results are made with ffmpeg directly, as that version would have made them.

use crate::presets::guarantees::ffmpeg;
use serde_json::{Value, json};
use spool_core::clock::SystemClock;
use spool_core::engine::{database, open_queue};
use spool_core::intake::AddOptions;
use spool_core::plan::Plan;
use spool_core::preset;
use spool_core::queue::{Commands, Leases, Note, Outcome, QueuePosition, TakenNames};
use spool_core::spec::JobSpec;
use spool_tests::boxes::{self, shows};
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const H264: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25"];
/// Encoder options of a source that is converted, not copied.
const OLD: [&str; 4] = ["-c:v", "mpeg4", "-c:a", "mp3"];

/// An environment with results of an earlier version.
struct Past {
    env: TestEnv,
}

/// Arguments of `ffmpeg` between source and result.
type Made<'a> = &'a [&'a str];

impl Past {
    fn new() -> Past {
        Past { env: TestEnv::new() }
    }

    fn source(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.env.videos().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn video(&self, name: &str, seconds: f64, more: &[&str]) -> PathBuf {
        let clip = format!("past-{seconds}-{name}");
        self.source(name, &fs::read(clips::clip(&clip, seconds, true, more)).unwrap())
    }

    /// Returns today's plan, made from the headers alone as by earlier versions.
    fn plan(&self, source: &Path, preset: &str) -> Value {
        let probed = self.env.spool(&["probe", "--json", "--preset", preset, source.to_str().unwrap()]);
        probed.json().remove(0)["plan"].clone()
    }

    /// Adds a done job with this plan, whose result ffmpeg makes with the arguments `made`.
    fn done(&self, source: &Path, preset: &str, plan: Value, made: Made<'_>) -> PathBuf {
        self.done_with(source, preset, plan, |result| {
            let input = ["-i", source.to_str().unwrap()];
            ffmpeg(&[&input[..], made, &[result.to_str().unwrap()]].concat());
        })
    }

    fn done_with(&self, source: &Path, preset: &str, plan: Value, make: impl FnOnce(&Path)) -> PathBuf {
        let plan: Plan = serde_json::from_value(plan).unwrap();
        let queue = open_queue(&self.env.data(), Arc::new(SystemClock::default())).unwrap();
        let spec = JobSpec::of(preset::find(preset).unwrap().clone());
        let wish = AddOptions { spec, ..spool_tests::engine::wish(&self.env) };
        let found = spool_tests::engine::find(&[source.to_owned()], &wish);
        queue.add(&found.jobs, QueuePosition::End, &TakenNames::default()).unwrap();
        let job = queue.claim("an earlier version", true).unwrap().unwrap();
        let part = job.output.with_extension("part");
        let note = Note::Plan { plan: serde_json::to_string(&plan).unwrap(), part };
        assert!(queue.note(job.lease(), &note).unwrap());
        make(&job.output);
        let (output, size) = (job.output.clone(), job.output.metadata().unwrap().len());
        let outcome = Outcome::Done { output: output.clone(), size, warnings: Vec::new() };
        assert!(queue.settle(job.lease(), &outcome).unwrap());
        output
    }

    /// Checks all results. The returned function gives the finding for a source, with its message.
    fn check(&self) -> impl Fn(&str) -> String {
        let files = contents(&self.env);
        let answer = self.env.spool(&["check", "--json"]);
        assert_eq!(contents(&self.env), files, "no file is changed");
        let lines = answer.json();
        move |name: &str| {
            let of = |line: &&Value| line["source"].as_str().is_some_and(|source| source.ends_with(name));
            let check =
                lines.iter().find(of).unwrap_or_else(|| panic!("{name}: {answer:?}"))["check"].clone();
            format!("{}: {}", check["found"].as_str().unwrap(), check["message"].as_str().unwrap())
        }
    }
}

/// The contents of all videos and results, by path.
fn contents(env: &TestEnv) -> Vec<(PathBuf, Vec<u8>)> {
    let files = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = files(env.videos()).chain(files(env.out())).collect();
    all.sort();
    all.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn dropped(mut plan: Value, input: usize, reason: &str) -> Value {
    plan["streams"][input]["action"] = json!({ "do": "drop", "reason": reason });
    plan
}

const WEB: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];

fn web<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [more, &WEB, &["-crf", "40", "-b:a", "48k", "-fps_mode", "vfr", "-movflags", "+faststart"]].concat()
}

/// Overwrites 4000 bytes in the middle of a file.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4000].fill(0x55);
    fs::write(path, bytes).unwrap();
}

#[test]
fn wrong_conversions_are_reported_with_their_fault_and_right_ones_are_not() {
    let past = Past::new();
    let made = |name: &str, change: fn(Value) -> Value, more: &[&str]| {
        let video = past.video(name, 8.0, &OLD);
        let plan = change(past.plan(&video, "web-1080p"));
        past.done(&video, "web-1080p", plan, &web(more))
    };
    made("right.mkv", |plan| plan, &[]);
    made("dropped.mkv", |plan| dropped(plan, 1, "it is empty"), &["-an"]);
    let unseen = |mut plan: Value| {
        plan["streams"].as_array_mut().unwrap().truncate(1);
        plan
    };
    made("unseen.mkv", unseen, &["-an"]);
    made("short.mkv", |plan| plan, &["-t", "4"]);
    made("half.mkv", |plan| plan, &["-vf", "fps=12.5"]);
    made("twice.mkv", |plan| plan, &["-vf", "fps=50"]);
    made("silent.mkv", |plan| plan, &["-an"]);
    damage(&made("damaged.mkv", |plan| plan, &[]));
    let other = made("replaced.mkv", |plan| plan, &[]);
    fs::write(&other, "something else").unwrap();
    let found = past.check();
    assert_eq!(found("right.mkv"), "right: ");
    for name in ["dropped.mkv", "unseen.mkv"] {
        assert_eq!(found(name), "wrong: Track 1 (sound, MP3) is missing in the result.", "{name}");
    }
    assert_eq!(found("short.mkv"), "wrong: The picture of the result lasts 4.0 s instead of 8.0 s.");
    let half = found("half.mkv");
    assert!(
        half.starts_with("wrong: The result has 10") && half.ends_with(" pictures instead of 200."),
        "{half}"
    );
    assert!(found("twice.mkv").starts_with("wrong: The result has "), "{}", found("twice.mkv"));
    assert_eq!(found("silent.mkv"), "wrong: A sound track is missing in the result.");
    assert!(found("damaged.mkv").starts_with("wrong: The result is damaged in "), "{}", found("damaged.mkv"));
    assert_eq!(found("replaced.mkv"), "notChecked: The result was changed since it was made.");
}

#[test]
fn a_result_without_its_end_is_found_by_decoding() {
    let past = Past::new();
    for (name, preset, made) in [
        ("film.mkv", "web-1080p", web(&[])),
        ("sound.mkv", "audio-m4a", vec!["-vn", "-c:a", "aac", "-movflags", "+faststart", "-f", "ipod"]),
    ] {
        let video = past.video(name, 8.0, &OLD);
        let plan = past.plan(&video, preset);
        past.done_with(&video, preset, plan, |result| {
            ffmpeg(&[&["-i", video.to_str().unwrap()][..], &made, &[result.to_str().unwrap()]].concat());
            let whole = fs::read(result).unwrap();
            // The index at the front still describes the whole file.
            fs::write(result, &whole[..whole.len() * 2 / 3]).unwrap();
        });
    }
    let found = past.check();
    for name in ["film.mkv", "sound.mkv"] {
        assert!(found(name).starts_with("wrong: "), "{name}: {}", found(name));
    }
}

#[test]
fn copies_that_show_hidden_frames_are_reported_and_faithful_ones_are_not() {
    let past = Past::new();
    let more = ["-bf", "2", "-c:a", "aac", "-video_track_timescale", "12800"];
    let video = fs::read(clips::clip("past-edits.mp4", 6.0, true, &[&H264[..], &more].concat())).unwrap();
    let sources = [
        ("right.mp4", video.clone()),
        ("middle.mp4", boxes::edited(&video, &[shows(0.0, 2.0), shows(4.0, 2.0)])),
        ("tail.mp4", boxes::edited(&video, &[shows(0.0, 2.0)])),
    ];
    for (name, bytes) in sources {
        let source = past.source(name, &bytes);
        let plan = past.plan(&source, "remux-mp4");
        assert_eq!(plan["streams"][0]["action"]["do"], "copy", "as in earlier versions: {plan}");
        past.done(&source, "remux-mp4", plan, &["-c", "copy"]);
    }
    let source = past.source("hurt.mp4", &video);
    let result = past.done(&source, "web-1080p", past.plan(&source, "web-1080p"), &["-c", "copy"]);
    damage(&result);
    let found = past.check();
    assert_eq!(found("right.mp4"), "right: ");
    // The results differ between versions of ffmpeg, and are wrong with each.
    for name in ["middle.mp4", "tail.mp4"] {
        assert!(found(name).starts_with("wrong: "), "{name}: {}", found(name));
    }
    assert_eq!(found("hurt.mp4"), "wrong: Parts of the copied streams cannot be decoded.");
}

#[test]
fn a_source_wrongly_taken_for_complete_makes_its_result_wrong() {
    let past = Past::new();
    let bytes = |name: &str, seconds| {
        fs::read(clips::clip(name, seconds, true, &[&H264[..], &["-bf", "0"]].concat())).unwrap()
    };
    let (video, piece) = (bytes("past-first.mkv", 2.0), bytes("past-second.mkv", 1.0));
    let two = past.source("two.mkv", &[&video[..], &piece].concat());
    // The plan of the first recording alone, because earlier versions saw no more.
    let alone = past.source("alone.mkv", &video);
    let plan = past.plan(&alone, "web-1080p");
    past.done(&two, "web-1080p", plan.clone(), &["-t", "2", "-c", "copy"]);
    let long = bytes("past-long.mkv", 8.0);
    let cut = past.source("cut.mkv", &long[..long.len() / 2]);
    let plan = past.plan(&cut, "web-1080p");
    past.done(&cut, "web-1080p", plan, &["-c", "copy"]);
    let found = past.check();
    let two = "wrong: This file contains two recordings in a row; only the first can be read.";
    assert_eq!(found("two.mkv"), two);
    assert!(found("cut.mkv").starts_with("wrong: The recording ends early: 0:0"), "{}", found("cut.mkv"));
}

#[test]
fn chapters_beyond_the_end_make_a_result_wrong() {
    let past = Past::new();
    let video = past.video("plain.mkv", 4.0, &OLD);
    let marks = past.env.data().join("marks");
    let text = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=a\n[CHAPTER]\nTIMEBASE=1/1\nSTART=2\nEND=60\ntitle=b\n";
    fs::write(&marks, text).unwrap();
    let marked = past.env.videos().join("marked.mkv");
    let (from, marks, to) = (video.to_str().unwrap(), marks.to_str().unwrap(), marked.to_str().unwrap());
    ffmpeg(&[
        "-i",
        from,
        "-f",
        "ffmetadata",
        "-i",
        marks,
        "-map",
        "0",
        "-map_chapters",
        "1",
        "-c",
        "copy",
        to,
    ]);
    let mut plan = past.plan(&marked, "web-1080p");
    assert!(!plan["clip"].is_null(), "{plan}");
    plan["clip"] = Value::Null;
    past.done(&marked, "web-1080p", plan, &web(&[]));
    let finding = past.check()("marked.mkv");
    assert_eq!(finding, "wrong: The result lasts 1:00, though its picture and sound end at 0:04.");
}

#[test]
fn results_that_cannot_be_checked_are_reported_with_the_reason_and_not_as_wrong() {
    let past = Past::new();
    let names = ["gone.mkv", "grown.mkv", "touched.mkv", "lost.mkv", "kept.mkv", "foreign.mkv", "noplan.mkv"];
    for name in names {
        let video = past.video(name, 1.0, &OLD);
        let plan = past.plan(&video, "web-1080p");
        let result = past.done(&video, "web-1080p", plan, &web(&[]));
        match name {
            "gone.mkv" => fs::remove_file(&video).unwrap(),
            "grown.mkv" => fs::write(&video, "another").unwrap(),
            "touched.mkv" => {
                let earlier = filetime::FileTime::from_unix_time(1_000_000_000, 0);
                filetime::set_file_mtime(&video, earlier).unwrap();
            }
            "lost.mkv" => fs::remove_file(&result).unwrap(),
            _ => {}
        }
    }
    let change = |sql: &str, id: i64| {
        rusqlite::Connection::open(database(&past.env.data())).unwrap().execute(sql, [id]).unwrap();
    };
    change("UPDATE job SET output_path = source_path WHERE id = ?1", 5);
    change("UPDATE job SET preset = json_set(preset, '$.version', 2), spec_version = 2 WHERE id = ?1", 6);
    // By today's plan the result would be wrong, but another plan may have made it.
    change("UPDATE attempt SET plan = '{}' WHERE job_id = ?1", 7);
    let result = past.env.out().join("noplan.mp4");
    ffmpeg(&["-i", past.env.videos().join("noplan.mkv").to_str().unwrap(), "-an", result.to_str().unwrap()]);
    rusqlite::Connection::open(database(&past.env.data()))
        .unwrap()
        .execute("UPDATE job SET output_size = ?1 WHERE id = 7", [result.metadata().unwrap().len() as i64])
        .unwrap();
    let found = past.check();
    for (name, reason) in [
        ("gone.mkv", "The original is no longer there."),
        ("grown.mkv", "The original was changed since it was added."),
        ("touched.mkv", "The original was changed since it was added."),
        ("lost.mkv", "The result is no longer there."),
        ("kept.mkv", "The original was kept; there is no result."),
        ("foreign.mkv", "It was made by another version of Spool."),
        ("noplan.mkv", "Its plan is not on record."),
    ] {
        assert_eq!(found(name), format!("notChecked: {reason}"), "{name}");
    }
    let answer = past.env.spool(&["check"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(answer.stdout.ends_with("0 results checked, 7 could not be checked.\n"), "{answer:?}");
}

#[test]
fn findings_are_reported_and_stored_and_wrong_results_can_be_made_again() {
    let past = Past::new();
    for (name, more) in [("a.mkv", &["-an"][..]), ("b.mkv", &[])] {
        let video = past.video(name, 1.0, &OLD);
        past.done(&video, "web-1080p", past.plan(&video, "web-1080p"), &web(more));
    }
    let listed = past.env.spool(&["list"]).stdout;
    assert_eq!(listed.matches("checked by an earlier version").count(), 2, "{listed}");
    let answer = past.env.spool(&["check"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let line = "    1  wrong        a.mkv  A sound track is missing in the result.\n";
    assert!(
        answer.stdout.contains(line) && answer.stdout.contains("    2  right        b.mkv\n"),
        "{answer:?}"
    );
    assert!(answer.stdout.contains("2 results checked: 1 right, 1 wrong.\n"), "{answer:?}");
    assert!(answer.stdout.contains("`spool again 1` does what is wrong again"), "{answer:?}");
    let listed = past.env.spool(&["list"]).stdout;
    assert!(listed.contains("found wrong: A sound track is missing in the result."), "{listed}");
    assert!(listed.contains("verified") && !listed.contains("earlier version"), "{listed}");
    let shown = past.env.spool(&["show", "1-2"]).stdout;
    assert!(shown.contains("  wrong: A sound track is missing in the result.\n"), "{shown}");
    assert!(
        shown.contains("  checked   0  video H.264 converted: 0:01 of 0:01, 25 of 25 pictures"),
        "{shown}"
    );
    let again = past.env.spool(&["again", "--wrong"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("a.mkv -> ") && again.stdout.contains("/a (2).mp4\n"), "{again:?}");
    let before = fs::read(past.env.out().join("a.mp4")).unwrap();
    assert_eq!(past.env.spool(&["run", "--until-idle"]).code, 0);
    assert_eq!(past.env.results(), ["a (2).mp4", "a.mp4", "b.mp4"]);
    assert_eq!(fs::read(past.env.out().join("a.mp4")).unwrap(), before, "the existing result stays");
    assert_eq!(past.env.spool(&["check", "2-3"]).code, 0);
    let conflicting = past.env.spool(&["check", "9", "--state", "done"]);
    assert_eq!(conflicting.code, 2, "{conflicting:?}");
    assert_eq!(past.env.spool(&["check", "9"]).code, 1);
    assert_eq!(past.env.spool(&["again", "9"]).code, 1);
}

/// Results of seven presets, converted and copied, as the engine makes them.
#[test]
fn no_right_result_is_reported_as_wrong() {
    let env = TestEnv::new();
    let copied = [&H264[..], &["-bf", "2"]].concat();
    for (clip, name) in [
        (clips::clip("past-copied.mkv", 12.0, true, &copied), "copied.mkv"),
        (
            clips::clip("mpeg2-mp2.ts", 1.0, true, &["-c:v", "mpeg2video", "-b:v", "1M", "-c:a", "mp2"]),
            "old.ts",
        ),
        (clips::clip("past-right.mp4", 2.0, true, &copied), "film.mp4"),
    ] {
        env.video(&clip, name);
    }
    let presets =
        ["web-1080p", "remux-mp4", "archive-av1", "edit-prores", "small-hevc", "audio-m4a", "fit-size"];
    for preset in presets {
        let out = env.out().join(preset);
        let add = ["add", "--preset", preset, "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
        let quick: &[&str] = match preset {
            "archive-av1" => &["--set", "video.speed=veryfast"],
            "web-1080p" | "small-hevc" | "fit-size" => &["--set", "video.speed=ultrafast"],
            _ => &[],
        };
        assert_eq!(env.spool(&[&add[..], quick].concat()).code, 0, "{preset}");
    }
    let ran = env.spool_slowly(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let checked = env.spool_slowly(&["check"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.stdout.ends_with("21 results checked: 21 right, 0 wrong.\n"), "{checked:?}");
}
