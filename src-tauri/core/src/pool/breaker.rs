//! The breaker and the alarm: when the environment is broken the queue stands still instead of burning
//! through its jobs, and when failures pile up a person is told once.

use crate::error::Result;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Job, Millis, State};
use crate::queue::{Filter, Flag, Recent};
use crate::shared::Shared;
use std::collections::HashSet;
use std::path::Path;
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
            let newest = shared.queue.page(&Filter::of(&[State::Failed]), 0, LOOKED_AT)?;
            let message = alarm(&recent, shared.policy.alarm_window, &newest);
            shared.queue.set_flag(Flag::Alarm, Some(&message))?;
            shared.tell(Event::Alarm { message });
        }
        (false, true) => {
            shared.queue.set_flag(Flag::Alarm, None)?;
            shared.tell(Event::QueueChanged);
        }
        _ => {}
    }
    Ok(())
}

/// The sentences of the alarm: how many, and what they have in common. `newest`: failed jobs, newest first.
fn alarm(recent: &Recent, window: Duration, newest: &[Job]) -> String {
    let of_ten = recent.last_ended.iter().filter(|s| **s == State::Failed).count();
    let (count, what) = if recent.failed > of_ten || recent.last_ended.len() < 10 {
        (
            recent.failed,
            format!("{} videos failed in the last {} minutes.", recent.failed, window.as_secs() / 60),
        )
    } else {
        (of_ten, format!("{of_ten} of the last 10 videos failed."))
    };
    let volumes: HashSet<_> =
        newest.iter().take(count.max(1)).map(|job| job.source_volume.as_deref()).collect();
    let common = if volumes.len() == 1 { volumes.into_iter().next().flatten() } else { None };
    match common.and_then(Path::file_name) {
        Some(name) => format!("{what} All of them are on “{}”.", name.display()),
        None => format!("{what} Look at their reasons before the rest runs into the same."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use crate::queue::{Commands, Lists, Naming, NewJob, Place};
    use std::sync::Arc;

    fn failed_on(volumes: &[&str]) -> Vec<Job> {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let new = |(n, volume): (usize, &&str)| NewJob {
            source: format!("/{n}.mkv").into(),
            real_source: format!("/{n}.mkv").into(),
            source_size: None,
            source_mtime_ns: None,
            source_volume: Some(volume.into()),
            output_volume: None,
            root: "/".into(),
            folder: "/".into(),
            stem: n.to_string().into(),
            naming: Naming::default(),
            spec: crate::spec::JobSpec::of(crate::preset::built_in()[0].clone()),
            from_folder: false,
            max_attempts: 4,
            again: false,
        };
        let jobs: Vec<NewJob> = volumes.iter().enumerate().map(new).collect();
        queue.add(&jobs, Place::End, &|_| false).unwrap();
        queue.page(&Filter::default(), 0, 100).unwrap()
    }

    #[test]
    fn the_alarm_says_how_many_failed_and_what_they_have_in_common() {
        let minutes = Duration::from_mins(10);
        let recent = Recent { failed: 3, last_ended: vec![State::Failed; 3] };
        let card = failed_on(&["/media/SD-128"; 3]);
        assert_eq!(
            alarm(&recent, minutes, &card),
            "3 videos failed in the last 10 minutes. All of them are on “SD-128”."
        );
        let mixed = failed_on(&["/media/SD-128", "/", "/"]);
        assert!(
            alarm(&recent, minutes, &mixed)
                .ends_with("Look at their reasons before the rest runs into the same.")
        );
        let slow = Recent { failed: 1, last_ended: [[State::Failed; 5], [State::Done; 5]].concat() };
        assert!(
            alarm(&slow, minutes, &failed_on(&["/"; 5])).starts_with("5 of the last 10 videos failed. Look")
        );
    }

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
