//! The part of a queue for the engine and its workers: claiming jobs, recording notes about them, and settling them.
//!
//! Guarantees that each claim has its own epoch, and that a write with an outdated epoch changes nothing and reports
//! it.

use super::Outcome;
use crate::error::Result;
use crate::job::{ChildId, Intent, Job, Lease, Millis};
use crate::progress::Progress;
use crate::remark::Remark;
use crate::verification::Verification;
use std::path::PathBuf;

/// A record that a worker makes while it runs a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The source as it is read by this attempt; it may have changed since the job was added.
    Source {
        /// Size in bytes.
        size: u64,
        /// Modification time in nanoseconds since 1970, if the drive reports one.
        mtime_ns: Option<i64>,
    },
    /// The plan, and the part file about to be written. Clears an earlier publishing intent.
    Plan {
        /// The plan, as JSON.
        plan: String,
        /// Path of the part file.
        part: PathBuf,
    },
    /// The verification that the part file passed.
    Verified(Verification),
    /// A command line about to run.
    Command(Vec<String>),
    /// The process that runs it.
    Child(ChildId),
    /// The result is about to be published. Refused after a cancel request, unless an intent is already recorded: from
    /// the intent on, the job ends as done.
    Publish {
        /// The publishing intent.
        intent: Intent,
        /// Remarks on the result.
        warnings: Vec<Remark>,
    },
}

/// Claims, writes under a claim, and the upkeep of the queue, which the engine also does.
pub trait Leases: Send + Sync {
    /// Claims the first job that may start and whose spec is readable. Returns `None` if that job must run alone and
    /// `alone` is false, that is, another job is running and not suspended; or if the queue is paused. `boot` is the
    /// boot id of the machine, if known; it is stored with the attempt.
    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>>;

    /// Claims a job without a boot id; see [`Leases::claim_on`].
    fn claim(&self, owner: &str, alone: bool) -> Result<Option<Job>> {
        self.claim_on(None, owner, alone)
    }

    /// Records a note on a running job. Returns false if the lease is lost, or if a cancel request refuses
    /// [`Note::Publish`].
    fn note(&self, lease: Lease, note: &Note) -> Result<bool>;

    /// Settles a job, which ends the lease. Returns false if the lease was already lost; then nothing was changed. A
    /// transition that is not legal (see [`State::may_become`](crate::job::State::may_become)) is an error and changes
    /// nothing either.
    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool>;

    /// Saves the progress of running jobs, in one transaction.
    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()>;

    /// Returns the running jobs of all owners but `owner`, in list order. The caller may settle them if it holds the
    /// engine lock: one engine at a time runs the queue, so every other owner is gone.
    fn abandoned(&self, owner: &str) -> Result<Vec<Job>>;

    /// Has another process written since the previous call?
    fn changed_elsewhere(&self) -> Result<bool>;

    /// Releases the in-use lock, so that other processes can repair the queue even while a thread that is blocked on a
    /// dead drive keeps it open.
    fn let_go(&self) {}

    /// Removes the jobs that retention no longer keeps, and returns their number.
    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64>;
}
