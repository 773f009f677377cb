//! The data folder: where its files lie, whether it may lie there, and who works it.

pub mod lock;
mod place;

pub(crate) use place::prepare;
use std::path::{Path, PathBuf};

/// The database file of a data folder.
pub fn database(data: &Path) -> PathBuf {
    data.join("queue.db")
}

/// The folder of its backups.
pub fn backups(data: &Path) -> PathBuf {
    data.join("backups")
}
