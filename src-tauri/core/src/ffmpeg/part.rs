//! Checks of the part file that an encode writes: its size, its last write, and the free space of its disk.
//!
//! Guarantees that a silent drive delays neither the caller nor the encoder: the last answer counts until the drive
//! responds.

use crate::volumes::{Query, Unanswered, Volumes, free_in};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A part file, with access to its drive.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// Path of the file.
    pub path: &'a Path,
    /// What is known of the drives.
    pub volumes: &'a Arc<Volumes>,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Size in bytes and time of the last write; `None` if there is no such file.
    pub(super) file: Option<(u64, Option<SystemTime>)>,
    /// Free bytes on its disk; `None` if unknown.
    pub(super) free: Option<u64>,
}

/// Longest wait for a drive: one that works responds within this time, and orders to the encoder must not wait longer.
const MOMENT: Duration = Duration::from_millis(50);

/// Checks a part file repeatedly, with one pending question at a time.
#[derive(Default)]
pub(super) struct Looks {
    last: Seen,
    asked: Option<Query<Seen>>,
}

impl Looks {
    /// Returns the latest known state of the file.
    pub(super) fn look(&mut self, part: Part<'_>) -> Seen {
        let path = part.path.to_owned();
        self.take_or_ask(|| part.volumes.begin(part.path, move || see(&path)))
    }

    fn take_or_ask(&mut self, ask: impl FnOnce() -> Result<Query<Seen>, Unanswered>) -> Seen {
        if let Some(asked) = self.asked.take().or_else(|| ask().ok()) {
            match asked.wait(MOMENT) {
                Ok(seen) => self.last = seen,
                Err(Unanswered::Late) => self.asked = Some(asked),
                Err(Unanswered::Silent | Unanswered::Failed) => {}
            }
        }
        self.last
    }
}

fn see(path: &Path) -> Seen {
    let file = path.metadata().ok().map(|metadata| (metadata.len(), metadata.modified().ok()));
    Seen { file, free: path.parent().and_then(|folder| free_in(folder).ok()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn last_answer_counts_while_the_drive_is_silent() {
        let (volumes, path) = (Arc::new(Volumes::default()), std::env::temp_dir());
        let (release, blocked) = sync_channel::<()>(0);
        let seen = |free| Seen { free: Some(free), ..Seen::default() };
        let mut looks = Looks::default();
        let answers = |free| volumes.begin(&path, move || seen(free));
        while looks.take_or_ask(|| answers(1)) != seen(1) {}
        let hangs = || {
            volumes.begin(&path, move || {
                let _ = blocked.recv();
                seen(2)
            })
        };
        assert_eq!(looks.take_or_ask(hangs), seen(1));
        let asked_twice = || -> Result<Query<Seen>, Unanswered> { panic!("one question at a time") };
        assert_eq!(looks.take_or_ask(asked_twice), seen(1));
        release.send(()).unwrap();
        while looks.take_or_ask(|| answers(2)) != seen(2) {}
    }

    #[test]
    fn size_and_free_space_are_read() {
        let (volumes, dir) = (Arc::new(Volumes::default()), tempfile::tempdir().unwrap());
        let path = dir.path().join("part");
        std::fs::write(&path, [7; 9]).unwrap();
        let (mut looks, part) = (Looks::default(), Part { path: &path, volumes: &volumes });
        while looks.look(part).file.is_none() {}
        let seen = looks.look(part);
        assert!(seen.file.is_some_and(|(bytes, at)| bytes == 9 && at.is_some()) && seen.free > Some(0));
    }
}
