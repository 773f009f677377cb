//! What is asked of jobs that are in the list, in whichever process the queue is worked.
//!
//! Guarantees that a job which runs is cancelled before it is removed, and leaves the list once its worker has let go of it.

use crate::state::Spool;
use spool_core::error::Result;
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, Commands, Filter, Queue, Refusal, Steered, Which};
use std::time::{Duration, Instant};

/// How long a job that runs is waited for before it is removed; a cancel is done within 2 s.
const PATIENCE: Duration = Duration::from_secs(15);

/// Time between two looks at what still runs.
const TURN: Duration = Duration::from_millis(50);

impl Spool {
    /// Does what the user asks of jobs. One that runs is cancelled before it is removed, which an engine must be at work for;
    /// one that takes too long for that is refused.
    pub fn steer(&self, command: Command, which: &Which) -> Result<Steered> {
        let steered = match command {
            Command::Remove => self.remove(which)?,
            command => self.ask(|queue| queue.steer(command, which))?,
        };
        self.feed.touch();
        Ok(steered)
    }

    /// Asks the queue; the engine looks at once what that changes, where this process has it.
    pub(crate) fn ask<T>(&self, ask: impl Fn(&dyn Commands) -> Result<T>) -> Result<T> {
        self.with_engine(|engine| engine.ask(&ask)).unwrap_or_else(|| ask(self.queue()))
    }

    fn remove(&self, which: &Which) -> Result<Steered> {
        let steer = |command, which: &Which| self.ask(|queue| queue.steer(command, which));
        let mut removed = steer(Command::Remove, which)?;
        let running = running(self.queue(), which, &removed)?;
        if running.is_empty() {
            return Ok(removed);
        }
        steer(Command::Cancel, &Which::Ids(running.clone()))?;
        wait_for(self.queue(), &running)?;
        let after = steer(Command::Remove, &Which::Ids(running))?;
        removed.refused.retain(|(_, refusal)| *refusal != Refusal::State(State::Running));
        removed.done.extend(after.done);
        // What was asked for by its state and is gone by now is as it was wanted.
        let named =
            |refused: &(JobId, Refusal)| matches!(which, Which::Ids(_)) || refused.1 != Refusal::NotFound;
        removed.refused.extend(after.refused.into_iter().filter(named));
        Ok(removed)
    }
}

/// Those that stay because they run: by number they were refused, by state passed over.
fn running(queue: &dyn Queue, which: &Which, removed: &Steered) -> Result<Vec<JobId>> {
    let runs = |refused: &&(JobId, Refusal)| refused.1 == Refusal::State(State::Running);
    match which {
        Which::Ids(_) => Ok(removed.refused.iter().filter(runs).map(|(id, _)| *id).collect()),
        Which::All(states) if states.contains(&State::Running) => {
            let jobs = queue.page(&Filter::of(&[State::Running]), 0, u64::MAX >> 1)?;
            Ok(jobs.iter().map(|job| job.id).collect())
        }
        Which::All(_) => Ok(Vec::new()),
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
