//! The state of the queue, which front ends show above and below their lists. All of them show the same counts and
//! progress of the batch.

use crate::state::{ON_BATTERY, Spool};
use crate::view::Why;
use crate::view::{BatchSummary, Live, QueueStatus};
use spool_core::batch::{Batch, BatchTotals};
use spool_core::engine::Engine;
use spool_core::error::Result;
use spool_core::job::{Job, State};
use spool_core::queue::raised;
use spool_core::queue::{Counts, Filter, Flag};
use std::path::Path;

/// Checks whether a running job makes progress: it is neither paused nor waiting for a worker after a pause.
fn is_active(job: &Job) -> bool {
    !job.hold && !job.awaits_worker()
}

/// Returns the summary of the last batch if no job is active and none can start.
fn last_batch(ended: BatchTotals, counts: &Counts, active: usize) -> Option<BatchSummary> {
    let over = active == 0 && counts.startable() == 0;
    (over && ended.done + ended.failed > 0).then(|| ended.into())
}

impl Spool {
    /// Returns the state of the queue.
    pub fn status(&self) -> Result<QueueStatus> {
        let queue = self.queue();
        let saved = queue.saved()?;
        let running = queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
        let (waiting_for_space, paused) = (queue.waiting_for_space()?, queue.flag(Flag::Paused)?);
        let disk = waiting_for_space.volume.as_deref().and_then(Path::file_name);
        let counts = queue.counts()?;
        let batch = self.batch()?;
        Ok(QueueStatus {
            counts: counts.into(),
            batch: batch.progress(&counts).into(),
            last_batch: last_batch(batch.ended, &counts, running.iter().filter(|job| is_active(job)).count()),
            suspended: running.iter().filter(|job| !is_active(job)).count() as u64,
            waiting_for_space: waiting_for_space.jobs,
            full_disk: disk.map(|name| name.to_string_lossy().into_owned()),
            paused: paused.is_some(),
            on_battery: paused.as_deref() == Some(ON_BATTERY),
            worked_by: self.worked_elsewhere(),
            workers: self.with_engine(Engine::workers),
            breaker: raised::breaker(queue)?.as_ref().map(Why::from),
            restored: raised::restored(queue)?,
            alarm: raised::alarm(queue)?,
            may_fail: counts.running + counts.startable() + counts.waiting > 0,
            checking: self.checks.shown(),
            bytes_before: saved.before,
            bytes_after: saved.after,
        })
    }

    /// Returns the current batch, or the last one, of the engine of this process or of another.
    fn batch(&self) -> Result<Batch> {
        self.with_engine(Engine::batch).map_or_else(|| Batch::load(self.queue()), Ok)
    }

    /// Returns the saved progress of running jobs, for a queue that another process runs.
    fn saved_progress(&self) -> Result<Vec<Live>> {
        let running = self.queue().page(&Filter::of(&[State::Running]), 0, 1000)?;
        Ok(running.iter().filter_map(|job| Some(Live::new(job.id.0, job.progress.as_ref()?))).collect())
    }

    /// Polls a queue that another process runs, and reports in the feed what has changed.
    pub fn look_elsewhere(&self) -> Result<()> {
        let changed = self.queue().changed_elsewhere()?;
        let live = self.saved_progress()?;
        if changed {
            self.feed.send_live(live);
            self.feed.touch();
        }
        Ok(())
    }

    /// Returns the progress of the current batch in percent; `None` while no job runs.
    pub fn percent_of_batch(&self, counts: &Counts) -> Option<u64> {
        self.batch().ok().filter(|_| counts.running > 0)?.progress(counts).percent()
    }

    /// Checks whether nothing is left to do. False for a queue that is paused or whose breaker is open.
    pub fn is_through(&self) -> bool {
        let through = || -> Result<bool> {
            let (counts, queue) = (self.queue().counts()?, self.queue());
            let blocked = queue.flag(Flag::Paused)?.is_some() || queue.flag(Flag::Breaker)?.is_some();
            Ok(counts.running == 0 && counts.startable() == 0 && !blocked)
        };
        through().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::job::JobId;
    use spool_core::queue::{Command, Selection};

    #[test]
    fn percentage_of_a_batch_is_known_only_while_a_job_runs() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let counts = Counts { queued: 1, running: 1, done: 5, failed: 1, cancelled: 9, ..Counts::default() };
        assert_eq!(spool.percent_of_batch(&counts), Some(0), "earlier batches do not count");
        spool.queue().set_flag(Flag::Batch, Some(r#"{"done":5,"failed":1,"over":false}"#)).unwrap();
        assert_eq!(spool.percent_of_batch(&counts), Some(75));
        assert_eq!(spool.percent_of_batch(&Counts { running: 0, ..counts }), None);
    }

    #[test]
    fn more_jobs_may_fail_while_some_are_startable() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spool = Spool::open(data.path().to_owned()).unwrap();
        assert!(!spool.status().unwrap().may_fail);
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        assert!(spool.status().unwrap().may_fail);
        spool.apply(Command::Hold, &Selection::Ids(vec![JobId(1)])).unwrap();
        assert!(!spool.status().unwrap().may_fail, "a held job cannot fail");
    }

    #[test]
    fn paused_queue_or_open_breaker_leaves_work_to_do() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spool = Spool::open(data.path().to_owned()).unwrap();
        assert!(spool.is_through());
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        assert!(!spool.is_through());
        spool.apply(Command::Hold, &Selection::Ids(vec![JobId(1)])).unwrap();
        assert!(spool.is_through(), "jobs on hold do not count");
        for flag in [Flag::Paused, Flag::Breaker] {
            spool.queue().set_flag(flag, Some("1")).unwrap();
            assert!(!spool.is_through());
            spool.queue().set_flag(flag, None).unwrap();
        }
    }

    #[test]
    fn pause_for_the_battery_survives_a_restart() {
        let data = tempfile::tempdir().unwrap();
        Spool::open(data.path().to_owned()).unwrap().pause_on_battery().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let status = spool.status().unwrap();
        assert!(status.paused && status.on_battery);
        spool.pause(true).unwrap();
        assert!(!spool.status().unwrap().on_battery);
    }
}
