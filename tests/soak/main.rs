//! The soak test: runs a queue of thousands of tiny clips for some minutes under random faults.
//! `./dev soak MINUTES`, or `cargo test -p spool-tests --test soak -- MINUTES [SEED]`.
//!
//! For three quarters of the time, engines are killed every few seconds. In the last quarter, one engine keeps running
//! under all other faults, and its memory and handles are recorded. Then the faults stop, the queue is run until it is
//! idle, and the invariants are checked. Folders are added with their subfolders, and again while their jobs run; their
//! videos include recordings that grow and results of another queue. Prints the broken invariants and exits with 1 if
//! there are any.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod checks;
mod commands;
mod environment;
mod faults;
mod recordings;

use environment::Environment;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let minutes = numbers.first().copied().unwrap_or(1);
    let seed = numbers.get(1).copied().unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("soak: {minutes} minutes, seed {seed}");
    let world = Environment::new(minutes);
    storm(&world, minutes, seed);
    println!("soak: the faults have stopped; running the queue until it is idle");
    checks::settle(&world);
    checks::check(&world);
    world.summary()
}

fn storm(world: &Environment, minutes: u64, seed: u64) {
    let length = Duration::from_secs(minutes * 60);
    let (start, end) = (Instant::now(), Instant::now() + length);
    let kills_end = start + length * 3 / 4;
    std::thread::scope(|scope| {
        let random = |n| fastrand::Rng::with_seed(seed.wrapping_add(n));
        scope.spawn(move || faults::engines(world, kills_end, end, &mut random(1)));
        scope.spawn(move || commands::commands(world, end, &mut random(2)));
        scope.spawn(move || faults::signals(world, end, &mut random(3)));
        scope.spawn(move || faults::disk(world, end, &mut random(4)));
        scope.spawn(move || recordings::grow(world, end));
    });
    recordings::finish(world);
}
