//! Many results checked one after the other, never before a queued job: while an engine has work, what runs here is
//! suspended.
//!
//! Guarantees that what was found is kept as soon as it is known, and that an order to stop is followed within two seconds.

use super::checking::{Found, Means, recheck};
use super::finding::{Check, Finding};
use crate::clock::Clock;
use crate::data::lock;
use crate::error::Result;
use crate::ffmpeg::{Order, Orders, Tools};
use crate::job::{Job, JobId, State};
use crate::policy::{NICEST, Policy};
use crate::progress::Progress;
use crate::queue::{Filter, Flag, Lists, Queue};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What a round of checks has at hand.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    /// Where the jobs are.
    pub queue: &'a dyn Queue,
    /// The folder of the queue, where an engine shows that it works it.
    pub data: &'a Path,
    /// ffmpeg and ffprobe.
    pub tools: &'a Tools,
    /// Limits; what is slow for want of time is waited for longer.
    pub policy: &'a Policy,
    /// Time.
    pub clock: &'a dyn Clock,
}

/// What happens during a round.
#[derive(Debug)]
pub enum Event<'a> {
    /// The check of a result begins, the `n`-th `of` so many, from 1.
    Begins {
        /// Which of them.
        n: usize,
        /// How many there are.
        of: usize,
        /// Whose result.
        job: &'a Job,
    },
    /// It got on.
    Progress(Progress),
    /// It waits for the queue, or goes on.
    Waits(bool),
    /// It is known.
    Found {
        /// Whose result.
        job: &'a Job,
        /// What was found.
        check: &'a Check,
    },
}

/// What came of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Results that are right.
    pub right: u64,
    /// Jobs whose results are wrong.
    pub wrong: Vec<JobId>,
    /// Results that could not be checked.
    pub not_checked: u64,
    /// An order ended it before all were checked.
    pub stopped: bool,
}

impl Tally {
    /// How many were judged.
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

/// Receives the events, from either thread.
type Subscriber<'a> = Mutex<&'a mut (dyn FnMut(Event<'_>) + Send)>;

fn send(subscriber: &Subscriber<'_>, event: Event<'_>) {
    (subscriber.lock().unwrap_or_else(PoisonError::into_inner))(event);
}

/// The jobs whose results can be checked, the newest first.
pub fn done(queue: &dyn Lists) -> Result<Vec<JobId>> {
    let all = queue.page(&Filter::of(&[State::Done]), 0, u64::MAX >> 1)?;
    Ok(all.iter().map(|job| job.id).collect())
}

/// Checks the results of these jobs, as far as they are done. `stop`: cancel or stop ends the round.
pub fn run_all(
    round: Round<'_>,
    ids: &[JobId],
    stop: &Orders,
    subscriber: &mut (dyn FnMut(Event<'_>) + Send),
) -> Result<Tally> {
    let subscriber = Mutex::new(subscriber);
    let (give, orders) = watch::channel(Order::Go);
    let (through, end) = channel::<()>();
    give_order(&round, &give, stop, &subscriber);
    std::thread::scope(|scope| {
        let (round, subscriber) = (&round, &subscriber);
        scope.spawn(move || {
            while end.recv_timeout(round.policy.tick) == Err(RecvTimeoutError::Timeout) {
                give_order(round, &give, stop, subscriber);
            }
        });
        let done = check_all(round, ids, &orders, subscriber);
        drop(through);
        done
    })
}

/// Gives the order that follows from how things stand, and says when the round begins to wait for the queue or goes on.
fn give_order(round: &Round<'_>, give: &watch::Sender<Order>, stop: &Orders, subscriber: &Subscriber<'_>) {
    let now = *give.borrow();
    let next = order(round, now, stop);
    if next != now {
        give.send_replace(next);
        send(subscriber, Event::Waits(next == Order::Suspend));
    }
}

/// The order after `now`.
fn order(round: &Round<'_>, now: Order, stop: &Orders) -> Order {
    if matches!(*stop.borrow(), Order::Cancel | Order::Stop) {
        return Order::Cancel;
    }
    match is_busy(round) {
        Ok(true) => Order::Suspend,
        Ok(false) => Order::Go,
        // What is not known just now leaves all as it is.
        Err(cause) => {
            tracing::warn!(%cause, "the queue could not be asked whether it has work");
            now
        }
    }
}

/// Does an engine have work, or will it have some in a moment?
fn is_busy(round: &Round<'_>) -> Result<bool> {
    if lock::holder(round.data).is_none() {
        return Ok(false);
    }
    let running = round.queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
    if running.iter().any(|job| !job.hold) {
        return Ok(true);
    }
    let queue = round.queue;
    let stands = queue.flag(Flag::Paused)?.is_some() || queue.flag(Flag::Breaker)?.is_some();
    Ok(!stands && queue.startable_before(i64::MAX)? > 0)
}

fn check_all(
    round: &Round<'_>,
    ids: &[JobId],
    orders: &Orders,
    subscriber: &Subscriber<'_>,
) -> Result<Tally> {
    let policy = patient(round.policy);
    let means = Means { tools: round.tools, policy: &policy, clock: round.clock, orders };
    let mut tally = Tally::default();
    for (n, id) in (1..).zip(ids) {
        // What was removed meanwhile has no result to be checked.
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

/// Checks one and keeps what was found; `None`: an order ended it.
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
    let Some(Found { finding, verification }) = found else { return Ok(None) };
    let check = Check { at: round.clock.now(), finding };
    round.queue.keep_check(job.id, &check, verification.as_ref())?;
    Ok(Some(check))
}

/// At the lowest priority a tool may wait long for the processor without having stalled.
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
