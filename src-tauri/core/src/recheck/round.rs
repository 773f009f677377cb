//! Checks many results one after the other, never before a queued job: suspended while an engine has work.
//!
//! Guarantees that each finding is stored as soon as it is known, and that an order to stop is followed within two
//! seconds.

use super::checking::{CheckOutcome, Means, recheck};
use super::finding::{Check, Finding};
use crate::clock::Clock;
use crate::data::lock;
use crate::error::Result;
use crate::ffmpeg::{Control, Controls, Tools};
use crate::job::{Job, JobId, State};
use crate::policy::{NICEST, Policy};
use crate::progress::Progress;
use crate::queue::{Filter, Flag, Lists, Queue};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Dependencies of a round of checks.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    /// The queue.
    pub queue: &'a dyn Queue,
    /// Data folder of the queue, whose lock shows whether an engine is running.
    pub data: &'a Path,
    /// ffmpeg and ffprobe.
    pub tools: &'a Tools,
    /// Timeouts and limits; a round uses longer timeouts.
    pub policy: &'a Policy,
    /// The clock.
    pub clock: &'a dyn Clock,
}

/// What happens during a round.
#[derive(Debug)]
pub enum Event<'a> {
    /// The check of a result begins.
    Begins {
        /// Its number, from 1.
        n: usize,
        /// Number of all results.
        of: usize,
        /// Whose result.
        job: &'a Job,
    },
    /// Progress of the current check.
    Progress(Progress),
    /// The round begins to wait for the queue (true) or continues (false).
    Waits(bool),
    /// A check ended with a finding.
    Found {
        /// Whose result.
        job: &'a Job,
        /// The finding.
        check: &'a Check,
    },
}

/// Summary of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoundTally {
    /// Results that are right.
    pub right: u64,
    /// Jobs whose results are wrong.
    pub wrong: Vec<JobId>,
    /// Results that could not be checked.
    pub not_checked: u64,
    /// An order ended it before all were checked.
    pub stopped: bool,
}

impl RoundTally {
    /// Number of results with a verdict.
    pub fn checked(&self) -> u64 {
        self.right + self.wrong.len() as u64
    }

    fn count(&mut self, job: JobId, finding: &Finding) {
        match finding {
            Finding::Right { .. } => self.right += 1,
            Finding::Wrong { .. } => self.wrong.push(job),
            Finding::NotChecked { .. } => self.not_checked += 1,
        }
    }
}

/// Receives events from both threads.
type Subscriber<'a> = Mutex<&'a mut (dyn FnMut(Event<'_>) + Send)>;

fn send(subscriber: &Subscriber<'_>, event: Event<'_>) {
    (subscriber.lock().unwrap_or_else(PoisonError::into_inner))(event);
}

/// Jobs whose results can be checked, newest first.
pub fn done(queue: &dyn Lists) -> Result<Vec<JobId>> {
    let all = queue.page(&Filter::of(&[State::Done]), 0, u64::MAX >> 1)?;
    Ok(all.iter().map(|job| job.id).collect())
}

/// Checks the results of these jobs; jobs that are not done are skipped. `stop`: cancel or stop ends the round.
pub fn run_all(
    round: Round<'_>,
    ids: &[JobId],
    stop: &Controls,
    subscriber: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<RoundTally> {
    let subscriber = Mutex::new(subscriber);
    let (give, orders) = watch::channel(Control::Go);
    let (ended, end) = channel::<()>();
    send_control(&round, &give, stop, &subscriber);
    std::thread::scope(|scope| {
        let (round, subscriber) = (&round, &subscriber);
        scope.spawn(move || {
            while end.recv_timeout(round.policy.tick) == Err(RecvTimeoutError::Timeout) {
                send_control(round, &give, stop, subscriber);
            }
        });
        let done = check_all(round, ids, &orders, subscriber);
        drop(ended);
        done
    })
}

/// Sends the order that follows from the current state, and an event when the round begins to wait for the queue or
/// continues.
fn send_control(
    round: &Round<'_>,
    give: &watch::Sender<Control>,
    stop: &Controls,
    subscriber: &Subscriber<'_>,
) {
    let now = *give.borrow();
    let next = order(round, now, stop);
    if next != now {
        give.send_replace(next);
        send(subscriber, Event::Waits(next == Control::Suspend));
    }
}

/// The order after `now`.
fn order(round: &Round<'_>, now: Control, stop: &Controls) -> Control {
    if matches!(*stop.borrow(), Control::Cancel | Control::Stop) {
        return Control::Cancel;
    }
    match is_busy(round) {
        Ok(true) => Control::Suspend,
        Ok(false) => Control::Go,
        // If the queue cannot be read, the order stays.
        Err(cause) => {
            tracing::warn!(%cause, "cannot read from the queue whether it has work");
            now
        }
    }
}

/// Whether a running engine has work or is about to start some.
fn is_busy(round: &Round<'_>) -> Result<bool> {
    if lock::holder(round.data).is_none() {
        return Ok(false);
    }
    let running = round.queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
    if running.iter().any(|job| !job.hold) {
        return Ok(true);
    }
    let queue = round.queue;
    let paused = queue.flag(Flag::Paused)?.is_some() || queue.flag(Flag::Breaker)?.is_some();
    Ok(!paused && queue.startable_before(i64::MAX)? > 0)
}

fn check_all(
    round: &Round<'_>,
    ids: &[JobId],
    orders: &Controls,
    subscriber: &Subscriber<'_>,
) -> Result<RoundTally> {
    let policy = patient(round.policy);
    let means = Means { tools: round.tools, policy: &policy, clock: round.clock, orders };
    let mut tally = RoundTally::default();
    for (n, id) in (1..).zip(ids) {
        // The job may have been removed meanwhile.
        let Some(job) = round.queue.job(*id)?.filter(|job| job.state == State::Done) else { continue };
        send(subscriber, Event::Begins { n, of: ids.len(), job: &job });
        let Some(check) = check(round, means, &job, subscriber)? else {
            tally.stopped = true;
            break;
        };
        tally.count(*id, &check.finding);
        send(subscriber, Event::Found { job: &job, check: &check });
    }
    Ok(tally)
}

/// Checks one result and stores the finding; `None`: an order ended it.
fn check(
    round: &Round<'_>,
    means: Means<'_>,
    job: &Job,
    subscriber: &Subscriber<'_>,
) -> Result<Option<Check>> {
    if !means.wait_while_suspended() {
        return Ok(None);
    }
    let found =
        recheck(round.queue, means, job, &mut |progress| send(subscriber, Event::Progress(progress)))?;
    let Some(CheckOutcome { finding, verification }) = found else { return Ok(None) };
    let check = Check { at: round.clock.now(), finding };
    round.queue.keep_check(job.id, &check, verification.as_ref())?;
    Ok(Some(check))
}

/// Longer timeouts: at the lowest priority a tool may wait long for the CPU without being stalled.
fn patient(policy: &Policy) -> Policy {
    const LONG: Duration = Duration::from_hours(1);
    Policy {
        nice: NICEST,
        stall: policy.stall.max(LONG),
        stall_first: policy.stall_first.max(LONG),
        probe_limit: policy.probe_limit * 4,
        ..policy.clone()
    }
}
