//! `spool run`: an engine in this terminal, with bars where the screen can be drawn on and plain lines
//! elsewhere.

pub(crate) mod screen;

use crate::args::Workers;
use crate::context::{Answer, Context, json_line};
use crate::signals::{Signal, Signals};
use crate::words;
use screen::Screen;
use serde_json::json;
use spool_core::engine::{Engine, EngineConfig, Tally, lock};
use spool_core::error::Error;
use spool_core::event::{Event, Subscription, Told, Topic};
use spool_core::ffmpeg;
use spool_core::job::State;
use spool_core::queue::{Flag, Queue};
use spool_core::view::JobView;
use std::sync::Arc;

pub(crate) fn run(context: &Context, workers: Option<Workers>, until_idle: bool) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(work(context, workers, until_idle))
}

async fn work(context: &Context, workers: Option<Workers>, until_idle: bool) -> Answer {
    // Held comes before missing tools: the second engine is told who works the queue either way.
    if let Some(holder) = lock::living_holder(&context.data) {
        return Err(Error::Held { holder }.into());
    }
    ffmpeg::locate(&context.tool_places())?;
    // Before the first job starts: a request to end that came in between would be a crash.
    let signals = Signals::new()?;
    let engine = Engine::start(config(context, workers))?;
    let (queue, tally) = (engine.queue(), engine.tally());
    if let Some(what) = queue.flag(Flag::Restored)? {
        eprintln!("spool: {what}");
    }
    let events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
    let screen = Screen::new(context.draws());
    let aside = screen.clone();
    let damaged = engine.damaged();
    let shown = tokio::spawn(show(events, screen, context.json, context.quiet, queue.clone()));
    wait_for_the_end(engine, signals, until_idle, &|line| aside.say(line)).await;
    // The events end with the engine; what is left of them is shown first.
    let _ = shown.await;
    if damaged.is_cancelled() {
        return Err(Error::Damaged.into());
    }
    if queue.flag(Flag::Breaker)?.is_some() {
        ffmpeg::locate(&context.tool_places())?;
    }
    summary(context, queue.as_ref(), &tally)
}

fn config(context: &Context, workers: Option<Workers>) -> EngineConfig {
    let workers = match workers {
        Some(Workers::Exactly(n)) => Some(n),
        Some(Workers::Auto) => None,
        None => context.settings.workers,
    };
    context.engine("spool run", workers)
}

/// Until idle (where asked) or damaged, or the first request to end drains and the second stops.
async fn wait_for_the_end(engine: Engine, mut signals: Signals, until_idle: bool, say: &dyn Fn(&str)) {
    let idle = async { if until_idle { engine.until_idle().await } else { std::future::pending().await } };
    let damaged = engine.damaged();
    let signal = tokio::select! {
        () = idle => None,
        () = damaged.cancelled() => None,
        signal = signals.next() => Some(signal),
    };
    match signal {
        None | Some(Signal::Terminate) => engine.stop().await,
        Some(Signal::Interrupt) => {
            engine.drain();
            say("Running jobs end, no further one starts. Press Ctrl-C again to stop them now.");
            let stop = engine.stopper();
            let ended = engine.ended();
            tokio::pin!(ended);
            tokio::select! {
                () = &mut ended => return,
                _ = signals.next() => stop.cancel(),
            }
            say("Stopping; what ran starts again with the next run.");
            ended.await;
        }
    }
}

/// Shows what happens until the engine ends.
async fn show(mut events: Subscription, mut screen: Screen, json: bool, quiet: bool, queue: Arc<dyn Queue>) {
    while let Some(told) = events.next().await {
        match told {
            Told::Snapshot(snapshot) => {
                snapshot.running.iter().for_each(|job| screen.progress(job.id, job.progress.as_ref()));
            }
            Told::Event(Event::Progress { id, progress }) => screen.progress(id, Some(&progress)),
            Told::Event(Event::JobChanged { id, state, .. }) => {
                let queue = queue.clone();
                let job = tokio::task::spawn_blocking(move || queue.job(id)).await;
                let Some(job) = job.ok().and_then(Result::ok).flatten() else { continue };
                if json {
                    // Whoever stops reading does not stop the work.
                    let _ = json_line(&JobView::from(&job));
                } else if !quiet {
                    screen.changed(&job, state);
                }
            }
            Told::Event(Event::Alarm { message } | Event::Breaker(Some(message))) => screen.warn(&message),
            Told::Event(_) => {}
        }
    }
    screen.clear();
}

/// What came of it; false when something failed or cannot go on by itself.
fn summary(context: &Context, queue: &dyn Queue, tally: &Tally) -> Answer {
    let [done, failed, cancelled] = [State::Done, State::Failed, State::Cancelled].map(|s| tally.of(s));
    let counts = queue.counts()?;
    let paused = queue.flag(Flag::Paused)?.is_some();
    let left = counts.startable();
    let stuck = [
        (counts.held, "on hold"),
        (counts.unreadable, "made by another version of Spool"),
        (counts.waiting, "waiting"),
        (left, if paused { "paused" } else { "still queued" }),
    ];
    if context.json {
        // What stays is named to scripts too: of jobs that do not move no line has told.
        let left = json!({
            "queued": left, "held": counts.held, "unreadable": counts.unreadable, "waiting": counts.waiting,
            "paused": paused
        });
        let _ = json_line(
            &json!({ "summary": { "done": done, "failed": failed, "cancelled": cancelled, "left": left } }),
        );
    }
    let ends = [(done, "done"), (failed, "failed"), (cancelled, "cancelled")];
    let parts = ends.into_iter().chain(stuck).filter(|(n, _)| *n > 0);
    let parts: Vec<String> =
        parts.map(|(n, word)| format!("{} {word}", words::count(n, "video", "videos"))).collect();
    let mut lines = vec![if parts.is_empty() {
        "Nothing was to be done.".into()
    } else {
        format!("{}.", parts.join(", "))
    }];
    lines.extend(words::crowded(&queue.crowded()?));
    if failed > 0 {
        lines.push("`spool list --state failed` says why; `spool retry --all` tries again.".into());
    }
    // The answer is in the exit code too, for those who do not read it.
    let _ = lines.iter().try_for_each(|line| context.say(line));
    Ok(failed == 0 && stuck.iter().all(|(n, _)| *n == 0))
}
