//! Checks that results of done jobs are correct: transcodes every kind of stream in every container that supports it
//! with every preset, decodes each result frame by frame and beep by beep, and compares it with the content of the
//! source.
//!
//! Runs a sample of the cases by default. `SPOOL_TRUTH=all` runs all of them, `SPOOL_TRUTH=N` runs N, and
//! `SPOOL_TRUTH_ONLY` selects the cases whose name contains it, such as `Tail.mp4 web-1080p`.

mod kinds;
mod make;

use crate::presets::guarantees::QUICK;
use kinds::{Source, Want};
use make::Bench;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::film::Shown;
use spool_tests::seen::{Seen, differences, see};
use std::collections::BTreeMap;
use std::path::Path;

const SAMPLE: usize = 40;

const PRESETS: [&str; 8] = [
    "web-1080p",
    "web-720p",
    "small-hevc",
    "archive-av1",
    "edit-prores",
    "remux-mp4",
    "fit-size",
    "audio-m4a",
];

/// Cases that are known to fail, with the reason. If one passes, the test fails, so that the list stays correct.
const KNOWN: &[(&str, &str)] = &[];

type Case = (Source, &'static str);

fn name((source, preset): &Case) -> String {
    format!("{} {preset}", source.name())
}

/// The selected cases, and the number of all cases. A stride that is coprime to that number spreads the sample evenly
/// and visits no case twice.
fn cases() -> (Vec<Case>, usize) {
    let sources = kinds::sources();
    let all = sources.len() * PRESETS.len();
    let wanted = std::env::var("SPOOL_TRUTH").unwrap_or_default();
    let only = std::env::var("SPOOL_TRUTH_ONLY").unwrap_or_default();
    let sample =
        if wanted == "all" || !only.is_empty() { all } else { wanted.parse().unwrap_or(SAMPLE).min(all) };
    let case = |n: usize| (sources[n / PRESETS.len()], PRESETS[n % PRESETS.len()]);
    let stride = (all / sample..all).find(|stride| common_divisor(*stride, all) == 1).unwrap_or(1);
    let cases = (0..sample).map(|n| case(n * stride % all)).filter(|case| name(case).contains(&only));
    (cases.collect(), all)
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[test]
fn done_results_have_the_content_of_their_sources() {
    let (cases, all) = cases();
    assert!(all >= 300, "{all} combinations");
    let env = TestEnv::new();
    let wants = make_sources(&env, &cases);
    for (source, preset) in &cases {
        add(&env, *source, preset);
    }
    env.spool_slowly(&["run", "--until-idle"]);
    env.assert_all_planned();
    let jobs = env.jobs();
    let mut wrong = Vec::new();
    for case in &cases {
        let (source, preset) = (case.0.name(), case.1);
        let of = |job: &&Value| job["source"].as_str().unwrap().ends_with(&source) && job["preset"] == preset;
        let faults = faults(preset, &wants[&source], jobs.iter().find(of).unwrap());
        let known = KNOWN.iter().find(|(what, _)| name(case).contains(what));
        match (known, faults.is_empty()) {
            (Some((what, _)), true) => {
                wrong.push(format!("{}: is known to fail ({what}), but passes", name(case)));
            }
            (None, false) => wrong.push(format!("{}: {}", name(case), faults.join("; "))),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn make_sources(env: &TestEnv, cases: &[Case]) -> BTreeMap<String, Want> {
    let mut wants = BTreeMap::new();
    for (source, _) in cases {
        wants.entry(source.name()).or_insert_with_key(|name| {
            let folder = tempfile::tempdir().unwrap();
            make::make(source, &Bench { folder: folder.path(), to: env.videos().join(name) })
        });
    }
    wants
}

fn add(env: &TestEnv, source: Source, preset: &str) {
    let (out, video) = (env.out().join(preset), env.videos().join(source.name()));
    let mut add = vec!["add", "--preset", preset, "--output-dir", out.to_str().unwrap()];
    if !matches!(preset, "edit-prores" | "remux-mp4" | "audio-m4a") {
        add.extend(QUICK);
    }
    if preset == "fit-size" {
        add.extend(["--set", "video.sizeMb=2"]);
    }
    add.push(video.to_str().unwrap());
    let added = env.spool(&add);
    assert_eq!(added.code, 0, "{added:?}");
}

fn faults(preset: &str, want: &Want, job: &Value) -> Vec<String> {
    let audio_only = preset == "audio-m4a";
    let code = job["failure"]["code"].as_str().unwrap_or_default();
    if want.no_sound && audio_only {
        return if code == "no_audio" { vec![] } else { vec![format!("{} {code}", job["state"])] };
    }
    if !want.refused.is_empty() {
        return if want.refused.contains(&code) { vec![] } else { vec![format!("{} {code}", job["state"])] };
    }
    if job["state"] != "done" {
        return vec![format!("{}: {}", job["state"], job["failure"]["message"])];
    }
    let seen = see(Path::new(job["output"].as_str().unwrap()));
    let shown = if audio_only { want.shown.clone().sound_alone() } else { want.shown.clone() };
    let mut wrong = if want.short { short(&shown, &seen) } else { differences(&shown, &seen, want.spare) };
    // The duration of the last frame is checked separately below.
    wrong.retain(|fault| want.last.is_none() || !fault.starts_with("the file lasts"));
    let end = shown.frames.last().map(|(at, _)| at + want.last.unwrap_or(0.04));
    if want.last.is_some() && end.is_none_or(|end| (seen.seconds - end).abs() > 0.25) {
        wrong.push(format!("lasts {:.2} s instead of {end:.2?}", seen.seconds));
    }
    let warnings = job["warnings"].to_string();
    if let Some(what) = want.saying.filter(|what| !warnings.contains(what) && !audio_only) {
        wrong.push(format!("does not warn of {what:?}: {warnings}"));
    }
    let may_be_damaged = want.damaged && preset == "remux-mp4";
    if !seen.clean && !may_be_damaged {
        wrong.push("does not decode without an error".to_owned());
    }
    wrong
}

/// Checks the result of a file without its end: what the result contains must be correct.
fn short(shown: &Shown, seen: &Seen) -> Vec<String> {
    let end = seen.shown.frames.last().map_or(seen.seconds, |(at, _)| at + 0.04);
    let mut wrong = Vec::new();
    if end < 2.0 {
        wrong.push(format!("ends at {end:.2} s"));
    }
    let audio_ends_at = |seconds: f64| seen.shown.tracks.first().is_none_or(|t| (t.to - seconds).abs() < 0.5);
    if !audio_ends_at(end) {
        wrong.push(format!("audio ends at {:?} s", seen.shown.tracks.first().map(|t| t.to)));
    }
    let numbers: Vec<u32> = seen.shown.frames.iter().map(|(_, n)| *n).collect();
    if !numbers.is_sorted() || numbers.iter().any(|n| *n as usize >= shown.frames.len().max(1)) {
        wrong.push("frames are out of order".to_owned());
    }
    wrong
}
