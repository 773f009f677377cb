//! `spool list`: prints one line for each job, with the facts relevant to its state.

mod names;
mod stream;

use crate::context::{Answer, Context, Failed, json_line};
use crate::kinds::{self, Kind};
use crate::{status, text};
use spool_app::view::JobView;
use spool_core::clock::{Clock, SystemClock};
use spool_core::failure::FailureCode;
use spool_core::job::{Job, State};
use spool_core::progress::Progress;
use spool_core::queue::{Filter, Queue};
use spool_core::words::reason;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Most lines for people without `--limit`.
const SHOWN: u64 = 100;

/// Which jobs are listed, and how.
pub(crate) struct ListRequest<'a> {
    pub(crate) kinds: &'a [Kind],
    pub(crate) limit: Option<u64>,
    /// Show full paths.
    pub(crate) paths: bool,
}

pub(crate) fn list(context: &Context, request: &ListRequest<'_>) -> Answer {
    let app = context.app_to_read()?;
    let queue = app.queue();
    // Read once, because reading it tries to take the engine's lock.
    let abandoned = context.abandoned_since();
    if context.json && request.limit.is_none() {
        let is_wanted = |job: &Job| kinds::are_any(request.kinds, job, abandoned);
        let mut show =
            |job: &Job| if is_wanted(job) { json_line(&JobView::of(job, abandoned)) } else { Ok(()) };
        stream::all(queue, &kinds::states(request.kinds), &mut show)?;
        return Ok(true);
    }
    let (jobs, all) = chosen(queue, request, abandoned)?;
    if context.json {
        jobs.iter().try_for_each(|job| json_line(&JobView::of(job, abandoned)))?;
        return Ok(true);
    }
    let now = SystemClock::default().now();
    let names = if request.paths { names::paths(&jobs) } else { names::names(&jobs, &app.known_presets()) };
    for (job, name) in jobs.iter().zip(names) {
        context.say(named(job, &text::line(&name), now, abandoned))?;
    }
    if all > jobs.len() as u64 {
        context.say(format!("{} of {all} are shown; --limit {all} shows all.", jobs.len()))?;
    }
    status::sentences(context, queue)?.iter().try_for_each(|line| context.say(line))?;
    Ok(true)
}

/// Returns those of `of` that are in `states`; all of them if `states` is empty.
fn wanted(of: &[State], states: &[State]) -> Vec<State> {
    of.iter().copied().filter(|state| states.is_empty() || states.contains(state)).collect()
}

/// Returns the jobs to list, and how many jobs there are of these kinds.
fn chosen(
    queue: &dyn Queue,
    request: &ListRequest<'_>,
    abandoned: Option<i64>,
) -> Result<(Vec<Job>, u64), Failed> {
    let (states, limit) = (kinds::states(request.kinds), request.limit.unwrap_or(SHOWN));
    if kinds::are_states(request.kinds) {
        return Ok((page(queue, &states, limit)?, queue.matching(&Filter::of(&states))?));
    }
    let mut jobs = page(queue, &states, u64::MAX >> 1)?;
    jobs.retain(|job| kinds::are_any(request.kinds, job, abandoned));
    let all = jobs.len() as u64;
    jobs.truncate(limit as usize);
    Ok((jobs, all))
}

/// Returns the jobs that have not ended, in queue order, then the ended ones, newest first. Done and failed jobs are
/// read separately, because the queue keeps them in separate lists.
fn page(queue: &dyn Queue, states: &[State], limit: u64) -> Result<Vec<Job>, Failed> {
    // A filter without states would match all states.
    let page = |of: &[State]| match wanted(of, states).as_slice() {
        [] => Ok(Vec::new()),
        some => queue.page(&Filter::of(some), 0, limit),
    };
    let mut jobs = page(&[State::Queued, State::Waiting, State::Running])?;
    let mut ended = page(&[State::Done, State::Cancelled])?;
    ended.extend(page(&[State::Failed])?);
    ended.sort_by_key(|job| Reverse((job.finished_at, job.id)));
    jobs.extend(ended);
    // A job that ended between two of these reads is in both.
    let mut seen = HashSet::new();
    jobs.retain(|job| seen.insert(job.id));
    jobs.truncate(limit as usize);
    Ok(jobs)
}

/// `   17  running   42 %  3.1x  1 min 12 s left  a.mkv`. `abandoned`: the last heartbeat of the engine, if it was
/// killed.
pub(crate) fn line(job: &Job, now: i64, abandoned: Option<i64>) -> String {
    named(job, &text::name(job), now, abandoned)
}

fn named(job: &Job, name: &str, now: i64, abandoned: Option<i64>) -> String {
    let abandoned = abandoned.filter(|_| job.state == State::Running);
    let word = if abandoned.is_some() { "stopped" } else { text::state(job) };
    let facts = abandoned.map_or_else(|| facts(job, now), text::abandoned);
    format!("{:>5}  {word:<9}  {name}  {facts}", job.id).trim_end().to_owned()
}

/// Returns the facts relevant to the state of a job.
pub(crate) fn facts(job: &Job, now: i64) -> String {
    let reason = || job.failure.as_ref().map_or(String::new(), |f| text::line(reason(f)));
    match job.state {
        _ if job.spec.is_none() => text::other_version(job),
        State::Queued if job.hold && held_by_machine(job) => format!("on hold: {}", reason()),
        State::Queued if job.hold => format!("on hold  {}", target(job)),
        State::Queued => match job.run_at.and_then(|at| text::until(at, now)) {
            Some(wait) => {
                format!("retry {} of {} in {wait}: {}", job.attempt, job.max_attempts - 1, reason())
            }
            None => target(job),
        },
        State::Waiting => format!("waits: {}", reason()),
        State::Running => running(job),
        State::Done => result(job),
        State::Failed => {
            let code = job.failure.as_ref().map_or("", |f| f.code().as_str());
            format!(
                "{code} after {}: {}",
                text::count(u64::from(job.attempt), "attempt", "attempts"),
                reason()
            )
        }
        State::Cancelled => String::new(),
    }
}

/// Returns the progress of a running job. A suspended job has neither speed nor time left; a resumed one also states
/// that it waits for a worker.
pub(crate) fn running(job: &Job) -> String {
    let Some(reading) = &job.progress else { return String::new() };
    let so_far = progress(&Progress { speed: None, eta_seconds: None, ..*reading });
    match job {
        job if job.hold => so_far,
        job if job.awaits_worker() => format!("{}  {so_far}", text::AWAITS_WORKER).trim_end().to_owned(),
        _ => progress(reading),
    }
}

/// `-> /out/a.mp4`
fn target(job: &Job) -> String {
    format!("-> {}", text::line(job.output.to_string_lossy()))
}

/// Whether the job was put on hold because the machine crashed repeatedly while it ran.
fn held_by_machine(job: &Job) -> bool {
    job.failure.as_ref().is_some_and(|why| why.code() == FailureCode::MachineDown)
}

/// `42 %  3.1x  1 min 12 s left  96 MB so far`
pub(crate) fn progress(progress: &Progress) -> String {
    let parts = [
        progress.percent.map(|p| format!("{p:.0} %")),
        progress.speed.map(|s| format!("{s:.1}x")),
        progress.eta_seconds.filter(|s| *s > 0).map(|s| format!("{} left", text::duration(s))),
        progress.bytes.map(|b| format!("{} so far", text::size(b))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// `-> /out/a.mp4  812 MB -> 214 MB (-74 %)  verified`. A result without a recorded verification was checked by an
/// earlier version, or is the original itself.
pub(crate) fn result(job: &Job) -> String {
    let sizes = sizes(job);
    let remarks = if job.warnings.is_empty() { "" } else { ", with remarks" };
    let wrong = job.check.as_ref().filter(|check| check.finding.is_wrong());
    if let Some(check) = wrong {
        let sentence = text::finding(&check.finding);
        return format!("{}  {sizes}  found wrong: {sentence}", target(job));
    }
    let checked = match (job.verified, job.output == job.source) {
        (true, _) => "verified",
        (false, true) => "original kept",
        (false, false) => "checked by an earlier version",
    };
    format!("{}  {sizes}  {checked}{remarks}", target(job))
}

/// `812 MB -> 214 MB (-74 %)`; without the percentage if only the audio of a video was kept, or may have been.
fn sizes(job: &Job) -> String {
    let (Some(before), Some(after)) = (job.source_size, job.output_size) else { return String::new() };
    let sizes = format!("{} -> {}", text::size(before), text::size(after));
    let audio_only = job.spec.as_ref().is_some_and(|spec| spec.preset.video.is_none());
    let is_video = job.facts.as_ref().is_none_or(|facts| !facts.codec.is_empty());
    if audio_only && is_video && job.output != job.source {
        return sizes;
    }
    format!("{sizes} ({})", text::change(before, after))
}
