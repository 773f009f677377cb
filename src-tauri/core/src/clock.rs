//! Sources of time. There are two readings, because a wall clock may jump and a laptop may sleep.
//!
//! `now` gives timestamps for stored data; `awake` measures durations. Tests inject a clock that they advance, so that
//! nothing sleeps.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC, the unit of all stored timestamps.
pub type Millis = i64;

/// A source of time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970; may jump in either direction.
    fn now(&self) -> Millis;
    /// Monotonic time since a fixed moment. Excludes sleep of the machine on Linux and macOS; on Windows the system's
    /// counter includes it.
    fn awake(&self) -> Duration;
}

/// The system clocks.
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

/// A clock for tests that moves only by its methods.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicI64,
    awake: Mutex<Duration>,
}

impl ManualClock {
    /// A clock at `now`.
    pub fn at(now: Millis) -> ManualClock {
        ManualClock { now: AtomicI64::new(now), awake: Mutex::default() }
    }
    /// Advances both readings.
    pub fn advance(&self, by: Duration) {
        self.set_back(-(by.as_millis() as Millis));
        *self.awake.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
    }
    /// Moves only the wall clock: back by `ms`, or forward if negative.
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
