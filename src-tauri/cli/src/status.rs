//! `spool status`: the state of the queue in one line; also the sentences at the end of a list.

use crate::context::{Answer, Context, Failed, json_line};
use crate::words;
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
    let standing = Standing::of(context, app.queue())?;
    if context.json {
        json_line(&standing.view(&app.causes()?))?;
    } else {
        context.say(standing.line(SystemClock::default().now()))?;
    }
    Ok(true)
}

/// Returns how the last run ended, if the user should know, the counts of jobs, and what the user can do about them.
pub(crate) fn sentences(context: &Context, queue: &dyn Queue) -> Result<Vec<String>, Failed> {
    let standing = Standing::of(context, queue)?;
    let now = SystemClock::default().now();
    let mut lines: Vec<String> = standing.restored.clone().into_iter().collect();
    lines.extend(standing.hung_up.map(|at| words::hung_up(at, now)));
    let c = &standing.counts;
    let mut last = vec![counted(c, "")];
    last.extend(standing.crowded.clone());
    if standing.paused {
        last.push(words::PAUSED.into());
    } else if c.startable() + c.running > 0 && standing.worker.is_none() {
        last.push(words::unworked(standing.abandoned));
    }
    lines.push(last.join(" "));
    Ok(lines)
}

struct Standing {
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
    crowded: Option<String>,
    left: Option<TimeLeft>,
    batch: Batch,
}

impl Standing {
    fn of(context: &Context, queue: &dyn Queue) -> Result<Standing, Failed> {
        let worker = lock::holder(&context.data);
        Ok(Standing {
            counts: queue.counts()?,
            running: queue.page(&Filter::of(&[State::Running]), 0, NAMED)?,
            paused: queue.flag(Flag::Paused)?.is_some(),
            abandoned: context.abandoned_since(),
            hung_up: queue.flag(Flag::HungUp)?.and_then(|at| at.parse().ok()),
            restored: raised::restored(queue)?.map(|restored| english::restored(&restored).to_string()),
            breaker: raised::breaker(queue)?.filter(|_| worker.is_some()),
            crowded: words::crowded(&queue.crowded()?),
            batch: Batch::kept(queue)?,
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
            "timeLeft": self.left, "batch": self.batch.far(c), "breaker": self.breaker.as_ref().map(english::breaker), "restored": self.restored,
            "jobs": self.running.iter().map(|job| JobView::of(job, self.abandoned)).collect::<Vec<_>>(),
        })
    }

    fn line(&self, now: Millis) -> String {
        let mut parts = vec![counted(&self.counts, &named(&self.running, self.counts.running))];
        parts.extend(self.left.as_ref().map(|left| capital(&words::time_left(left))));
        parts.extend(self.crowded.clone());
        parts.extend(
            self.breaker
                .as_ref()
                .map(|why| format!("The queue stands still: {}", words::line(english::breaker(why)))),
        );
        if self.paused {
            parts.push(words::PAUSED.into());
        }
        if let Some(who) = &self.worker {
            parts.push(format!("Worked by {}.", words::line(who)));
        } else {
            parts.extend(self.hung_up.map(|at| words::hung_up(at, now)));
            parts.push(words::unworked(self.abandoned));
        }
        parts.extend(self.restored.as_deref().map(words::line));
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
        let how = match words::state(job) {
            "running" => percent().map_or_else(String::new, |p| format!(" {p:.0} %")),
            other => format!(" {other}"),
        };
        format!("{}{how}", words::name(job))
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

    fn standing(counts: Counts) -> Standing {
        Standing {
            counts,
            running: Vec::new(),
            paused: false,
            worker: Some("spool run (process 7)".into()),
            abandoned: None,
            hung_up: None,
            restored: None,
            breaker: None,
            crowded: None,
            left: None,
            batch: Batch::default(),
        }
    }

    #[test]
    fn one_line_states_the_counts_and_the_process_that_runs_the_queue() {
        let counts = Counts { queued: 5, held: 2, running: 1, done: 12, failed: 1, ..Counts::default() };
        let some = standing(counts);
        let expected = "1 running, 3 queued, 2 on hold, 12 done, 1 failed. Worked by spool run (process 7).";
        assert_eq!(some.line(0), expected);
        let left = Some(TimeLeft { from: 130.0, to: 250.0 });
        let expected = "1 running, 3 queued, 2 on hold, 12 done, 1 failed. About 2-5 min left. Worked by spool run (process 7).";
        assert_eq!(Standing { left, ..standing(counts) }.line(0), expected);
        let none = Standing { worker: None, ..standing(Counts::default()) };
        assert_eq!(none.line(0), "The queue is empty. Nothing works the queue now; `spool run` does.");
        let paused = Standing { paused: true, ..standing(Counts { waiting: 2, ..Counts::default() }) };
        let expected =
            "2 waiting. The queue is paused; `spool resume` lets it go on. Worked by spool run (process 7).";
        assert_eq!(paused.line(0), expected);
    }
}
