//! `spool check`: checks existing results one after another, at the lowest priority.

mod screen;

use crate::args;
use crate::context::{Answer, Context, Failed, json_line};
use crate::text;
use screen::Screen;
use serde::Serialize;
use serde_json::json;
use spool_app::signals::Signals;
use spool_app::view::CheckView;
use spool_core::clock::SystemClock;
use spool_core::ffmpeg::{self, Control, Tools};
use spool_core::job::{Job, JobId, State};
use spool_core::path_bytes::percent;
use spool_core::policy::Policy;
use spool_core::queue::Queue;
use spool_core::recheck::finding::Check;
use spool_core::recheck::{self, Event, Round, RoundTally, run_all};
use std::sync::Arc;
use tokio::sync::watch;

/// The finding for one result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: JobId,
    source: String,
    /// The path in percent-encoding, if it is not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_bytes: Option<String>,
    output: String,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<String>,
    check: CheckView,
}

pub(crate) fn check(context: &Context, args: &args::Check) -> Answer {
    let queue = context.queue()?;
    let chosen = chosen(queue.as_ref(), args)?;
    let tools = ffmpeg::locate(&context.tool_places())?;
    let screen = Screen::new(context.draws(), context.json, context.quiet);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let checked = runtime.block_on(until_stopped(context, queue, tools, chosen.done.clone(), screen));
    let tally = checked?;
    summary(context, &tally, chosen.done.len())?;
    chosen.print_refused();
    Ok(tally.wrong.is_empty() && !tally.stopped && chosen.refused.is_empty() && chosen.missing.is_empty())
}

/// The chosen jobs, grouped by whether they can be checked.
#[derive(Default)]
struct Chosen {
    done: Vec<JobId>,
    missing: Vec<JobId>,
    refused: Vec<(JobId, State)>,
}

/// Groups the named jobs; chooses all done jobs, newest first, if none is named.
fn chosen(queue: &dyn Queue, args: &args::Check) -> Result<Chosen, Failed> {
    let mut chosen = Chosen::default();
    if args.ids.is_empty() {
        chosen.done = recheck::done(queue)?;
        return Ok(chosen);
    }
    for id in args.ids.iter().flat_map(|ids| ids.iter()) {
        match queue.job(id)?.map(|job| job.state) {
            Some(State::Done) => chosen.done.push(id),
            Some(state) => chosen.refused.push((id, state)),
            None => chosen.missing.push(id),
        }
    }
    Ok(chosen)
}

impl Chosen {
    fn print_refused(&self) {
        for (id, state) in &self.refused {
            eprintln!("spool: Job {id} is {state}, so it has no result to be checked.");
        }
        if !self.missing.is_empty() {
            eprintln!("spool: {}", text::no_such(&self.missing));
        }
    }
}

/// Checks on a separate thread until all results are checked or the first termination signal arrives.
async fn until_stopped(
    context: &Context,
    queue: Arc<dyn Queue>,
    tools: Tools,
    ids: Vec<JobId>,
    mut screen: Screen,
) -> Result<RoundTally, Failed> {
    let mut signals = Signals::new()?;
    let (sender, orders) = watch::channel(Control::Go);
    let data = context.data.clone();
    let mut work = tokio::task::spawn_blocking(move || {
        let (policy, clock) = (Policy::default(), SystemClock::default());
        let round =
            Round { queue: queue.as_ref(), data: &data, tools: &tools, policy: &policy, clock: &clock };
        let done = run_all(round, &ids, &orders, &mut |event| show(&mut screen, &event));
        screen.clear();
        done
    });
    let ended = tokio::select! {
        ended = &mut work => ended,
        _ = signals.next() => {
            // Sending fails only if the round has already ended.
            let _ = sender.send(Control::Cancel);
            work.await
        }
    };
    Ok(ended.map_err(std::io::Error::other)??)
}

fn show(screen: &mut Screen, event: &Event<'_>) {
    match event {
        Event::Begins { n, of, job } => screen.begins(*n, *of, job),
        Event::Progress(progress) => screen.progress(progress),
        Event::Waits(still) => screen.waits(*still),
        Event::Found { job, check } => screen.found(job, check),
    }
}

impl Line {
    fn new(job: &Job, check: &Check) -> Line {
        Line {
            id: job.id,
            source: job.source.to_string_lossy().into_owned(),
            source_bytes: percent(&job.source),
            output: job.output.to_string_lossy().into_owned(),
            output_bytes: percent(&job.output),
            check: CheckView::from(check),
        }
    }
}

/// `412 results checked: 409 right, 3 wrong, 5 could not be checked.`
fn counted(tally: &RoundTally) -> String {
    let judged = match tally.checked() {
        0 => "0 results checked".to_owned(),
        n => {
            let checked = text::count(n, "result checked", "results checked");
            format!("{checked}: {} right, {} wrong", tally.right, tally.wrong.len())
        }
    };
    match tally.not_checked {
        0 => format!("{judged}."),
        n => format!("{judged}, {n} could not be checked."),
    }
}

/// Prints the totals and the next step.
fn summary(context: &Context, tally: &RoundTally, all: usize) -> Result<(), Failed> {
    let (right, wrong, passed) = (tally.right, tally.wrong.len() as u64, tally.not_checked);
    let left = all as u64 - (tally.checked() + passed).min(all as u64);
    if context.json {
        let summary = json!({ "right": right, "wrong": wrong, "notChecked": passed, "left": left });
        return json_line(&json!({ "summary": summary }));
    }
    if all == 0 {
        return context.say("There was nothing to check.");
    }
    context.say(counted(tally))?;
    if tally.stopped {
        context
            .say(format!("Stopped: {} left to be checked.", text::count(left, "result is", "results are")))?;
    }
    if wrong > 0 {
        let ids: Vec<String> = tally.wrong.iter().map(JobId::to_string).collect();
        let named = if ids.len() > 20 { "--wrong".to_owned() } else { ids.join(" ") };
        context.say(format!(
            "`spool again {named}` does what is wrong again; the results that are there stay."
        ))?;
    }
    Ok(())
}
