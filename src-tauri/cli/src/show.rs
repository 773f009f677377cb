//! `spool show`: prints jobs in full, with their attempts.

use crate::args::Ids;
use crate::context::{Answer, Context, Failed, json_line};
use crate::{checked, list, text};
use spool_app::state::Spool;
use spool_app::{presets, shell};
use spool_core::clock::{Clock, SystemClock};
use spool_core::job::{Attempt, Job, JobId, State};
use spool_core::preset::Preset;
use spool_core::recheck::finding::Check;
use spool_core::words::{next_step, reason, sentences};

pub(crate) fn show(context: &Context, ids: &[Ids], with_log: bool) -> Answer {
    let app = context.app_to_read()?;
    let (mut missing, mut shown) = (Vec::new(), 0);
    for id in ids.iter().flat_map(|ids| ids.iter()) {
        let Some(job) = app.job(id)? else {
            missing.push(id);
            continue;
        };
        if shown > 0 {
            context.say("")?;
        }
        show_one(context, &app, &job, with_log)?;
        shown += 1;
    }
    Ok(missing.is_empty() || not_found(&missing))
}

fn show_one(context: &Context, app: &Spool, job: &Job, with_log: bool) -> Result<(), Failed> {
    if context.json {
        return json_line(&app.details_of(job)?);
    }
    facts(context, job, &app.known_presets())?;
    for (n, attempt) in (1..).zip(app.queue().attempts(job.id)?) {
        print_attempt(context, n, &attempt, with_log || job.state == State::Failed)?;
    }
    Ok(())
}

/// Prints that these jobs do not exist. Returns false: something was not found.
pub(crate) fn not_found(ids: &[JobId]) -> bool {
    eprintln!("spool: {}", text::no_such(ids));
    false
}

fn facts(context: &Context, job: &Job, known: &[Preset]) -> Result<(), Failed> {
    context.say(list::line(job, SystemClock::default().now(), context.abandoned_since()))?;
    context.say(format!("source    {}", text::line(job.source.to_string_lossy())))?;
    context.say(format!("output    {}", text::line(job.output.to_string_lossy())))?;
    let preset = job.spec.as_ref().map_or_else(|| text::other_version(job), |spec| spec.preset.name.clone());
    context.say(format!("preset    {}", text::line(&preset)))?;
    let changed = text::settings(&presets::changed(job, known));
    if !changed.is_empty() {
        context.say(format!("changed   {}", text::line(&changed)))?;
    }
    context.say(format!("added     {}", text::moment(job.created_at)))?;
    if let Some(finished) = job.finished_at {
        context.say(format!("ended     {}", text::moment(finished)))?;
    }
    if let Some(failure) = &job.failure {
        context.say(format!("reason    {}", text::line(reason(failure))))?;
        context.say(format!("next      {}", next_step(failure.code())))?;
    }
    if let Some(check) = &job.check {
        context.say(format!("checked   {}  {}", text::moment(check.at), found(check)))?;
    }
    sentences(&job.warnings)
        .iter()
        .try_for_each(|remark| context.say(format!("remark    {}", text::line(remark.to_string()))))
}

/// `wrong: Track 2 (sound, AAC, ger) is missing in the result.`
fn found(check: &Check) -> String {
    let (word, sentence) = (check.finding.word(), text::finding(&check.finding));
    if sentence.is_empty() { word.to_owned() } else { format!("{word}: {sentence}") }
}

fn print_attempt(context: &Context, n: usize, attempt: &Attempt, with_log: bool) -> Result<(), Failed> {
    let outcome = attempt.outcome.as_deref().unwrap_or("running");
    context.say(format!(
        "\nrun {n}     {}  {outcome}{}",
        text::moment(attempt.started_at),
        how_it_ended(attempt)
    ))?;
    for line in attempt.verification.iter().flat_map(checked::lines) {
        context.say(format!("  checked {}", text::line(&line)))?;
    }
    for note in plan_notes(attempt) {
        context.say(format!("  stream  {}", text::line(&note)))?;
    }
    for command in &attempt.commands {
        context.say(format!("  command {}", shell::line(command)))?;
    }
    match attempt.log_tail.as_deref().filter(|tail| with_log && !tail.is_empty()) {
        Some(tail) => {
            tail.lines().try_for_each(|line| context.say(format!("  log     {}", text::line(line))))
        }
        None => Ok(()),
    }
}

fn how_it_ended(attempt: &Attempt) -> String {
    let exit = attempt.exit.map(|code| format!("  exit {code}"));
    let signal = attempt.signal.map(|signal| format!("  signal {signal}"));
    let reason = attempt.failure.as_ref().map(|f| format!("  {}: {}", f.code(), text::line(reason(f))));
    [exit, signal, reason].into_iter().flatten().collect()
}

fn plan_notes(attempt: &Attempt) -> Vec<String> {
    let plan = attempt.plan.as_deref().and_then(|p| serde_json::from_str(p).ok());
    plan.as_ref().map(crate::probe::stream_lines).unwrap_or_default()
}
