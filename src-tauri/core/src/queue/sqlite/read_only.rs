//! Read-only access to a queue that cannot be opened otherwise, because its disk is full or it belongs to another user.
//!
//! Guarantees that nothing is written, and that a read fails if another process changed the queue meanwhile.

use super::files::part;
use super::{damage, open};
use crate::error::{Error, Result};
use crate::sharing;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A queue with read-only access.
pub(super) struct ReadOnly {
    path: PathBuf,
    /// Stamp of the file, if no lock shows whether other processes change it.
    stamp: Option<Stamp>,
}

/// Modification time of a file, and its size in bytes.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(Option<SystemTime>, u64);

/// Smallest size in bytes of the shared memory file while it is in use.
const SHARED: u64 = 32 << 10;

/// Returns the stamp of the file; `None` if another process may have it open, or a log may have newer changes.
fn stamp(path: &Path) -> Result<Option<Stamp>> {
    let size = |suffix| part(path, suffix).metadata().map_or(0, |m| m.len());
    if size("-wal") > 0 || size("-shm") >= SHARED {
        return Ok(None);
    }
    let metadata = path.metadata().map_err(sharing::refused("Cannot read", path))?;
    Ok(Some(Stamp(metadata.modified().ok(), metadata.len())))
}

/// Opens a database that no process has open, without a check of its files, and without creating a file beside it.
pub(super) fn open_closed(path: &Path) -> Result<Connection> {
    ReadOnly { path: path.to_owned(), stamp: stamp(path)? }.connect()
}

impl ReadOnly {
    /// Prepares read-only access to the queue at `path`.
    ///
    /// # Errors
    /// `Corrupt`; `Foreign`; `NewerSchema`, also for an earlier schema, which would need a migration; and errors of
    /// reading.
    pub(super) fn of(path: &Path) -> Result<ReadOnly> {
        if damage::of_files(path)? {
            return Err(Error::Corrupt { path: path.to_owned() });
        }
        let read_only = ReadOnly { path: path.to_owned(), stamp: stamp(path)? };
        match open::version_of(&read_only.connect()?, path)? {
            open::NEWEST => Ok(read_only),
            found => Err(Error::NewerSchema { found, known: open::NEWEST }),
        }
    }

    /// Opens a connection. Without a log, opens the database as immutable, because SQLite would otherwise have to
    /// create the shared memory file on the same disk and as this user.
    ///
    /// # Errors
    /// If there is a log without a shared memory file.
    pub(super) fn connect(&self) -> Result<Connection> {
        if self.stamp.is_none() {
            let shared = part(&self.path, "-shm");
            let there = shared.exists().then(|| open::reader(&self.path));
            return there.unwrap_or_else(|| Err(Error::Database("its log cannot be read".into())));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection =
            Connection::open_with_flags(immutable(&self.path), flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    }

    /// Checks that the file is unchanged.
    ///
    /// # Errors
    /// If it was changed since it was opened.
    pub(super) fn check(&self) -> Result<()> {
        if self.stamp.is_some() && stamp(&self.path)? != self.stamp {
            return Err(Error::Database("it changed while it was being read; try again".into()));
        }
        Ok(())
    }

    /// Returns why nothing can be written to it, by opening it for writing.
    pub(super) fn refusal(&self) -> Error {
        let why = open::open(&self.path).err();
        why.unwrap_or_else(|| Error::Database("it was opened read-only; try again".into()))
    }
}

/// Returns the path as a URI with `immutable=1`.
fn immutable(path: &Path) -> String {
    let start = if cfg!(windows) { "file:/" } else { "file:" };
    let byte = |byte: &u8| match byte {
        b'\\' if cfg!(windows) => "/".to_owned(),
        b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let uri_path: String = path.as_os_str().as_encoded_bytes().iter().map(byte).collect();
    format!("{start}{uri_path}?immutable=1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Flag;
    use crate::queue::sqlite::flag;

    fn queue(name: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        drop(open::open(&path).unwrap());
        (dir, path)
    }

    #[test]
    fn uri_characters_in_the_name_work_and_no_file_is_created() {
        let (dir, path) = queue("50% ?immutable=0#a \u{e9}.db");
        let files = || std::fs::read_dir(dir.path()).unwrap().count();
        let before = files();
        let connection = ReadOnly::of(&path).unwrap().connect().unwrap();
        assert!(flag(&connection, Flag::Paused).unwrap().is_none());
        assert_eq!(files(), before);
    }

    #[test]
    fn a_change_while_reading_is_an_error() {
        let (_dir, path) = queue("queue.db");
        let read_only = ReadOnly::of(&path).unwrap();
        read_only.check().unwrap();
        let others = open::open(&path).unwrap();
        others.writer.execute("INSERT INTO flag VALUES ('paused', '1')", []).unwrap();
        assert!(read_only.check().is_err(), "the change is in the log");
        drop(others);
        assert!(read_only.check().is_err(), "the change is in the file");
        ReadOnly::of(&path).unwrap().check().unwrap();
    }

    #[test]
    fn earlier_schema_is_refused_without_a_migration() {
        let (_dir, path) = queue("queue.db");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", open::NEWEST - 1).unwrap();
        drop(connection);
        assert!(ReadOnly::of(&path).is_err());
    }
}
