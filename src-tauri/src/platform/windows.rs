//! What only Windows needs: nothing so far. Never compiled where Spool is tested.

use spool_app::state::Spool;
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

/// Nothing has to be prepared.
pub fn prepare() {}

/// The tray is always there.
pub fn has_tray() -> bool {
    true
}

/// The display does not go without the application.
pub fn mind_display(_spool: &Arc<Spool>) {}

/// What only this system tells: nothing.
pub fn heard(_app: &AppHandle, _event: &RunEvent) {}
