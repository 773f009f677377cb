//! Support code of the tests: an isolated environment per test, clips that are encoded once, and fake tools that
//! misbehave.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub mod boxes;
pub mod captions;
pub mod clips;
pub mod damage;
pub mod disk;
pub mod drive;
pub mod engine;
pub mod env;
pub mod faketime;
pub mod fill;
pub mod film;
pub mod flv;
pub mod hdr;
pub mod judge;
pub mod places;
pub mod reasons;
pub mod seen;
#[cfg(target_os = "linux")]
pub mod share;
pub mod xvid;

use std::time::{Duration, Instant};

/// Waits until `condition` holds. Panics with `what` if it does not hold within `limit`.
pub fn wait_until(what: &str, limit: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !condition() {
        assert!(Instant::now() < deadline, "timed out after {limit:?} waiting for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
