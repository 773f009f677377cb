//! Recordings: videos that are still being written when they are added, and for some seconds afterwards.

use crate::environment::Environment;
use crate::faults::pause;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A file and the bytes that are still to be written to it.
#[derive(Debug)]
pub(crate) struct Recording {
    path: PathBuf,
    left: Vec<u8>,
}

/// A recording starts with this fraction of its bytes.
const PARTS: usize = 8;

/// Writes the first part of `bytes` to `path`, and registers the rest.
pub(crate) fn begin(world: &Environment, path: PathBuf, bytes: &[u8]) {
    let (first, left) = bytes.split_at(bytes.len() / PARTS);
    fs::write(&path, first).unwrap();
    world.recordings.lock().unwrap().push(Recording { path, left: left.to_vec() });
}

/// Appends the next part to each recording twice a second, until `end`.
pub(crate) fn grow(world: &Environment, end: Instant) {
    while Instant::now() < end {
        pause(500, end);
        let mut all = world.recordings.lock().unwrap();
        for recording in all.iter_mut() {
            write(recording, recording.left.len() / PARTS + 1);
        }
        all.retain(|recording| !recording.left.is_empty());
    }
}

/// Writes the rest of all recordings.
pub(crate) fn finish(world: &Environment) {
    for mut recording in world.recordings.lock().unwrap().drain(..) {
        let left = recording.left.len();
        write(&mut recording, left);
    }
}

/// Appends the next `bytes`. A complete recording gets an old modification time, as a copied file has, so that its job
/// need not wait until the file has been unchanged for a minute.
fn write(recording: &mut Recording, bytes: usize) {
    let part: Vec<u8> = recording.left.drain(..bytes.min(recording.left.len())).collect();
    fs::OpenOptions::new().append(true).open(&recording.path).unwrap().write_all(&part).unwrap();
    if recording.left.is_empty() {
        let recorded = std::time::SystemTime::now() - Duration::from_hours(1);
        filetime::set_file_mtime(&recording.path, recorded.into()).unwrap();
    }
}
