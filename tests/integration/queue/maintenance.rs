//! The files of the queue over the years: a backup is made daily and three are kept, removed jobs leave no attempts
//! behind, and no file grows without bound.

use crate::queue::broken_files::{add, add_each, file, names, numbered, open};
use crate::queue::fixture::{START, TestQueue, done, failure, sqlite};
use spool_core::clock::ManualClock;
use spool_core::engine::{self, Engine, lock};
use spool_core::failure::Failure;
use spool_core::job::State;
use spool_core::queue::sqlite::backup;
use spool_core::queue::{
    Command, Commands, KEPT_ATTEMPTS, KEPT_LOG, Leases, Outcome, Queue, Selection, TakenNames,
};
use spool_tests::engine::{Setup, faulty, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_hours(24);

fn backups(env: &TestEnv) -> Vec<PathBuf> {
    backup::backups(&engine::backups(&env.data())).unwrap()
}

fn clocked(env: &TestEnv, setup: Setup) -> (Engine, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(START));
    (start(env, Setup { clock: clock.clone(), ..setup }), clock)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_queue_is_backed_up_daily_and_three_backups_are_kept() {
    let env = TestEnv::new();
    let (engine, clock) = clocked(&env, Setup::default());
    let mut seen = Vec::new();
    for day in 0..5 {
        wait_until("the backup of the day", SOON, || backups(&env).last() != seen.last());
        seen = backups(&env);
        assert_eq!(seen.len(), 3.min(day + 1), "{seen:?}");
        clock.advance(DAY);
    }
    assert!(seen.iter().all(|backup| backup::is_whole(backup)));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_queue_is_backed_up_when_it_becomes_idle() {
    let env = TestEnv::new();
    add_video(&env, "fake-stall.mkv");
    let long = spool_core::policy::Policy { stall_first: DAY, stall: DAY, ..spool_tests::engine::fast() };
    let (engine, clock) = clocked(&env, Setup { policy: long, ..faulty() });
    let id = spool_core::job::JobId(1);
    reaches(&engine, id, State::Running);
    clock.advance(DAY);
    wait_until("ffmpeg to start", SOON, || engine.queue().attempts(id).unwrap()[0].child.is_some());
    assert!(backups(&env).is_empty(), "not while a job runs");
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    wait_until("a backup", SOON, || backups(&env).len() == 1);
    engine.stop().await;
}

fn add_video(env: &TestEnv, name: &str) {
    let found =
        spool_tests::engine::find(&[env.video(&clips::ordinary(), name)], &spool_tests::engine::wish(env));
    open(env)
        .unwrap()
        .add(&found.jobs, spool_core::queue::QueuePosition::End, &TakenNames::default())
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_dated_in_the_future_does_not_prevent_new_ones() {
    let env = TestEnv::new();
    drop(open(&env).unwrap());
    let folder = engine::backups(&env.data());
    backup::back_up(&file(&env, ""), &folder, START + 1_000_000_000, 3).unwrap();
    let (engine, _clock) = clocked(&env, Setup::default());
    wait_until("a backup", SOON, || backups(&env).len() == 2);
    engine.stop().await;
}

#[test]
fn a_failed_backup_deletes_no_other_backup() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..3);
    let folder = engine::backups(&env.data());
    for now in 1..=3 {
        backup::back_up(&file(&env, ""), &folder, now, 3).unwrap();
    }
    let before = backups(&env);
    fs::write(file(&env, ""), "nothing any more").unwrap();
    assert!(backup::back_up(&file(&env, ""), &folder, 4, 3).is_err());
    assert_eq!(backups(&env), before);
}

#[test]
fn restoring_is_refused_while_the_queue_is_locked_and_changes_no_intact_queue() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..3);
    let held = lock::take(&env.data(), "the window").unwrap();
    let refused = env.spool(&["doctor", "--restore"]);
    assert!(refused.code == 3 && refused.stderr.contains("the window"), "{refused:?}");
    drop(held);
    let whole = env.spool(&["doctor", "--restore"]);
    assert!(whole.code == 0 && whole.stdout.contains("intact; nothing was changed"), "{whole:?}");
    assert_eq!(names(&open(&env).unwrap()), numbered(0..3));
}

#[test]
fn removed_jobs_leave_no_attempts_behind() {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    add_each(&queue, 0..2);
    let job = queue.claim("engine", true).unwrap().unwrap();
    queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
    queue.apply(Command::Remove, &Selection::Ids(vec![job.id])).unwrap();
    let job = queue.claim("engine", true).unwrap().unwrap();
    queue.settle(job.lease(), &done(&job)).unwrap();
    assert_eq!(queue.retire(i64::MAX, 0, i64::MAX).unwrap(), 1);
    drop(queue);
    let c = rusqlite::Connection::open(file(&env, "")).unwrap();
    let left: i64 = c.query_row("SELECT count(*) FROM attempt", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

fn interrupt_often(w: &TestQueue) {
    let id = w.add(&["a.mkv"])[0];
    for _ in 0..KEPT_ATTEMPTS + 20 {
        let job = w.claim();
        w.queue.settle(job.lease(), &Outcome::Interrupted(None)).unwrap();
    }
    let kept = w.queue.attempts(id).unwrap();
    assert_eq!(kept.len() as i64, KEPT_ATTEMPTS);
    assert_eq!(kept.last().unwrap().epoch, KEPT_ATTEMPTS + 20, "the newest attempts");
}

#[test]
fn only_the_newest_attempts_of_a_job_are_kept() {
    interrupt_often(&sqlite());
    interrupt_often(&crate::queue::fixture::memory());
}

#[test]
fn the_end_of_a_long_log_is_kept() {
    let w = sqlite();
    let id = w.add(&["a.mkv"])[0];
    let log_tail = format!("{}the end", "\u{e9}".repeat(KEPT_LOG));
    w.queue.settle(w.claim().lease(), &Outcome::Failed(Failure { log_tail, ..failure() })).unwrap();
    let kept = w.queue.attempts(id).unwrap().remove(0).log_tail.unwrap();
    assert!(
        kept.len() <= KEPT_LOG && kept.len() > KEPT_LOG - 4 && kept.ends_with("the end"),
        "{}",
        kept.len()
    );
}

#[test]
fn the_database_keeps_its_size_over_many_batches() {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    let mut sizes = Vec::new();
    for _ in 0..4 {
        add_many(&queue, 2000);
        queue.apply(Command::Cancel, &Selection::All(vec![State::Queued])).unwrap();
        assert_eq!(queue.retire(0, 0, i64::MAX).unwrap(), 2000);
        // The first commit after a large one checkpoints the log.
        add(&queue, "next.mkv");
        queue.apply(Command::Remove, &Selection::All(vec![State::Queued])).unwrap();
        sizes.push(fs::metadata(file(&env, "")).unwrap().len());
    }
    assert!(sizes[3] <= sizes[1] + sizes[1] / 10, "freed pages are reused: {sizes:?}");
}

#[test]
fn the_log_of_a_large_batch_is_truncated() {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    let log = || fs::metadata(file(&env, "-wal")).unwrap().len();
    add_many(&queue, 10_000);
    assert!(log() > 5 << 20, "{} bytes were needed", log());
    // The first commit after a log reset truncates it.
    add(&queue, "next.mkv");
    assert!(log() <= 4 << 20, "{} bytes are kept", log());
}

fn add_many(queue: &dyn Queue, count: usize) {
    let jobs: Vec<_> = (0..count).map(|n| crate::queue::fixture::new_job(&format!("{n}.mkv"))).collect();
    queue.add(&jobs, spool_core::queue::QueuePosition::End, &TakenNames::default()).unwrap();
}
