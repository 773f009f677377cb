//! The soak: a queue of thousands of tiny clips is worked for some minutes while everything is broken from
//! outside. `./dev soak MINUTES`, or `cargo test -p spool-tests --test soak -- MINUTES [SEED]`.
//!
//! Three quarters of the time the engine is killed every few seconds; in the last quarter one engine lives on
//! under all other faults, and its memory and handles are watched. Then the faults end, the queue is worked
//! off, and what must hold is checked. Folders are added with their trees, and again while they are worked; among their
//! videos are recordings that grow, and results of another queue. Exits with 1 and the broken invariants when one does not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod checks;
mod commands;
mod faults;
mod recordings;
mod world;

use std::process::ExitCode;
use std::time::{Duration, Instant};
use world::World;

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let minutes = numbers.first().copied().unwrap_or(1);
    let seed = numbers.get(1).copied().unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("soak: {minutes} minutes, seed {seed}");
    let world = World::new(minutes);
    storm(&world, minutes, seed);
    println!("soak: the faults end; working off the queue");
    checks::settle(&world);
    checks::check(&world);
    world.summary()
}

fn storm(world: &World, minutes: u64, seed: u64) {
    let length = Duration::from_secs(minutes * 60);
    let (begun, end) = (Instant::now(), Instant::now() + length);
    let kills_end = begun + length * 3 / 4;
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
