//! How things stand: what a face shows above and below its lists. One count of the batch and one progress for all of
//! them.

use crate::state::{ON_BATTERY, Spool};
use crate::view::Why;
use crate::view::{CameOf, Live, Standing};
use spool_core::engine::Engine;
use spool_core::error::Result;
use spool_core::job::{Job, State};
use spool_core::queue::raised;
use spool_core::queue::{Counts, Filter, Flag};
use std::path::Path;

/// Has a worker to get it on: neither paused, nor waiting for a worker after that.
fn is_at_work(job: &Job) -> bool {
    !job.hold && !job.awaits_worker()
}

/// How far the batch is of which so many have ended, in percent; `None` while nothing runs.
fn percent(counts: &Counts, ended: u64) -> Option<u64> {
    let all = ended + counts.queued + counts.waiting + counts.running;
    (counts.running > 0).then(|| ended * 100 / all)
}

impl Spool {
    /// How things stand.
    pub fn standing(&self) -> Result<Standing> {
        let queue = self.queue();
        let saved = queue.saved()?;
        let running = queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
        let (crowded, paused) = (queue.crowded()?, queue.flag(Flag::Paused)?);
        let disk = crowded.volume.as_deref().and_then(Path::file_name);
        let counts = queue.counts()?;
        let (batch_done, batch_failed) = self.ended(&counts);
        Ok(Standing {
            counts: counts.into(),
            batch_done,
            batch_failed,
            came_of: self.came_of(&counts, running.iter().filter(|job| is_at_work(job)).count())?,
            suspended: running.iter().filter(|job| !is_at_work(job)).count() as u64,
            crowded: crowded.jobs,
            crowded_disk: disk.map(|name| name.to_string_lossy().into_owned()),
            paused: paused.is_some(),
            on_battery: paused.as_deref() == Some(ON_BATTERY),
            worked_by: self.worked_elsewhere(),
            workers: self.with_engine(Engine::workers),
            breaker: raised::breaker(queue)?.as_ref().map(Why::from),
            restored: raised::restored(queue)?,
            alarm: raised::alarm(queue)?,
            checking: self.checks.shown(),
            bytes_before: saved.before,
            bytes_after: saved.after,
        })
    }

    /// What came of the last batch, where nothing is `at_work` and nothing can start.
    fn came_of(&self, counts: &Counts, at_work: usize) -> Result<Option<CameOf>> {
        if at_work > 0 || counts.startable() > 0 {
            return Ok(None);
        }
        let ended = match self.with_engine(Engine::batch) {
            Some(batch) => Some(batch.ended),
            None => self.queue().flag(Flag::Batch)?.and_then(|text| serde_json::from_str(&text).ok()),
        };
        Ok(ended.filter(|ended| ended.done + ended.failed > 0).map(CameOf::from))
    }

    /// How many are done and have failed of the present batch.
    pub fn ended(&self, counts: &Counts) -> (u64, u64) {
        match self.with_engine(Engine::batch) {
            // What is to begin is another batch.
            Some(batch) if batch.is_over() && counts.startable() > 0 => (0, 0),
            Some(batch) => (batch.ended.done, batch.ended.failed),
            None => (counts.done, counts.failed),
        }
    }

    /// Progress of what runs, as saved: for a queue that another process works.
    fn saved_progress(&self) -> Result<Vec<Live>> {
        let running = self.queue().page(&Filter::of(&[State::Running]), 0, 1000)?;
        Ok(running.iter().filter_map(|job| Some(Live::new(job.id.0, job.progress.as_ref()?))).collect())
    }

    /// Looks at a queue that another process works, and tells of what has changed there.
    pub fn look_elsewhere(&self) -> Result<()> {
        let changed = self.queue().changed_elsewhere()?;
        let live = self.saved_progress()?;
        if changed {
            self.feed.tell_live(live);
            self.feed.touch();
        }
        Ok(())
    }

    /// How far the present batch is, in percent; `None` while nothing runs.
    pub fn percent_of_batch(&self, counts: &Counts) -> Option<u64> {
        let (done, failed) = self.ended(counts);
        percent(counts, done + failed)
    }

    /// Has all been done that can be? A queue that rests because it is paused or stands still has not.
    pub fn is_through(&self) -> bool {
        let through = || -> Result<bool> {
            let (counts, queue) = (self.queue().counts()?, self.queue());
            let stands = queue.flag(Flag::Paused)?.is_some() || queue.flag(Flag::Breaker)?.is_some();
            Ok(counts.running == 0 && counts.startable() == 0 && !stands)
        };
        through().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::job::JobId;
    use spool_core::queue::{Command, Which};

    #[test]
    fn a_batch_is_as_far_as_its_jobs_have_ended_while_something_runs() {
        let counts = Counts { queued: 1, running: 1, done: 5, failed: 1, cancelled: 9, ..Counts::default() };
        assert_eq!(percent(&counts, 6), Some(75));
        assert_eq!(percent(&counts, 0), Some(0), "of older batches nothing counts");
        assert_eq!(percent(&Counts { running: 0, ..counts }, 6), None);
    }

    #[test]
    fn a_queue_that_is_paused_or_stands_still_is_not_through_with_its_work() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spool = Spool::open(data.path().to_owned()).unwrap();
        assert!(spool.is_through());
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        assert!(!spool.is_through());
        spool.steer(Command::Hold, &Which::Ids(vec![JobId(1)])).unwrap();
        assert!(spool.is_through(), "what is on hold is not wanted now");
        for flag in [Flag::Paused, Flag::Breaker] {
            spool.queue().set_flag(flag, Some("1")).unwrap();
            assert!(!spool.is_through());
            spool.queue().set_flag(flag, None).unwrap();
        }
    }

    #[test]
    fn whose_pause_it_is_outlives_the_process() {
        let data = tempfile::tempdir().unwrap();
        Spool::open(data.path().to_owned()).unwrap().pause_on_battery().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let standing = spool.standing().unwrap();
        assert!(standing.paused && standing.on_battery);
        spool.pause(true).unwrap();
        assert!(!spool.standing().unwrap().on_battery);
    }
}
