//! Lists all jobs one by one, in the order of `spool list`.
//!
//! Guarantees that memory does not grow with the queue: jobs are read in parts, and of the listed jobs only one bit is
//! kept for each that had not ended.

use super::wanted;
use crate::context::Failed;
use spool_core::error::Result;
use spool_core::job::{Job, JobId, State};
use spool_core::queue::{Cursor, Queue};
use std::collections::{HashMap, VecDeque};

/// Jobs in memory at a time, for each list.
const PART: u64 = 500;

/// Passes all jobs in these states to `show`; without states, all jobs.
pub(super) fn all(
    queue: &dyn Queue,
    states: &[State],
    show: &mut dyn FnMut(&Job) -> std::result::Result<(), Failed>,
) -> std::result::Result<(), Failed> {
    let list = |of: &[State]| Reading::new(queue, wanted(of, states));
    let mut active = list(&[State::Queued, State::Waiting, State::Running]);
    let mut listed = Listed::default();
    while let Some(job) = active.next()? {
        listed.insert(job.id);
        show(&job)?;
    }
    // Read separately, because the queue keeps them in separate lists.
    let (mut over, mut failed) = (list(&[State::Done, State::Cancelled]), list(&[State::Failed]));
    loop {
        let (a, b) = (over.peek()?, failed.peek()?);
        let ended = |job: &Job| (job.finished_at, job.id);
        let job = if b.map(ended) > a.map(ended) { failed.next()? } else { over.next()? };
        let Some(job) = job else { return Ok(()) };
        // A job that ended between two of these reads was already listed.
        if !listed.has(job.id) {
            show(&job)?;
        }
    }
}

/// A list that is being read.
struct Reading<'a> {
    queue: &'a dyn Queue,
    states: Vec<State>,
    after: Option<Cursor>,
    part: VecDeque<Job>,
    over: bool,
}

impl Reading<'_> {
    /// Without states there is nothing to read, whereas the queue would return jobs in all states.
    fn new(queue: &dyn Queue, states: Vec<State>) -> Reading<'_> {
        let over = states.is_empty();
        Reading { queue, states, after: None, part: VecDeque::new(), over }
    }

    fn peek(&mut self) -> Result<Option<&Job>> {
        if self.part.is_empty() && !self.over {
            self.part = self.queue.page_after(&self.states, self.after, PART)?.into();
            self.over = self.part.is_empty();
            self.after = self.part.back().map(Cursor::from).or(self.after);
        }
        Ok(self.part.front())
    }

    fn next(&mut self) -> Result<Option<Job>> {
        self.peek()?;
        Ok(self.part.pop_front())
    }
}

/// A set of job ids, 64 per word, because ids are consecutive.
#[derive(Default)]
struct Listed(HashMap<i64, u64>);

impl Listed {
    fn insert(&mut self, id: JobId) {
        *self.0.entry(id.0 >> 6).or_default() |= 1 << (id.0 & 63);
    }

    fn has(&self, id: JobId) -> bool {
        self.0.get(&(id.0 >> 6)).is_some_and(|word| word >> (id.0 & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::clock::SystemClock;
    use spool_core::queue::memory::MemoryQueue;
    use spool_core::queue::{Command, Commands, Naming, NewJob, QueuePosition, Selection, TakenNames};
    use spool_core::spec::JobSpec;
    use std::sync::Arc;

    fn filled(count: usize) -> MemoryQueue {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        let job = |n: usize| NewJob {
            source: format!("/{n}.mkv").into(),
            real_source: format!("/{n}.mkv").into(),
            source_size: None,
            source_mtime_ns: None,
            source_volume: None,
            output_volume: None,
            root: "/".into(),
            folder: "/".into(),
            stem: n.to_string().into(),
            naming: Naming::default(),
            spec: JobSpec::of(spool_core::preset::built_in()[0].clone()),
            from_folder: false,
            max_attempts: 4,
            again: false,
        };
        let jobs: Vec<NewJob> = (0..count).map(job).collect();
        queue.add(&jobs, QueuePosition::End, &TakenNames::default()).unwrap();
        queue
    }

    #[test]
    fn a_job_that_ends_during_the_listing_is_listed_once() {
        let queue = filled(4);
        let mut seen = Vec::new();
        all(&queue, &[], &mut |job| {
            if seen.is_empty() {
                queue.apply(Command::Cancel, &Selection::Ids(vec![JobId(1), JobId(3)])).unwrap();
            }
            seen.push(job.id.0);
            Ok(())
        })
        .unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3, 4]);
    }

    #[test]
    fn only_jobs_in_the_given_states_are_listed() {
        let queue = filled(3);
        queue.apply(Command::Cancel, &Selection::Ids(vec![JobId(2)])).unwrap();
        let ids = |states: &[State]| {
            let mut ids = Vec::new();
            let mut show = |job: &Job| {
                ids.push(job.id.0);
                Ok(())
            };
            all(&queue, states, &mut show).unwrap();
            ids
        };
        assert_eq!((ids(&[State::Cancelled]), ids(&[State::Queued])), (vec![2], vec![1, 3]));
        assert_eq!((ids(&[]), ids(&[State::Failed])), (vec![1, 3, 2], vec![]));
    }
}
