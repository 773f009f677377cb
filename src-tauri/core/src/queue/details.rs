//! The part of a queue about single items: one job, one known video, one flag of the queue itself.
//!
//! Guarantees that no operation here changes the state of a job.

use super::{EarlierResult, Flag, NewJob};
use crate::error::Result;
use crate::finding::Check;
use crate::forecast::learned::Sample;
use crate::job::{Attempt, Job, JobId};
use crate::media::Facts;
use crate::verification::Verification;

/// Details of one job, of a video, and of the queue itself.
pub trait Details: Send + Sync {
    /// Returns the job, if it exists.
    fn job(&self, id: JobId) -> Result<Option<Job>>;

    /// Returns the attempts of a job, oldest first.
    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>>;

    /// Stores the facts about a job's video. Not fenced, because no decision depends on them.
    fn describe(&self, id: JobId, facts: &Facts) -> Result<()>;

    /// Stores the outcome of checking the result of a done job again, and the verification if the result is right.
    /// Returns false if there is no such job, or it is not done. Does not change the state.
    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool>;

    /// Returns the results of jobs that did the same work on the same files, in the list or not, and the expected
    /// results of active jobs with the same work.
    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>>;

    /// Stores the duration of a job. The newest samples are kept, up to a limit per task and in total.
    fn learn(&self, sample: &Sample) -> Result<()>;

    /// Returns the stored durations of jobs on this machine, oldest first.
    fn learned(&self) -> Result<Vec<Sample>>;

    /// Returns the value of a flag, if set.
    fn flag(&self, flag: Flag) -> Result<Option<String>>;

    /// Sets a flag, or clears it with `None`.
    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()>;
}
