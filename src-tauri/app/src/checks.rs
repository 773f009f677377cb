//! The round of results that are checked again, as it stands: what is pending, how far it is, what was found. Plain data
//! behind a lock.

use crate::locked::lock;
use crate::view::{Checking, Rechecked};
use spool_core::ffmpeg::Order;
use spool_core::job::JobId;
use spool_core::recheck::Event;
use spool_core::recheck::finding::Finding;
use std::sync::Mutex;
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
    pub(crate) fn ask(&self, ids: Vec<JobId>) -> Option<watch::Receiver<Order>> {
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
    pub(crate) fn next(&self) -> std::result::Result<Vec<JobId>, Rechecked> {
        let mut held = lock(&self.0);
        match held.as_mut().map(|going| std::mem::take(&mut going.pending)) {
            Some(asked) if !asked.is_empty() => Ok(asked),
            _ => Err(held.take().map(|going| going.found).unwrap_or_default()),
        }
    }

    pub(crate) fn take(&self, event: &Event<'_>) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
