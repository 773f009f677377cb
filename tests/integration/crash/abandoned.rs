//! Abandoned jobs: the queue records them as running, but no worker runs them, because the engine was killed
//! or the worker panicked in its last steps. Such jobs are listed as abandoned, returned to the queue, cancelled and
//! removed. Also covers an engine that stops while the queue cannot be read.

use spool_core::clock::{Clock, SystemClock};
use spool_core::job::{JobId, State};
use spool_core::queue::{Details, Queue};
use spool_tests::engine::{Setup, add, faulty, job, reaches, start};
use spool_tests::env::{Running, TestEnv};
use spool_tests::{clips, wait_until};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn queue(env: &TestEnv) -> impl Queue + use<> {
    spool_core::engine::open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap()
}

/// Starts an engine in another process, with a job that does not end by itself during a test.
fn start_with_running_job(env: &TestEnv) -> Running {
    env.use_fake_ffmpeg();
    let video = env.video(&clips::ordinary(), "fake-slow.mkv");
    let out = env.out();
    assert_eq!(env.spool(&["add", video.to_str().unwrap(), "--output-dir", out.to_str().unwrap()]).code, 0);
    let engine = env.start(&["run"]);
    let queue = queue(env);
    wait_until("progress to be saved", SOON, || {
        queue.job(JobId(1)).unwrap().is_some_and(|job| job.progress.is_some())
    });
    engine
}

fn ffmpeg_pid(env: &TestEnv) -> u32 {
    queue(env).attempts(JobId(1)).unwrap().pop().unwrap().child.unwrap().pid
}

fn is_alive(pid: u32) -> bool {
    // A process that has ended and was not waited for yet is a zombie.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

#[test]
fn list_shows_since_when_the_job_of_a_killed_engine_is_abandoned() {
    let env = TestEnv::new();
    let engine = start_with_running_job(&env);
    let listed = env.spool(&["list"]).stdout;
    assert!(listed.contains("running") && !listed.contains("`spool run`"), "{listed}");
    assert!(env.spool(&["list", "--json"]).json()[0]["abandonedSince"].is_null());
    engine.crash();
    let listed = env.spool(&["list"]).stdout;
    assert!(listed.contains("stopped    fake-slow.mkv  interrupted at 20"), "{listed}");
    assert!(listed.contains("The engine was killed after 20"), "{listed}");
    let since = env.spool(&["list", "--json"]).json()[0]["abandonedSince"].as_i64().unwrap();
    let age = SystemClock::default().now() - since;
    assert!((0..60_000).contains(&age), "{age} ms ago");
    assert!(env.spool(&["show", "1"]).stdout.contains("interrupted at 20"));
}

#[test]
fn cancelling_an_abandoned_job_ends_its_ffmpeg() {
    let env = TestEnv::new();
    let engine = start_with_running_job(&env);
    let pid = ffmpeg_pid(&env);
    engine.crash();
    let answer = env.spool(&["cancel", "1"]);
    assert_eq!((answer.code, answer.stdout.trim()), (0, "Job 1 cancelled."));
    assert_eq!(queue(&env).job(JobId(1)).unwrap().unwrap().state, State::Cancelled);
    assert!(!is_alive(pid));
    assert!(env.results().is_empty(), "{:?}", env.results());
}

#[test]
fn an_abandoned_job_can_be_removed() {
    let env = TestEnv::new();
    let engine = start_with_running_job(&env);
    engine.crash();
    let answer = env.spool(&["remove", "1"]);
    assert_eq!((answer.code, answer.stdout.trim()), (0, "Job 1 removed."));
    assert!(queue(&env).job(JobId(1)).unwrap().is_none());
    assert!(env.results().is_empty(), "{:?}", env.results());
}

#[test]
fn removing_a_running_job_cancels_it_first() {
    let env = TestEnv::new();
    let engine = start_with_running_job(&env);
    let pid = ffmpeg_pid(&env);
    let answer = env.spool(&["remove", "1"]);
    assert_eq!((answer.code, answer.stdout.trim()), (0, "Job 1 removed."), "{}", answer.stderr);
    assert!(queue(&env).job(JobId(1)).unwrap().is_none());
    assert!(!is_alive(pid) && env.results().is_empty(), "{:?}", env.results());
    drop(engine);
}

/// A clock that counts its readings, and panics once when the thread of a job settles it.
#[derive(Default)]
struct CountingClock {
    system: SystemClock,
    read: AtomicU64,
    armed: AtomicBool,
}

impl Clock for CountingClock {
    fn now(&self) -> i64 {
        let settles = std::thread::current().name().is_some_and(|name| name.starts_with("job-"));
        assert!(!(settles && self.armed.swap(false, Ordering::SeqCst)), "deliberate panic");
        self.system.now()
    }
    fn awake(&self) -> Duration {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.system.awake()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_panics_while_settling_is_requeued_without_counting_the_attempt() {
    let env = TestEnv::new();
    let clock = Arc::new(CountingClock::default());
    let engine = start(&env, Setup { clock: clock.clone(), workers: 1, ..faulty() });
    clock.armed.store(true, Ordering::SeqCst);
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    let done = reaches(&engine, id, State::Done);
    let attempts = engine.queue().attempts(id).unwrap();
    assert!(
        attempts[1].commands.is_empty(),
        "the result of the first attempt is reused: {:?}",
        attempts[1].commands
    );
    let ends: Vec<_> = attempts.into_iter().filter_map(|a| a.outcome).collect();
    assert_eq!(ends, ["interrupted", "done"]);
    assert_eq!((done.attempt, done.crashes), (1, 0));
    assert_eq!(env.results(), ["a.mp4"], "the published result is not made again");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_running_jobs_without_spinning_while_the_queue_cannot_be_read() {
    let env = TestEnv::new();
    let clock = Arc::new(CountingClock::default());
    let engine = start(&env, Setup { clock: clock.clone(), ..faulty() });
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-slow.mkv")])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    let pid = ffmpeg_pid(&env);
    let other = rusqlite::Connection::open(env.data().join("queue.db")).unwrap();
    other.execute_batch("ALTER TABLE job RENAME TO away").unwrap();
    let (started, before) = (Instant::now(), clock.read.load(Ordering::SeqCst));
    engine.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(!is_alive(pid));
    let reads = clock.read.load(Ordering::SeqCst) - before;
    assert!(reads < 500, "read {reads} times");
    other.execute_batch("ALTER TABLE away RENAME TO job").unwrap();
}
