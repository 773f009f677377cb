//! The user's choices in the target strip and the settings dialog. A change takes effect at once, also in the engine.

use crate::environment::{self, shown};
use crate::locked::lock;
use crate::report::ENCODERS;
use crate::state::Spool;
use crate::view::Why;
use crate::view::{Choices, EncoderState, SettingsChosen, SettingsShown, ToolState, WhenDone};
use spool_core::engine;
use spool_core::ffmpeg::{self, ToolError};
use spool_core::intake;
use spool_core::plan::Encoder;
use spool_core::settings::Settings;
use std::path::{Path, PathBuf};

impl Spool {
    /// Returns the choices that the target strip shows.
    pub fn choices(&self) -> Choices {
        let settings = self.settings();
        let output_dir = settings.output_dir.as_deref().map(shown);
        Choices { preset: settings.preset, output_dir, theme: settings.theme }
    }

    /// Returns the contents of the settings dialog.
    pub fn settings_shown(&self) -> SettingsShown {
        let settings = self.read_settings();
        SettingsShown {
            output_dir: settings.output_dir.as_deref().map(shown),
            chosen: SettingsChosen::of(&settings),
            auto_workers: engine::auto_workers(),
            data: shown(&self.data),
            data_size: size_of(&self.data),
            when_done: *lock(&self.when_done),
        }
    }

    /// Saves what was changed in the settings dialog.
    ///
    /// # Errors
    /// A sentence, if the template of output names is invalid or the settings cannot be saved.
    pub fn save_settings(&self, chosen: SettingsChosen) -> std::result::Result<(), String> {
        intake::check_template(&chosen.output_name).map_err(|why| format!("The file name {why}."))?;
        let workers = chosen.workers;
        let shown = SettingsChosen::of(&self.settings());
        self.choose(|settings| chosen.apply(settings, &shown)).map_err(|e| e.to_string())?;
        let workers = if workers == shown.workers { self.settings().workers } else { workers };
        self.with_engine(|engine| engine.set_workers(workers));
        self.feed.touch();
        Ok(())
    }

    /// Sets what happens when the queue is done; applies once.
    pub fn set_when_done(&self, choice: WhenDone) {
        *lock(&self.when_done) = choice;
    }

    /// Returns that choice and resets it.
    pub fn take_when_done(&self) -> WhenDone {
        std::mem::take(&mut lock(&self.when_done))
    }

    /// Sets ffmpeg, and ffprobe if it is in the same folder; `None` to search for both.
    ///
    /// # Errors
    /// A sentence, if it does not work or the settings cannot be saved; then nothing is changed.
    pub fn use_ffmpeg(&self, ffmpeg: Option<PathBuf>) -> std::result::Result<(), String> {
        let beside =
            |path: &PathBuf| Some(path.with_file_name(format!("ffprobe{}", std::env::consts::EXE_SUFFIX)));
        let ffprobe = ffmpeg.as_ref().and_then(beside).filter(|path| path.exists());
        let tried = Settings { ffmpeg: ffmpeg.clone(), ffprobe: ffprobe.clone(), ..self.settings() };
        if ffmpeg.is_some() {
            ffmpeg::locate(&environment::tools(&tried)).map_err(|e| e.to_string())?;
        }
        self.choose(|settings| (settings.ffmpeg, settings.ffprobe) = (ffmpeg, ffprobe))
            .map_err(|e| e.to_string())?;
        self.with_engine(|engine| engine.set_tools(environment::tools(&tried)));
        Ok(())
    }

    /// Returns the state of ffmpeg for the window.
    pub fn tool_state(&self) -> ToolState {
        let chosen = self.settings().ffmpeg.is_some();
        match self.tools() {
            Ok(tools) => ToolState {
                path: Some(shown(&tools.ffmpeg.path)),
                chosen,
                version: Some(tools.ffmpeg.version),
                looked: Vec::new(),
                problem: None,
                remedy: None,
            },
            Err(e) => ToolState {
                path: None,
                chosen,
                version: None,
                looked: match e {
                    ToolError::Missing { .. } => environment::tools(&self.settings())
                        .folders
                        .iter()
                        .map(|folder| shown(folder))
                        .collect(),
                    _ => Vec::new(),
                },
                problem: Some(Why::from(&e.reason())),
                remedy: Some(e.remedy()),
            },
        }
    }

    /// Returns which encoders work on this machine. The first call tests each of them, which takes a second or two.
    pub fn encoders(&self) -> Vec<EncoderState> {
        let Ok(tools) = self.tools() else { return Vec::new() };
        let state = |(encoder, name): (Encoder, &str)| EncoderState {
            name: name.to_owned(),
            works: ffmpeg::encoder_works(&tools, encoder),
        };
        ENCODERS.into_iter().map(state).collect()
    }
}

/// Returns the size of the files in a folder and its subfolders, in bytes.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_changed_elsewhere_since_the_dialog_opened_are_kept() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let shown = spool.settings_shown().chosen;
        let file = data.path().join("settings.json");
        std::fs::write(&file, r#"{"workers": 3, "crashLimit": 7}"#).unwrap();
        spool.save_settings(SettingsChosen { fit_size_mb: 10, ..shown }).unwrap();
        let kept = spool.settings();
        assert_eq!((kept.workers, kept.crash_limit, kept.fit_size_mb), (Some(3), 7, 10));
        spool.choose(|settings| settings.preset = "small-hevc".into()).unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().contains("small-hevc"));
    }

    #[test]
    fn missing_preset_is_refused_by_name_and_nothing_is_added() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spool = Spool::open(data.path().to_owned()).unwrap();
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        let refusal = spool.add(&[videos.path().to_owned()], "mine").unwrap_err().to_string();
        assert!(refusal.contains("\"mine\""), "{refusal}");
        assert_eq!(spool.queue().counts().unwrap().queued, 0);
    }
}
