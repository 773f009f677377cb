//! Fills a queue with jobs of videos that do not exist, for tests of long queues.

use spool_core::preset;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Commands, Naming, NewJob, QueuePosition, TakenNames};
use spool_core::spec::JobSpec;
use std::ops::Range;
use std::path::PathBuf;

/// Adds `count` jobs to the end of the queue.
pub fn fill(queue: &SqliteQueue, count: usize) {
    queue.add(&jobs(0..count), QueuePosition::End, &TakenNames::default()).unwrap();
}

/// Returns one job per number; the number is the name of its video and of its result.
pub fn jobs(numbers: Range<usize>) -> Vec<NewJob> {
    let job = |n: usize| NewJob {
        source: PathBuf::from(format!("/videos/{n}.mkv")),
        real_source: PathBuf::from(format!("/videos/{n}.mkv")),
        source_size: Some(1),
        source_mtime_ns: None,
        source_volume: None,
        output_volume: None,
        root: "/out".into(),
        folder: "/out".into(),
        stem: n.to_string().into(),
        naming: Naming::default(),
        spec: JobSpec::of(preset::built_in()[0].clone()),
        from_folder: false,
        max_attempts: 4,
        again: false,
    };
    numbers.map(job).collect()
}
