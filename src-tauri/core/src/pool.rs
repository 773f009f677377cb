//! The pool: a bounded set of workers that claim jobs and carry out what users ask of running ones.
//!
//! Guarantees that no more jobs run than there are workers (suspended ones apart), that a free worker is never
//! left idle while a job may start, and that only this module and its workers move a job into or out of
//! `running`. Each running job has an OS thread of its own; the pool itself is one task that looks at the
//! queue on every wake-up and on a slow tick, so that nothing depends on a single signal arriving.

mod admission;
mod alarm;
mod breaker;
mod forecast;
mod order;
mod orders;
mod rest;
mod room;
mod upkeep;
mod waiting;
mod work;

use crate::batch::Batch;
use crate::data::lock;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::failure::{Class, Failure};
use crate::ffmpeg::Order;
use crate::job::{Job, JobId, Lease, State};
use crate::policy::SUSPECT_CRASHES;
use crate::progress::Progress;
use crate::queue::{Flag, Outcome};
use crate::shared::Shared;
use breaker::Breaker;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

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
    /// Its thread ends.
    Ended(JobId, Ended),
    /// What waits was read.
    Surveyed(Result<waiting::Surveyed>),
    /// What waiting jobs wait for was looked at.
    Looked(waiting::Looked),
}

/// How a worker ended.
#[derive(Default)]
pub(crate) struct Ended {
    /// What it settled the job with; `None`: it had lost the job, or could not settle it.
    outcome: Option<Outcome>,
    /// The job waits for room beside others, which is no news.
    crowded: bool,
    /// It made a result, from the beginning.
    made: bool,
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
}

impl Live {
    /// A reading of its progress, as it is saved.
    fn reading(&self, progress: Progress) -> Progress {
        Progress { suspended: self.suspended, ..progress }
    }

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
    kept_batch: Batch,
    waiting: waiting::Waiting,
    /// Videos that were being written.
    resting: rest::Resting,
    forecasting: forecast::Forecasting,
    kept_up: Option<Duration>,
    upkeep: Option<std::thread::JoinHandle<()>>,
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
            kept_batch: Batch::default(),
            waiting: waiting::Waiting::default(),
            resting: rest::Resting::default(),
            forecasting: forecast::Forecasting::default(),
            kept_up: None,
            upkeep: None,
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
            // An error in one sweep must not end the pool: the next sweep starts from the queue again.
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
    let tidy = move || {
        pool.end_forecast();
        // What is begun is finished, for a run may be all there is for a day.
        pool.upkeep.map(std::thread::JoinHandle::join)
    };
    let _ = tokio::task::spawn_blocking(tidy).await;
}

impl Pool {
    fn sweep(&mut self, cause: Cause) -> Result<()> {
        if self.shared.stop.is_cancelled() {
            self.stop_all();
        }
        let mut news = !matches!(cause, Cause::Tick);
        if let Cause::Report(report) = cause {
            self.take(report)?;
        }
        if self.shared.queue.changed_elsewhere()? {
            self.shared.tell(Event::QueueChanged);
            news = true;
        }
        self.look_at_waiting()?;
        // An idle queue without news stays idle: nothing is asked of it, however long it is.
        if news || !*self.shared.idle.borrow() || self.breaker.is_open() {
            self.give_orders()?;
            self.claim()?;
            self.save_progress()?;
            self.tell_idle()?;
        }
        self.tell_time_left()?;
        if self.live.is_empty() {
            self.upkeep();
        }
        Ok(())
    }

    fn give_up(&mut self) {
        tracing::error!("the queue is damaged; nothing is worked any more");
        self.shared.give_up();
        self.stop_all();
    }

    /// Without the queue, which may be impossible to read or to write.
    fn stop_all(&self) {
        for live in self.live.values().filter(|live| *live.orders.borrow() != Order::Cancel) {
            live.orders.send_replace(Order::Stop);
        }
    }

    fn take(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Suspended(id, suspended) => {
                let saved = self.suspended(id, suspended);
                self.shared.tell(Event::QueueChanged);
                saved
            }
            Report::Ended(id, ended) => self.take_ended(id, &ended),
            Report::Surveyed(surveyed) => self.take_surveyed(surveyed),
            Report::Looked(looked) => self.take_looked(looked),
        }
    }

    /// Written down at once: other processes show whether a job stands still.
    fn suspended(&mut self, id: JobId, suspended: bool) -> Result<()> {
        let Some(live) = self.live.get_mut(&id) else { return Ok(()) };
        live.suspended = suspended;
        if !suspended {
            self.shared.tally.goes_on();
        }
        self.forecasting.course.suspend(id, suspended, self.shared.clock.awake());
        let latest = self.shared.progress().get(&id).copied();
        let reading = live.reading(latest.unwrap_or_default());
        self.shared.queue.save_progress(&[(live.lease, reading)])
    }

    fn take_ended(&mut self, id: JobId, ended: &Ended) -> Result<()> {
        self.live.remove(&id);
        self.shared.progress().remove(&id);
        self.take_course(id, ended.made);
        if !matches!(ended.outcome, Some(Outcome::Waiting(_))) {
            // What it left free may be what others wait for.
            self.waiting.freed();
        }
        match &ended.outcome {
            Some(outcome) if ended.crowded => {
                tracing::info!(job = %id, outcome = outcome.word(), "has no room beside others");
                self.shared.tell(Event::QueueChanged);
                Ok(())
            }
            Some(outcome) => self.learn(id, outcome),
            None => Ok(()),
        }
    }

    /// After the commit: tells of the end, and draws the conclusions for the queue as a whole.
    fn learn(&mut self, id: JobId, outcome: &Outcome) -> Result<()> {
        let failure = outcome.failure();
        tracing::info!(job = %id, outcome = outcome.word(), "ended");
        self.tell_changed(id, outcome.state(), failure);
        match failure {
            Some(failure) if failure.code().class() == Class::Environment => {
                self.breaker.open(&self.shared, failure)?;
            }
            None if matches!(outcome, Outcome::Interrupted(_) | Outcome::Cancelled) => {}
            _ => self.breaker.close(&self.shared)?,
        }
        breaker::check_alarm(&self.shared)
    }

    fn tell_changed(&self, id: JobId, state: State, failure: Option<&Failure>) {
        let reason = failure.map(|failure| failure.reason.clone());
        self.shared.tell(Event::JobChanged { id, state, reason });
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
            self.breaker.started(self.shared.clock.awake());
            // Before the event: a subscriber that knows of the job must not read that the queue is idle.
            self.shared.idle.send_replace(false);
            self.tell_changed(job.id, State::Running, None);
            self.start(job);
        }
        Ok(())
    }

    /// Gives a claimed job to a thread. What cannot be started is given back by the next sweep, as it has no worker.
    fn start(&mut self, job: Job) {
        let Some(spec) = job.spec.clone() else {
            return tracing::error!(job = %job.id, "claimed, though it cannot be read");
        };
        let (orders, received) = watch::channel(Order::Go);
        let (id, lease, suspect) = (job.id, job.lease(), job.crashes >= SUSPECT_CRASHES);
        tracing::info!(job = %id, attempt = job.attempt, source = %job.source.display(), "started");
        let task = work::Task { shared: self.shared.clone(), job, spec, reports: self.reports.clone() };
        let thread =
            std::thread::Builder::new().name(format!("job-{id}")).spawn(move || work::run(&task, &received));
        match thread {
            Ok(_) => {
                self.forecasting.course.start(id, self.shared.clock.awake());
                self.live.insert(id, Live { lease, orders, suspended: false, suspect });
            }
            Err(cause) => tracing::error!(job = %id, %cause, "no thread for a job"),
        }
    }

    fn save_progress(&mut self) -> Result<()> {
        let awake = self.shared.clock.awake();
        if awake.saturating_sub(self.saved) < self.shared.policy.progress_save || self.live.is_empty() {
            return Ok(());
        }
        self.saved = awake;
        lock::give_sign(&self.shared.data);
        let latest = self.shared.progress().clone();
        let reading = |l: &Live| Some((l.lease, l.reading(*latest.get(&l.lease.id)?)));
        let rows: Vec<_> = self.live.values().filter_map(reading).collect();
        self.shared.queue.save_progress(&rows)?;
        self.keep_batch()
    }

    /// To be shown by other processes, and after a restart.
    fn keep_batch(&mut self) -> Result<()> {
        let batch = self.shared.tally.batch();
        if batch != self.kept_batch {
            batch.keep(self.shared.queue.as_ref())?;
            self.kept_batch = batch;
        }
        Ok(())
    }

    /// Idle: nothing runs but what is paused, nothing queued may start by itself, now or later, and no look at waiting jobs
    /// is about to let one go on.
    fn tell_idle(&mut self) -> Result<()> {
        let queue = &self.shared.queue;
        let idle = self.active() == 0 && !self.waiting.is_looking(self.shared.policy.volume_patience) && {
            let counts = queue.counts()?;
            counts.startable() == 0 || self.breaker.is_open() || queue.flag(Flag::Paused)?.is_some()
        };
        let was_idle = *self.shared.idle.borrow();
        if idle && !was_idle {
            return self.become_idle();
        }
        self.shared.idle.send_replace(idle);
        Ok(())
    }

    /// The batch is counted and stored before `idle` is set, for callers that wait for it. The event is sent after it, for a
    /// subscriber that took its snapshot in between. An error of storing comes last, so that the batch ends once.
    fn become_idle(&mut self) -> Result<()> {
        self.shared.tally.hear(&Event::Idle);
        let stored = self.keep_batch();
        self.shared.idle.send_replace(true);
        self.shared.send(Event::Idle);
        stored
    }
}
