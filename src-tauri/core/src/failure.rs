//! Why an attempt failed: the reason with its values, and raw details.
//!
//! Plain data. Must not know sentences (see `words`) nor what follows (see `policy`); no I/O.

mod fault;
mod reason;
mod remedy;
mod stored;

pub use fault::{Fault, LocationIn};
pub use reason::{Class, FailureCode, Reason};
pub use remedy::Remedy;

use std::path::Path;

/// The file name for display; lists show it in the row, and the full path in the details.
pub(crate) fn name_of(path: &Path) -> String {
    shown(path.file_name().map_or(path, Path::new))
}

/// A path for display.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Why an attempt failed, with raw details.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What happened.
    pub reason: Reason,
    /// Exit code of the process, if any.
    pub exit: Option<i32>,
    /// Signal that ended the process, if any.
    pub signal: Option<i32>,
    /// Last lines of its log.
    pub log_tail: String,
    /// For a full disk: free bytes needed to continue.
    pub need_bytes: Option<u64>,
}

impl Failure {
    /// The code of the reason.
    pub fn code(&self) -> FailureCode {
        self.reason.code()
    }
}

/// A failure without details of a process.
impl From<Reason> for Failure {
    fn from(reason: Reason) -> Failure {
        Failure { reason, exit: None, signal: None, log_tail: String::new(), need_bytes: None }
    }
}
