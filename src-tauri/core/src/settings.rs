//! The settings: one JSON file in the data folder. Command-line flags override it; missing fields have defaults.
//!
//! Guarantees that a file with a mistake is refused with its location and never overwritten.

pub mod fields;
mod paths;
mod presets;

use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::preset::{self, parse_error};
use crate::sharing;
use crate::system::message;
use crate::template;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

pub use paths::{at_home, with_home};
pub use presets::{Imported, import, preset, presets, remove};

/// User settings for all jobs. Every field is optional in the file.
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// Jobs at a time; `None` for as many as suit this machine.
    pub workers: Option<usize>,
    /// Preset of videos added without one.
    pub preset: String,
    /// Folder of the results; `None` for that of each original.
    pub output_dir: Option<PathBuf>,
    /// Template of output names without extension; `{name}` is the original's name, `{preset}` the preset's.
    pub output_name: String,
    /// Attempts before a job is parked; at least 1.
    pub max_attempts: u32,
    /// Consecutive crashes of the application before a job is parked; at least 1.
    pub crash_limit: u32,
    /// Target size of the preset `fit-size`, in megabytes.
    pub fit_size_mb: u32,
    /// Keep the computer awake while a job runs.
    pub keep_awake: bool,
    /// Start no job while the computer runs on battery.
    pub pause_on_battery: bool,
    /// Notify when the queue is done.
    pub notify_done: bool,
    /// Notify when the first video of a batch fails, and when failures accumulate.
    pub notify_failed: bool,
    /// Notifications make a sound.
    pub notify_sound: bool,
    /// Colours of the window.
    pub theme: Theme,
    /// Path of ffmpeg; `None` to search for it.
    pub ffmpeg: Option<PathBuf>,
    /// Path of ffprobe; `None` to search for it.
    pub ffprobe: Option<PathBuf>,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            workers: None,
            preset: preset::DEFAULT_PRESET.into(),
            output_dir: None,
            output_name: "{name}".into(),
            max_attempts: Policy::default().max_attempts,
            crash_limit: Policy::default().crash_limit,
            fit_size_mb: 18,
            keep_awake: true,
            pause_on_battery: false,
            notify_done: true,
            notify_failed: true,
            notify_sound: false,
            theme: Theme::System,
            ffmpeg: None,
            ffprobe: None,
        }
    }
}

/// Allowed numbers of jobs at a time.
pub const WORKERS: std::ops::RangeInclusive<usize> = 1..=64;

/// Largest settings file that is read, in bytes.
const SIZE_LIMIT: u64 = 1 << 20;

/// Reads `settings.json` of a data folder; the defaults if it is missing.
pub fn load(data: &Path) -> Result<Settings> {
    let path = data.join("settings.json");
    // Via a map, because a struct would also accept a list of its values.
    let map: serde_json::Map<String, serde_json::Value> = read(&path)?.unwrap_or_default();
    let refuse = |cause: String| Error::Settings { path: path.clone(), cause };
    let settings: Settings =
        serde_json::from_value(map.into()).map_err(|e| refuse(parse_error::plain(&e)))?;
    check(&settings).map_err(refuse)?;
    Ok(Settings {
        max_attempts: settings.max_attempts.max(1),
        crash_limit: settings.crash_limit.max(1),
        ..settings
    })
}

/// Checks the values; the error names the field.
fn check(settings: &Settings) -> std::result::Result<(), String> {
    template::check(&settings.output_name).map_err(|why| format!("outputName {why}"))?;
    if settings.workers.is_some_and(|n| !WORKERS.contains(&n)) {
        return Err(format!("workers must be {} to {}", WORKERS.start(), WORKERS.end()));
    }
    if settings.fit_size_mb == 0 {
        return Err("fitSizeMb must be at least 1".into());
    }
    paths::check(settings)
}

/// Changes the settings of a data folder, based on the file's current contents, and returns the new settings. A file
/// with a mistake is left alone.
///
/// # Errors
/// `Setting` for an invalid change; the file is left alone then too.
pub fn change(data: &Path, change: impl FnOnce(&mut Settings)) -> Result<Settings> {
    change_if(data, |settings| {
        change(settings);
        Ok(())
    })
}

/// As [`change`], with a change that may fail with a sentence.
fn change_if(
    data: &Path,
    change: impl FnOnce(&mut Settings) -> std::result::Result<(), String>,
) -> Result<Settings> {
    let _lock = lock(data)?;
    let mut settings = load(data)?;
    change(&mut settings).and_then(|()| check(&settings)).map_err(Error::Setting)?;
    write(&data.join("settings.json"), &settings)?;
    Ok(settings)
}

/// Locks the settings from reading to writing, so that concurrent changes are not lost. The system releases the lock
/// with the process.
fn lock(data: &Path) -> Result<File> {
    std::fs::create_dir_all(data).map_err(Error::io("Cannot create", data))?;
    let path = data.join("settings.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // Another user's read-only file can be locked too.
    let file = file.or_else(|cause| File::open(&path).map_err(|_| cause));
    let file = file.map_err(sharing::refused("Cannot open", &path))?;
    sharing::as_its_folder(&path);
    file.lock().map_err(Error::io("Cannot lock", &path))?;
    Ok(file)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let bad = |cause: String| Error::Settings { path: path.to_owned(), cause };
    match text(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|e| bad(parse_error::plain(&e))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            Err(sharing::refused("Cannot read", path)(e))
        }
        Err(e) => Err(bad(message(&e))),
    }
}

/// Reads a small text file that may be untrusted.
///
/// # Errors
/// The system's, or that it is not a regular file, larger than 1 MB or not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    // Reading a pipe could block, and a device may never end.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    let size = File::open(path)?.take(SIZE_LIMIT + 1).read_to_string(&mut text)?;
    if size as u64 > SIZE_LIMIT {
        return Err(io::Error::other("it is larger than 1 MB"));
    }
    // Editors on Windows write a byte order mark.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Writes atomically: to a uniquely named file beside it, which is then renamed.
fn write(path: &Path, value: &impl Serialize) -> Result<()> {
    let written = || -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        let mut file = temporary_in(path.parent().unwrap_or(path))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        sharing::as_its_folder(path);
        Ok(())
    };
    written().map_err(sharing::refused("Cannot write", path))
}

/// A temporary file, deleted unless it is kept.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("settings.").suffix(".new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Default permissions: the file is readable for all who may read the folder.
        builder.permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_file_means_defaults_and_an_invalid_one_is_refused_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(load(dir.path()).unwrap(), Settings::default());
        let path = dir.path().join("settings.json");
        for wrong in [
            "{\"workers\": \"many\"}",
            "{\"workers\": 0}",
            "{\"wrokers\": 2}",
            "{\"outputName\": \"same\"}",
            "{\"outputDir\": \"\"}",
            "{\"outputDir\": \"out\"}",
            "[]",
            "\u{0}",
        ] {
            std::fs::write(&path, wrong).unwrap();
            let refusal = load(dir.path()).unwrap_err().to_string();
            assert!(refusal.contains("settings.json"), "{refusal}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong);
        }
        std::fs::write(&path, " ".repeat(2 << 20)).unwrap();
        assert!(load(dir.path()).unwrap_err().to_string().contains("larger than 1 MB"));
    }

    #[test]
    fn change_applies_to_the_current_file_and_a_broken_file_is_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.json");
        std::fs::write(&path, "\u{feff}{\"workers\": 3, \"maxAttempts\": 2}").unwrap();
        let changed = change(dir.path(), |settings| settings.fit_size_mb = 10).unwrap();
        assert_eq!((changed.workers, changed.max_attempts, changed.fit_size_mb), (Some(3), 2, 10));
        assert_eq!(load(dir.path()).unwrap(), changed);
        std::thread::scope(|scope| {
            for n in 1..=8 {
                let data = dir.path();
                scope.spawn(move || change(data, |settings| settings.max_attempts += n).unwrap());
            }
        });
        assert_eq!(load(dir.path()).unwrap().max_attempts, 2 + 36, "no concurrent change is lost");
        let whole = std::fs::read_to_string(&path).unwrap();
        let relative = change(dir.path(), |settings| settings.output_dir = Some("out".into()));
        assert!(relative.unwrap_err().to_string().contains("outputDir must be a whole path"));
        #[cfg(unix)]
        {
            let name = crate::path_bytes::to_path(b"/v/caf\xe9");
            assert!(change(dir.path(), |settings| settings.output_dir = Some(name)).is_err(), "JSON is text");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), whole, "a refused change leaves the file alone");
        std::fs::write(&path, "{").unwrap();
        assert!(change(dir.path(), |settings| settings.fit_size_mb = 11).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
    }
}
