//! A log that cannot be written is reported once, and the queue runs without it.
#![cfg(target_os = "linux")]

use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;

/// Runs three jobs; each must be done, and the error of the log reported in one line.
fn assert_runs_without_log(env: &TestEnv) {
    for n in 0..3 {
        env.video(&clips::ordinary(), &format!("{n}.mkv"));
    }
    let out = env.out();
    env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.speed=ultrafast",
        "videos",
    ]);
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(env.results().len(), 3);
    let reported: Vec<&str> = ran.stderr.lines().collect();
    assert!(
        matches!(reported.as_slice(), [one] if one.contains("the log cannot be written")),
        "{reported:#?}"
    );
}

#[test]
fn a_log_that_cannot_be_opened_is_reported_once_and_the_queue_runs() {
    let env = TestEnv::new();
    fs::create_dir(env.data().join("spool.log")).unwrap();
    assert_runs_without_log(&env);
}

#[test]
fn a_log_on_a_full_disk_is_reported_once_and_the_queue_runs() {
    let env = TestEnv::new();
    std::os::unix::fs::symlink("/dev/full", env.data().join("spool.log")).unwrap();
    assert_runs_without_log(&env);
}

#[test]
fn a_log_that_cannot_be_rotated_is_reported_once_and_the_queue_runs() {
    let env = TestEnv::new();
    fs::write(env.data().join("spool.log"), vec![b'x'; 4 << 20]).unwrap();
    fs::create_dir_all(env.data().join("spool.log.1/in the way")).unwrap();
    assert_runs_without_log(&env);
}
