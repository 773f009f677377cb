//! A log that cannot be written is said once, and the queue goes on without it.
#![cfg(target_os = "linux")]

use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;

/// Works three videos; each must be done, and the trouble with the log said in one line.
fn works_without_its_log(env: &TestEnv) {
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
    let said: Vec<&str> = ran.stderr.lines().collect();
    assert!(matches!(said.as_slice(), [one] if one.contains("the log cannot be written")), "{said:#?}");
}

#[test]
fn a_log_that_cannot_be_opened_is_said_once_and_the_queue_goes_on() {
    let env = TestEnv::new();
    fs::create_dir(env.data().join("spool.log")).unwrap();
    works_without_its_log(&env);
}

#[test]
fn a_log_on_a_full_disk_is_said_once_and_the_queue_goes_on() {
    let env = TestEnv::new();
    std::os::unix::fs::symlink("/dev/full", env.data().join("spool.log")).unwrap();
    works_without_its_log(&env);
}

#[test]
fn a_log_that_cannot_be_set_aside_is_said_once_and_the_queue_goes_on() {
    let env = TestEnv::new();
    fs::write(env.data().join("spool.log"), vec![b'x'; 4 << 20]).unwrap();
    fs::create_dir_all(env.data().join("spool.log.1/in the way")).unwrap();
    works_without_its_log(&env);
}
