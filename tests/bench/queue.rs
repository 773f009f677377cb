//! The queue with many jobs: adding 10,000 files, claiming and paging with 100,000 jobs, and `scale`.

mod scale;

use crate::{Figures, keep, median};
use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::job::State;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Commands, Filter, Leases, Lists, Outcome, QueuePosition};
use spool_core::settings::Settings;
use spool_core::spec::JobSpec;
use spool_core::{intake, preset};
use spool_tests::fill::fill;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) fn measure(figures: &mut Figures) {
    let dir = tempfile::tempdir().unwrap();
    let queue = open_queue(&dir.path().join("data"), Arc::new(SystemClock::default())).unwrap();
    add_ten_thousand(figures, &queue, dir.path());
    fill(&queue, 90_000);
    claim(figures, &queue);
    page(figures, &queue);
    scale::measure(figures);
}

/// Adds real files: lists the folder, checks each file, chooses result names, and commits one durable transaction.
fn add_ten_thousand(figures: &mut Figures, queue: &SqliteQueue, dir: &std::path::Path) {
    let folder = dir.join("videos");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..10_000 {
        std::fs::write(folder.join(format!("video {n}.mkv")), "").unwrap();
    }
    let spec = JobSpec::of(preset::built_in()[0].clone());
    let wish = intake::AddOptions::of(spec, &Settings::default());
    let started = Instant::now();
    let found = spool_tests::engine::find(&[folder], &wish);
    let adding = Instant::now();
    let taken = spool_tests::engine::taken(&found.jobs);
    let added = queue.add(&found.jobs, QueuePosition::End, &taken).unwrap();
    let (took, by_queue) = (started.elapsed(), adding.elapsed());
    assert_eq!(added.len(), 10_000);
    keep(figures, "add 10,000 files, until durable", took.as_secs_f64(), "s (limit 2)");
    keep(figures, "of which by the queue: choosing names, one transaction", by_queue.as_secs_f64(), "s");
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

fn claim(figures: &mut Figures, queue: &SqliteQueue) {
    let mut took = Vec::new();
    for _ in 0..1000 {
        let started = Instant::now();
        let job = queue.claim("bench", true).unwrap().unwrap();
        took.push(milliseconds(started.elapsed()));
        queue.settle(job.lease(), &Outcome::Interrupted(None)).unwrap();
    }
    keep(figures, "claim at 100,000 queued, median", median(took), "ms (limit 2)");
}

fn page(figures: &mut Figures, queue: &SqliteQueue) {
    let active = Filter::of(&[State::Queued, State::Waiting, State::Running]);
    for (name, offset) in [("first", 0), ("middle", 50_000), ("last", 99_900)] {
        let look = || {
            let started = Instant::now();
            assert_eq!(queue.page(&active, offset, 100).unwrap().len(), 100);
            milliseconds(started.elapsed())
        };
        let took: Vec<f64> = (0..200).map(|_| look()).collect();
        keep(figures, &format!("{name} page of 100 at 100,000 rows, median"), median(took), "ms (limit 5)");
    }
    let count = || {
        let started = Instant::now();
        queue.counts().unwrap();
        milliseconds(started.elapsed())
    };
    keep(figures, "counts at 100,000 rows, median", median((0..100).map(|_| count()).collect()), "ms");
}
