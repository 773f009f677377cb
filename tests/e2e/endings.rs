//! Ends of the window from outside: signals, the end of the session, a display server that dies. Each must be a clean
//! stop, which counts nothing against the job.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::job::{Job, JobId, State};
use spool_core::queue::Details;
use spool_e2e::app::{App, binary};
use spool_e2e::desktop::{Desktop, Program, SOON};
use spool_tests::{clips, env, wait_until};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest time the window may take to exit.
const LONGEST: Duration = Duration::from_secs(12);

/// Returns a desktop with one queued job, for which the fake ffmpeg never exits by itself.
fn desk(video: &str) -> Desktop {
    let desk = Desktop::new();
    let settings = serde_json::json!({ "ffmpeg": env::binary("fake-ffmpeg"), "outputDir": desk.env.out() });
    desk.env.settings(&settings);
    desk.env.video(&clips::ordinary(), video);
    let out = desk.env.out();
    let add = ["add", "--flat", "--output-dir", out.to_str().unwrap(), "--set", "video.copy=never", "videos"];
    assert_eq!(desk.env.spool(&add).code, 0);
    desk
}

/// Returns the job and the outcomes of its attempts.
fn job(desk: &Desktop) -> (Job, Vec<Option<String>>) {
    let queue = open_queue(&desk.env.data(), Arc::new(SystemClock::default())).unwrap();
    let attempts = queue.attempts(JobId(1)).unwrap();
    (queue.job(JobId(1)).unwrap().unwrap(), attempts.into_iter().map(|a| a.outcome).collect())
}

/// Checks whether ffmpeg runs for the job. The state `running` begins earlier, as the source is checked first.
fn ffmpeg_runs(desk: &Desktop) -> bool {
    let queue = open_queue(&desk.env.data(), Arc::new(SystemClock::default())).unwrap();
    let attempts = queue.attempts(JobId(1)).unwrap();
    attempts.last().is_some_and(|attempt| attempt.ended_at.is_none() && attempt.child.is_some())
}

/// Runs the job in the application, and calls `end` with the window's process id. Checks that the window then exits in
/// time and leaves no part file.
async fn end_while_running(desk: &mut Desktop, end: impl FnOnce(&mut Desktop, u32)) {
    let app = App::start(desk, &[]).await;
    app.sees("[data-state=running]").await;
    wait_until("ffmpeg to run", SOON, || ffmpeg_runs(desk));
    let window = app.processes().into_iter().find(|p| p.name == "spool-desktop").expect("the window");
    let start = Instant::now();
    end(desk, window.id);
    wait_until("the window to exit", LONGEST, || !window.is_alive());
    eprintln!("exited within {:?}", start.elapsed());
    assert!(desk.env.results().is_empty(), "a part file is left: {:?}", desk.env.results());
}

fn was_stopped_cleanly(desk: &Desktop, times: usize) {
    let (job, ends) = job(desk);
    assert_eq!((job.state, job.attempt, job.crashes, job.machine_ends), (State::Queued, 0, 0, 0), "{ends:?}");
    assert_eq!(ends, vec![Some("interrupted".to_owned()); times]);
}

fn send(signal: &str, to: u32) {
    assert!(Command::new("kill").args([signal, &to.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_stop_the_window_cleanly_and_count_no_attempt() {
    let mut desk = desk("fake-stall.mkv");
    for (n, signal) in ["-TERM", "-HUP", "-INT"].into_iter().enumerate() {
        end_while_running(&mut desk, |_, window| send(signal, window)).await;
        was_stopped_cleanly(&desk, n + 1);
    }
    for n in 4..=5 {
        end_while_running(&mut desk, |_, window| send("-TERM", window)).await;
        was_stopped_cleanly(&desk, n);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_display_server_stops_the_window_cleanly_and_counts_no_attempt() {
    let mut desk = desk("fake-stall.mkv");
    for n in 1..=3 {
        end_while_running(&mut desk, |desk, _| desk.lose_display()).await;
        was_stopped_cleanly(&desk, n);
        desk.new_display();
    }
}

/// At the end of a session the display server dies and signals arrive; the window must handle this as one stop.
#[tokio::test(flavor = "multi_thread")]
async fn an_unresponsive_ffmpeg_is_ended_in_time_despite_repeated_signals() {
    let mut desk = desk("fake-deafstall.mkv");
    end_while_running(&mut desk, |desk, window| {
        send("-TERM", window);
        desk.lose_display();
        send("-TERM", window);
        send("-HUP", window);
    })
    .await;
    was_stopped_cleanly(&desk, 1);
}

#[test]
fn a_window_started_with_hangups_ignored_keeps_running() {
    let desk = desk("fake-stall.mkv");
    let mut shell = desk.command("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\""]).arg(binary()).stdout(Stdio::null());
    let mut window = Program::start(&mut shell);
    wait_until("ffmpeg to run", SOON, || ffmpeg_runs(&desk));
    send("-HUP", window.id());
    let (video, out) = (desk.env.video(&clips::ordinary(), "good.mkv"), desk.env.out());
    let add = ["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    assert_eq!(desk.env.spool(&add).code, 0);
    wait_until("the second job to be done", SOON, || desk.env.jobs()[1]["state"] == "done");
    assert!(!window.has_ended() && ffmpeg_runs(&desk));
    send("-TERM", window.id());
    wait_until("the window to exit", LONGEST, || window.has_ended());
    was_stopped_cleanly(&desk, 1);
}

#[test]
fn without_a_display_the_window_exits_with_a_sentence_and_code_4() {
    let env = env::TestEnv::new();
    for display in [None, Some(":4095")] {
        let mut window = Command::new(binary());
        window.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("SPOOL_DATA_DIR", env.data());
        window.envs(display.map(|display| ("DISPLAY", display)));
        let output = window.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(text.contains("There is no display for the window; use the command `spool`"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }
}
