//! The breaker and the alarm: when the environment is broken the queue stands still instead of burning
//! through its jobs, and when failures pile up a person is told once.

use crate::error::Result;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Millis, State};
use crate::queue::{Filter, Flag};
use crate::raised::{self, Alarm};
use crate::shared::Shared;
use crate::words;
use std::time::Duration;

/// Failed jobs among which the alarm looks for something in common.
const LOOKED_AT: u64 = 100;

/// Closed: jobs may start. Open: none may, but for one probe from time to time.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// When it opened or its last probe started, in time awake.
    open_since: Option<Duration>,
}

impl Breaker {
    pub(super) fn is_open(&self) -> bool {
        self.open_since.is_some()
    }

    /// May a job start at `awake`? While open, one may after each `probe_after`, and only alone.
    pub(super) fn lets_through(&self, awake: Duration, probe_after: Duration, alone: bool) -> bool {
        self.open_since.is_none_or(|since| alone && awake.saturating_sub(since) >= probe_after)
    }

    /// A job starts: if the breaker is open, it is the probe, and the next one is reckoned from here.
    pub(super) fn started(&mut self, awake: Duration) {
        self.open_since = self.open_since.map(|_| awake);
    }

    /// The environment failed (again). Jobs that had started before it opened do not put off the probe.
    pub(super) fn open(&mut self, shared: &Shared, failure: &Failure) -> Result<()> {
        if self.open_since.is_none() {
            self.open_since = Some(shared.clock.awake());
            let reason = failure.reason.clone();
            shared.queue.set_flag(Flag::Breaker, Some(&raised::to_flag(&reason)))?;
            tracing::error!(message = %words::breaker(&reason), "the queue stands still");
            shared.tell(Event::Breaker(Some(reason)));
        }
        Ok(())
    }

    /// A job got past the environment.
    pub(super) fn close(&mut self, shared: &Shared) -> Result<()> {
        if self.open_since.take().is_some() {
            shared.queue.set_flag(Flag::Breaker, None)?;
            shared.tell(Event::Breaker(None));
        }
        Ok(())
    }
}

/// Raises the alarm when failures pile up, once, and lowers it when they no longer do.
pub(super) fn check_alarm(shared: &Shared) -> Result<()> {
    let since = shared.clock.now() - shared.policy.alarm_window.as_millis() as Millis;
    let recent = shared.queue.recent(since)?;
    let raised = shared.queue.flag(Flag::Alarm)?.is_some();
    match (shared.policy.alarming(recent.failed, &recent.last_ended), raised) {
        (true, false) => {
            let newest = shared.queue.page(&Filter::of(&[State::Failed]), 0, LOOKED_AT)?;
            let alarm = Alarm::of(&recent, shared.policy.alarm_window, &newest);
            shared.queue.set_flag(Flag::Alarm, Some(&raised::to_flag(&alarm)))?;
            shared.tell(Event::Alarm(alarm));
        }
        (false, true) => {
            shared.queue.set_flag(Flag::Alarm, None)?;
            shared.tell(Event::QueueChanged);
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn an_open_breaker_lets_one_job_probe_after_its_time() {
        let s = Duration::from_secs;
        let closed = Breaker::default();
        assert!(closed.lets_through(s(0), s(60), false));
        let mut open = Breaker { open_since: Some(s(100)) };
        assert!(!open.lets_through(s(159), s(60), true));
        assert!(open.lets_through(s(160), s(60), true));
        assert!(!open.lets_through(s(160), s(60), false), "a probe runs alone");
        open.started(s(170));
        assert!(!open.lets_through(s(229), s(60), true) && open.lets_through(s(230), s(60), true));
    }
}
