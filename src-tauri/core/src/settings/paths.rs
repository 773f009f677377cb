//! Paths in the settings: absolute, or below the home folder as `~` and `~/x`.
//!
//! Guarantees that a path does not depend on the working directory, and that `~` is stored as written. Must not know
//! the home folder; the caller passes it.

use super::Settings;
use crate::error::{Error, Result};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// Examples of valid paths on this system.
const EXAMPLES: &str = if cfg!(windows) { r"D:\Videos or ~\Videos" } else { "/media/videos or ~/Videos" };

/// The paths with their keys.
fn paths(settings: &Settings) -> [(&'static str, Option<&Path>); 3] {
    [
        ("outputDir", settings.output_dir.as_deref()),
        ("ffmpeg", settings.ffmpeg.as_deref()),
        ("ffprobe", settings.ffprobe.as_deref()),
    ]
}

/// The part after `~`, if the path begins with it.
fn below_home(path: &Path) -> Option<PathBuf> {
    let mut parts = path.components();
    (parts.next()? == Component::Normal(OsStr::new("~"))).then(|| parts.as_path().to_owned())
}

/// Checks the paths; the error names the key.
pub(super) fn check(settings: &Settings) -> std::result::Result<(), String> {
    paths(settings).into_iter().try_for_each(|(key, path)| path.map_or(Ok(()), |path| check_one(key, path)))
}

fn check_one(key: &str, path: &Path) -> std::result::Result<(), String> {
    let Some(text) = path.to_str() else {
        return Err(format!("{key} must be text, which the name {} is not", path.display()));
    };
    match text {
        "" => Err(format!("{key} must not be empty")),
        _ if path.is_absolute() || below_home(path).is_some() => Ok(()),
        _ if text.starts_with('~') => {
            Err(format!("{key} names the home folder of another user; write the whole path of \"{text}\""))
        }
        _ => Err(format!("{key} must be a whole path, such as {EXAMPLES}, not \"{text}\"")),
    }
}

/// Replaces `~` by the home folder. `None` if it is needed and missing.
pub fn at_home(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match below_home(path) {
        None => Some(path.to_owned()),
        Some(below) if below.as_os_str().is_empty() => home.map(Path::to_owned),
        Some(below) => home.map(|home| home.join(below)),
    }
}

/// Replaces `~` by the home folder in all paths.
///
/// # Errors
/// `Settings` if the home folder is needed and missing.
pub fn with_home(data: &Path, settings: Settings, home: Option<&Path>) -> Result<Settings> {
    let whole = |key: &str, path: Option<PathBuf>| {
        let missing = || Error::Settings {
            path: data.join("settings.json"),
            cause: format!("{key} begins with ~, and this user has no home folder; write the whole path"),
        };
        path.map(|path| at_home(&path, home).ok_or_else(missing)).transpose()
    };
    Ok(Settings {
        output_dir: whole("outputDir", settings.output_dir)?,
        ffmpeg: whole("ffmpeg", settings.ffmpeg)?,
        ffprobe: whole("ffprobe", settings.ffprobe)?,
        ..settings
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn refusal(path: &str) -> Option<String> {
        check(&Settings { output_dir: Some(path.into()), ..Settings::default() }).err()
    }

    #[test]
    fn only_absolute_paths_and_those_below_home_are_valid() {
        for path in ["/", "/media/web", "~", "~/", "~/Videos/ü"] {
            assert_eq!(refusal(path), None, "{path}");
        }
        for (path, words) in [
            ("out", "outputDir must be a whole path, such as /media/videos or ~/Videos, not \"out\""),
            ("./~/x", "a whole path"),
            ("..", "a whole path"),
            ("", "outputDir must not be empty"),
            ("~anna/x", "the home folder of another user; write the whole path of \"~anna/x\""),
        ] {
            let found = refusal(path).unwrap_or_default();
            assert!(found.contains(words), "{path}: {found}");
        }
        for tool in [
            Settings { ffmpeg: Some("ffmpeg".into()), ..Settings::default() },
            Settings { ffprobe: Some("bin/ffprobe".into()), ..Settings::default() },
        ] {
            assert!(check(&tool).unwrap_err().contains("must be a whole path"));
        }
    }

    #[test]
    fn only_a_leading_tilde_is_replaced() {
        let at = |path: &str| at_home(Path::new(path), Some(Path::new("/home/me")));
        for (path, whole) in [
            ("~", "/home/me"),
            ("~/", "/home/me"),
            ("~/a/~", "/home/me/a/~"),
            ("/v/~/a", "/v/~/a"),
            ("./~", "./~"),
        ] {
            assert_eq!(at(path).unwrap(), Path::new(whole), "{path}");
        }
        assert_eq!(at_home(Path::new("~/a"), None), None);
        let settings = Settings { ffmpeg: Some("~/bin/ffmpeg".into()), ..Settings::default() };
        let refused = with_home(Path::new("/data"), settings, None).unwrap_err().to_string();
        assert!(
            refused.contains("/data/settings.json") && refused.contains("ffmpeg begins with ~"),
            "{refused}"
        );
    }
}
