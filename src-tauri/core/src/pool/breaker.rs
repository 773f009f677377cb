//! The breaker and the alarm: when the environment is broken the queue stands still instead of burning
//! through its jobs, and when failures pile up a person is told once.

use crate::engine::Shared;
use crate::error::Result;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::Millis;
use crate::queue::Flag;
use std::time::Duration;

/// Closed: jobs may start. Open: none may, but for one probe from time to time.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    /// When it opened or last let a probe through, in time awake.
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

    /// The environment failed (again).
    pub(super) fn open(&mut self, shared: &Shared, failure: &Failure) -> Result<()> {
        let news = self.open_since.replace(shared.clock.awake()).is_none();
        if news {
            let message = failure.to_string();
            shared.queue.set_flag(Flag::Breaker, Some(&message))?;
            tracing::error!(%message, "the queue stands still");
            shared.tell(Event::Breaker(Some(message)));
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
            let failed = shared.queue.counts()?.failed;
            let message = format!(
                "Failures pile up: {failed} in the failed list. Look at their reasons before the rest runs into the same."
            );
            shared.queue.set_flag(Flag::Alarm, Some(&message))?;
            shared.tell(Event::Alarm { message });
        }
        (false, true) => shared.queue.set_flag(Flag::Alarm, None)?,
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
        let open = Breaker { open_since: Some(s(100)) };
        assert!(!open.lets_through(s(159), s(60), true));
        assert!(open.lets_through(s(160), s(60), true));
        assert!(!open.lets_through(s(160), s(60), false), "a probe runs alone");
    }
}
