//! What people and scripts ask for meanwhile, each by a process of its own.

use crate::faults::pause;
use crate::world::{KINDS, World, count, template};
use fastrand::Rng;
use spool_core::queue::Queue;
use std::fs;
use std::time::Instant;

/// Jobs not yet started beyond which none is added ...
const BACKLOG: u64 = 80;
/// ... unless fewer have been added than this for each second: then the engine is slow, and gets its fill.
const JOBS_PER_SECOND: f64 = 2.0;

/// Adds whenever the queue runs low, and asks for this and that.
pub(crate) fn commands(world: &World, end: Instant, random: &mut Rng) {
    let templates = KINDS.map(|kind| (kind, template(kind)));
    let (mut batch, begun) = (0, Instant::now());
    while Instant::now() < end {
        let counts = world.queue.counts().unwrap();
        let behind =
            (world.accepted.lock().unwrap().len() as f64) < begun.elapsed().as_secs_f64() * JOBS_PER_SECOND;
        if behind || counts.queued + counts.waiting < BACKLOG {
            batch += 1;
            add(world, batch, &templates, random);
        }
        steer(world, random);
        pause(random.u64(20..400), end);
    }
    ask(world, &["resume"]);
}

/// A folder of new videos, one in fifty of them none.
fn add(world: &World, batch: usize, templates: &[(&str, Vec<u8>)], random: &mut Rng) {
    let folder = world.env.videos().join(format!("batch-{batch}"));
    fs::create_dir(&folder).unwrap();
    for n in 0..random.usize(10..60) {
        let (kind, bytes) = &templates[if random.u8(..50) == 0 { 2 } else { random.usize(..2) }];
        fs::write(folder.join(format!("{kind}-{batch}-{n}.mkv")), bytes).unwrap();
    }
    let (out, folder) = (world.env.out(), folder.to_string_lossy().into_owned());
    let preset = if random.u8(..5) == 0 { "web-720p" } else { "remux-mp4" };
    let answer = world.env.spool(&[
        "add",
        "--json",
        "--preset",
        preset,
        "--set",
        "video.speed=ultrafast",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        &folder,
    ]);
    world.demand(answer.code == 0, || format!("add said {answer:?}"));
    let lines = answer.json();
    let ids = lines.iter().filter(|l| l["outcome"] == "accepted").map(|l| l["id"].as_i64().unwrap());
    world.accepted.lock().unwrap().extend(ids);
}

fn steer(world: &World, random: &mut Rng) {
    let last = world.accepted.lock().unwrap().last().copied().unwrap_or(1);
    // Mostly of the newest, which are not through yet.
    let from = last.saturating_sub(120).max(1);
    let one = random.i64(from..=last).to_string();
    let some = format!("{from}-{last}");
    match random.u8(..12) {
        0 | 1 => ask(world, &["cancel", &one]),
        2 => ask(world, &["retry", &one]),
        3 if random.u8(..8) == 0 => ask(world, &["retry", "--all"]),
        4 | 5 => ask(world, &["hold", &one]),
        6 | 7 => ask(world, &["release", &some]),
        8 => ask(world, &["move", "--top", &one]),
        9 => ask(world, &["move", "--down", &one]),
        10 => ask(world, &["show", &one, "--log"]),
        _ => {
            ask(world, &["pause"]);
            ask(world, &["resume"]);
        }
    }
}

/// 0 or 1 is an answer: 1 means that it did not apply to some.
fn ask(world: &World, args: &[&str]) {
    count(&world.tally.commands);
    let answer = world.env.spool(args);
    world.demand(answer.code <= 1, || format!("{args:?} said {answer:?}"));
}
