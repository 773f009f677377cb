//! Removing jobs that run: each is cancelled first, and leaves the list once its worker has let go of it.

use super::{Command, Queue, Refusal, Steered, Which};
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
    let running: Vec<JobId> = removed
        .refused
        .iter()
        .filter(|(_, refusal)| *refusal == Refusal::State(State::Running))
        .map(|(id, _)| *id)
        .collect();
    if running.is_empty() {
        return Ok(removed);
    }
    steer(Command::Cancel, &Which::Ids(running.clone()))?;
    wait_for(queue, &running, patience)?;
    let after = steer(Command::Remove, &Which::Ids(running))?;
    removed.refused.retain(|(_, refusal)| *refusal != Refusal::State(State::Running));
    removed.done.extend(after.done);
    removed.refused.extend(after.refused);
    Ok(removed)
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
