//! How an attempt ends, as a queue writes it down.
//!
//! Plain data: what each end means for state, attempts and hold stands here once, for every queue. Must not know who
//! decided it; see `policy`.

use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::job::{Millis, State};
use crate::remark::Remark;
use std::path::PathBuf;

/// Bytes kept of the log of one attempt.
pub const KEPT_LOG: usize = 16 << 10;

/// The end of a log, as much as is kept.
pub(crate) fn tail(log: &str) -> &str {
    &log[log.ceil_char_boundary(log.len().saturating_sub(KEPT_LOG))..]
}

/// How a worker's hold on a job ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Verified and published.
    Done {
        /// The name that was free in the end.
        output: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// Remarks.
        warnings: Vec<Remark>,
    },
    /// Queued again, not before `run_at`.
    Retry {
        /// Why.
        failure: Failure,
        /// When.
        run_at: Millis,
    },
    /// Waiting; the attempt is given back.
    Waiting(Failure),
    /// Parked.
    Failed(Failure),
    /// Ended by the user.
    Cancelled,
    /// Queued again at once, the attempt given back: stopped by the engine or refused by the environment.
    /// A job that was suspended stays on hold.
    Interrupted(Option<Failure>),
    /// Found running after a crash: queued again, the attempt given back, with this crash count.
    Rescued {
        /// Consecutive crashes, this one included.
        crashes: u32,
    },
    /// Found running after the machine went down: queued again, the attempt given back, no crash counted.
    MachineDown {
        /// Ends of the machine without progress, this one included.
        ends: u32,
        /// Why it is put on hold, where it is.
        hold: Option<Failure>,
    },
}

impl Outcome {
    /// The word kept with the attempt.
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

    /// The state it leads to, where a running job may become that.
    ///
    /// # Errors
    /// Where the table of states has no such move: nothing may be written then.
    pub(crate) fn next(&self) -> Result<State> {
        let to = self.state();
        if State::Running.may_become(to) {
            return Ok(to);
        }
        Err(Error::Database(format!("a running job cannot become {to}")))
    }

    /// The state it leads to.
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

    /// The failure behind it, if any.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Outcome::Retry { failure, .. } | Outcome::Waiting(failure) | Outcome::Failed(failure) => {
                Some(failure)
            }
            Outcome::Interrupted(failure) | Outcome::MachineDown { hold: failure, .. } => failure.as_ref(),
            _ => None,
        }
    }

    /// Was the attempt no try: is it given back?
    pub(crate) fn gives_back(&self) -> bool {
        use Outcome::{Interrupted, MachineDown, Rescued, Waiting};
        matches!(self, Waiting(_) | Interrupted(_) | Rescued { .. } | MachineDown { .. })
    }

    /// Is the job put on hold by this?
    pub(crate) fn holds(&self) -> bool {
        matches!(self, Outcome::MachineDown { hold: Some(_), .. })
    }
}
