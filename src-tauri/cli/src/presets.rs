//! `spool presets`: list, import, export.

use crate::add::find_preset;
use crate::context::{Answer, Context, Failed, json_line};
use spool_core::error::{Error, said};
use spool_core::settings;
use std::io::Write;
use std::path::Path;

pub(crate) fn list(context: &Context, full: bool) -> Answer {
    for preset in settings::presets(&context.data, &context.settings)? {
        if context.json || full {
            json_line(&preset)?;
        } else {
            context.say(format!("{:<12}  {}: {}", preset.id, preset.name, preset.description))?;
        }
    }
    Ok(true)
}

pub(crate) fn export(context: &Context, id: &str) -> Answer {
    let preset = find_preset(context, id)?;
    let text = serde_json::to_string_pretty(&preset).unwrap_or_default();
    writeln!(std::io::stdout(), "{text}")?;
    Ok(true)
}

pub(crate) fn import(context: &Context, file: &Path) -> Answer {
    let text = settings::text(file)
        .map_err(|e| Failed::Usage(format!("{} cannot be read ({}).", file.display(), said(&e))))?;
    let preset = settings::import_preset(&context.data, &text).map_err(|error| match error {
        Error::Preset(why) => Failed::Usage(format!("{}: {why}.", file.display())),
        other => other.into(),
    })?;
    context.tell(&preset, format!("Preset {} is kept; use it with --preset {}.", preset.name, preset.id))?;
    Ok(true)
}
