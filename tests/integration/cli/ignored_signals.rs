//! A signal that is ignored when Spool starts stays ignored, so that `nohup spool run &` survives the end of the
//! terminal.

use rustix::process::{Pid, Signal, kill_process};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn state(env: &TestEnv, n: usize) -> String {
    env.jobs()[n]["state"].as_str().unwrap().to_owned()
}

#[test]
fn signals_ignored_at_the_start_stay_ignored_and_sigterm_still_stops_cleanly() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    env.video(&clips::ordinary(), "fake-stall.mkv");
    let out = env.out();
    let add =
        ["add", "--flat", "--output-dir", out.to_str().unwrap(), "--set", "video.speed=ultrafast", "videos"];
    env.spool(&add);
    let mut run = env.start_ignoring("HUP INT", &["run", "--workers", "2"]);
    let pid = Pid::from_raw(run.id() as i32).unwrap();
    wait_until("the job to run", SOON, || state(&env, 0) == "running");
    for signal in [Signal::HUP, Signal::INT] {
        kill_process(pid, signal).unwrap();
    }
    env.video(&clips::ordinary(), "good.mkv");
    env.spool(&add);
    wait_until("the second job to end", SOON, || state(&env, 1) == "done");
    assert!(!run.has_ended() && state(&env, 0) == "running");
    kill_process(pid, Signal::TERM).unwrap();
    let answer = run.answer();
    assert_eq!((answer.code, state(&env, 0).as_str()), (0, "queued"), "{answer:?}");
    let shown = env.spool(&["show", "1"]).stdout;
    assert!(shown.contains("interrupted") && !shown.contains("crash"), "{shown}");
}
