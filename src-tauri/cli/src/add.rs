//! `spool add`: paths to queued jobs, one line for each.

use crate::args::Add;
use crate::context::{Answer, Context, Failed, absolute, json_line};
use crate::words;
use serde::Serialize;
use spool_core::error::said;
use spool_core::intake::{self, Asking, Found, Taken, Wish};
use spool_core::job::JobId;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, NewJob, Place, Queue};
use spool_core::settings;
use spool_core::spec::JobSpec;
use std::path::{Path, PathBuf};

/// What became of one path.
#[derive(Serialize)]
struct Line<'a> {
    outcome: &'a str,
    id: Option<JobId>,
    source: String,
    output: Option<String>,
    reason: Option<String>,
    /// That the result could not be called as was wished.
    note: Option<String>,
}

pub(crate) fn add(context: &Context, args: &Add) -> Answer {
    let wish = Wish {
        spec: JobSpec::of(chosen_preset(context, args)?),
        folder: output_dir(context, args.output_dir.as_deref())?,
        name: context.settings.output_name.clone(),
        max_attempts: context.settings.max_attempts,
        again: args.again,
    };
    let asking = Asking::of(&context.volumes);
    let found = intake::find(asking, &args.paths, &wish);
    let taken = Taken::read(asking, &found.jobs);
    let place = if args.next { Place::Top } else { Place::End };
    let added = context.queue()?.add(&found.jobs, place, &|path| taken.has(path))?;
    for (job, added) in found.jobs.iter().zip(&added) {
        tell(context, job, added)?;
    }
    tell_rest(context, &found)?;
    Ok(found.refused.is_empty() && !(found.jobs.is_empty() && found.skipped.is_empty()))
}

pub(crate) fn tell(context: &Context, job: &NewJob, added: &Added) -> Result<(), Failed> {
    let source = job.source.display().to_string();
    let name = words::line(&source);
    let passed = |outcome, id: &JobId, reason: &str| {
        let text = format!("{outcome:<9}  {id:>5}  {name} {reason}");
        let reason = Some(reason.to_owned());
        context.tell(
            &Line { outcome, id: Some(*id), source: source.clone(), output: None, reason, note: None },
            text,
        )
    };
    match added {
        Added::Accepted { id, output } => {
            let to = output.display().to_string();
            let note = intake::renamed(job, output);
            let mut text = format!("accepted   {id:>5}  {name} -> {}", words::line(&to));
            text.extend(note.iter().map(|note| format!("\n                  {}", words::line(note))));
            let (id, output, source) = (Some(*id), Some(to), source.clone());
            context.tell(&Line { outcome: "accepted", id, source, output, reason: None, note }, text)
        }
        Added::Duplicate(id) => passed("duplicate", id, "is already queued"),
        Added::DoneBefore(id) => passed("skipped", id, "was done before; --again does it again"),
        Added::OwnOutput(id) => passed("skipped", id, "is the result of this job"),
    }
}

fn tell_rest(context: &Context, found: &Found) -> Result<(), Failed> {
    let line = |outcome, path: &Path, reason: &str| {
        let source = path.display().to_string();
        let reason = Some(reason.to_owned());
        json_line(&Line { outcome, id: None, source, output: None, reason, note: None })
    };
    for (path, reason) in &found.refused {
        if context.json {
            line("refused", path, reason)?;
        } else {
            eprintln!("spool: {}", words::line(reason));
        }
    }
    if found.jobs.is_empty() && found.skipped.is_empty() && found.refused.is_empty() && !context.json {
        eprintln!("spool: There is no video in what was named; name videos or folders that hold some.");
    }
    if context.json {
        found.skipped.iter().try_for_each(|path| line("skipped", path, "is no video"))?;
    }
    if !found.skipped.is_empty() {
        let files =
            words::count(found.skipped.len() as u64, "file that is no video", "files that are no videos");
        context.say(format!("skipped           {files}"))?;
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

/// The preset of this id, built in or the user's own.
pub(crate) fn find_preset(context: &Context, id: &str) -> Result<Preset, Failed> {
    let all = settings::presets(&context.data, &context.settings)?;
    let known: Vec<String> = all.iter().map(|p| p.id.clone()).collect();
    let found = all.into_iter().find(|p| p.id == id);
    found.ok_or_else(|| {
        Failed::Usage(format!("There is no preset \"{id}\"; choose one of {}.", known.join(", ")))
    })
}

fn make_folder(folder: &Path) -> Result<(), String> {
    if folder.is_dir() {
        return Ok(());
    }
    if folder.exists() {
        return Err("is not a folder".into());
    }
    std::fs::create_dir(folder).map_err(|e| format!("cannot be made ({})", said(&e)))
}

/// The folder for results, made when its parent is there.
fn output_dir(context: &Context, flag: Option<&Path>) -> Result<Option<PathBuf>, Failed> {
    let Some(folder) = flag.or(context.settings.output_dir.as_deref()) else { return Ok(None) };
    let folder = absolute(folder)?;
    let refuse = |why: &str| {
        Failed::Usage(format!("{} {why}; name another folder with --output-dir.", folder.display()))
    };
    let asking = Asking::of(&context.volumes);
    let making = folder.clone();
    match asking.volumes.ask(&folder, asking.patience, move || make_folder(&making)) {
        Ok(Ok(())) => Ok(Some(folder)),
        Ok(Err(why)) => Err(refuse(&why)),
        Err(_) => Err(refuse("is on a drive that does not answer")),
    }
}
