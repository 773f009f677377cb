//! Termination signals: a signal quits the application like a click on Quit.

use crate::lifecycle;
use spool_app::signals::Signals;
use tauri::AppHandle;

/// Starts to receive termination signals. Call before any job runs: until then a signal ends the process like a crash.
pub fn listen() -> Option<Signals> {
    let signals = tauri::async_runtime::block_on(async { Signals::new() });
    signals.inspect_err(|cause| tracing::warn!(%cause, "signals cannot be received")).ok()
}

/// Quits at the first signal.
pub fn quit_on(signals: Option<Signals>, app: AppHandle) {
    let Some(mut signals) = signals else { return };
    tauri::async_runtime::spawn(async move {
        signals.next().await;
        tracing::info!("termination signal received");
        lifecycle::quit(&app);
        // Later signals must not end the process before the engine has stopped.
        loop {
            signals.next().await;
        }
    });
}
