//! The settings of the dialog: what it shows of them, and what it changes.
//!
//! Guarantees that only what was changed in the dialog is written: the rest may have been changed elsewhere meanwhile.

use serde::{Deserialize, Serialize};
use spool_core::settings::{Settings, Theme};
use ts_rs::TS;

/// What can be changed in the settings dialog.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsChosen {
    /// Jobs at a time; null: as many as suit this machine.
    pub workers: Option<usize>,
    /// Attempts before a job is parked.
    pub max_attempts: u32,
    /// Name of the results, with `{name}` and `{preset}`.
    pub output_name: String,
    /// Largest result of the preset that fits a size, in megabytes.
    pub fit_size_mb: u32,
    /// Keep the computer awake while something runs.
    pub keep_awake: bool,
    /// Pause while the computer runs on its battery.
    pub pause_on_battery: bool,
    /// Tell the desktop when the queue is done.
    pub notify_done: bool,
    /// Tell the desktop when a video fails.
    pub notify_failed: bool,
    /// With a sound.
    pub notify_sound: bool,
    /// Colours of the window.
    #[ts(type = r#""system" | "light" | "dark""#)]
    pub theme: Theme,
}

impl SettingsChosen {
    pub(crate) fn of(settings: &Settings) -> SettingsChosen {
        SettingsChosen {
            workers: settings.workers,
            max_attempts: settings.max_attempts,
            output_name: settings.output_name.clone(),
            fit_size_mb: settings.fit_size_mb,
            keep_awake: settings.keep_awake,
            pause_on_battery: settings.pause_on_battery,
            notify_done: settings.notify_done,
            notify_failed: settings.notify_failed,
            notify_sound: settings.notify_sound,
            theme: settings.theme,
        }
    }

    /// Takes over what was chosen differently from what was shown.
    pub(crate) fn apply(self, settings: &mut Settings, shown: &SettingsChosen) {
        macro_rules! take {
            ($($field:ident),*) => {
                $(if self.$field != shown.$field {
                    settings.$field = self.$field;
                })*
            };
        }
        take!(workers, max_attempts, output_name, fit_size_mb, keep_awake, pause_on_battery);
        take!(notify_done, notify_failed, notify_sound, theme);
        settings.max_attempts = settings.max_attempts.max(1);
        settings.fit_size_mb = settings.fit_size_mb.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dialog_shows_is_what_it_keeps() {
        let changed = SettingsChosen {
            workers: Some(7),
            max_attempts: 2,
            output_name: "{name} x".into(),
            fit_size_mb: 10,
            keep_awake: false,
            pause_on_battery: true,
            notify_done: false,
            notify_failed: false,
            notify_sound: true,
            theme: Theme::Dark,
        };
        let mut settings = Settings::default();
        changed.clone().apply(&mut settings, &SettingsChosen::of(&Settings::default()));
        assert_eq!(SettingsChosen::of(&settings), changed);
    }
}
