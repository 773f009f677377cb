//! What happens next, and when: every timer and limit of the engine in one value, and the pure functions that decide
//! retries, crashes, the alarm and the breaker.
//!
//! Holds every wait that a user or a test may change; short polling intervals and limits of single calls are constants of
//! the modules that use them. Reads no clock and no file.

mod rescue;

use crate::failure::{Class, Failure, FailureCode};
use crate::job::{Attempt, Job, Millis, State};
use std::time::Duration;

pub(crate) use rescue::is_best;
pub use rescue::{EngineEnd, RescueDecision, went_down};

/// Timers and limits. Tests set the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Wait before the first retry.
    pub backoff_first: Duration,
    /// Factor from each wait to the next.
    pub backoff_factor: u32,
    /// Longest wait between two attempts.
    pub backoff_cap: Duration,
    /// Random spread of waits, as a share in either direction, so that a hundred failures do not return at once.
    pub jitter: f64,
    /// Attempts of a new job.
    pub max_attempts: u32,
    /// Consecutive crashes after which a job is parked.
    pub crash_limit: u32,
    /// Consecutive times the machine may go down without progress; the next puts the job on hold.
    pub machine_limit: u32,
    /// Interval between checks of waiting jobs.
    pub wait_recheck: Duration,
    /// Bytes that must stay free beyond what a waiting job needs.
    pub disk_reserve: u64,
    /// A job without activity for this long, in awake time, has stalled.
    pub stall: Duration,
    /// `stall` before the first progress.
    pub stall_first: Duration,
    /// Wait between `q`, terminate and kill when a job stalls or the engine stops.
    pub stop_grace: Duration,
    /// The same wait for a cancel, which must finish within 2 s.
    pub cancel_grace: Duration,
    /// Interval at which the engine checks the clock and commands of other processes.
    pub tick: Duration,
    /// Minimum interval between progress events of a job.
    pub progress_event: Duration,
    /// Interval between saves of progress.
    pub progress_save: Duration,
    /// Interval between estimates of the time left.
    pub forecast_every: Duration,
    /// Time limit for probing one file.
    pub probe_limit: Duration,
    /// Niceness of tools.
    pub nice: i32,
    /// Wait between the two checks that distinguish a deleted source from one being replaced, and a growing one from a
    /// complete one.
    pub source_recheck: Duration,
    /// Time limit for a drive's response while a user or the queue waits for it.
    pub volume_patience: Duration,
    /// Interval between checks of the drives of a running job.
    pub volume_look: Duration,
    /// Time without response of a drive after which a job that has made progress is abandoned and waits.
    pub silence: Duration,
    /// `silence` before the first progress: a sleeping drive takes some seconds to start.
    pub silence_first: Duration,
    /// New failures within `alarm_window` that raise the alarm.
    pub alarm_count: usize,
    /// Period of `alarm_count`.
    pub alarm_window: Duration,
    /// Time after which an open breaker lets one job try again.
    pub breaker_probe: Duration,
    /// Jobs suspended at a time; they keep their memory.
    pub max_suspended: usize,
    /// Done jobs older than this may be removed from the list ...
    pub keep_done: Duration,
    /// ... except this many of the newest.
    pub keep_done_rows: u64,
    /// Cancelled jobs older than this are removed from the list.
    pub keep_cancelled: Duration,
    /// Interval between database backups.
    pub backup_every: Duration,
    /// Backups kept.
    pub backups: usize,
}

/// Niceness of the tools of jobs.
pub const NICE: i32 = 10;
/// Niceness of tools whose work has no deadline.
pub const NICEST: i32 = 19;

const DAY: Duration = Duration::from_hours(24);

impl Default for Policy {
    fn default() -> Self {
        let s = Duration::from_secs;
        Policy {
            backoff_first: s(10),
            backoff_factor: 4,
            backoff_cap: s(900),
            jitter: 0.1,
            max_attempts: 4,
            crash_limit: 3,
            machine_limit: 5,
            wait_recheck: s(60),
            disk_reserve: 64 << 20,
            stall: s(120),
            stall_first: s(300),
            stop_grace: s(5),
            cancel_grace: Duration::from_millis(600),
            tick: Duration::from_millis(500),
            progress_event: Duration::from_millis(250),
            progress_save: s(2),
            forecast_every: s(2),
            probe_limit: s(30),
            nice: NICE,
            source_recheck: s(5),
            volume_patience: s(4),
            volume_look: s(5),
            silence: s(60),
            silence_first: s(20),
            alarm_count: 3,
            alarm_window: s(600),
            breaker_probe: s(60),
            max_suspended: 2,
            keep_done: DAY * 30,
            keep_done_rows: 5_000,
            keep_cancelled: DAY * 7,
            backup_every: DAY,
            backups: 3,
        }
    }
}

/// A `run_at` further ahead than this many milliseconds counts as due: no backoff is that long, so the clock was
/// changed.
pub const DUE_HORIZON_MS: Millis = 1_000_000;

/// Crashes from which a job runs alone, so that the next crash has one suspect.
pub const SUSPECT_CRASHES: u32 = 2;

/// What happens to a job after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Queued again, not before this time.
    Retry {
        /// The earliest start.
        run_at: Millis,
    },
    /// Waits for an outside change.
    Wait,
    /// Queued again at once, without using an attempt; the breaker opens.
    Environment,
    /// Parked.
    Park,
}

impl Policy {
    /// Wait before retry `n` = 1, 2, 3 ...: `min(cap, first * factor^(n-1))`, spread by `jitter`.
    /// `uniform` is a random number in 0..1.
    pub fn backoff(&self, n: u32, uniform: f64) -> Duration {
        let factor = self.backoff_factor.saturating_pow(n.saturating_sub(1));
        let plain = self.backoff_first.saturating_mul(factor).min(self.backoff_cap);
        plain.mul_f64(1.0 + self.jitter * (2.0 * uniform - 1.0))
    }

    /// Decides what follows `failure` of `job`, whose current attempt is already counted. `earlier`: its previous
    /// attempts, the oldest first.
    pub fn next(&self, job: &Job, failure: &Failure, earlier: &[Attempt], now: Millis, uniform: f64) -> Next {
        let seen = earlier.iter().any(|a| a.failed_like(failure));
        let retry = || {
            let wait = self.backoff(in_a_row(earlier) + 1, uniform).as_millis() as Millis;
            if job.attempt >= job.max_attempts { Next::Park } else { Next::Retry { run_at: now + wait } }
        };
        match failure.code().class() {
            // It may be being replaced: only a file missing at a second check is gone.
            _ if failure.code() == FailureCode::SourceGone && !seen => {
                Next::Retry { run_at: now + self.source_recheck.as_millis() as Millis }
            }
            Class::Wait => Next::Wait,
            Class::Environment => Next::Environment,
            Class::Permanent => Next::Park,
            Class::Suspect if seen => Next::Park,
            Class::Suspect | Class::Transient => retry(),
        }
    }

    /// Crash count of a job found running after a crash. The crash counts against the job if no job ended since the
    /// crash before, or if it ran alone under suspicion; otherwise its count restarts at one, because the machine makes
    /// progress between crashes.
    pub fn crashes(job: &Job, ended_since_last_crash: bool, alone: bool) -> u32 {
        let alone_as_suspect = alone && job.crashes >= SUSPECT_CRASHES;
        if ended_since_last_crash && !alone_as_suspect { 1 } else { job.crashes + 1 }
    }

    /// Should the user be alerted to failures? `failed_lately`: failures within `alarm_window`; `last_ended`: states of
    /// the last ten ended jobs.
    pub fn alarming(&self, failed_lately: usize, last_ended: &[State]) -> bool {
        let failed = last_ended.iter().filter(|s| **s == State::Failed).count();
        failed_lately >= self.alarm_count || (last_ended.len() >= 10 && failed * 2 >= last_ended.len())
    }
}

/// May a retry planned for `run_at` start at `now`?
pub fn is_due(run_at: Option<Millis>, now: Millis) -> bool {
    run_at.is_none_or(|at| at <= now || at > now + DUE_HORIZON_MS)
}

/// Retries since the job was last parked: a manual retry restarts the backoff. Waiting and interrupted attempts do not
/// count.
fn in_a_row(earlier: &[Attempt]) -> u32 {
    let words = earlier.iter().rev().filter_map(|a| a.outcome.as_deref());
    let tries = words.filter(|word| matches!(*word, "retry" | "failed"));
    tries.take_while(|word| *word == "retry").count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, ManualClock};
    use crate::failure::Reason;
    use crate::queue::memory::MemoryQueue;
    use crate::queue::{Commands, Leases, Naming, NewJob, QueuePosition, TakenNames};
    use std::sync::Arc;

    pub(super) fn job(attempt: u32, crashes: u32) -> Job {
        let clock = Arc::new(ManualClock::at(0));
        let queue = MemoryQueue::new(clock.clone());
        let new = NewJob {
            source: "/a.mkv".into(),
            real_source: "/a.mkv".into(),
            source_size: None,
            source_mtime_ns: None,
            source_volume: None,
            output_volume: None,
            root: "/".into(),
            folder: "/".into(),
            stem: "a".into(),
            naming: Naming::default(),
            spec: crate::spec::JobSpec::of(crate::preset::built_in()[0].clone()),
            from_folder: false,
            max_attempts: 4,
            again: false,
        };
        queue.add(&[new], QueuePosition::End, &TakenNames::default()).unwrap();
        assert_eq!(clock.now(), 0);
        Job { attempt, crashes, ..queue.claim("x", true).unwrap().unwrap() }
    }

    fn broke(code: FailureCode) -> Reason {
        Reason::Text { code, text: "It broke.".into() }
    }

    /// Attempts with these outcomes, without a failure unless `code` is given.
    fn ended(words: &[&str], code: Option<FailureCode>) -> Vec<Attempt> {
        let attempt = |(n, word): (usize, &&str)| Attempt {
            epoch: n as i64 + 1,
            owner: "x".into(),
            boot: None,
            started_at: 0,
            ended_at: Some(0),
            child: None,
            part: None,
            outcome: Some((*word).to_owned()),
            exit: None,
            signal: None,
            failure: code.map(broke),
            log_tail: None,
            commands: Vec::new(),
            plan: None,
            verification: None,
        };
        words.iter().enumerate().map(attempt).collect()
    }

    fn next(code: FailureCode, attempt: u32, seen: bool) -> Next {
        let words = vec!["retry"; attempt as usize - 1];
        let earlier = if seen { ended(&["retry"], Some(code)) } else { ended(&words, None) };
        Policy::default().next(&job(attempt, 0), &broke(code).into(), &earlier, 1_000, 0.5)
    }

    #[test]
    fn backoff_restarts_after_a_manual_retry_and_ignores_waits() {
        assert_eq!(in_a_row(&ended(&["retry", "retry"], None)), 2);
        assert_eq!(in_a_row(&ended(&["retry", "waiting", "interrupted", "retry"], None)), 2);
        assert_eq!(in_a_row(&ended(&["retry", "retry", "retry", "failed"], None)), 0);
        assert_eq!(in_a_row(&ended(&["retry", "failed", "waiting", "retry"], None)), 1);
    }

    #[test]
    fn backoff_is_10_40_160_seconds_with_jitter_and_a_cap() {
        let policy = Policy::default();
        let millis = |n, uniform| policy.backoff(n, uniform).as_millis();
        assert_eq!([1, 2, 3].map(|n| millis(n, 0.5)), [10_000, 40_000, 160_000]);
        assert_eq!([millis(1, 0.0), millis(1, 1.0)], [9_000, 11_000]);
        assert_eq!(millis(99, 0.5), 900_000);
    }

    #[test]
    fn each_class_has_its_own_outcome() {
        assert_eq!(next(FailureCode::Stalled, 1, false), Next::Retry { run_at: 11_000 });
        assert_eq!(next(FailureCode::Stalled, 2, true), Next::Retry { run_at: 41_000 });
        assert_eq!(next(FailureCode::Stalled, 4, false), Next::Park);
        assert_eq!(next(FailureCode::EncodeFailed, 1, false), Next::Retry { run_at: 11_000 });
        assert_eq!(next(FailureCode::EncodeFailed, 2, true), Next::Park);
        assert_eq!(next(FailureCode::NotMedia, 1, false), Next::Park);
        assert_eq!(next(FailureCode::DiskFull, 4, true), Next::Wait);
        assert_eq!(next(FailureCode::FfmpegMissing, 4, true), Next::Environment);
        assert_eq!(next(FailureCode::SourceGone, 1, false), Next::Retry { run_at: 6_000 });
        assert_eq!(next(FailureCode::SourceGone, 2, true), Next::Park);
    }

    #[test]
    fn crashes_count_in_a_row_and_always_against_a_suspect_that_ran_alone() {
        assert_eq!(Policy::crashes(&job(1, 0), true, false), 1, "the first crash always counts");
        assert_eq!(Policy::crashes(&job(1, 1), false, false), 2);
        assert_eq!(Policy::crashes(&job(1, 1), true, false), 1, "another job ended in between");
        assert_eq!(Policy::crashes(&job(1, 2), true, true), 3, "it ran alone, under suspicion");
    }

    #[test]
    fn alarm_is_raised_by_three_in_its_window_or_half_of_ten() {
        let policy = Policy::default();
        let ends = |failed: usize, of: usize| {
            (0..of).map(|n| if n < failed { State::Failed } else { State::Done }).collect::<Vec<_>>()
        };
        assert!(policy.alarming(3, &[]) && !policy.alarming(2, &ends(2, 3)));
        assert!(policy.alarming(0, &ends(5, 10)) && !policy.alarming(0, &ends(4, 10)));
    }

    #[test]
    fn retry_implausibly_far_ahead_counts_as_due() {
        assert!(is_due(None, 0) && is_due(Some(5), 5) && !is_due(Some(5), 4));
        assert!(is_due(Some(DUE_HORIZON_MS + 1), 0) && !is_due(Some(DUE_HORIZON_MS), 0));
    }
}
