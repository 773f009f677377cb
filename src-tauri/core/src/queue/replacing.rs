//! Videos queued again in place of jobs that failed, with another spec.
//!
//! Every queue guarantees that a failed job leaves the list in the very transaction in which another takes its place, and
//! stays where none does. Plain data.

use super::{NewJob, Refusal};
use crate::job::JobId;

/// What takes the place of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    /// The job that failed.
    pub of: JobId,
    /// What is added for it, also where the same was done or has ended before.
    pub new: NewJob,
}

/// What became of a job that was to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// It left the list. This one is in its place: a new one, or one that is active with the same work.
    By(JobId),
    /// There is no such job, or it has not failed; nothing was changed.
    Refused(Refusal),
}
