//! `spool add`: adds videos to the queue and prints one line for each.

mod left_out;
pub(crate) mod named;

use crate::args::Add;
use crate::context::{Answer, Context, Failed, absolute};
use crate::text;
use serde::Serialize;
use spool_core::error::Error;
use spool_core::intake::{self, AddOptions, Excluded, VolumeAccess};
use spool_core::job::{JobId, State};
use spool_core::path_bytes::percent;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, NewJob, Queue, QueuePosition};
use spool_core::settings;
use spool_core::spec::JobSpec;
use std::path::{Path, PathBuf};

/// The outcome for one path.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line<'a> {
    pub(crate) outcome: &'a str,
    pub(crate) id: Option<JobId>,
    pub(crate) source: String,
    /// The path in percent-encoding, if it is not valid UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_bytes: Option<String>,
    pub(crate) output: Option<String>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_bytes: Option<String>,
    pub(crate) reason: Option<String>,
    /// States that the result could not get the requested name.
    pub(crate) note: Option<String>,
    /// Whether an engine runs the queue now.
    pub(crate) worked: bool,
}

pub(crate) fn add(context: &Context, args: &Add) -> Answer {
    let paths = named::paths(args)?;
    let options = options(context, args, &paths)?;
    let app = context.app()?;
    let found = app.scan(&paths, &options)?;
    let place = if args.next { QueuePosition::Top } else { QueuePosition::End };
    let added = app.accept(&found.jobs, place)?;
    for (job, added) in found.jobs.iter().zip(&added) {
        tell(context, job, added)?;
    }
    left_out::tell(context, &found)?;
    tell_standstill(context, app.queue(), &added)?;
    Ok(found.refused.is_empty() && !(found.jobs.is_empty() && found.skipped.is_empty()))
}

fn options(context: &Context, args: &Add, paths: &[PathBuf]) -> Result<AddOptions, Failed> {
    let preset = chosen_preset(context, args)?;
    let called = args.output.as_deref().map(|file| named::result(file, paths, &preset)).transpose()?;
    let (folder, called) = match called {
        Some((folder, name)) => (Some(folder), Some(name)),
        None => (output_dir(context, args.output_dir.as_deref())?, None),
    };
    Ok(AddOptions {
        folder,
        flat: args.flat,
        excluded: Excluded::of(&args.exclude).map_err(|why| Failed::Usage(format!("--exclude: {why}.")))?,
        called,
        again: args.again,
        ..AddOptions::of(JobSpec::of(preset), &context.settings)
    })
}

pub(crate) fn tell(context: &Context, job: &NewJob, added: &Added) -> Result<(), Failed> {
    let (source, worked) = (job.source.display().to_string(), context.is_worked());
    let source_bytes = percent(&job.source);
    let name = text::line(&source);
    let not_added = |outcome, id: &JobId, reason: &str| {
        let text = format!("{outcome:<9}  {id:>5}  {name} {reason}");
        let reason = Some(reason.to_owned());
        context.tell(
            &Line {
                outcome,
                id: Some(*id),
                source: source.clone(),
                source_bytes: source_bytes.clone(),
                output: None,
                output_bytes: None,
                reason,
                note: None,
                worked,
            },
            text,
        )
    };
    match added {
        Added::Accepted { id, output } => {
            let to = output.display().to_string();
            let note = intake::renamed(job, output);
            let mut text = format!("accepted   {id:>5}  {name} -> {}", text::line(&to));
            text.extend(note.iter().map(|note| format!("\n                  {}", text::line(note))));
            let line = Line {
                outcome: "accepted",
                id: Some(*id),
                source: source.clone(),
                source_bytes: source_bytes.clone(),
                output: Some(to),
                output_bytes: percent(output),
                reason: None,
                note,
                worked,
            };
            context.tell(&line, text)
        }
        Added::Duplicate(id) => not_added("duplicate", id, "is already queued"),
        Added::DoneBefore(id) => not_added("skipped", id, "was done before; --again converts it again"),
        Added::EndedBefore(id, State::Cancelled) => {
            not_added("skipped", id, &format!("was cancelled before; `spool retry {id}` queues it again"))
        }
        Added::EndedBefore(id, _) => {
            not_added("skipped", id, &format!("failed before; `spool retry {id}` queues it again"))
        }
        Added::OwnOutput(id) => not_added("skipped", id, "is the result of this job"),
    }
}

/// Prints why accepted jobs do not start, if the queue is paused or no engine runs it.
pub(crate) fn tell_standstill(context: &Context, queue: &dyn Queue, added: &[Added]) -> Result<(), Failed> {
    if added.iter().any(|added| matches!(added, Added::Accepted { .. })) {
        context.standstill(queue)?.iter().try_for_each(|why| context.say(why))?;
    }
    Ok(())
}

fn chosen_preset(context: &Context, args: &Add) -> Result<Preset, Failed> {
    let id = args.preset.as_deref().unwrap_or(&context.settings.preset);
    let changes = args.set.iter().map(|change| pair(change)).collect::<Result<Vec<_>, _>>()?;
    preset::set(&find_preset(context, id)?, &changes).map_err(|e| Failed::Usage(format!("{e}.")))
}

pub(crate) fn pair(change: &str) -> Result<(&str, &str), Failed> {
    change.split_once('=').ok_or_else(|| {
        Failed::Usage(format!("--set takes KEY=VALUE, such as video.crf=18, not \"{change}\"."))
    })
}

/// Finds the preset with this id, built in or the user's own.
pub(crate) fn find_preset(context: &Context, id: &str) -> Result<Preset, Failed> {
    settings::preset(&context.data, &context.settings, id).map_err(|error| match error {
        Error::Preset(why) => Failed::Usage(format!("{why}.")),
        other => other.into(),
    })
}

/// Checks and returns the folder for results. It may be missing: it is created with the first result.
pub(crate) fn output_dir(context: &Context, flag: Option<&Path>) -> Result<Option<PathBuf>, Failed> {
    let Some(folder) = flag.or(context.settings.output_dir.as_deref()) else { return Ok(None) };
    let folder = absolute(folder)?;
    let refuse = |why: &str| {
        Failed::Usage(format!("{} {why}; name another folder with --output-dir.", folder.display()))
    };
    let asking = VolumeAccess::of(&context.volumes);
    let path = folder.clone();
    match asking.volumes.ask(&folder, asking.patience, move || path.metadata().map(|found| found.is_dir())) {
        Ok(Ok(false)) => Err(refuse("is not a folder")),
        Ok(Err(_)) if flag.is_some() && intake::is_called_like_a_video(&folder) => {
            let name = flag.unwrap_or(&folder).display();
            Err(Failed::Usage(format!(
                "{name} is the name of a video, and --output-dir takes a folder; for the name of one result use -o {name}."
            )))
        }
        Ok(_) => Ok(Some(folder)),
        Err(_) => Err(refuse("is on a drive that does not answer")),
    }
}
