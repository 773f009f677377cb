//! The files of a database, and what is done with one as a whole.
//!
//! Guarantees that a copy is whole or is not there. Must not know what is in a queue.

use crate::error::{Error, Result};
use crate::sharing;
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The files of one database, by what is appended to its name.
pub(super) const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// One of them.
pub(super) fn part(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Where the repaired database is kept, complete, until the damaged one is moved.
pub(super) fn repaired(path: &Path) -> PathBuf {
    path.with_extension("mended")
}

/// The content; empty where there is no such file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(Error::io("Cannot read", path)),
    }
}

/// Writes a complete copy of the database to `to`: under another name first, so that a copy either is
/// whole or is not there.
pub(super) fn copy_to(connection: &Connection, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("unfinished");
    remove(&unfinished)?;
    // As bytes, for a path need not be UTF-8.
    let name = ToSqlOutput::Borrowed(ValueRef::Text(unfinished.as_os_str().as_encoded_bytes()));
    connection.execute("VACUUM INTO ?1", [name])?;
    sharing::as_its_folder(&unfinished);
    std::fs::rename(&unfinished, to).map_err(Error::io("Cannot write", to))
}

/// Deletes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io("Cannot delete", path)(e)),
        _ => Ok(()),
    }
}
