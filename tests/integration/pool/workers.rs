//! Changing the number of workers while the engine runs, and the figures of a batch for subscribers and other processes
//! that missed events.

use spool_core::batch::Batch;
use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::event::{Delivery, Topic};
use spool_core::job::State;
use spool_core::queue::{Command, Selection};
use spool_tests::engine::{Setup, add, faulty, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn more_workers_start_jobs_at_once_and_fewer_workers_end_none() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let videos: Vec<_> =
        (0..3).map(|n| env.video(&clips::ordinary(), &format!("fake-stall.{n}.mkv"))).collect();
    add(&engine, &env, &videos.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    let running = || engine.queue().counts().unwrap().running;
    wait_until("the first job to run", Duration::from_secs(20), || running() == 1);
    engine.set_workers(Some(2));
    wait_until("the second job to run", Duration::from_secs(5), || running() == 2);
    assert_eq!(engine.workers(), 2);
    engine.set_workers(Some(1));
    let queue = engine.queue();
    engine.stop().await;
    let counts = queue.counts().unwrap();
    assert_eq!((counts.queued, counts.failed, counts.done), (3, 0, 0), "returned to the queue, none ended");
    assert!(queue.page(&spool_core::queue::Filter::of(&[State::Running]), 0, 9).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_contains_the_idle_state_and_the_counts_of_the_batch() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let snapshot = async || match engine.subscribe(vec![Topic::Queue]).next().await {
        Some(Delivery::Snapshot(snapshot)) => snapshot,
        notice => panic!("{notice:?}"),
    };
    tokio::time::timeout(Duration::from_secs(20), engine.until_idle()).await.unwrap();
    let before = snapshot().await.batch;
    add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-slow.mkv")]);
    wait_until("a batch to begin", Duration::from_secs(20), || !engine.batch().over);
    let working = snapshot().await;
    assert_eq!((working.idle, working.batch.idle_count), (false, before.idle_count));
    engine.apply(Command::Cancel, &Selection::All(vec![State::Running])).unwrap();
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    reaches(&engine, id, State::Done);
    tokio::time::timeout(Duration::from_secs(20), engine.until_idle()).await.unwrap();
    assert_eq!(engine.batch().last_ended.done, 1);
    let resting = snapshot().await;
    assert_eq!((resting.idle, resting.batch), (true, engine.batch()));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_processes_read_the_progress_of_a_batch_until_its_engine_ends() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let videos = ["fake-slow.mkv", "a.mkv"].map(|name| env.video(&clips::ordinary(), name));
    add(&engine, &env, &[&videos[0], &videos[1]]);
    let other = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let kept = || Batch::load(&other).unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let ended = loop {
        assert!(Instant::now() < deadline, "the second job did not end");
        let ended = engine.batch().ended;
        if ended.done == 1 {
            break ended;
        }
        std::thread::park_timeout(Duration::from_micros(200));
    };
    assert!(ended.bytes_before > 0 && ended.bytes_after > 0, "counted without its bytes: {ended:?}");
    // The stored counts may be two seconds old.
    let counts =
        |batch: Batch| (batch.ended.done, batch.ended.bytes_before, batch.ended.bytes_after, batch.over);
    wait_until("the counts to be stored", Duration::from_secs(20), || {
        counts(kept()) == counts(engine.batch())
    });
    let now = engine.batch();
    assert!(!now.over);
    let far = now.progress(&engine.queue().counts().unwrap());
    assert_eq!((far.ended, far.of), (1, 2));
    engine.stop().await;
    let next = start(&env, faulty());
    assert!(kept().over || kept().ended.done == 0, "jobs that continue are another batch: {:?}", kept());
    next.stop().await;
}
