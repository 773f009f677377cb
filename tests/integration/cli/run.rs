//! What a run prints while it works or is idle, and how it ends on request.

use crate::cli::basics::{one_of_three_broken, queued, says, states};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use spool_tests::env::{Running, TestEnv};
use spool_tests::{clips, wait_until};
use std::fs;
use std::time::Duration;

/// Enough for three short videos on a machine under load.
const SOON: Duration = Duration::from_mins(1);

fn send(run: &Running, signal: Signal) {
    kill_process(Pid::from_raw(run.id() as i32).unwrap(), signal).unwrap();
}

fn wait_for(run: &Running, words: &str) {
    wait_until(words, SOON, || run.so_far().contains(words));
}

#[test]
fn an_idle_run_prints_the_reason_at_once_and_when_it_changes() {
    let env = queued();
    env.spool(&["hold", "--all"]);
    env.spool(&["pause"]);
    let run = env.start(&["run"]);
    let watch = env.start(&["watch"]);
    wait_for(&run, "spool: The queue is paused; `spool resume` resumes it.\n");
    env.spool(&["resume"]);
    wait_for(&run, "spool: 3 videos are on hold; `spool release --all` lets them start.\n");
    assert_eq!(env.spool(&["retry", "--all"]).stdout, "There was nothing to do.\n");
    says(&env.spool(&["status"]), 0, "3 on hold. Run by spool run (process");
    env.spool(&["release", "--all"]);
    wait_for(&run, "spool: Nothing is queued; `spool add` queues videos");
    send(&run, Signal::TERM);
    let answer = run.answer();
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.stderr.matches("paused").count(), 1, "printed only once: {answer:?}");
    wait_for(&watch, "spool: The queue is not running; start it with `spool run`.\n");
    send(&watch, Signal::TERM);
    let lines = answer.stdout;
    assert!(lines.contains("  1 of 3\n") && lines.contains("  3 of 3\n"), "{lines}");
}

#[test]
fn json_output_reports_progress_and_why_a_run_is_idle() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    env.video(&clips::ordinary(), "fake-slow.mkv");
    let out = env.out();
    env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.copy=never",
        "videos",
    ]);
    env.spool(&["pause"]);
    let run = env.start(&["run", "--json"]);
    wait_for(&run, "{\"standing\":\"The queue is paused");
    env.spool(&["resume"]);
    wait_until("progress twice", SOON, || run.so_far().matches("\"doneUs\":").count() > 1);
    wait_for(&run, "{\"standing\":null}");
    env.spool(&["cancel", "1"]);
    wait_for(&run, "\"state\":\"cancelled\"");
    send(&run, Signal::TERM);
    let answer = run.answer();
    let lines = answer.json();
    let end = lines.iter().find(|line| line["state"] == "cancelled").unwrap();
    assert_eq!(end["batch"], json!({ "ended": 1, "of": 1 }));
    assert!(lines.iter().filter(|line| line["id"].is_null()).count() >= 3, "{answer:?}");
}

#[test]
fn sigterm_exits_with_0_and_sigint_with_1_if_jobs_failed() {
    let env = one_of_three_broken();
    let run = env.start(&["run"]);
    wait_until("all to end", SOON, || !states(&env).iter().any(|s| s == "queued" || s == "running"));
    wait_for(&run, "Nothing is queued");
    send(&run, Signal::TERM);
    assert_eq!(run.answer().code, 0);
    for (retry, code) in [(true, 1), (false, 0)] {
        if retry {
            env.spool(&["retry", "--all"]);
        }
        let run = env.start(&["run"]);
        wait_for(&run, "Nothing is queued");
        send(&run, Signal::INT);
        assert_eq!(run.answer().code, code, "retried: {retry}");
    }
}

#[test]
fn a_hang_up_is_logged_and_reported_by_list_until_the_next_run() {
    let env = queued();
    env.spool(&["hold", "--all"]);
    let run = env.start(&["run"]);
    wait_for(&run, "on hold");
    send(&run, Signal::HUP);
    run.answer();
    says(&env.spool(&["list"]), 0, "The last run was ended by a hang-up at ");
    says(&env.spool(&["status"]), 0, "The last run was ended by a hang-up at ");
    assert!(env.spool(&["status", "--json"]).json()[0]["hungUpAt"].as_i64().unwrap() > 1_700_000_000_000);
    let log = fs::read_to_string(env.data().join("spool.log")).unwrap();
    assert_eq!(log.matches("ends by a hang-up").count(), 1, "{log}");
    env.spool(&["run", "--until-idle"]);
    assert!(!env.spool(&["list"]).stdout.contains("hang-up"));
}

#[test]
fn a_terminal_without_cursor_control_gets_lines() {
    let env = queued();
    let on_a_terminal = |term: &str| {
        let script =
            format!("command -v script >/dev/null || exit 77; TERM={term} exec script -qec \"$*\" /dev/null");
        env.under("sh", &["-c", &script, "sh"], &["run", "--until-idle"]).unwrap()
    };
    let dumb = on_a_terminal("dumb");
    if dumb.code == 77 {
        return eprintln!("SKIPPED: script(1), which provides a terminal, is not installed");
    }
    assert!(dumb.stdout.contains("    1  running    a.mkv\r\n"), "{dumb:?}");
    assert!(dumb.stdout.contains("  3 of 3\r\n") && !dumb.stdout.contains('\u{1b}'), "{dumb:?}");
    env.spool(&[
        "add",
        "--again",
        "--flat",
        "--output-dir",
        env.out().to_str().unwrap(),
        "--set",
        "video.crf=30",
        "videos",
    ]);
    let other = on_a_terminal("xterm");
    assert!(!other.stdout.contains("running    a.mkv"), "progress bars instead of lines: {other:?}");
}

#[test]
fn removing_all_jobs_removes_running_ones_too() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    for name in ["fake-stall.mkv", "b.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        env.out().to_str().unwrap(),
        "--set",
        "video.copy=never",
        "videos",
    ]);
    env.spool(&["move", "2", "--top"]);
    env.spool(&["hold", "1"]);
    let run = env.start(&["run", "--workers", "1"]);
    let watch = env.start(&["watch", "--until-idle"]);
    wait_until("the job to run", SOON, || env.jobs().iter().any(|job| job["state"] == "running"));
    says(&env.spool(&["remove", "--all"]), 0, "2 jobs removed.");
    assert_eq!(env.jobs().len(), 0);
    wait_for(&run, "Nothing is queued");
    watch.answer();
    send(&run, Signal::TERM);
    assert_eq!(run.answer().code, 0);
}
