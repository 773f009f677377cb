//! Order of jobs, pause, hold, waiting, and requests of other processes. The engine runs in this process, with a manual
//! clock where time matters.

use spool_core::clock::{Clock, ManualClock, SystemClock};
use spool_core::engine::open_queue;
use spool_core::failure::FailureCode;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Filter, Flag, Queue, Selection};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, fast, faulty, job, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn videos(env: &TestEnv, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| env.video(&clips::ordinary(), &format!("{name}.mkv"))).collect()
}

fn paths(videos: &[PathBuf]) -> Vec<&Path> {
    videos.iter().map(PathBuf::as_path).collect()
}

/// Returns the ids of the jobs in the order in which their first attempts started.
fn start_order(queue: &dyn Queue) -> Vec<i64> {
    let jobs = queue.page(&Filter::of(&[]), 0, 100).unwrap();
    let mut by_start: Vec<(uuid::Uuid, i64, i64)> = Vec::new();
    for job in jobs {
        let first = queue.attempts(job.id).unwrap().first().map_or(i64::MAX, |a| a.started_at);
        by_start.push((job.uid, first, job.id.0));
    }
    by_start.sort_by_key(|(_, at, id)| (*at, *id));
    by_start.into_iter().map(|(_, _, id)| id).collect()
}

fn one_worker() -> Setup {
    Setup { workers: 1, ..Setup::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_moved_to_the_top_starts_first_and_a_held_job_only_when_released() {
    let env = TestEnv::new();
    let engine = start(&env, one_worker());
    engine.pause(true).unwrap();
    let ids = add(&engine, &env, &paths(&videos(&env, &["a", "b", "c"])));
    engine.apply(Command::MoveTop, &Selection::Ids(vec![ids[2]])).unwrap();
    engine.apply(Command::Hold, &Selection::Ids(vec![ids[0]])).unwrap();
    engine.pause(false).unwrap();
    reaches(&engine, ids[1], State::Done);
    tokio::time::timeout(SOON, engine.until_idle()).await.unwrap();
    assert_eq!(job(&engine, ids[0]).state, State::Queued, "held");
    engine.apply(Command::Release, &Selection::Ids(vec![ids[0]])).unwrap();
    reaches(&engine, ids[0], State::Done);
    assert_eq!(start_order(engine.queue().as_ref()), [3, 2, 1]);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_retry_starts_before_jobs_added_later() {
    let env = TestEnv::new();
    let clock = Arc::new(ManualClock::at(1_800_000_000_000));
    let engine = start(
        &env,
        Setup {
            clock: clock.clone(),
            workers: 1,
            policy: Policy {
                backoff_first: Duration::from_secs(10),
                backoff_cap: SOON,
                jitter: 0.0,
                ..fast()
            },
            ..faulty()
        },
    );
    let first = add(&engine, &env, &paths(&videos(&env, &["fake-once"])))[0];
    wait_until("the first failure", SOON, || job(&engine, first).run_at.is_some());
    assert_eq!(job(&engine, first).run_at, Some(clock.now() + 10_000));
    engine.pause(true).unwrap();
    clock.advance(Duration::from_secs(10));
    let second = add(&engine, &env, &paths(&videos(&env, &["later"])))[0];
    engine.pause(false).unwrap();
    reaches(&engine, second, State::Done);
    let last_epoch = |id| engine.queue().attempts(id).unwrap().last().unwrap().epoch;
    assert_eq!(
        (job(&engine, first).state, last_epoch(first)),
        (State::Done, 2),
        "the retry ran before the later job"
    );
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_a_day_delays_no_retry() {
    let env = TestEnv::new();
    let clock = Arc::new(ManualClock::at(1_800_000_000_000));
    let engine = start(
        &env,
        Setup {
            clock: clock.clone(),
            policy: Policy { backoff_first: Duration::from_secs(10), backoff_cap: SOON, ..fast() },
            ..faulty()
        },
    );
    let id = add(&engine, &env, &paths(&videos(&env, &["fake-once"])))[0];
    wait_until("the first failure", SOON, || job(&engine, id).run_at.is_some());
    clock.set_back(24 * 3_600_000);
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_job_frees_its_worker_does_not_stall_and_resumes() {
    let env = TestEnv::new();
    let stall = Duration::from_secs(3);
    let engine = start(&env, Setup { workers: 1, policy: Policy { stall, ..fast() }, ..faulty() });
    let suspended = add(&engine, &env, &[&env.video(&clips::longer(), "fake-pace.mkv")])[0];
    wait_until("progress", SOON, || job(&engine, suspended).progress.is_some());
    engine.apply(Command::Hold, &Selection::Ids(vec![suspended])).unwrap();
    let other = add(&engine, &env, &paths(&videos(&env, &["other"])))[0];
    reaches(&engine, other, State::Done);
    let since = std::time::Instant::now();
    wait_until("the stall limit to pass", SOON, || since.elapsed() > stall * 2);
    let now = job(&engine, suspended);
    assert_eq!((now.state, now.hold), (State::Running, true));
    engine.apply(Command::Release, &Selection::Ids(vec![suspended])).unwrap();
    let done = reaches(&engine, suspended, State::Done);
    assert_eq!(done.attempt, 1);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_pause_stops_the_encode_and_a_restart_keeps_all_three_on_hold() {
    let env = TestEnv::new();
    let names = ["fake-deaf.1", "fake-deaf.2", "fake-deaf.3"];
    let engine = start(&env, Setup { workers: 3, ..faulty() });
    let ids = add(&engine, &env, &paths(&videos(&env, &names)));
    let queue = engine.queue();
    wait_until("all jobs to run", SOON, || {
        ids.iter().all(|id| queue.attempts(*id).unwrap().iter().any(|a| a.child.is_some()))
    });
    engine.apply(Command::Hold, &Selection::Ids(ids.clone())).unwrap();
    let held = |state| queue.page(&Filter::of(&[state]), 0, 9).unwrap().iter().filter(|j| j.hold).count();
    wait_until("one job to return to the queue", SOON, || held(State::Queued) == 1);
    assert_eq!(held(State::Running), 2);
    let stopped = queue.page(&Filter::of(&[State::Queued]), 0, 9).unwrap().remove(0);
    assert!(stopped.started_at.is_some(), "the start time shows that the job starts over");
    engine.stop().await;
    assert_eq!(held(State::Queued), 3);
    let restarted = start(&env, faulty());
    tokio::time::timeout(SOON, restarted.until_idle()).await.unwrap();
    assert_eq!(restarted.queue().counts().unwrap().held, 3);
    restarted.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_stays_paused_after_a_restart() {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &paths(&videos(&env, &["a"])))[0];
    engine.stop().await;
    let engine = start(&env, Setup::default());
    tokio::time::timeout(SOON, engine.until_idle()).await.unwrap();
    assert_eq!(job(&engine, id).state, State::Queued);
    engine.pause(false).unwrap();
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_another_process_are_noticed_within_two_seconds() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { policy: Policy { stall: SOON, ..Policy::default() }, ..faulty() });
    videos(&env, &["fake-stall"]);
    let out = env.out();
    assert_eq!(env.spool(&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos"]).code, 0);
    let id = JobId(1);
    wait_until("the job to start", Duration::from_secs(1), || job(&engine, id).state == State::Running);
    wait_until("its process", SOON, || engine.queue().attempts(id).unwrap()[0].child.is_some());
    assert_eq!(env.spool(&["cancel", "1"]).code, 0);
    wait_until("the cancel", Duration::from_secs(2), || job(&engine, id).state == State::Cancelled);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_fails_after_a_second_attempt_and_can_be_retried() {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let video = videos(&env, &["a"]).remove(0);
    let id = add(&engine, &env, &[&video])[0];
    let away = env.data().join("away");
    std::fs::rename(&video, &away).unwrap();
    engine.pause(false).unwrap();
    let failed = reaches(&engine, id, State::Failed);
    assert_eq!((failed.failure.unwrap().code(), failed.attempt), (FailureCode::SourceGone, 2));
    std::fs::rename(&away, &video).unwrap();
    engine.apply(Command::Retry, &Selection::Ids(vec![id])).unwrap();
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_changed_while_it_is_read_is_not_reported_as_done() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    filetime::set_file_mtime(&video, filetime::FileTime::from_unix_time(1_000_000, 0)).unwrap();
    let queue = engine.queue();
    wait_until("the first attempt to end", Duration::from_mins(1), || {
        queue.attempts(id).unwrap()[0].ended_at.is_some()
    });
    let first = queue.attempts(id).unwrap().remove(0);
    assert_eq!(first.failure.unwrap().code(), FailureCode::SourceChanged);
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_worker_fails_the_attempt_and_the_worker_continues() {
    let env = TestEnv::new();
    let clock = Arc::new(Tripwire {
        system: SystemClock::default(),
        armed: std::sync::atomic::AtomicBool::new(false),
    });
    let engine = start(&env, Setup { clock: clock.clone(), workers: 1, ..Setup::default() });
    clock.armed.store(true, std::sync::atomic::Ordering::SeqCst);
    let id = add(&engine, &env, &paths(&videos(&env, &["a"])))[0];
    let done = reaches(&engine, id, State::Done);
    let attempts = engine.queue().attempts(done.id).unwrap();
    assert_eq!(
        attempts[0].failure.as_ref().map(spool_core::failure::Reason::code),
        Some(FailureCode::Internal)
    );
    engine.stop().await;
}

/// A clock that panics once when a worker thread reads it.
struct Tripwire {
    system: SystemClock,
    armed: std::sync::atomic::AtomicBool,
}

impl Clock for Tripwire {
    fn now(&self) -> i64 {
        self.system.now()
    }
    fn awake(&self) -> Duration {
        let in_worker = std::thread::current().name().is_some_and(|n| n.starts_with("media-"));
        assert!(
            !(in_worker && self.armed.swap(false, std::sync::atomic::Ordering::SeqCst)),
            "tripped on purpose"
        );
        self.system.awake()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_receives_every_change_of_a_job_in_order() {
    use spool_core::event::{Delivery, Event, Topic};
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    let mut events = engine.subscribe(vec![Topic::Job(JobId(1))]);
    assert!(matches!(events.next().await, Some(Delivery::Snapshot(_))));
    let id = add(&engine, &env, &paths(&videos(&env, &["a", "b"])))[0];
    reaches(&engine, id, State::Done);
    engine.stop().await;
    let mut states = Vec::new();
    while let Some(notice) = events.next().await {
        match notice {
            Delivery::Event(Event::JobChanged { id, state, .. }) => states.push((id, state)),
            Delivery::Event(Event::Progress { id, progress }) => {
                assert_eq!(id, JobId(1));
                assert!(progress.percent.unwrap() <= 99.0);
            }
            other => panic!("not an event of this topic: {other:?}"),
        }
    }
    assert_eq!(states, [(JobId(1), State::Running), (JobId(1), State::Done)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_engine_finishes_running_jobs_and_starts_no_others() {
    let env = TestEnv::new();
    let engine = start(&env, one_worker());
    let ids = add(&engine, &env, &paths(&videos(&env, &["a", "b"])));
    wait_until("the first job to start", SOON, || job(&engine, ids[0]).state != State::Queued);
    engine.drain();
    let queue = engine.queue();
    tokio::time::timeout(SOON, engine.ended()).await.unwrap();
    assert_eq!(queue.job(ids[0]).unwrap().unwrap().state, State::Done);
    assert_eq!(queue.job(ids[1]).unwrap().unwrap().state, State::Queued);
    assert_eq!(queue.flag(Flag::Engine).unwrap(), None, "a clean end is recorded");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_an_unplugged_drive_wait_and_continue_when_it_returns() {
    let env = TestEnv::new();
    let Some(drive) = SmallDisk::mount(env.videos().join("drive"), 8 << 20) else { return };
    let video = drive.0.join("a.mkv");
    std::fs::copy(clips::ordinary(), &video).unwrap();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &[&video])[0];
    drive.unplug();
    engine.pause(false).unwrap();
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((waiting.failure.unwrap().code(), waiting.attempt), (FailureCode::SourceVolumeMissing, 0));
    let _drive = SmallDisk::mount(drive.0.clone(), 8 << 20).unwrap();
    std::fs::copy(clips::ordinary(), &video).unwrap();
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_folder_on_a_mounted_volume_is_created_again() {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &paths(&videos(&env, &["a"])))[0];
    std::fs::remove_dir(env.out()).unwrap();
    engine.pause(false).unwrap();
    reaches(&engine, id, State::Done);
    engine.stop().await;
}

#[test]
fn a_queue_can_be_created_by_several_callers_at_once() {
    let env = TestEnv::new();
    let open = || open_queue(&env.data(), Arc::new(SystemClock::default())).map(|_| ());
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        for handle in handles {
            handle.join().unwrap().unwrap();
        }
    });
}
