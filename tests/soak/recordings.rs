//! Recordings: videos that are still being written when they are added, and for some seconds after.

use crate::faults::pause;
use crate::world::World;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A file, and what is still to be written to it.
#[derive(Debug)]
pub(crate) struct Recording {
    path: PathBuf,
    left: Vec<u8>,
}

/// Parts that a recording comes in.
const PARTS: usize = 8;

/// Begins to write these bytes there.
pub(crate) fn begin(world: &World, path: PathBuf, bytes: &[u8]) {
    let (first, left) = bytes.split_at(bytes.len() / PARTS);
    fs::write(&path, first).unwrap();
    world.recordings.lock().unwrap().push(Recording { path, left: left.to_vec() });
}

/// Each gets its next part every half second.
pub(crate) fn grow(world: &World, end: Instant) {
    while Instant::now() < end {
        pause(500, end);
        let mut all = world.recordings.lock().unwrap();
        for recording in all.iter_mut() {
            write(recording, recording.left.len() / PARTS + 1);
        }
        all.retain(|recording| !recording.left.is_empty());
    }
}

/// Writes what is left of all.
pub(crate) fn finish(world: &World) {
    for mut recording in world.recordings.lock().unwrap().drain(..) {
        let left = recording.left.len();
        write(&mut recording, left);
    }
}

/// Ended, it bears the date of when it was recorded, as a copy does, so that it need not be watched for a minute.
fn write(recording: &mut Recording, bytes: usize) {
    let part: Vec<u8> = recording.left.drain(..bytes.min(recording.left.len())).collect();
    fs::OpenOptions::new().append(true).open(&recording.path).unwrap().write_all(&part).unwrap();
    if recording.left.is_empty() {
        let recorded = std::time::SystemTime::now() - Duration::from_hours(1);
        filetime::set_file_mtime(&recording.path, recorded.into()).unwrap();
    }
}
