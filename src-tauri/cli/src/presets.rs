//! `spool presets`: lists, imports, exports and removes presets, and lists their fields.

use crate::add::find_preset;
use crate::context::{Answer, Context, Failed, json_line};
use spool_core::error::{Error, message};
use spool_core::preset::FIELDS;
use spool_core::settings::{self, Imported};
use std::io::Write;
use std::path::{Path, PathBuf};

pub(crate) fn list(context: &Context, full: bool) -> Answer {
    let all = settings::presets(&context.data, &context.settings)?;
    let width = all.iter().map(|preset| preset.id.len()).max().unwrap_or(0);
    for preset in all {
        if context.json || full {
            json_line(&preset)?;
        } else {
            context.say(format!("{:<width$}  {}: {}", preset.id, preset.name, preset.description))?;
        }
    }
    Ok(true)
}

/// Lists the fields that `--set` changes.
pub(crate) fn fields(context: &Context) -> Answer {
    let width = FIELDS.iter().map(|field| field.key.len()).max().unwrap_or(0);
    for field in FIELDS {
        let line = format!("{:width$}  {}\n{:width$}    {}", field.key, field.meaning, "", field.values);
        context.tell(field, line)?;
    }
    context.say(
        "video.box=1280x720 sets both sides at once. Units may follow a number: 25MB, 2.5M, 720p, 30fps.",
    )?;
    Ok(true)
}

pub(crate) fn export(context: &Context, id: &str) -> Answer {
    let preset = find_preset(context, id)?;
    let text = serde_json::to_string_pretty(&preset).unwrap_or_default();
    writeln!(std::io::stdout(), "{text}")?;
    Ok(true)
}

pub(crate) fn import(context: &Context, files: &[PathBuf]) -> Answer {
    files.iter().try_for_each(|file| import_one(context, file))?;
    Ok(true)
}

fn import_one(context: &Context, file: &Path) -> Result<(), Failed> {
    let text = settings::text(file)
        .map_err(|e| Failed::Usage(format!("{} cannot be read ({}).", file.display(), message(&e))))?;
    let imported = settings::import(&context.data, &text).map_err(|error| match error {
        Error::Preset(why) => Failed::Usage(format!("{}: {why}.", file.display())),
        other => other.into(),
    })?;
    for Imported { preset, instead_of } in imported {
        let why = instead_of.map_or_else(String::new, |id| format!(", because {id} is built in"));
        let line = format!("Preset {} is kept{why}; use it with --preset {}.", preset.name, preset.id);
        context.tell(&preset, line)?;
    }
    Ok(())
}

pub(crate) fn remove(context: &Context, ids: &[String]) -> Answer {
    settings::remove(&context.data, ids).map_err(|error| match error {
        Error::Preset(why) => Failed::Usage(format!("{why}.")),
        other => other.into(),
    })?;
    for id in ids {
        context.tell(
            &serde_json::json!({ "removed": id }),
            format!("Preset {id} is removed; jobs that were added with it keep it."),
        )?;
    }
    Ok(true)
}
