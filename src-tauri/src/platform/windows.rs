//! Windows only: nothing so far. Never compiled on the systems where Spool is tested.

use spool_app::state::Spool;
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

/// Does nothing; Windows needs no preparation.
pub fn prepare() {}

/// Always true: a session of Windows always has one.
pub fn has_display() -> bool {
    true
}

/// Always true: the tray always exists.
pub fn has_tray() -> bool {
    true
}

/// Does nothing: the display does not end before the application.
pub fn stop_on_display_loss(_spool: &Arc<Spool>) {}

/// No events are specific to Windows.
pub fn on_event(_app: &AppHandle, _event: &RunEvent) {}
