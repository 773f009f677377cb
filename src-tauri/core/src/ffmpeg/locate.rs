//! Finds ffmpeg and ffprobe and their versions. Searches only the given places, in their order.

use super::capture::{Bounds, Output, capture};
use crate::failure::{self, Reason, Remedy};
use crate::policy::NICE;
use crate::system::message;
use crate::words;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct ToolPlaces {
    /// Use only this ffmpeg.
    pub ffmpeg: Option<PathBuf>,
    /// Use only this ffprobe.
    pub ffprobe: Option<PathBuf>,
    /// Folders, best first.
    pub folders: Vec<PathBuf>,
}

/// Folders to search: `beside` (that of the executable), those of `path`, and on macOS those of the package managers,
/// which are not in the PATH of an application started from the Finder.
pub fn standard_folders(beside: Option<PathBuf>, path: &OsStr) -> Vec<PathBuf> {
    let managers: &[&str] = if cfg!(target_os = "macos") {
        &["/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin"]
    } else {
        &[]
    };
    beside.into_iter().chain(std::env::split_paths(path)).chain(managers.iter().map(PathBuf::from)).collect()
}

/// An executable and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Absolute path.
    pub path: PathBuf,
    /// As it reports itself: `5.1.9-0+deb12u1`.
    pub version: String,
    pub(super) modified: Option<SystemTime>,
}

/// The two tools that are used together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    /// Encodes.
    pub ffmpeg: Tool,
    /// Probes.
    pub ffprobe: Tool,
}

/// ffmpeg or ffprobe cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolError {
    /// Not found in any place.
    Missing {
        /// Which one: `ffmpeg` or `ffprobe`.
        tool: &'static str,
    },
    /// Named by the settings, but not a file.
    NoFile {
        /// The path in the settings.
        path: PathBuf,
    },
    /// Found, but it does not run.
    Broken {
        /// Which file.
        path: PathBuf,
        /// Its last line of output, or the system's error.
        answer: String,
    },
    /// Older than 5.1.
    TooOld {
        /// Which file.
        path: PathBuf,
        /// Its version.
        version: String,
    },
}

impl ToolError {
    /// Why a job cannot start.
    pub fn reason(&self) -> Reason {
        let shown = |path: &Path| failure::shown(path);
        match self {
            ToolError::Missing { tool } => Reason::ToolMissing { tool: (*tool).to_owned() },
            ToolError::NoFile { path } => Reason::ToolNoFile { path: shown(path) },
            ToolError::Broken { path, answer } => {
                Reason::ToolBroken { path: shown(path), cause: answer.clone() }
            }
            ToolError::TooOld { path, version } => {
                Reason::ToolTooOld { path: shown(path), version: version.clone() }
            }
        }
    }

    /// How to get ffmpeg on this system, or another remedy.
    pub fn remedy(&self) -> Remedy {
        if matches!(self, ToolError::NoFile { .. }) {
            return Remedy::ChooseAnother;
        }
        let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        install(std::env::consts::OS, &os_release)
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        words::reason(&self.reason()).fmt(f)
    }
}

impl std::error::Error for ToolError {}

fn install(os: &str, os_release: &str) -> Remedy {
    let ids = os_release.lines().filter_map(|l| l.strip_prefix("ID=").or_else(|| l.strip_prefix("ID_LIKE=")));
    let ids: String = ids.collect::<Vec<_>>().join(" ");
    let command = match os {
        "macos" => "brew install ffmpeg",
        "windows" => "winget install ffmpeg",
        _ if ids.contains("debian") || ids.contains("ubuntu") => "sudo apt install ffmpeg",
        _ if ids.contains("fedora") || ids.contains("rhel") => "sudo dnf install ffmpeg-free",
        _ if ids.contains("arch") => "sudo pacman -S ffmpeg",
        _ if ids.contains("suse") => "sudo zypper install ffmpeg",
        _ => return Remedy::Install,
    };
    Remedy::Command { command: command.into() }
}

/// Finds both tools and their versions. Takes some 0.3 s the first time; answers are cached while the files are
/// unchanged.
pub fn locate(places: &ToolPlaces) -> Result<Tools, ToolError> {
    let folders = &places.folders;
    let (ffmpeg, ffprobe) = std::thread::scope(|scope| {
        let ffmpeg = scope.spawn(|| tool("ffmpeg", places.ffmpeg.as_deref(), folders));
        // Runs in parallel with the ffmpeg thread.
        let ffprobe = tool("ffprobe", places.ffprobe.as_deref(), folders);
        (ffmpeg.join(), ffprobe)
    });
    let ffmpeg = ffmpeg.unwrap_or(Err(ToolError::Missing { tool: "ffmpeg" }))?;
    Ok(Tools { ffmpeg, ffprobe: ffprobe? })
}

fn tool(name: &'static str, named: Option<&Path>, folders: &[PathBuf]) -> Result<Tool, ToolError> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut found = folders.iter().map(|folder| folder.join(&file)).filter(|path| path.is_file());
    let path = match named {
        Some(path) if path.is_file() => path.to_owned(),
        Some(path) => return Err(ToolError::NoFile { path: path.to_owned() }),
        None => found.next().ok_or(ToolError::Missing { tool: name })?,
    };
    let modified = modified(&path);
    let version = version(&path, modified)?;
    if is_old(&version) {
        return Err(ToolError::TooOld { path, version });
    }
    Ok(Tool { path, version, modified })
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

/// Time limit for reporting a version, or for a test encode of three frames.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

pub(super) fn ask(program: &Path, args: &[OsString]) -> std::io::Result<Output> {
    capture(program, args, &Bounds { limit: ANSWER_LIMIT, memory: None, orders: None, nice: NICE })
}

type Versions = HashMap<(PathBuf, Option<SystemTime>), String>;
static VERSIONS: Mutex<Option<Versions>> = Mutex::new(None);

/// The version of a tool, cached per file for the life of the process.
fn version(path: &Path, modified: Option<SystemTime>) -> Result<String, ToolError> {
    let key = (path.to_owned(), modified);
    let cache = || VERSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(version) = cache().get_or_insert_default().get(&key) {
        return Ok(version.clone());
    }
    let version = ask_version(path)?;
    cache().get_or_insert_default().insert(key, version.clone());
    Ok(version)
}

fn ask_version(path: &Path) -> Result<String, ToolError> {
    let broken = |answer: String| ToolError::Broken { path: path.to_owned(), answer };
    let output = ask(path, &["-version".into()]).map_err(|e| broken(message(&e)))?;
    match version_in(&output.stdout) {
        Some(version) if output.success => Ok(version.to_owned()),
        _ => Err(broken(last_line(&output))),
    }
}

/// `ffmpeg version n7.1 Copyright (c) 2000-2024 the FFmpeg developers`
fn version_in(answer: &str) -> Option<&str> {
    answer.lines().next()?.split_whitespace().skip_while(|word| *word != "version").nth(1)
}

fn last_line(output: &Output) -> String {
    let last = output.stderr.lines().last().or_else(|| output.stdout.lines().last());
    last.unwrap_or("it printed nothing").trim_end_matches('.').to_owned()
}

/// Is it older than 5.1? Versions that are not numbers are development snapshots and count as new.
fn is_old(version: &str) -> bool {
    let numbers = version.trim_start_matches('n');
    let mut parts = numbers.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) < (5, 1),
        (Some(Ok(major)), _) => major < 5,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_before_5_1_are_old_and_snapshots_are_new() {
        for (version, old) in [
            ("4.4.2-0ubuntu0.22.04.1", true),
            ("4.1", true),
            ("5.0", true),
            ("n5.0.1", true),
            ("n4.4-12-gabc", true),
            ("5.1.9-0+deb12u1", false),
            ("5.1-essentials_build-www.gyan.dev", false),
            ("6.0-static", false),
            ("7.1", false),
            ("7.1-full_build-www.gyan.dev", false),
            ("7.1.1-tessus", false),
            ("n8.0", false),
            ("n8.0-23-gd1f31a829d-20251022", false),
            ("9.0-static", false),
            ("10", false),
            ("N-118-gabc", false),
            ("N-12345-g0123456789", false),
            ("2026-01-02-git", false),
            ("2023-02-13-git-2296078397-full_build-www.gyan.dev", false),
            ("git-2020-08-01-abc", false),
        ] {
            for tool in ["ffmpeg", "ffprobe"] {
                for rest in [
                    "",
                    " Copyright (c) 2000-2026 the FFmpeg developers",
                    " https://johnvansickle.com/ffmpeg/  C",
                ] {
                    for end in ["", "\n", "\r\nbuilt with gcc 12.2.0 version 1\r\n"] {
                        let answer = format!("{tool} version {version}{rest}{end}");
                        assert_eq!(version_in(&answer), Some(version), "{answer:?}");
                    }
                }
            }
            assert_eq!(is_old(version), old, "{version}");
        }
        for malformed in ["", "\r\n", "ffmpeg version", "ffmpeg version \r\n", "no such command\nversion 5"] {
            assert_eq!(version_in(malformed), None, "{malformed:?}");
        }
    }

    #[test]
    fn remedy_names_the_package_manager_of_the_system() {
        let by = |os, release: &str| match install(os, release) {
            Remedy::Command { command } => Some(command),
            _ => None,
        };
        let mint = by("linux", "NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n");
        assert_eq!(mint.as_deref(), Some("sudo apt install ffmpeg"));
        assert_eq!(by("linux", "ID=fedora\n").as_deref(), Some("sudo dnf install ffmpeg-free"));
        assert_eq!(by("linux", "ID=nixos\n"), None);
        assert_eq!(by("macos", "").as_deref(), Some("brew install ffmpeg"));
    }

    #[test]
    fn missing_tool_is_named() {
        let places = ToolPlaces { folders: vec!["/nowhere".into()], ..ToolPlaces::default() };
        assert_eq!(locate(&places), Err(ToolError::Missing { tool: "ffmpeg" }));
        let named = ToolPlaces { ffmpeg: Some("/nope".into()), ..places };
        let error = locate(&named).unwrap_err();
        assert_eq!(error.to_string(), "/nope, named in the settings, is not a usable file.");
        assert_eq!(error.remedy(), Remedy::ChooseAnother);
    }
}
