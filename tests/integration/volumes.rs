//! Drives that hang and connections that are lost, with a real file system whose server is stopped or killed: the jobs
//! wait and go on by themselves, and nobody else does.

use spool_core::clock::SystemClock;
use spool_core::engine::{Engine, lock, open_queue};
use spool_core::failure::FailureCode;
use spool_core::intake::Wish;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Added, Command, Commands, Leases, Place, Taken, Which};
use spool_core::remark::Remark;
use spool_tests::engine::{Setup, add, fast, faulty, find, job, reaches, reaches_within, start, taken, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons::said;
use spool_tests::share::Share;
use spool_tests::{clips, wait_until};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

/// The real policy but for waits: silence is long enough for a machine under load.
fn policy() -> Policy {
    let ms = Duration::from_millis;
    Policy { volume_look: ms(100), silence: ms(1500), silence_first: ms(1500), ..fast() }
}

fn setup() -> Setup {
    Setup { policy: policy(), ..faulty() }
}

/// A share that shows a folder with this video.
fn share(env: &TestEnv, name: &str) -> Option<(Share, PathBuf)> {
    let shown = env.data().join("../shown");
    std::fs::create_dir_all(&shown).unwrap();
    std::fs::copy(clips::longer(), shown.join(name)).unwrap();
    let share = Share::mount(shown, &env.data().join("../share"))?;
    let video = share.path().join(name);
    Some((share, video))
}

/// Adds a video whose result goes onto the share.
fn add_to(engine: &Engine, env: &TestEnv, share: &Share, name: &str) -> JobId {
    let video = env.video(&clips::ordinary(), name);
    let found = find(&[video], &Wish { folder: Some(share.path().to_owned()), ..wish(env) });
    let added = engine.add(&found.jobs, Place::End, &taken(&found.jobs)).unwrap();
    let Added::Accepted { id, .. } = added[0] else { panic!("{added:?}") };
    id
}

fn works(engine: &Engine, id: JobId) -> bool {
    engine.queue().attempts(id).unwrap().pop().is_some_and(|a| a.child.is_some() && a.ended_at.is_none())
}

fn waits_for_the_drive(engine: &Engine, id: JobId) {
    let waiting = reaches(engine, id, State::Waiting);
    let reason = waiting.failure.unwrap();
    assert_eq!((reason.code(), waiting.attempt), (FailureCode::VolumeSilent, 0), "{}", said(&reason));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_drive_hangs_waits_without_an_attempt_and_goes_on_by_itself() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let engine = start(&env, setup());
    engine.pause(true).unwrap();
    let away = add(&engine, &env, &[&video])[0];
    let here = add(&engine, &env, &[&env.video(&clips::ordinary(), "b.mkv")])[0];
    share.hang();
    engine.pause(false).unwrap();
    waits_for_the_drive(&engine, away);
    reaches(&engine, here, State::Done);
    share.answer();
    reaches(&engine, away, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_drive_is_back_at_the_start_goes_on_before_the_queue_counts_as_idle() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let engine = start(&env, setup());
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &[&video])[0];
    share.hang();
    engine.pause(false).unwrap();
    waits_for_the_drive(&engine, id);
    engine.stop().await;
    share.answer();
    let next = start(&env, Setup { policy: Policy { wait_recheck: SOON, ..policy() }, ..faulty() });
    tokio::time::timeout(SOON, next.until_idle()).await.unwrap();
    assert_eq!(job(&next, id).state, State::Done);
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_hangs_in_the_middle_of_an_encode_is_no_stall() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "fake-pace.mkv") else { return };
    let ms = Duration::from_millis;
    let engine = start(&env, Setup { policy: Policy { stall: ms(4000), ..policy() }, ..faulty() });
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    share.hang();
    waits_for_the_drive(&engine, id);
    share.answer();
    reaches(&engine, id, State::Done);
    assert_eq!(env.results(), ["fake-pace.mp4"], "the part of the attempt that was left behind is gone");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_is_done_within_two_seconds_whatever_the_drive_does() {
    let env = TestEnv::new();
    let Some((share, _)) = share(&env, "unused.mkv") else { return };
    let engine =
        start(&env, Setup { policy: Policy { silence: SOON, silence_first: SOON, ..policy() }, ..faulty() });
    let id = add_to(&engine, &env, &share, "fake-slow.mkv");
    wait_until("it to work", SOON, || works(&engine, id));
    share.hang();
    engine.steer(Command::Cancel, &Which::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    engine.stop().await;
}

/// Names and states of the threads of this process that stand in a call to a file system with a server.
fn in_a_call() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let stands = |path: &Path| {
        let stack = std::fs::read_to_string(path.join("stack")).unwrap_or_default();
        stack.contains("fuse_") || stack.contains("request_wait_answer")
    };
    tasks
        .filter(|task| stands(&task.path()))
        .map(|task| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default().trim().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_drive_hangs_the_queue_is_stopped_and_another_engine_starts_at_once() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let engine =
        start(&env, Setup { policy: Policy { silence: SOON, silence_first: SOON, ..policy() }, ..faulty() });
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &[&video])[0];
    share.hang();
    engine.pause(false).unwrap();
    // The kernel says where each thread stands, if this one may ask.
    wait_until("the attempt to hang", SOON, || job(&engine, id).state == State::Running);
    wait_until("a thread to stand in a call", SOON, || !in_a_call().is_empty());
    let threads = in_a_call();
    let own = |name: &String| name.starts_with("volume") || name.starts_with("media-");
    assert!(threads.iter().all(own), "only threads for drives touch one: {threads:?}");
    let begun = Instant::now();
    engine.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert_eq!(lock::holder(&env.data()), None);
    let users = std::fs::File::open(env.data().join("queue.users")).unwrap();
    users.try_lock().expect("the queue does not count as in use, whatever thread is left behind");
    users.unlock().unwrap();
    let begun = Instant::now();
    let next = start(&env, setup());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let stopped = job(&next, id);
    assert_eq!((stopped.attempt, stopped.crashes), (u32::from(stopped.state == State::Running), 0));
    share.answer();
    reaches(&next, id, State::Done);
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_lost_costs_no_attempt_and_its_jobs_go_on_when_it_is_back() {
    let env = TestEnv::new();
    let Some((mut share, video)) = share(&env, "a.mkv") else { return };
    let others: Vec<PathBuf> = (0..20).map(|n| share.path().join(format!("{n}.mkv"))).collect();
    for other in &others {
        std::fs::copy(clips::ordinary(), other).unwrap();
    }
    let engine = start(&env, setup());
    engine.pause(true).unwrap();
    let mut all = vec![video.as_path()];
    all.extend(others.iter().map(PathBuf::as_path));
    let ids = add(&engine, &env, &all);
    let result = add_to(&engine, &env, &share, "c.mkv");
    share.lose();
    engine.pause(false).unwrap();
    for id in ids.iter().chain([&result]) {
        waits_for_the_drive(&engine, *id);
    }
    share.return_again();
    for id in ids.iter().chain([&result]) {
        reaches(&engine, *id, State::Done);
    }
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_the_middle_of_an_encode_is_no_fault_of_the_video() {
    let env = TestEnv::new();
    let Some((mut share, video)) = share(&env, "fake-pace.mkv") else { return };
    let engine = start(&env, setup());
    let source = add(&engine, &env, &[&video])[0];
    let result = add_to(&engine, &env, &share, "fake-pace.2.mkv");
    for id in [source, result] {
        wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    }
    share.lose();
    waits_for_the_drive(&engine, source);
    waits_for_the_drive(&engine, result);
    share.return_again();
    reaches(&engine, source, State::Done);
    reaches(&engine, result, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_an_encode_while_the_connection_is_lost_is_not_held_against_the_video() {
    let env = TestEnv::new();
    let Some((mut share, video)) = share(&env, "fake-stall.mkv") else { return };
    let stall = Duration::from_secs(3);
    let engine = start(&env, Setup { policy: Policy { stall, stall_first: stall, ..policy() }, ..faulty() });
    let id = add(&engine, &env, &[&video])[0];
    wait_until("it to work", SOON, || works(&engine, id));
    share.lose();
    waits_for_the_drive(&engine, id);
    engine.stop().await;
}

#[test]
fn adding_from_a_drive_that_hangs_is_answered_within_five_seconds_with_a_sentence() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let here = env.video(&clips::ordinary(), "b.mkv");
    share.hang();
    let begun = Instant::now();
    let answer =
        env.spool(&["add", video.to_str().unwrap(), share.path().to_str().unwrap(), here.to_str().unwrap()]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(answer.code, 1);
    let said =
        answer.stderr.lines().filter(|line| line.contains("is on a drive that does not answer")).count();
    assert_eq!(said, 2, "{}", answer.stderr);
    assert!(answer.stdout.contains("b.mkv"), "what is elsewhere is added: {}", answer.stdout);
}

/// A crash between the noted intent and the end, on a drive that hangs at the next start: whether it was published is
/// found out when the drive is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_no_drive_and_what_may_be_published_is_not_made_again() {
    let env = TestEnv::new();
    let Some((share, _)) = share(&env, "unused.mkv") else { return };
    let video = env.video(&clips::ordinary(), "a.mkv");
    let found = find(&[video], &Wish { folder: Some(share.path().to_owned()), ..wish(&env) });
    let dead = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    dead.add(&found.jobs, Place::End, &Taken::default()).unwrap();
    let running = dead.claim("a dead engine", true).unwrap().unwrap();
    std::fs::copy(clips::ordinary(), &running.output).unwrap();
    let (size, identity) = spool_core::output::identity(&running.output).unwrap();
    let intent = spool_core::job::Intent { path: running.output.clone(), size, identity };
    let note = spool_core::queue::Note::Publish { intent, warnings: vec![Remark::PartsJoined] };
    assert!(dead.note(running.lease(), &note).unwrap());
    drop(dead);
    share.hang();
    let begun = Instant::now();
    let engine = start(&env, setup());
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    waits_for_the_drive(&engine, running.id);
    share.answer();
    let done = reaches(&engine, running.id, State::Done);
    assert_eq!((done.crashes, done.warnings), (0, vec![Remark::PartsJoined]));
    assert_eq!(done.output, running.output, "found, not made again");
    engine.stop().await;
}
