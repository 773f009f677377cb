//! The queue at the size it must bear: 100,000 jobs done, as many queued, 10,000 failed and as many that wait. What is asked
//! of it while it is worked and shown, and how long a command on all of it keeps others from writing.

use super::milliseconds;
use crate::{Figures, keep, median};
use rusqlite::Connection;
use spool_core::clock::SystemClock;
use spool_core::engine::{database, open_queue};
use spool_core::job::{JobId, State};
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Command, Filter, Flag, Mark, Queue, Which};
use spool_tests::fill::fill;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// States in list order, each behind the last job of the one before.
const CROWD: &str = "UPDATE job SET source_size = 1000000 + id, source_volume = x'2f', output_volume = x'2f6d65646961';
    UPDATE job SET state = 'done', finished_at = id, output_size = id WHERE id <= 100000;
    UPDATE job SET state = 'failed', finished_at = id, failure_code = 'no_video' WHERE id BETWEEN 100001 AND 110000;
    UPDATE job SET state = 'waiting', failure_code = CASE id % 2 WHEN 0 THEN 'disk_full' ELSE 'source_volume_missing' END,
        need_bytes = 1 WHERE id BETWEEN 110001 AND 120000;";

pub(crate) fn measure(figures: &mut Figures) {
    let dir = tempfile::tempdir().unwrap();
    let queue = open(dir.path());
    fill(&queue, 220_000);
    let mut direct = Connection::open(database(dir.path())).unwrap();
    let crowd = direct.transaction().unwrap();
    crowd.execute_batch(CROWD).unwrap();
    crowd.commit().unwrap();
    drop(direct);
    calls(figures, &queue);
    for (name, command, which) in commands() {
        hold(figures, dir.path(), name, command, &which);
    }
}

fn open(data: &Path) -> SqliteQueue {
    open_queue(data, Arc::new(SystemClock::default())).unwrap()
}

/// A question that the sweep or the feed asks again and again.
type Call = (&'static str, fn(&dyn Queue));

const CALLS: &[Call] = &[
    ("recent, at each end of a job", |q| drop(q.recent(200_000).unwrap())),
    ("counts", |q| _ = q.counts().unwrap()),
    ("bytes left", |q| _ = q.left().unwrap()),
    ("bytes saved", |q| _ = q.saved().unwrap()),
    ("what waits for room", |q| drop(q.crowded().unwrap())),
    ("causes", |q| drop(q.causes().unwrap())),
    ("running jobs", |q| drop(q.page(&Filter::of(&[State::Running]), 0, 1000).unwrap())),
    ("place in the line, at its end", |q| _ = q.startable_before(i64::MAX).unwrap()),
    ("failed by cause, the last 50", |q| {
        drop(q.failed_by(spool_core::failure::FailureCode::NoVideo, 9_950, 50).unwrap());
    }),
    ("history, 50 from the middle", |q| {
        drop(q.page(&Filter::of(&[State::Done, State::Cancelled]), 50_000, 50).unwrap());
    }),
    ("200 that wait, from the middle", |q| {
        let after = Mark { position: 115_000, finished_at: None, id: JobId(115_000) };
        drop(q.onward(&[State::Waiting], Some(after), 200).unwrap());
    }),
    ("8 that go on", |q| {
        let ids = q.page(&Filter::of(&[State::Waiting]), 0, 8).unwrap();
        q.steer(Command::Now, &Which::Ids(ids.iter().map(|job| job.id).collect())).unwrap();
    }),
];

fn calls(figures: &mut Figures, queue: &SqliteQueue) {
    for (name, call) in CALLS {
        let look = || {
            let begun = Instant::now();
            call(queue);
            milliseconds(begun.elapsed())
        };
        let took = median((0..50).map(|_| look()).collect());
        keep(figures, &format!("{name}, at 220,000 rows, median"), took, "ms (limit 5)");
    }
}

/// Each leaves enough for the next.
fn commands() -> Vec<(&'static str, Command, Which)> {
    let queued = || Which::All(vec![State::Queued]);
    let ids = |from: i64, to: i64| Which::Ids((from..to).map(JobId).collect());
    vec![
        ("hold all queued", Command::Hold, queued()),
        ("release all queued", Command::Release, queued()),
        ("move 10,000 to the top", Command::MoveTop, ids(200_000, 210_000)),
        ("move 10,000 up", Command::MoveUp, ids(180_000, 190_000)),
        ("cancel all", Command::Cancel, Which::All(State::ALL.to_vec())),
        ("retry all cancelled", Command::Retry, Which::All(vec![State::Cancelled])),
        ("remove all done", Command::Remove, Which::All(vec![State::Done])),
    ]
}

/// Another process writes all the while, as an engine does; its longest wait is told.
fn hold(figures: &mut Figures, data: &Path, name: &str, command: Command, which: &Which) {
    let (queue, over) = (open(data), AtomicBool::new(false));
    let begun = Instant::now();
    let longest = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (other, mut longest) = (open(data), Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                other.set_flag(Flag::EndedSinceCrash, Some("1")).unwrap();
                longest = longest.max(begun.elapsed());
                std::thread::park_timeout(Duration::from_millis(10));
            }
            longest
        });
        queue.steer(command, which).unwrap();
        over.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    keep(figures, &format!("{name}, in all"), begun.elapsed().as_secs_f64(), "s");
    keep(figures, &format!("{name}: longest wait of another writer"), longest.as_secs_f64(), "s (limit 0.5)");
}
