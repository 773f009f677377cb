//! A real drop: the system hands over paths, the page decides by position which preset they get.
//!
//! Guarantees that nothing dropped is lost: what the page does not answer within a second is added with the
//! current preset. The page never sees a path, only a token.

use spool_app::state::{Spool, lock};
use spool_app::view::{Drag, Dropped};
use spool_core::volumes::Volumes;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tauri::{DragDropEvent, PhysicalPosition};

/// How long the page has to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// What was dropped and not yet added, by token.
#[derive(Default)]
pub struct Drops {
    held: Mutex<HashMap<u32, Vec<PathBuf>>>,
    next: AtomicU32,
    over: Mutex<Over>,
}

/// The drag that is over the window.
#[derive(Default, Clone, Copy)]
struct Over {
    /// Which drag.
    number: u32,
    files: usize,
    folders: usize,
    /// Where it was last, in CSS pixels.
    at: (f64, f64),
}

impl Over {
    fn told(self) -> Drag {
        Drag { files: self.files, folders: self.folders, x: self.at.0, y: self.at.1 }
    }
}

/// Longest wait for the drives of what is dragged; they are asked whether it is files or folders.
const LOOK_LIMIT: Duration = Duration::from_secs(1);

impl Drops {
    fn hold(&self, paths: Vec<PathBuf>) -> u32 {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.held).insert(token, paths);
        token
    }

    /// A further drag, of which nothing is known but how much there is.
    fn enter(&self, count: usize, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        *over = Over { number: over.number.wrapping_add(1), files: count, folders: 0, at };
        *over
    }

    fn move_to(&self, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        over.at = at;
        *over
    }

    /// So many of this drag are folders; `None` where it has gone.
    fn know(&self, number: u32, folders: usize) -> Option<Over> {
        let mut over = lock(&self.over);
        (over.number == number).then(|| {
            (over.files, over.folders) = (over.files.saturating_sub(folders), folders);
            *over
        })
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
    match event {
        DragDropEvent::Enter { paths, position } => {
            let over = drops.enter(paths.len(), at(position));
            spool.feed.tell_drag(Some(over.told()));
            count_folders(spool, drops, paths.clone(), over.number);
        }
        DragDropEvent::Over { position } => {
            spool.feed.tell_drag(Some(drops.move_to(at(position)).told()));
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
        let folders = folders_among(&spool.volumes, paths, LOOK_LIMIT);
        if let Some(over) = drops.know(number, folders).filter(|over| over.folders > 0) {
            spool.feed.tell_drag(Some(over.told()));
        }
    });
}

/// How many of these are folders; what a drive does not say in time counts as files.
fn folders_among(volumes: &Arc<Volumes>, paths: Vec<PathBuf>, limit: Duration) -> usize {
    let until = Instant::now() + limit;
    let is_folder = |path: PathBuf| {
        let left = until.saturating_duration_since(Instant::now());
        volumes.ask(&path.clone(), left, move || path.is_dir()).unwrap_or(false)
    };
    paths.into_iter().filter(|path| is_folder(path.clone())).count()
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
    fn what_is_learned_of_a_drag_counts_for_that_drag_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.mkv");
        std::fs::write(&file, "x").unwrap();
        let limit = Duration::from_secs(20);
        assert_eq!(folders_among(&Arc::default(), vec![dir.path().to_owned(), file], limit), 1);
        let drops = Drops::default();
        let first = drops.enter(2, (1.0, 2.0));
        let known = drops.know(first.number, 1).map(|over| (over.files, over.folders));
        assert_eq!(known, Some((1, 1)));
        drops.enter(5, (3.0, 4.0));
        assert!(drops.know(first.number, 1).is_none());
        assert_eq!(drops.move_to((7.0, 8.0)).files, 5);
    }

    #[test]
    fn what_was_dropped_is_handed_out_once() {
        let drops = Drops::default();
        let (a, b) = (drops.hold(vec!["/a".into()]), drops.hold(vec!["/b".into()]));
        assert_eq!(drops.take(a), Some(vec!["/a".into()]));
        assert_eq!(drops.take(a), None);
        assert_eq!(drops.take(b), Some(vec!["/b".into()]));
    }
}
