//! `spool list`: jobs, one line each, with what matters in their state.

mod stream;

use crate::context::{Answer, Context, Failed, json_line};
use crate::words;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::lock;
use spool_core::failure::FailureCode;
use spool_core::job::{Job, State};
use spool_core::progress::Progress;
use spool_core::queue::{Filter, Flag, Queue};
use spool_core::view::JobView;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Lines for people where no number is given.
const SHOWN: u64 = 100;

pub(crate) fn list(context: &Context, states: &[State], limit: Option<u64>) -> Answer {
    let queue = context.queue_to_read()?;
    // Asked once: it takes a try at the engine's lock.
    let abandoned = context.abandoned_since();
    if context.json && limit.is_none() {
        stream::all(&queue, states, &mut |job| json_line(&view(job, abandoned)))?;
        return Ok(true);
    }
    let jobs = page(&queue, states, limit.unwrap_or(SHOWN))?;
    if context.json {
        jobs.iter().try_for_each(|job| json_line(&view(job, abandoned)))?;
        return Ok(true);
    }
    let now = SystemClock::default().now();
    for job in &jobs {
        context.say(line(job, now, abandoned))?;
    }
    let all = queue.matching(&Filter::of(states))?;
    if all > jobs.len() as u64 {
        context.say(format!("{} of {all} are shown; --limit {all} shows all.", jobs.len()))?;
    }
    context.say(summary(context, &queue)?)?;
    Ok(true)
}

/// Those of these states that are wanted; without any, all are.
fn wanted(of: &[State], states: &[State]) -> Vec<State> {
    of.iter().copied().filter(|state| states.is_empty() || states.contains(state)).collect()
}

/// What is still to come, in its order, before what has ended, the newest first. Done and failed are asked for each by
/// itself, for so they stand in the queue.
fn page(queue: &dyn Queue, states: &[State], limit: u64) -> Result<Vec<Job>, Failed> {
    // A filter without states would mean all of them.
    let page = |of: &[State]| match wanted(of, states).as_slice() {
        [] => Ok(Vec::new()),
        some => queue.page(&Filter::of(some), 0, limit),
    };
    let mut jobs = page(&[State::Queued, State::Waiting, State::Running])?;
    let mut ended = page(&[State::Done, State::Cancelled])?;
    ended.extend(page(&[State::Failed])?);
    ended.sort_by_key(|job| Reverse((job.finished_at, job.id)));
    jobs.extend(ended);
    // One that ended between two of these looks is in both.
    let mut seen = HashSet::new();
    jobs.retain(|job| seen.insert(job.id));
    jobs.truncate(limit as usize);
    Ok(jobs)
}

/// A job for scripts. One that a killed engine left running says since when nothing works it.
pub(crate) fn view(job: &Job, abandoned: Option<i64>) -> JobView {
    let abandoned = abandoned.filter(|_| job.state == State::Running);
    JobView { abandoned_since: abandoned, ..JobView::from(job) }
}

/// `   17  running   42 %  3.1x  1 min 12 s left  a.mkv`. `abandoned`: since when nothing works the queue, where an engine
/// was killed.
pub(crate) fn line(job: &Job, now: i64, abandoned: Option<i64>) -> String {
    let abandoned = abandoned.filter(|_| job.state == State::Running);
    let word = match job.state {
        State::Running if abandoned.is_some() => "stopped",
        State::Running if job.hold => "paused",
        state => state.as_str(),
    };
    let name = words::line(&job.source.file_name().unwrap_or_default().to_string_lossy());
    let facts = abandoned.map_or_else(|| facts(job, now), words::abandoned);
    format!("{:>5}  {word:<9}  {name}  {facts}", job.id).trim_end().to_owned()
}

/// What matters in the state a job is in.
pub(crate) fn facts(job: &Job, now: i64) -> String {
    let reason = || job.failure.as_ref().map_or(String::new(), |f| words::line(&f.message));
    match job.state {
        _ if job.spec.is_none() => words::other_version(job),
        State::Queued if job.hold && held_by_machine(job) => format!("on hold: {}", reason()),
        State::Queued if job.hold => "on hold".into(),
        State::Queued => match job.run_at.and_then(|at| words::until(at, now)) {
            Some(wait) => {
                format!("retry {} of {} in {wait}: {}", job.attempt, job.max_attempts - 1, reason())
            }
            None => String::new(),
        },
        State::Waiting => format!("waits: {}", reason()),
        State::Running => job.progress.as_ref().map_or(String::new(), progress),
        State::Done => result(job),
        State::Failed => {
            let code = job.failure.as_ref().map_or("", |f| f.code.as_str());
            format!(
                "{code} after {}: {}",
                words::count(u64::from(job.attempt), "attempt", "attempts"),
                reason()
            )
        }
        State::Cancelled => String::new(),
    }
}

/// Was it put on hold because the machine went down with it again and again?
fn held_by_machine(job: &Job) -> bool {
    job.failure.as_ref().is_some_and(|why| why.code == FailureCode::MachineDown)
}

/// `42 %  3.1x  1 min 12 s left  96 MB so far`
pub(crate) fn progress(progress: &Progress) -> String {
    let parts = [
        progress.percent.map(|p| format!("{p:.0} %")),
        progress.speed.map(|s| format!("{s:.1}x")),
        progress.eta_seconds.map(|s| format!("{} left", words::duration(s))),
        progress.bytes.map(|b| format!("{} so far", words::size(b))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// `-> /out/a.mp4  812 MB -> 214 MB (-74 %)  verified`. Where no check is on record, an earlier version checked it, or
/// the original was kept for its result.
pub(crate) fn result(job: &Job) -> String {
    let sizes = match (job.source_size, job.output_size) {
        (Some(before), Some(after)) => {
            format!("{} -> {} ({})", words::size(before), words::size(after), words::change(before, after))
        }
        _ => String::new(),
    };
    let remarks = if job.warnings.is_empty() { "" } else { ", with remarks" };
    let wrong = job.check.as_ref().filter(|check| check.finding.is_wrong());
    if let Some(check) = wrong {
        let sentence = words::line(&check.finding.sentence());
        return format!(
            "-> {}  {sizes}  found wrong: {sentence}",
            words::line(&job.output.to_string_lossy())
        );
    }
    let checked = match (job.verified, job.output == job.source) {
        (true, _) => "verified",
        (false, true) => "original kept",
        (false, false) => "checked by an earlier version",
    };
    format!("-> {}  {sizes}  {checked}{remarks}", words::line(&job.output.to_string_lossy()))
}

fn summary(context: &Context, queue: &dyn Queue) -> Result<String, Failed> {
    let c = queue.counts()?;
    let counts = [
        (c.running, "running"),
        (c.startable(), "queued"),
        (c.unreadable, "made by another version"),
        (c.held, "on hold"),
        (c.waiting, "waiting"),
        (c.done, "done"),
        (c.failed, "failed"),
        (c.cancelled, "cancelled"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let mut text =
        if parts.is_empty() { "The queue is empty.".into() } else { format!("{}.", parts.join(", ")) };
    if let Some(sentence) = words::crowded(&queue.crowded()?) {
        text = format!("{text} {sentence}");
    }
    if let Some(what) = queue.flag(Flag::Restored)? {
        text = format!("{what}\n{text}");
    }
    if queue.flag(Flag::Paused)?.is_some() {
        text += " The queue is paused; `spool resume` lets it go on.";
    } else if c.startable() + c.running > 0 && lock::holder(&context.data).is_none() {
        text += &words::idle(context.abandoned_since());
    }
    Ok(text)
}
