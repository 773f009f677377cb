//! Where time comes from. Two readings, because a wall clock may jump and a laptop may sleep.
//!
//! `now` stamps what is durable; `awake` measures how long something has lasted. Tests inject a clock they
//! move by hand, so that nothing sleeps.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC, as everything durable is stamped.
pub type Millis = i64;

/// A source of time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970; may jump either way.
    fn now(&self) -> Millis;
    /// Time since some fixed moment, growing only while the machine is awake (Linux, macOS; on Windows
    /// the system's counter includes sleep).
    fn awake(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as Millis)
    }
    fn awake(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicI64,
    awake: Mutex<Duration>,
}

impl ManualClock {
    /// A clock showing `now`.
    pub fn at(now: Millis) -> ManualClock {
        ManualClock { now: AtomicI64::new(now), awake: Mutex::default() }
    }
    /// Time passes: both readings grow.
    pub fn advance(&self, by: Duration) {
        self.set_back(-(by.as_millis() as Millis));
        *self.awake.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
    }
    /// Only the wall clock moves: back by `ms`, or forward where it is negative.
    pub fn set_back(&self, ms: Millis) {
        self.now.fetch_sub(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        self.now.load(Ordering::SeqCst)
    }
    fn awake(&self) -> Duration {
        *self.awake.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
