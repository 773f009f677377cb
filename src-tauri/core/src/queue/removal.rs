//! Removing jobs that run: each is cancelled first, and leaves the list once its worker has let go of it.

use super::{Command, Filter, Queue, Refusal, Steered, Which};
use crate::error::Result;
use crate::job::{JobId, State};
use std::time::{Duration, Instant};

/// Time between two looks at what still runs.
const TURN: Duration = Duration::from_millis(50);

/// Removes jobs; those that run are cancelled and waited for so long, which an engine must be at work for. `steer` is the
/// queue's, or that of the engine in this process.
pub fn remove(
    queue: &dyn Queue,
    steer: &dyn Fn(Command, &Which) -> Result<Steered>,
    which: &Which,
    patience: Duration,
) -> Result<Steered> {
    let mut removed = steer(Command::Remove, which)?;
    let running = running(queue, which, &removed)?;
    if running.is_empty() {
        return Ok(removed);
    }
    steer(Command::Cancel, &Which::Ids(running.clone()))?;
    wait_for(queue, &running, patience)?;
    let after = steer(Command::Remove, &Which::Ids(running))?;
    removed.refused.retain(|(_, refusal)| *refusal != Refusal::State(State::Running));
    removed.done.extend(after.done);
    // What was asked for by its state and is gone by now is as it was wanted.
    let named = |refused: &(JobId, Refusal)| matches!(which, Which::Ids(_)) || refused.1 != Refusal::NotFound;
    removed.refused.extend(after.refused.into_iter().filter(named));
    Ok(removed)
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

fn wait_for(queue: &dyn Queue, running: &[JobId], patience: Duration) -> Result<()> {
    let until = Instant::now() + patience;
    for id in running {
        while queue.job(*id)?.is_some_and(|job| job.state == State::Running) && Instant::now() < until {
            std::thread::park_timeout(TURN);
        }
    }
    Ok(())
}
