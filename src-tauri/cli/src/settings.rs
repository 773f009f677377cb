//! `spool settings`: shows and changes the settings for all jobs.

use crate::context::{Answer, Context, Failed, json_line};
use crate::text;
use serde_json::{Map, Value, json};
use spool_core::error::Error;
use spool_core::path_bytes::percent;
use spool_core::preset::Field;
use spool_core::settings::{self, Settings, fields};

pub(crate) fn settings(context: &Context, key: Option<&str>, value: Option<&str>) -> Answer {
    match (key, value) {
        (None, _) => all(context),
        (Some(key), None) => one(context, find(key)?),
        (Some(key), Some(value)) => set(context, find(key)?, value),
    }
}

fn find(key: &str) -> Result<&'static Field, Failed> {
    fields::find(key).map_err(refused)
}

fn refused(error: Error) -> Failed {
    match error {
        Error::Setting(_) => Failed::Usage(error.to_string()),
        other => other.into(),
    }
}

/// Loads the settings as stored: `~` is not expanded.
fn load(context: &Context) -> Result<Settings, Failed> {
    Ok(settings::load(&context.data)?)
}

fn all(context: &Context) -> Answer {
    let (now, file) = (load(context)?, context.data.join("settings.json"));
    if context.json {
        let values: Map<String, Value> =
            fields::FIELDS.iter().map(|field| (field.key.to_owned(), fields::value(&now, field))).collect();
        let mut json = json!({ "file": file.to_string_lossy(), "exists": file.exists(), "settings": values });
        if let Some(bytes) = percent(&file) {
            json["fileBytes"] = bytes.into();
        }
        json_line(&json)?;
        return Ok(true);
    }
    let shown: Vec<String> =
        fields::FIELDS.iter().map(|field| text::line(fields::shown(&now, field))).collect();
    let width = shown.iter().map(|value| value.chars().count()).max().unwrap_or(0).min(24);
    for (field, value) in fields::FIELDS.iter().zip(shown) {
        context.say(format!("{:<14}  {value:<width$}  {}", field.key, field.meaning))?;
    }
    let whether = if file.exists() { "They are kept in" } else { "All are defaults; changes are stored in" };
    context.say(format!(
        "{whether} {}; `spool settings KEY VALUE` changes one.",
        text::line(file.display().to_string())
    ))?;
    Ok(true)
}

/// Prints only the value, for scripts.
fn one(context: &Context, field: &'static Field) -> Answer {
    let now = load(context)?;
    context.tell(&view(&now, field), text::line(fields::shown(&now, field)))?;
    Ok(true)
}

fn view(settings: &Settings, field: &Field) -> Value {
    json!({
        "key": field.key, "value": fields::value(settings, field), "values": field.values, "meaning": field.meaning,
        "effect": fields::effect(field.key),
    })
}

fn set(context: &Context, field: &'static Field, value: &str) -> Answer {
    let now = fields::set(&context.data, field, value).map_err(refused)?;
    let shown = text::line(fields::shown(&now, field));
    context
        .tell(&view(&now, field), format!("{} is {shown} now. {}", field.key, fields::effect(field.key)))?;
    Ok(true)
}
