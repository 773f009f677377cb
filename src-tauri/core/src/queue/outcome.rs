//! Outcomes of attempts, as a queue records them.
//!
//! Plain data. Defines the effect of each outcome on state, attempts and hold once, for all queues. Must not know how
//! an outcome is decided; see `policy`.

use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::job::{Millis, State};
use crate::remark::Remark;
use std::path::PathBuf;

/// Most bytes kept of the log of one attempt.
pub const KEPT_LOG: usize = 16 << 10;

/// Returns the end of a log, at most [`KEPT_LOG`] bytes.
pub(crate) fn tail(log: &str) -> &str {
    &log[log.ceil_char_boundary(log.len().saturating_sub(KEPT_LOG))..]
}

/// The outcome of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Verified and published.
    Done {
        /// The path of the result.
        output: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// Remarks on the result.
        warnings: Vec<Remark>,
    },
    /// Queued again, not before `run_at`.
    Retry {
        /// Why the attempt ended.
        failure: Failure,
        /// Time before which it does not start.
        run_at: Millis,
    },
    /// Waiting; the attempt does not count.
    Waiting(Failure),
    /// Parked.
    Failed(Failure),
    /// Ended by the user.
    Cancelled,
    /// Queued again at once: stopped by the engine or refused by the environment. The attempt does not count. A
    /// suspended job stays on hold.
    Interrupted(Option<Failure>),
    /// Found running after a crash: queued again with this crash count; the attempt does not count.
    Rescued {
        /// Consecutive crashes, including this one.
        crashes: u32,
    },
    /// Found running after the machine went down: queued again; neither the attempt nor a crash counts.
    MachineDown {
        /// Times the machine went down without progress, including this one.
        ends: u32,
        /// Why it is put on hold, if it is.
        hold: Option<Failure>,
    },
}

impl Outcome {
    /// The name stored with the attempt.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done { .. } => "done",
            Outcome::Retry { .. } => "retry",
            Outcome::Waiting(_) => "waiting",
            Outcome::Failed(_) => "failed",
            Outcome::Cancelled => "cancelled",
            Outcome::Interrupted(_) => "interrupted",
            Outcome::Rescued { .. } => "rescued",
            Outcome::MachineDown { .. } => "machine_down",
        }
    }

    /// The state that the job moves to.
    ///
    /// # Errors
    /// If a running job may not move to it; the caller must then write nothing.
    pub(crate) fn next(&self) -> Result<State> {
        let to = self.state();
        if State::Running.may_become(to) {
            return Ok(to);
        }
        Err(Error::Database(format!("a running job cannot become {to}")))
    }

    /// The state that the outcome stands for, without a check.
    pub fn state(&self) -> State {
        match self {
            Outcome::Done { .. } => State::Done,
            Outcome::Waiting(_) => State::Waiting,
            Outcome::Failed(_) => State::Failed,
            Outcome::Cancelled => State::Cancelled,
            Outcome::Retry { .. }
            | Outcome::Interrupted(_)
            | Outcome::Rescued { .. }
            | Outcome::MachineDown { .. } => State::Queued,
        }
    }

    /// The failure, if any.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Outcome::Retry { failure, .. } | Outcome::Waiting(failure) | Outcome::Failed(failure) => {
                Some(failure)
            }
            Outcome::Interrupted(failure) | Outcome::MachineDown { hold: failure, .. } => failure.as_ref(),
            _ => None,
        }
    }

    /// Does the attempt not count?
    pub(crate) fn gives_back(&self) -> bool {
        use Outcome::{Interrupted, MachineDown, Rescued, Waiting};
        matches!(self, Waiting(_) | Interrupted(_) | Rescued { .. } | MachineDown { .. })
    }

    /// Does it put the job on hold?
    pub(crate) fn holds(&self) -> bool {
        matches!(self, Outcome::MachineDown { hold: Some(_), .. })
    }
}
