//! Recovers the jobs of a dead engine: ends its ffmpeg processes, finishes published jobs, queues the others again, and
//! removes empty folders created for results. A job that may have been published on a drive that does not respond waits
//! for the drive.
//!
//! Runs before the first claim, under the engine lock, so the owner of every running row is gone. Waits for drives only
//! briefly. Touches only the recorded process, the job's own part files, and empty folders created for results.

use crate::error::Result;
use crate::failure::Failure;
use crate::ffmpeg;
use crate::job::{Attempt, Job, JobId};
use crate::output;
use crate::policy::{EngineEnd, Policy, RescueDecision, went_down};
use crate::queue::{Flag, Outcome, Queue};
use crate::shared::folders;
use crate::volumes::{Query, Volumes, mounts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time limit for the drives of all jobs together.
const DRIVE_LIMIT: Duration = Duration::from_millis(500);

/// The published result of a job as path and size in bytes, or why it cannot be determined.
type Published = std::result::Result<Option<(PathBuf, u64)>, Failure>;

/// Rescues every running job whose owner is gone and returns their ids. `owner` and `boot` are those of the rescuing
/// engine, see `EngineConfig`.
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
    // Part files are deleted before the row is settled: after a crash in between they could not be found again.
    let published = look(&jobs, &attempts, volumes);
    for ((job, attempt), published) in jobs.iter().zip(&attempts).zip(published) {
        let machine = went_down(attempt.as_ref().and_then(|a| a.boot.as_deref()), boot);
        let ending = EngineEnd { machine, ended_since_crash: ended, alone: jobs.len() == 1 };
        let outcome = outcome(job, published, policy, ending);
        crashed |= !machine;
        tracing::warn!(job = %job.id, outcome = outcome.word(), "found running after a crash");
        queue.settle(job.lease(), &outcome)?;
    }
    folders::sweep(queue, volumes, Instant::now() + DRIVE_LIMIT);
    if crashed {
        queue.set_flag(Flag::EndedSinceCrash, None)?;
    }
    Ok(jobs.iter().map(|job| job.id).collect())
}

/// Deletes the part files of these jobs and looks for published results, on all drives in parallel.
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
    let until = Instant::now() + DRIVE_LIMIT;
    let answer = |(job, look): (&Job, std::result::Result<Query<Published>, _>)| {
        let left = until.saturating_duration_since(Instant::now());
        let answer = look.and_then(|look| look.wait(left));
        // Without an intent nothing can have been published.
        answer.unwrap_or_else(|_| if job.intent.is_some() { Err(silent(job)) } else { Ok(None) })
    };
    jobs.iter().zip(looks).map(answer).collect()
}

fn silent(job: &Job) -> Failure {
    output::silent(&mounts::point_of(&job.output).unwrap_or_else(|| job.output.clone()))
}

/// The outcome of a job found running.
fn outcome(job: &Job, published: Published, policy: &Policy, ending: EngineEnd) -> Outcome {
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
    match policy.rescue(job, ending) {
        RescueDecision::Crashed(crashes) => Outcome::Rescued { crashes },
        RescueDecision::Park(failure) => Outcome::Failed(failure),
        RescueDecision::MachineDown(ends) => Outcome::MachineDown { ends, hold: None },
        RescueDecision::Hold(ends, failure) => Outcome::MachineDown { ends, hold: Some(failure) },
    }
}

fn end_orphans(attempts: &[Option<Attempt>]) {
    let children = attempts.iter().flatten().filter_map(|attempt| attempt.child.clone());
    let ended = ffmpeg::end_orphans(&children.collect::<Vec<_>>());
    if ended > 0 {
        tracing::warn!(ended, "ended each ffmpeg that a crash had left running");
    }
}

/// The recorded part file, and any others of this job beside its output: the crash may have come before the record.
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
