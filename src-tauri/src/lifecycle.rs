//! Closing and coming back, as was decided.
//!
//! Guarantees that closing never loses work: running jobs are asked about, a hung page cannot keep the window
//! from closing, and quitting ends every ffmpeg cleanly before the process ends.

use crate::{machine, window};
use spool_app::closing::{OnClose, on_close};
use spool_app::state::Spool;
use spool_app::view::{CloseChoice, WhenDone};
use spool_core::settings::Theme;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;

/// After the stop the window has this long to go by itself.
const TO_GO: Duration = Duration::from_secs(1);

/// Has the page been asked whether to close?
#[derive(Default)]
pub struct Asked(AtomicBool);

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = window::of(app) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(cause) = shown {
        tracing::warn!(%cause, "the window could not be brought to the front");
    }
    app.state::<Arc<Spool>>().feed.touch();
}

/// The user wants to close the window.
pub fn close_asked(app: &AppHandle) {
    let (spool, asked) = (app.state::<Arc<Spool>>(), app.state::<Asked>());
    let running = spool.running_here();
    match on_close(running, asked.0.swap(true, Ordering::Relaxed)) {
        OnClose::Quit => quit(app),
        OnClose::Ask => spool.feed.ask_close(running),
        OnClose::Hide => chosen(app, CloseChoice::Background),
    }
}

/// The user chose how to close.
pub fn chosen(app: &AppHandle, choice: CloseChoice) {
    app.state::<Asked>().0.store(false, Ordering::Relaxed);
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

/// Ends every running job cleanly, then the process.
pub fn quit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Arc<Spool>>().stop().await;
        app.exit(0);
        // A window that hangs does not go by itself.
        tokio::time::sleep(TO_GO).await;
        std::process::exit(0);
    });
}

/// A batch has ended: does what the user chose for that, once.
pub fn rest(app: &AppHandle) {
    let choice = app.state::<Arc<Spool>>().take_when_done();
    match choice {
        WhenDone::Nothing => {}
        WhenDone::Quit => quit(app),
        WhenDone::Sleep => machine::sleep(),
    }
}

/// The colours of the window's frame; `None`: as the system has them.
pub fn theme(chosen: Theme) -> Option<tauri::Theme> {
    match chosen {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Asks for the folder of results.
pub async fn pick_folder(app: &AppHandle) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |folder| drop(tell.send(folder)));
    told.await.ok().flatten()?.into_path().ok()
}

/// Asks for one file.
pub async fn pick_file(app: &AppHandle) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_file(move |file| drop(tell.send(file)));
    told.await.ok().flatten()?.into_path().ok()
}

/// Asks where to write a file of this name.
pub async fn pick_target(app: &AppHandle, name: &str) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |file| drop(tell.send(file)));
    told.await.ok().flatten()?.into_path().ok()
}
