//! The breaker and the alarm. The breaker stops the queue while the environment is broken, so that jobs do not fail one
//! after another. The alarm notifies the user once about repeated failures.

use crate::error::Result;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Millis, State};
use crate::queue::{Filter, Flag};
use crate::raised::{self, Alarm};
use crate::shared::Shared;
use crate::words;
use std::time::Duration;

/// Failed jobs in which the alarm searches for a common volume.
const LOOKED_AT: u64 = 100;

/// Closed: jobs may start. Open: no job may start, except for one probe from time to time.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// When it opened or its last probe started, in awake time; `None` while closed.
    open_since: Option<Duration>,
}

impl Breaker {
    pub(super) fn is_open(&self) -> bool {
        self.open_since.is_some()
    }

    /// Checks whether a job may start at `awake`. While open, one may start after each `probe_after`, and only alone.
    pub(super) fn lets_through(&self, awake: Duration, probe_after: Duration, alone: bool) -> bool {
        self.open_since.is_none_or(|since| alone && awake.saturating_sub(since) >= probe_after)
    }

    /// Records the start of a job. While open, that job is the probe, and the time until the next one starts here.
    pub(super) fn started(&mut self, awake: Duration) {
        self.open_since = self.open_since.map(|_| awake);
    }

    /// Opens the breaker after a failure of the environment. If it is open already, the time of the next probe stays.
    pub(super) fn open(&mut self, shared: &Shared, failure: &Failure) -> Result<()> {
        if self.open_since.is_none() {
            self.open_since = Some(shared.clock.awake());
            let reason = failure.reason.clone();
            shared.queue.set_flag(Flag::Breaker, Some(&raised::to_flag(&reason)))?;
            tracing::error!(message = %words::breaker(&reason), "the breaker stopped the queue");
            shared.emit(Event::Breaker(Some(reason)));
        }
        Ok(())
    }

    /// Closes the breaker: a job got past the environment.
    pub(super) fn close(&mut self, shared: &Shared) -> Result<()> {
        if self.open_since.take().is_some() {
            shared.queue.set_flag(Flag::Breaker, None)?;
            shared.emit(Event::Breaker(None));
        }
        Ok(())
    }
}

/// Raises the alarm once on repeated failures, and clears it when they are no longer recent.
pub(super) fn check_alarm(shared: &Shared) -> Result<()> {
    let since = shared.clock.now() - shared.policy.alarm_window.as_millis() as Millis;
    let recent = shared.queue.recent(since)?;
    let raised = shared.queue.flag(Flag::Alarm)?.is_some();
    match (shared.policy.alarming(recent.failed, &recent.last_ended), raised) {
        (true, false) => {
            let newest = shared.queue.page(&Filter::of(&[State::Failed]), 0, LOOKED_AT)?;
            let alarm = Alarm::of(&recent, shared.policy.alarm_window, &newest);
            shared.queue.set_flag(Flag::Alarm, Some(&raised::to_flag(&alarm)))?;
            shared.emit(Event::Alarm(alarm));
        }
        (false, true) => {
            shared.queue.set_flag(Flag::Alarm, None)?;
            shared.emit(Event::QueueChanged);
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn open_breaker_allows_one_probe_after_its_interval() {
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
