//! The part of a queue that is about one thing at a time: a job, a video that is known, a fact about the queue itself.
//!
//! Guarantees that nothing here moves a job from one state to another.

use super::{EarlierResult, Flag, NewJob};
use crate::error::Result;
use crate::finding::Check;
use crate::forecast::learned::Sample;
use crate::job::{Attempt, Job, JobId};
use crate::media::Facts;
use crate::verification::Verification;

/// What is known of one job, of a video, and of the queue itself.
pub trait Details: Send + Sync {
    /// One job.
    fn job(&self, id: JobId) -> Result<Option<Job>>;

    /// Its attempts, oldest first.
    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>>;

    /// Keeps what is known of a job's video. Not fenced: nothing is decided by it.
    fn describe(&self, id: JobId, facts: &Facts) -> Result<()>;

    /// Keeps what checking the result of a done job again found, and what was checked of one that is right. False: there
    /// is no such job, or it is not done. It is no change of state.
    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool>;

    /// Results of other jobs that did the same to these very files, whether they are still in the list or not, and those
    /// that active jobs of the same work are to have.
    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>>;

    /// Keeps how long a job took; the newest such samples are kept, so many of each task and of all.
    fn learn(&self, sample: &Sample) -> Result<()>;

    /// How long jobs took on this machine, the oldest first.
    fn learned(&self) -> Result<Vec<Sample>>;

    /// Reads a small fact.
    fn flag(&self, flag: Flag) -> Result<Option<String>>;

    /// Sets or clears one.
    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()>;
}
