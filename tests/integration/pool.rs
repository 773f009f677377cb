//! The pool's size may change while it works.

use spool_core::job::State;
use spool_tests::engine::{Setup, add, faulty, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn more_workers_start_more_jobs_at_once_and_fewer_end_none() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let videos: Vec<_> =
        (0..3).map(|n| env.video(&clips::ordinary(), &format!("fake-stall.{n}.mkv"))).collect();
    add(&engine, &env, &videos.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    let running = || engine.queue().counts().unwrap().running;
    wait_until("the first", Duration::from_secs(20), || running() == 1);
    engine.set_workers(Some(2));
    wait_until("the second", Duration::from_secs(5), || running() == 2);
    assert_eq!(engine.workers(), 2);
    engine.set_workers(Some(1));
    let queue = engine.queue();
    engine.stop().await;
    let counts = queue.counts().unwrap();
    assert_eq!((counts.queued, counts.failed, counts.done), (3, 0, 0), "given back, none ended");
    assert!(queue.page(&spool_core::queue::Filter::of(&[State::Running]), 0, 9).unwrap().is_empty());
}
