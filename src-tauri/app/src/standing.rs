//! How things stand: what a face shows above and below its lists. One count of the batch and one progress for all of
//! them.

use crate::state::{ON_BATTERY, Spool};
use crate::view::Why;
use crate::view::{CameOf, Live, Standing};
use spool_core::batch::{Batch, Ended};
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

/// What came of the last batch, where nothing is `at_work` and nothing can start.
fn came_of(ended: Ended, counts: &Counts, at_work: usize) -> Option<CameOf> {
    let over = at_work == 0 && counts.startable() == 0;
    (over && ended.done + ended.failed > 0).then(|| ended.into())
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
        let batch = self.batch()?;
        Ok(Standing {
            counts: counts.into(),
            batch: batch.far(&counts).into(),
            came_of: came_of(batch.ended, &counts, running.iter().filter(|job| is_at_work(job)).count()),
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

    /// The present batch, or the last one, of the engine of this process or of another.
    fn batch(&self) -> Result<Batch> {
        self.with_engine(Engine::batch).map_or_else(|| Batch::kept(self.queue()), Ok)
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
        self.batch().ok().filter(|_| counts.running > 0)?.far(counts).percent()
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
    fn how_far_a_batch_is_is_told_while_something_runs() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let counts = Counts { queued: 1, running: 1, done: 5, failed: 1, cancelled: 9, ..Counts::default() };
        assert_eq!(spool.percent_of_batch(&counts), Some(0), "of older batches nothing counts");
        spool.queue().set_flag(Flag::Batch, Some(r#"{"done":5,"failed":1,"over":false}"#)).unwrap();
        assert_eq!(spool.percent_of_batch(&counts), Some(75));
        assert_eq!(spool.percent_of_batch(&Counts { running: 0, ..counts }), None);
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
