//! Results that are checked again while the application runs: one round at a time, which takes up what is
//! requested meanwhile.
//!
//! Guarantees that it never runs before a queued job (see `spool_core::recheck`), and that stopping it keeps what was found.

use crate::state::{Spool, lock};
use crate::view::{Checking, Rechecked};
use spool_core::clock::SystemClock;
use spool_core::error::Result;
use spool_core::ffmpeg::Order;
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::recheck::finding::Finding;
use spool_core::recheck::{self, Event, Round, run_all};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// The round, where there is one.
#[derive(Default)]
pub struct Checks(Mutex<Option<Going>>);

/// A round that goes on.
struct Going {
    /// Requested, and not yet begun.
    pending: Vec<JobId>,
    shown: Checking,
    found: Rechecked,
    stop: watch::Sender<Order>,
}

impl Checks {
    /// How far the round is.
    pub fn shown(&self) -> Option<Checking> {
        lock(&self.0).as_ref().map(|going| going.shown)
    }

    /// Ends the round; what was found is kept.
    pub fn stop(&self) {
        if let Some(going) = lock(&self.0).as_mut() {
            going.pending.clear();
            going.stop.send_replace(Order::Cancel);
        }
    }

    /// Takes these up. The answer listens to orders where a round has to be begun for them.
    fn ask(&self, ids: Vec<JobId>) -> Option<watch::Receiver<Order>> {
        let mut held = lock(&self.0);
        if let Some(going) = held.as_mut() {
            going.shown.of += ids.len() as u64;
            going.pending.extend(ids);
            // One that was just stopped goes on with these.
            going.stop.send_replace(Order::Go);
            return None;
        }
        let (stop, orders) = watch::channel(Order::Go);
        let shown = Checking { n: 0, of: ids.len() as u64, waits: false };
        *held = Some(Going { pending: ids, shown, found: Rechecked::default(), stop });
        Some(orders)
    }

    /// What is to be checked next; with none the round is over, and the answer is what it found.
    fn next(&self) -> std::result::Result<Vec<JobId>, Rechecked> {
        let mut held = lock(&self.0);
        match held.as_mut().map(|going| std::mem::take(&mut going.pending)) {
            Some(asked) if !asked.is_empty() => Ok(asked),
            _ => Err(held.take().map(|going| going.found).unwrap_or_default()),
        }
    }

    fn take(&self, event: &Event<'_>) {
        let mut held = lock(&self.0);
        let Some(going) = held.as_mut() else { return };
        match event {
            Event::Begins { .. } => going.shown.n += 1,
            Event::Waits(still) => going.shown.waits = *still,
            Event::Progress(_) => {}
            Event::Found { check, .. } => match check.finding {
                Finding::Right { .. } => going.found.right += 1,
                Finding::Wrong { .. } => going.found.wrong += 1,
                Finding::NotChecked { .. } => going.found.not_checked += 1,
            },
        }
    }
}

/// Checks the results of these jobs; with none named, of all that are done.
pub fn check_again(spool: &Arc<Spool>, ids: Option<Vec<JobId>>) -> Result<()> {
    spool.tools()?;
    let ids = ids.map_or_else(|| recheck::done(spool.queue()), Ok)?;
    if let Some(orders) = spool.checks.ask(ids) {
        let spool = Arc::clone(spool);
        // A thread of its own, for its children end with it.
        std::thread::spawn(move || go_on(&spool, &orders));
    }
    spool.feed.touch();
    Ok(())
}

/// Until nothing is pending.
fn go_on(spool: &Spool, orders: &watch::Receiver<Order>) {
    loop {
        match spool.checks.next() {
            Ok(ids) => {
                if let Err(cause) = check(spool, &ids, orders) {
                    spool.checks.stop();
                    spool.feed.tell_trouble(cause.to_string());
                }
            }
            Err(found) => {
                spool.feed.tell_checked(found);
                spool.feed.touch();
                return;
            }
        }
    }
}

fn check(spool: &Spool, ids: &[JobId], orders: &watch::Receiver<Order>) -> Result<()> {
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
    /// Stops checking; what was found is kept.
    pub fn stop_checking(&self) {
        self.checks.stop();
    }

    /// Queues the videos of done jobs again, as they were added; the results that are there stay.
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
    use spool_core::recheck::finding::{Check, Obstacle};

    fn ids(ids: &[i64]) -> Vec<JobId> {
        ids.iter().copied().map(JobId).collect()
    }

    #[test]
    fn a_round_takes_up_what_is_asked_for_meanwhile_and_ends_with_what_it_found() {
        let checks = Checks::default();
        assert!(checks.ask(ids(&[1, 2])).is_some());
        assert_eq!(checks.next(), Ok(ids(&[1, 2])));
        assert!(checks.ask(ids(&[3])).is_none(), "it goes on already");
        assert_eq!(checks.shown().map(|shown| shown.of), Some(3));
        checks.take(&Event::Waits(true));
        assert_eq!(checks.shown().map(|shown| shown.waits), Some(true));
        assert_eq!(checks.next(), Ok(ids(&[3])));
        assert_eq!(checks.next(), Err(Rechecked::default()));
        assert_eq!(checks.shown(), None);
    }

    #[test]
    fn a_round_that_is_stopped_takes_up_nothing_more() {
        let checks = Checks::default();
        let orders = checks.ask(ids(&[1, 2])).unwrap();
        checks.stop();
        assert_eq!(*orders.borrow(), Order::Cancel);
        assert!(checks.ask(ids(&[3])).is_none());
        assert_eq!(*orders.borrow(), Order::Go);
        assert_eq!(checks.next(), Ok(ids(&[3])), "only what was asked for since");
        checks.stop();
        assert!(checks.next().is_err());
    }

    #[test]
    fn what_was_found_wrong_is_done_again_beside_the_result_that_is_there() {
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
