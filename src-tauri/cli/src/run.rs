//! `spool run`: runs an engine in this terminal, with progress bars if they can be drawn and plain lines otherwise.

mod idle_reason;
mod pace;
pub(crate) mod screen;
mod show;
mod summary;

use crate::args::Workers;
use crate::context::{Answer, Context, complain};
use screen::Screen;
use show::Show;
use spool_app::queues;
use spool_app::signals::{Signal, Signals};
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{Engine, EngineConfig, lock};
use spool_core::error::Error;
use spool_core::event::Topic;
use spool_core::ffmpeg;
use spool_core::queue::raised;
use spool_core::queue::{Flag, Queue};
use spool_core::words as english;

/// How a run ended.
#[derive(Debug, Clone, Copy)]
struct Ended {
    /// The first termination signal; `None` if the run ended by itself.
    by: Option<Signal>,
    /// Whether the run was to end when the queue is idle.
    until_idle: bool,
}

pub(crate) fn run(context: &Context, workers: Option<Workers>, until_idle: bool) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(work(context, workers, until_idle))
}

async fn work(context: &Context, workers: Option<Workers>, until_idle: bool) -> Answer {
    // The lock is checked before the tools, so that a second engine reports the lock holder in either case.
    if let Some(holder) = lock::living_holder(&context.data) {
        return Err(Error::Held { holder }.into());
    }
    ffmpeg::locate(&context.tool_places())?;
    // Before the first job starts: until then, a signal ends the process like a crash.
    let signals = Signals::new()?;
    let engine = queues::start(config(context, workers))?;
    let (queue, tally) = (engine.queue(), engine.tally());
    if let Some(restored) = raised::restored(queue.as_ref())? {
        complain(&english::restored(&restored).to_string());
    }
    let events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
    let screen = Screen::new(context.draws());
    let aside = screen.clone();
    let damaged = engine.damaged();
    let show = Show::new(context, screen, &engine, until_idle);
    let shown = tokio::spawn(show.all(events));
    let ended = wait_for_the_end(engine, signals, until_idle, &|line| aside.say(line)).await;
    // The events end with the engine; the remaining ones are shown first.
    let _ = shown.await;
    if damaged.is_cancelled() {
        return Err(Error::Damaged.into());
    }
    if queue.flag(Flag::Breaker)?.is_some() && ended.by.is_none() {
        ffmpeg::locate(&context.tool_places())?;
    }
    summary::summary(context, queue.as_ref(), &tally, ended)
}

fn config(context: &Context, workers: Option<Workers>) -> EngineConfig {
    let workers = match workers {
        Some(Workers::Exactly(n)) => Some(n),
        Some(Workers::Auto) => None,
        None => context.settings.workers,
    };
    context.engine("spool run", workers)
}

/// Waits until the queue is idle (if `until_idle`) or damaged, or a signal arrives. Ctrl-C drains the engine, and a
/// second signal stops it; any other signal stops it at once.
async fn wait_for_the_end(
    engine: Engine,
    mut signals: Signals,
    until_idle: bool,
    say: &dyn Fn(&str),
) -> Ended {
    let idle = async { if until_idle { engine.until_idle().await } else { std::future::pending().await } };
    let damaged = engine.damaged();
    let by = tokio::select! {
        () = idle => None,
        () = damaged.cancelled() => None,
        signal = signals.next() => Some(signal),
    };
    match by {
        Some(Signal::Interrupt) => drain(engine, &mut signals, say).await,
        by => {
            if by == Some(Signal::HangUp) {
                keep_hang_up(engine.queue().as_ref());
            }
            engine.stop().await;
        }
    }
    Ended { by, until_idle }
}

async fn drain(engine: Engine, signals: &mut Signals, say: &dyn Fn(&str)) {
    engine.drain();
    say("Finishing the running jobs; no further job starts. Press Ctrl-C again to stop them now.");
    let stop = engine.stopper();
    let ended = engine.ended();
    tokio::pin!(ended);
    tokio::select! {
        () = &mut ended => return,
        signal = signals.next() => {
            tracing::info!(?signal, "second termination signal received");
            stop.cancel();
        }
    }
    say("Stopping; the running jobs start again with the next run.");
    ended.await;
}

/// Records the loss of the terminal in the log and for the next `spool list`. Does so at once, because the session may
/// be killed before everything has stopped.
fn keep_hang_up(queue: &dyn Queue) {
    tracing::warn!("the terminal was closed or the connection to it lost: this run ends by a hang-up");
    let now = SystemClock::default().now().to_string();
    if let Err(cause) = queue.set_flag(Flag::HungUp, Some(&now)) {
        tracing::error!(%cause, "the hang-up could not be stored");
    }
}
