//! Paused running jobs: they occupy no worker, delay no caller that waits for an idle queue, and take the next free
//! worker when resumed.

use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::event::{Delivery, Topic};
use spool_core::job::{Job, JobId, State};
use spool_core::policy::SUSPECT_CRASHES;
use spool_core::queue::{
    Command, Commands, Details, Flag, Leases, Outcome, QueuePosition, Selection, TakenNames,
};
use spool_tests::engine::{Setup, add, faulty, find, job, reaches, wish};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn start(env: &TestEnv) -> spool_core::engine::Engine {
    spool_tests::engine::start(env, Setup { workers: 1, ..faulty() })
}

/// Adds videos whose encode would take hours.
fn slow(engine: &spool_core::engine::Engine, env: &TestEnv, count: usize) -> Vec<JobId> {
    let videos: Vec<_> =
        (0..count).map(|n| env.video(&clips::ordinary(), &format!("fake-slow.{n}.mkv"))).collect();
    add(engine, env, &videos.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>())
}

/// Returns the state of the job's ffmpeg process in `/proc`; `T` is stopped.
#[cfg(target_os = "linux")]
fn process_state(engine: &spool_core::engine::Engine, id: JobId) -> Option<char> {
    let child = engine.queue().attempts(id).unwrap().pop()?.child?;
    let stat = std::fs::read_to_string(Path::new("/proc").join(child.pid.to_string()).join("stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_job_takes_the_next_free_worker_before_any_other() {
    let env = TestEnv::new();
    let engine = start(&env);
    let ids = slow(&engine, &env, 3);
    let is =
        |id: JobId, stopped: bool| process_state(&engine, id).is_some_and(|state| (state == 'T') == stopped);
    wait_until("the first job to run", SOON, || is(ids[0], false));
    engine.apply(Command::Hold, &Selection::Ids(vec![ids[0]])).unwrap();
    wait_until("the first job to stop and the second to run", SOON, || is(ids[0], true) && is(ids[1], false));
    engine.apply(Command::Release, &Selection::Ids(vec![ids[0]])).unwrap();
    engine.apply(Command::Cancel, &Selection::Ids(vec![ids[1]])).unwrap();
    wait_until("the first job to continue", SOON, || is(ids[0], false));
    assert_eq!(job(&engine, ids[2]).state, State::Queued, "there is one worker");
    engine.stop().await;
}

/// Another process reads from the row that the job is neither running nor paused.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_job_without_a_worker_is_distinguished_from_a_running_one() {
    let env = TestEnv::new();
    let engine = start(&env);
    let ids = slow(&engine, &env, 2);
    let is =
        |id: JobId, stopped: bool| process_state(&engine, id).is_some_and(|state| (state == 'T') == stopped);
    wait_until("the first job to run", SOON, || is(ids[0], false));
    engine.apply(Command::Hold, &Selection::Ids(vec![ids[0]])).unwrap();
    wait_until("the first job to stop and the second to run", SOON, || is(ids[0], true) && is(ids[1], false));
    let other = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let awaits = |id: JobId| other.job(id).unwrap().unwrap().awaits_worker();
    wait_until("the suspension to be stored", SOON, || {
        other.job(ids[0]).unwrap().unwrap().progress.is_some_and(|progress| progress.suspended)
    });
    assert!(!awaits(ids[0]), "it is paused");
    let listed = env.spool(&["list", "--state", "paused"]).stdout;
    let line = listed.lines().find(|line| line.contains("fake-slow.0")).unwrap();
    assert!(line.contains("paused") && line.contains(" %") && !line.contains(" left"), "{listed}");
    let status = env.spool(&["status"]).stdout;
    assert!(status.contains("2 running (fake-slow.0.mkv paused, fake-slow.1.mkv"), "{status}");
    engine.apply(Command::Release, &Selection::Ids(vec![ids[0]])).unwrap();
    assert!(awaits(ids[0]) && !awaits(ids[1]));
    let listed = env.spool(&["list"]).stdout;
    let line = listed.lines().find(|line| line.contains("fake-slow.0")).unwrap();
    assert!(line.contains("released") && line.contains("waits for a free worker"), "{listed}");
    assert!(!line.contains("running") && !line.contains(" left"), "{listed}");
    let shown = env.spool(&["show", "1"]).stdout;
    assert!(shown.contains("waits for a free worker"), "{shown}");
    assert_eq!(env.spool(&["list", "--state", "released", "--json"]).json().len(), 1);
    assert_eq!(env.jobs().iter().map(|job| job["awaitsWorker"] == true).collect::<Vec<_>>(), [true, false]);
    let notice = engine.subscribe(vec![Topic::Queue]).next().await;
    let Some(Delivery::Snapshot(snapshot)) = notice else { panic!("{notice:?}") };
    assert_eq!(snapshot.running.iter().map(Job::awaits_worker).collect::<Vec<_>>(), [true, false]);
    engine.apply(Command::Cancel, &Selection::Ids(vec![ids[1]])).unwrap();
    wait_until("the first job to continue", SOON, || is(ids[0], false) && !awaits(ids[0]));
    engine.stop().await;
}

/// The fake ffmpeg is really suspended, and reports its speed over all the time that passed, including the pause.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_speed_of_a_resumed_job_excludes_the_pause() {
    let env = TestEnv::new();
    let engine = start(&env);
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-average.mkv")])[0];
    let progress = || job(&engine, id).progress.filter(|progress| progress.done_us > 0);
    let wait_for = |from: std::time::Instant, seconds| {
        wait_until("the time to pass", SOON, || from.elapsed() >= Duration::from_secs(seconds));
    };
    wait_until("progress", SOON, || progress().is_some());
    wait_for(std::time::Instant::now(), 2);
    engine.apply(Command::Hold, &Selection::Ids(vec![id])).unwrap();
    wait_until("the process to stop", SOON, || process_state(&engine, id) == Some('T'));
    let before = progress().unwrap().done_us;
    wait_for(std::time::Instant::now(), 6);
    engine.apply(Command::Release, &Selection::Ids(vec![id])).unwrap();
    wait_until("the job to continue", SOON, || progress().is_some_and(|progress| progress.done_us > before));
    let speed = progress().unwrap().speed.unwrap();
    assert!(speed > 0.6, "{speed}: the speed is 1, and 0.3 if the pause counts");
    engine.stop().await;
}

/// The queue is idle while its job is paused. The next batch counts the job that is resumed and ends.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_job_is_counted_when_the_queue_becomes_idle_again() {
    use rustix::process::{Pid, Signal, kill_process};
    use spool_core::intake::AddOptions;
    use spool_tests::engine::taken;
    let env = TestEnv::new();
    let engine = start(&env);
    let first = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    reaches(&engine, first, State::Done);
    wait_until("the queue to become idle", SOON, || engine.batch().last_ended.done == 1);
    let once = AddOptions { max_attempts: 1, ..wish(&env) };
    let jobs = find(&[env.video(&clips::ordinary(), "fake-slow.mkv")], &once).jobs;
    engine.add(&jobs, QueuePosition::End, &taken(&jobs)).unwrap();
    let id = JobId(2);
    let child = || engine.queue().attempts(id).unwrap().pop().and_then(|attempt| attempt.child);
    wait_until("the job to run", SOON, || child().is_some());
    let rests = engine.batch().idle_count;
    engine.apply(Command::Hold, &Selection::Ids(vec![id])).unwrap();
    wait_until("the queue to become idle", SOON, || engine.batch().idle_count > rests);
    engine.apply(Command::Release, &Selection::Ids(vec![id])).unwrap();
    wait_until("the job to continue", SOON, || !job(&engine, id).progress.is_some_and(|p| p.suspended));
    kill_process(Pid::from_raw(child().unwrap().pid as i32).unwrap(), Signal::KILL).unwrap();
    reaches(&engine, id, State::Failed);
    wait_until("the queue to become idle again", SOON, || engine.batch().idle_count > rests + 1);
    let batch = engine.batch();
    assert_eq!((batch.last_ended.failed, batch.ended.done, batch.ended.failed), (1, 0, 1), "{batch:?}");
    engine.stop().await;
}

/// A suspect runs alone, because it may crash the application. While it is paused, it does not run.
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_suspect_delays_no_other_job() {
    let env = TestEnv::new();
    let queue = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let videos = [env.video(&clips::ordinary(), "fake-slow.mkv"), env.video(&clips::ordinary(), "a.mkv")];
    queue.add(&find(&videos, &wish(&env)).jobs, QueuePosition::End, &TakenNames::default()).unwrap();
    let suspect = queue.claim("a dead engine", true).unwrap().unwrap();
    queue.settle(suspect.lease(), &Outcome::Rescued { crashes: SUSPECT_CRASHES }).unwrap();
    drop(queue);
    let engine = start(&env);
    let (id, other) = (JobId(1), JobId(2));
    let child = || engine.queue().attempts(id).unwrap().pop().is_some_and(|a| a.child.is_some());
    wait_until("the job to run", SOON, child);
    assert_eq!(job(&engine, other).state, State::Queued, "the suspect runs alone");
    engine.apply(Command::Hold, &Selection::Ids(vec![id])).unwrap();
    reaches(&engine, other, State::Done);
    engine.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_job_does_not_keep_the_breaker_open() {
    let env = TestEnv::new();
    let (tool, away) = (env.data().join("ffmpeg"), env.data().join("away"));
    let fake = spool_tests::env::binary("fake-ffmpeg");
    spool_tests::env::script(&tool, &format!("exec {} \"$@\"", fake.display()));
    let engine = spool_tests::engine::start(
        &env,
        Setup { workers: 1, ffmpeg: Some(tool.clone()), ..Setup::default() },
    );
    let id = slow(&engine, &env, 1)[0];
    let child = || engine.queue().attempts(id).unwrap().pop().is_some_and(|a| a.child.is_some());
    wait_until("the job to run", SOON, child);
    engine.apply(Command::Hold, &Selection::Ids(vec![id])).unwrap();
    std::fs::rename(&tool, &away).unwrap();
    let other = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    wait_until("the breaker", SOON, || engine.queue().flag(Flag::Breaker).unwrap().is_some());
    std::fs::rename(&away, &tool).unwrap();
    reaches(&engine, other, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_end_does_not_wait_for_paused_jobs() {
    let env = TestEnv::new();
    let engine = start(&env);
    let id = slow(&engine, &env, 1)[0];
    let other = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    let child = || engine.queue().attempts(id).unwrap().pop().is_some_and(|a| a.child.is_some());
    wait_until("the job to run", SOON, child);
    engine.apply(Command::Hold, &Selection::Ids(vec![id])).unwrap();
    reaches(&engine, other, State::Done);
    tokio::time::timeout(SOON, engine.until_idle()).await.expect("no job can continue without the user");
    assert_eq!(job(&engine, id).state, State::Running);
    engine.drain();
    let queue = engine.queue();
    tokio::time::timeout(SOON, engine.ended()).await.expect("a paused job would never end");
    let left = queue.job(id).unwrap().unwrap();
    assert_eq!((left.state, left.hold, left.attempt), (State::Queued, true, 0));
}
