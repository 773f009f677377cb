//! Changing what is wanted of jobs that have not started: their spec, and where their results go.
//!
//! Every queue guarantees that a changed job is as if it had been added so, at its place in the list and still on hold
//! where it was: one key and one name among active jobs, and nothing left of what was found of it with the former spec.
//! Plain data.

use super::{NewJob, Refusal};
use crate::job::{Job, JobId, State};
use std::path::PathBuf;

/// A job, and how it would be added now.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Which job.
    pub id: JobId,
    /// What is wanted of it from here on. What it says of the source is that of the job.
    pub new: NewJob,
}

/// What became of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Durable from now on, under this output name.
    Changed(PathBuf),
    /// The same work (file, what preset and options mean, folder) is active as this other job; nothing was changed.
    Duplicate(JobId),
    /// That was done to this very file by this job, and its result is still there; nothing was changed.
    DoneBefore(JobId),
    /// Its result was about to be published when it was last stopped, and may lie there: only its next start finds out.
    MayBeThere,
    /// There is no such job, it has started, or it cannot be read.
    Refused(Refusal),
}

/// Why a job may not be changed as it stands; `None`: there is none.
pub(crate) fn refusal(job: Option<&Job>) -> Option<Edited> {
    let Some(job) = job else { return Some(Edited::Refused(Refusal::NotFound)) };
    match job.state {
        State::Queued | State::Waiting if job.spec.is_none() => Some(Edited::Refused(Refusal::Unreadable)),
        State::Queued | State::Waiting => job.intent.is_some().then_some(Edited::MayBeThere),
        state => Some(Edited::Refused(Refusal::State(state))),
    }
}
