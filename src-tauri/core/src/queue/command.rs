//! What the commands of a user mean for any queue: in which states they make sense, and in which order they are done.
//! Pure.

use super::Command;
use crate::job::{JobId, State};

/// In which states does a command make sense?
pub(crate) fn fits(command: Command, state: State) -> bool {
    match command {
        Command::Cancel => !state.is_ended(),
        Command::Retry => matches!(state, State::Failed | State::Cancelled),
        Command::Remove => state != State::Running,
        Command::Hold | Command::Release => matches!(state, State::Queued | State::Waiting | State::Running),
        Command::Now | Command::MoveTop | Command::MoveBottom | Command::MoveUp | Command::MoveDown => {
            matches!(state, State::Queued | State::Waiting)
        }
    }
}

/// Commands that make a job start, which one that cannot be read never does.
pub(crate) fn starts(command: Command) -> bool {
    matches!(command, Command::Retry | Command::Now)
}

/// Asked of all jobs: whether one must be on hold for the command to change anything; `None`: it need not.
pub(crate) fn wants_hold(command: Command) -> Option<bool> {
    match command {
        Command::Hold => Some(false),
        Command::Release => Some(true),
        _ => None,
    }
}

/// Several jobs moved to the top or bottom, or by one place, keep their order among each other. By one place they are moved
/// as they stand in the list, however they were named, the foremost first; `place` is asked for nothing else.
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
