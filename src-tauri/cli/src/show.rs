//! `spool show`: jobs in full, with their attempts.

use crate::args::Ids;
use crate::context::{Answer, Context, Failed, json_line};
use crate::{checked, list, words};
use serde::Serialize;
use serde_json::Value;
use spool_core::clock::{Clock, SystemClock};
use spool_core::job::{Attempt, Job, JobId, State};
use spool_core::queue::Details;
use spool_core::recheck::finding::Check;
use spool_core::view::{AttemptView, JobView};
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    job: JobView,
    /// In what its preset differs from the one of that id; a setting that only that one has is null.
    changed: BTreeMap<String, Option<Value>>,
    attempts: Vec<AttemptView>,
}

pub(crate) fn show(context: &Context, ids: &[Ids], with_log: bool) -> Answer {
    let queue = context.queue_to_read()?;
    let (mut missing, mut shown) = (Vec::new(), 0);
    for id in ids.iter().flat_map(|ids| ids.iter()) {
        let Some(job) = queue.job(id)? else {
            missing.push(id);
            continue;
        };
        if shown > 0 {
            context.say("")?;
        }
        show_one(context, &job, &queue.attempts(id)?, with_log)?;
        shown += 1;
    }
    Ok(missing.is_empty() || not_found(&missing))
}

fn show_one(context: &Context, job: &Job, attempts: &[Attempt], with_log: bool) -> Result<(), Failed> {
    if context.json {
        let attempts = attempts.iter().map(AttemptView::from).collect();
        let job_view = list::view(job, context.abandoned_since());
        return json_line(&Shown {
            job: job_view,
            changed: changed(context, job).into_iter().collect(),
            attempts,
        });
    }
    facts(context, job)?;
    for (n, attempt) in (1..).zip(attempts) {
        tell_attempt(context, n, attempt, with_log || job.state == State::Failed)?;
    }
    Ok(())
}

/// Says so; the answer is that something was not found.
pub(crate) fn not_found(ids: &[JobId]) -> bool {
    eprintln!("spool: {}", words::no_such(ids));
    false
}

fn facts(context: &Context, job: &Job) -> Result<(), Failed> {
    context.say(list::line(job, SystemClock::default().now(), context.abandoned_since()))?;
    context.say(format!("source    {}", words::line(&job.source.to_string_lossy())))?;
    context.say(format!("output    {}", words::line(&job.output.to_string_lossy())))?;
    let preset = job.spec.as_ref().map_or_else(|| words::other_version(job), |spec| spec.preset.name.clone());
    context.say(format!("preset    {}", words::line(&preset)))?;
    let changed = words::settings(&changed(context, job));
    if !changed.is_empty() {
        context.say(format!("changed   {}", words::line(&changed)))?;
    }
    context.say(format!("added     {}", words::moment(job.created_at)))?;
    if let Some(finished) = job.finished_at {
        context.say(format!("ended     {}", words::moment(finished)))?;
    }
    if let Some(failure) = &job.failure {
        context.say(format!("reason    {}", words::line(&failure.message)))?;
        context.say(format!("next      {}", failure.code.next_step()))?;
    }
    if let Some(check) = &job.check {
        context.say(format!("checked   {}  {}", words::moment(check.at), words::line(&found(check))))?;
    }
    job.warnings.iter().try_for_each(|w| context.say(format!("remark    {}", words::line(w))))
}

/// What `--set` changed of the preset the job was added with.
fn changed(context: &Context, job: &Job) -> Vec<(String, Option<Value>)> {
    job.spec.as_ref().map_or_else(Vec::new, |spec| list::changed(&spec.preset, &context.presets()))
}

/// `wrong: Track 2 (sound, AAC, ger) is missing in the result.`
fn found(check: &Check) -> String {
    let (word, sentence) = (check.finding.word(), check.finding.sentence());
    if sentence.is_empty() { word.to_owned() } else { format!("{word}: {sentence}") }
}

fn tell_attempt(context: &Context, n: usize, attempt: &Attempt, with_log: bool) -> Result<(), Failed> {
    let outcome = attempt.outcome.as_deref().unwrap_or("running");
    context.say(format!(
        "\nrun {n}     {}  {outcome}{}",
        words::moment(attempt.started_at),
        how_it_ended(attempt)
    ))?;
    for line in attempt.verification.iter().flat_map(checked::lines) {
        context.say(format!("  checked {}", words::line(&line)))?;
    }
    for note in plan_notes(attempt) {
        context.say(format!("  stream  {}", words::line(&note)))?;
    }
    for command in &attempt.commands {
        context.say(format!("  command {}", shell_line(command)))?;
    }
    match attempt.log_tail.as_deref().filter(|tail| with_log && !tail.is_empty()) {
        Some(tail) => {
            tail.lines().try_for_each(|line| context.say(format!("  log     {}", words::line(line))))
        }
        None => Ok(()),
    }
}

fn how_it_ended(attempt: &Attempt) -> String {
    let exit = attempt.exit.map(|code| format!("  exit {code}"));
    let signal = attempt.signal.map(|signal| format!("  signal {signal}"));
    let reason = attempt.failure.as_ref().map(|f| format!("  {}: {}", f.code, words::line(&f.message)));
    [exit, signal, reason].into_iter().flatten().collect()
}

fn plan_notes(attempt: &Attempt) -> Vec<String> {
    let plan = attempt.plan.as_deref().and_then(|p| serde_json::from_str(p).ok());
    plan.as_ref().map(crate::probe::stream_lines).unwrap_or_default()
}

/// A command that can be pasted into a shell.
fn shell_line(command: &[String]) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    let quote = |word: &String| {
        if !word.is_empty() && word.chars().all(safe) {
            word.clone()
        } else if word.chars().any(char::is_control) {
            // As the shell reads it, and no terminal obeys it.
            format!("$'{}'", word.chars().map(escaped).collect::<String>())
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    command.iter().map(quote).collect::<Vec<_>>().join(" ")
}

fn escaped(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        c if c.is_control() && c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let words = ["ffmpeg", "-i", "file:/v/it's a.mp4", ""].map(String::from);
        assert_eq!(shell_line(&words), r"ffmpeg -i 'file:/v/it'\''s a.mp4' ''");
        assert_eq!(shell_line(&["a\nb\x1b[31m".to_owned()]), r"$'a\x0ab\x1b[31m'");
    }
}
