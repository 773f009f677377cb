//! The commands of users and scripts during the soak test. Each is a process of the command line; commands on all jobs
//! that are cut off are in `faults`.

use crate::environment::{Environment, KINDS, count, kind_of, template};
use crate::faults::pause;
use crate::recordings;
use fastrand::Rng;
use spool_core::queue::Queue;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A folder of videos and the options it was added with.
struct Batch {
    folder: PathBuf,
    preset: &'static str,
    flat: bool,
}

/// No folder is added while at least this many jobs have not started ...
const BACKLOG: u64 = 80;
/// ... unless fewer jobs per second than this were accepted so far, which is the case with a slow engine.
const JOBS_PER_SECOND: f64 = 2.0;

/// Adds a folder whenever few jobs are left, sometimes adds an earlier one again, and runs random commands until `end`.
/// Leaves the queue resumed.
pub(crate) fn commands(world: &Environment, end: Instant, random: &mut Rng) {
    let templates = KINDS.map(|kind| (kind, template(kind)));
    let (mut batches, start) = (Vec::new(), Instant::now());
    while Instant::now() < end {
        let counts = world.queue.counts().unwrap();
        let behind =
            (world.accepted.lock().unwrap().len() as f64) < start.elapsed().as_secs_f64() * JOBS_PER_SECOND;
        if behind || counts.queued + counts.waiting < BACKLOG {
            let batch = create_folder(world, batches.len() + 1, &templates, random);
            add(world, &batch, &[]);
            batches.push(batch);
        }
        if let Some(batch) = random.choice(&batches).filter(|_| random.u8(..6) == 0) {
            count(&world.tally.again);
            let requested = random.u8(..6) == 0;
            let accepted = add(world, batch, if requested { &["--again"] } else { &[] });
            // A recording that has grown since its job was cancelled is another video.
            let duplicates = accepted.iter().filter(|source| kind_of(Path::new(source)) != "growing");
            let duplicates: Vec<_> = duplicates.filter(|_| !requested).collect();
            world.demand(duplicates.is_empty(), || format!("accepted twice: {duplicates:?}"));
        }
        random_command(world, random);
        pause(random.u64(20..400), end);
    }
    request(world, &["resume"]);
}

/// Creates a folder of new videos in subfolders. On average, one file in fifty is not a video, two are recordings and
/// two are results of another queue.
fn create_folder(
    world: &Environment,
    number: usize,
    templates: &[(&str, Vec<u8>)],
    random: &mut Rng,
) -> Batch {
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

/// Adds a folder, and returns the sources that were accepted.
fn add(world: &Environment, batch: &Batch, more: &[&str]) -> Vec<String> {
    let (out, folder) = (world.env.out(), batch.folder.to_string_lossy().into_owned());
    let fixed = ["add", "--json", "--preset", batch.preset, "--set", "video.speed=ultrafast", "--output-dir"];
    let flat: &[&str] = if batch.flat { &["--flat"] } else { &[] };
    let answer = world.env.spool(&[&fixed[..], &[out.to_str().unwrap()], flat, more, &[&folder]].concat());
    world.demand(answer.code == 0, || format!("add returned {answer:?}"));
    let lines = answer.json();
    let accepted: Vec<_> = lines.iter().filter(|l| l["outcome"] == "accepted").collect();
    world.accepted.lock().unwrap().extend(accepted.iter().map(|l| l["id"].as_i64().unwrap()));
    accepted.iter().map(|l| l["source"].as_str().unwrap().to_owned()).collect()
}

/// Runs a random command.
fn random_command(world: &Environment, random: &mut Rng) {
    let last = world.accepted.lock().unwrap().last().copied().unwrap_or(1);
    // The newest jobs: most of them have not ended yet.
    let from = last.saturating_sub(120).max(1);
    let one = random.i64(from..=last).to_string();
    let some = format!("{from}-{last}");
    match random.u8(..13) {
        0 | 1 => request(world, &["cancel", &one]),
        2 => request(world, &["retry", &one]),
        3 if random.u8(..8) == 0 => request(world, &["retry", "--all"]),
        4 | 5 => request(world, &["hold", &one]),
        6 | 7 => request(world, &["release", &some]),
        8 => request(world, &["move", "--top", &one]),
        9 => request(world, &["move", "--down", &one]),
        10 => request(world, &["show", &one, "--log"]),
        11 if random.u8(..8) == 0 => {
            request(world, &["cancel", "--all"]);
            request(world, &["retry", "--state", "cancelled"]);
        }
        _ => {
            request(world, &["pause"]);
            request(world, &["resume"]);
        }
    }
}

/// Runs a command. Exit code 1 is accepted: it means that the command did not apply to some of the jobs.
fn request(world: &Environment, args: &[&str]) {
    count(&world.tally.commands);
    let answer = world.env.spool(args);
    world.demand(answer.code <= 1, || format!("{args:?} returned {answer:?}"));
}
