//! JSON output of the command line: stable names, one object per line.

use crate::cli::basics::queued;
use serde_json::{Value, json};
use spool_tests::clips;
use spool_tests::env::{Answer, TestEnv};
use std::fs;

#[test]
fn skipped_files_are_listed_with_their_reasons() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "a.mkv");
    fs::write(env.videos().join("notes.txt"), "no video").unwrap();
    let (first, again) = (env.spool(&["add", "--json", "videos"]), env.spool(&["add", "--json", "videos"]));
    assert_eq!(first.code, 0);
    let line = |answer: &Answer, name: &str| {
        let lines = answer.json();
        let found = lines.iter().find(|l| l["source"].as_str().unwrap().ends_with(name)).cloned().unwrap();
        (found["outcome"].clone(), found["reason"].clone())
    };
    assert_eq!(line(&first, "a.mkv"), (json!("accepted"), Value::Null));
    assert_eq!(line(&first, "notes.txt"), (json!("skipped"), json!("is not a video")));
    assert_eq!(line(&again, "a.mkv"), (json!("duplicate"), json!("is already queued")));
}

#[test]
fn unfinished_jobs_are_listed_first() {
    let env = queued();
    env.spool(&["hold", "2", "3"]);
    env.spool(&["run", "--until-idle"]);
    let ids = |args: &[&str]| {
        let lines = env.spool(&[&["list", "--json"], args].concat()).json();
        lines.iter().map(|l| l["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), [2, 3, 1]);
    assert_eq!(ids(&["--limit", "1"]), [2]);
    assert_eq!(ids(&["--state", "done", "--state", "queued", "--limit", "9"]), [2, 3, 1]);
}

#[test]
fn json_lists_all_jobs_unless_a_limit_is_given() {
    let env = TestEnv::new();
    let clock = std::sync::Arc::new(spool_core::clock::SystemClock::default());
    spool_tests::fill::fill(&spool_core::engine::open_queue(&env.data(), clock).unwrap(), 1234);
    let ids = |args: &[&str]| {
        let lines = env.spool(&[&["list", "--json"], args].concat()).json();
        lines.iter().map(|l| l["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), (1..=1234).collect::<Vec<_>>());
    assert_eq!(ids(&["--state", "queued", "--limit", "7"]), (1..=7).collect::<Vec<_>>());
    let text = env.spool(&["list"]).stdout;
    assert!(text.contains("100 of 1234 are shown"), "{text}");
}

/// The program itself takes half of the memory limit; 40,000 rows at once would take more than the other half.
#[cfg(target_os = "linux")]
#[test]
fn the_whole_list_is_printed_within_a_memory_limit() {
    let env = TestEnv::new();
    let clock = std::sync::Arc::new(spool_core::clock::SystemClock::default());
    spool_tests::fill::fill(&spool_core::engine::open_queue(&env.data(), clock).unwrap(), 40_000);
    let limit = format!("--as={}", 64 << 20);
    let listed = env.under("prlimit", &[&limit, "env", "MALLOC_ARENA_MAX=1"], &["list", "--json"]);
    let Some(listed) = listed else { return eprintln!("SKIPPED: prlimit is not installed") };
    assert_eq!((listed.code, listed.stdout.lines().count()), (0, 40_000), "{}", listed.stderr);
    assert!(listed.stdout.len() > 16 << 20, "{} bytes would fit into memory", listed.stdout.len());
}

/// Names of the fields that `spool show --json` prints.
const FIELDS: [&str; 47] = [
    "abandonedSince",
    "attempt",
    "attempts",
    "awaitsWorker",
    "changed",
    "check",
    "checked",
    "copied",
    "createdAt",
    "cut",
    "delayed",
    "facts",
    "failure",
    "finishedAt",
    "folder",
    "foreignFormat",
    "hold",
    "id",
    "kept",
    "maxAttempts",
    "name",
    "options",
    "output",
    "outputName",
    "place",
    "position",
    "preset",
    "presetName",
    "progress",
    "readable",
    "refused",
    "remarks",
    "runAt",
    "said",
    "sizes",
    "source",
    "sourceMtimeNs",
    "startedAt",
    "state",
    "streams",
    "thumb",
    "uid",
    "verified",
    "waitReason",
    "waitsFor",
    "warnings",
    "wrong",
];

#[test]
fn the_json_of_a_job_has_stable_names() {
    let env = queued();
    env.spool(&["run", "--until-idle"]);
    let job = env.spool(&["show", "1", "--json"]).json().remove(0);
    let names: Vec<&str> = job.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, FIELDS);
    assert_eq!(
        (&job["state"], &job["preset"], &job["attempt"]),
        (&json!("done"), &json!("web-1080p"), &json!(1))
    );
    assert!(job["sizes"]["output"].as_u64().unwrap() > 0);
    let attempt = &job["attempts"][0];
    assert_eq!(attempt["outcome"], "done");
    let command: Vec<&str> =
        attempt["commands"][0].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    assert!(command.contains(&"-map") && command.contains(&"libx264"), "{command:?}");
    assert!(attempt["plan"]["streams"].as_array().unwrap().len() == 2);
}

#[test]
fn the_verification_of_a_result_is_shown_as_json_and_as_text() {
    let env = queued();
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    let job = env.spool(&["show", "--json", "1"]).json().remove(0);
    let verification = &job["attempts"][0]["verification"];
    assert_eq!((&job["verified"], &job["options"]), (&json!(true), &json!({})));
    assert!(job["sourceMtimeNs"].as_i64().unwrap() > 1_700_000_000_000_000_000);
    assert_eq!(verification["size"], job["sizes"]["output"]);
    let (video, audio) = (&verification["streams"][0], &verification["streams"][1]);
    assert_eq!(
        (&video["kind"], &video["copied"], &video["codec"]),
        (&json!("video"), &json!(false), &json!("h264"))
    );
    assert_eq!(video["frames"], json!({ "expected": 25, "found": 25 }), "{video}");
    assert_eq!((&video["by"], &video["decoded"]["of"]), (&json!("header"), &json!("source")));
    assert!((video["seconds"]["found"].as_f64().unwrap() - 1.0).abs() < 0.1, "{video}");
    assert_eq!((&audio["copied"], &audio["decoded"]["of"]), (&json!(true), &json!("result")), "{audio}");
    let shown = env.spool(&["show", "1"]).stdout;
    let line = "  checked   0  video H.264 converted: 0:01 of 0:01, 25 of 25 pictures, by the header of the original; original decoded";
    assert!(shown.contains(line), "{shown}");
}

#[test]
fn a_result_without_a_verification_record_was_checked_by_an_earlier_version() {
    let env = queued();
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.stdout.lines().filter(|line| line.contains("  verified  ")).count(), 3, "{ran:?}");
    assert!(env.spool(&["list"]).stdout.contains("verified"));
    let shown = |args: &[&str]| env.spool(args).stdout;
    assert!(shown(&["watch", "1"]).contains("verified"));
    let change = |sql: &str| {
        let database = rusqlite::Connection::open(env.data().join("queue.db")).unwrap();
        assert_eq!(database.execute(sql, []).unwrap(), 3);
    };
    // The text comes from the record, not from the plan or the original.
    change("UPDATE attempt SET verification = json_set(verification, '$.streams[0].frames.found', 7)");
    assert!(shown(&["show", "1"]).contains("7 of 25 pictures"), "{}", shown(&["show", "1"]));
    change("UPDATE attempt SET verification = NULL");
    for command in [&["list"][..], &["show", "1"], &["watch", "1"]] {
        let text = shown(command);
        assert!(text.contains("checked by an earlier version") && !text.contains("verified"), "{text}");
        assert!(!text.contains("pictures") && !text.contains("the whole file"), "{text}");
    }
    let job = env.spool(&["show", "1", "--json"]).json().remove(0);
    assert_eq!((&job["verified"], &job["attempts"][0]["verification"]), (&json!(false), &Value::Null));
    assert_eq!(env.jobs()[0]["verified"], json!(false));
}

#[test]
fn run_prints_each_change_as_a_line_of_json() {
    let env = queued();
    let ran = env.spool(&["run", "--until-idle", "--json"]);
    let lines = ran.json();
    let of = |id: i64| {
        lines.iter().filter(|l| l["id"] == id).map(|l| l["state"].as_str().unwrap()).collect::<Vec<_>>()
    };
    for id in 1..=3 {
        assert_eq!(of(id).last(), Some(&"done"), "{ran:?}");
    }
    let none = json!({ "queued": 0, "held": 0, "unreadable": 0, "waiting": 0, "paused": false });
    let summary = &lines.last().unwrap()["summary"];
    assert_eq!([&summary["done"], &summary["failed"], &summary["cancelled"]], [3, 0, 0], "{summary}");
    assert_eq!(summary["left"], none);
    let sizes = |of: &str| env.jobs().iter().map(|job| job["sizes"][of].as_u64().unwrap()).sum::<u64>();
    assert_eq!([&summary["bytesBefore"], &summary["bytesAfter"]], [sizes("source"), sizes("output")]);
    assert!(summary["workedSeconds"].as_f64().unwrap() > 0.0, "{summary}");
}
