//! The world of a soak: sources, results on a small disk, what was accepted, and the tally.

use crate::recordings::Recording;
use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::queue::sqlite::SqliteQueue;
use spool_tests::clips;
use spool_tests::disk::SmallDisk;
use spool_tests::env::{Running, TestEnv};
use spool_tests::faketime;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// Room for results: far more than they take, so that only the filler makes it scarce. The engine keeps
/// 64 MB free.
pub(crate) const DISK: u64 = 192 << 20;

/// Faults and jobs so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kills: AtomicUsize,
    pub(crate) stops: AtomicUsize,
    pub(crate) clock_shifts: AtomicUsize,
    pub(crate) signals: AtomicUsize,
    pub(crate) full_disks: AtomicUsize,
    pub(crate) commands: AtomicUsize,
    /// Folders that were added once more.
    pub(crate) again: AtomicUsize,
    /// Commands on all jobs that were killed.
    pub(crate) cut_off: AtomicUsize,
}

/// One more.
pub(crate) fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A reading of the engine that lives long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vitals {
    pub(crate) kilobytes: u64,
    pub(crate) handles: usize,
}

/// Everything the threads share.
pub(crate) struct World {
    pub(crate) minutes: u64,
    pub(crate) env: TestEnv,
    pub(crate) disk: Option<SmallDisk>,
    pub(crate) tally: Tally,
    /// Ids that `add` has answered.
    pub(crate) accepted: Mutex<BTreeSet<i64>>,
    pub(crate) vitals: Mutex<Vec<Vitals>>,
    /// What still grows.
    pub(crate) recordings: Mutex<Vec<Recording>>,
    /// Another process's view of the queue: ours.
    pub(crate) queue: SqliteQueue,
    broken: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn new(minutes: u64) -> World {
        let env = TestEnv::new();
        let disk = SmallDisk::mount(env.out(), DISK);
        let queue = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
        World {
            minutes,
            env,
            disk,
            tally: Tally::default(),
            accepted: Mutex::default(),
            vitals: Mutex::default(),
            recordings: Mutex::default(),
            queue,
            broken: Mutex::default(),
        }
    }

    /// An engine, with the wall clock shifted by so much ("+1d").
    pub(crate) fn engine(&self, args: &[&str], shift: Option<&str>) -> Running {
        let args: Vec<&str> = ["run", "--workers", "3", "--quiet"].iter().chain(args).copied().collect();
        let shifted = shift.and_then(faketime::shifted);
        if shifted.is_some() {
            count(&self.tally.clock_shifts);
        }
        self.env.start_with(&args, &shifted.unwrap_or_default())
    }

    /// Something that must hold does not.
    pub(crate) fn broken(&self, what: String) {
        println!("soak: BROKEN: {what}");
        self.broken.lock().unwrap().push(what);
    }

    /// Must hold.
    pub(crate) fn demand(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.broken(what());
        }
    }

    pub(crate) fn summary(&self) -> ExitCode {
        println!("soak: {} jobs, {:?}", self.accepted.lock().unwrap().len(), self.tally);
        let broken = self.broken.lock().unwrap();
        println!("soak: {}", if broken.is_empty() { "all invariants hold" } else { "FAILED" });
        broken.iter().for_each(|what| println!("soak: broken: {what}"));
        if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Kinds of source, by the beginning of their names: "bad" can never be done, "growing" is a recording, and "theirs" a
/// result of another queue.
pub(crate) const KINDS: [&str; 5] = ["sound", "silent", "bad", "growing", "theirs"];

/// The bytes that every source of a kind has.
pub(crate) fn template(kind: &str) -> Vec<u8> {
    let x264 = ["-s", "160x90", "-c:v", "libx264", "-preset", "ultrafast"];
    let clip = match kind {
        "sound" | "growing" => clips::clip("tiny.mkv", 0.2, true, &x264),
        "silent" => clips::clip("tiny-silent.mkv", 0.2, false, &x264),
        "theirs" => return theirs(),
        _ => return b"no video at all\n".repeat(100),
    };
    std::fs::read(clip).unwrap()
}

/// The first kind, as another queue made it.
fn theirs() -> Vec<u8> {
    static RESULT: OnceLock<Vec<u8>> = OnceLock::new();
    let make = || {
        let env = TestEnv::new();
        std::fs::write(env.videos().join("a.mkv"), template("sound")).unwrap();
        let out = env.out();
        env.spool(&[
            "add",
            "--preset",
            "remux-mp4",
            "--flat",
            "--output-dir",
            out.to_str().unwrap(),
            "videos",
        ]);
        env.spool(&["run", "--until-idle"]);
        std::fs::read(out.join("a.mp4")).unwrap()
    };
    RESULT.get_or_init(make).clone()
}

/// The kind of a source.
pub(crate) fn kind_of(source: &Path) -> &str {
    source.file_name().unwrap().to_str().unwrap().split('-').next().unwrap()
}
