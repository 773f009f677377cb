//! The commands of a user as plain data, and what they mean for any queue: in which states they make sense, and in which
//! order they are done. Pure.

use crate::job::{JobId, State};

/// What a user may ask of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End it: at once where it has not started, by its worker where it runs.
    Cancel,
    /// Put a failed or cancelled job back in line.
    Retry,
    /// Take a job that does not run off the list. Files stay.
    Remove,
    /// The reverse of adding: off the list where it has not started, ended by its worker where it runs. Done to all that are
    /// named or to none.
    TakeBack,
    /// Do not start it. Asked of a running job: suspend it.
    Hold,
    /// The reverse of `Hold`.
    Release,
    /// Look at once whether a waiting job may go on, or start a retry without its delay.
    Now,
    /// Before everything that has not started.
    MoveTop,
    /// Behind everything.
    MoveBottom,
    /// One place earlier.
    MoveUp,
    /// One place later.
    MoveDown,
}

/// Which jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// These.
    Ids(Vec<JobId>),
    /// All in one of these states.
    All(Vec<State>),
}

/// What became of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steered {
    /// Jobs it was done to.
    pub done: Vec<JobId>,
    /// Jobs it could not be done to, with the reason. Asked for by state, jobs that do not fit are not listed.
    pub refused: Vec<(JobId, Refusal)>,
}

/// Why a command was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No job has this number.
    NotFound,
    /// The command makes no sense in this state.
    State(State),
    /// An active job is the same work or has the same output name.
    Active,
    /// What it was added with cannot be read: another version of Spool made it.
    Unreadable,
}

/// In which states does a command make sense?
pub(crate) fn fits(command: Command, state: State) -> bool {
    match command {
        Command::Cancel | Command::TakeBack => !state.is_ended(),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each command that ends or begins something leads to.
    #[test]
    fn a_command_fits_only_where_the_table_of_states_has_its_move() {
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
