//! Shows the events of a run as they happen: bars or lines for people, JSON objects for scripts, only failures with
//! `--quiet`.
//!
//! Guarantees that each failure of the run is shown, even if its event was missed.

use super::idle_reason::IdleReason;
use super::pace::Pace;
use super::screen::Screen;
use crate::context::{Context, json_line};
use crate::{list, text};
use serde::Serialize;
use serde_json::json;
use spool_app::view::JobView;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{Engine, Tally};
use spool_core::event::{Delivery, Event, Subscription};
use spool_core::forecast::TimeLeft;
use spool_core::job::{Job, JobId, State};
use spool_core::progress::Progress;
use spool_core::queue::Queue;
use spool_core::words as english;
use spool_core::words::reason;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// Interval between two checks whether a progress line is due for a job that sends no events.
const TICK: Duration = Duration::from_secs(10);

/// The kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    People,
    Scripts,
    Quiet,
}

/// The output of a run, and what was already shown.
pub(super) struct Show {
    screen: Screen,
    to: To,
    queue: Arc<dyn Queue>,
    clock: SystemClock,
    pace: Pace,
    /// Jobs whose end was shown.
    ended: HashSet<JobId>,
    /// Counts the batch.
    tally: Arc<Tally>,
    /// The run ends when the queue is idle, and reports what is left only then.
    until_idle: bool,
    /// The last shown reason why nothing runs.
    idle_reason: Option<String>,
}

/// A job as JSON.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    job: JobView,
    /// Progress of the batch; only for an ended job.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<BatchLine>,
}

/// `12 of 41`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct BatchLine {
    ended: u64,
    of: u64,
}

impl Show {
    pub(super) fn new(context: &Context, screen: Screen, engine: &Engine, until_idle: bool) -> Show {
        let (to, pace) = match context {
            context if context.json => (To::Scripts, Pace::of_scripts()),
            context if context.quiet => (To::Quiet, Pace::of_lines()),
            _ => (To::People, Pace::of_lines()),
        };
        let (queue, tally) = (engine.queue(), engine.tally());
        let (clock, ended) = (SystemClock::default(), HashSet::new());
        Show { screen, to, queue, tally, clock, pace, ended, until_idle, idle_reason: None }
    }

    /// Shows events until the engine ends.
    pub(super) async fn all(mut self, mut events: Subscription) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                item = events.next() => match item {
                    Some(item) => self.show(item).await,
                    None => break,
                },
                _ = tick.tick() => {
                    for id in self.pace.jobs() {
                        self.progress(id, None).await;
                    }
                }
            }
        }
        for id in self.tally.ids(State::Failed) {
            self.changed(id).await;
        }
        self.screen.clear();
    }

    async fn show(&mut self, item: Delivery) {
        match item {
            Delivery::Snapshot(snapshot) => {
                // Jobs that run now, and jobs that ran at the last event.
                let running = snapshot.running.iter().map(|job| job.id);
                for id in running.chain(self.pace.jobs()) {
                    self.changed(id).await;
                }
                for job in snapshot.running {
                    self.progress(job.id, job.progress).await;
                }
                self.show_idle_reason().await;
            }
            Delivery::Event(Event::Progress { id, progress }) => self.progress(id, Some(progress)).await,
            Delivery::Event(Event::JobChanged { id, state, .. }) => {
                self.changed(id).await;
                if matches!(state, State::Queued | State::Waiting) {
                    self.show_idle_reason().await;
                }
            }
            Delivery::Event(Event::Alarm(alarm)) => self.screen.warn(&english::alarm(&alarm).to_string()),
            Delivery::Event(Event::Breaker(Some(reason))) => {
                self.screen.warn(&english::breaker(&reason).to_string());
            }
            Delivery::Event(Event::QueueChanged | Event::Paused(_) | Event::Idle) => {
                self.update_suspended().await;
                self.show_idle_reason().await;
            }
            Delivery::Event(Event::TimeLeft(left)) => self.whole(left).await,
            Delivery::Event(Event::Breaker(None)) => {}
        }
    }

    /// Reads the queue on a thread that may block; `None` if it cannot be read now.
    async fn query<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Queue) -> spool_core::error::Result<T> + Send + 'static,
    ) -> Option<T> {
        let queue = self.queue.clone();
        tokio::task::spawn_blocking(move || read(queue.as_ref())).await.ok()?.ok()
    }

    /// Updates the bars of suspended jobs, because such jobs send no events.
    async fn update_suspended(&mut self) {
        if !self.screen.draws() {
            return;
        }
        for id in self.pace.jobs() {
            if let Some(Some(job)) = self.query(move |queue| queue.job(id)).await {
                self.screen.show_suspended(&job);
            }
        }
    }

    async fn progress(&mut self, id: JobId, progress: Option<Progress>) {
        self.screen.progress(id, progress.as_ref());
        let shown = if self.to == To::People { !self.screen.draws() } else { self.to == To::Scripts };
        let percent = progress.and_then(|progress| progress.percent);
        if !shown || !self.pace.is_due(id, self.clock.awake(), percent) {
            return;
        }
        let Some(Some(job)) = self.query(move |queue| queue.job(id)).await else { return };
        if job.state != State::Running {
            return;
        }
        self.line(&Job { progress: progress.or(job.progress), ..job }, None);
    }

    /// Shows the state of a job unless it was shown before: after missed events a change is reported twice or never.
    async fn changed(&mut self, id: JobId) {
        let Some(found) = self.query(move |queue| queue.job(id)).await else { return };
        let Some(job) = found else {
            // It was removed as soon as it had ended.
            self.pace.end(id);
            self.screen.gone(id);
            return;
        };
        if self.is_shown(&job) {
            return;
        }
        if job.state == State::Running {
            self.pace.begin(id, self.clock.awake());
        } else {
            self.pace.end(id);
        }
        let batch = if job.state.is_ended() { self.batch_line().await } else { None };
        // Other jobs may have ended since; this one keeps its own number.
        let batch = batch.map(|far| BatchLine { ended: self.tally.nth(id).unwrap_or(far.ended), ..far });
        if job.state.is_ended() {
            self.ended.insert(id);
        } else {
            self.ended.remove(&id);
        }
        match self.to {
            To::People => {
                if self.screen.changed(&job) {
                    self.line(&job, batch);
                }
            }
            To::Scripts => self.line(&job, batch),
            To::Quiet if job.state == State::Failed => self.screen.warn(&failure(&job)),
            To::Quiet => {}
        }
    }

    fn is_shown(&self, job: &Job) -> bool {
        match job.state {
            State::Running => self.pace.runs(job.id),
            state => state.is_ended() && self.ended.contains(&job.id),
        }
    }

    /// Returns the progress of the batch.
    async fn batch_line(&self) -> Option<BatchLine> {
        let tally = self.tally.clone();
        let far = self.query(move |queue| tally.progress(queue)).await?;
        Some(BatchLine { ended: far.ended, of: far.of })
    }

    /// `12 of 41, about 3-5 min left`
    async fn whole(&mut self, left: Option<TimeLeft>) {
        if !self.screen.draws() {
            return;
        }
        let Some(BatchLine { ended, of }) = self.batch_line().await else { return };
        let line = left.map(|left| format!("{ended} of {of}, {}", text::time_left(&left)));
        self.screen.whole(&line.unwrap_or_default());
    }

    fn line(&self, job: &Job, batch: Option<BatchLine>) {
        if self.to == To::Scripts {
            // A closed stdout does not stop the run.
            let _ = json_line(&Line { job: JobView::of(job, None), batch });
            return;
        }
        let line = list::line(job, self.clock.now(), None);
        match batch.filter(|batch| batch.of > 1) {
            Some(BatchLine { ended, of }) => self.screen.line(&format!("{line}  {ended} of {of}")),
            None => self.screen.line(&line),
        }
    }

    /// Shows why nothing runs, once and after each change.
    async fn show_idle_reason(&mut self) {
        let now = self.clock.now();
        let Some(idle_reason) = self.query(move |queue| IdleReason::of(queue, now)).await else { return };
        let why = idle_reason.why().filter(|_| !self.until_idle || idle_reason.goes_on());
        if why == self.idle_reason {
            return;
        }
        match (&why, self.to) {
            (why, To::Scripts) => drop(json_line(&json!({ "standing": why }))),
            (Some(why), To::People) => self.screen.say(&format!("spool: {why}")),
            _ => {}
        }
        self.idle_reason = why;
    }
}

/// `b.mkv (job 2) failed: The recording ends early.`
fn failure(job: &Job) -> String {
    let reason = job.failure.as_ref().map_or("no reason is known.".into(), |why| reason(why).to_string());
    format!("{} (job {}) failed: {}", text::name(job), job.id, text::line(&reason))
}
