//! The verbs that act on jobs: retry, cancel, remove, hold, release and move; and pause and resume for the queue.

use crate::args::{self, Ids, Verb};
use crate::context::{Answer, Context, Failed, json_line};
use crate::{kinds, text};
use serde::Serialize;
use spool_app::state::Spool;
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, CommandResult, Filter, Queue, Refusal, Selection};

#[derive(Serialize)]
struct Line {
    id: JobId,
    outcome: &'static str,
    reason: Option<String>,
    /// Whether an engine runs the queue now.
    worked: bool,
}

pub(crate) fn run(context: &Context, verb: &Verb) -> Answer {
    let app = context.app()?;
    let chosen = |which: &args::JobArgs, all: &[State]| chosen(context, app.queue(), which, all);
    let (command, which, past) = match verb {
        // All failed jobs; cancelled ones stay cancelled.
        Verb::Retry(w) => (Command::Retry, chosen(w, &[State::Failed])?, "queued again"),
        Verb::Cancel(w) => (Command::Cancel, chosen(w, &State::ALL)?, "cancelled"),
        Verb::Remove(w) => (Command::Remove, chosen(w, &State::ALL)?, "removed"),
        Verb::Hold(w) => (Command::Hold, chosen(w, &State::ALL)?, "on hold"),
        Verb::Release(w) => (Command::Release, chosen(w, &State::ALL)?, "released"),
        Verb::Move(m) => {
            let (command, past) = moved(&m.place);
            (command, named(&m.ids), past)
        }
        verb => return pause(context, &app, matches!(verb, Verb::Pause)),
    };
    if matches!(command, Command::Cancel | Command::Remove) && app.queue().counts()?.running > 0 {
        context.rescue_idle()?;
    }
    let result = app.apply(command, &which)?;
    print_outcome(context, &result, past)?;
    hint(context, app.queue(), command, &result)?;
    Ok(result.refused.is_empty())
}

fn moved(place: &args::PositionArgs) -> (Command, &'static str) {
    match place {
        place if place.top => (Command::MoveTop, "moved to the top"),
        place if place.bottom => (Command::MoveBottom, "moved to the bottom"),
        place if place.up => (Command::MoveUp, "moved up"),
        _ => (Command::MoveDown, "moved down"),
    }
}

fn named(ids: &[Ids]) -> Selection {
    Selection::Ids(ids.iter().flat_map(|ids| ids.iter()).collect())
}

/// Returns the selected jobs. `all`: the states that `--all` covers. Jobs of a kind that is not a whole state are read
/// from the queue.
fn chosen(
    context: &Context,
    queue: &dyn Queue,
    which: &args::JobArgs,
    all: &[State],
) -> Result<Selection, Failed> {
    match which {
        which if which.all => Ok(Selection::All(all.to_vec())),
        which if which.state.is_empty() => Ok(named(&which.ids)),
        which if kinds::are_states(&which.state) => Ok(Selection::All(kinds::states(&which.state))),
        which => {
            let (states, abandoned) = (kinds::states(&which.state), context.abandoned_since());
            let mut jobs = queue.page(&Filter::of(&states), 0, u64::MAX >> 1)?;
            jobs.retain(|job| which.state.iter().any(|kind| kind.fits(job, abandoned)));
            Ok(Selection::Ids(jobs.iter().map(|job| job.id).collect()))
        }
    }
}

/// Prints the outcome: a single job by its id, several as a count.
fn print_outcome(context: &Context, result: &CommandResult, past: &'static str) -> Result<(), Failed> {
    let worked = context.is_worked();
    if context.json {
        for id in &result.done {
            json_line(&Line { id: *id, outcome: "done", reason: None, worked })?;
        }
    }
    match result.done.as_slice() {
        [] if result.refused.is_empty() => context.say("There was nothing to do.")?,
        [] => {}
        [id] => context.say(format!("Job {id} {past}."))?,
        ids => context.say(format!("{} {past}.", text::count(ids.len() as u64, "job", "jobs")))?,
    }
    let missing = |refused: &&(JobId, Refusal)| refused.1 == Refusal::NotFound;
    if context.json {
        return result.refused.iter().try_for_each(|(id, refusal)| {
            let reason = Some(sentence(*id, *refusal, past));
            json_line(&Line { id: *id, outcome: "refused", reason, worked })
        });
    }
    for (id, refusal) in result.refused.iter().filter(|refused| !missing(refused)) {
        eprintln!("spool: {}", sentence(*id, *refusal, past));
    }
    let missing: Vec<JobId> = result.refused.iter().filter(missing).map(|(id, _)| *id).collect();
    if !missing.is_empty() {
        eprintln!("spool: {}", text::no_such(&missing));
    }
    Ok(())
}

/// Prints what the user should know afterwards: that nothing starts now, or how to undo the command.
fn hint(
    context: &Context,
    queue: &dyn Queue,
    command: Command,
    result: &CommandResult,
) -> Result<(), Failed> {
    match command {
        Command::Retry | Command::Release if !result.done.is_empty() => {
            context.standstill(queue)?.iter().try_for_each(|why| context.say(why))
        }
        Command::Cancel if result.done.len() > 1 => {
            context.say("`spool retry --state cancelled` puts all that is cancelled back in line.")
        }
        _ => Ok(()),
    }
}

fn sentence(id: JobId, refusal: Refusal, past: &str) -> String {
    match refusal {
        Refusal::NotFound => text::no_such(&[id]),
        Refusal::State(State::Running) if past == "removed" => {
            format!("Job {id} is being cancelled; remove it once it has ended.")
        }
        Refusal::State(state) => format!("Job {id} is {state}, so this does not apply to it."),
        Refusal::Unreadable => {
            format!("Job {id} was made by another version of Spool; update Spool, or remove the job.")
        }
        Refusal::Active => format!(
            "Job {id} was not changed: its video, or the name of its result, is taken by another job that is not \
             finished."
        ),
    }
}

fn pause(context: &Context, app: &Spool, paused: bool) -> Answer {
    app.pause(paused)?;
    let worked = context.is_worked();
    let line = if paused { "The queue is paused; running videos continue." } else { "The queue is resumed." };
    context.tell(&serde_json::json!({ "paused": paused, "worked": worked }), line)?;
    if !paused && !context.json {
        context.standstill(app.queue())?.iter().try_for_each(|why| context.say(why))?;
    }
    Ok(true)
}
