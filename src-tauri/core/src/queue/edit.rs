//! Changes to jobs that have not started: their spec, and the destination of their results.
//!
//! Every queue guarantees that a changed job is as if it had been added that way, at its place in the list and with its
//! hold: its key and output name are unique among active jobs, and nothing learned with the former spec remains. Plain
//! data.

use super::{NewJob, Refusal};
use crate::job::{Job, JobId, State};
use std::path::PathBuf;

/// A change of one job.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The job.
    pub id: JobId,
    /// How the job would be added now. The source must be that of the job.
    pub new: NewJob,
}

/// The outcome of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Changed: durable from now on, with this output name.
    Changed(PathBuf),
    /// This other active job does the same work: the same file, meaning of preset and options, and folder. Nothing was
    /// changed.
    Duplicate(JobId),
    /// This job did the same work on the same file, and its result still exists. Nothing was changed.
    DoneBefore(JobId),
    /// The job was last stopped while its result was being published, so the result may exist; only its next attempt
    /// finds out. Nothing was changed.
    MayBeThere,
    /// There is no such job, it has started, or it cannot be read.
    Refused(Refusal),
}

/// Returns why the job may not be changed; `None` if it may. `job` is `None` if it does not exist.
pub(crate) fn refusal(job: Option<&Job>) -> Option<Edited> {
    let Some(job) = job else { return Some(Edited::Refused(Refusal::NotFound)) };
    match job.state {
        State::Queued | State::Waiting if job.spec.is_none() => Some(Edited::Refused(Refusal::Unreadable)),
        State::Queued | State::Waiting => job.intent.is_some().then_some(Edited::MayBeThere),
        state => Some(Edited::Refused(Refusal::State(state))),
    }
}
