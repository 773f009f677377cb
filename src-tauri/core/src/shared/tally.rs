//! Counts ended jobs from the events of the engine itself: independent of the clock, since a clock set back would hide
//! a failure, and complete, unlike a slow subscriber. One count for two spans:
//!
//! - A *run* lasts as long as its engine. Its failures are known by number, for the exit code and for a report of each.
//! - A *batch* (see [`crate::batch`]) ends when the queue becomes idle; a run may span many.
//!
//! Guarantees that a job counts once, by its last end: a job that runs again does not count until it ends again.

use crate::batch::{Batch, BatchProgress, BatchTotals};
use crate::error::Result;
use crate::event::Event;
use crate::job::{JobId, State};
use crate::queue::{Lists, Saved};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Counts of ended jobs of a run and of its current batch.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Count>);

#[derive(Debug, Default)]
struct Count {
    ends: HashMap<JobId, End>,
    /// Sizes of originals and results.
    made: HashMap<JobId, Saved>,
    batch: Batch,
    /// Number of batches that have started.
    batches: u64,
    /// Time during which at least one job was active in this run, and that time at the start of the batch.
    worked: Duration,
    before: Duration,
}

#[derive(Debug, Clone, Copy)]
struct End {
    state: State,
    /// Number of the batch, and position in the batch from 1.
    batch: u64,
    nth: u64,
}

impl Tally {
    /// Creates the tally of a new engine whose rescue ended these jobs. `batch`: the last stored batch, which is over.
    pub(crate) fn resume(
        found: impl IntoIterator<Item = (JobId, State, Option<Saved>)>,
        batch: Batch,
    ) -> Tally {
        let mut count = Count::default();
        for (id, state, made) in found {
            if let Some(made) = made {
                count.make(id, made);
            }
            count.enter(id, state);
        }
        (count.batch, count.batches) = (Batch { over: true, ..batch }, 1);
        Tally(Mutex::new(count))
    }

    /// Counts an event.
    pub fn record(&self, event: &Event) {
        match event {
            Event::JobChanged { id, state, .. } => self.enter(*id, *state),
            Event::Idle => self.count().rest(),
            _ => {}
        }
    }

    /// Records the new state of a job. Idempotent.
    pub(crate) fn enter(&self, id: JobId, state: State) {
        self.count().enter(id, state);
    }

    /// Records that a paused job was resumed, which may start a batch.
    pub(crate) fn goes_on(&self) {
        self.count().begin();
    }

    /// Records the sizes in bytes of an original and its result.
    pub(crate) fn make(&self, id: JobId, before: u64, after: u64) {
        self.count().make(id, Saved { before, after });
    }

    /// Sets the time of this run during which at least one job was active.
    pub(crate) fn set_worked(&self, worked: Duration) {
        let mut count = self.count();
        count.worked = worked;
        count.batch.ended.worked_ms = worked.saturating_sub(count.before).as_millis() as u64;
    }

    /// Returns the current batch.
    pub fn batch(&self) -> Batch {
        self.count().batch
    }

    /// Returns the progress of the current batch, with the counts of this queue.
    ///
    /// # Errors
    /// Those of the queue.
    pub fn progress(&self, queue: &dyn Lists) -> Result<BatchProgress> {
        loop {
            let batch = self.batch();
            let far = batch.progress(&queue.counts()?);
            // A job that ended in between would count twice or not at all.
            if self.batch() == batch {
                return Ok(far);
            }
        }
    }

    /// Returns the position of an ended job in the current batch, from 1.
    pub fn nth(&self, id: JobId) -> Option<u64> {
        let count = self.count();
        count.ends.get(&id).filter(|end| end.batch == count.batches).map(|end| end.nth)
    }

    /// Returns the time of the run during which at least one job was running and not paused, up to the last end.
    pub fn worked(&self) -> Duration {
        self.count().worked
    }

    /// Returns the sizes of originals and results of all done jobs of the run.
    pub fn saved(&self) -> Saved {
        let count = self.count();
        let done = count.ends.iter().filter(|(_, end)| end.state == State::Done);
        let made = done.filter_map(|(id, _)| count.made.get(id));
        made.fold(Saved::default(), |sum, made| Saved {
            before: sum.before.saturating_add(made.before),
            after: sum.after.saturating_add(made.after),
        })
    }

    /// Returns how many jobs of the run ended in this state.
    pub fn of(&self, state: State) -> u64 {
        self.count().ends.values().filter(|end| end.state == state).count() as u64
    }

    /// Returns the jobs of the run that ended in this state, in ascending order.
    pub fn ids(&self, state: State) -> Vec<JobId> {
        let count = self.count();
        let ended = count.ends.iter().filter(|(_, end)| end.state == state);
        let mut ids: Vec<JobId> = ended.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn enter(&mut self, id: JobId, state: State) {
        if self.ends.get(&id).is_some_and(|end| end.state == state) {
            return;
        }
        if state == State::Running {
            self.begin();
        }
        if let Some(end) = self.ends.remove(&id).filter(|end| end.batch == self.batches) {
            self.add(id, end.state, u64::saturating_sub);
        }
        if state.is_ended() {
            self.add(id, state, u64::saturating_add);
            let BatchTotals { done, failed, cancelled, .. } = self.batch.ended;
            self.ends.insert(id, End { state, batch: self.batches, nth: done + failed + cancelled });
        }
    }

    /// Adds an end to the batch, or subtracts it.
    fn add(&mut self, id: JobId, state: State, with: fn(u64, u64) -> u64) {
        let made = self.made.get(&id).copied().unwrap_or_default();
        let ended = &mut self.batch.ended;
        match state {
            State::Done => {
                ended.done = with(ended.done, 1);
                ended.bytes_before = with(ended.bytes_before, made.before);
                ended.bytes_after = with(ended.bytes_after, made.after);
            }
            State::Failed => ended.failed = with(ended.failed, 1),
            _ => ended.cancelled = with(ended.cancelled, 1),
        }
    }

    fn make(&mut self, id: JobId, made: Saved) {
        let counted =
            self.ends.get(&id).is_some_and(|end| end.state == State::Done && end.batch == self.batches);
        if counted {
            self.add(id, State::Done, u64::saturating_sub);
        }
        self.made.insert(id, made);
        if counted {
            self.add(id, State::Done, u64::saturating_add);
        }
    }

    /// Starts a new batch if the last one is over.
    fn begin(&mut self) {
        if self.batch.over {
            (self.batch.ended, self.batch.over) = (BatchTotals::default(), false);
            (self.batches, self.before) = (self.batches + 1, self.worked);
        }
    }

    fn rest(&mut self) {
        let batch = &mut self.batch;
        batch.last_ended = if batch.over { BatchTotals::default() } else { batch.ended };
        (batch.idle_count, batch.over) = (batch.idle_count + 1, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(ends: &[(i64, State)]) -> Tally {
        let tally = Tally::default();
        for (id, state) in ends {
            tally.enter(JobId(*id), *state);
        }
        tally
    }

    #[test]
    fn job_counts_once_by_its_last_end() {
        let tally = tally(&[(1, State::Running), (1, State::Failed), (1, State::Running)]);
        assert_eq!((tally.of(State::Failed), tally.batch().ended.failed), (0, 0));
        for _ in 0..2 {
            tally.enter(JobId(1), State::Done);
        }
        let ended = tally.batch().ended;
        assert_eq!((tally.of(State::Done), ended.done, ended.failed), (1, 1, 0));
        tally.enter(JobId(0), State::Cancelled);
        assert_eq!((tally.ids(State::Done), tally.ids(State::Cancelled)), (vec![JobId(1)], vec![JobId(0)]));
        assert_eq!((tally.nth(JobId(1)), tally.nth(JobId(0)), tally.nth(JobId(9))), (Some(1), Some(2), None));
    }

    #[test]
    fn saved_bytes_count_done_jobs_in_any_order_of_calls() {
        let tally = Tally::default();
        tally.make(JobId(1), 100, 30);
        assert_eq!(tally.saved(), Saved::default(), "not done yet");
        for id in [1, 2] {
            tally.enter(JobId(id), State::Done);
        }
        tally.make(JobId(2), 1000, 1200);
        assert_eq!(tally.saved(), Saved { before: 1100, after: 1230 });
        let ended = tally.batch().ended;
        assert_eq!((ended.bytes_before, ended.bytes_after), (1100, 1230));
        tally.enter(JobId(2), State::Running);
        assert_eq!((tally.saved().before, tally.batch().ended.bytes_before), (100, 100));
    }

    #[test]
    fn batch_is_kept_until_the_next_start_after_idle() {
        let tally = tally(&[(1, State::Running), (1, State::Done), (2, State::Running), (2, State::Failed)]);
        let stands = || {
            let batch = tally.batch();
            [batch.ended.done, batch.ended.failed, batch.idle_count, batch.last_ended.done]
        };
        assert_eq!(stands(), [1, 1, 0, 0]);
        tally.record(&Event::Idle);
        assert_eq!(stands(), [1, 1, 1, 1], "over");
        tally.enter(JobId(3), State::Queued);
        assert_eq!(stands(), [1, 1, 1, 1], "no job has started yet");
        tally.record(&Event::Idle);
        assert_eq!(stands(), [1, 1, 2, 0], "idle again, and no job had started");
        tally.enter(JobId(2), State::Running);
        assert_eq!(stands(), [0, 0, 2, 0], "a failure of an earlier batch is not counted");
        tally.enter(JobId(2), State::Done);
        assert_eq!((stands(), tally.nth(JobId(1)), tally.nth(JobId(2))), ([1, 0, 2, 0], None, Some(1)));
        assert_eq!((tally.of(State::Done), tally.of(State::Failed)), (2, 0), "the run includes both batches");
    }

    /// No event reports such a start.
    #[test]
    fn job_resumed_after_idle_starts_a_batch() {
        let tally = tally(&[(1, State::Done)]);
        tally.record(&Event::Idle);
        tally.goes_on();
        tally.make(JobId(2), 100, 30);
        tally.enter(JobId(2), State::Done);
        tally.record(&Event::Idle);
        let batch = tally.batch();
        assert_eq!((batch.last_ended.done, batch.last_ended.bytes_before, batch.ended.done), (1, 100, 1));
        tally.goes_on();
        tally.goes_on();
        assert_eq!(tally.batch().ended, BatchTotals::default());
    }

    #[test]
    fn time_of_a_batch_starts_with_it() {
        let (tally, second) = (Tally::default(), Duration::from_secs(1));
        tally.set_worked(second);
        tally.record(&Event::Idle);
        tally.enter(JobId(1), State::Running);
        tally.set_worked(second * 3);
        assert_eq!((tally.worked(), tally.batch().ended.worked_ms), (second * 3, 2000));
    }

    #[test]
    fn jobs_ended_by_the_rescue_belong_to_the_run_but_to_no_batch() {
        let last = Batch { ended: BatchTotals { done: 5, ..BatchTotals::default() }, ..Batch::default() };
        let found = [(JobId(1), State::Done, Some(Saved { before: 9, after: 1 }))];
        let tally = Tally::resume(found, last);
        assert_eq!((tally.of(State::Done), tally.saved().before), (1, 9));
        assert_eq!((tally.batch().ended.done, tally.batch().over, tally.nth(JobId(1))), (5, true, None));
    }
}
