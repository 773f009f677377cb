//! Drives that hang and connections that are lost, on a real file system whose server is stopped or killed: the
//! affected jobs wait and continue by themselves, and no other job waits.

use spool_core::clock::SystemClock;
use spool_core::engine::{Engine, lock, open_queue};
use spool_core::failure::{FailureCode, Reason};
use spool_core::ffmpeg::Control;
use spool_core::ffmpeg::run::{Part, Request, RunEnd, RunEvent, run};
use spool_core::intake::AddOptions;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{
    Added, Command, Commands, Details, Flag, Leases, Outcome, QueuePosition, Selection, TakenNames,
};
use spool_core::remark::Remark;
use spool_core::volumes::{Absence, Volumes};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, fast, faulty, find, job, reaches, reaches_within, start, taken, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use spool_tests::share::Share;
use spool_tests::{clips, wait_until};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

/// The real policy with short waits; `silence` is long enough for a machine under load.
fn policy() -> Policy {
    let ms = Duration::from_millis;
    Policy { volume_look: ms(100), silence: ms(1500), silence_first: ms(1500), ..fast() }
}

fn setup() -> Setup {
    Setup { policy: policy(), ..faulty() }
}

/// Mounts a share with one video of this name. `None` where shares cannot be mounted.
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
    add_into(engine, env, share.path(), &env.video(&clips::ordinary(), name))
}

/// Adds a video whose result goes into this folder.
fn add_into(engine: &Engine, env: &TestEnv, folder: &Path, video: &Path) -> JobId {
    let found = find(&[video.to_owned()], &AddOptions { folder: Some(folder.to_owned()), ..wish(env) });
    let added = engine.add(&found.jobs, QueuePosition::End, &taken(&found.jobs)).unwrap();
    let Added::Accepted { id, .. } = added[0] else { panic!("{added:?}") };
    id
}

fn runs_ffmpeg(engine: &Engine, id: JobId) -> bool {
    engine.queue().attempts(id).unwrap().pop().is_some_and(|a| a.child.is_some() && a.ended_at.is_none())
}

fn waits_for_the_drive(engine: &Engine, id: JobId) {
    let waiting = reaches(engine, id, State::Waiting);
    let reason = waiting.failure.unwrap();
    assert_eq!((reason.code(), waiting.attempt), (FailureCode::VolumeSilent, 0), "{}", sentence(&reason));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_on_a_hung_drive_waits_without_an_attempt_and_continues_by_itself() {
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
async fn a_waiting_job_whose_drive_is_back_at_startup_runs_before_the_queue_is_idle() {
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
async fn a_drive_that_hangs_during_an_encode_is_not_a_stall() {
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
    assert_eq!(env.results(), ["fake-pace.mp4"], "the part file of the abandoned attempt is gone");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_at_most_two_seconds_even_on_a_hung_drive() {
    let env = TestEnv::new();
    let Some((share, _)) = share(&env, "unused.mkv") else { return };
    let engine =
        start(&env, Setup { policy: Policy { silence: SOON, silence_first: SOON, ..policy() }, ..faulty() });
    let id = add_to(&engine, &env, &share, "fake-slow.mkv");
    wait_until("ffmpeg to run", SOON, || runs_ffmpeg(&engine, id));
    share.hang();
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    engine.stop().await;
}

/// Names of the threads of this process that are blocked in a call to a FUSE file system.
fn threads_in_fuse() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let blocked = |path: &Path| {
        let stack = std::fs::read_to_string(path.join("stack")).unwrap_or_default();
        stack.contains("fuse_") || stack.contains("request_wait_answer")
    };
    tasks
        .filter(|task| blocked(&task.path()))
        .map(|task| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default().trim().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_drive_hangs_the_engine_stops_and_another_one_starts_at_once() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let engine =
        start(&env, Setup { policy: Policy { silence: SOON, silence_first: SOON, ..policy() }, ..faulty() });
    engine.pause(true).unwrap();
    let id = add(&engine, &env, &[&video])[0];
    share.hang();
    engine.pause(false).unwrap();
    // The kernel reports the stack of each thread, if this process may read it.
    wait_until("the job to run", SOON, || job(&engine, id).state == State::Running);
    wait_until("a thread to block in a call", SOON, || !threads_in_fuse().is_empty());
    let threads = threads_in_fuse();
    let own = |name: &String| name.starts_with("volume") || name.starts_with("media-");
    assert!(threads.iter().all(own), "only threads for drives access one: {threads:?}");
    let started = Instant::now();
    engine.stop().await;
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    assert_eq!(lock::holder(&env.data()), None);
    let users = std::fs::File::open(env.data().join("queue.users")).unwrap();
    users.try_lock().expect("the queue is not in use, even if a thread is left behind");
    users.unlock().unwrap();
    let started = Instant::now();
    let next = start(&env, setup());
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let stopped = job(&next, id);
    assert_eq!((stopped.attempt, stopped.crashes), (u32::from(stopped.state == State::Running), 0));
    share.answer();
    reaches(&next, id, State::Done);
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_costs_no_attempt_and_its_jobs_continue_when_it_is_back() {
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
async fn a_connection_lost_during_an_encode_does_not_fail_the_video() {
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
async fn a_stall_while_the_connection_is_lost_does_not_count_against_the_video() {
    let env = TestEnv::new();
    let Some((mut share, video)) = share(&env, "fake-stall.mkv") else { return };
    let stall = Duration::from_secs(3);
    let engine = start(&env, Setup { policy: Policy { stall, stall_first: stall, ..policy() }, ..faulty() });
    let id = add(&engine, &env, &[&video])[0];
    wait_until("ffmpeg to run", SOON, || runs_ffmpeg(&engine, id));
    share.lose();
    waits_for_the_drive(&engine, id);
    engine.stop().await;
}

#[test]
fn adding_from_a_hung_drive_fails_with_a_message_within_five_seconds() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let here = env.video(&clips::ordinary(), "b.mkv");
    share.hang();
    let started = Instant::now();
    let answer =
        env.spool(&["add", video.to_str().unwrap(), share.path().to_str().unwrap(), here.to_str().unwrap()]);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(answer.code, 1);
    let refused =
        answer.stderr.lines().filter(|line| line.contains("is on a drive that does not respond")).count();
    assert_eq!(refused, 2, "{}", answer.stderr);
    assert!(answer.stdout.contains("b.mkv"), "videos on other drives are added: {}", answer.stdout);
}

/// A crash after the intent was noted, on a drive that hangs at the next start: whether the result was published is
/// checked once the drive is back.
#[tokio::test(flavor = "multi_thread")]
async fn startup_waits_for_no_drive_and_a_published_result_is_not_made_again() {
    let env = TestEnv::new();
    let Some((share, _)) = share(&env, "unused.mkv") else { return };
    let video = env.video(&clips::ordinary(), "a.mkv");
    let found = find(&[video], &AddOptions { folder: Some(share.path().to_owned()), ..wish(&env) });
    let dead = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    dead.add(&found.jobs, QueuePosition::End, &TakenNames::default()).unwrap();
    let running = dead.claim("a dead engine", true).unwrap().unwrap();
    std::fs::copy(clips::ordinary(), &running.output).unwrap();
    let (size, identity) = spool_core::output::identity(&running.output).unwrap();
    let intent = spool_core::job::Intent { path: running.output.clone(), size, identity };
    let note = spool_core::queue::Note::Publish { intent, warnings: vec![Remark::PartsJoined] };
    assert!(dead.note(running.lease(), &note).unwrap());
    drop(dead);
    share.hang();
    let started = Instant::now();
    let engine = start(&env, setup());
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    waits_for_the_drive(&engine, running.id);
    share.answer();
    let done = reaches(&engine, running.id, State::Done);
    assert_eq!((done.crashes, done.warnings), (0, vec![Remark::PartsJoined]));
    assert_eq!(done.output, running.output, "the published result is found");
    engine.stop().await;
}

/// An attempt reserves space before anything else. While its drive hangs it cannot release the reservation itself.
#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_attempt_reserves_no_space_on_other_drives() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 20 << 20) else { return };
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let here = env.video(&clips::ordinary(), "b.mkv");
    for video in [&video, &here] {
        // Bytes after the end of a video affect its size alone.
        std::fs::File::options().append(true).open(video).unwrap().set_len(12 << 20).unwrap();
    }
    let engine = start(&env, setup());
    engine.pause(true).unwrap();
    let away = add_into(&engine, &env, &disk.0, &video);
    share.hang();
    engine.pause(false).unwrap();
    waits_for_the_drive(&engine, away);
    let beside = add_into(&engine, &env, &disk.0, &here);
    reaches(&engine, beside, State::Done);
    share.answer();
    reaches(&engine, away, State::Done);
    engine.stop().await;
}

/// The mount table does not reveal such a path, because the drive of the symlink itself responds.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_replaced_by_a_symlink_to_a_hung_drive_delays_no_other_job() {
    let env = TestEnv::new();
    let Some((share, _)) = share(&env, "unused.mkv") else { return };
    let engine = start(&env, Setup { workers: 1, ..setup() });
    engine.pause(true).unwrap();
    let folder = env.out().join("away");
    std::fs::create_dir_all(&folder).unwrap();
    let away = add_into(&engine, &env, &folder, &env.video(&clips::ordinary(), "a.mkv"));
    let here = add(&engine, &env, &[&env.video(&clips::ordinary(), "b.mkv")])[0];
    std::fs::remove_dir(&folder).unwrap();
    std::os::unix::fs::symlink(share.path(), &folder).unwrap();
    share.hang();
    engine.pause(false).unwrap();
    waits_for_the_drive(&engine, away);
    reaches(&engine, here, State::Done);
    for name in ["c.mkv", "d.mkv"] {
        let next = add(&engine, &env, &[&env.video(&clips::ordinary(), name)])[0];
        reaches(&engine, next, State::Done);
    }
    assert_eq!(engine.queue().attempts(away).unwrap().len(), 1, "the job is attempted once");
    share.answer();
    reaches(&engine, away, State::Done);
    engine.stop().await;
}

/// A job waits for another reason, on a drive that has hung since.
#[tokio::test(flavor = "multi_thread")]
async fn a_drive_found_silent_by_the_check_of_waiting_jobs_occupies_no_worker() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "a.mkv") else { return };
    let earlier = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let away = AddOptions { folder: Some(share.path().to_owned()), ..wish(&env) };
    let add = |video, wish: &AddOptions| {
        let added =
            earlier.add(&find(&[video], wish).jobs, QueuePosition::End, &TakenNames::default()).unwrap();
        let Added::Accepted { id, .. } = added[0] else { panic!("{added:?}") };
        id
    };
    let (_, next) = (add(video, &wish(&env)), add(env.video(&clips::ordinary(), "b.mkv"), &away));
    let claimed = earlier.claim("an earlier engine", true).unwrap().unwrap();
    let growing = Reason::SourceGrowing { name: "a.mkv".into() };
    assert!(earlier.settle(claimed.lease(), &Outcome::Waiting(growing.into())).unwrap());
    earlier.set_flag(Flag::Paused, Some("1")).unwrap();
    drop(earlier);
    share.hang();
    let patient = Policy { volume_patience: Duration::from_secs(1), silence_first: SOON * 2, ..policy() };
    let volumes = Arc::new(Volumes::default());
    let engine = start(&env, Setup { policy: patient, workers: 1, volumes: volumes.clone(), ..faulty() });
    wait_until("the check to be given up", SOON, || volumes.absence(share.path()) == Some(Absence::Silent));
    engine.pause(false).unwrap();
    reaches_within(&engine, next, State::Waiting, Duration::from_secs(5));
    assert_eq!(job(&engine, claimed.id).state, State::Waiting, "its source may still be growing");
    share.answer();
    for id in [claimed.id, next] {
        reaches(&engine, id, State::Done);
    }
    engine.stop().await;
}

#[test]
fn an_encoder_is_cancelled_in_time_although_the_drive_of_its_result_hangs() {
    let env = TestEnv::new();
    let Some((share, video)) = share(&env, "part") else { return };
    let (policy, volumes) = (policy(), Arc::new(Volumes::default()));
    let (order, orders) = tokio::sync::watch::channel(Control::Go);
    let (send, ended) = std::sync::mpsc::channel();
    let (starting, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let request = Request {
            program: &spool_tests::env::binary("fake-ffmpeg"),
            args: &["-i".into(), "fake-slow.mkv".into()],
            part: Some(Part { path: &video, volumes: &volumes }),
            ceiling: u64::MAX,
            total_us: None,
            orders: &orders,
            policy: &policy,
            clock: &SystemClock::default(),
        };
        let report = run(&request, &mut |happened| {
            if matches!(happened, RunEvent::Progress(_)) {
                let _ = starting.send(());
            }
        });
        let _ = send.send(report.ended);
    });
    share.hang();
    // Eight progress reports take two seconds, in which a check of the part file comes due.
    for _ in 0..8 {
        started.recv_timeout(SOON).unwrap();
    }
    order.send_replace(Control::Cancel);
    assert_eq!(ended.recv_timeout(SOON), Ok(RunEnd::Cancelled));
}
