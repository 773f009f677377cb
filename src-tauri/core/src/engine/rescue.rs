//! Taking back what a dead engine left: ends its ffmpeg, finishes what was published, queues the rest again. What may
//! be published on a drive that is away waits for the drive.
//!
//! Runs before the first claim, under the engine lock, so that every running row belongs to the dead. Nothing
//! but the recorded process and the job's own part files is touched.

use crate::error::Result;
use crate::ffmpeg;
use crate::job::{Attempt, Job, State};
use crate::output;
use crate::policy::{Ending, Left, Policy, went_down};
use crate::queue::{Filter, Flag, Outcome, Queue};
use std::path::{Path, PathBuf};

/// Rescues every running job; says how many there were. `boot`: see `EngineConfig`.
pub(super) fn rescue(queue: &dyn Queue, policy: &Policy, boot: Option<&str>) -> Result<usize> {
    let jobs = queue.page(&Filter::of(&[State::Running]), 0, u64::MAX >> 1)?;
    let ended = queue.flag(Flag::EndedSinceCrash)?.is_some();
    let mut crashed = false;
    for job in &jobs {
        let attempts = queue.attempts(job.id)?;
        end_orphan(attempts.last());
        let machine = went_down(attempts.last().and_then(|a| a.boot.as_deref()), boot);
        let ending = Ending { machine, ended_since_crash: ended, alone: jobs.len() == 1 };
        let outcome = outcome(job, policy, ending);
        crashed |= !machine;
        tracing::warn!(job = %job.id, outcome = outcome.word(), "found running after a crash");
        // Before the row lets go of them: a crash in between must not leave them to nobody.
        delete_parts(job, attempts.last());
        queue.settle(job.lease(), &outcome)?;
    }
    if crashed {
        queue.set_flag(Flag::EndedSinceCrash, None)?;
    }
    Ok(jobs.len())
}

/// What becomes of a job found running.
fn outcome(job: &Job, policy: &Policy, ending: Ending) -> Outcome {
    match output::published(job) {
        Ok(Some((output, size))) => {
            return Outcome::Done { output, size, warnings: job.warnings.clone() };
        }
        Ok(None) => {}
        Err(unknown) => return Outcome::Waiting(unknown),
    }
    if job.cancel_requested {
        return Outcome::Cancelled;
    }
    match policy.left(job, ending) {
        Left::Crashed(crashes) => Outcome::Rescued { crashes },
        Left::Park(failure) => Outcome::Failed(failure),
        Left::MachineDown(ends) => Outcome::MachineDown { ends, hold: None },
        Left::Hold(ends, failure) => Outcome::MachineDown { ends, hold: Some(failure) },
    }
}

fn end_orphan(attempt: Option<&Attempt>) {
    if let Some(child) = attempt.and_then(|a| a.child.as_ref())
        && ffmpeg::end_orphan(child)
    {
        tracing::warn!(pid = child.pid, "ended an ffmpeg that a crash had left running");
    }
}

/// The recorded part, and any of this job's beside its output: a crash may have come before the note.
fn delete_parts(job: &Job, attempt: Option<&Attempt>) {
    let recorded = attempt.and_then(|a| a.part.clone());
    let folder = job.output.parent().unwrap_or(&job.output);
    for part in recorded.into_iter().chain(parts_in(folder, job)) {
        output::delete_part(&part);
    }
}

fn parts_in(folder: &Path, job: &Job) -> Vec<PathBuf> {
    let (from, to) = (job.epoch - 1, job.epoch);
    (from.max(1)..=to).map(|epoch| folder.join(output::part_path(&job.output, job.uid, epoch))).collect()
}
