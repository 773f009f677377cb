//! File dialogs of the system: each has a title that names its purpose and begins in the folder where it was left.

use spool_core::intake::VIDEO_EXTENSIONS;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot::{Receiver, channel};

/// The folder where each dialog, by its title, was left; until the application ends.
#[derive(Default)]
pub struct LastFolders(Mutex<HashMap<&'static str, PathBuf>>);

/// Asks for videos to add; empty if the dialog was cancelled.
pub async fn videos(app: &AppHandle) -> Vec<PathBuf> {
    let title = "Add videos";
    let (send, answer) = channel();
    let dialog = dialog(app, title);
    // Only the dialog of Windows shows every file under `*`. Those of GTK and macOS would hide names without a dot or with
    // an unlisted extension, which are accepted as well (rfd 0.17).
    let dialog = if cfg!(windows) {
        dialog.add_filter("Videos", VIDEO_EXTENSIONS).add_filter("All files", &["*"])
    } else {
        dialog
    };
    dialog.pick_files(move |files| drop(send.send(files)));
    remembered(app, title, paths(answer).await)
}

/// Asks for folders to add; empty if the dialog was cancelled.
pub async fn folders(app: &AppHandle) -> Vec<PathBuf> {
    let title = "Add a folder";
    let (send, answer) = channel();
    dialog(app, title).pick_folders(move |folders| drop(send.send(folders)));
    remembered(app, title, paths(answer).await)
}

/// Asks for the output folder; `None` if the dialog was cancelled.
pub async fn output_folder(app: &AppHandle) -> Option<PathBuf> {
    let title = "Save to";
    let (send, answer) = channel();
    dialog(app, title).pick_folder(move |folder| drop(send.send(folder.map(|folder| vec![folder]))));
    remembered(app, title, paths(answer).await).pop()
}

/// Asks where ffmpeg is; `None` if the dialog was cancelled.
pub async fn ffmpeg(app: &AppHandle) -> Option<PathBuf> {
    let title = "Choose ffmpeg";
    let (send, answer) = channel();
    dialog(app, title).pick_file(move |file| drop(send.send(file.map(|file| vec![file]))));
    remembered(app, title, paths(answer).await).pop()
}

/// Asks where to save a file, with this name suggested; `None` if the dialog was cancelled.
pub async fn save(app: &AppHandle, title: &'static str, name: &str) -> Option<PathBuf> {
    let (send, answer) = channel();
    // Remembers no folder: GTK would look at it on the UI thread, which a silent drive would block.
    let dialog = dialog(app, title).set_file_name(name);
    dialog.save_file(move |file| drop(send.send(file.map(|file| vec![file]))));
    paths(answer).await.pop()
}

fn dialog(app: &AppHandle, title: &'static str) -> FileDialogBuilder<Wry> {
    let last = app.state::<LastFolders>();
    let folder = last.0.lock().unwrap_or_else(PoisonError::into_inner).get(title).cloned();
    let dialog = app.dialog().file().set_title(title);
    match folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

async fn paths(answer: Receiver<Option<Vec<FilePath>>>) -> Vec<PathBuf> {
    let picked = answer.await.ok().flatten().unwrap_or_default();
    picked.into_iter().filter_map(|path| path.into_path().ok()).collect()
}

fn remembered(app: &AppHandle, title: &'static str, picked: Vec<PathBuf>) -> Vec<PathBuf> {
    if let Some(folder) = picked.first().and_then(|path| path.parent()).map(Path::to_owned) {
        let last = app.state::<LastFolders>();
        last.0.lock().unwrap_or_else(PoisonError::into_inner).insert(title, folder);
    }
    picked
}
