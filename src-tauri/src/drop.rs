//! Drag and drop: the system passes the paths, and the page chooses the preset by the position of the drop.
//!
//! Guarantees that no drop is lost: if the page does not respond within a second, the paths are added with the current
//! preset. The page receives a token instead of paths.

use crate::addresses::{encoded, mounted};
use spool_app::drag::{Drops, folders_among};
use spool_app::state::Spool;
use spool_app::view::Dropped;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tauri::{DragDropEvent, PhysicalPosition};

/// Time for the page to respond to a drop.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Units of drag positions per CSS pixel, which is `scale` physical pixels. Windows reports physical pixels; macOS and GTK
/// report logical ones, although the type is `PhysicalPosition` (wry 0.57).
pub fn units_per_css_pixel(scale: f64) -> f64 {
    if cfg!(windows) { scale } else { 1.0 }
}

/// Handles a drag event of the window. `scale`: units of drag positions per CSS pixel.
pub fn on_event(spool: &Arc<Spool>, drops: &Arc<Drops>, event: &DragDropEvent, scale: f64) {
    let at = |p: &PhysicalPosition<f64>| (p.x / scale, p.y / scale);
    match event {
        DragDropEvent::Enter { paths, position } => {
            let over = drops.enter(paths.len(), at(position));
            spool.feed.send_drag(Some(over.shown()));
            count_folders(spool, drops, paths.clone(), over.number);
        }
        DragDropEvent::Over { position } => {
            spool.feed.send_drag(Some(drops.move_to(at(position)).shown()));
        }
        DragDropEvent::Drop { paths, position } => {
            drops.enter(0, at(position));
            dropped(spool, drops, paths.clone(), at(position));
        }
        _ => {
            drops.enter(0, (0.0, 0.0));
            spool.feed.send_drag(None);
        }
    }
}

/// Counts the folders on another thread, as a drive that does not respond would block the UI thread.
fn count_folders(spool: &Arc<Spool>, drops: &Arc<Drops>, paths: Vec<PathBuf>, number: u32) {
    let (spool, drops) = (spool.clone(), drops.clone());
    tauri::async_runtime::spawn_blocking(move || {
        let folders = folders_among(&spool.volumes, paths);
        if let Some(over) = drops.know(number, folders).filter(|over| over.folders > 0) {
            spool.feed.send_drag(Some(over.shown()));
        }
    });
}

fn dropped(spool: &Arc<Spool>, drops: &Arc<Drops>, paths: Vec<PathBuf>, (x, y): (f64, f64)) {
    let token = drops.hold(paths.into_iter().map(encoded).collect());
    spool.feed.send_dropped(Dropped { token, x, y });
    let (spool, drops) = (spool.clone(), drops.clone());
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(RESPONSE_TIMEOUT).await;
        if let Some(paths) = drops.take(token) {
            add_in_background(&spool, paths);
        }
    });
}

/// Adds paths with the current preset, off the calling thread.
pub fn add_in_background(spool: &Arc<Spool>, paths: Vec<PathBuf>) {
    let spool = spool.clone();
    tauri::async_runtime::spawn_blocking(move || spool.add_or_tell(&mounted(paths)));
}
