//! The part of a queue that people use: what they add, change and ask of jobs.
//!
//! Guarantees that what was answered is durable.

use super::{Added, Command, Edit, Edited, NewJob, Place, Replaced, Steered, Successor, Taken, Which};
use crate::error::Result;
use std::ffi::OsString;
use std::path::Path;

/// What people ask of a queue.
pub trait Commands: Send + Sync {
    /// Accepts jobs: durable when this returns, in one transaction. `taken`: the names in use on disk, in the folders of
    /// the jobs and of earlier results of the same work. The answers stand in the order of `jobs`.
    fn add(&self, jobs: &[NewJob], place: Place, taken: &Taken) -> Result<Vec<Added>>;

    /// The name of the folder below `destination` that results of the added folder `root` go into: its own, or with a
    /// number where another folder has that name there. The answer is for good. Both are real paths.
    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString>;

    /// Changes jobs that have not started, in one transaction; durable when this returns. `taken` as in [`Commands::add`]. The
    /// answers stand in the order of `edits`.
    fn edit(&self, edits: &[Edit], taken: &Taken) -> Result<Vec<Edited>>;

    /// Adds jobs behind everything in place of failed ones, which leave the list, in one transaction; durable when this
    /// returns. `taken` as in [`Commands::add`]. The answers stand in the order of `successors`.
    fn replace(&self, successors: &[Successor], taken: &Taken) -> Result<Vec<Replaced>>;

    /// Does what a user asks. On many jobs in several steps, each whole and durable, between which others may claim and
    /// write; cut off, it leaves the rest as it was. [`Command::TakeBack`] is one step.
    fn steer(&self, command: Command, which: &Which) -> Result<Steered>;
}
