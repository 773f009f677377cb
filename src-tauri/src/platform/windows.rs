//! What only Windows needs: nothing so far. Never compiled where Spool is tested.

use tauri::{AppHandle, RunEvent};

/// Nothing has to be prepared.
pub fn prepare() {}

/// The tray is always there.
pub fn has_tray() -> bool {
    true
}

/// What only this system tells: nothing.
pub fn heard(_app: &AppHandle, _event: &RunEvent) {}
