//! The settings by name: each with its values, meaning and time of effect; read and changed one at a time.
//!
//! Guarantees, by a test against the real type, that every setting is listed here, and that a displayed value is
//! accepted as input for the same value.

use super::{Settings, Theme, change_if, presets};
use crate::error::{Error, Result};
use crate::preset::fields::{self, MB, field, without_unit};
use crate::preset::{Field, parse_error};
use serde_json::{Map, Value};
use std::path::Path;

const SWITCH: &str = "on, off";
const TOOL: &str = "a whole path, or below ~; auto";

/// All settings, in display order.
pub const FIELDS: &[Field] = &[
    field("workers", "1 to 64, auto", "Videos at a time; auto: as many as suit this machine").called(&[
        "jobs",
        "parallel",
        "threads",
        "concurrency",
    ]),
    field("preset", "id of a preset", "Preset of what is added without naming one").called(&[
        "profile",
        "default",
        "defaultpreset",
    ]),
    field(
        "outputDir",
        "a whole path, or below ~; none",
        "Folder of the results; none: next to each original",
    )
    .called(&["output", "out", "outdir", "folder", "destination", "dir"]),
    field(
        "outputName",
        "text with {name}, may have {preset}, {ext}, {folder}, {date}",
        "Name of the results, without extension",
    )
    .called(&["name", "template", "filename"]),
    field("maxAttempts", "from 1", "Attempts at a video before it is parked")
        .called(&["attempts", "retries", "tries"]),
    field("crashLimit", "from 1", "Crashes of Spool in a row with a video before it is parked")
        .called(&["crashes"]),
    field("fitSizeMb", "from 1 MB", "Largest result of the preset fit-size")
        .called(&["fitsize", "size", "sizemb", "maxsize"])
        .units(MB),
    field("keepAwake", SWITCH, "Keep the computer awake while videos run")
        .called(&["awake", "sleep", "caffeine"]),
    field("pauseOnBattery", SWITCH, "Start no video while the computer runs on its battery")
        .called(&["battery", "onbattery"]),
    field("notifyDone", SWITCH, "Tell the desktop when the queue is done")
        .called(&["notify", "notifications"]),
    field("notifyFailed", SWITCH, "Tell the desktop of failures").called(&["notify", "notifications"]),
    field("notifySound", SWITCH, "Notifications make a sound").called(&["sound"]),
    field("theme", "system, light, dark", "Colours of the window").called(&[
        "colours",
        "colors",
        "dark",
        "appearance",
    ]),
    field("ffmpeg", TOOL, "This ffmpeg and no other; auto: as it is found"),
    field("ffprobe", TOOL, "This ffprobe and no other; auto: as it is found"),
];

/// When a change of this setting takes effect, as one sentence.
pub fn effect(key: &str) -> &'static str {
    match key {
        "preset" | "outputDir" | "outputName" | "maxAttempts" | "fitSizeMb" => {
            "`spool add` has it from now on; an open window once its settings are looked at."
        }
        "workers" | "crashLimit" | "ffmpeg" | "ffprobe" => {
            "It counts from the next start of `spool run` or the window."
        }
        _ => "An open window has it once its settings are looked at.",
    }
}

/// The setting of this name, ignoring case.
///
/// # Errors
/// `Setting` with similar names.
pub fn find(key: &str) -> Result<&'static Field> {
    let near = fields::near(FIELDS, key);
    let own = |field: &&Field| field.key.eq_ignore_ascii_case(key);
    FIELDS.iter().find(own).ok_or_else(|| {
        let meant = match &near[..] {
            [] => "`spool settings` lists all".to_owned(),
            near => format!("you may mean {}", near.join(" or ")),
        };
        Error::Setting(format!("\"{key}\" is not a setting; {meant}"))
    })
}

/// Its value as JSON.
pub fn value(settings: &Settings, field: &Field) -> Value {
    all(settings).remove(field.key).unwrap_or_default()
}

/// Its value in the form that [`set`] accepts.
pub fn shown(settings: &Settings, field: &Field) -> String {
    match value(settings, field) {
        Value::Null => if field.key == "outputDir" { "none" } else { "auto" }.into(),
        Value::Bool(on) => if on { "on" } else { "off" }.into(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn all(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(all)) => all,
        _ => Map::new(),
    }
}

/// Changes one setting of a data folder, based on the file's current contents, and returns the new settings. `text` is
/// user input; `default` restores the default.
///
/// # Errors
/// `Setting` for an invalid value, and the errors of reading and writing.
pub fn set(data: &Path, field: &'static Field, text: &str) -> Result<Settings> {
    change_if(data, |settings| {
        *settings = put(settings, field, text)?;
        if field.key == "preset" {
            presets::preset(data, settings, &settings.preset).map_err(|why| plain(&why))?;
        }
        Ok(())
    })
}

/// A sentence without its full stop.
fn plain(error: &Error) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

/// The settings with this one changed.
fn put(settings: &Settings, field: &Field, text: &str) -> std::result::Result<Settings, String> {
    let mut json = all(settings);
    let default = value(&Settings::default(), field);
    let refusal = || format!("{} cannot be \"{text}\"; it takes: {}", field.key, field.values);
    let new = parsed(field, text.trim(), default).ok_or_else(refusal)?;
    json.insert(field.key.to_owned(), new);
    serde_json::from_value(Value::Object(json)).map_err(|why| {
        tracing::debug!(why = parse_error::plain(&why), "setting refused");
        refusal()
    })
}

/// Parses user input.
fn parsed(field: &Field, text: &str, default: Value) -> Option<Value> {
    let word = text.to_lowercase();
    let nothing = matches!(word.as_str(), "auto" | "none" | "null" | "");
    match field.key {
        _ if word == "default" => Some(default),
        "workers" | "outputDir" | "ffmpeg" | "ffprobe" if nothing => Some(Value::Null),
        "outputDir" if word == "beside" => Some(Value::Null),
        "workers" | "maxAttempts" | "crashLimit" | "fitSizeMb" => {
            without_unit(field, text).parse::<u32>().ok().filter(|n| *n > 0).map(Value::from)
        }
        "theme" if word == "auto" => serde_json::to_value(Theme::System).ok(),
        "theme" => Some(word.into()),
        _ if field.values == SWITCH => switched(&word).map(Value::from),
        _ => Some(text.into()),
    }
}

fn switched(word: &str) -> Option<bool> {
    match word {
        "on" | "true" | "yes" | "y" | "1" | "enable" | "enabled" => Some(true),
        "off" | "false" | "no" | "n" | "0" | "disable" | "disabled" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn set_in(data: &Path, key: &str, text: &str) -> std::result::Result<String, String> {
        let field = find(key).map_err(|e| e.to_string())?;
        set(data, field, text).map(|settings| shown(&settings, field)).map_err(|e| e.to_string())
    }

    #[test]
    fn table_lists_every_setting_and_nothing_else() {
        let real: BTreeSet<String> = all(&Settings::default()).into_iter().map(|(key, _)| key).collect();
        assert_eq!(FIELDS.iter().map(|field| field.key.to_owned()).collect::<BTreeSet<_>>(), real);
    }

    #[cfg(unix)]
    #[test]
    fn values_are_accepted_in_common_forms_and_round_trip() {
        let dir = tempfile::tempdir().unwrap();
        for (key, text, shown) in [
            ("workers", "3", "3"),
            ("WORKERS", "Auto", "auto"),
            ("preset", "small-hevc", "small-hevc"),
            ("outputDir", "~/Videos/out", "~/Videos/out"),
            ("outputdir", "none", "none"),
            ("outputName", " {name} - {preset}", "{name} - {preset}"),
            ("maxAttempts", "1", "1"),
            ("fitSizeMb", "25MB", "25"),
            ("fitSizeMb", "1.5 GB", "1500"),
            ("keepAwake", "OFF", "off"),
            ("notifySound", "yes", "on"),
            ("pauseOnBattery", "true", "on"),
            ("theme", "Dark", "dark"),
            ("theme", "auto", "system"),
            ("ffmpeg", "/opt/ffmpeg", "/opt/ffmpeg"),
            ("ffmpeg", "auto", "auto"),
            ("crashLimit", "default", "3"),
        ] {
            assert_eq!(set_in(dir.path(), key, text).as_deref(), Ok(shown), "{key} {text}");
            assert_eq!(set_in(dir.path(), key, shown).as_deref(), Ok(shown), "{key} {shown}");
        }
    }

    #[test]
    fn invalid_values_are_refused_with_the_allowed_ones_and_change_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.json");
        set_in(dir.path(), "workers", "2").unwrap();
        let before = std::fs::read_to_string(&file).unwrap();
        for (key, text, words) in [
            ("workers", "many", "workers cannot be \"many\"; it takes: 1 to 64, auto."),
            ("workers", "65", "workers must be 1 to 64."),
            ("workers", "-1", "cannot be \"-1\""),
            ("maxAttempts", "0", "maxAttempts cannot be \"0\"; it takes: from 1."),
            ("keepAwake", "maybe", "keepAwake cannot be \"maybe\"; it takes: on, off."),
            ("theme", "blue", "theme cannot be \"blue\"; it takes: system, light, dark."),
            ("outputDir", "out", "outputDir must be a whole path"),
            ("outputName", "same", "outputName must contain {name}."),
            ("preset", "webb", "There is no preset \"webb\"; choose one of web-1080p"),
            ("fitSizeMb", "25 apples", "fitSizeMb cannot be \"25 apples\"; it takes: from 1 MB."),
            ("worker", "2", "\"worker\" is not a setting; you may mean workers."),
            ("jobs", "2", "you may mean workers."),
            ("output", "/x", "you may mean outputDir."),
            ("nonsense", "2", "\"nonsense\" is not a setting; `spool settings` lists all."),
        ] {
            let refusal = set_in(dir.path(), key, text).unwrap_err();
            assert!(refusal.contains(words), "{key} {text}: {refusal}");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    }

    #[test]
    fn other_settings_in_the_file_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("settings.json"), "{\"crashLimit\": 7}").unwrap();
        set_in(dir.path(), "workers", "2").unwrap();
        let kept = super::super::load(dir.path()).unwrap();
        assert_eq!((kept.workers, kept.crash_limit), (Some(2), 7));
    }
}
