//! The environment of a soak test: sources, results on a small disk, the accepted jobs, and counters of the faults.
//! Collects broken invariants without knowing what they are.

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

/// Size of the disk for results in bytes: far more than they need, so that only `faults::disk` fills it. The engine
/// keeps 64 MB free.
pub(crate) const DISK: u64 = 192 << 20;

/// Numbers of faults and commands so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kills: AtomicUsize,
    pub(crate) stops: AtomicUsize,
    pub(crate) clock_shifts: AtomicUsize,
    pub(crate) signals: AtomicUsize,
    pub(crate) full_disks: AtomicUsize,
    pub(crate) commands: AtomicUsize,
    /// Folders that were added again.
    pub(crate) again: AtomicUsize,
    /// Commands on all jobs that were started just before the end of an engine, and killed after it.
    pub(crate) cut_off: AtomicUsize,
}

/// Increments a counter.
pub(crate) fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Memory and handles of the long-running engine at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Vitals {
    /// Resident memory.
    pub(crate) kilobytes: u64,
    /// Open file descriptors.
    pub(crate) handles: usize,
}

/// The state that all threads share.
pub(crate) struct Environment {
    pub(crate) minutes: u64,
    pub(crate) env: TestEnv,
    /// The disk for results; `None` where only root may mount one.
    pub(crate) disk: Option<SmallDisk>,
    pub(crate) tally: Tally,
    /// Ids of the jobs that `add` has accepted.
    pub(crate) accepted: Mutex<BTreeSet<i64>>,
    pub(crate) vitals: Mutex<Vec<Vitals>>,
    /// Recordings that are still being written.
    pub(crate) recordings: Mutex<Vec<Recording>>,
    /// The queue, opened by this process beside the engines.
    pub(crate) queue: SqliteQueue,
    broken: Mutex<Vec<String>>,
}

impl Environment {
    pub(crate) fn new(minutes: u64) -> Environment {
        let env = TestEnv::new();
        let disk = SmallDisk::mount(env.out(), DISK);
        let queue = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
        Environment {
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

    /// Starts an engine. `shift`: shifts its wall clock ("+1d") where libfaketime is installed.
    pub(crate) fn engine(&self, args: &[&str], shift: Option<&str>) -> Running {
        let args: Vec<&str> = ["run", "--workers", "3", "--quiet"].iter().chain(args).copied().collect();
        let shifted = shift.and_then(faketime::shifted);
        if shifted.is_some() {
            count(&self.tally.clock_shifts);
        }
        self.env.start_with(&args, &shifted.unwrap_or_default())
    }

    /// Records a broken invariant.
    pub(crate) fn broken(&self, what: String) {
        println!("soak: BROKEN: {what}");
        self.broken.lock().unwrap().push(what);
    }

    /// Records a broken invariant unless `holds`.
    pub(crate) fn demand(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.broken(what());
        }
    }

    /// Prints the counters and the broken invariants, and returns the exit code.
    pub(crate) fn summary(&self) -> ExitCode {
        println!("soak: {} jobs, {:?}", self.accepted.lock().unwrap().len(), self.tally);
        let broken = self.broken.lock().unwrap();
        println!("soak: {}", if broken.is_empty() { "all invariants hold" } else { "FAILED" });
        broken.iter().for_each(|what| println!("soak: broken: {what}"));
        if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Kinds of source, by the prefix of the file name: "sound" has audio, "silent" has none, "bad" is not a video,
/// "growing" is a recording, and "theirs" is a result of another queue.
pub(crate) const KINDS: [&str; 5] = ["sound", "silent", "bad", "growing", "theirs"];

/// Returns the complete content of every source of a kind.
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

/// Returns the result of another queue for a source of the first kind; made once.
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

/// Returns the kind of a source.
pub(crate) fn kind_of(source: &Path) -> &str {
    source.file_name().unwrap().to_str().unwrap().split('-').next().unwrap()
}
