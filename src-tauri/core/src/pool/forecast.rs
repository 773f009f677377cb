//! Telling how long the rest takes: while jobs run, every few seconds, on a thread of its own, for a long queue is not read
//! within a sweep. What finished jobs took is kept for the next time.
//!
//! Guarantees at most one such thread, and that no pause counts as work.

use super::Pool;
use crate::error::Result;
use crate::event::Event;
use crate::forecast::course::{Course, Worked};
use crate::forecast::learned::{Learned, Sample};
use crate::forecast::work::Workloads;
use crate::forecast::{self, Queued, Running, Situation, TimeLeft, TimeLeftAt};
use crate::job::{Job, JobId, State};
use crate::queue::{Flag, Mark};
use crate::shared::Shared;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Jobs read at a time: others want the queue too.
const PART: u64 = 200;
/// Most that are read; what is behind them counts by its bytes.
const MOST: u64 = 1000;

/// What the pool knows of the course of its jobs.
#[derive(Default)]
pub(super) struct Forecasting {
    pub(super) course: Course,
    finished: Vec<(JobId, Worked)>,
    reckoned: Option<Duration>,
    thread: Option<JoinHandle<()>>,
    known: Arc<Mutex<Option<Known>>>,
}

/// What lasts from one look to the next.
struct Known {
    learned: Learned,
    workloads: Workloads,
}

/// What is to be reckoned, as the pool sees it.
struct Look {
    shared: Arc<Shared>,
    workers: usize,
    at_work: Vec<(JobId, Worked)>,
    finished: Vec<(JobId, Worked)>,
    /// No further job starts by itself.
    closed: bool,
}

impl Pool {
    /// A worker is done with a job; one that made a result tells how long such jobs take.
    pub(super) fn take_course(&mut self, id: JobId, made: bool) {
        let worked = self.forecasting.course.end(id, self.shared.clock.awake());
        self.shared.tally.set_worked(self.forecasting.course.busy());
        self.forecasting.finished.extend(worked.filter(|_| made).map(|worked| (id, worked)));
    }

    /// Where it is time for it. Costs nothing while the engine is idle.
    pub(super) fn tell_time_left(&mut self) -> Result<()> {
        let (shared, awake) = (self.shared.clone(), self.shared.clock.awake());
        let idle = *shared.idle.borrow();
        let forecasting = &mut self.forecasting;
        let recently = |last| awake.saturating_sub(last) < shared.policy.forecast_every;
        let thread = forecasting.thread.as_ref().is_some_and(|thread| !thread.is_finished());
        if thread || (!idle && forecasting.reckoned.is_some_and(recently)) {
            return Ok(());
        }
        if idle && forecasting.finished.is_empty() {
            forecasting.reckoned = None;
            return tell(&shared, None);
        }
        forecasting.reckoned = Some(awake);
        let paused = shared.queue.flag(Flag::Paused)?.is_some();
        let look = Look {
            workers: self.workers(),
            at_work: self.forecasting.course.at_work(awake).collect(),
            finished: std::mem::take(&mut self.forecasting.finished),
            closed: idle || paused || self.breaker.is_open() || shared.drain.is_cancelled(),
            shared,
        };
        let known = self.forecasting.known.clone();
        let reckon = move || {
            if let Err(cause) = look.take(&known) {
                tracing::warn!(%cause, "how long the rest takes could not be reckoned");
            }
        };
        match std::thread::Builder::new().name("forecast".into()).spawn(reckon) {
            Ok(thread) => self.forecasting.thread = Some(thread),
            Err(cause) => tracing::warn!(%cause, "no thread to reckon how long the rest takes"),
        }
        Ok(())
    }

    /// The pool ends: what was learned last is kept, and nothing is promised any more.
    pub(super) fn end_forecast(&mut self) {
        if let Some(thread) = self.forecasting.thread.take() {
            let _ = thread.join();
        }
        if self.shared.damaged.is_cancelled() {
            return;
        }
        let finished = std::mem::take(&mut self.forecasting.finished);
        let mut known = lock(&self.forecasting.known);
        let kept = learn(&self.shared, &mut known, finished).and_then(|()| tell(&self.shared, None));
        if let Err(cause) = kept {
            tracing::warn!(%cause, "how long jobs took could not be kept");
        }
    }
}

impl Look {
    fn take(self, known: &Mutex<Option<Known>>) -> Result<()> {
        let mut known = lock(known);
        learn(&self.shared, &mut known, self.finished)?;
        let Known { learned, workloads } = known.get_or_insert_with(|| Known::of(Vec::new()));
        let mut running = Vec::new();
        for (id, worked) in self.at_work {
            let share = self.shared.progress().get(&id).and_then(|p| Some(p.percent? / 100.0));
            let job = self.shared.queue.job(id)?.filter(|job| job.state == State::Running);
            let work = job.and_then(|job| workloads.of(&job));
            running.extend(work.map(|work| Running { work, worked: worked.seconds, share }));
        }
        let mut queued = released(&self.shared, workloads)?;
        let (more, scale) = if self.closed { (Vec::new(), 1.0) } else { coming(&self.shared, workloads)? };
        queued.extend(more);
        let situation = Situation { workers: self.workers, running, queued, scale };
        tell(&self.shared, forecast::time_left(&situation, learned))
    }
}

impl Known {
    fn of(samples: Vec<Sample>) -> Known {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Known { learned: Learned::new(samples, cores), workloads: Workloads::default() }
    }
}

/// Reads what was learned where that has not happened, and adds what has finished since.
fn learn(shared: &Shared, known: &mut Option<Known>, finished: Vec<(JobId, Worked)>) -> Result<()> {
    if known.is_none() {
        *known = Some(Known::of(shared.queue.learned()?));
    }
    let Some(Known { learned, workloads }) = known else { return Ok(()) };
    for (id, worked) in finished {
        let Some(job) = shared.queue.job(id)? else { continue };
        let Some(work) = workloads.of(&job) else { continue };
        let sample = Sample { work, jobs: worked.jobs(), took: worked.seconds };
        if sample.makes_sense() {
            shared.queue.learn(&sample)?;
            learned.learn(sample);
        }
    }
    Ok(())
}

/// Jobs of this engine that were paused and go on when a worker is free, before all that has not started.
fn released(shared: &Shared, workloads: &mut Workloads) -> Result<Vec<Queued>> {
    let mut running = shared.queue.running(&shared.owner)?;
    running.retain(Job::awaits_worker);
    let queued = |job: &Job| {
        let done = job.progress.and_then(|progress| progress.percent).unwrap_or(0.0) / 100.0;
        Some(Queued { work: workloads.of(job)?, due: 0.0, done })
    };
    Ok(running.iter().filter_map(queued).collect())
}

/// What starts by itself, in order, and how much more there is than what is listed.
fn coming(shared: &Shared, workloads: &mut Workloads) -> Result<(Vec<Queued>, f64)> {
    let (mut queued, mut bytes) = (Vec::new(), 0);
    let (mut after, mut read, now) = (None, 0, shared.clock.now());
    while read < MOST {
        let part = shared.queue.startable(after, PART)?;
        let Some(last) = part.last() else { return Ok((queued, 1.0)) };
        after = Some(Mark::from(last));
        read += part.len() as u64;
        for job in &part {
            let Some(work) = workloads.of(job) else { continue };
            bytes += work.bytes;
            let due = job.run_at.map_or(0.0, |at| (at - now).max(0) as f64 / 1000.0);
            queued.push(Queued { work, due, done: 0.0 });
        }
    }
    let all = shared.queue.left()?;
    let scale = if bytes > 0 { (all as f64 / bytes as f64).max(1.0) } else { 1.0 };
    Ok((queued, scale))
}

/// Keeps it for this process and for others, and tells those who listen. That nothing is known is said once.
fn tell(shared: &Shared, left: Option<TimeLeft>) -> Result<()> {
    if left.is_none() && shared.time_left().is_none() {
        return Ok(());
    }
    let at = shared.clock.now();
    let text = left.and_then(|left| serde_json::to_string(&TimeLeftAt { left, at }).ok());
    // The queue first: what is no longer known here is not to be read there.
    shared.queue.set_flag(Flag::TimeLeft, text.as_deref())?;
    *shared.time_left.lock().unwrap_or_else(PoisonError::into_inner) = left;
    shared.tell(Event::TimeLeft(left));
    Ok(())
}

fn lock(known: &Mutex<Option<Known>>) -> MutexGuard<'_, Option<Known>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
