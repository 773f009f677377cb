//! The pool: a bounded set of workers that run claimed jobs, and the task that passes user requests on to them.
//!
//! Guarantees that no more jobs run than there are workers (suspended jobs excluded), that no worker is idle while a
//! job may start, and that only this module and its workers move a job into or out of `running`. Each running job has
//! an OS thread of its own. The pool itself is one task that reads the queue on every wake-up and on a slow tick, so
//! that a lost signal only delays it.

mod admission;
mod alarm;
mod breaker;
mod control;
mod forecast;
mod maintenance;
mod send_controls;
mod space;
mod unchanged;
mod waiting;
mod work;

use crate::batch::Batch;
use crate::data::lock;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::failure::{Class, Failure};
use crate::ffmpeg::Control;
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

/// Returns the number of parallel jobs that suits this machine. x264 and x265 keep about four cores busy each, and a
/// second job fills the gaps while the first one probes, verifies and starts.
pub fn auto_workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.div_ceil(4) + 1
}

/// A message from a worker or a background thread to the pool.
pub(crate) enum WorkerReport {
    /// The process of a job was suspended (`true`) or resumed (`false`).
    Suspended(JobId, bool),
    /// The thread of a job ends.
    AttemptEnd(JobId, AttemptEnd),
    /// The waiting jobs were read.
    Surveyed(Result<waiting::Surveyed>),
    /// What some waiting jobs wait for was checked.
    Looked(waiting::Looked),
}

/// How a worker ended.
#[derive(Default)]
pub(crate) struct AttemptEnd {
    /// The settled outcome; `None` if the worker had lost the lease or could not settle the job.
    outcome: Option<Outcome>,
    /// The job waits for space that other running jobs need; subscribers receive only `QueueChanged`.
    no_space: bool,
    /// The attempt made a result from the beginning, so its duration is a sample for forecasts.
    made: bool,
}

/// What triggers a sweep.
enum Cause {
    Tick,
    /// Something in this process may have changed.
    Wake,
    WorkerReport(WorkerReport),
}

/// A running job as the pool sees it.
struct Live {
    lease: Lease,
    orders: watch::Sender<Control>,
    suspended: bool,
    suspect: bool,
}

impl Live {
    /// Returns the progress as it is saved.
    fn reading(&self, progress: Progress) -> Progress {
        Progress { suspended: self.suspended, ..progress }
    }

    /// Checks whether the job is suspended and not ordered to resume.
    fn stays_suspended(&self) -> bool {
        self.suspended && *self.orders.borrow() == Control::Suspend
    }
}

/// Most jobs claimed in one sweep; the next sweep claims more.
const CLAIMS: usize = 100;

/// The pool's own state, owned by its one task.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    live: HashMap<JobId, Live>,
    breaker: Breaker,
    reports: mpsc::UnboundedSender<WorkerReport>,
    inbox: mpsc::UnboundedReceiver<WorkerReport>,
    saved: Duration,
    kept_batch: Batch,
    waiting: waiting::Waiting,
    /// Sources that were being written to.
    unchanged: unchanged::UnchangedFiles,
    forecasting: forecast::Forecasting,
    kept_up: Option<Duration>,
    maintenance: Option<std::thread::JoinHandle<()>>,
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
            unchanged: unchanged::UnchangedFiles::default(),
            forecasting: forecast::Forecasting::default(),
            kept_up: None,
            maintenance: None,
        }
    }
}

/// Runs the pool until it is drained or stopped and the last worker has ended.
pub(crate) async fn run(mut pool: Pool) {
    let shared = pool.shared.clone();
    let mut tick = tokio::time::interval(shared.policy.tick);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !(shared.drain.is_cancelled() && pool.live.is_empty()) {
        let running = pool.live.values().any(|l| *l.orders.borrow() != Control::Stop);
        let cause = tokio::select! {
            Some(report) = pool.inbox.recv() => Cause::WorkerReport(report),
            () = shared.wake.notified() => Cause::Wake,
            _ = tick.tick() => Cause::Tick,
            () = shared.stop.cancelled(), if running => Cause::Wake,
        };
        // Queue calls block.
        let swept = tokio::task::spawn_blocking(move || {
            // An error in one sweep must not end the pool: the next sweep reads the queue again.
            match catch_unwind(AssertUnwindSafe(|| pool.sweep(cause))) {
                Ok(Ok(())) => {}
                Ok(Err(Error::Damaged)) => pool.give_up(),
                Ok(Err(cause)) => tracing::error!(%cause, "a sweep of the queue failed"),
                Err(_) => tracing::error!("a sweep of the queue panicked (a bug in Spool)"),
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
        // A running upkeep is completed, as this may be the only run of the day.
        pool.maintenance.map(std::thread::JoinHandle::join)
    };
    let _ = tokio::task::spawn_blocking(tidy).await;
}

impl Pool {
    fn sweep(&mut self, cause: Cause) -> Result<()> {
        if self.shared.stop.is_cancelled() {
            self.stop_all();
        }
        let mut has_changes = !matches!(cause, Cause::Tick);
        if let Cause::WorkerReport(report) = cause {
            self.take(report)?;
        }
        if self.shared.queue.changed_elsewhere()? {
            self.shared.emit(Event::QueueChanged);
            has_changes = true;
        }
        self.look_at_waiting()?;
        // Without a change an idle queue stays idle, so it is not read, however long it is.
        if has_changes || !*self.shared.idle.borrow() || self.breaker.is_open() {
            self.send_controls()?;
            self.claim()?;
            self.save_progress()?;
            self.tell_idle()?;
        }
        self.tell_time_left()?;
        if self.live.is_empty() {
            self.maintain();
        }
        Ok(())
    }

    fn give_up(&mut self) {
        tracing::error!("the queue is damaged; no more jobs run");
        self.shared.give_up();
        self.stop_all();
    }

    /// Orders all jobs to stop. Does not access the queue, which may be unreadable or not writable.
    fn stop_all(&self) {
        for live in self.live.values().filter(|live| *live.orders.borrow() != Control::Cancel) {
            live.orders.send_replace(Control::Stop);
        }
    }

    fn take(&mut self, report: WorkerReport) -> Result<()> {
        match report {
            WorkerReport::Suspended(id, suspended) => {
                let saved = self.suspended(id, suspended);
                self.shared.emit(Event::QueueChanged);
                saved
            }
            WorkerReport::AttemptEnd(id, ended) => self.take_ended(id, &ended),
            WorkerReport::Surveyed(surveyed) => self.take_surveyed(surveyed),
            WorkerReport::Looked(looked) => self.take_looked(looked),
        }
    }

    /// Saves at once whether the job is suspended, as other processes show it.
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

    fn take_ended(&mut self, id: JobId, ended: &AttemptEnd) -> Result<()> {
        self.live.remove(&id);
        self.shared.progress().remove(&id);
        self.take_course(id, ended.made);
        if !matches!(ended.outcome, Some(Outcome::Waiting(_))) {
            // Jobs may wait for the space that it no longer needs.
            self.waiting.freed();
        }
        match &ended.outcome {
            Some(outcome) if ended.no_space => {
                tracing::info!(job = %id, outcome = outcome.word(), "waits for space that other running jobs need");
                self.shared.emit(Event::QueueChanged);
                Ok(())
            }
            Some(outcome) => self.learn(id, outcome),
            None => Ok(()),
        }
    }

    /// Sends the event of a committed end, and updates the breaker and the alarm.
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
        self.shared.emit(Event::JobChanged { id, state, reason });
    }

    fn workers(&self) -> usize {
        self.shared.workers.load(Ordering::Relaxed)
    }

    /// Counts jobs that keep a worker busy. Counts a resumed job as active before it confirms.
    fn active(&self) -> usize {
        self.live.values().filter(|l| !l.stays_suspended()).count()
    }

    /// Checks whether a suspect job is active. It must run alone, as it may crash the application.
    fn suspect_at_work(&self) -> bool {
        self.live.values().any(|l| l.suspect && !l.stays_suspended())
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
            // Before the event: a subscriber that knows the job runs must not read that the queue is idle.
            self.shared.idle.send_replace(false);
            self.tell_changed(job.id, State::Running, None);
            self.start(job);
        }
        Ok(())
    }

    /// Starts the thread of a claimed job. If that fails, the next sweep gives the job back, as it has no worker.
    fn start(&mut self, job: Job) {
        let Some(spec) = job.spec.clone() else {
            return tracing::error!(job = %job.id, "claimed a job that cannot be read");
        };
        let (orders, received) = watch::channel(Control::Go);
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
            Err(cause) => tracing::error!(job = %id, %cause, "the thread of a job could not be started"),
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

    /// Stores the batch for other processes and for the next start.
    fn keep_batch(&mut self) -> Result<()> {
        let batch = self.shared.tally.batch();
        if batch != self.kept_batch {
            batch.store(self.shared.queue.as_ref())?;
            self.kept_batch = batch;
        }
        Ok(())
    }

    /// Updates `idle`: no job is active, none is startable (or the queue is paused or the breaker open), and no pending
    /// check may release a waiting job.
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

    /// Counts and stores the batch before `idle` is set, for callers that wait for it. Sends the event afterwards, for
    /// a subscriber that took its snapshot in between. Returns an error of the queue last, so that the batch ends once.
    fn become_idle(&mut self) -> Result<()> {
        self.shared.tally.record(&Event::Idle);
        let stored = self.keep_batch();
        self.shared.idle.send_replace(true);
        self.shared.send(Event::Idle);
        stored
    }
}
