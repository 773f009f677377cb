//! The verbs a user has on jobs: retry, cancel, remove, hold, release, move, and pause for the whole queue.

use crate::args::{Ids, Verb};
use crate::context::{Answer, Context, Failed, json_line};
use crate::words;
use serde::Serialize;
use spool_core::job::{JobId, State};
use spool_core::queue::{self, Command, Queue, Refusal, Steered, Which};
use std::time::Duration;

/// How long a job that runs is waited for before it is removed; a cancel is done within 2 s.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct Line {
    id: JobId,
    outcome: &'static str,
    reason: Option<String>,
}

pub(crate) fn steer(context: &Context, verb: &Verb) -> Answer {
    let all = State::ALL.to_vec();
    let (command, which, past) = match verb {
        // All that failed: what somebody cancelled stays so.
        Verb::Retry(w) => (Command::Retry, which(&w.ids, w.all.then(|| vec![State::Failed])), "queued again"),
        Verb::Cancel(w) => (Command::Cancel, which(&w.ids, w.all.then_some(all)), "cancelled"),
        Verb::Remove(r) => (Command::Remove, which(&r.ids, r.state.map(|s| vec![s])), "removed"),
        Verb::Hold(t) => (Command::Hold, which(&t.ids, None), "on hold"),
        Verb::Release(t) => (Command::Release, which(&t.ids, None), "released"),
        Verb::Move(m) if m.top => (Command::MoveTop, which(&m.ids, None), "moved to the top"),
        Verb::Move(m) if m.up => (Command::MoveUp, which(&m.ids, None), "moved up"),
        Verb::Move(m) => (Command::MoveDown, which(&m.ids, None), "moved down"),
        verb => return pause(context, matches!(verb, Verb::Pause)),
    };
    let queue = context.queue()?;
    if matches!(command, Command::Cancel | Command::Remove) && queue.counts()?.running > 0 {
        context.rescue_idle()?;
    }
    let steer = |command, which: &Which| queue.steer(command, which);
    let steered = match command {
        Command::Remove => queue::remove(&queue, &steer, &which, PATIENCE)?,
        command => steer(command, &which)?,
    };
    tell(context, &steered, past)?;
    Ok(steered.refused.is_empty())
}

fn which(ids: &[Ids], all: Option<Vec<State>>) -> Which {
    all.map_or_else(|| Which::Ids(ids.iter().flat_map(|ids| ids.iter()).collect()), Which::All)
}

/// One job is named; of many, the number is enough.
fn tell(context: &Context, steered: &Steered, past: &'static str) -> Result<(), Failed> {
    if context.json {
        for id in &steered.done {
            json_line(&Line { id: *id, outcome: "done", reason: None })?;
        }
    }
    match steered.done.as_slice() {
        [] if steered.refused.is_empty() => context.say("There was nothing to do.")?,
        [] => {}
        [id] => context.say(format!("Job {id} {past}."))?,
        ids => context.say(format!("{} {past}.", words::count(ids.len() as u64, "job", "jobs")))?,
    }
    let missing = |refused: &&(JobId, Refusal)| refused.1 == Refusal::NotFound;
    if context.json {
        return steered.refused.iter().try_for_each(|(id, refusal)| {
            let reason = Some(sentence(*id, *refusal, past));
            json_line(&Line { id: *id, outcome: "refused", reason })
        });
    }
    for (id, refusal) in steered.refused.iter().filter(|refused| !missing(refused)) {
        eprintln!("spool: {}", sentence(*id, *refusal, past));
    }
    let missing: Vec<JobId> = steered.refused.iter().filter(missing).map(|(id, _)| *id).collect();
    if !missing.is_empty() {
        eprintln!("spool: {}", words::no_such(&missing));
    }
    Ok(())
}

fn sentence(id: JobId, refusal: Refusal, past: &str) -> String {
    match refusal {
        Refusal::NotFound => words::no_such(&[id]),
        Refusal::State(State::Running) if past == "removed" => {
            format!("Job {id} is being cancelled; remove it once it has ended.")
        }
        Refusal::State(state) => format!("Job {id} is {state}, so this does not apply to it."),
        Refusal::Unreadable => {
            format!("Job {id} was made by another version of Spool; update Spool, or remove the job.")
        }
        Refusal::Active => format!(
            "Job {id} stays as it is: its video, or the name of its result, is taken by another job that is not \
             finished."
        ),
    }
}

fn pause(context: &Context, paused: bool) -> Answer {
    queue::pause(&context.queue()?, paused)?;
    let line = if paused { "The queue is paused; what runs goes on." } else { "The queue goes on." };
    context.tell(&serde_json::json!({ "paused": paused }), line)?;
    Ok(true)
}
