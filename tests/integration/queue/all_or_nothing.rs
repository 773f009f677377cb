//! Retries with another preset, salvage and undoing an add are all or nothing: if the queue fails halfway, no job
//! changes.

use spool_app::state::Spool;
use spool_core::engine::database;
use spool_core::error::Result;
use spool_core::failure::{Failure, Reason};
use spool_core::job::{Job, JobId, State};
use spool_core::queue::{Filter, Outcome};
use std::fs;

/// The application with a queue of three added videos.
struct Fixture {
    data: tempfile::TempDir,
    videos: tempfile::TempDir,
    spool: Spool,
}

impl Fixture {
    fn new() -> Fixture {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["a.mkv", "b.mkv", "c.mkv"] {
            fs::write(videos.path().join(name), "x").unwrap();
        }
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        Fixture { data, videos, spool }
    }

    fn failed() -> Fixture {
        let fixture = Fixture::new();
        for _ in 0..3 {
            let job = fixture.spool.queue().claim("test", true).unwrap().unwrap();
            let failure = Failure::from(Reason::SecondRecording);
            fixture.spool.queue().settle(job.lease(), &Outcome::Failed(failure)).unwrap();
        }
        fixture
    }

    fn jobs(&self) -> Vec<Job> {
        self.spool.queue().page(&Filter::default(), 0, 100).unwrap()
    }

    fn ids(&self) -> Vec<i64> {
        self.jobs().iter().map(|job| job.id.0).collect()
    }

    /// Runs `act` while the SQL operation `what` fails for this job, and checks that no job changes.
    fn fails_whole(&self, what: &str, id: i64, act: impl Fn() -> Result<()>) {
        let direct = rusqlite::Connection::open(database(self.data.path())).unwrap();
        let trigger = format!(
            "CREATE TRIGGER broken BEFORE {what} ON job WHEN OLD.id = {id} \
             BEGIN SELECT RAISE(ABORT, 'the disk went away'); END"
        );
        direct.execute_batch(&trigger).unwrap();
        let before = self.jobs();
        assert!(act().is_err());
        assert_eq!(self.jobs(), before, "no job changes");
        direct.execute_batch("DROP TRIGGER broken").unwrap();
    }
}

const ALL: [JobId; 3] = [JobId(1), JobId(2), JobId(3)];

#[test]
fn a_failed_retry_with_another_preset_keeps_every_failed_job_and_adds_none() {
    let fixture = Fixture::failed();
    fixture.fails_whole("DELETE", 2, || fixture.spool.retry_as(&ALL, "remux-mp4"));
    fixture.spool.retry_as(&ALL, "remux-mp4").unwrap();
    assert_eq!(fixture.ids(), [4, 5, 6]);
}

#[test]
fn a_failed_salvage_keeps_every_failed_job_and_adds_none() {
    let fixture = Fixture::failed();
    fixture.fails_whole("DELETE", 3, || fixture.spool.salvage(&ALL));
    fixture.spool.salvage(&ALL).unwrap();
    assert_eq!(fixture.ids(), [4, 5, 6]);
}

#[test]
fn a_failed_undo_of_an_add_changes_nothing_and_can_be_repeated() {
    let fixture = Fixture::new();
    let running = fixture.spool.queue().claim("test", true).unwrap().unwrap();
    fixture.fails_whole("UPDATE", running.id.0, || fixture.spool.undo_add());
    fixture.fails_whole("DELETE", 3, || fixture.spool.undo_add());
    fixture.spool.undo_add().unwrap();
    let left = fixture.jobs();
    assert_eq!(fixture.ids(), [running.id.0], "jobs that have not started are removed");
    assert!(left[0].state == State::Running && left[0].cancel_requested, "the running job is cancelled");
}

#[test]
fn a_job_whose_video_was_replaced_by_a_folder_stays_failed() {
    let fixture = Fixture::failed();
    let video = fixture.videos.path().join("b.mkv");
    fs::remove_file(&video).unwrap();
    fs::create_dir(&video).unwrap();
    fixture.spool.retry_as(&ALL, "remux-mp4").unwrap();
    assert_eq!(fixture.ids(), [2, 4, 5], "the failed job keeps its place");
}
