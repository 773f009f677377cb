//! What is dragged over a window and dropped there. The face shows how much it is, and names what was dropped by a
//! token: it never sees a path.

use crate::locked::lock;
use crate::view::Drag;
use spool_core::volumes::Volumes;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What was dropped and not yet added, by token.
#[derive(Default)]
pub struct Drops {
    held: Mutex<HashMap<u32, Vec<PathBuf>>>,
    next: AtomicU32,
    over: Mutex<Over>,
}

/// The drag that is over the window.
#[derive(Default, Clone, Copy)]
pub struct Over {
    /// Which drag.
    pub number: u32,
    files: usize,
    /// How many of what is dragged are folders, as far as known.
    pub folders: usize,
    /// Where it was last, in CSS pixels.
    at: (f64, f64),
}

impl Over {
    /// As the face shows it.
    pub fn shown(self) -> Drag {
        Drag { files: self.files, folders: self.folders, x: self.at.0, y: self.at.1 }
    }
}

/// Longest wait for the drives of what is dragged; they are asked whether it is files or folders.
const LOOK_LIMIT: Duration = Duration::from_secs(1);

impl Drops {
    /// Keeps what was dropped until it is taken by this token.
    pub fn hold(&self, paths: Vec<PathBuf>) -> u32 {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.held).insert(token, paths);
        token
    }

    /// A further drag, of which nothing is known but how much there is.
    pub fn enter(&self, count: usize, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        *over = Over { number: over.number.wrapping_add(1), files: count, folders: 0, at };
        *over
    }

    /// The drag has moved.
    pub fn move_to(&self, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        over.at = at;
        *over
    }

    /// So many of this drag are folders; `None` where it has gone.
    pub fn know(&self, number: u32, folders: usize) -> Option<Over> {
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

/// How many of these are folders; what a drive does not say in time counts as files. Blocks.
pub fn folders_among(volumes: &Arc<Volumes>, paths: Vec<PathBuf>) -> usize {
    count_folders(volumes, paths, LOOK_LIMIT)
}

fn count_folders(volumes: &Arc<Volumes>, paths: Vec<PathBuf>, limit: Duration) -> usize {
    let until = Instant::now() + limit;
    let is_folder = |path: PathBuf| {
        let left = until.saturating_duration_since(Instant::now());
        volumes.ask(&path.clone(), left, move || path.is_dir()).unwrap_or(false)
    };
    paths.into_iter().filter(|path| is_folder(path.clone())).count()
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
        assert_eq!(count_folders(&Arc::default(), vec![dir.path().to_owned(), file], limit), 1);
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
