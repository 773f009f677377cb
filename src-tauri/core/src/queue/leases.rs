//! The part of a queue that an engine and its workers use: jobs are claimed, written about, and let go of.
//!
//! Guarantees that each claim has an epoch of its own, and that a write with an outdated one changes nothing and says so.

use super::Outcome;
use crate::error::Result;
use crate::job::{ChildId, Intent, Job, Lease, Millis};
use crate::progress::Progress;
use crate::remark::Remark;
use crate::verification::Verification;
use std::path::PathBuf;

/// What a worker writes down while it has a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The source, as it is when it is read; it may be another than when it was added.
    Source {
        /// Bytes.
        size: u64,
        /// Time of modification, in nanoseconds since 1970, where the drive tells one.
        mtime_ns: Option<i64>,
    },
    /// The plan, as JSON, and the part file about to be written.
    Plan {
        /// The plan.
        plan: String,
        /// The unfinished output.
        part: PathBuf,
    },
    /// What was checked of the part file, which passed.
    Verified(Verification),
    /// A command line about to run.
    Command(Vec<String>),
    /// The process it became.
    Child(ChildId),
    /// About to publish; refused when a cancel was asked for, for from here on the job ends done.
    Publish {
        /// Under which name.
        intent: Intent,
        /// What is to be said of the result.
        warnings: Vec<Remark>,
    },
}

/// Claims, and what is done under them; and the upkeep of the queue, which is the engine's too.
pub trait Leases: Send + Sync {
    /// Takes the first job that may start and whose spec can be read, unless it must run alone and `alone` is false:
    /// something else is at work, which a paused job is not. A paused queue gives none. `boot` names this run of the
    /// machine, where that is known; it is kept with the attempt.
    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>>;

    /// The same where the run of the machine is not known.
    fn claim(&self, owner: &str, alone: bool) -> Result<Option<Job>> {
        self.claim_on(None, owner, alone)
    }

    /// Writes something down about a running job. False: the lease is lost, or (publishing) a cancel came first.
    fn note(&self, lease: Lease, note: &Note) -> Result<bool>;

    /// Ends a worker's hold on a job. False: the lease was already lost and nothing changed. A move that is not in the table of
    /// states (see [`State::may_become`](crate::job::State::may_become)) is an error, and changes nothing either.
    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool>;

    /// Saves progress of running jobs, in one transaction.
    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()>;

    /// The running jobs whose owner is gone, in the order of the list; the caller may settle them. `owner` asks, and is not
    /// gone. Where one engine at a time works a queue, it asks under its lock, and every other owner is gone.
    fn abandoned(&self, owner: &str) -> Result<Vec<Job>>;

    /// Has another process written since this was last asked?
    fn changed_elsewhere(&self) -> Result<bool>;

    /// From now on the queue does not count as in use, though a thread that a dead drive holds may keep it for as long as
    /// that hangs: others may repair it.
    fn let_go(&self) {}

    /// Removes what retention allows; says how many jobs.
    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64>;
}
