//! Files that caused problems in other transcoders, made by generators outside the project: in `SPOOL_FIELD`, or in
//! `../shared/field/media` beside the checkout. Without them the test reports that it is skipped. `field.json` holds
//! the expected outcome of each file under each preset. Each file is converted by two presets in rotation, or by all
//! with `SPOOL_FIELD_ALL=1`.

use crate::presets::guarantees::QUICK;
use serde_json::{Value, json};
use spool_tests::env::TestEnv;
use spool_tests::judge::{self, number, streams};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const PRESETS: [&str; 5] = ["web-1080p", "remux-mp4", "small-hevc", "archive-av1", "edit-prores"];

/// Outcomes by folder, file and preset.
type Expected = BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>;

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SPOOL_FIELD").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/field/media");
    let found = named.or(Some(beside)).filter(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("SKIPPED: no generators of field media here; set SPOOL_FIELD to test with them");
    }
    found
}

/// Runs the generator of the folder `from` in `to`, a copy of that folder.
fn generate(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    // Generators are written for the ffmpeg of the system, even if a newer one is under test.
    let path = std::env::var_os("PATH").unwrap();
    let usual = std::env::split_paths(&path).filter(|folder| !folder.ends_with("ffmpeg-new"));
    let path = std::env::join_paths(usual).unwrap();
    let status = Command::new("bash").arg("make.sh").current_dir(to).env("PATH", path).status().unwrap();
    assert!(status.success(), "{} cannot be generated", to.display());
}

/// Returns the start and the end of a stream by its packets, in seconds after the start of the file, to a tenth.
fn span(path: &Path, stream: &Value, begin: f64) -> Value {
    let index = stream["index"].to_string();
    let args = ["-v", "quiet", "-select_streams", &index, "-of", "csv=p=0", "-show_entries"];
    let listed = Command::new("ffprobe").args(args).arg("packet=pts_time,duration_time").arg(path).output();
    let text = String::from_utf8(listed.unwrap().stdout).unwrap();
    let times = text.lines().filter_map(|line| {
        let mut fields = line.split(',').filter_map(|field| field.trim().parse::<f64>().ok());
        Some((fields.next()?, fields.next().unwrap_or(0.0)))
    });
    let bounds = times.fold((f64::MAX, f64::MIN), |(a, b), (at, long)| (a.min(at), b.max(at + long)));
    let tenth = |at: f64| ((at - begin) * 10.0).round() / 10.0 + 0.0;
    json!([tenth(bounds.0), tenth(bounds.1)])
}

/// Returns the outcome of a job in the format of `field.json`.
fn outcome(job: &Value) -> Value {
    if job["state"] != "done" {
        return json!({ "fails": job["failure"]["code"] });
    }
    let path = Path::new(job["output"].as_str().unwrap());
    let (facts, judged) = (judge::facts(path), judge::judge(path));
    let begin = number(&facts["format"]["start_time"]);
    let covers = streams(&facts, "video").iter().filter(|s| s["disposition"]["attached_pic"] == 1).count();
    let tracks: Vec<Value> = streams(&facts, "audio").iter().map(|s| span(path, s, begin)).collect();
    // Without the remark about a bigger result: the size depends on the version of the encoder.
    let warnings = job["warnings"].as_array().unwrap().iter();
    let remarks: Vec<&Value> = warnings.filter(|w| !w.to_string().contains("bigger than")).collect();
    let video = streams(&facts, "video").into_iter().find(|s| s["disposition"]["attached_pic"] != 1);
    json!({
        "frames": judged.frames,
        "size": [judged.display.0, judged.display.1],
        "picture": video.map(|s| span(path, &s, begin)),
        "tracks": tracks,
        "subtitles": streams(&facts, "subtitle").len(),
        "covers": covers,
        "chapters": facts["chapters"].as_array().map_or(0, Vec::len),
        "seconds": (number(&facts["format"]["duration"]) * 10.0).round() / 10.0,
        "decodes": judged.decodes,
        "remarks": remarks,
    })
}

/// Checks whether two outcomes match: fractional numbers may differ by 0.2, everything else is equal.
fn alike(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= 0.201
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| alike(a, b)))
        }
        _ => want == got,
    }
}

/// Checks whether file number `n` is converted by preset number `preset`.
fn is_selected(n: usize, preset: usize) -> bool {
    std::env::var_os("SPOOL_FIELD_ALL").is_some() || (n + preset) % PRESETS.len() < 2
}

/// Checks whether the files of this folder can be generated here: some generators need mkvmerge.
fn can_be_generated(folder: &Path) -> bool {
    let script = std::fs::read_to_string(folder.join("make.sh")).unwrap();
    let installed = || Command::new("mkvmerge").arg("--version").output().is_ok();
    let can = !script.contains("mkvmerge") || installed();
    if !can {
        eprintln!("SKIPPED: mkvmerge is not installed, which {} needs", folder.display());
    }
    can
}

#[test]
fn each_file_of_the_field_has_the_expected_outcome() {
    let Some(folder) = folder() else { return };
    let expected: Expected = serde_json::from_str(include_str!("field.json")).unwrap();
    let env = TestEnv::new();
    let expected: Expected =
        expected.into_iter().filter(|(name, _)| can_be_generated(&folder.join(name))).collect();
    for name in expected.keys() {
        generate(&folder.join(name), &env.videos().join(name));
    }
    let mut number = 0;
    for (name, files) in &expected {
        for file in files.keys() {
            let source = env.videos().join(name).join(file);
            number += 1;
            for (_, preset) in PRESETS.into_iter().enumerate().filter(|(n, _)| is_selected(number, *n)) {
                let out = env.out().join(format!("{preset}-{name}"));
                let add = ["add", "--preset", preset, "--output-dir", out.to_str().unwrap()];
                let quick = !matches!(preset, "edit-prores" | "remux-mp4");
                let more = if quick { &QUICK[..] } else { &[] };
                let added = env.spool(&[&add[..], more, &[source.to_str().unwrap()]].concat());
                assert_eq!(added.code, 0, "{added:?}");
            }
        }
    }
    env.spool_slowly(&["run", "--until-idle"]);
    env.assert_all_planned();
    let mut got = Expected::new();
    for job in env.jobs() {
        let source = PathBuf::from(job["source"].as_str().unwrap());
        let mut parts = source.iter().rev().map(|part| part.to_str().unwrap().to_owned());
        let (file, name) = (parts.next().unwrap(), parts.next().unwrap());
        let preset = job["preset"].as_str().unwrap().to_owned();
        got.entry(name).or_default().entry(file).or_default().insert(preset, outcome(&job));
    }
    let mut wrong = Vec::new();
    for (name, files) in &got {
        for (file, presets) in files {
            for (preset, outcome) in presets {
                let want = &expected[name][file].get(preset).cloned().unwrap_or_default();
                if !alike(want, outcome) {
                    wrong.push(format!("{name}/{file} {preset}:\n  {want}\n  {outcome}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
