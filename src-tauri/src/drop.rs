//! A real drop: the system hands over paths, the page decides by position which preset they get.
//!
//! Guarantees that nothing dropped is lost: what the page does not answer within a second is added with the
//! current preset. The page never sees a path, only a token.

use crate::state::{Spool, lock};
use crate::view::{Drag, Dropped};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tauri::{DragDropEvent, PhysicalPosition};

/// How long the page has to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// What was dropped and not yet added, by token.
#[derive(Default)]
pub struct Drops {
    held: Mutex<HashMap<u32, Vec<PathBuf>>>,
    next: AtomicU32,
    /// Files and folders of the drag that is over the window.
    over: Mutex<(usize, usize)>,
}

impl Drops {
    fn hold(&self, paths: Vec<PathBuf>) -> u32 {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.held).insert(token, paths);
        token
    }

    /// What was dropped under this token; only the first who asks gets it.
    pub fn take(&self, token: u32) -> Option<Vec<PathBuf>> {
        lock(&self.held).remove(&token)
    }
}

/// The unit in which the positions of a drag are told, per CSS pixel, where `scale` physical pixels make one: Windows
/// tells physical pixels, macOS and GTK their own logical ones, whatever the type is called (wry 0.57).
pub fn told_per_css_pixel(scale: f64) -> f64 {
    if cfg!(windows) { scale } else { 1.0 }
}

/// Takes in what happens to a drag over the window. `scale`: units of its positions per CSS pixel.
pub fn hear(spool: &Arc<Spool>, drops: &Arc<Drops>, event: &DragDropEvent, scale: f64) {
    let at = |p: &PhysicalPosition<f64>| (p.x / scale, p.y / scale);
    let drag = |over: (usize, usize), (x, y)| Drag { files: over.0, folders: over.1, x, y };
    match event {
        DragDropEvent::Enter { paths, position } => {
            let folders = paths.iter().filter(|p| p.is_dir()).count();
            *lock(&drops.over) = (paths.len() - folders, folders);
            spool.feed.tell_drag(Some(drag(*lock(&drops.over), at(position))));
        }
        DragDropEvent::Over { position } => {
            spool.feed.tell_drag(Some(drag(*lock(&drops.over), at(position))));
        }
        DragDropEvent::Drop { paths, position } => dropped(spool, drops, paths.clone(), at(position)),
        _ => spool.feed.tell_drag(None),
    }
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

/// Adds paths with the current preset, off the calling thread; trouble is told to the window.
pub fn add_in_background(spool: &Arc<Spool>, paths: Vec<PathBuf>) {
    let spool = spool.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(cause) = spool.add(&paths, &spool.settings().preset) {
            spool.feed.tell_trouble(cause.to_string());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_handed_out_once() {
        let drops = Drops::default();
        let (a, b) = (drops.hold(vec!["/a".into()]), drops.hold(vec!["/b".into()]));
        assert_eq!(drops.take(a), Some(vec!["/a".into()]));
        assert_eq!(drops.take(a), None);
        assert_eq!(drops.take(b), Some(vec!["/b".into()]));
    }
}
