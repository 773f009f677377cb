//! Presets and probing from the command line: suggestions for misspelled names, units, lists, several files.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::{Answer, TestEnv};
use std::fs;

fn says(answer: &Answer, code: i32, words: &str) {
    let output = format!("{}{}", answer.stdout, answer.stderr);
    assert!(answer.code == code && output.contains(words), "{words}: {answer:?}");
}

#[test]
fn exported_presets_and_the_full_list_can_be_imported() {
    let env = TestEnv::new();
    let file = env.data().join("mine.json");
    let file = file.to_str().unwrap();
    fs::write(file, env.spool(&["presets", "export", "web-1080p"]).stdout).unwrap();
    let kept = env.spool(&["presets", "import", file]);
    says(&kept, 0, "because web-1080p is built in; use it with --preset web-1080p-2");
    fs::write(file, format!("\u{feff}{}", env.spool(&["presets", "--full"]).stdout)).unwrap();
    let list = env.spool(&["presets", "import", file, "--json"]);
    assert_eq!((list.code, list.json().len()), (0, 9), "{list:?}");
    says(&env.spool(&["presets", "remove", "web-720p"]), 2, "comes with Spool");
    says(&env.spool(&["presets", "remove", "web-720p-2", "web-1080p-2"]), 0, "Preset web-720p-2 is removed");
    says(&env.spool(&["add", "--preset", "web-720p-2", "videos"]), 2, "There is no preset \"web-720p-2\"");
    fs::write(file, "[1, 2]").unwrap();
    let refused = env.spool(&["presets", "import", file]);
    says(&refused, 2, "preset 1 of 2: it must be an object in braces");
    assert!(!refused.stderr.contains("struct"), "{refused:?}");
}

#[test]
fn an_unknown_setting_gets_a_suggestion_and_units_are_accepted() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "a.mkv");
    let set = |change: &str| env.spool(&["add", "--preset", "fit-size", "--set", change, "videos"]);
    says(&set("crf=20"), 2, "\"crf\" is not a setting; you may mean video.crf.");
    says(&set("name=x"), 2, "cannot be set for one job");
    says(&set("video.sizeMb=25MB"), 0, "accepted");
    says(&env.spool(&["presets", "fields"]), 0, "video.crf");
    let fields = env.spool(&["presets", "fields", "--json"]).json();
    assert!(fields.iter().all(|field| field["values"].is_string() && field["meaning"].is_string()));
    assert!(fields.iter().all(|field| field["key"] != "id"));
}

#[test]
fn probe_accepts_the_options_of_add_and_plans_several_files() {
    let env = TestEnv::new();
    let (a, b) = (env.video(&clips::ordinary(), "a.mkv"), env.video(&clips::ordinary(), "b.mkv"));
    let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
    let out = env.out().join("later");
    let probe = ["probe", "--set", "video.box=100x100", "--output-dir", out.to_str().unwrap(), a, b];
    let probed = env.spool(&probe);
    for words in [
        "later/a.mp4",
        "later/b.mp4",
        "320x240 25 fps",
        "44100 Hz",
        "100x74 (within 100x100, its shape kept)",
    ] {
        let words = words.replace("44100", "48000");
        says(&probed, 0, &words);
    }
    assert!(!out.exists(), "a probe creates no folder");
    says(&env.spool(&["probe", "videos"]), 1, "is a folder");
    let missing = env.spool(&["probe", "nope.mkv"]);
    says(&missing, 1, "nope.mkv does not exist");
    assert!(!format!("{missing:?}").contains("no longer"), "the file never existed: {missing:?}");
    let lines = env.spool(&["probe", "--json", a, "nope.mkv"]).json();
    let codes: Vec<&Value> = lines.iter().map(|line| &line["failure"]["code"]).collect();
    assert_eq!(codes, [&Value::Null, &Value::from("source_gone")], "{lines:?}");
    assert!(lines[0]["path"].as_str().unwrap().ends_with("a.mkv") && lines[0]["pathBytes"].is_null());
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_percent_encoded_in_json() {
    use std::os::unix::ffi::OsStrExt;
    let env = TestEnv::new();
    let video = env.videos().join(std::ffi::OsStr::from_bytes(b"caf\xe9.mkv"));
    fs::copy(clips::ordinary(), &video).unwrap();
    assert_eq!(env.spool(&["add", "videos"]).code, 0);
    let job = env.jobs().remove(0);
    assert!(job["sourceBytes"].as_str().unwrap().ends_with("/caf%E9.mkv"), "{job}");
    assert!(job["outputBytes"].as_str().unwrap().contains("/caf%E9."), "{job}");
    fs::write(env.videos().join(std::ffi::OsStr::from_bytes(b"notes\xe9.txt")), "x").unwrap();
    let again = env.spool(&["add", "--json", "videos"]).json();
    assert_eq!(again.iter().map(|line| &line["outcome"]).collect::<Vec<_>>(), ["duplicate", "skipped"]);
    for (line, name) in again.iter().zip(["/caf%E9.mkv", "/notes%E9.txt"]) {
        assert!(line["sourceBytes"].as_str().unwrap().ends_with(name), "{line}");
    }
    let gone = env.videos().join(std::ffi::OsStr::from_bytes(b"gone\xe9.mkv"));
    let refused = env.spool_os(&["add".as_ref(), "--json".as_ref(), gone.as_ref()]).json().remove(0);
    assert_eq!(refused["outcome"], "refused");
    assert!(refused["sourceBytes"].as_str().unwrap().ends_with("/gone%E9.mkv"), "{refused}");
    let add = ["add", "--json", "--set", "video.crf=30"].map(std::ffi::OsStr::new);
    let accepted = env.spool_os(&[&add[..], &[video.as_ref()]].concat()).json().remove(0);
    assert!(accepted["outputBytes"].as_str().unwrap().contains("/caf%E9"), "{accepted}");
    let edited = env.spool(&["edit", "1", "--set", "video.crf=31", "--json"]).json().remove(0);
    assert!(edited["outputBytes"].as_str().unwrap().contains("/caf%E9"), "{edited}");
}
