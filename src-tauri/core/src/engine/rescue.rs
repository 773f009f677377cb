//! Taking back what a dead engine left: ends its ffmpeg, finishes what was published, queues the rest again. What may
//! be published on a drive that does not answer waits for the drive. Folders that were made for nothing go.
//!
//! Runs before the first claim, under the engine lock, so that the owner of every running row is gone. No drive is waited
//! for longer than a moment. Nothing but the recorded process, the job's own part files and folders that were made for
//! results and are empty is touched.

use crate::error::Result;
use crate::failure::Failure;
use crate::ffmpeg;
use crate::job::{Attempt, Job, JobId};
use crate::output;
use crate::policy::{Ending, Left, Policy, went_down};
use crate::queue::{Flag, Outcome, Queue};
use crate::shared::folders;
use crate::volumes::{Question, Volumes, mounts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for the drives of all jobs together.
const MOMENT: Duration = Duration::from_millis(500);

/// What was published of a job, as its name and size; or why it cannot be told.
type Published = std::result::Result<Option<(PathBuf, u64)>, Failure>;

/// Rescues every running job whose owner is gone; says which they were. `owner`: the engine that does it, and which run of
/// the machine it is part of, see `EngineConfig`.
pub(super) fn rescue(
    queue: &dyn Queue,
    policy: &Policy,
    (owner, boot): (&str, Option<&str>),
    volumes: &Arc<Volumes>,
) -> Result<Vec<JobId>> {
    let jobs = queue.abandoned(owner)?;
    let attempts = jobs.iter().map(|job| Ok(queue.attempts(job.id)?.pop())).collect::<Result<Vec<_>>>()?;
    end_orphans(&attempts);
    let ended = queue.flag(Flag::EndedSinceCrash)?.is_some();
    let mut crashed = false;
    // Parts go before the row lets go of them: a crash in between must not leave them behind for good.
    let published = look(&jobs, &attempts, volumes);
    for ((job, attempt), published) in jobs.iter().zip(&attempts).zip(published) {
        let machine = went_down(attempt.as_ref().and_then(|a| a.boot.as_deref()), boot);
        let ending = Ending { machine, ended_since_crash: ended, alone: jobs.len() == 1 };
        let outcome = outcome(job, published, policy, ending);
        crashed |= !machine;
        tracing::warn!(job = %job.id, outcome = outcome.word(), "found running after a crash");
        queue.settle(job.lease(), &outcome)?;
    }
    folders::sweep(queue, volumes, Instant::now() + MOMENT);
    if crashed {
        queue.set_flag(Flag::EndedSinceCrash, None)?;
    }
    Ok(jobs.iter().map(|job| job.id).collect())
}

/// Deletes the parts of these jobs and looks for what they published, on all their drives at once.
fn look(jobs: &[Job], attempts: &[Option<Attempt>], volumes: &Arc<Volumes>) -> Vec<Published> {
    let begin = |(job, attempt): (&Job, &Option<Attempt>)| {
        let (parts, job) = (parts(job, attempt.as_ref()), job.clone());
        volumes.begin(&job.output.clone(), move || {
            for part in &parts {
                output::delete_part(part);
            }
            output::published(&job)
        })
    };
    let looks: Vec<_> = jobs.iter().zip(attempts).map(begin).collect();
    let until = Instant::now() + MOMENT;
    let answer = |(job, look): (&Job, std::result::Result<Question<Published>, _>)| {
        let left = until.saturating_duration_since(Instant::now());
        let answer = look.and_then(|look| look.wait(left));
        // Without an intent nothing was published.
        answer.unwrap_or_else(|_| if job.intent.is_some() { Err(silent(job)) } else { Ok(None) })
    };
    jobs.iter().zip(looks).map(answer).collect()
}

fn silent(job: &Job) -> Failure {
    output::silent(&mounts::point_of(&job.output).unwrap_or_else(|| job.output.clone()))
}

/// What becomes of a job found running.
fn outcome(job: &Job, published: Published, policy: &Policy, ending: Ending) -> Outcome {
    match published {
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

fn end_orphans(attempts: &[Option<Attempt>]) {
    let children = attempts.iter().flatten().filter_map(|attempt| attempt.child.clone());
    let ended = ffmpeg::end_orphans(&children.collect::<Vec<_>>());
    if ended > 0 {
        tracing::warn!(ended, "ended each ffmpeg that a crash had left running");
    }
}

/// The recorded part, and any of this job's beside its output: a crash may have come before the note.
fn parts(job: &Job, attempt: Option<&Attempt>) -> Vec<PathBuf> {
    let recorded = attempt.and_then(|a| a.part.clone());
    let folder = job.output.parent().unwrap_or(&job.output);
    recorded.into_iter().chain(parts_in(folder, job)).collect()
}

fn parts_in(folder: &Path, job: &Job) -> Vec<PathBuf> {
    let (from, to) = (job.epoch - 1, job.epoch);
    let names = [output::part_path, output::former_part_path];
    let parts = |epoch| names.map(|name| folder.join(name(&job.output, job.uid, epoch)));
    (from.max(1)..=to).flat_map(parts).collect()
}
