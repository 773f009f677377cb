//! Replacing failed jobs by new ones of the same videos, with another spec.
//!
//! Every queue guarantees that a failed job leaves the list in the same transaction in which another job takes its
//! place, and otherwise stays. Plain data.

use super::{NewJob, Refusal};
use crate::job::JobId;

/// A replacement for a failed job.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    /// The failed job.
    pub of: JobId,
    /// The job to add, even if the same work was done before, failed or was cancelled.
    pub new: NewJob,
}

/// The outcome of replacing one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// It left the list, replaced by this job: a new one, or an active one with the same work.
    By(JobId),
    /// There is no such job, or it has not failed; nothing was changed.
    Refused(Refusal),
}
