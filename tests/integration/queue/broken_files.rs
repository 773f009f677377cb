//! Queues as a crash or damage leaves them: copied files of an open database, flipped bytes. Shared by the tests of the
//! queue under faults.

use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{self, Engine, open_queue};
use spool_core::error::Error;
use spool_core::job::JobId;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Added, Details, Filter, Flag, Queue, QueuePosition, TakenNames};
use spool_tests::engine::{Setup, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::restored;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::queue::fixture::new_job;

/// Returns the path of a file of the queue of `env`, by its suffix: "", "-wal" or "-shm".
pub(crate) fn file(env: &TestEnv, suffix: &str) -> PathBuf {
    env.data().join(format!("queue.db{suffix}"))
}

pub(crate) fn open(env: &TestEnv) -> Result<SqliteQueue, Error> {
    open_queue(&env.data(), Arc::new(SystemClock::default()))
}

/// Adds one video. It is durable on return.
pub(crate) fn add(queue: &dyn Queue, name: &str) -> JobId {
    let added = queue.add(&[new_job(name)], QueuePosition::End, &TakenNames::default()).unwrap().remove(0);
    if let Added::Accepted { id, .. } = added { id } else { panic!("{added:?}") }
}

/// Adds the videos `0.mkv`, `1.mkv` ..., each in its own transaction.
pub(crate) fn add_each(queue: &dyn Queue, numbers: std::ops::Range<usize>) {
    for n in numbers {
        add(queue, &format!("{n}.mkv"));
    }
}

/// Returns the names of the videos in the queue, in list order.
pub(crate) fn names(queue: &dyn Queue) -> Vec<String> {
    let page = queue.page(&Filter::default(), 0, 100_000).unwrap();
    page.iter().map(|j| j.source.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

pub(crate) fn numbered(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|n| format!("{n}.mkv")).collect()
}

/// Returns a queue whose engine was killed: database and log as they were on the disk, nothing checkpointed.
pub(crate) fn crashed(work: impl FnOnce(&SqliteQueue)) -> TestEnv {
    let (alive, dead) = (TestEnv::new(), TestEnv::new());
    let queue = open(&alive).unwrap();
    queue.set_flag(Flag::Engine, Some("an engine")).unwrap();
    work(&queue);
    for suffix in ["", "-wal"] {
        fs::copy(file(&alive, suffix), file(&dead, suffix)).unwrap();
    }
    dead
}

/// As `crashed`, with everything checkpointed, so that there is no log.
pub(crate) fn crashed_without_log(work: impl FnOnce(&SqliteQueue)) -> TestEnv {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    queue.set_flag(Flag::Engine, Some("an engine")).unwrap();
    work(&queue);
    drop(queue);
    assert!(!file(&env, "-wal").exists(), "the last connection deletes the log");
    env
}

/// Backs up the queue as the daily upkeep does.
pub(crate) fn back_up(env: &TestEnv) -> PathBuf {
    let now = SystemClock::default().now();
    let (database, backups) = (engine::database(&env.data()), engine::backups(&env.data()));
    spool_core::queue::sqlite::backup::back_up(&database, &backups, now, 3).unwrap()
}

pub(crate) fn flip(path: &Path, at: std::ops::Range<usize>) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at].iter_mut().for_each(|b| *b ^= 0x55);
    fs::write(path, bytes).unwrap();
}

/// Returns the bytes of database and log; empty for a file that does not exist.
pub(crate) fn bytes(env: &TestEnv) -> [Vec<u8>; 2] {
    ["", "-wal"].map(|suffix| fs::read(file(env, suffix)).unwrap_or_default())
}

/// Starts an engine on a damaged queue: it must start paused, report the repair, and keep the damaged files together
/// and unchanged. Before that, opening the queue without repair must fail.
pub(crate) fn repaired(env: &TestEnv) -> Engine {
    let before = bytes(env);
    let refusal = open(env).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refusal.contains("is damaged") && refusal.contains("spool doctor --restore"), "{refusal}");
    assert_eq!(bytes(env), before, "a refused command changes nothing");
    let engine = start(env, Setup::default());
    let queue = engine.queue();
    assert!(queue.flag(Flag::Paused).unwrap().is_some(), "stays paused until a user resumes it");
    let notice = restored(queue.as_ref()).expect("a report of the repair");
    assert!(notice.starts_with("The queue was damaged."), "{notice}");
    assert_eq!(aside(env), before, "kept unchanged");
    engine
}

/// Returns the bytes of the database and log that were set aside.
fn aside(env: &TestEnv) -> [Vec<u8>; 2] {
    let entries = fs::read_dir(env.data()).unwrap().map(|e| e.unwrap().path());
    let mut kept: Vec<_> = entries.filter(|p| p.to_string_lossy().contains("damaged")).collect();
    kept.sort();
    let ends = |path: &PathBuf, suffix: &str| path.to_string_lossy().ends_with(suffix);
    let log = kept.iter().find(|p| ends(p, "-wal")).map(|p| fs::read(p).unwrap());
    let database = kept.iter().find(|p| !ends(p, "-wal") && !ends(p, "-shm")).map(|p| fs::read(p).unwrap());
    [database.unwrap_or_default(), log.unwrap_or_default()]
}

/// Counts the committed transactions in the log since its last reset.
pub(crate) fn commits(env: &TestEnv) -> usize {
    let log = fs::read(file(env, "-wal")).unwrap();
    if log.is_empty() {
        return 0;
    }
    let (salt, frames) = (&log[16..24], log[32..].chunks_exact(24 + 4096));
    frames.filter(|frame| &frame[8..16] == salt && frame[4..8] != [0; 4]).count()
}
