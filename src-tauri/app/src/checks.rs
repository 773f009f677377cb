//! State of the current round of checks of results: pending jobs, progress and findings. Plain data behind a lock.

use crate::locked::lock;
use crate::view::{CheckProgress, CheckSummary};
use spool_core::ffmpeg::Control;
use spool_core::job::JobId;
use spool_core::recheck::Event;
use spool_core::recheck::finding::Finding;
use std::sync::Mutex;
use tokio::sync::watch;

/// The current round, if there is one.
#[derive(Default)]
pub struct Checks(Mutex<Option<Round>>);

/// A round in progress.
struct Round {
    /// Requested, but not passed to the checker yet.
    pending: Vec<JobId>,
    shown: CheckProgress,
    found: CheckSummary,
    stop: watch::Sender<Control>,
}

impl Checks {
    /// Returns the progress of the round.
    pub fn shown(&self) -> Option<CheckProgress> {
        lock(&self.0).as_ref().map(|round| round.shown)
    }

    /// Stops the round; its findings are kept.
    pub fn stop(&self) {
        if let Some(round) = lock(&self.0).as_mut() {
            round.pending.clear();
            round.stop.send_replace(Control::Cancel);
        }
    }

    /// Adds these jobs to the round. If there is none, creates it and returns its orders; the caller must then run it.
    pub(crate) fn ask(&self, ids: Vec<JobId>) -> Option<watch::Receiver<Control>> {
        let mut held = lock(&self.0);
        if let Some(round) = held.as_mut() {
            round.shown.of += ids.len() as u64;
            round.pending.extend(ids);
            // A round that was just stopped continues with these jobs.
            round.stop.send_replace(Control::Go);
            return None;
        }
        let (stop, orders) = watch::channel(Control::Go);
        let shown = CheckProgress { n: 0, of: ids.len() as u64, waits: false };
        *held = Some(Round { pending: ids, shown, found: CheckSummary::default(), stop });
        Some(orders)
    }

    /// Returns the jobs to check next. If there are none, ends the round and returns its findings as the error.
    pub(crate) fn next(&self) -> std::result::Result<Vec<JobId>, CheckSummary> {
        let mut held = lock(&self.0);
        match held.as_mut().map(|round| std::mem::take(&mut round.pending)) {
            Some(pending) if !pending.is_empty() => Ok(pending),
            _ => Err(held.take().map(|round| round.found).unwrap_or_default()),
        }
    }

    pub(crate) fn take(&self, event: &Event<'_>) {
        let mut held = lock(&self.0);
        let Some(round) = held.as_mut() else { return };
        match event {
            Event::Begins { .. } => round.shown.n += 1,
            Event::Waits(still) => round.shown.waits = *still,
            Event::Progress(_) => {}
            Event::Found { check, .. } => match check.finding {
                Finding::Right { .. } => round.found.right += 1,
                Finding::Wrong { .. } => round.found.wrong += 1,
                Finding::NotChecked { .. } => round.found.not_checked += 1,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[i64]) -> Vec<JobId> {
        ids.iter().copied().map(JobId).collect()
    }

    #[test]
    fn round_includes_later_requests_and_ends_with_its_findings() {
        let checks = Checks::default();
        assert!(checks.ask(ids(&[1, 2])).is_some());
        assert_eq!(checks.next(), Ok(ids(&[1, 2])));
        assert!(checks.ask(ids(&[3])).is_none(), "it is in progress");
        assert_eq!(checks.shown().map(|shown| shown.of), Some(3));
        checks.take(&Event::Waits(true));
        assert_eq!(checks.shown().map(|shown| shown.waits), Some(true));
        assert_eq!(checks.next(), Ok(ids(&[3])));
        assert_eq!(checks.next(), Err(CheckSummary::default()));
        assert_eq!(checks.shown(), None);
    }

    #[test]
    fn stopped_round_drops_its_pending_jobs_and_accepts_new_ones() {
        let checks = Checks::default();
        let orders = checks.ask(ids(&[1, 2])).unwrap();
        checks.stop();
        assert_eq!(*orders.borrow(), Control::Cancel);
        assert!(checks.ask(ids(&[3])).is_none());
        assert_eq!(*orders.borrow(), Control::Go);
        assert_eq!(checks.next(), Ok(ids(&[3])), "only jobs requested after the stop");
        checks.stop();
        assert!(checks.next().is_err());
    }
}
