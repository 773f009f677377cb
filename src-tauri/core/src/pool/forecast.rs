//! Estimates the time left every few seconds while jobs run, on a thread of its own, because a sweep must not read a
//! long queue. Stores the durations of finished jobs for later estimates.
//!
//! Guarantees that at most one such thread runs, and that pauses do not count as work.

use super::Pool;
use crate::error::Result;
use crate::event::Event;
use crate::forecast::course::{Course, Worked};
use crate::forecast::learned::{Learned, Sample};
use crate::forecast::work::Workloads;
use crate::forecast::{self, Queued, Running, Situation, TimeLeft, TimeLeftAt};
use crate::job::{Job, JobId, State};
use crate::queue::{Cursor, Flag};
use crate::shared::Shared;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Jobs read at a time, so that others can use the queue in between.
const PART: u64 = 200;
/// Most jobs read; the ones after them count by their bytes.
const MOST: u64 = 1000;

/// The pool's state for forecasts.
#[derive(Default)]
pub(super) struct Forecasting {
    pub(super) course: Course,
    finished: Vec<(JobId, Worked)>,
    estimated_at: Option<Duration>,
    thread: Option<JoinHandle<()>>,
    known: Arc<Mutex<Option<Known>>>,
}

/// State kept from one estimate to the next.
struct Known {
    learned: Learned,
    workloads: Workloads,
}

/// The input of one estimate.
struct Look {
    shared: Arc<Shared>,
    workers: usize,
    at_work: Vec<(JobId, Worked)>,
    finished: Vec<(JobId, Worked)>,
    /// No further job is expected to start.
    closed: bool,
}

impl Pool {
    /// Records that a worker has ended. If it made a result, its duration becomes a sample.
    pub(super) fn take_course(&mut self, id: JobId, made: bool) {
        let worked = self.forecasting.course.end(id, self.shared.clock.awake());
        self.shared.tally.set_worked(self.forecasting.course.busy());
        self.forecasting.finished.extend(worked.filter(|_| made).map(|worked| (id, worked)));
    }

    /// Starts an estimate if one is due. Costs nothing while the engine is idle.
    pub(super) fn tell_time_left(&mut self) -> Result<()> {
        let (shared, awake) = (self.shared.clone(), self.shared.clock.awake());
        let idle = *shared.idle.borrow();
        let forecasting = &mut self.forecasting;
        let recently = |last| awake.saturating_sub(last) < shared.policy.forecast_every;
        let thread = forecasting.thread.as_ref().is_some_and(|thread| !thread.is_finished());
        if thread || (!idle && forecasting.estimated_at.is_some_and(recently)) {
            return Ok(());
        }
        if idle && forecasting.finished.is_empty() {
            forecasting.estimated_at = None;
            return announce(&shared, None);
        }
        forecasting.estimated_at = Some(awake);
        let paused = shared.queue.flag(Flag::Paused)?.is_some();
        let look = Look {
            workers: self.workers(),
            at_work: self.forecasting.course.at_work(awake).collect(),
            finished: std::mem::take(&mut self.forecasting.finished),
            closed: idle || paused || self.breaker.is_open() || shared.drain.is_cancelled(),
            shared,
        };
        let known = self.forecasting.known.clone();
        let take_look = move || {
            if let Err(cause) = look.take(&known) {
                tracing::warn!(%cause, "the time left could not be estimated");
            }
        };
        match std::thread::Builder::new().name("forecast".into()).spawn(take_look) {
            Ok(thread) => self.forecasting.thread = Some(thread),
            Err(cause) => tracing::warn!(%cause, "the forecast thread could not be started"),
        }
        Ok(())
    }

    /// Ends forecasting with the pool: stores the last samples and clears the time left.
    pub(super) fn end_forecast(&mut self) {
        if let Some(thread) = self.forecasting.thread.take() {
            let _ = thread.join();
        }
        if self.shared.damaged.is_cancelled() {
            return;
        }
        let finished = std::mem::take(&mut self.forecasting.finished);
        let mut known = lock(&self.forecasting.known);
        let kept = learn(&self.shared, &mut known, finished).and_then(|()| announce(&self.shared, None));
        if let Err(cause) = kept {
            tracing::warn!(%cause, "the durations of jobs could not be stored");
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
        announce(&self.shared, forecast::time_left(&situation, learned))
    }
}

impl Known {
    fn of(samples: Vec<Sample>) -> Known {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Known { learned: Learned::new(samples, cores), workloads: Workloads::default() }
    }
}

/// Loads the stored samples on the first call, and adds those of the jobs that finished since.
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

/// Returns the suspended jobs of this engine that were resumed and await a worker. They run before any new job.
fn released(shared: &Shared, workloads: &mut Workloads) -> Result<Vec<Queued>> {
    let mut running = shared.queue.running(&shared.owner)?;
    running.retain(Job::awaits_worker);
    let queued = |job: &Job| {
        let done = job.progress.and_then(|progress| progress.percent).unwrap_or(0.0) / 100.0;
        Some(Queued { work: workloads.of(job)?, due: 0.0, done })
    };
    Ok(running.iter().filter_map(queued).collect())
}

/// Returns the jobs that start without the user, in order, and the ratio of all their bytes to the listed ones.
fn coming(shared: &Shared, workloads: &mut Workloads) -> Result<(Vec<Queued>, f64)> {
    let (mut queued, mut bytes) = (Vec::new(), 0);
    let (mut after, mut read, now) = (None, 0, shared.clock.now());
    while read < MOST {
        let part = shared.queue.startable(after, PART)?;
        let Some(last) = part.last() else { return Ok((queued, 1.0)) };
        after = Some(Cursor::from(last));
        read += part.len() as u64;
        for job in &part {
            let Some(work) = workloads.of(job) else { continue };
            bytes += work.bytes;
            let due = job.run_at.map_or(0.0, |at| (at - now).max(0) as f64 / 1000.0);
            queued.push(Queued { work, due, done: 0.0 });
        }
    }
    let all = shared.queue.queued_bytes()?;
    let scale = if bytes > 0 { (all as f64 / bytes as f64).max(1.0) } else { 1.0 };
    Ok((queued, scale))
}

/// Stores the time left for this and other processes, and sends its event. An unknown time is sent only once.
fn announce(shared: &Shared, left: Option<TimeLeft>) -> Result<()> {
    if left.is_none() && shared.time_left().is_none() {
        return Ok(());
    }
    let at = shared.clock.now();
    let text = left.and_then(|left| serde_json::to_string(&TimeLeftAt { left, at }).ok());
    // The queue first, so that no other process reads a time that this one no longer reports.
    shared.queue.set_flag(Flag::TimeLeft, text.as_deref())?;
    *shared.time_left.lock().unwrap_or_else(PoisonError::into_inner) = left;
    shared.emit(Event::TimeLeft(left));
    Ok(())
}

fn lock(known: &Mutex<Option<Known>>) -> MutexGuard<'_, Option<Known>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
