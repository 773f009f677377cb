//! Why an attempt ended without a result: the reason with its values, and the raw detail behind it.
//!
//! Plain data. Must not know any sentence (see `words`) nor what follows (see `policy`); no I/O.

mod fault;
mod reason;
mod remedy;
mod stored;

pub use fault::{Fault, PlaceIn};
pub use reason::{Class, FailureCode, Reason};
pub use remedy::Remedy;

use std::path::Path;

/// The name of a file, for people: lists show it beside the row, its full path is one look away.
pub(crate) fn name_of(path: &Path) -> String {
    shown(path.file_name().map_or(path, Path::new))
}

/// A path, for people.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Why one attempt ended, and the raw detail behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What happened, to what.
    pub reason: Reason,
    /// Exit code of the process, where it had one.
    pub exit: Option<i32>,
    /// Signal that ended it, where one did.
    pub signal: Option<i32>,
    /// Last lines of its log.
    pub log_tail: String,
    /// For a full disk: free bytes needed to go on.
    pub need_bytes: Option<u64>,
}

impl Failure {
    /// What the program acts upon.
    pub fn code(&self) -> FailureCode {
        self.reason.code()
    }
}

/// A failure without a process behind it.
impl From<Reason> for Failure {
    fn from(reason: Reason) -> Failure {
        Failure { reason, exit: None, signal: None, log_tail: String::new(), need_bytes: None }
    }
}
