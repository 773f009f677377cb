//! Locations on this system: the data folder and the folders to search for tools; also the boot id of the machine.
//!
//! The only module that reads locations from the environment, so that every front end uses the same queue. The core
//! receives them from here.

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

/// Returns the data folder that the environment variable `SPOOL_DATA_DIR` sets; an empty value sets none.
pub fn named_data_dir() -> Option<PathBuf> {
    std::env::var_os("SPOOL_DATA_DIR").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Returns the default data folder on this system; `None` without a home folder.
pub fn data_dir() -> Option<PathBuf> {
    let args =
        AppStrategyArgs { top_level_domain: "app".into(), author: "Spool".into(), app_name: "Spool".into() };
    Some(choose_app_strategy(args).ok()?.data_dir())
}

/// Returns the home folder, if there is one.
pub fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// Returns a path as display text, with `~` in place of the home folder.
pub(crate) fn shown(path: &Path) -> String {
    let home = home().filter(|home| home.parent().is_some());
    match home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(rest) => Path::new("~").join(rest).to_string_lossy().into_owned(),
        None => path.to_string_lossy().into_owned(),
    }
}

/// Reads the settings of a data folder, with the home folder in place of `~`.
///
/// # Errors
/// Those of reading; also if a path begins with `~` and there is no home folder.
pub fn settings(data: &Path) -> Result<Settings> {
    settings::with_home(data, settings::load(data)?, home().as_deref())
}

/// Changes the settings, based on the current contents of the file, and returns the new settings. In the file, `~`
/// stays as written.
///
/// # Errors
/// Those of reading and writing.
pub fn change_settings(data: &Path, change: impl FnOnce(&mut Settings)) -> Result<Settings> {
    settings::with_home(data, settings::change(data, change)?, home().as_deref())
}

/// Returns the boot id: changes with each start of the machine; `None` if the system has none.
#[cfg(target_os = "linux")]
pub fn boot() -> Option<String> {
    boot_id(&std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?)
}

/// Returns the boot id: changes with each start of the machine; `None` if the system has none.
#[cfg(target_os = "macos")]
pub fn boot() -> Option<String> {
    let run = std::process::Command::new("/usr/sbin/sysctl").args(["-n", "kern.bootsessionuuid"]).output();
    boot_id(&String::from_utf8_lossy(&run.ok()?.stdout))
}

/// Returns `None`: Windows knows its boot time only by its clock, which is adjusted repeatedly.
#[cfg(windows)]
pub fn boot() -> Option<String> {
    None
}

#[cfg(unix)]
fn boot_id(answer: &str) -> Option<String> {
    Some(answer.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Returns the configuration of an engine. `who`: name of this process for others; `volumes`: drive access with
/// timeouts.
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

/// Returns where to search for tools: the settings, the folder of this program, PATH, and the folders of package
/// managers.
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
    fn boot_id_is_stable() {
        assert!(boot().is_some_and(|name| name.len() == 36));
        assert_eq!(boot(), boot());
        assert_eq!(boot_id("\n"), None);
    }
}
