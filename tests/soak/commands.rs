//! What people and scripts ask for meanwhile, each by a process of its own.

use crate::faults::pause;
use crate::recordings;
use crate::world::{KINDS, World, count, kind_of, template};
use fastrand::Rng;
use spool_core::queue::Queue;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A folder of videos, as it was added.
struct Batch {
    folder: PathBuf,
    preset: &'static str,
    flat: bool,
}

/// Jobs not yet started beyond which none is added ...
const BACKLOG: u64 = 80;
/// ... unless fewer have been added than this for each second: then the engine is slow, and gets its fill.
const JOBS_PER_SECOND: f64 = 2.0;

/// Adds whenever the queue runs low, and asks for this and that.
pub(crate) fn commands(world: &World, end: Instant, random: &mut Rng) {
    let templates = KINDS.map(|kind| (kind, template(kind)));
    let (mut batches, begun) = (Vec::new(), Instant::now());
    while Instant::now() < end {
        let counts = world.queue.counts().unwrap();
        let behind =
            (world.accepted.lock().unwrap().len() as f64) < begun.elapsed().as_secs_f64() * JOBS_PER_SECOND;
        if behind || counts.queued + counts.waiting < BACKLOG {
            let batch = make(world, batches.len() + 1, &templates, random);
            add(world, &batch, &[]);
            batches.push(batch);
        }
        if let Some(batch) = random.choice(&batches).filter(|_| random.u8(..6) == 0) {
            count(&world.tally.again);
            let wanted = random.u8(..6) == 0;
            let accepted = add(world, batch, if wanted { &["--again"] } else { &[] });
            // What grew since it was cancelled is another video.
            let doubled = accepted.iter().filter(|source| kind_of(Path::new(source)) != "growing");
            let doubled: Vec<_> = doubled.filter(|_| !wanted).collect();
            world.demand(doubled.is_empty(), || format!("added again and doubled: {doubled:?}"));
        }
        steer(world, random);
        pause(random.u64(20..400), end);
    }
    ask(world, &["resume"]);
}

/// A folder of new videos, with folders of its own, one in fifty of them none.
fn make(world: &World, number: usize, templates: &[(&str, Vec<u8>)], random: &mut Rng) -> Batch {
    let folder = world.env.videos().join(format!("batch-{number}"));
    for n in 0..random.usize(10..60) {
        let day = folder.join(format!("day {}", n % 3));
        fs::create_dir_all(&day).unwrap();
        let which = [2, 3, 3, 4, 4].get(random.usize(..50)).copied().unwrap_or(n % 2);
        let (kind, bytes) = &templates[which];
        let extension = if *kind == "theirs" { "mp4" } else { "mkv" };
        let path = day.join(format!("{kind}-{number}-{n}.{extension}"));
        if *kind == "growing" {
            recordings::begin(world, path, bytes)
        } else {
            fs::write(path, bytes).unwrap()
        }
    }
    let preset = if random.u8(..5) == 0 { "web-720p" } else { "remux-mp4" };
    Batch { folder, preset, flat: random.bool() }
}

/// Adds it, and answers which videos were accepted.
fn add(world: &World, batch: &Batch, more: &[&str]) -> Vec<String> {
    let (out, folder) = (world.env.out(), batch.folder.to_string_lossy().into_owned());
    let fixed = ["add", "--json", "--preset", batch.preset, "--set", "video.speed=ultrafast", "--output-dir"];
    let flat: &[&str] = if batch.flat { &["--flat"] } else { &[] };
    let answer = world.env.spool(&[&fixed[..], &[out.to_str().unwrap()], flat, more, &[&folder]].concat());
    world.demand(answer.code == 0, || format!("add said {answer:?}"));
    let lines = answer.json();
    let accepted: Vec<_> = lines.iter().filter(|l| l["outcome"] == "accepted").collect();
    world.accepted.lock().unwrap().extend(accepted.iter().map(|l| l["id"].as_i64().unwrap()));
    accepted.iter().map(|l| l["source"].as_str().unwrap().to_owned()).collect()
}

fn steer(world: &World, random: &mut Rng) {
    let last = world.accepted.lock().unwrap().last().copied().unwrap_or(1);
    // Mostly of the newest, which are not through yet.
    let from = last.saturating_sub(120).max(1);
    let one = random.i64(from..=last).to_string();
    let some = format!("{from}-{last}");
    match random.u8(..13) {
        0 | 1 => ask(world, &["cancel", &one]),
        2 => ask(world, &["retry", &one]),
        3 if random.u8(..8) == 0 => ask(world, &["retry", "--all"]),
        4 | 5 => ask(world, &["hold", &one]),
        6 | 7 => ask(world, &["release", &some]),
        8 => ask(world, &["move", "--top", &one]),
        9 => ask(world, &["move", "--down", &one]),
        10 => ask(world, &["show", &one, "--log"]),
        11 if random.u8(..8) == 0 => {
            ask(world, &["cancel", "--all"]);
            ask(world, &["retry", "--state", "cancelled"]);
        }
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
