//! Explains in one line why an idle run starts no job. Reads the queue first; building the sentence is pure.

use crate::text;
use spool_core::error::Result;
use spool_core::job::{Job, Millis, State};
use spool_core::queue::{Counts, Filter, Flag, Queue};
use spool_core::words::reason;

/// Rows read for the reasons of waiting jobs, and for the times of the next attempts.
const LOOKED_AT: u64 = 100;
/// Distinct reasons named in the line.
const NAMED: usize = 3;

/// The state of the queue.
#[derive(Debug, Default)]
pub(super) struct IdleReason {
    counts: Counts,
    /// Running jobs that are paused.
    suspended: u64,
    paused: bool,
    /// The breaker is open, which was already reported.
    broken: bool,
    /// When the first startable job starts; `None`: at once.
    next: Option<Millis>,
    /// Why the waiting jobs wait.
    reasons: Vec<String>,
}

impl IdleReason {
    /// Reads from the queue only what the sentence needs.
    pub(super) fn of(queue: &dyn Queue, now: Millis) -> Result<IdleReason> {
        let counts = queue.counts()?;
        let page = |state, wanted: u64| match wanted {
            0 => Ok(Vec::new()),
            _ => queue.page(&Filter::of(&[state]), 0, LOOKED_AT),
        };
        let suspended = page(State::Running, counts.running)?.iter().filter(|job| job.hold).count() as u64;
        let mut idle_reason = IdleReason { counts, suspended, ..IdleReason::default() };
        idle_reason.paused = queue.flag(Flag::Paused)?.is_some();
        idle_reason.broken = queue.flag(Flag::Breaker)?.is_some();
        if counts.running > suspended || idle_reason.paused || idle_reason.broken {
            return Ok(idle_reason);
        }
        idle_reason.next = next(&page(State::Queued, counts.startable())?, now);
        for job in page(State::Waiting, counts.waiting)? {
            let reason = job.failure.map(|why| text::line(reason(&why))).unwrap_or_default();
            if !idle_reason.reasons.contains(&reason) {
                idle_reason.reasons.push(reason);
            }
        }
        Ok(idle_reason)
    }

    /// Whether a job will start by itself in time.
    pub(super) fn goes_on(&self) -> bool {
        !self.paused && self.counts.startable() > 0
    }

    /// Why nothing runs; `None` if a job runs or is about to.
    pub(super) fn why(&self) -> Option<String> {
        let c = &self.counts;
        if c.running > self.suspended || self.broken {
            return None;
        }
        if self.paused {
            return Some(text::PAUSED.into());
        }
        let videos = |n| text::count(n, "video", "videos");
        let mut parts = Vec::new();
        if c.startable() > 0 {
            let at = text::moment(self.next?);
            parts.push(format!("{} will be retried, the next at {at}.", videos(c.startable())));
        }
        if self.suspended > 0 {
            let is = if self.suspended == 1 { "is" } else { "are" };
            parts
                .push(format!("{} {is} paused; `spool release --all` resumes them.", videos(self.suspended)));
        }
        if c.waiting > 0 {
            let wait = if c.waiting == 1 { "waits" } else { "wait" };
            parts.push(format!("{} {wait}: {}", videos(c.waiting), self.reasons()));
        }
        if c.held > 0 {
            let is = if c.held == 1 { "is" } else { "are" };
            parts.push(format!("{} {is} on hold; `spool release --all` lets them start.", videos(c.held)));
        }
        if c.unreadable > 0 {
            let by = "made by another version of Spool; update Spool, or remove them.";
            let was = if c.unreadable == 1 { "was" } else { "were" };
            parts.push(format!("{} {was} {by}", videos(c.unreadable)));
        }
        if parts.is_empty() {
            parts.push("Nothing is queued; `spool add` queues videos, Ctrl-C ends this.".into());
        }
        Some(parts.join(" "))
    }

    fn reasons(&self) -> String {
        let named: Vec<&str> = self.reasons.iter().take(NAMED).map(String::as_str).collect();
        let more = self.reasons.len() - named.len();
        let named = named.join(" ");
        if more == 0 { named } else { format!("{named} {more} more reasons: `spool list --state waiting`.") }
    }
}

/// When the first of these jobs may start; `None`: now, or none of them may.
fn next(queued: &[Job], now: Millis) -> Option<Millis> {
    let may = queued.iter().filter(|job| !job.hold && job.spec.is_some());
    let times: Option<Vec<Millis>> = may.map(|job| job.run_at.filter(|at| *at > now)).collect();
    times?.into_iter().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(counts: Counts) -> String {
        IdleReason { counts, ..IdleReason::default() }.why().unwrap_or_default()
    }

    #[test]
    fn each_reason_for_an_idle_run_is_a_sentence() {
        let none = Counts::default();
        assert!(why(none).starts_with("Nothing is queued; `spool add` queues videos"));
        let done = Counts { done: 3, failed: 1, ..none };
        assert!(why(done).starts_with("Nothing is queued"), "ended jobs are no work");
        let held = Counts { queued: 2, held: 2, ..none };
        assert_eq!(why(held), "2 videos are on hold; `spool release --all` lets them start.");
        let other = Counts { queued: 1, unreadable: 1, ..none };
        assert!(why(other).starts_with("1 video was made by another version of Spool"));
        let waiting = Counts { waiting: 1, ..held };
        let reasons = vec!["Connect the drive.".to_owned()];
        let line = IdleReason { counts: waiting, reasons, ..IdleReason::default() }.why().unwrap();
        assert!(line.starts_with("1 video waits: Connect the drive. 2 videos are on hold;"), "{line}");
        let suspended =
            IdleReason { counts: Counts { running: 1, ..none }, suspended: 1, ..IdleReason::default() };
        assert!(suspended.why().unwrap().starts_with("1 video is paused"));
        let paused = IdleReason { counts: held, paused: true, ..IdleReason::default() };
        assert_eq!(paused.why().as_deref(), Some(text::PAUSED));
        let later =
            IdleReason { counts: Counts { queued: 2, ..none }, next: Some(1_800_000_000_000), ..paused };
        let later = IdleReason { paused: false, ..later };
        assert!(
            later.goes_on() && later.why().unwrap().starts_with("2 videos will be retried, the next at 2027")
        );
    }

    #[test]
    fn an_active_run_needs_no_reason() {
        let runs = Counts { running: 2, queued: 2, held: 2, ..Counts::default() };
        assert_eq!(why(runs), "");
        let one_paused = IdleReason { counts: runs, suspended: 1, paused: true, ..IdleReason::default() };
        assert_eq!(one_paused.why(), None);
        assert_eq!(why(Counts { queued: 1, ..Counts::default() }), "", "it starts at once");
        assert_eq!(IdleReason { broken: true, ..IdleReason::default() }.why(), None, "already reported");
    }
}
