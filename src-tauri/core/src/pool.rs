//! The pool: a bounded set of workers that claim jobs and carry out what users ask of running ones.
//!
//! Guarantees that no more jobs run than there are workers (suspended ones apart), that a free worker is never
//! left idle while a job may start, and that only this module and its workers move a job into or out of
//! `running`. Each running job has an OS thread of its own; the pool itself is one task that looks at the
//! queue on every wake-up and on a slow tick, so that nothing depends on a single signal arriving.

mod admission;
mod breaker;
mod order;
mod room;
mod tooling;
mod upkeep;
mod waiting;
mod work;

use crate::engine::Shared;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::failure::{Class, Failure};
use crate::ffmpeg::Order;
use crate::job::{Job, JobId, Lease, State};
use crate::policy::SUSPECT_CRASHES;
use crate::queue::{Filter, Flag, Outcome};
use admission::Place;
use breaker::Breaker;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

pub(crate) use tooling::Tooling;

/// Jobs at a time that suit this machine: x264 and x265 keep about four cores busy each, and a second job
/// fills the gaps one leaves while it probes, verifies and starts up.
pub fn auto_workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.div_ceil(4) + 1
}

/// What a worker tells the pool.
pub(crate) enum Report {
    /// Its process was suspended, or goes on.
    Suspended(JobId, bool),
    /// It has settled the job (or lost it) and its thread ends.
    Ended(JobId, Option<Outcome>),
}

/// Why the pool looks up.
enum Cause {
    Tick,
    /// Something in this process may have changed.
    Wake,
    Report(Report),
}

/// A running job as the pool sees it.
struct Live {
    lease: Lease,
    orders: watch::Sender<Order>,
    suspended: bool,
    suspect: bool,
    place: Place,
}

impl Live {
    /// Is it suspended, and to stay so?
    fn rests(&self) -> bool {
        self.suspended && *self.orders.borrow() == Order::Suspend
    }
}

/// Jobs taken up or sent to wait in one sweep; the rest of a long queue comes with the next.
const CLAIMS: usize = 100;

/// The pool's own state, owned by its one task.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    live: HashMap<JobId, Live>,
    breaker: Breaker,
    reports: mpsc::UnboundedSender<Report>,
    inbox: mpsc::UnboundedReceiver<Report>,
    saved: Duration,
    checked_waiting: Option<Duration>,
    mounts: u64,
    kept_up: Option<Duration>,
}

impl Pool {
    pub(crate) fn new(shared: Arc<Shared>) -> Pool {
        let (reports, inbox) = mpsc::unbounded_channel();
        Pool {
            shared,
            live: HashMap::new(),
            breaker: Breaker::default(),
            reports,
            inbox,
            saved: Duration::ZERO,
            checked_waiting: None,
            mounts: 0,
            kept_up: None,
        }
    }
}

/// Works until drained or stopped, and until the last worker has ended.
pub(crate) async fn run(mut pool: Pool) {
    let shared = pool.shared.clone();
    let mut tick = tokio::time::interval(shared.policy.tick);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !(shared.drain.is_cancelled() && pool.live.is_empty()) {
        let running = pool.live.values().any(|l| *l.orders.borrow() != Order::Stop);
        let cause = tokio::select! {
            Some(report) = pool.inbox.recv() => Cause::Report(report),
            () = shared.wake.notified() => Cause::Wake,
            _ = tick.tick() => Cause::Tick,
            () = shared.stop.cancelled(), if running => Cause::Wake,
        };
        // The queue is synchronous: it is spoken to where blocking is allowed.
        let swept = tokio::task::spawn_blocking(move || {
            // A mistake in one sweep must not end the pool: the next one looks at everything anew.
            match catch_unwind(AssertUnwindSafe(|| pool.sweep(cause))) {
                Ok(Ok(())) => {}
                Ok(Err(Error::Damaged)) => pool.give_up(),
                Ok(Err(cause)) => tracing::error!(%cause, "the queue could not be worked just now"),
                Err(_) => tracing::error!("Spool itself made a mistake while it looked at the queue"),
            }
            pool
        });
        match swept.await {
            Ok(back) => pool = back,
            Err(cause) => return tracing::error!(%cause, "the pool ended"),
        }
    }
    shared.idle.send_replace(true);
}

impl Pool {
    fn sweep(&mut self, cause: Cause) -> Result<()> {
        let mut news = !matches!(cause, Cause::Tick);
        if let Cause::Report(report) = cause {
            self.take(report)?;
        }
        if self.shared.queue.changed_elsewhere()? {
            self.shared.tell(Event::QueueChanged);
            news = true;
        }
        news |= self.wake_waiting()?;
        // An idle queue without news stays idle: nothing is asked of it, however long it is.
        if news || !*self.shared.idle.borrow() || self.breaker.is_open() {
            self.give_orders()?;
            self.claim()?;
            self.save_progress()?;
            self.tell_idle()?;
        }
        if self.live.is_empty() {
            self.upkeep();
        }
        Ok(())
    }

    /// The workers are told directly: what the queue says of them cannot be read.
    fn give_up(&mut self) {
        tracing::error!("the queue is damaged; nothing is worked any more");
        self.shared.give_up();
        for live in self.live.values() {
            live.orders.send_replace(Order::Stop);
        }
    }

    fn take(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Suspended(id, suspended) => {
                if let Some(live) = self.live.get_mut(&id) {
                    live.suspended = suspended;
                }
                self.shared.tell(Event::QueueChanged);
                Ok(())
            }
            Report::Ended(id, outcome) => {
                self.live.remove(&id);
                self.shared.progress().remove(&id);
                if !matches!(outcome, Some(Outcome::Waiting(_))) {
                    // What it left free may be what others wait for.
                    self.checked_waiting = None;
                }
                outcome.map_or(Ok(()), |outcome| self.learn(id, &outcome))
            }
        }
    }

    /// After the commit: tells of the end, and draws the conclusions for the queue as a whole.
    fn learn(&mut self, id: JobId, outcome: &Outcome) -> Result<()> {
        let failure = outcome.failure();
        tracing::info!(job = %id, outcome = outcome.word(), "ended");
        self.tell_changed(id, outcome.state(), failure);
        match failure {
            Some(failure) if failure.code.class() == Class::Environment => {
                self.breaker.open(&self.shared, failure)?;
            }
            None if matches!(outcome, Outcome::Interrupted(_) | Outcome::Cancelled) => {}
            _ => self.breaker.close(&self.shared)?,
        }
        breaker::check_alarm(&self.shared)
    }

    fn tell_changed(&self, id: JobId, state: State, failure: Option<&Failure>) {
        let (code, message) = (failure.map(|f| f.code), failure.map(|f| f.message.clone()));
        self.shared.tell(Event::JobChanged { id, state, code, message });
    }

    fn workers(&self) -> usize {
        self.shared.workers.load(Ordering::Relaxed)
    }

    /// Jobs that keep a worker busy: one that was told to go on does so before it says so.
    fn active(&self) -> usize {
        self.live.values().filter(|l| !l.rests()).count()
    }

    /// One that may bring the application down works alone.
    fn suspect_at_work(&self) -> bool {
        self.live.values().any(|l| l.suspect && !l.rests())
    }

    /// Passes on what users asked of running jobs, by whichever process.
    fn give_orders(&mut self) -> Result<()> {
        if self.live.is_empty() {
            return Ok(());
        }
        let (stop, drain) = (self.shared.stop.is_cancelled(), self.shared.drain.is_cancelled());
        for job in self.shared.queue.page(&Filter::of(&[State::Running]), 0, u64::MAX >> 1)? {
            let (active, suspect) = (self.active(), self.suspect_at_work());
            let held = self.live.values().filter(|l| *l.orders.borrow() == Order::Suspend).count();
            let room = held < self.shared.policy.max_suspended;
            let Some(live) = self.live.get(&job.id).filter(|l| l.lease == job.lease()) else { continue };
            let now = *live.orders.borrow();
            let free = active < self.workers() && !suspect && (active == 0 || !live.suspect);
            // What is paused would never end.
            let stop = stop || (drain && live.rests());
            let next = order::next(
                now,
                order::Asked { stop, cancel: job.cancel_requested, hold: job.hold, room, free },
            );
            if next != now {
                live.orders.send_replace(next);
            }
        }
        Ok(())
    }

    fn may_claim(&self) -> bool {
        let policy = &self.shared.policy;
        self.active() < self.workers()
            && !self.shared.drain.is_cancelled()
            && !self.suspect_at_work()
            && self.breaker.lets_through(self.shared.clock.awake(), policy.breaker_probe, self.active() == 0)
    }

    fn claim(&mut self) -> Result<()> {
        let queue = self.shared.queue.clone();
        for _ in 0..CLAIMS {
            if !self.may_claim() {
                break;
            }
            let (boot, owner) = (self.shared.boot.as_deref(), &self.shared.owner);
            let Some(job) = queue.claim_on(boot, owner, self.active() == 0)? else { break };
            match self.admit(&job) {
                Ok(place) => {
                    self.breaker.started(self.shared.clock.awake());
                    self.tell_changed(job.id, State::Running, None);
                    self.start(job, place)?;
                }
                Err(failure) => self.decline(&job, failure)?,
            }
        }
        Ok(())
    }

    fn start(&mut self, job: Job, place: Place) -> Result<()> {
        let Some(spec) = job.spec.clone() else {
            tracing::error!(job = %job.id, "claimed, though it cannot be read; it is given back");
            self.shared.queue.settle(job.lease(), &Outcome::Interrupted(None))?;
            return Ok(());
        };
        let (orders, received) = watch::channel(Order::Go);
        let (id, lease, suspect) = (job.id, job.lease(), job.crashes >= SUSPECT_CRASHES);
        let (shared, reports) = (self.shared.clone(), self.reports.clone());
        tracing::info!(job = %id, attempt = job.attempt, source = %job.source.display(), "started");
        let name = format!("job-{id}");
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn(move || work::run(&shared, &job, &spec, &received, &reports));
        if let Err(cause) = thread {
            tracing::error!(job = %id, %cause, "no thread for a job; it is queued again");
            self.shared.queue.settle(lease, &Outcome::Interrupted(None))?;
            return Ok(());
        }
        self.live.insert(id, Live { lease, orders, suspended: false, suspect, place });
        Ok(())
    }

    fn save_progress(&mut self) -> Result<()> {
        let awake = self.shared.clock.awake();
        if awake.saturating_sub(self.saved) < self.shared.policy.progress_save || self.live.is_empty() {
            return Ok(());
        }
        self.saved = awake;
        let latest = self.shared.progress().clone();
        let rows: Vec<_> =
            self.live.values().filter_map(|l| Some((l.lease, *latest.get(&l.lease.id)?))).collect();
        self.shared.queue.save_progress(&rows)
    }

    /// Idle: nothing runs but what is paused, and nothing queued may start by itself, now or later.
    fn tell_idle(&self) -> Result<()> {
        let queue = &self.shared.queue;
        let idle = self.active() == 0 && {
            let counts = queue.counts()?;
            counts.startable() == 0 || self.breaker.is_open() || queue.flag(Flag::Paused)?.is_some()
        };
        if self.shared.idle.send_replace(idle) != idle && idle {
            self.shared.tell(Event::Idle);
        }
        Ok(())
    }
}
