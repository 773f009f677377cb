//! The time left for the queue, as an engine estimates it and as other processes read it.

use crate::queue::fixture::contract;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{Engine, open_queue};
use spool_core::forecast::learned::{KEPT_OF_TASK, Sample};
use spool_core::forecast::work::Workload;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Commands, Details, Flag, QueuePosition, Selection, TakenNames, time_left};
use spool_tests::engine::{Setup, add, fast, faulty, find, reaches, wish};
use spool_tests::env::TestEnv;
use spool_tests::fill::fill;
use spool_tests::{clips, wait_until};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(30);

/// The policy of `fast` with frequent estimates.
fn often() -> Policy {
    Policy { forecast_every: Duration::from_millis(50), ..fast() }
}

fn videos(engine: &Engine, env: &TestEnv, names: &[&str]) -> Vec<JobId> {
    let videos: Vec<PathBuf> = names.iter().map(|name| env.video(&clips::ordinary(), name)).collect();
    add(engine, env, &videos.iter().map(PathBuf::as_path).collect::<Vec<&Path>>())
}

fn work(task: u128) -> Workload {
    Workload {
        task: Uuid::from_u128(task),
        cost: 0.5,
        codec: "HEVC".into(),
        megapixels: None,
        seconds: Some(7.5),
        bytes: 42,
    }
}

contract! {
    durations_are_kept_for_the_newest_jobs_of_each_task => |w| {
        let sample = |task, took| Sample { work: work(task), jobs: 1.5, took };
        w.queue.learn(&sample(7, 3.0)).unwrap();
        assert_eq!(w.queue.learned().unwrap(), [sample(7, 3.0)]);
        let others: Vec<Sample> = (0..=KEPT_OF_TASK).map(|n| sample(8, 1.0 + n as f64)).collect();
        for one in &others {
            w.queue.learn(one).unwrap();
        }
        let kept = w.queue.learned().unwrap();
        assert_eq!((kept.len(), kept[0].took), (KEPT_OF_TASK + 1, 3.0));
        assert_eq!(kept[1..], others[1..], "the oldest of the other task is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn durations_are_learned_and_no_time_left_is_reported_once_all_is_done() {
    let env = TestEnv::new();
    let engine = spool_tests::engine::start(&env, Setup { policy: often(), workers: 1, ..Setup::default() });
    let ids = videos(&engine, &env, &["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
    let other = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let now = || SystemClock::default().now();
    wait_until("the time left to be known", SOON, || engine.time_left().is_some());
    wait_until("other processes to know it", SOON, || {
        time_left(&other, now()).unwrap().is_some_and(|left| left.from <= left.to && left.to > 0.0)
    });
    for id in &ids {
        reaches(&engine, *id, State::Done);
    }
    wait_until("all four durations to be learned", SOON, || other.learned().unwrap().len() == 4);
    let learned = other.learned().unwrap();
    assert!(learned.iter().all(|one| one.work.codec == "H.264" && one.work.seconds.is_some()), "{learned:?}");
    assert!(
        learned.iter().all(|one| one.took > 0.0 && one.took < 60.0 && (1.0..1.01).contains(&one.jobs)),
        "{learned:?}"
    );
    wait_until("the time left to be cleared", SOON, || engine.time_left().is_none());
    assert_eq!(time_left(&other, now()).unwrap(), None);
    engine.stop().await;
    // The estimate of a killed engine expires as well.
    let old = r#"{"from":5.0,"to":9.0,"at":1000}"#;
    other.set_flag(Flag::TimeLeft, Some(old)).unwrap();
    assert!(time_left(&other, 20_000).unwrap().is_some());
    assert_eq!(time_left(&other, 32_000).unwrap(), None, "expired");
    assert_eq!(time_left(&other, 500).unwrap(), None, "from the future");
}

/// The jobs take hours. Queued jobs count, but not while they are on hold or the queue is paused.
#[tokio::test(flavor = "multi_thread")]
async fn only_jobs_that_proceed_by_themselves_count() {
    let env = TestEnv::new();
    let policy = Policy { disk_reserve: 1 << 20, ..often() };
    let engine = spool_tests::engine::start(&env, Setup { policy, workers: 1, ..faulty() });
    let ids = videos(&engine, &env, &["fake-slow.1.mkv", "fake-slow.2.mkv", "fake-slow.3.mkv"]);
    let at_most = || engine.time_left().map_or(0.0, |left| left.to);
    reaches(&engine, ids[0], State::Running);
    wait_until("the time left to be known", SOON, || at_most() > 0.0);
    let all = at_most();
    engine.apply(Command::Hold, &Selection::Ids(ids[1..].to_vec())).unwrap();
    wait_until("jobs on hold not to count", SOON, || at_most() < all * 0.8);
    engine.apply(Command::Release, &Selection::Ids(ids[1..].to_vec())).unwrap();
    wait_until("released jobs to count", SOON, || at_most() > all * 0.8);
    engine.pause(true).unwrap();
    wait_until("queued jobs of a paused queue not to count", SOON, || at_most() < all * 0.8);
    engine.stop().await;
}

/// The number of jobs on hold makes no difference: jobs after them will run.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_after_many_jobs_on_hold_count() {
    let env = TestEnv::new();
    let queue = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    fill(&queue, 1200);
    queue.apply(Command::Hold, &Selection::All(vec![State::Queued])).unwrap();
    let videos: Vec<PathBuf> =
        (0..10).map(|n| env.video(&clips::ordinary(), &format!("fake-slow.{n}.mkv"))).collect();
    queue.add(&find(&videos, &wish(&env)).jobs, QueuePosition::End, &TakenNames::default()).unwrap();
    let later: Vec<JobId> = (1202..1211).map(JobId).collect();
    queue.apply(Command::Hold, &Selection::Ids(later.clone())).unwrap();
    drop(queue);
    let policy = Policy { disk_reserve: 1 << 20, ..often() };
    let engine = spool_tests::engine::start(&env, Setup { policy, workers: 1, ..faulty() });
    let at_most = || engine.time_left().map_or(0.0, |left| left.to);
    reaches(&engine, JobId(1201), State::Running);
    wait_until("the time left to be known", SOON, || at_most() > 0.0);
    let alone = at_most();
    engine.apply(Command::Release, &Selection::Ids(later)).unwrap();
    wait_until("the released jobs to count", SOON, || at_most() > alone * 4.0);
    engine.stop().await;
}

#[cfg(unix)]
#[test]
fn the_status_reports_the_time_left() {
    use rustix::process::{Pid, Signal, kill_process};
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    let video = env.video(&clips::ordinary(), "fake-slow.1.mkv");
    assert_eq!(env.spool(&["add", video.to_str().unwrap()]).code, 0);
    let run = env.start(&["run"]);
    wait_until("the status to report it", SOON, || env.spool(&["status"]).stdout.contains(" left."));
    let status = env.spool(&["status", "--json"]).json().remove(0);
    assert!(status["timeLeft"]["from"].as_f64() <= status["timeLeft"]["to"].as_f64(), "{status}");
    kill_process(Pid::from_raw(run.id() as i32).unwrap(), Signal::TERM).unwrap();
    assert_eq!(run.answer().code, 0);
    assert_eq!(env.spool(&["status", "--json"]).json()[0]["timeLeft"], serde_json::Value::Null);
}
