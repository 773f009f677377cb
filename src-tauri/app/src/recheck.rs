//! Checks results again while the application runs: one round at a time, which includes requests that arrive during it.
//!
//! Guarantees that a check never runs before a queued job (see `spool_core::recheck`), and that stopping keeps the
//! findings.

use crate::state::Spool;
use spool_core::clock::SystemClock;
use spool_core::error::Result;
use spool_core::ffmpeg::Control;
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::recheck::{self, Event, Round, run_all};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::watch;

/// Starts to check the results of these jobs; `None` for all done jobs.
pub fn check_again(spool: &Arc<Spool>, ids: Option<Vec<JobId>>) -> Result<()> {
    spool.tools()?;
    let ids = ids.map_or_else(|| recheck::done(spool.queue()), Ok)?;
    if let Some(orders) = spool.checks.ask(ids) {
        let spool = Arc::clone(spool);
        // A thread of its own, because its child processes end with it.
        std::thread::spawn(move || run(&spool, &orders));
    }
    spool.feed.touch();
    Ok(())
}

/// Checks results until nothing is pending.
fn run(spool: &Spool, orders: &watch::Receiver<Control>) {
    loop {
        match spool.checks.next() {
            Ok(ids) => {
                if let Err(cause) = check(spool, &ids, orders) {
                    spool.checks.stop();
                    spool.feed.send_trouble(cause.to_string());
                }
            }
            Err(found) => {
                spool.feed.send_checked(found);
                spool.feed.touch();
                return;
            }
        }
    }
}

fn check(spool: &Spool, ids: &[JobId], orders: &watch::Receiver<Control>) -> Result<()> {
    let (tools, policy, clock) = (spool.tools()?, Policy::default(), SystemClock::default());
    let round =
        Round { queue: spool.queue(), data: &spool.data, tools: &tools, policy: &policy, clock: &clock };
    run_all(round, ids, orders, &mut |event| {
        spool.checks.take(&event);
        if !matches!(event, Event::Progress(_)) {
            spool.feed.touch();
        }
    })?;
    Ok(())
}

impl Spool {
    /// Stops checking; the findings are kept.
    pub fn stop_checking(&self) {
        self.checks.stop();
    }

    /// Queues the videos of done jobs again, as they were added; existing results stay.
    pub fn do_again(&self, ids: &[JobId]) -> Result<()> {
        let jobs: Vec<Job> = self.jobs(ids)?.into_iter().filter(|job| job.state == State::Done).collect();
        self.add_as_before(&jobs)
    }

    fn jobs(&self, ids: &[JobId]) -> Result<Vec<Job>> {
        let mut seen = HashSet::new();
        let each = ids.iter().filter(|id| seen.insert(**id)).map(|id| self.job(*id));
        Ok(each.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::recheck::finding::{Check, Finding, Obstacle};

    fn ids(ids: &[i64]) -> Vec<JobId> {
        ids.iter().copied().map(JobId).collect()
    }

    #[test]
    fn done_job_is_queued_again_and_its_result_stays() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let video = videos.path().join("a.mkv");
        std::fs::write(&video, "x").unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(std::slice::from_ref(&video), "remux-mp4").unwrap();
        spool.do_again(&ids(&[1])).unwrap();
        assert_eq!(spool.queue().counts().unwrap().queued, 1, "it is not done yet");
        let job = spool.queue().claim("test", true).unwrap().unwrap();
        std::fs::write(&job.output, "x").unwrap();
        let (output, size) = (job.output.clone(), 1);
        let done = spool_core::queue::Outcome::Done { output, size, warnings: Vec::new() };
        spool.queue().settle(job.lease(), &done).unwrap();
        let why = Obstacle::SourceGone;
        let check = Check { at: 7, finding: Finding::NotChecked { why } };
        assert!(spool.queue().keep_check(job.id, &check, None).unwrap());
        spool.do_again(&ids(&[1, 1, 99])).unwrap();
        let again = spool.job(JobId(2)).unwrap().unwrap();
        assert_eq!((again.source, again.state), (video, State::Queued));
        assert_eq!(again.spec.unwrap().preset.id, "remux-mp4");
        assert_ne!(again.output, job.output);
        assert_eq!(spool.job(JobId(1)).unwrap().map(|job| job.state), Some(State::Done));
    }
}
