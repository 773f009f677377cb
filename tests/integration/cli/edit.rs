//! `spool edit`: changes jobs that have not started; refuses all others with a reason.

use crate::cli::basics::says;
use serde_json::{Value, json};
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;

/// An environment with a folder `lib` of two videos, queued with the output folder `out`.
fn two_queued() -> TestEnv {
    let env = TestEnv::new();
    for name in ["lib/a.mkv", "lib/day 1/b.mkv"] {
        let path = env.videos().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(clips::ordinary(), path).unwrap();
    }
    let added = env.spool(&["add", "--output-dir", "out", "videos/lib"]);
    assert_eq!(added.code, 0, "{added:?}");
    env
}

fn field(env: &TestEnv, name: &str) -> Vec<Value> {
    env.jobs().iter().map(|job| job[name].clone()).collect()
}

fn outputs(env: &TestEnv) -> Vec<String> {
    let out = env.out().canonicalize().unwrap();
    let below = |value: &Value| value.as_str().unwrap().replace(&format!("{}/", out.display()), "");
    field(env, "output").iter().map(below).collect()
}

#[cfg(unix)]
#[test]
fn preset_settings_and_output_of_a_job_that_has_not_started_can_be_changed() {
    let env = two_queued();
    env.spool(&["hold", "2"]);
    says(&env.spool(&["edit", "1-2", "--preset", "archive-av1"]), 0, "The queue is not running");
    assert_eq!(outputs(&env), ["lib/a.mkv", "lib/day 1/b.mkv"]);
    assert_eq!(field(&env, "hold"), [json!(false), json!(true)]);
    assert!(!env.out().join("lib").exists(), "no folder is created before a job starts");
    env.spool(&["edit", "2", "--set", "video.crf=40", "--output-dir", "out/x/y"]);
    assert_eq!(outputs(&env), ["lib/a.mkv", "x/y/lib/day 1/b.mkv"]);
    says(&env.spool(&["show", "2"]), 0, "changed   video.crf 40");
    env.spool(&["edit", "2", "--set", "audio.kbps=64"]);
    says(&env.spool(&["show", "2"]), 0, "video.crf 40");
    let edited =
        env.spool(&["edit", "1", "--preset", "audio-m4a", "-o", "out/s.m4a", "--json"]).json().remove(0);
    assert_eq!(
        (&edited["id"], &edited["outcome"], &edited["worked"]),
        (&json!(1), &json!("changed"), &json!(false))
    );
    assert!(edited["output"].as_str().unwrap().ends_with("out/s.m4a"), "{edited}");
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 1, "one is on hold");
    assert_eq!(env.results(), ["s.m4a"]);
}

/// A job's own result name does not count as taken: neither a repeated change nor one to the current value adds a
/// number.
#[test]
fn a_repeated_change_keeps_the_result_name() {
    let env = two_queued();
    for change in
        [["--preset", "archive-av1"], ["--output-dir", "out"], ["--set", "video.crf=41"], ["-o", "out/c.mkv"]]
    {
        let edit = [&["edit", "1"][..], &change].concat();
        says(&env.spool(&edit), 0, "changed");
        let once = outputs(&env);
        says(&env.spool(&edit), 0, "changed");
        assert_eq!(outputs(&env), once, "{change:?}");
        assert!(!once[0].contains('('), "{once:?}");
    }
}

#[test]
fn a_refused_change_states_the_reason_and_changes_nothing() {
    let env = two_queued();
    env.spool(&["run", "--until-idle"]);
    let before = env.jobs();
    says(
        &env.spool(&["edit", "1", "--preset", "web-720p"]),
        1,
        "Job 1 is done; `spool add` converts its video",
    );
    says(&env.spool(&["edit", "9", "--preset", "web-720p"]), 1, "There is no job 9.");
    says(&env.spool(&["edit", "1", "--preset", "webb"]), 2, "There is no preset \"webb\"");
    says(&env.spool(&["edit", "1"]), 2, "required");
    says(&env.spool(&["edit", "1-2", "-o", "x.mp4"]), 2, "-o names the result of one job");
    assert_eq!(env.jobs(), before);
    env.spool(&["add", "--output-dir", "out", "--preset", "web-720p", "videos/lib/a.mkv"]);
    env.spool(&["add", "--output-dir", "out", "--preset", "small-hevc", "videos/lib/a.mkv"]);
    says(
        &env.spool(&["edit", "3", "--preset", "small-hevc"]),
        1,
        "Job 3 was not changed: job 4 already does this",
    );
    says(&env.spool(&["edit", "3", "-o", "out/x.mkv"]), 2, "makes .mp4 files; use -o out/x.mp4");
    let refused = env.spool(&["edit", "3", "--set", "crf=30"]);
    says(&refused, 2, "you may mean video.crf");
    let line = env.spool(&["edit", "1", "3", "--set", "video.crf=30", "--json"]);
    let outcomes: Vec<Value> = line.json().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!((line.code, outcomes), (1, vec![json!("refused"), json!("changed")]));
    env.spool(&["cancel", "4"]);
    says(&env.spool(&["edit", "4", "--set", "video.crf=30"]), 1, "use `spool retry 4` first");
}
