//! Requests to end from outside: a signal ends the window as a click on Quit does.

use crate::lifecycle;
use spool_app::signals::Signals;
use tauri::AppHandle;

/// Requests to end from outside. Taken before any job runs: one that came in between would be a crash.
pub fn listen() -> Option<Signals> {
    let signals = tauri::async_runtime::block_on(async { Signals::new() });
    signals.inspect_err(|cause| tracing::warn!(%cause, "signals cannot be received")).ok()
}

/// Quits at the first of them.
pub fn quit_on(signals: Option<Signals>, app: AppHandle) {
    let Some(mut signals) = signals else { return };
    tauri::async_runtime::spawn(async move {
        signals.next().await;
        tracing::info!("asked to end by a signal");
        lifecycle::quit(&app);
        // What comes later must not end the process before it has stopped.
        loop {
            signals.next().await;
        }
    });
}
