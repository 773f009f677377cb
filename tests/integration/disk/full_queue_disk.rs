//! The disk that holds the queue is full: commands are refused with an error, ends of attempts are recorded once there
//! is space, and no change is stored in part.
#![cfg(target_os = "linux")]

use crate::queue::broken_files::{add_each, file, names, numbered, open};
use spool_core::error::Error;
use spool_core::job::State;
use spool_core::queue::{Commands, Flag, TakenNames};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, faulty, impatient, job, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// An environment whose queue is on its own small disk; `None` if none can be mounted.
fn environment() -> Option<(TestEnv, SmallDisk)> {
    let env = TestEnv::new();
    let disk = SmallDisk::mount(env.data(), 8 << 20)?;
    Some((env, disk))
}

#[test]
fn adds_are_refused_with_an_error_and_accepted_again_when_there_is_space() {
    let Some((env, disk)) = environment() else { return };
    env.video(&clips::ordinary(), "a.mkv");
    add_each(&open(&env).unwrap(), 0..3);
    for in_use in [true, false] {
        let other = in_use.then(|| open(&env).unwrap());
        let ballast = disk.fill();
        let refused = env.spool(&["add", "videos"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(
            refused.stderr.contains("The disk that holds the queue is full. Free some space"),
            "{refused:?}"
        );
        assert!(!refused.stdout.contains("accepted"), "{refused:?}");
        fs::remove_file(ballast).unwrap();
        drop(other);
        assert_eq!(names(&open(&env).unwrap()), numbered(0..3), "no part of the refused add");
    }
    let added = env.spool(&["add", "videos"]);
    assert_eq!((added.code, env.jobs().len()), (0, 4), "{added:?}");
}

#[test]
fn the_queue_can_be_read_on_a_full_disk() {
    let Some((env, disk)) = environment() else { return };
    add_each(&open(&env).unwrap(), 0..3);
    for in_use in [false, true] {
        let other = in_use.then(|| open(&env).unwrap());
        let ballast = disk.fill();
        let listed = env.spool(&["list"]);
        assert!(listed.code == 0 && listed.stdout.contains("3 queued"), "{in_use}: {listed:?}");
        assert_eq!(env.spool(&["list", "--json"]).json().len(), 3);
        assert_eq!(env.spool(&["show", "2", "--json"]).json()[0]["id"], 2);
        let refused = env.spool(&["hold", "1"]);
        assert!(
            refused.code == 1 && refused.stderr.contains("The disk that holds the queue is full"),
            "{refused:?}"
        );
        fs::remove_file(ballast).unwrap();
        drop(other);
    }
    // A log can be read only with a shared memory file, for which there is no space: the command fails rather than
    // ignore what the log holds.
    let live = open(&env).unwrap();
    add_each(&live, 3..4);
    let [database, log] = crate::queue::broken_files::bytes(&env);
    drop(live);
    fs::write(file(&env, ""), database).unwrap();
    fs::write(file(&env, "-wal"), log).unwrap();
    let _ballast = disk.fill();
    let listed = env.spool(&["list"]);
    assert!(
        listed.code == 1 && listed.stderr.contains("The disk that holds the queue is full"),
        "{listed:?}"
    );
}

#[test]
fn an_add_that_fills_the_disk_half_way_leaves_nothing_behind() {
    let Some((env, disk)) = environment() else { return };
    let queue = open(&env).unwrap();
    let jobs: Vec<_> = (0..20_000).map(|n| crate::queue::fixture::new_job(&format!("{n}.mkv"))).collect();
    let refused = queue.add(&jobs, spool_core::queue::QueuePosition::End, &TakenNames::default());
    assert!(matches!(refused, Err(Error::DatabaseFull)), "{refused:?}");
    assert!(names(&queue).is_empty());
    drop(queue);
    let queue = open(&env).unwrap();
    add_each(&queue, 0..3);
    assert_eq!(names(&queue), numbered(0..3));
    assert!(spool_core::queue::sqlite::backup::is_whole(&file(&env, "")));
    drop((queue, disk));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_kept_in_memory_and_recorded_when_there_is_space() {
    let Some((env, disk)) = environment() else { return };
    let engine = start(&env, faulty());
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let long_ago = filetime::FileTime::from_unix_time(1_000_000_000, 0);
    filetime::set_file_mtime(&video, long_ago).unwrap();
    let id = add(&engine, &env, &[&video])[0];
    let part =
        || engine.queue().attempts(id).unwrap().pop().filter(|a| a.child.is_some()).and_then(|a| a.part);
    wait_until("ffmpeg to start", SOON, || part().is_some());
    let (part, ballast) = (part().unwrap(), disk.fill());
    let changed = || filetime::FileTime::from_last_modification_time(&part.metadata().unwrap());
    wait_until("the last step before the intent is recorded", SOON, || changed() == long_ago);
    engine.queue().set_flag(Flag::Alarm, Some("x")).unwrap_err();
    assert_eq!(job(&engine, id).state, State::Running, "nothing is recorded yet");
    fs::remove_file(ballast).unwrap();
    let job = reaches(&engine, id, State::Done);
    assert_eq!((job.attempt, job.epoch), (1, 1), "the encode is not repeated");
    assert_eq!(env.results(), ["fake-pace.mp4"]);
    assert!(judge::decodes(&job.output));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_kept_in_memory_and_recorded_when_there_is_space() {
    let Some((env, disk)) = environment() else { return };
    let engine = start(&env, Setup { policy: impatient(), ..faulty() });
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-stall.mkv")])[0];
    let part =
        || engine.queue().attempts(id).unwrap().pop().filter(|a| a.child.is_some()).and_then(|a| a.part);
    wait_until("ffmpeg to start", SOON, || part().is_some());
    let (part, ballast) = (part().unwrap(), disk.fill());
    wait_until("the attempt to end", SOON, || !part.exists());
    assert_eq!(job(&engine, id).state, State::Running, "nothing is recorded yet");
    fs::remove_file(ballast).unwrap();
    wait_until("the failure to be recorded", SOON, || {
        engine.queue().attempts(id).unwrap()[0].outcome.as_deref() == Some("retry")
    });
    engine.stop().await;
}
