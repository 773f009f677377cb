//! Videos queued again in place of failed jobs, and what was added taken back: all that was asked for, or nothing where the
//! queue breaks off.

use spool_app::state::Spool;
use spool_core::engine::database;
use spool_core::error::Result;
use spool_core::failure::{Failure, Reason};
use spool_core::job::{Job, JobId, State};
use spool_core::queue::{Filter, Outcome};
use std::fs;

/// The application on a queue to which three videos were added.
struct World {
    data: tempfile::TempDir,
    videos: tempfile::TempDir,
    spool: Spool,
}

impl World {
    fn new() -> World {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["a.mkv", "b.mkv", "c.mkv"] {
            fs::write(videos.path().join(name), "x").unwrap();
        }
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        World { data, videos, spool }
    }

    fn failed() -> World {
        let world = World::new();
        for _ in 0..3 {
            let job = world.spool.queue().claim("test", true).unwrap().unwrap();
            let failure = Failure::from(Reason::SecondRecording);
            world.spool.queue().settle(job.lease(), &Outcome::Failed(failure)).unwrap();
        }
        world
    }

    fn jobs(&self) -> Vec<Job> {
        self.spool.queue().page(&Filter::default(), 0, 100).unwrap()
    }

    fn ids(&self) -> Vec<i64> {
        self.jobs().iter().map(|job| job.id.0).collect()
    }

    /// Does `ask` while the queue breaks off at `what` of this job, which is to change nothing.
    fn broken(&self, what: &str, id: i64, ask: impl Fn() -> Result<()>) {
        let direct = rusqlite::Connection::open(database(self.data.path())).unwrap();
        let trigger = format!(
            "CREATE TRIGGER broken BEFORE {what} ON job WHEN OLD.id = {id} \
             BEGIN SELECT RAISE(ABORT, 'the disk went away'); END"
        );
        direct.execute_batch(&trigger).unwrap();
        let before = self.jobs();
        assert!(ask().is_err());
        assert_eq!(self.jobs(), before, "nothing half");
        direct.execute_batch("DROP TRIGGER broken").unwrap();
    }
}

const ALL: [JobId; 3] = [JobId(1), JobId(2), JobId(3)];

#[test]
fn a_retry_with_another_preset_that_breaks_off_leaves_every_failed_job_and_adds_none() {
    let world = World::failed();
    world.broken("DELETE", 2, || world.spool.retry_as(&ALL, "remux-mp4"));
    world.spool.retry_as(&ALL, "remux-mp4").unwrap();
    assert_eq!(world.ids(), [4, 5, 6]);
}

#[test]
fn keeping_what_can_be_read_breaks_off_whole_as_well() {
    let world = World::failed();
    world.broken("DELETE", 3, || world.spool.salvage(&ALL));
    world.spool.salvage(&ALL).unwrap();
    assert_eq!(world.ids(), [4, 5, 6]);
}

#[test]
fn what_was_added_is_taken_back_whole_or_can_be_taken_back_later() {
    let world = World::new();
    let running = world.spool.queue().claim("test", true).unwrap().unwrap();
    world.broken("UPDATE", running.id.0, || world.spool.undo_add());
    world.broken("DELETE", 3, || world.spool.undo_add());
    world.spool.undo_add().unwrap();
    let left = world.jobs();
    assert_eq!(world.ids(), [running.id.0], "what has not started is gone");
    assert!(left[0].state == State::Running && left[0].cancel_requested, "and what runs is cancelled");
}

#[test]
fn a_video_whose_name_a_folder_has_by_now_stays_failed() {
    let world = World::failed();
    let video = world.videos.path().join("b.mkv");
    fs::remove_file(&video).unwrap();
    fs::create_dir(&video).unwrap();
    world.spool.retry_as(&ALL, "remux-mp4").unwrap();
    assert_eq!(world.ids(), [2, 4, 5], "the failed job stays, where it was");
}
