//! One job on its own thread, from the claim to its settling: look, plan, run, verify, publish.
//!
//! Guarantees that whatever happens, panics included, the job is settled by exactly one outcome, that a part
//! file does not outlive an attempt, and that the source is only ever read.

mod captions;
mod command;
mod connection;
mod judged;
mod log;
mod make;
mod making;
mod readable;
mod scratch;
mod source;
mod supervise;
mod transcode;

use super::{Ended, Report};
use crate::error::Error;
use crate::failure::{Failure, Reason};
use crate::ffmpeg::{Order, Orders};
use crate::job::{Job, JobId};
use crate::media::{CopyFault, Learned};
use crate::output::{self, PublishError, Published};
use crate::policy::Next;
use crate::queue::Outcome;
use crate::remark::Remark;
use crate::shared::Shared;
use crate::spec::JobSpec;
use crate::words;
pub(super) use source::Stamp;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
pub(super) use supervise::Task;
use tokio::sync::mpsc::UnboundedSender;

/// What a worker has at hand.
pub(super) struct Work<'a> {
    pub(super) shared: &'a Shared,
    pub(super) job: &'a Job,
    /// What is wanted of it.
    pub(super) spec: &'a JobSpec,
    pub(super) orders: &'a Orders,
    pub(super) reports: &'a UnboundedSender<Report>,
    pub(super) part: PathBuf,
}

/// Why an attempt ended without a result.
pub(super) enum End {
    Failed(Failure),
    /// Its volume has no room beside what other jobs write there.
    Crowded(Failure),
    /// Copies of these streams were refused; converted they may pass.
    Unfaithful(Box<(Failure, BTreeMap<usize, CopyFault>)>),
    /// Decoding showed more of the original than the plan knew; with that the result can hold it.
    Changed(Box<(Failure, Learned)>),
    /// The user cancelled.
    Cancelled,
    /// The engine stops, or the job was paused beyond the room for suspended ones.
    Stopped,
    /// Another worker has the job: write nothing.
    Lost,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> End {
        End::Failed(failure)
    }
}

/// The thread of one job. It touches no drive, so that none can hold it.
pub(super) fn run(task: &Task, orders: &Orders) {
    let mut goodbye = Goodbye { reports: &task.reports, id: task.job.id, ended: Ended::default() };
    let end = catch_unwind(AssertUnwindSafe(|| supervise::attempt(task, orders)));
    let end = end.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()));
    goodbye.ended.crowded = matches!(end, Err(End::Crowded(_)));
    let outcome = outcome(task, end).filter(|outcome| settle(task, outcome));
    // What an earlier attempt had published says nothing of how long a job takes.
    goodbye.ended.made = task.job.intent.is_none()
        && matches!(&outcome, Some(Outcome::Done { output, .. }) if *output != task.job.source);
    goodbye.ended.outcome = outcome;
}

/// Tells the pool that a thread ends, also one that a panic ends.
struct Goodbye<'a> {
    reports: &'a UnboundedSender<Report>,
    id: JobId,
    ended: Ended,
}

impl Drop for Goodbye<'_> {
    fn drop(&mut self) {
        // The pool may be gone after a stop.
        let _ = self.reports.send(Report::Ended(self.id, std::mem::take(&mut self.ended)));
    }
}

/// What the result of an attempt means for the job; `None` when it is another's.
fn outcome(task: &Task, result: Result<Outcome, End>) -> Option<Outcome> {
    Some(match result {
        Ok(done) => done,
        Err(End::Failed(failure)) => after(task, failure),
        Err(End::Unfaithful(refused)) => after(task, refused.0),
        Err(End::Changed(changed)) => after(task, changed.0),
        Err(End::Crowded(failure)) => Outcome::Waiting(failure),
        Err(End::Cancelled) => Outcome::Cancelled,
        Err(End::Stopped) => Outcome::Interrupted(None),
        Err(End::Lost) => return None,
    })
}

fn after(task: &Task, failure: Failure) -> Outcome {
    let (shared, job) = (&task.shared, &task.job);
    tracing::warn!(job = %job.id, code = %failure.code(), message = %words::reason(&failure.reason), "an attempt failed");
    let mut earlier = shared.queue.attempts(job.id).unwrap_or_default();
    earlier.retain(|attempt| attempt.epoch != job.epoch);
    match shared.policy.next(job, &failure, &earlier, shared.clock.now(), fastrand::f64()) {
        Next::Retry { run_at } => Outcome::Retry { failure, run_at },
        Next::Wait => Outcome::Waiting(failure),
        Next::Environment => Outcome::Interrupted(Some(failure)),
        Next::Park => Outcome::Failed(failure),
    }
}

/// Writes the outcome down, and keeps trying while the queue cannot be written: a finished job is not lost
/// to a full disk. Given up when the engine stops; the next start's rescue then settles it.
fn settle(task: &Task, outcome: &Outcome) -> bool {
    let Task { shared, job, .. } = task;
    // Before the commit, so that the end and its bytes are counted together.
    count_bytes(task, outcome);
    loop {
        match shared.queue.settle(job.lease(), outcome) {
            Ok(held) => {
                if held {
                    // At once: between the commit and this the job is in no count.
                    shared.tally.enter(job.id, outcome.state());
                }
                return held;
            }
            Err(cause) if shared.stop.is_cancelled() => {
                tracing::error!(job = %job.id, %cause, "an outcome could not be written before the end");
                return false;
            }
            Err(Error::Damaged) => {
                shared.give_up();
                return false;
            }
            Err(cause) => retry_later(shared, job, &cause),
        }
    }
}

/// Stores the bytes of a result for the counts, which take them in with its end. Without a readable size the end is counted
/// all the same.
fn count_bytes(Task { shared, job, .. }: &Task, outcome: &Outcome) {
    // The row, not `job`: the source may have been measured again since the claim.
    if let Outcome::Done { size, .. } = outcome
        && let Ok(Some(row)) = shared.queue.job(job.id)
        && let Some(before) = row.source_size
    {
        shared.tally.make(job.id, before, *size);
    }
}

fn retry_later(shared: &Shared, job: &Job, cause: &Error) {
    tracing::error!(job = %job.id, %cause, "the queue cannot be written; trying again");
    std::thread::park_timeout(shared.policy.tick);
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Failure {
    let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure { log_tail: said, ..Reason::Mistake.into() }
}

impl Work<'_> {
    /// Ends the attempt where an order says so; asked between the steps.
    pub(super) fn heed(&self) -> Result<(), End> {
        match *self.orders.borrow() {
            Order::Cancel => Err(End::Cancelled),
            Order::Stop => Err(End::Stopped),
            Order::Go | Order::Suspend => Ok(()),
        }
    }

    /// Waits so long, or until an order ends the attempt.
    pub(super) fn pause(&self, length: Duration) -> Result<(), End> {
        let until = Instant::now() + length;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.heed()?;
            std::thread::park_timeout(left.min(Duration::from_millis(100)));
        }
        self.heed()
    }

    /// Publishes; while the queue cannot be written the part file waits, for each step may be repeated.
    pub(super) fn publish(
        &self,
        modified: filetime::FileTime,
        warnings: &[Remark],
    ) -> Result<Published, End> {
        loop {
            match output::publish(self.shared.queue.as_ref(), self.job, &self.part, modified, warnings) {
                Ok(published) => return Ok(published),
                Err(PublishError::Failed(failure)) => return Err(failure.into()),
                Err(PublishError::Refused) => return Err(self.refused()),
                Err(PublishError::Queue(cause)) => {
                    self.heed()?;
                    retry_later(self.shared, self.job, &cause);
                }
            }
        }
    }

    /// The queue refused a note: a cancel came first, or the job is another's.
    pub(super) fn refused(&self) -> End {
        let job = self.shared.queue.job(self.job.id).ok().flatten();
        let ours = job.is_some_and(|job| job.lease() == self.job.lease() && job.cancel_requested);
        if ours { End::Cancelled } else { End::Lost }
    }
}
