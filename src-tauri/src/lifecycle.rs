//! Showing, hiding and quitting the application.
//!
//! Guarantees that closing never loses work: with running jobs the user is asked first, a hung page cannot prevent
//! closing, and quitting ends every ffmpeg cleanly before the process exits.

use crate::{machine, window};
use spool_app::closing::{OnClose, on_close};
use spool_app::state::Spool;
use spool_app::view::{CloseChoice, WhenDone};
use spool_core::settings::Theme;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// Time for the window to close by itself after the engine has stopped.
const EXIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether the page was asked how to close and has not answered.
#[derive(Default)]
pub struct CloseAsked(AtomicBool);

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = window::of(app) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(cause) = shown {
        tracing::warn!(%cause, "the window could not be brought to the front");
    }
    app.state::<Arc<Spool>>().feed.touch();
}

/// Handles a request of the user to close the window.
pub fn close_requested(app: &AppHandle) {
    let (spool, asked) = (app.state::<Arc<Spool>>(), app.state::<CloseAsked>());
    let running = spool.running_here();
    match on_close(running, asked.0.swap(true, Ordering::Relaxed)) {
        OnClose::Quit => quit(app),
        OnClose::Ask => spool.feed.ask_close(running),
        OnClose::Hide => close_chosen(app, CloseChoice::Background),
    }
}

/// Closes the window the way the user chose.
pub fn close_chosen(app: &AppHandle, choice: CloseChoice) {
    app.state::<CloseAsked>().0.store(false, Ordering::Relaxed);
    match choice {
        CloseChoice::Stay => {}
        CloseChoice::Quit => quit(app),
        CloseChoice::Background => {
            if let Some(Err(cause)) = window::of(app).map(|w| w.hide()) {
                tracing::warn!(%cause, "the window could not be hidden");
            }
        }
    }
}

/// Ends every running job cleanly, then exits the process.
pub fn quit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Arc<Spool>>().stop().await;
        app.exit(0);
        // A hung window does not close by itself.
        tokio::time::sleep(EXIT_TIMEOUT).await;
        std::process::exit(0);
    });
}

/// Does what the user chose for the end of a batch, once.
pub fn apply_when_done(app: &AppHandle) {
    let choice = app.state::<Arc<Spool>>().take_when_done();
    match choice {
        WhenDone::Nothing => {}
        WhenDone::Quit => quit(app),
        WhenDone::Sleep => machine::sleep(),
    }
}

/// The theme of the window frame; `None`: the system's.
pub fn theme(chosen: Theme) -> Option<tauri::Theme> {
    match chosen {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}
