//! The settings that the dialog shows and changes.
//!
//! Guarantees that only settings changed in the dialog are written, because others may have been changed elsewhere in
//! the meantime.

use serde::{Deserialize, Serialize};
use spool_core::settings::{Settings, Theme};
use ts_rs::TS;

/// Settings that can be changed in the dialog.
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsChosen {
    /// Jobs at a time; null for as many as suit this machine.
    pub workers: Option<usize>,
    /// Attempts before a job is parked.
    pub max_attempts: u32,
    /// Template of output names, with `{name}` and `{preset}`.
    pub output_name: String,
    /// Target size of the preset `fit-size`, in megabytes.
    pub fit_size_mb: u32,
    /// Keep the computer awake while a job runs.
    pub keep_awake: bool,
    /// Start no job while the computer runs on battery.
    pub pause_on_battery: bool,
    /// Notify when the queue is done.
    pub notify_done: bool,
    /// Notify of failures.
    pub notify_failed: bool,
    /// Notifications make a sound.
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

    /// Applies the settings that differ from those shown.
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
    fn applied_settings_are_shown_again() {
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
