//! What ends the window from outside: a signal, the end of the session, a display server that dies. Each is a clean stop.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::job::{Job, JobId, State};
use spool_core::queue::Details;
use spool_e2e::app::{App, binary};
use spool_e2e::desk::{Desk, Program, SOON};
use spool_tests::{clips, env, wait_until};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest time between a request to end and the end.
const LONGEST: Duration = Duration::from_secs(12);

/// A desk with one video, which ffmpeg never ends by itself.
fn desk(video: &str) -> Desk {
    let desk = Desk::new();
    let settings = serde_json::json!({ "ffmpeg": env::binary("fake-ffmpeg"), "outputDir": desk.env.out() });
    desk.env.settings(&settings);
    desk.env.video(&clips::ordinary(), video);
    let out = desk.env.out();
    let add = ["add", "--flat", "--output-dir", out.to_str().unwrap(), "--set", "video.copy=never", "videos"];
    assert_eq!(desk.env.spool(&add).code, 0);
    desk
}

/// The job, and how its attempts ended.
fn job(desk: &Desk) -> (Job, Vec<Option<String>>) {
    let queue = open_queue(&desk.env.data(), Arc::new(SystemClock::default())).unwrap();
    let attempts = queue.attempts(JobId(1)).unwrap();
    (queue.job(JobId(1)).unwrap().unwrap(), attempts.into_iter().map(|a| a.outcome).collect())
}

/// Does an ffmpeg run on it? A row says earlier that it runs: its original is looked at first.
fn is_at_work(desk: &Desk) -> bool {
    let queue = open_queue(&desk.env.data(), Arc::new(SystemClock::default())).unwrap();
    let attempts = queue.attempts(JobId(1)).unwrap();
    attempts.last().is_some_and(|attempt| attempt.ended_at.is_none() && attempt.child.is_some())
}

/// Works the job until `end` is done to the application, which must go by itself.
async fn evening(desk: &mut Desk, end: impl FnOnce(&mut Desk, u32)) {
    let app = App::start(desk, &[]).await;
    app.sees("[data-state=running]").await;
    wait_until("its ffmpeg", SOON, || is_at_work(desk));
    let window = app.processes().into_iter().find(|p| p.name == "spool-desktop").expect("the window");
    let begun = Instant::now();
    end(desk, window.id);
    wait_until("the window to go", LONGEST, || !window.is_alive());
    eprintln!("ended within {:?}", begun.elapsed());
    assert!(desk.env.results().is_empty(), "a part file is left: {:?}", desk.env.results());
}

fn was_stopped_cleanly(desk: &Desk, times: usize) {
    let (job, ends) = job(desk);
    assert_eq!((job.state, job.attempt, job.crashes, job.machine_ends), (State::Queued, 0, 0, 0), "{ends:?}");
    assert_eq!(ends, vec![Some("interrupted".to_owned()); times]);
}

fn send(signal: &str, to: u32) {
    assert!(Command::new("kill").args([signal, &to.to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_evenings_that_end_by_a_signal_count_nothing_against_a_video() {
    let mut desk = desk("fake-stall.mkv");
    for (n, signal) in ["-TERM", "-HUP", "-INT"].into_iter().enumerate() {
        evening(&mut desk, |_, window| send(signal, window)).await;
        was_stopped_cleanly(&desk, n + 1);
    }
    for n in 4..=5 {
        evening(&mut desk, |_, window| send("-TERM", window)).await;
        was_stopped_cleanly(&desk, n);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_evenings_whose_display_server_dies_count_nothing_against_a_video() {
    let mut desk = desk("fake-stall.mkv");
    for n in 1..=3 {
        evening(&mut desk, |desk, _| desk.lose_display()).await;
        was_stopped_cleanly(&desk, n);
        desk.new_display();
    }
}

/// A session that ends takes the display and sends signals, and ends the window only once.
#[tokio::test(flavor = "multi_thread")]
async fn an_ffmpeg_that_does_not_listen_is_ended_in_time_however_often_the_window_is_asked() {
    let mut desk = desk("fake-deafstall.mkv");
    evening(&mut desk, |desk, window| {
        send("-TERM", window);
        desk.lose_display();
        send("-TERM", window);
        send("-HUP", window);
    })
    .await;
    was_stopped_cleanly(&desk, 1);
}

#[test]
fn a_window_that_was_started_to_ignore_hangups_goes_on() {
    let desk = desk("fake-stall.mkv");
    let mut shell = desk.command("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\""]).arg(binary()).stdout(Stdio::null());
    let mut window = Program::start(&mut shell);
    wait_until("its ffmpeg", SOON, || is_at_work(&desk));
    send("-HUP", window.id());
    let (video, out) = (desk.env.video(&clips::ordinary(), "good.mkv"), desk.env.out());
    let add = ["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    assert_eq!(desk.env.spool(&add).code, 0);
    wait_until("further work", SOON, || desk.env.jobs()[1]["state"] == "done");
    assert!(!window.has_ended() && is_at_work(&desk));
    send("-TERM", window.id());
    wait_until("the window to go", LONGEST, || window.has_ended());
    was_stopped_cleanly(&desk, 1);
}
