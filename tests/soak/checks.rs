//! The end of a soak test: runs the queue until it is idle, without faults, and checks the invariants. A broken one is
//! recorded and does not end the test, so that all are checked.

use crate::environment::{Environment, KINDS, Vitals, kind_of, template};
use crate::faults::tools;
use spool_core::engine::database;
use spool_core::failure::FailureCode;
use spool_core::job::{Attempt, Job, JobId, Origin, State};
use spool_core::queue::sqlite::backup;
use spool_core::queue::{Command, Filter, Flag, Queue, Selection};
use spool_tests::{judge, wait_until};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Runs the queue until it is idle, and retries the jobs that failed because of a fault. Gives up after four rounds.
pub(crate) fn settle(world: &Environment) {
    for _ in 0..4 {
        let (queue, all) = (&world.queue, State::ALL.to_vec());
        queue.apply(Command::Release, &Selection::All(all.clone())).unwrap();
        queue.apply(Command::Now, &Selection::All(all)).unwrap();
        queue.apply(Command::Retry, &Selection::Ids(failed_by_faults(world))).unwrap();
        let mut run = world.engine(&["--until-idle"], None);
        wait_until("the queue to become idle", Duration::from_mins(5), || run.has_ended());
        let counts = queue.counts().unwrap();
        if counts.queued + counts.waiting + counts.running == 0 && failed_by_faults(world).is_empty() {
            return;
        }
    }
}

fn all_jobs(world: &Environment) -> Vec<Job> {
    world.queue.page(&Filter::default(), 0, u64::MAX >> 1).unwrap()
}

/// Returns the failed jobs whose source is a video.
fn failed_by_faults(world: &Environment) -> Vec<JobId> {
    let failed = world.queue.page(&Filter::of(&[State::Failed]), 0, u64::MAX >> 1).unwrap();
    failed.iter().filter(|j| kind_of(&j.source) != "bad").map(|j| j.id).collect()
}

/// Checks all invariants.
pub(crate) fn check(world: &Environment) {
    let jobs = all_jobs(world);
    no_job_is_lost_or_invented(world, &jobs);
    jobs_ended_in_the_expected_states(world, &jobs);
    outputs_equal_done_jobs(world, &jobs);
    no_folder_is_left_empty(world);
    results_of_another_queue_are_not_converted(world, &jobs);
    sources_are_unchanged(world, &jobs);
    memory_and_handles_do_not_grow(world);
    let left = tools(world);
    world.demand(left.is_empty(), || format!("tools still run: {left:?}"));
    world.demand(backup::is_whole(&database(&world.env.data())), || "the database is damaged".into());
    let kills = world.tally.kills.load(Ordering::Relaxed) as u64;
    world.demand(kills >= 3 * world.minutes, || format!("only {kills} kills"));
    world.demand(jobs.len() as u64 >= 100 * world.minutes, || format!("only {} jobs", jobs.len()));
}

/// Failures that the faults may cause for an intact video. It must never be reported as damaged.
const BY_FAULTS: [FailureCode; 4] =
    [FailureCode::KilledBySignal, FailureCode::DiskFull, FailureCode::Stalled, FailureCode::AppCrashed];

/// Further failures of a recording: those while it is written ...
const WHILE_GROWING: [FailureCode; 2] = [FailureCode::SourceGrowing, FailureCode::SourceChanged];
/// ... and those from an engine with a shifted clock, which cannot tell that the file was modified recently.
const WITH_SHIFTED_CLOCK: [FailureCode; 3] =
    [FailureCode::SourceTruncated, FailureCode::NotMedia, FailureCode::NoVideo];

fn is_allowed(job: &Job, attempt: &Attempt, code: FailureCode) -> bool {
    let shifted_clock = || (attempt.started_at - job.created_at).abs() > 3_600_000;
    let grows = kind_of(&job.source) == "growing";
    BY_FAULTS.contains(&code)
        || (grows && WHILE_GROWING.contains(&code))
        || (grows && WITH_SHIFTED_CLOCK.contains(&code) && shifted_clock())
}

fn no_job_is_lost_or_invented(world: &Environment, jobs: &[Job]) {
    let known: BTreeSet<i64> = jobs.iter().map(|j| j.id.0).collect();
    let accepted = world.accepted.lock().unwrap();
    let lost: Vec<_> = accepted.difference(&known).collect();
    world.demand(lost.is_empty(), || format!("accepted and lost: {lost:?}"));
    let unexpected: Vec<_> = known.difference(&accepted).collect();
    world.demand(unexpected.is_empty(), || format!("never accepted: {unexpected:?}"));
}

fn jobs_ended_in_the_expected_states(world: &Environment, jobs: &[Job]) {
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for job in jobs {
        *states.entry(job.state).or_default() += 1;
        let bad = kind_of(&job.source) == "bad";
        let expected = match job.state {
            State::Done => !bad,
            State::Failed => bad,
            state => state == State::Cancelled,
        };
        let message = || format!("job {} is {}: {:?}", job.id, job.state, job.failure);
        world.demand(expected, message);
        let attempts = world.queue.attempts(job.id).unwrap();
        for attempt in attempts.iter().filter(|a| !bad && a.failure.is_some()) {
            let code = attempt.failure.as_ref().unwrap().code();
            *codes.entry(code.as_str()).or_default() += 1;
            world.demand(is_allowed(job, attempt, code), || {
                format!("job {} has an intact source and failed: {attempt:?}", job.id)
            });
        }
        let done = attempts.iter().filter(|a| a.outcome.as_deref() == Some("done")).count();
        world.demand(done == usize::from(job.state == State::Done), || {
            format!("job {} is {} with {done} attempts done", job.id, job.state)
        });
    }
    println!("soak: {states:?}, failures of intact videos: {codes:?}");
}

fn outputs_equal_done_jobs(world: &Environment, jobs: &[Job]) {
    let done = jobs.iter().filter(|j| j.state == State::Done && j.output != j.source);
    let done: Vec<&Job> = done.collect();
    let wanted: BTreeSet<PathBuf> = done.iter().map(|j| j.output.clone()).collect();
    world.demand(wanted.len() == done.len(), || "two done jobs share an output".into());
    let found = entries(world).filter(|entry| !entry.file_type().is_dir());
    let found: BTreeSet<PathBuf> = found.map(walkdir::DirEntry::into_path).collect();
    let (missing, extra): (Vec<_>, Vec<_>) =
        (wanted.difference(&found).collect(), found.difference(&wanted).collect());
    world.demand(missing.is_empty(), || format!("results are missing: {missing:?}"));
    world.demand(extra.is_empty(), || format!("files that belong to no job: {extra:?}"));
    for job in done.iter().filter(|j| found.contains(&j.output)) {
        let size = job.output.metadata().unwrap().len();
        world.demand(Some(size) == job.output_size, || {
            format!("job {} recorded another size of its result", job.id)
        });
    }
    for job in done.iter().step_by(done.len() / 40 + 1).filter(|j| found.contains(&j.output)) {
        world.demand(judge::decodes(&job.output), || format!("job {}'s result does not decode", job.id));
    }
}

fn entries(world: &Environment) -> impl Iterator<Item = walkdir::DirEntry> {
    walkdir::WalkDir::new(world.env.out()).min_depth(1).into_iter().map(Result::unwrap)
}

fn no_folder_is_left_empty(world: &Environment) {
    let folders = entries(world).filter(|entry| entry.file_type().is_dir());
    let empty: Vec<_> = folders.filter(|entry| entry.path().read_dir().unwrap().next().is_none()).collect();
    world.demand(empty.is_empty(), || format!("empty folders are left: {empty:?}"));
    let recorded = world.queue.flag(Flag::MadeFolders).unwrap();
    world.demand(recorded.is_none(), || format!("folders are still recorded as created: {recorded:?}"));
}

fn results_of_another_queue_are_not_converted(world: &Environment, jobs: &[Job]) {
    let theirs = jobs.iter().filter(|j| j.state == State::Done && kind_of(&j.source) == "theirs");
    let (found, requested): (Vec<&Job>, Vec<&Job>) = theirs.partition(|j| j.origin == Origin::Folder);
    let touched: Vec<_> = found.iter().filter(|j| j.output != j.source).map(|j| j.id).collect();
    world.demand(touched.is_empty(), || format!("results of another queue were converted: {touched:?}"));
    let kept: Vec<_> = requested.iter().filter(|j| j.output == j.source).map(|j| j.id).collect();
    world.demand(kept.is_empty(), || format!("requested again and not converted: {kept:?}"));
    world.demand(!found.is_empty(), || "no folder contained a result of another queue".into());
}

fn sources_are_unchanged(world: &Environment, jobs: &[Job]) {
    let templates: BTreeMap<&str, Vec<u8>> = KINDS.iter().map(|kind| (*kind, template(kind))).collect();
    for job in jobs {
        let same = std::fs::read(&job.source).is_ok_and(|bytes| bytes == templates[kind_of(&job.source)]);
        world.demand(same, || format!("{} was modified", job.source.display()));
        let size = job.source.metadata().ok().map(|metadata| metadata.len());
        let same_size = job.state != State::Done || job.source_size == size;
        world.demand(same_size, || format!("job {} is done and recorded another size of its source", job.id));
    }
}

/// Compares the lowest memory and handles of the long-running engine in the last third of its time with those in the
/// second; the first third is warm-up. A leak raises the lowest values, while the peaks depend on which jobs run.
fn memory_and_handles_do_not_grow(world: &Environment) {
    let vitals = world.vitals.lock().unwrap();
    let third = vitals.len() / 3;
    world.demand(third > 0, || "memory and handles of the engine were not recorded".into());
    let lowest = |part: &[Vitals]| {
        let kilobytes = part.iter().map(|v| v.kilobytes).min().unwrap_or(0);
        (kilobytes, part.iter().map(|v| v.handles).min().unwrap_or(0))
    };
    let (before, after) = (lowest(&vitals[third..2 * third]), lowest(&vitals[2 * third..]));
    println!("soak: lowest memory (kB) and handles of the engine: {before:?}, then {after:?}");
    world.demand(after.0 <= before.0 + before.0 / 5 + 4_000, || {
        format!("memory grows: {before:?} then {after:?}")
    });
    world.demand(after.1 <= before.1 + 6, || format!("handles grow: {before:?} then {after:?}"));
}
