//! Each fact of a source is in its result or reported as lost. The sources, in three containers, contain every kind of
//! fact that their container can hold; each is run with every preset.

use crate::presets::guarantees::QUICK;
use serde_json::{Value, json};
use spool_core::ledger::{Property, Subject};
use spool_tests::env::TestEnv;
use spool_tests::judge;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRESETS: [&str; 5] = ["web-1080p", "small-hevc", "archive-av1", "edit-prores", "remux-mp4"];

fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Metadata of the tracks and of the file.
const METADATA: [&str; 26] = [
    "-metadata:s:a:0",
    "language=eng",
    "-metadata:s:a:1",
    "language=deu",
    "-metadata:s:s:0",
    "language=fra",
    "-metadata:s:s:1",
    "language=por",
    "-metadata:s:a:1",
    "title=Commentary",
    "-metadata:s:s:0",
    "title=Signs",
    "-disposition:a:0",
    "default+original",
    "-disposition:a:1",
    "comment",
    "-disposition:s:0",
    "forced",
    "-disposition:s:1",
    "hearing_impaired",
    "-metadata",
    "title=Tower",
    "-metadata",
    "artist=Ann",
    "-metadata",
    "director=Ben",
];
const CAMERA_METADATA: [&str; 8] = [
    "-metadata",
    "creation_time=2020-01-02T03:04:05Z",
    "-metadata",
    "location=+48.8577+002.2950/",
    "-metadata:s:v",
    "timecode=01:00:00:00",
    "-metadata:s:v",
    "reel_name=A001",
];

const CHAPTERS: &str = ";FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=500
title=A
[CHAPTER]
TIMEBASE=1/1000
START=500
END=1000
title=B
";

/// Returns the codecs for a container.
fn codecs(extension: &str) -> [&'static str; 8] {
    match extension {
        "mov" => ["-c:v", "prores_ks", "-c:a", "pcm_s24le", "-c:s", "mov_text", "-pix_fmt", "yuv422p10le"],
        "mkv" => ["-c:v", "libx264", "-c:a", "aac", "-c:s", "ass", "-pix_fmt", "yuv420p"],
        _ => ["-c:v", "libx264", "-c:a", "aac", "-c:s", "mov_text", "-pix_fmt", "yuv420p"],
    }
}

/// Creates a video with two audio and two subtitle tracks, with titles, languages, dispositions, tags, chapters and, in
/// Matroska, an attached file.
fn video_with_all_facts(folder: &Path, to: &Path, extension: &str) -> PathBuf {
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (lines, chapters, note) = (at("lines.srt"), at("marks.txt"), at("note.txt"));
    std::fs::write(&lines, "1\n00:00:00,200 --> 00:00:00,900\n{\\an8}One\n").unwrap();
    std::fs::write(&chapters, CHAPTERS).unwrap();
    std::fs::write(&note, "notes").unwrap();
    let target = to.join(format!("film.{extension}"));
    let video = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1"];
    let audio = ["-f", "lavfi", "-i", "sine=r=48000:d=1"];
    let inputs = ["-i", &lines, "-i", &chapters];
    let maps = ["-map", "0", "-map", "1", "-map", "1", "-map", "2", "-map", "2", "-map_chapters", "3"];
    let attached = ["-attach", &note, "-metadata:s:t", "mimetype=text/plain"];
    let attached = if extension == "mkv" { &attached[..] } else { &[] };
    let input = [&video[..], &audio, &inputs, &maps].concat();
    let brazilian = if extension == "mkv" { &["-metadata:s:s:1", "language=pt-BR"][..] } else { &[] };
    ffmpeg(
        &[
            &input[..],
            &codecs(extension),
            &METADATA,
            &CAMERA_METADATA,
            brazilian,
            attached,
            &[target.to_str().unwrap()],
        ]
        .concat(),
    );
    if extension == "mkv" {
        name_by_bcp_47(&target);
    }
    target
}

/// Turns the language of the last track into a BCP 47 one by changing the element id; ffprobe does not show that
/// element.
fn name_by_bcp_47(video: &Path) {
    let mut bytes = std::fs::read(video).unwrap();
    let old = b"\x22\xb5\x9c\x85pt-BR";
    let at = bytes.windows(old.len()).position(|part| part == old).unwrap();
    bytes[at + 2] = 0x9d;
    std::fs::write(video, bytes).unwrap();
}

fn work(env: &TestEnv, videos: &[PathBuf]) {
    for (video, preset) in videos.iter().flat_map(|video| PRESETS.map(|preset| (video, preset))) {
        let out = env.out().join(format!("{preset}-{}", video.extension().unwrap().display()));
        let more = if matches!(preset, "edit-prores" | "remux-mp4") { &[][..] } else { &QUICK[..] };
        let add = ["add", "--preset", preset, "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
        let added = env.spool(&[&add[..], more].concat());
        assert_eq!(added.code, 0, "{added:?}");
    }
    let ran = env.spool_slowly(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Returns streams, chapters and tags of a file as ffprobe shows them, in lower case.
fn shown(path: &Path) -> String {
    let facts = judge::facts(path);
    format!("{}{}{}", facts["streams"], facts["chapters"], facts["format"]["tags"]).to_lowercase()
}

#[test]
fn each_fact_is_in_the_result_or_reported_as_lost() {
    let env = TestEnv::new();
    let folder = tempfile::tempdir().unwrap();
    let videos =
        ["mkv", "mp4", "mov"].map(|extension| video_with_all_facts(folder.path(), &env.videos(), extension));
    work(&env, &videos);
    env.assert_all_planned();
    let changes = env.changes();
    for job in env.jobs() {
        let (source, preset) = (job["source"].as_str().unwrap(), job["preset"].as_str().unwrap());
        let name = Path::new(source).file_name().unwrap().to_str().unwrap();
        let of_job: Vec<_> =
            changes.iter().filter(|(file, by, _)| file == name && by == preset).map(|c| &c.2).collect();
        let lost = |property: &Property| of_job.iter().any(|change| change.property == *property);
        let (was, is) = (shown(Path::new(source)), shown(Path::new(job["output"].as_str().unwrap())));
        let tag = |name: &str| Property::Tag(name.to_owned());
        let role = |name: &str| Property::Role(name.to_owned());
        let facts: Vec<(&str, Property)> = vec![
            ("\"ann\"", tag("artist")),
            ("\"ben\"", tag("director")),
            ("\"tower\"", tag("title")),
            ("2020-01-02t03:04:05", tag("creation_time")),
            ("+48.8577", Property::Place),
            ("\"original\":1", role("original")),
            ("\"comment\":1", role("comment")),
            ("\"forced\":1", role("forced")),
            ("\"hearing_impaired\":1", role("hearing_impaired")),
            ("\"title\":\"b\"", Property::Chapters),
            ("note.txt", Property::Stream),
            ("01:00:00:00", Property::Timecode),
            ("a001", Property::Reel),
        ];
        for (words, property) in facts.iter().filter(|(words, _)| was.contains(words)) {
            assert!(is.contains(words) != lost(property), "{name} {preset}: {words} {is}\n{of_job:#?}");
        }
    }
    let warnings_of = |name: &str, preset: &str| {
        let of = |job: &&Value| job["source"].as_str().unwrap().ends_with(name) && job["preset"] == preset;
        env.jobs().iter().find(of).unwrap()["warnings"].to_string()
    };
    let web = warnings_of("film.mkv", "web-1080p");
    assert!(web.contains("The tag director was left out; MP4 cannot hold it."), "{web}");
    assert!(
        web.contains("Track 1: it is no longer marked as the original language; MP4 cannot hold it."),
        "{web}"
    );
    assert!(web.contains("Track 3: positions are lost; its encoder cannot keep them."), "{web}");
    assert!(web.contains("Track 5 was left out: MP4 cannot hold attached files."), "{web}");
    assert!(web.contains("Track 4: the language por-BR became por; MP4 cannot hold it."), "{web}");
    assert!(
        !warnings_of("film.mkv", "archive-av1").contains("Track"),
        "{}",
        warnings_of("film.mkv", "archive-av1")
    );
    assert!(
        changes
            .iter()
            .all(|(.., change)| change.of != Subject::Stream(0) || change.property != Property::Language)
    );
}

#[cfg(unix)]
/// Creates a wrapper of ffmpeg that changes its arguments: adds `more` before `-movflags`, and passes -1 as the value
/// of `without`.
fn careless(env: &TestEnv, more: &str, without: &str) -> PathBuf {
    let path = env.data().join("careless");
    let lines = [
        "args=()",
        "for word in \"$@\"; do",
        &format!("  if [ \"$word\" = -movflags ]; then args+=({more}); fi"),
        &format!(
            "  if [ \"$word\" != '{without}' ]; then args+=(\"$word\"); else args+=(\"$word\" -1); skip=1; continue; fi"
        ),
        "  if [ \"${skip:-}\" = 1 ]; then unset 'args[-1]'; skip=; fi",
        "done",
        "exec ffmpeg \"${args[@]}\"",
    ];
    let text = format!("#!/bin/bash\n{}\n", lines.join("\n"));
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    path
}

#[cfg(unix)]
/// Returns the unplanned changes that the comparison finds if ffmpeg runs with the arguments changed by [`careless`].
fn found(more: &str, without: &str) -> Vec<Property> {
    let env = TestEnv::new();
    let folder = tempfile::tempdir().unwrap();
    let video = video_with_all_facts(folder.path(), &env.videos(), "mp4");
    env.settings(&json!({ "ffmpeg": careless(&env, more, without) }));
    assert_eq!(env.spool(&["add", "--preset", "remux-mp4", video.to_str().unwrap()]).code, 0);
    env.spool_slowly(&["run", "--until-idle"]);
    assert_eq!(env.jobs()[0]["state"], "done", "{}", env.jobs()[0]);
    let changes = env.changes().into_iter().map(|(.., change)| change);
    changes.filter(|change| change.why.is_none()).map(|change| change.property).collect()
}

#[cfg(unix)]
#[test]
fn each_fact_that_is_dropped_unplanned_is_found() {
    let tag = |name: &str| Property::Tag(name.to_owned());
    let role = |name: &str| Property::Role(name.to_owned());
    assert_eq!(found("", "-"), []);
    for (more, without, property) in [
        ("", "-map_chapters", Property::Chapters),
        ("-metadata:s:a:1 language=", "-", Property::Language),
        ("-metadata:s:a:1 language=swe", "-", Property::Language),
        ("-metadata:s:a:1 title=", "-", Property::Title),
        ("-disposition:a:1 0", "-", role("comment")),
        ("-disposition:s:0 0", "-", role("forced")),
        ("-disposition:s:1 0", "-", role("hearing_impaired")),
        ("-metadata artist=", "-", tag("artist")),
        ("-metadata title=Other", "-", tag("title")),
        ("-metadata creation_time=", "-", tag("creation_time")),
        ("-metadata location= -metadata location-eng=", "-", Property::Place),
        ("-metadata:s:v timecode=", "-", Property::Timecode),
    ] {
        assert_eq!(found(more, without), [property], "{more} {without}");
    }
}
