//! Starting, closing and coming back: pure decisions first, thin handlers after them.
//!
//! Guarantees that closing never loses work: running jobs are asked about, a hung page cannot keep the window
//! from closing, and quitting ends every ffmpeg cleanly before the process ends.

use crate::machine;
use spool_app::state::Spool;
use spool_app::view::{CloseChoice, WhenDone};
use spool_core::settings::Theme;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

/// What a wish to close leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClose {
    /// Nothing runs here: the process ends.
    Quit,
    /// The page asks.
    Ask,
    /// The page was asked and has not answered: hide and work on.
    Hide,
}

/// Decides it. `running`: jobs of this process; `asked`: the page was asked and has not answered.
pub fn on_close(running: u64, asked: bool) -> OnClose {
    match (running, asked) {
        (0, _) => OnClose::Quit,
        (_, false) => OnClose::Ask,
        (_, true) => OnClose::Hide,
    }
}

/// The paths among the arguments of a start. `folder`: where relative ones begin.
pub fn paths(args: &[String], folder: &Path) -> Vec<PathBuf> {
    let options_end = args.iter().position(|a| a == "--").unwrap_or(args.len());
    let named = |(n, arg): (usize, &String)| {
        let is_path = n > options_end || (n < options_end && !arg.starts_with('-'));
        is_path.then(|| folder.join(arg))
    };
    args.iter().enumerate().skip(1).filter_map(named).collect()
}

/// The name under which a second start finds the first. One window per queue: a start with another data folder
/// is another application. (On the message bus of Linux; elsewhere there is one window per user.)
pub fn bus_name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.canonicalize().unwrap_or_else(|_| data.to_owned()).hash(&mut hasher);
    format!("app.spool.desktop.q{:016x}", hasher.finish())
}

/// After the stop the window has this long to go by itself.
const TO_GO: Duration = Duration::from_secs(1);

/// Has the page been asked whether to close?
#[derive(Default)]
pub struct Asked(AtomicBool);

/// The one window.
pub fn window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window("main")
}

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = window(app) else { return };
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
            if let Some(Err(cause)) = window(app).map(|w| w.hide()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_has_a_window_of_its_own() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(bus_name(a.path()), bus_name(&a.path().join(".")));
        assert_ne!(bus_name(a.path()), bus_name(b.path()));
    }

    #[test]
    fn closing_asks_while_jobs_run_and_a_silent_page_cannot_hold_the_window() {
        assert_eq!(on_close(0, false), OnClose::Quit);
        assert_eq!(on_close(2, false), OnClose::Ask);
        assert_eq!(on_close(2, true), OnClose::Hide);
        assert_eq!(on_close(0, true), OnClose::Quit);
    }

    #[test]
    fn arguments_that_are_no_options_are_files_of_the_folder_they_were_named_in() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let named = paths(&args(&["spool", "a b.mp4", "--flag", "/x/c.mkv"]), Path::new("/home"));
        assert_eq!(named, [PathBuf::from("/home/a b.mp4"), "/x/c.mkv".into()]);
        assert_eq!(
            paths(&args(&["spool", "--", "-odd.mp4"]), Path::new("/h")),
            [PathBuf::from("/h/-odd.mp4")]
        );
    }
}
