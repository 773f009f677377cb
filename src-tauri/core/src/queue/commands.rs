//! The part of a queue that serves users: adding, changing and controlling jobs.
//!
//! Guarantees that a change is durable when the call returns.

use super::{
    Added, Command, CommandResult, Edit, Edited, NewJob, QueuePosition, Replaced, Selection, Successor,
    TakenNames,
};
use crate::error::Result;
use std::ffi::OsString;
use std::path::Path;

/// Operations requested by users.
pub trait Commands: Send + Sync {
    /// Adds jobs in one transaction; durable when this returns. `taken` holds the names in use on disk, in the folders
    /// of the jobs and of earlier results of the same work. The outcomes are in the order of `jobs`.
    fn add(&self, jobs: &[NewJob], place: QueuePosition, taken: &TakenNames) -> Result<Vec<Added>>;

    /// Returns the name of the folder below `destination` for the results of the added folder `root`: its own name,
    /// with a number if another folder already has it there. The name never changes afterwards. Both are real paths.
    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString>;

    /// Changes jobs that have not started, in one transaction; durable when this returns. `taken` as in
    /// [`Commands::add`]. The outcomes are in the order of `edits`.
    fn edit(&self, edits: &[Edit], taken: &TakenNames) -> Result<Vec<Edited>>;

    /// Replaces failed jobs by new ones at the end of the list, in one transaction; durable when this returns. `taken`
    /// as in [`Commands::add`]. The outcomes are in the order of `successors`.
    fn replace(&self, successors: &[Successor], taken: &TakenNames) -> Result<Vec<Replaced>>;

    /// Executes a command. For many jobs it runs in several batches, each atomic and durable, between which other
    /// callers may claim and write; if interrupted, the remaining jobs are unchanged. [`Command::UndoAdd`] is one
    /// batch.
    fn apply(&self, command: Command, which: &Selection) -> Result<CommandResult>;
}
