//! The queue at the size that it must support: 100,000 jobs done, as many queued, 10,000 failed and as many waiting.
//! Measures the calls of the engine and of the window, and how long a command on all jobs blocks other writers.

use super::milliseconds;
use crate::{Figures, keep, median};
use rusqlite::Connection;
use spool_core::clock::SystemClock;
use spool_core::engine::{database, open_queue};
use spool_core::job::{JobId, State};
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{
    Command, Commands, Cursor, Details, Filter, Flag, Queue, QueuePosition, Selection, Sort, TakenNames,
};
use spool_tests::fill::{fill, jobs};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Sets states in list order; each state starts after the last job of the one before.
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
    choices(figures, &queue);
    let more = jobs(220_000..230_000);
    wait(figures, dir.path(), "add 10,000 at 220,000 rows", "s (limit 1)", |queue| {
        assert_eq!(queue.add(&more, QueuePosition::End, &TakenNames::default()).unwrap().len(), 10_000);
    });
    let many = jobs(230_000..330_000);
    let started = Instant::now();
    assert_eq!(queue.add(&many, QueuePosition::End, &TakenNames::default()).unwrap().len(), 100_000);
    keep(figures, "add 100,000 at 230,000 rows", started.elapsed().as_secs_f64(), "s");
    for (name, command, which) in commands() {
        wait(figures, dir.path(), name, "s (limit 0.5)", |queue| drop(queue.apply(command, &which).unwrap()));
    }
}

fn open(data: &Path) -> SqliteQueue {
    open_queue(data, Arc::new(SystemClock::default())).unwrap()
}

/// A name and a call of the queue.
type Call = (&'static str, fn(&dyn Queue));

/// Calls that the sweep and the feed repeat.
const CALLS: &[Call] = &[
    ("recent, at each end of a job", |q| drop(q.recent(200_000).unwrap())),
    ("counts", |q| _ = q.counts().unwrap()),
    ("bytes left", |q| _ = q.queued_bytes().unwrap()),
    ("bytes saved", |q| _ = q.saved().unwrap()),
    ("what waits for room", |q| drop(q.waiting_for_space().unwrap())),
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
        let after = Cursor { position: 115_000, finished_at: None, id: JobId(115_000) };
        drop(q.page_after(&[State::Waiting], Some(after), 200).unwrap());
    }),
    ("200 of the queued, of 1,000 that the time left is reckoned by", |q| {
        drop(q.startable(None, 200).unwrap());
    }),
    ("8 that go on", |q| {
        let ids = q.page(&Filter::of(&[State::Waiting]), 0, 8).unwrap();
        q.apply(Command::Now, &Selection::Ids(ids.iter().map(|job| job.id).collect())).unwrap();
    }),
];

/// Calls of the window when the user types a name, sorts, or selects all of a list: measured after a write, and once
/// more.
const CHOICES: &[Call] = &[
    ("first 50 by a part of the name", |q| drop(q.page(&chosen("99", Sort::Usual), 0, 50).unwrap())),
    ("how many have that part", |q| _ = q.matching(&chosen("99", Sort::Usual)).unwrap()),
    ("50 from the middle by name", |q| drop(q.page(&chosen("", Sort::Name), 50_000, 50).unwrap())),
    ("50 from the middle by bytes saved", |q| {
        drop(q.page(&chosen("", Sort::MostSaved), 50_000, 50).unwrap());
    }),
    ("numbers of all 100,000", |q| drop(q.ids(&chosen("", Sort::Usual)).unwrap())),
    ("each of all 100,000", |q| {
        for id in q.ids(&chosen("", Sort::Usual)).unwrap() {
            q.job(id).unwrap();
        }
    }),
];

fn chosen(name: &str, sort: Sort) -> Filter {
    Filter { name: name.into(), sort, ..Filter::of(&[State::Done, State::Cancelled]) }
}

fn choices(figures: &mut Figures, queue: &SqliteQueue) {
    let look = |call: fn(&dyn Queue)| {
        let started = Instant::now();
        call(queue);
        milliseconds(started.elapsed())
    };
    for (name, call) in CHOICES {
        // Setting the same value again would not be a write.
        let first = |n: i32| {
            queue.set_flag(Flag::Alarm, Some(&n.to_string())).unwrap();
            look(*call)
        };
        keep(figures, &format!("{name}, after a write, median"), median((0..5).map(first).collect()), "ms");
        let again = median((0..5).map(|_| look(*call)).collect());
        keep(figures, &format!("{name}, again, median"), again, "ms");
    }
}

fn calls(figures: &mut Figures, queue: &SqliteQueue) {
    for (name, call) in CALLS {
        let look = || {
            let started = Instant::now();
            call(queue);
            milliseconds(started.elapsed())
        };
        let took = median((0..50).map(|_| look()).collect());
        keep(figures, &format!("{name}, at 220,000 rows, median"), took, "ms (limit 5)");
    }
}

/// Each command leaves enough jobs for the next.
fn commands() -> Vec<(&'static str, Command, Selection)> {
    let queued = || Selection::All(vec![State::Queued]);
    let ids = |from: i64, to: i64| Selection::Ids((from..to).map(JobId).collect());
    vec![
        ("hold all queued", Command::Hold, queued()),
        ("release all queued", Command::Release, queued()),
        ("move 10,000 to the top", Command::MoveTop, ids(200_000, 210_000)),
        ("move 10,000 up", Command::MoveUp, ids(180_000, 190_000)),
        ("cancel all", Command::Cancel, Selection::All(State::ALL.to_vec())),
        ("retry all cancelled", Command::Retry, Selection::All(vec![State::Cancelled])),
        ("remove all done", Command::Remove, Selection::All(vec![State::Done])),
    ]
}

/// Runs `work` while another connection writes repeatedly, as an engine does, and keeps the longest wait of that
/// writer.
fn wait(figures: &mut Figures, data: &Path, name: &str, limit: &str, work: impl FnOnce(&SqliteQueue)) {
    let (queue, over) = (open(data), AtomicBool::new(false));
    let started = Instant::now();
    let longest = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (other, mut longest) = (open(data), Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                let started = Instant::now();
                other.set_flag(Flag::EndedSinceCrash, Some("1")).unwrap();
                longest = longest.max(started.elapsed());
                std::thread::park_timeout(Duration::from_millis(10));
            }
            longest
        });
        work(&queue);
        over.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    keep(figures, &format!("{name}, in all"), started.elapsed().as_secs_f64(), "s");
    keep(figures, &format!("{name}: longest wait of another writer"), longest.as_secs_f64(), limit);
}
