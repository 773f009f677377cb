//! The data folder: the paths of its files, whether it is on a suitable file system, and which engine runs it.

pub mod lock;
mod place;

pub(crate) use place::prepare;
use std::path::{Path, PathBuf};

/// The database file of a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("queue.db")
}

/// The backup folder of a data folder.
pub fn backups(data: &Path) -> PathBuf {
    data.join("backups")
}
