//! `spool status`: the state of the queue in one line; also the sentences at the end of a list.

use crate::context::{Answer, Context, Failed, json_line};
use crate::text;
use serde_json::{Value, json};
use spool_app::view::{Cause, JobView};
use spool_core::batch::Batch;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::lock;
use spool_core::failure::Reason;
use spool_core::forecast::TimeLeft;
use spool_core::job::{Job, Millis, State};
use spool_core::queue::raised;
use spool_core::queue::{self, Counts, Filter, Flag, Queue};
use spool_core::words as english;

/// Most running videos named in the line.
const NAMED: u64 = 3;

pub(crate) fn status(context: &Context) -> Answer {
    let app = context.app()?;
    let status = Status::of(context, app.queue())?;
    if context.json {
        json_line(&status.view(&app.causes()?))?;
    } else {
        context.say(status.line(SystemClock::default().now()))?;
    }
    Ok(true)
}

/// Returns how the last run ended, if the user should know, the counts of jobs, and what the user can do about them.
pub(crate) fn sentences(context: &Context, queue: &dyn Queue) -> Result<Vec<String>, Failed> {
    let status = Status::of(context, queue)?;
    let now = SystemClock::default().now();
    let mut lines: Vec<String> = status.restored.clone().into_iter().collect();
    lines.extend(status.hung_up.map(|at| text::hung_up(at, now)));
    let c = &status.counts;
    let mut last = vec![counted(c, "")];
    last.extend(status.waiting_for_space.clone());
    if status.paused {
        last.push(text::PAUSED.into());
    } else if c.startable() + c.running > 0 && status.worker.is_none() {
        last.push(text::unworked(status.abandoned));
    }
    lines.push(last.join(" "));
    Ok(lines)
}

struct Status {
    counts: Counts,
    /// The first running jobs.
    running: Vec<Job>,
    paused: bool,
    /// The process that runs the queue.
    worker: Option<String>,
    /// The last heartbeat of the engine, if it was killed.
    abandoned: Option<Millis>,
    hung_up: Option<Millis>,
    restored: Option<String>,
    breaker: Option<Reason>,
    waiting_for_space: Option<String>,
    left: Option<TimeLeft>,
    batch: Batch,
}

impl Status {
    fn of(context: &Context, queue: &dyn Queue) -> Result<Status, Failed> {
        let worker = lock::holder(&context.data);
        Ok(Status {
            counts: queue.counts()?,
            running: queue.page(&Filter::of(&[State::Running]), 0, NAMED)?,
            paused: queue.flag(Flag::Paused)?.is_some(),
            abandoned: context.abandoned_since(),
            hung_up: queue.flag(Flag::HungUp)?.and_then(|at| at.parse().ok()),
            restored: raised::restored(queue)?.map(|restored| english::restored(&restored).to_string()),
            breaker: raised::breaker(queue)?.filter(|_| worker.is_some()),
            waiting_for_space: text::waiting_for_space(&queue.waiting_for_space()?),
            batch: Batch::load(queue)?,
            left: queue::time_left(queue, SystemClock::default().now())?.filter(|_| worker.is_some()),
            worker,
        })
    }

    fn view(&self, causes: &[Cause]) -> Value {
        let c = &self.counts;
        json!({
            "running": c.running, "queued": c.startable(), "held": c.held, "unreadable": c.unreadable,
            "waiting": c.waiting, "done": c.done, "failed": c.failed, "causes": causes, "cancelled": c.cancelled,
            "paused": self.paused, "worker": self.worker, "abandonedSince": self.abandoned, "hungUpAt": self.hung_up,
            "timeLeft": self.left, "batch": self.batch.progress(c), "breaker": self.breaker.as_ref().map(english::breaker), "restored": self.restored,
            "jobs": self.running.iter().map(|job| JobView::of(job, self.abandoned)).collect::<Vec<_>>(),
        })
    }

    fn line(&self, now: Millis) -> String {
        let mut parts = vec![counted(&self.counts, &named(&self.running, self.counts.running))];
        parts.extend(self.left.as_ref().map(|left| capital(&text::time_left(left))));
        parts.extend(self.waiting_for_space.clone());
        parts.extend(
            self.breaker
                .as_ref()
                .map(|why| format!("The queue has stopped: {}", text::line(english::breaker(why)))),
        );
        if self.paused {
            parts.push(text::PAUSED.into());
        }
        if let Some(who) = &self.worker {
            parts.push(format!("Run by {}.", text::line(who)));
        } else {
            parts.extend(self.hung_up.map(|at| text::hung_up(at, now)));
            parts.push(text::unworked(self.abandoned));
        }
        parts.extend(self.restored.as_deref().map(text::line));
        parts.join(" ")
    }
}

/// `About 3-5 min left.`
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// ` (a.mkv 42 %, b.mkv paused)`
fn named(running: &[Job], all: u64) -> String {
    let name = |job: &Job| {
        let percent = || job.progress.and_then(|progress| progress.percent);
        let how = match text::state(job) {
            "running" => percent().map_or_else(String::new, |p| format!(" {p:.0} %")),
            other => format!(" {other}"),
        };
        format!("{}{how}", text::name(job))
    };
    let mut names: Vec<String> = running.iter().map(name).collect();
    if all > names.len() as u64 && !names.is_empty() {
        names.push("...".into());
    }
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

/// `2 running, 41 queued, 1 failed.` `running`: names of running jobs in brackets, or empty.
fn counted(c: &Counts, running: &str) -> String {
    let counts = [
        (c.running, "running", running),
        (c.startable(), "queued", ""),
        (c.unreadable, "made by another version", ""),
        (c.held, "on hold", ""),
        (c.waiting, "waiting", ""),
        (c.done, "done", ""),
        (c.failed, "failed", ""),
        (c.cancelled, "cancelled", ""),
    ];
    let some = counts.iter().filter(|(n, ..)| *n > 0);
    let parts: Vec<String> = some.map(|(n, word, names)| format!("{n} {word}{names}")).collect();
    if parts.is_empty() { "The queue is empty.".into() } else { format!("{}.", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(counts: Counts) -> Status {
        Status {
            counts,
            running: Vec::new(),
            paused: false,
            worker: Some("spool run (process 7)".into()),
            abandoned: None,
            hung_up: None,
            restored: None,
            breaker: None,
            waiting_for_space: None,
            left: None,
            batch: Batch::default(),
        }
    }

    #[test]
    fn one_line_states_the_counts_and_the_process_that_runs_the_queue() {
        let counts = Counts { queued: 5, held: 2, running: 1, done: 12, failed: 1, ..Counts::default() };
        let some = status(counts);
        let expected = "1 running, 3 queued, 2 on hold, 12 done, 1 failed. Run by spool run (process 7).";
        assert_eq!(some.line(0), expected);
        let left = Some(TimeLeft { from: 130.0, to: 250.0 });
        let expected = "1 running, 3 queued, 2 on hold, 12 done, 1 failed. About 2-5 min left. Run by spool run (process 7).";
        assert_eq!(Status { left, ..status(counts) }.line(0), expected);
        let none = Status { worker: None, ..status(Counts::default()) };
        assert_eq!(none.line(0), "The queue is empty. The queue is not running; start it with `spool run`.");
        let paused = Status { paused: true, ..status(Counts { waiting: 2, ..Counts::default() }) };
        let expected =
            "2 waiting. The queue is paused; `spool resume` resumes it. Run by spool run (process 7).";
        assert_eq!(paused.line(0), expected);
    }
}
