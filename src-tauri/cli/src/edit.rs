//! `spool edit`: changes preset, settings or destination of jobs that have not started.

use crate::add::{self, named};
use crate::args::{self, Change};
use crate::context::{Answer, Context, Failed, json_line};
use crate::text;
use serde::Serialize;
use spool_core::intake::{self, To, VolumeAccess};
use spool_core::job::{Job, JobId, State};
use spool_core::path_bytes::percent;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Edit, Edited, Queue, Refusal};
use spool_core::spec::JobSpec;
use std::path::Path;

/// The outcome for one job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: JobId,
    outcome: &'static str,
    output: Option<String>,
    /// The path in percent-encoding, if it is not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<String>,
    reason: Option<String>,
    /// States that the result could not get the requested name.
    note: Option<String>,
    /// Whether an engine runs the queue now.
    worked: bool,
}

pub(crate) fn edit(context: &Context, args: &args::Edit) -> Answer {
    let ids: Vec<JobId> = args.ids.iter().flat_map(|ids| ids.iter()).collect();
    if args.change.output.is_some() && ids.len() != 1 {
        return Err(Failed::Usage("-o names the result of one job; for several use --output-dir.".into()));
    }
    let queue = context.queue()?;
    if queue.counts()?.running > 0 {
        // Requeues jobs that a killed engine left running, so that they can be edited.
        context.rescue_idle()?;
    }
    let request = EditRequest::of(context, &args.change)?;
    let (mut edits, mut complete) = (Vec::new(), true);
    for id in ids {
        match request.edit(context, queue.as_ref(), id)? {
            Ok(edit) => edits.push(edit),
            Err(why) => complete &= refuse(context, id, why)?,
        }
    }
    let taken = intake::taken_for_edits(VolumeAccess::of(&context.volumes), &edits, queue.as_ref())?;
    let edited = queue.edit(&edits, &taken)?;
    for (edit, edited) in edits.iter().zip(&edited) {
        complete &= print_outcome(context, edit, edited)?;
    }
    if edited.iter().any(|edited| matches!(edited, Edited::Changed(_))) {
        context.standstill(queue.as_ref())?.iter().try_for_each(|why| context.say(why))?;
    }
    Ok(complete)
}

/// The requested changes.
struct EditRequest<'a> {
    change: &'a Change,
    preset: Option<Preset>,
    changes: Vec<(&'a str, &'a str)>,
    /// The destination, unless a file is named.
    to: To,
}

impl EditRequest<'_> {
    fn of<'a>(context: &Context, change: &'a Change) -> Result<EditRequest<'a>, Failed> {
        let preset = change.preset.as_deref().map(|id| add::find_preset(context, id)).transpose()?;
        let changes = change.set.iter().map(|pair| add::pair(pair)).collect::<Result<Vec<_>, _>>()?;
        let to = match &change.output_dir {
            Some(folder) => add::output_dir(context, Some(folder))?.map_or(To::Same, To::Folder),
            None => To::Same,
        };
        Ok(EditRequest { change, preset, changes, to })
    }

    /// Returns the edit for this job, or why it cannot be edited.
    fn edit(&self, context: &Context, queue: &dyn Queue, id: JobId) -> Result<Result<Edit, String>, Failed> {
        let Some(job) = queue.job(id)? else { return Ok(Err(text::no_such(&[id]))) };
        let spec = match self.spec(&job)? {
            Ok(spec) => spec,
            Err(why) => return Ok(Err(why)),
        };
        let to = match &self.change.output {
            Some(file) => {
                let (folder, name) = named::place(file, &spec.preset)?;
                To::File(folder, name)
            }
            None => self.to.clone(),
        };
        let asking = VolumeAccess::of(&context.volumes);
        let new = intake::edited(asking, &job, &spec, &to, &context.settings, queue);
        Ok(new.map(|new| Edit { id, new }))
    }

    /// Returns the new spec, or why the job cannot be edited. Without a named preset, it is based on the job's preset
    /// with its earlier changes.
    fn spec(&self, job: &Job) -> Result<Result<JobSpec, String>, Failed> {
        let Some(spec) = &job.spec else { return Ok(Err(sentence(job.id, Refusal::Unreadable))) };
        if !matches!(job.state, State::Queued | State::Waiting) {
            return Ok(Err(sentence(job.id, Refusal::State(job.state))));
        }
        let base = self.preset.as_ref().unwrap_or(&spec.preset);
        let preset = preset::set(base, &self.changes).map_err(|e| Failed::Usage(format!("{e}.")))?;
        Ok(Ok(JobSpec { preset, options: spec.options.clone() }))
    }
}

fn print_outcome(context: &Context, edit: &Edit, edited: &Edited) -> Answer {
    let why = match edited {
        Edited::Changed(output) => {
            changed(context, edit, output)?;
            return Ok(true);
        }
        Edited::Duplicate(other) => format!("job {other} already does this with its video."),
        Edited::DoneBefore(other) => {
            format!("job {other} already did this with its video, and the result is there.")
        }
        Edited::MayBeThere => "its result may exist already; its next start checks that.".into(),
        Edited::Refused(refusal) => return refuse(context, edit.id, sentence(edit.id, *refusal)),
    };
    refuse(context, edit.id, format!("Job {} was not changed: {why}", edit.id))
}

fn changed(context: &Context, edit: &Edit, output: &Path) -> Result<(), Failed> {
    let (to, note) = (output.display().to_string(), intake::renamed(&edit.new, output));
    let preset = &edit.new.spec.preset.name;
    let mut text = format!("changed    {:>5}  {} -> {}", edit.id, text::line(preset), text::line(&to));
    text.extend(note.iter().map(|note| format!("\n                  {}", text::line(note))));
    let (outcome, output_bytes, worked) = ("changed", percent(output), context.is_worked());
    let line = Line { id: edit.id, outcome, output: Some(to), output_bytes, reason: None, note, worked };
    context.tell(&line, text)
}

/// Prints why the job was not changed. Returns false: a part failed.
fn refuse(context: &Context, id: JobId, why: String) -> Answer {
    if context.json {
        let (outcome, worked) = ("refused", context.is_worked());
        let reason = Some(why);
        json_line(&Line { id, outcome, output: None, output_bytes: None, reason, note: None, worked })?;
    } else {
        eprintln!("spool: {}", text::line(&why));
    }
    Ok(false)
}

fn sentence(id: JobId, refusal: Refusal) -> String {
    match refusal {
        Refusal::State(State::Running) => {
            format!(
                "Job {id} is running and was not changed; `spool cancel {id}` ends it, and its video can be added again."
            )
        }
        Refusal::State(State::Done) => {
            format!(
                "Job {id} is done; `spool add` converts its video with another preset or to another place."
            )
        }
        Refusal::State(state) => {
            format!(
                "Job {id} is {state}; only queued, waiting and held jobs can be changed, so use `spool retry {id}` first."
            )
        }
        Refusal::NotFound => text::no_such(&[id]),
        Refusal::Unreadable | Refusal::Active => {
            format!("Job {id} was made by another version of Spool; update Spool, or remove the job.")
        }
    }
}
