//! User commands as plain data, and the rules for them that all queues share: the states in which they apply, and the
//! order in which they are executed. Pure.

use crate::job::{JobId, State};

/// A command on jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Cancels the job: at once if it has not started, through its worker if it is running.
    Cancel,
    /// Queues a failed or cancelled job again.
    Retry,
    /// Removes a job that is not running from the list. Files are kept.
    Remove,
    /// The reverse of adding: removes the job if it has not started, cancels it through its worker if it is running.
    /// Applied to all named jobs in one transaction.
    UndoAdd,
    /// Puts the job on hold, so that it does not start; suspends a running job.
    Hold,
    /// The reverse of `Hold`.
    Release,
    /// Queues a waiting job to check at once whether it can continue, or starts a retry without its delay.
    Now,
    /// Moves the job to the top of the list.
    MoveTop,
    /// Moves the job to the bottom of the list.
    MoveBottom,
    /// Moves the job one place up among those that have not started.
    MoveUp,
    /// Moves the job one place down among those that have not started.
    MoveDown,
}

/// The jobs that a command applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These jobs.
    Ids(Vec<JobId>),
    /// All jobs in one of these states.
    All(Vec<State>),
}

/// The outcome of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommandResult {
    /// Jobs it was applied to.
    pub done: Vec<JobId>,
    /// Jobs it could not be applied to, with the reason. For `Selection::All`, jobs that are gone or in another state are
    /// not listed.
    pub refused: Vec<(JobId, Refusal)>,
}

/// Why a command was not applied to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No job has this number.
    NotFound,
    /// The command does not apply in this state.
    State(State),
    /// An active job does the same work or has the same output name.
    Active,
    /// Its spec cannot be read: another version of Spool wrote it.
    Unreadable,
}

/// Does the command apply to a job in this state?
pub(crate) fn fits(command: Command, state: State) -> bool {
    match command {
        Command::Cancel | Command::UndoAdd => !state.is_ended(),
        Command::Retry => matches!(state, State::Failed | State::Cancelled),
        Command::Remove => state != State::Running,
        Command::Hold | Command::Release => matches!(state, State::Queued | State::Waiting | State::Running),
        Command::Now | Command::MoveTop | Command::MoveBottom | Command::MoveUp | Command::MoveDown => {
            matches!(state, State::Queued | State::Waiting)
        }
    }
}

/// Does the command make a job start? Such commands are refused for unreadable jobs.
pub(crate) fn starts(command: Command) -> bool {
    matches!(command, Command::Retry | Command::Now)
}

/// Returns the value of `hold` that a job must have for the command to change it; `None` if the command does not depend
/// on it. Used when a command applies to all jobs.
pub(crate) fn required_hold(command: Command) -> Option<bool> {
    match command {
        Command::Hold => Some(false),
        Command::Release => Some(true),
        _ => None,
    }
}

/// Orders the jobs of a command so that jobs moved together keep their relative order. For `MoveUp` and `MoveDown` that
/// is the list order, whatever the order of `ids`; `place` is called only for these two.
pub(crate) fn in_order(
    command: Command,
    mut ids: Vec<JobId>,
    place: impl Fn(&JobId) -> Option<i64>,
) -> Vec<JobId> {
    if matches!(command, Command::MoveUp | Command::MoveDown) {
        ids.sort_by_cached_key(place);
        ids.dedup();
    }
    if matches!(command, Command::MoveTop | Command::MoveDown) {
        ids.reverse();
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks `fits` against the transition table, for commands that change the state.
    #[test]
    fn commands_apply_only_to_legal_transitions() {
        let moves = [
            (Command::Cancel, State::Cancelled),
            (Command::Retry, State::Queued),
            (Command::Now, State::Queued),
        ];
        for (command, to) in moves {
            for from in State::ALL.into_iter().filter(|from| fits(command, *from)) {
                assert!(from == to || from.may_become(to), "{command:?} of {from}");
            }
        }
    }
}
