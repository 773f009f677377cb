//! A real drop: the system hands over paths, the page decides by position which preset they get.
//!
//! Guarantees that nothing dropped is lost: what the page does not answer within a second is added with the
//! current preset. The page never sees a path, only a token.

use spool_app::drag::{Drops, folders_among};
use spool_app::state::Spool;
use spool_app::view::Dropped;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tauri::{DragDropEvent, PhysicalPosition};

/// How long the page has to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// The unit in which the positions of a drag are told, per CSS pixel, where `scale` physical pixels make one: Windows
/// tells physical pixels, macOS and GTK their own logical ones, whatever the type is called (wry 0.57).
pub fn told_per_css_pixel(scale: f64) -> f64 {
    if cfg!(windows) { scale } else { 1.0 }
}

/// Takes in what happens to a drag over the window. `scale`: units of its positions per CSS pixel.
pub fn hear(spool: &Arc<Spool>, drops: &Arc<Drops>, event: &DragDropEvent, scale: f64) {
    let at = |p: &PhysicalPosition<f64>| (p.x / scale, p.y / scale);
    match event {
        DragDropEvent::Enter { paths, position } => {
            let over = drops.enter(paths.len(), at(position));
            spool.feed.tell_drag(Some(over.shown()));
            count_folders(spool, drops, paths.clone(), over.number);
        }
        DragDropEvent::Over { position } => {
            spool.feed.tell_drag(Some(drops.move_to(at(position)).shown()));
        }
        DragDropEvent::Drop { paths, position } => {
            drops.enter(0, at(position));
            dropped(spool, drops, paths.clone(), at(position));
        }
        _ => {
            drops.enter(0, (0.0, 0.0));
            spool.feed.tell_drag(None);
        }
    }
}

/// Asks the drives off the window's own thread, which one that does not answer would hold.
fn count_folders(spool: &Arc<Spool>, drops: &Arc<Drops>, paths: Vec<PathBuf>, number: u32) {
    let (spool, drops) = (spool.clone(), drops.clone());
    tauri::async_runtime::spawn_blocking(move || {
        let folders = folders_among(&spool.volumes, paths);
        if let Some(over) = drops.know(number, folders).filter(|over| over.folders > 0) {
            spool.feed.tell_drag(Some(over.shown()));
        }
    });
}

fn dropped(spool: &Arc<Spool>, drops: &Arc<Drops>, paths: Vec<PathBuf>, (x, y): (f64, f64)) {
    let token = drops.hold(paths);
    spool.feed.tell_dropped(Dropped { token, x, y });
    let (spool, drops) = (spool.clone(), drops.clone());
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(ANSWER_LIMIT).await;
        if let Some(paths) = drops.take(token) {
            add_in_background(&spool, paths);
        }
    });
}

/// Adds paths with the current preset, off the calling thread.
pub fn add_in_background(spool: &Arc<Spool>, paths: Vec<PathBuf>) {
    let spool = spool.clone();
    tauri::async_runtime::spawn_blocking(move || spool.add_or_tell(&paths));
}
