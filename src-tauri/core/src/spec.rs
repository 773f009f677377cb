//! The frozen preset and options of a job, and their form in a row.
//!
//! Guarantees that data of another version that this one does not understand is never misread: reading it gives
//! `None`. Must not know SQL.

use crate::preset::Preset;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;

/// Version of the stored form of preset and options. Raised when a field is added or changes its meaning, so that
/// older versions leave such rows alone.
pub const VERSION: u32 = 1;

/// Preset and options of one job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobSpec {
    /// The encoding preset.
    pub preset: Preset,
    /// Options of this file only.
    pub options: JobOptions,
}

impl JobSpec {
    /// A preset without options.
    pub fn of(preset: Preset) -> JobSpec {
        JobSpec { preset, options: JobOptions::default() }
    }
}

/// Options of one file beside its preset. There are none yet; unknown fields are errors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobOptions {}

/// Stored form of a preset.
#[derive(Serialize)]
struct Versioned<'a> {
    version: u32,
    #[serde(flatten)]
    preset: &'a Preset,
}

/// Writes the columns `preset` and `options` of a row, as JSON.
pub(crate) fn write(spec: &JobSpec) -> serde_json::Result<(String, String)> {
    let preset = Versioned { version: VERSION, preset: &spec.preset };
    Ok((serde_json::to_string(&preset)?, serde_json::to_string(&spec.options)?))
}

thread_local! {
    /// The last value read: rows of one list mostly have the same preset.
    static LAST: RefCell<Option<(String, String, JobSpec)>> = const { RefCell::new(None) };
}

/// Reads these columns. `None`: written by another version, or damaged.
pub(crate) fn read(preset: &str, options: &str) -> Option<JobSpec> {
    LAST.with_borrow_mut(|last| match last {
        Some((p, o, spec)) if p == preset && o == options => Some(spec.clone()),
        _ => {
            let spec = parse(preset, options)?;
            *last = Some((preset.to_owned(), options.to_owned(), spec.clone()));
            Some(spec)
        }
    })
}

/// Version of a stored preset, if it is not the current one.
pub(crate) fn foreign_version(preset: &str) -> Option<u64> {
    let fields: serde_json::Map<String, Value> = serde_json::from_str(preset).ok()?;
    fields.get("version")?.as_u64().filter(|version| *version != u64::from(VERSION))
}

fn parse(preset: &str, options: &str) -> Option<JobSpec> {
    // Parsed as a map first: a struct alone would also accept a list of its values.
    let mut fields: serde_json::Map<String, Value> = serde_json::from_str(preset).ok()?;
    // Early rows are version 1 without a version field.
    let version = fields.remove("version").map_or(Some(1), |version| version.as_u64())?;
    if version != u64::from(VERSION) {
        return None;
    }
    let preset = serde_json::from_value(Value::Object(fields)).ok()?;
    let options: serde_json::Map<String, Value> = serde_json::from_str(options).ok()?;
    Some(JobSpec { preset, options: serde_json::from_value(Value::Object(options)).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;

    fn web() -> JobSpec {
        JobSpec::of(preset::find("web-1080p").unwrap().clone())
    }

    #[test]
    fn row_has_its_version_and_is_read_back() {
        for preset in preset::built_in() {
            let spec = JobSpec::of(preset.clone());
            let (preset, options) = write(&spec).unwrap();
            assert!(preset.starts_with(r#"{"version":1,"id":"#), "{preset}");
            assert_eq!((options.as_str(), read(&preset, &options)), ("{}", Some(spec)));
        }
    }

    #[test]
    fn early_row_without_version_is_read() {
        let old = serde_json::to_string(&web().preset).unwrap();
        assert!(!old.contains("version"));
        assert_eq!(read(&old, "{}"), Some(web()));
    }

    #[test]
    fn data_of_another_version_is_not_guessed_at() {
        let (preset, _) = write(&web()).unwrap();
        for (preset, options) in [
            (preset.replace("\"version\":1", "\"version\":2"), "{}"),
            (preset.replace("\"version\":1", "\"version\":\"1\""), "{}"),
            (preset.replace("\"version\":1", "\"version\":1,\"crop\":true"), "{}"),
            (preset.replace("h264", "h266"), "{}"),
            (preset.clone(), r#"{"trim":[1,2]}"#),
            (preset.clone(), "[]"),
            (preset.clone(), ""),
            (String::new(), "{}"),
            ("7".into(), "{}"),
        ] {
            assert_eq!(read(&preset, options), None, "{preset} {options}");
        }
        assert!(read(&preset, "{}").is_some());
    }
}
