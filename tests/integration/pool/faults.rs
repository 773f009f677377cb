//! Every job fails, a subscriber never reads, the pool panics, an engine with a paused job dies: the queue goes on.

use serde_json::Value;
use spool_core::clock::{Clock, SystemClock};
use spool_core::event::{Delivery, Event, Topic};
use spool_core::job::State;
use spool_core::policy::Policy;
use spool_core::queue::{Command, Flag, Selection};
use spool_core::raised::Alarm;
use spool_tests::engine::{Setup, add, fast, faulty, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn videos(env: &TestEnv, count: usize, name: &str) -> Vec<PathBuf> {
    (0..count).map(|n| env.video(&clips::ordinary(), &format!("{name}.{n}.mkv"))).collect()
}

fn paths(videos: &[PathBuf]) -> Vec<&Path> {
    videos.iter().map(PathBuf::as_path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_failure_raises_the_alarm_and_retry_all_completes_every_job_after_the_repair() {
    let env = TestEnv::new();
    let tool = env.out().parent().unwrap().join("ffmpeg");
    std::fs::copy(spool_tests::env::binary("fake-ffmpeg"), &tool).unwrap();
    let engine = start(&env, Setup { ffmpeg: Some(tool.clone()), workers: 1, ..Setup::default() });
    let mut events = engine.subscribe(vec![Topic::Queue]);
    let ids = add(&engine, &env, &paths(&videos(&env, 6, "fake-exit1")));
    for id in &ids {
        reaches(&engine, *id, State::Failed);
    }
    let mut failed_before = 0;
    loop {
        match events.next().await.unwrap() {
            Delivery::Event(Event::JobChanged { state: State::Failed, .. }) => failed_before += 1,
            Delivery::Event(Event::Alarm(alarm)) => {
                assert!(matches!(alarm, Alarm::Lately { failed: 3, minutes: 10, .. }), "{alarm:?}");
                break;
            }
            _ => {}
        }
    }
    assert_eq!(failed_before, 3);
    let queue = engine.queue();
    assert!(queue.flag(Flag::Alarm).unwrap().is_some());
    // The repair: the ffmpeg of the system replaces the broken one.
    let path = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|f| f.join("ffmpeg")).find(|p| p.exists()).unwrap();
    std::fs::remove_file(&tool).unwrap();
    std::fs::copy(real, &tool).unwrap();
    engine.apply(Command::Retry, &Selection::All(vec![State::Failed])).unwrap();
    for id in ids {
        reaches(&engine, id, State::Done);
    }
    wait_until("the alarm to be cleared", SOON, || queue.flag(Flag::Alarm).unwrap().is_none());
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_breaker_is_open_one_job_at_a_time_probes_and_none_loses_an_attempt() {
    let env = TestEnv::new();
    let clock = std::sync::Arc::new(spool_core::clock::ManualClock::at(1_800_000_000_000));
    let (probe, second) = (Duration::from_mins(1), Duration::from_secs(1));
    let policy = Policy { breaker_probe: probe, ..fast() };
    let missing = env.out().join("ffmpeg");
    let engine =
        start(&env, Setup { ffmpeg: Some(missing), clock: clock.clone(), policy, ..Setup::default() });
    let ids = add(&engine, &env, &paths(&videos(&env, 5, "v")));
    let queue = engine.queue();
    let runs = || ids.iter().map(|id| queue.attempts(*id).unwrap().len()).sum::<usize>();
    let running = || queue.counts().unwrap().running;
    wait_until("the breaker", SOON, || queue.flag(Flag::Breaker).unwrap().is_some() && running() == 0);
    let before = runs();
    assert!(before <= 2, "at most one run per worker: {before}");
    for n in 1..=3 {
        clock.advance(probe.saturating_sub(second));
        let since = Instant::now();
        wait_until("many ticks", SOON, || since.elapsed() > fast().tick * 10);
        assert_eq!(runs(), before + n - 1, "too early for a probe");
        clock.advance(second);
        wait_until("the probe to end", SOON, || runs() == before + n && running() == 0);
    }
    assert!(queue.page(&spool_core::queue::Filter::default(), 0, 9).unwrap().iter().all(|j| j.attempt == 0));
    engine.stop().await;
}

/// Sends more events than are buffered for a subscriber.
#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_never_reads_blocks_nothing_and_gets_a_snapshot_at_the_end() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let mut unread = engine.subscribe(vec![Topic::Queue]);
    engine.pause(true).unwrap();
    for n in 0..1_500 {
        engine.pause(n % 2 == 0).unwrap();
    }
    engine.pause(false).unwrap();
    for id in add(&engine, &env, &paths(&videos(&env, 3, "v"))) {
        reaches(&engine, id, State::Done);
    }
    // Every subscription begins with a snapshot; the second one replaces the missed events.
    for _ in 0..2 {
        let Some(Delivery::Snapshot(now)) = unread.next().await else { panic!("no snapshot") };
        assert_eq!(now.counts.done, 3);
    }
    engine.stop().await;
}

/// A clock that panics once when a thread of the runtime, and so the pool, reads it.
struct Tripwire {
    system: SystemClock,
    armed: AtomicBool,
}

impl Clock for Tripwire {
    fn now(&self) -> i64 {
        self.system.now()
    }
    fn awake(&self) -> Duration {
        let in_pool = std::thread::current().name().is_some_and(|name| name.starts_with("tokio"));
        assert!(!(in_pool && self.armed.swap(false, Ordering::SeqCst)), "tripped on purpose");
        self.system.awake()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_pool_does_not_end_it() {
    let env = TestEnv::new();
    let clock = Arc::new(Tripwire { system: SystemClock::default(), armed: AtomicBool::new(false) });
    let engine = start(&env, Setup { clock: clock.clone(), ..Setup::default() });
    clock.armed.store(true, Ordering::SeqCst);
    wait_until("the panic", SOON, || !clock.armed.load(Ordering::SeqCst));
    for id in add(&engine, &env, &paths(&videos(&env, 3, "v"))) {
        reaches(&engine, id, State::Done);
    }
    engine.stop().await;
}

/// A suspended encode is lost in a crash; the hold on its job is kept.
#[cfg(target_os = "linux")]
#[test]
fn a_paused_job_is_on_hold_after_a_crash_and_starts_when_released() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    env.video(&clips::ordinary(), "fake-slow.mkv");
    let out = env.out();
    assert_eq!(env.spool(&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos"]).code, 0);
    let job = |env: &TestEnv| env.jobs().remove(0);
    let first = env.start(&["run"]);
    wait_until("progress", SOON, || job(&env)["progress"].is_object());
    assert_eq!(env.spool(&["hold", "1"]).code, 0);
    first.crash();
    let second = env.start(&["run"]);
    wait_until("the job to be rescued", Duration::from_secs(5), || job(&env)["state"] == "queued");
    let now = job(&env);
    assert_eq!((&now["hold"], &now["attempt"]), (&Value::from(true), &Value::from(0)));
    assert!(env.results().is_empty(), "{:?}", env.results());
    assert_eq!(env.spool(&["release", "1"]).code, 0);
    wait_until("the job to start", Duration::from_secs(5), || job(&env)["state"] == "running");
    second.crash();
}
