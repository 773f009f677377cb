//! Checks of results yield to queued jobs and stop on request.
#![cfg(target_os = "linux")]

use spool_core::clock::SystemClock;
use spool_core::ffmpeg::{Control, locate};
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, Lists, Selection};
use spool_core::recheck::{Event, Round, run_all};
use spool_tests::engine::{Setup, add, fast, faulty, job, places, reaches};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const SOON: Duration = Duration::from_secs(20);

/// State and niceness of the processes whose arguments name this file, from `/proc`.
fn readers(file: &Path) -> Vec<(char, i32)> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let reads = |process: &Path| {
        let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let name = [b"file:", file.as_os_str().as_encoded_bytes()].concat();
        command.split(|byte| *byte == 0).any(|word| word == name)
    };
    let state = |process: &Path| {
        let stat = std::fs::read_to_string(process.join("stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        Some((fields[0].chars().next()?, fields[16].parse().ok()?))
    };
    processes.filter(|process| reads(process)).filter_map(|process| state(&process)).collect()
}

/// Makes a result whose original the fake ffmpeg never finishes reading.
fn made(env: &TestEnv) -> JobId {
    let video = env.video(&clips::ordinary(), "fake-slow.done.mkv");
    let out = env.out();
    let add = ["add", "--set", "video.copy=never", "--set", "audio.copy=never", "--output-dir"];
    let added = env.spool(&[&add[..], &[out.to_str().unwrap(), video.to_str().unwrap()]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    JobId(1)
}

#[test]
fn a_stopped_check_ends_within_two_seconds_and_keeps_its_findings() {
    let env = TestEnv::new();
    made(&env);
    let quick = env.video(&clips::ordinary(), "quick.mkv");
    let out = env.out();
    env.spool(&["add", "--output-dir", out.to_str().unwrap(), quick.to_str().unwrap()]);
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    env.use_fake_ffmpeg();
    let slow = env.videos().join("fake-slow.done.mkv");
    let check = env.start(&["check", "2", "1"]);
    wait_until("the slow original to be read", SOON, || {
        env.jobs().iter().any(|job| job["check"]["found"] == "right")
            && readers(&slow).iter().any(|r| r.1 == 19)
    });
    let started = Instant::now();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(check.id() as i32).unwrap(),
        rustix::process::Signal::INT,
    )
    .unwrap();
    let answer = check.answer();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(answer.code, 1, "{answer:?}");
    let end = "1 result checked: 1 right, 0 wrong.\nStopped: 1 result is left to be checked.\n";
    assert!(answer.stdout.ends_with(end), "{answer:?}");
    assert!(readers(&slow).is_empty(), "its ffmpeg is gone");
    let unchecked: Vec<bool> = env.jobs().iter().map(|job| job["check"].is_null()).collect();
    assert_eq!(unchecked, [true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_result_is_checked_while_the_queue_has_work() {
    let env = TestEnv::new();
    let done = made(&env);
    let slow = env.videos().join("fake-slow.done.mkv");
    let engine = spool_tests::engine::start(&env, Setup { workers: 1, ..faulty() });
    let (stop, orders) = watch::channel(Control::Go);
    let (report, waits) = channel();
    let (queue, data) = (engine.queue(), env.data());
    let round = std::thread::spawn(move || {
        let tools = spool_core::ffmpeg::ToolPlaces {
            ffmpeg: Some(spool_tests::env::binary("fake-ffmpeg")),
            ..places()
        };
        let (tools, policy, clock) = (locate(&tools).unwrap(), fast(), SystemClock::default());
        let round =
            Round { queue: queue.as_ref(), data: &data, tools: &tools, policy: &policy, clock: &clock };
        run_all(round, &[done], &orders, &mut |event| {
            if let Event::Waits(still) = event {
                report.send(still).unwrap();
            }
        })
    });
    wait_until("the check to read", SOON, || readers(&slow).iter().any(|r| r.0 != 'T' && r.1 == 19));
    let video = env.video(&clips::ordinary(), "fake-slow.queued.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("the job to run and the check to be suspended", SOON, || {
        readers(&slow).iter().all(|r| r.0 == 'T') && readers(&video).iter().any(|r| r.0 != 'T' && r.1 == 10)
    });
    assert!(waits.recv_timeout(SOON).unwrap(), "the check reports that it waits");
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    reaches(&engine, id, State::Cancelled);
    assert!(!waits.recv_timeout(SOON).unwrap(), "the check reports that it continues");
    wait_until("the check to continue", SOON, || readers(&slow).iter().any(|r| r.0 != 'T'));
    stop.send(Control::Cancel).unwrap();
    let tally = round.join().unwrap().unwrap();
    assert!(tally.stopped && tally.checked() == 0, "{tally:?}");
    assert!(job(&engine, done).check.is_none());
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_and_one_without_an_engine_delay_no_check() {
    let env = TestEnv::new();
    let done = made(&env);
    let engine = spool_tests::engine::start(&env, Setup::default());
    engine.pause(true).unwrap();
    let video = env.video(&clips::ordinary(), "queued.mkv");
    add(&engine, &env, &[&video]);
    assert_eq!(env.spool(&["check"]).code, 0, "paused");
    assert!(job(&engine, done).check.is_some());
    engine.stop().await;
    let queue =
        spool_core::engine::open_queue(&env.data(), std::sync::Arc::new(SystemClock::default())).unwrap();
    spool_core::queue::pause(&queue, false).unwrap();
    assert_eq!(queue.counts().unwrap().startable(), 1);
    assert_eq!(env.spool(&["check"]).code, 0, "no engine runs");
}
