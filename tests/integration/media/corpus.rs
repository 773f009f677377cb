//! Real media, each a case that a transcoder meets in practice, compared with facts that were measured by decoding. The
//! files are outside the project: in the folder `SPOOL_CORPUS`, or in `../shared/corpus` beside the checkout. Without
//! them, the tests print that they are skipped. `SPOOL_CORPUS_ONLY` selects the files whose name contains it.

use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{self, Judged};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SPOOL_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let found = named.or(Some(beside)).filter(|folder| folder.join("expected.json").exists());
    if found.is_none() {
        eprintln!("SKIPPED: no corpus of real media here; set SPOOL_CORPUS to test with one");
    }
    found
}

type Facts = BTreeMap<String, Value>;

fn expected(folder: &Path) -> Facts {
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let only = std::env::var("SPOOL_CORPUS_ONLY").unwrap_or_default();
    let all: Facts = serde_json::from_str(&text).unwrap();
    all.into_iter().filter(|(name, _)| name.contains(&only)).collect()
}

/// Files whose frames cannot all be kept, with the reason.
const FEWER_FRAMES: &[(&str, &str)] = &[
    ("sample_with_fake_auxiliary_tracks.mp4", "its frames share time stamps"),
    ("sample_android_slow_motion.mp4", "copied as it is stored, with a frame before the first shown"),
    ("dolbyVision-hdr.MOV", "copied as it is stored, with a frame that its edit list hides"),
    ("iibbibb_editlist_videoonly.mp4", "copied as it is stored, with a frame that its edit list hides"),
];

/// Transcodes the whole corpus with one preset and checks every result.
fn work(preset: &str) {
    let Some(folder) = folder() else { return };
    let facts = expected(&folder);
    let env = TestEnv::new();
    let before = judge::hashes(&folder);
    let out = env.out();
    let out = out.to_str().unwrap();
    let mut add = vec!["add", "--preset", preset, "--output-dir", out];
    if preset != "edit-prores" && preset != "remux-mp4" {
        add.extend(["--set", "video.speed=ultrafast"]);
    }
    let paths: Vec<String> = facts.keys().map(|name| folder.join(name).display().to_string()).collect();
    add.extend(paths.iter().map(String::as_str));
    assert_eq!(env.spool(&add).code, 0);
    env.spool_slowly(&["run", "--until-idle"]);
    let mut wrong = Vec::new();
    for job in env.jobs() {
        let name =
            Path::new(job["source"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
        wrong.extend(
            faults(preset, &name, &facts[&name], &job).into_iter().map(|fault| format!("{name}: {fault}")),
        );
    }
    assert!(wrong.is_empty(), "{preset}:\n{}", wrong.join("\n"));
    assert_eq!(judge::hashes(&folder), before, "sources are never touched");
}

fn faults(preset: &str, name: &str, facts: &Value, job: &Value) -> Vec<String> {
    let code = job["failure"]["code"].as_str().unwrap_or_default();
    if facts["transcodable"] == false {
        // A newer ffmpeg may decode what the ffmpeg of the measurement could not.
        if facts["code"] == "unsupported_codec" && job["state"] == "done" {
            let made = Path::new(job["output"].as_str().unwrap());
            return if judge::decodes(made) { vec![] } else { vec!["does not decode cleanly".to_owned()] };
        }
        return if refused_rightly(facts, code) { vec![] } else { vec![format!("{} {code}", job["state"])] };
    }
    if preset == "small-hevc" && facts["display"][0] == 10 && code == "plan_refused" {
        return vec![];
    }
    if job["state"] != "done" {
        return vec![format!("{} {code}: {}", job["state"], job["failure"]["message"])];
    }
    let judged = judge::judge(Path::new(job["output"].as_str().unwrap()));
    [video_faults(preset, name, facts, &judged), other_faults(preset, facts, &judged)].concat()
}

/// A protected file may also be refused as protected, if its boxes declare it.
fn refused_rightly(facts: &Value, code: &str) -> bool {
    code == facts["code"]
        || (code == "drm_protected" && facts["note"].as_str().unwrap_or_default().contains(code))
}

fn video_faults(preset: &str, name: &str, facts: &Value, judged: &Judged) -> Vec<String> {
    let mut wrong = Vec::new();
    let number = |field: &str| facts[field].as_f64();
    if !judged.decodes {
        wrong.push("does not decode cleanly".to_owned());
    }
    if judged.moving != 1 {
        wrong.push(format!("{} video streams", judged.moving));
    }
    let frames = number("video_frames").unwrap();
    let fewer = FEWER_FRAMES.iter().any(|(file, _)| *file == name);
    if (judged.frames as f64 - frames).abs() > (frames / 100.0).max(1.0) && !fewer {
        wrong.push(format!("{} frames instead of {frames}", judged.frames));
    }
    let near = |got: f64, want: f64| (got - want).abs() <= (want * 0.03).max(0.3);
    if !near(judged.video_seconds, number("video_seconds").unwrap()) {
        wrong.push(format!("video {} s instead of {}", judged.video_seconds, facts["video_seconds"]));
    }
    let (width, height) = (facts["display"][0].as_f64().unwrap(), facts["display"][1].as_f64().unwrap());
    let (w, h) = judged.display;
    // The tolerance of 2 % allows for rounding to even sides.
    if ((w / h) / (width / height) - 1.0).abs() > 0.02 || w > width + 1.0 || h > height + 1.0 {
        wrong.push(format!("shown as {w}x{h} instead of {width}x{height}"));
    }
    if preset.starts_with("web") && (judged.pixel_format != "yuv420p" || judged.odd) {
        wrong.push(format!("{} {}x{}", judged.pixel_format, judged.display.0, judged.display.1));
    }
    if facts["hdr"].is_string() {
        let kept = judged.ten_bits && facts["hdr"] == judged.transfer.as_str();
        let mapped = judged.transfer == "bt709";
        if !(kept || mapped) {
            wrong.push(format!("transfer {} with {}", judged.transfer, judged.pixel_format));
        }
    }
    wrong
}

fn other_faults(preset: &str, facts: &Value, judged: &Judged) -> Vec<String> {
    let mut wrong = Vec::new();
    let count = |field: &str| facts[field].as_u64().unwrap_or(0) as usize;
    if judged.audio != count("decodable_audio_tracks") {
        wrong.push(format!("{} audio tracks instead of {}", judged.audio, facts["decodable_audio_tracks"]));
    }
    if let Some(seconds) = facts["audio_seconds"].as_f64()
        && (judged.audio_seconds - seconds).abs() > (seconds * 0.03).max(0.3)
    {
        wrong.push(format!("audio {} s instead of {seconds}", judged.audio_seconds));
    }
    if judged.text_subtitles != count("text_subs") {
        wrong.push(format!("{} text subtitles", judged.text_subtitles));
    }
    if judged.chapters != count("chapters") {
        wrong.push(format!("{} chapters instead of {}", judged.chapters, facts["chapters"]));
    }
    if let Some(date) = facts["creation_time"].as_str()
        && judge::instant(&judged.creation_time) != judge::instant(date)
    {
        wrong.push(format!("created {:?} instead of {date}", judged.creation_time));
    }
    if preset != "archive-av1" && !judged.index_first {
        wrong.push("the index is not at the front".to_owned());
    }
    wrong
}

#[test]
fn web_1080p_is_right_for_every_file() {
    work("web-1080p");
}

#[test]
fn small_hevc_is_right_for_every_file() {
    work("small-hevc");
}

#[test]
fn archive_av1_is_right_for_every_file() {
    work("archive-av1");
}

#[test]
fn edit_prores_is_right_for_every_file() {
    work("edit-prores");
}

#[test]
fn remux_mp4_is_right_for_every_file() {
    work("remux-mp4");
}
