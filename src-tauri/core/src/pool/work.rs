//! Runs one job on its own thread, from the claim until it is settled: inspect, plan, run, verify, publish.
//!
//! Guarantees that the job is settled with exactly one outcome, even after a panic, that a part file does not outlive
//! its attempt, and that the source is never written to.

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

use super::{AttemptEnd, WorkerReport};
use crate::error::Error;
use crate::failure::{Failure, Reason};
use crate::ffmpeg::{Control, Controls};
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

/// The context of an attempt.
pub(super) struct Work<'a> {
    pub(super) shared: &'a Shared,
    pub(super) job: &'a Job,
    /// The conversion to perform.
    pub(super) spec: &'a JobSpec,
    pub(super) orders: &'a Controls,
    pub(super) reports: &'a UnboundedSender<WorkerReport>,
    pub(super) part: PathBuf,
}

/// Why an attempt ended without a result.
pub(super) enum End {
    Failed(Failure),
    /// Its volume has no space in addition to what other jobs still write there.
    NoSpace(Failure),
    /// Copies of these streams failed verification; converted streams may pass.
    Unfaithful(Box<(Failure, BTreeMap<usize, CopyFault>)>),
    /// Decoding revealed properties of the source that the plan did not know; a new plan can preserve them.
    Changed(Box<(Failure, Learned)>),
    /// The user cancelled.
    Cancelled,
    /// The engine stops, or the job was paused beyond the limit of suspended jobs.
    Stopped,
    /// The lease is lost: nothing may be written.
    Lost,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> End {
        End::Failed(failure)
    }
}

/// Runs on the thread of one job. Accesses no drive, so that none can block it.
pub(super) fn run(task: &Task, orders: &Controls) {
    let mut goodbye = Goodbye { reports: &task.reports, id: task.job.id, ended: AttemptEnd::default() };
    let end = catch_unwind(AssertUnwindSafe(|| supervise::attempt(task, orders)));
    let end = end.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into()));
    goodbye.ended.no_space = matches!(end, Err(End::NoSpace(_)));
    let outcome = outcome(task, end).filter(|outcome| settle(task, outcome));
    // A result that an earlier attempt published is no sample of how long a job takes.
    goodbye.ended.made = task.job.intent.is_none()
        && matches!(&outcome, Some(Outcome::Done { output, .. }) if *output != task.job.source);
    goodbye.ended.outcome = outcome;
}

/// Reports the end of a thread to the pool when dropped, also after a panic.
struct Goodbye<'a> {
    reports: &'a UnboundedSender<WorkerReport>,
    id: JobId,
    ended: AttemptEnd,
}

impl Drop for Goodbye<'_> {
    fn drop(&mut self) {
        // The pool may be gone after a stop.
        let _ = self.reports.send(WorkerReport::AttemptEnd(self.id, std::mem::take(&mut self.ended)));
    }
}

/// Returns the outcome of the job for the result of an attempt; `None` if the lease is lost.
fn outcome(task: &Task, result: Result<Outcome, End>) -> Option<Outcome> {
    Some(match result {
        Ok(done) => done,
        Err(End::Failed(failure)) => after(task, failure),
        Err(End::Unfaithful(refused)) => after(task, refused.0),
        Err(End::Changed(changed)) => after(task, changed.0),
        Err(End::NoSpace(failure)) => Outcome::Waiting(failure),
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

/// Stores the outcome. Retries while the queue cannot be written, so that a finished job is not lost to a full disk.
/// Gives up when the engine stops; the rescue of the next start then settles the job.
fn settle(task: &Task, outcome: &Outcome) -> bool {
    let Task { shared, job, .. } = task;
    // Before the commit, so that the end and its bytes are counted together.
    count_bytes(task, outcome);
    loop {
        match shared.queue.settle(job.lease(), outcome) {
            Ok(held) => {
                if held {
                    // Immediately: between the commit and this call the job is in no count.
                    shared.tally.enter(job.id, outcome.state());
                }
                return held;
            }
            Err(cause) if shared.stop.is_cancelled() => {
                tracing::error!(job = %job.id, %cause, "the engine stopped before an outcome could be stored");
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

/// Stores the sizes of a done job in the tally, which counts them together with its end. Without a known size of the
/// source only the end is counted.
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
    tracing::error!(job = %job.id, %cause, "the queue cannot be written; retrying");
    std::thread::park_timeout(shared.policy.tick);
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Failure {
    let payload = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let payload = payload.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure { log_tail: payload, ..Reason::Mistake.into() }
}

impl Work<'_> {
    /// Returns the end if an order ends the attempt. Called between the steps.
    pub(super) fn heed(&self) -> Result<(), End> {
        match *self.orders.borrow() {
            Control::Cancel => Err(End::Cancelled),
            Control::Stop => Err(End::Stopped),
            Control::Go | Control::Suspend => Ok(()),
        }
    }

    /// Waits for `length`, or until an order ends the attempt.
    pub(super) fn pause(&self, length: Duration) -> Result<(), End> {
        let until = Instant::now() + length;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.heed()?;
            std::thread::park_timeout(left.min(Duration::from_millis(100)));
        }
        self.heed()
    }

    /// Publishes the result. Retries while the queue cannot be written, as each step may be repeated.
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

    /// Returns why the queue refused a note: the job was cancelled, or the lease is lost.
    pub(super) fn refused(&self) -> End {
        let job = self.shared.queue.job(self.job.id).ok().flatten();
        let ours = job.is_some_and(|job| job.lease() == self.job.lease() && job.cancel_requested);
        if ours { End::Cancelled } else { End::Lost }
    }
}
