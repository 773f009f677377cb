//! macOS only. Never compiled on the systems where Spool is tested.

use crate::{drop, lifecycle};
use spool_app::state::Spool;
use std::sync::Arc;
use tauri::{AppHandle, Manager, RunEvent};

/// Does nothing; macOS needs no preparation.
pub fn prepare() {}

/// Always true: a session of macOS always has one.
pub fn has_display() -> bool {
    true
}

/// Always true: the menu bar always exists.
pub fn has_tray() -> bool {
    true
}

/// Does nothing: the display server does not end before the application.
pub fn stop_on_display_loss(_spool: &Arc<Spool>) {}

/// Adds files opened with Spool, and shows the window after a click on the dock icon.
pub fn on_event(app: &AppHandle, event: &RunEvent) {
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
