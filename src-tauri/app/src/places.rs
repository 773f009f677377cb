//! Where things are on this system: the data folder, and the folders tools are looked for in; and which run of the
//! machine this is. The one place that reads the environment, so that every face sees the same queue; the core reads
//! none.

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
use spool_core::clock::SystemClock;
use spool_core::engine::EngineConfig;
use spool_core::error::Result;
use spool_core::ffmpeg::{self, ToolPlaces};
use spool_core::policy::Policy;
use spool_core::settings::{self, Settings};
use spool_core::volumes::Volumes;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data folder that the environment names; an empty name names none.
pub fn named_data_dir() -> Option<PathBuf> {
    std::env::var_os("SPOOL_DATA_DIR").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The system's folder for Spool's data; `None` without a home folder.
pub fn data_dir() -> Option<PathBuf> {
    let args =
        AppStrategyArgs { top_level_domain: "app".into(), author: "Spool".into(), app_name: "Spool".into() };
    Some(choose_app_strategy(args).ok()?.data_dir())
}

/// The home folder, where there is one.
pub fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// A path to read, with `~` in place of the home folder.
pub(crate) fn shown(path: &Path) -> String {
    let home = home().filter(|home| home.parent().is_some());
    match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(rest) => Path::new("~").join(rest).to_string_lossy().into_owned(),
        None => path.to_string_lossy().into_owned(),
    }
}

/// The settings of a data folder, with the home folder in place of `~`.
///
/// # Errors
/// Those of reading, and where there is no home folder to put in its place.
pub fn settings(data: &Path) -> Result<Settings> {
    settings::with_home(data, settings::load(data)?, home().as_deref())
}

/// Changes what the file says by now, where `~` stays what it is, and answers what the settings have become.
///
/// # Errors
/// Those of reading and writing.
pub fn change_settings(data: &Path, change: impl FnOnce(&mut Settings)) -> Result<Settings> {
    settings::with_home(data, settings::change(data, change)?, home().as_deref())
}

/// Names this run of the machine, another after each start of it; `None` where the system has no such name.
#[cfg(target_os = "linux")]
pub fn boot() -> Option<String> {
    named(&std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?)
}

/// Names this run of the machine, another after each start of it; `None` where the system has no such name.
#[cfg(target_os = "macos")]
pub fn boot() -> Option<String> {
    let asked = std::process::Command::new("/usr/sbin/sysctl").args(["-n", "kern.bootsessionuuid"]).output();
    named(&String::from_utf8_lossy(&asked.ok()?.stdout))
}

/// None: Windows knows the time of its start only by its clock, which is set again and again.
#[cfg(windows)]
pub fn boot() -> Option<String> {
    None
}

#[cfg(unix)]
fn named(answer: &str) -> Option<String> {
    Some(answer.trim().to_owned()).filter(|name| !name.is_empty())
}

/// What an engine is started with. `who`: its name for others; `volumes`: what is known of drives.
pub fn engine(
    data: &Path,
    settings: &Settings,
    who: &str,
    workers: Option<usize>,
    volumes: &Arc<Volumes>,
) -> EngineConfig {
    EngineConfig {
        data: data.to_owned(),
        who: who.into(),
        boot: boot(),
        tools: tools(settings),
        workers,
        policy: Policy { crash_limit: settings.crash_limit, ..Policy::default() },
        volumes: volumes.clone(),
        clock: Arc::new(SystemClock::default()),
    }
}

/// Where tools are looked for: settings, beside this program, PATH, the package managers' folders.
pub fn tools(settings: &Settings) -> ToolPlaces {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    ToolPlaces {
        ffmpeg: settings.ffmpeg.clone(),
        ffprobe: settings.ffprobe.clone(),
        folders: ffmpeg::standard_folders(beside, &path),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_the_machine_has_one_name() {
        assert!(boot().is_some_and(|name| name.len() == 36));
        assert_eq!(boot(), boot());
        assert_eq!(named("\n"), None);
    }
}
