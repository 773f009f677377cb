//! Each form of high dynamic range under each preset is kept, mapped to standard dynamic range, or refused.
//!
//! Tests a selection by default; with `SPOOL_HDR_FORMS=all` every form in every container, and prints the table.

use crate::presets::guarantees::QUICK;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::hdr::{self, Form, RPU};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const FORMS: [Form; 8] = [
    Form::Pq,
    Form::Hlg,
    Form::HlgByMessage,
    Form::Dolby(5, 0),
    Form::Dolby(7, 6),
    Form::Dolby(8, 1),
    Form::Dolby(8, 4),
    Form::Plus,
];
const PRESETS: [&str; 5] = ["web-1080p", "small-hevc", "archive-av1", "edit-prores", "remux-mp4"];

/// Forms whose detection depends on the container: SEI messages are read from frames if the header states nothing, and
/// Matroska stores the Dolby Vision record in its own form.
const SELECTION: [(Form, &str); 6] = [
    (Form::HlgByMessage, "mkv"),
    (Form::HlgByMessage, "ts"),
    (Form::Dolby(5, 0), "mkv"),
    (Form::Dolby(8, 1), "mkv"),
    (Form::Dolby(8, 4), "ts"),
    (Form::Plus, "mp4"),
];

/// Returns the stream header and first frame of a result, as ffprobe shows them, parsed and as text.
fn header_and_frame(path: &Path) -> (Value, String) {
    let args = ["-v", "error", "-of", "json", "-select_streams", "V:0", "-show_streams", "-show_frames"];
    let output = Command::new("ffprobe").args(args).args(["-read_intervals", "%+#1"]).arg(path).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    (serde_json::from_str(&text).unwrap(), text)
}

fn remarks(job: &Value) -> String {
    job["warnings"].to_string()
}

/// Returns the result of a job as a cell of the table.
fn outcome(job: &Value) -> String {
    if job["state"] != "done" {
        return format!("refused ({})", job["failure"]["code"].as_str().unwrap());
    }
    let (facts, text) = header_and_frame(Path::new(job["output"].as_str().unwrap()));
    let (frame, header) = (&facts["frames"][0], &facts["streams"][0]);
    let bits = if frame["pix_fmt"].as_str().unwrap().contains("p10") { 10 } else { 8 };
    let transfer = frame["color_transfer"].as_str().unwrap_or("untagged");
    let records = header["side_data_list"].as_array().into_iter().flatten();
    let record =
        records.filter_map(|s| s["dv_profile"].as_u64()).map(|profile| format!(", Dolby Vision {profile}"));
    let hdr10_plus = if text.contains("2094-40") { ", HDR10+" } else { "" };
    let warnings = remarks(job);
    assert!(bits == 10 || header["color_transfer"] == "bt709", "{job}");
    let handling = match (job["preset"].as_str().unwrap(), transfer) {
        ("remux-mp4", _) => "copied",
        (_, "bt709") => "mapped",
        _ => "kept",
    };
    if handling == "kept" {
        let name = job["source"].as_str().unwrap();
        assert_eq!(warnings.contains("Dolby Vision was left out"), name.contains("/dv"), "{job}");
        // Newer encoders copy HDR10+ metadata.
        assert_eq!(
            warnings.contains("HDR10+ metadata was left out"),
            name.contains("plus") && hdr10_plus.is_empty(),
            "{job}"
        );
    }
    let hdr10_plus = if handling == "kept" { "" } else { hdr10_plus };
    format!("{handling}: {transfer}, {bits} bits{}{hdr10_plus}", record.collect::<String>())
}

fn expected(form: Form, preset: &str) -> String {
    let transfer = form.transfer();
    match (preset, form) {
        ("remux-mp4", Form::Dolby(profile, _)) => {
            format!("copied: {transfer}, 10 bits, Dolby Vision {profile}")
        }
        ("remux-mp4", Form::Plus) => format!("copied: {transfer}, 10 bits, HDR10+"),
        ("remux-mp4", _) => format!("copied: {transfer}, 10 bits"),
        (_, Form::Dolby(5, _)) => "refused (plan_refused)".into(),
        ("web-1080p", _) => "mapped: bt709, 8 bits".into(),
        _ => format!("kept: {transfer}, 10 bits"),
    }
}

fn add(env: &TestEnv, preset: &str, sources: &[PathBuf]) {
    for source in sources {
        let kind = source.extension().unwrap().to_str().unwrap();
        let out = env.out().join(format!("{preset}-{kind}"));
        let add = ["add", "--preset", preset, "--output-dir", out.to_str().unwrap()];
        let quick = !matches!(preset, "edit-prores" | "remux-mp4");
        let more = if quick { &QUICK[..] } else { &[] };
        assert_eq!(env.spool(&[&add[..], more, &[source.to_str().unwrap()]].concat()).code, 0);
    }
}

#[test]
fn each_hdr_form_is_kept_mapped_or_refused_and_never_tagged_hdr_with_eight_bits() {
    let env = TestEnv::new();
    let all = std::env::var("SPOOL_HDR_FORMS").is_ok_and(|word| word == "all");
    let every = FORMS.iter().flat_map(|form| ["mp4", "mkv", "ts"].map(|kind| (*form, kind)));
    let chosen: Vec<(Form, &str)> = if all { every.collect() } else { SELECTION.to_vec() };
    let sources: Vec<PathBuf> =
        chosen.iter().map(|(form, kind)| hdr::film(&env.videos(), *form, kind)).collect();
    let presets = if all { &PRESETS[..] } else { &["web-1080p", "archive-av1", "remux-mp4"] };
    for preset in presets {
        add(&env, preset, &sources);
    }
    env.spool_slowly(&["run", "--until-idle"]);
    let mut table: BTreeMap<(String, String), String> = BTreeMap::new();
    for job in env.jobs() {
        let source =
            Path::new(job["source"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        table.insert((source, job["preset"].as_str().unwrap().to_owned()), outcome(&job));
    }
    let mut wrong = Vec::new();
    for (form, kind) in chosen {
        for preset in presets {
            let source = format!("{}.{kind}", hdr::name(form));
            let got = table.get(&(source.clone(), (*preset).to_owned())).cloned().unwrap_or_default();
            if all {
                eprintln!("| {source} | {preset} | {got} |");
            }
            if got != expected(form, preset) {
                wrong.push(format!("{source} {preset}: {got}, not {}", expected(form, preset)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    metadata_is_copied(&env, &sources);
}

/// Checks that a copy contains the Dolby Vision metadata of each frame.
fn metadata_is_copied(env: &TestEnv, sources: &[PathBuf]) {
    let count = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(RPU.len()).filter(|six| *six == RPU).count()
    };
    for job in env.jobs().iter().filter(|job| job["preset"] == "remux-mp4") {
        let source = PathBuf::from(job["source"].as_str().unwrap());
        let declared = source.file_name().unwrap().to_str().unwrap().starts_with("dv");
        if declared && sources.contains(&source) && source.extension().unwrap() != "ts" {
            let copied = count(Path::new(job["output"].as_str().unwrap()));
            assert_eq!((copied, copied), (count(&source), 12), "{}", source.display());
        }
    }
}
