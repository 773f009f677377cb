//! The settings: one JSON file in the data folder. Flags beat it, it beats the defaults.
//!
//! Guarantees that a file with a mistake is refused with the place of the mistake and never overwritten.

pub mod fields;
mod paths;
mod presets;

use crate::error::{Error, Result};
use crate::policy::Policy;
use crate::preset::{self, words};
use crate::sharing;
use crate::system::said;
use crate::template;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

pub use paths::{at_home, with_home};
pub use presets::{Imported, import, preset, presets, remove};

/// What a person may choose once for all jobs. Every field may be left out.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// Jobs at a time; absent: as many as suit this machine.
    pub workers: Option<usize>,
    /// Preset of what is added without naming one.
    pub preset: String,
    /// Folder of the results; absent: next to each original.
    pub output_dir: Option<PathBuf>,
    /// Name of the results without extension; `{name}` is the original's, `{preset}` the preset's.
    pub output_name: String,
    /// Attempts before a job is parked, at least 1.
    pub max_attempts: u32,
    /// Consecutive crashes of the application after which a job is parked, at least 1.
    pub crash_limit: u32,
    /// Largest result of the preset `fit-size`, in megabytes.
    pub fit_size_mb: u32,
    /// Keep the computer awake while something runs.
    pub keep_awake: bool,
    /// Start no further job while the computer runs on its battery.
    pub pause_on_battery: bool,
    /// Tell the desktop when the queue is done.
    pub notify_done: bool,
    /// Tell the desktop when the first video of a batch fails, and when failures pile up.
    pub notify_failed: bool,
    /// Notifications may make a sound.
    pub notify_sound: bool,
    /// Colours of the window.
    pub theme: Theme,
    /// This ffmpeg and no other.
    pub ffmpeg: Option<PathBuf>,
    /// This ffprobe and no other.
    pub ffprobe: Option<PathBuf>,
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they say it themselves")]
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

/// Jobs at a time that may be chosen.
pub const WORKERS: std::ops::RangeInclusive<usize> = 1..=64;

/// More than any settings file of ours needs; a larger one is not read.
const LARGEST: u64 = 1 << 20;

/// Reads `settings.json` of a data folder; the defaults where there is none.
pub fn load(data: &Path) -> Result<Settings> {
    let path = data.join("settings.json");
    // By way of a map: a struct alone would also take a list of its values.
    let map: serde_json::Map<String, serde_json::Value> = read(&path)?.unwrap_or_default();
    let refuse = |cause: String| Error::Settings { path: path.clone(), cause };
    let settings: Settings = serde_json::from_value(map.into()).map_err(|e| refuse(words::plain(&e)))?;
    check(&settings).map_err(refuse)?;
    Ok(Settings {
        max_attempts: settings.max_attempts.max(1),
        crash_limit: settings.crash_limit.max(1),
        ..settings
    })
}

/// Can these be settings? If not, what is wrong with which.
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

/// Changes the settings of a data folder as they are there now, whoever changed them since they were last read, and
/// answers what they have become. A file that has a mistake by now is left alone.
///
/// # Errors
/// `Setting` for a change that makes none of them; the file is left alone then too.
pub fn change(data: &Path, change: impl FnOnce(&mut Settings)) -> Result<Settings> {
    change_if(data, |settings| {
        change(settings);
        Ok(())
    })
}

/// The same with a change that may be refused, with its sentence.
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

/// Held from reading to writing, so that of two who change a file at once neither loses the other's change. The
/// system gives it back with the process.
fn lock(data: &Path) -> Result<File> {
    std::fs::create_dir_all(data).map_err(Error::io("Cannot create", data))?;
    let path = data.join("settings.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    // Another user's file can be locked too.
    let file = file.or_else(|cause| File::open(&path).map_err(|_| cause));
    let file = file.map_err(sharing::refused("Cannot open", &path))?;
    sharing::as_its_folder(&path);
    file.lock().map_err(Error::io("Cannot lock", &path))?;
    Ok(file)
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let bad = |cause: String| Error::Settings { path: path.to_owned(), cause };
    match text(path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|e| bad(words::plain(&e))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            Err(sharing::refused("Cannot read", path)(e))
        }
        Err(e) => Err(bad(said(&e))),
    }
}

/// The text of a small file that somebody else may have written.
///
/// # Errors
/// The system's, or that it is no file, larger than 1 MB or no text.
pub fn text(path: &Path) -> io::Result<String> {
    // A pipe would be waited for, and a device never end.
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let size = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if size as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MB"));
    }
    // Editors on Windows put a mark of the byte order in front.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Whole or not at all: written beside, under a name that nobody else uses, and renamed.
fn write(path: &Path, value: &impl Serialize) -> Result<()> {
    let written = || -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        let mut beside = beside(path.parent().unwrap_or(path))?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().sync_all()?;
        beside.persist(path)?;
        sharing::as_its_folder(path);
        Ok(())
    };
    written().map_err(sharing::refused("Cannot write", path))
}

/// Gone by itself unless it is kept.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("settings.").suffix(".new");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any file of this user's: whom the folder is open to may read it.
        builder.permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_means_the_defaults_and_a_wrong_one_is_named_and_left_alone() {
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
    fn a_change_is_made_to_what_the_file_says_by_now_and_a_broken_file_is_left_alone() {
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
        assert_eq!(load(dir.path()).unwrap().max_attempts, 2 + 36, "of changes at once none is lost");
        let whole = std::fs::read_to_string(&path).unwrap();
        let relative = change(dir.path(), |settings| settings.output_dir = Some("out".into()));
        assert!(relative.unwrap_err().to_string().contains("outputDir must be a whole path"));
        #[cfg(unix)]
        {
            let name = crate::path_bytes::to_path(b"/v/caf\xe9");
            assert!(change(dir.path(), |settings| settings.output_dir = Some(name)).is_err(), "JSON is text");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), whole, "what cannot be kept changes nothing");
        std::fs::write(&path, "{").unwrap();
        assert!(change(dir.path(), |settings| settings.fit_size_mb = 11).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{");
    }
}
