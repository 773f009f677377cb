//! The command with a closed stdout, or ended by a signal.

use crate::cli::basics::{one_of_three_broken, states};
use spool_tests::clips;
use spool_tests::env::TestEnv;

#[test]
fn a_closed_stdout_neither_stops_a_run_nor_hides_failures() {
    let env = one_of_three_broken();
    let mut run = env.start_unread(&["run", "--until-idle"]);
    assert_eq!(run.wait().unwrap().code(), Some(1));
    assert_eq!(env.jobs().iter().filter(|j| j["state"] == "done").count(), 2);
    for verb in [&["presets", "export", "web-1080p"][..], &["completions", "bash"], &["list"]] {
        assert_ne!(env.start_unread(verb).wait().unwrap().code(), Some(101), "{verb:?} panics");
    }
}

/// Ctrl-C in a pipeline ends the reader too, and a closed terminal sends SIGHUP: neither counts as a crash of the job.
#[test]
fn sigint_without_a_reader_and_sighup_are_not_crashes() {
    let env = TestEnv::new();
    env.video(&clips::clip("slow.mkv", 20.0, false, &["-c:v", "libx264", "-preset", "ultrafast"]), "a.mkv");
    let out = env.out();
    let slowly = ["--set", "video.copy=never", "--set", "video.speed=veryslow"];
    env.spool(&[&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos"], &slowly[..]].concat());
    for signal in ["-HUP", "-INT"] {
        let mut run = env.start_unread(&["run"]);
        let running = || env.jobs()[0]["state"] == "running";
        spool_tests::wait_until("the job to run", std::time::Duration::from_secs(20), running);
        let sent = std::process::Command::new("kill").args([signal, &run.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert!(run.wait().unwrap().code().is_some(), "{signal} ended it like a crash");
        let shown = env.spool(&["show", "1"]).stdout;
        assert!(!shown.contains("crash"), "{signal}: {shown}");
    }
    assert_eq!(states(&env), ["done".to_owned()], "SIGINT lets the running job finish");
}
