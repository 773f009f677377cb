//! What only macOS needs. Never compiled where Spool is tested.

use crate::{drop, lifecycle};
use spool_app::state::Spool;
use std::sync::Arc;
use tauri::{AppHandle, Manager, RunEvent};

/// Nothing has to be prepared.
pub fn prepare() {}

/// The menu bar is always there.
pub fn has_tray() -> bool {
    true
}

/// The display does not go without the application.
pub fn mind_display(_spool: &Arc<Spool>) {}

/// Files opened with Spool come as an event, and a click on the icon in the dock brings the window back.
pub fn heard(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::Opened { urls } => {
            let paths: Vec<_> = urls.iter().filter_map(|url| url.to_file_path().ok()).collect();
            if !paths.is_empty() {
                drop::add_in_background(app.state::<Arc<Spool>>().inner(), paths);
            }
        }
        RunEvent::Reopen { .. } => lifecycle::show(app),
        _ => {}
    }
}
