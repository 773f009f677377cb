//! The files of a database, and operations on whole files.
//!
//! Guarantees that a copy is complete or does not exist. Must not know the content of a queue.

use crate::error::{Error, Result};
use crate::sharing;
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Suffixes of the files of one database: the database, its log, and the shared memory.
pub(super) const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// Returns the path of one of these files.
pub(super) fn part(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Returns the path of the repaired database, which is complete, until the damaged one is moved aside.
pub(super) fn repaired(path: &Path) -> PathBuf {
    path.with_extension("mended")
}

/// Reads a file; empty if it does not exist.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(Error::io("Cannot read", path)),
    }
}

/// Writes a complete copy of the database to `to`. Writes to another name first, so that `to` is complete or does not
/// exist.
pub(super) fn copy_to(connection: &Connection, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("unfinished");
    remove(&unfinished)?;
    // As bytes, because a path need not be UTF-8.
    let name = ToSqlOutput::Borrowed(ValueRef::Text(unfinished.as_os_str().as_encoded_bytes()));
    connection.execute("VACUUM INTO ?1", [name])?;
    sharing::as_its_folder(&unfinished);
    std::fs::rename(&unfinished, to).map_err(Error::io("Cannot write", to))
}

/// Deletes a file, if it exists.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io("Cannot delete", path)(e)),
        _ => Ok(()),
    }
}
