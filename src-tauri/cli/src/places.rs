//! Where things are on this system: the data folder, and the folders tools are looked for in. Shared with the
//! window, so that both see the same queue; the core itself reads no environment.

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};
use spool_core::ffmpeg::{self, ToolPlaces};
use spool_core::settings::Settings;
use std::path::PathBuf;

/// The system's folder for Spool's data; `None` without a home folder.
pub fn data_dir() -> Option<PathBuf> {
    let args =
        AppStrategyArgs { top_level_domain: "app".into(), author: "Spool".into(), app_name: "Spool".into() };
    Some(choose_app_strategy(args).ok()?.data_dir())
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
