//! Executes user commands on jobs, no matter which process runs the queue.
//!
//! Guarantees that a running job is cancelled before it is removed, and leaves the list only after its worker has
//! released it.

use crate::state::Spool;
use spool_core::error::Result;
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, CommandResult, Commands, Filter, Queue, Refusal, Selection};
use std::time::{Duration, Instant};

/// Maximum wait for running jobs to end before they are removed; a cancel takes at most 2 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// Interval at which running jobs are polled.
const TURN: Duration = Duration::from_millis(50);

impl Spool {
    /// Executes a command on jobs. A running job is cancelled before it is removed, which needs a running engine; if it
    /// does not end in time, it is refused.
    pub fn apply(&self, command: Command, which: &Selection) -> Result<CommandResult> {
        let result = match command {
            Command::Remove => self.remove(which)?,
            command => self.ask(|queue| queue.apply(command, which))?,
        };
        self.feed.touch();
        Ok(result)
    }

    /// Sends a request to the queue, through the engine if this process runs it, so that it takes effect at once.
    pub(crate) fn ask<T>(&self, ask: impl Fn(&dyn Commands) -> Result<T>) -> Result<T> {
        self.with_engine(|engine| engine.ask(&ask)).unwrap_or_else(|| ask(self.queue()))
    }

    fn remove(&self, which: &Selection) -> Result<CommandResult> {
        let apply = |command, which: &Selection| self.ask(|queue| queue.apply(command, which));
        let mut removed = apply(Command::Remove, which)?;
        let running = running(self.queue(), which, &removed)?;
        if running.is_empty() {
            return Ok(removed);
        }
        apply(Command::Cancel, &Selection::Ids(running.clone()))?;
        wait_for(self.queue(), &running)?;
        let after = apply(Command::Remove, &Selection::Ids(running))?;
        removed.refused.retain(|(_, refusal)| *refusal != Refusal::State(State::Running));
        removed.done.extend(after.done);
        // A job selected by state that has left the list in the meantime is not a refusal.
        let named =
            |refused: &(JobId, Refusal)| matches!(which, Selection::Ids(_)) || refused.1 != Refusal::NotFound;
        removed.refused.extend(after.refused.into_iter().filter(named));
        Ok(removed)
    }
}

/// Returns the jobs that were not removed because they run. Selected by id, they were refused; by state, skipped.
fn running(queue: &dyn Queue, which: &Selection, removed: &CommandResult) -> Result<Vec<JobId>> {
    let runs = |refused: &&(JobId, Refusal)| refused.1 == Refusal::State(State::Running);
    match which {
        Selection::Ids(_) => Ok(removed.refused.iter().filter(runs).map(|(id, _)| *id).collect()),
        Selection::All(states) if states.contains(&State::Running) => {
            let jobs = queue.page(&Filter::of(&[State::Running]), 0, u64::MAX >> 1)?;
            Ok(jobs.iter().map(|job| job.id).collect())
        }
        Selection::All(_) => Ok(Vec::new()),
    }
}

fn wait_for(queue: &dyn Queue, running: &[JobId]) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    for id in running {
        while queue.job(*id)?.is_some_and(|job| job.state == State::Running) && Instant::now() < until {
            std::thread::park_timeout(TURN);
        }
    }
    Ok(())
}
