//! Files dragged over a window and dropped there. The front end shows how many there are and refers to a drop by its
//! token; it never receives a path.

use crate::locked::lock;
use crate::view::Drag;
use spool_core::volumes::Volumes;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The drops that were not added yet, by token; and the current drag.
#[derive(Default)]
pub struct Drops {
    held: Mutex<HashMap<u32, Vec<PathBuf>>>,
    next: AtomicU32,
    over: Mutex<Over>,
}

/// A drag over the window.
#[derive(Default, Clone, Copy)]
pub struct Over {
    /// Number of the drag.
    pub number: u32,
    files: usize,
    /// Number of folders, as far as known.
    pub folders: usize,
    /// Last position in CSS pixels.
    at: (f64, f64),
}

impl Over {
    /// Returns the view for front ends.
    pub fn shown(self) -> Drag {
        Drag { files: self.files, folders: self.folders, x: self.at.0, y: self.at.1 }
    }
}

/// Timeout for the drives of dragged paths, which must report which of these are folders.
const LOOK_LIMIT: Duration = Duration::from_secs(1);

impl Drops {
    /// Stores the paths of a drop until they are taken with the returned token.
    pub fn hold(&self, paths: Vec<PathBuf>) -> u32 {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.held).insert(token, paths);
        token
    }

    /// Starts another drag of `count` paths, which count as files until [`Drops::know`] is called.
    pub fn enter(&self, count: usize, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        *over = Over { number: over.number.wrapping_add(1), files: count, folders: 0, at };
        *over
    }

    /// Moves the drag.
    pub fn move_to(&self, at: (f64, f64)) -> Over {
        let mut over = lock(&self.over);
        over.at = at;
        *over
    }

    /// Sets the number of folders of this drag; returns `None` if another drag has started since.
    pub fn know(&self, number: u32, folders: usize) -> Option<Over> {
        let mut over = lock(&self.over);
        (over.number == number).then(|| {
            (over.files, over.folders) = (over.files.saturating_sub(folders), folders);
            *over
        })
    }

    /// Takes the paths of this token; only the first call returns them.
    pub fn take(&self, token: u32) -> Option<Vec<PathBuf>> {
        lock(&self.held).remove(&token)
    }
}

/// Returns the number of folders among `paths`; a path on a drive that does not respond in time counts as a file.
/// Blocks.
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
    fn number_of_folders_applies_only_to_its_own_drag() {
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
    fn drop_is_returned_once() {
        let drops = Drops::default();
        let (a, b) = (drops.hold(vec!["/a".into()]), drops.hold(vec!["/b".into()]));
        assert_eq!(drops.take(a), Some(vec!["/a".into()]));
        assert_eq!(drops.take(a), None);
        assert_eq!(drops.take(b), Some(vec!["/b".into()]));
    }
}
