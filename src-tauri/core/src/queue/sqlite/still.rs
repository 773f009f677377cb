//! Reading a queue that can be opened in no other way: its disk is full, or it is another user's.
//!
//! Guarantees that nothing is written, and that what was read of a queue that others changed meanwhile is not believed.

use super::files::part;
use super::{damage, open};
use crate::error::{Error, Result};
use crate::sharing;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A queue that is only read.
pub(super) struct Still {
    path: PathBuf,
    /// Of the file, where no lock tells whether others change it.
    stamp: Option<Stamp>,
}

/// When a file was changed last, and its size.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(Option<SystemTime>, u64);

/// The memory that connections share is at least as large, once there is one.
const SHARED: u64 = 32 << 10;

/// `None` where others have it open, or a log may hold what is newer.
fn stamp(path: &Path) -> Result<Option<Stamp>> {
    let size = |suffix| part(path, suffix).metadata().map_or(0, |m| m.len());
    if size("-wal") > 0 || size("-shm") >= SHARED {
        return Ok(None);
    }
    let metadata = path.metadata().map_err(sharing::refused("Cannot read", path))?;
    Ok(Some(Stamp(metadata.modified().ok(), metadata.len())))
}

impl Still {
    /// # Errors
    /// Also for a queue of another schema, which would have to be migrated.
    pub(super) fn of(path: &Path) -> Result<Still> {
        if damage::of_files(path)? {
            return Err(Error::Corrupt { path: path.to_owned() });
        }
        let still = Still { path: path.to_owned(), stamp: stamp(path)? };
        match open::version_of(&still.connect()?, path)? {
            open::NEWEST => Ok(still),
            found => Err(Error::NewerSchema { found, known: open::NEWEST }),
        }
    }

    /// Without a log the database is opened as immutable, as SQLite would otherwise have to create the shared memory file,
    /// on the same disk and as this user.
    ///
    /// # Errors
    /// Where there is a log without that memory.
    pub(super) fn connect(&self) -> Result<Connection> {
        if self.stamp.is_none() {
            let shared = part(&self.path, "-shm");
            let there = shared.exists().then(|| open::reader(&self.path));
            return there.unwrap_or_else(|| Err(Error::Database("its log cannot be read now".into())));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection =
            Connection::open_with_flags(immutable(&self.path), flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    }

    /// # Errors
    /// Where it was changed since it was opened.
    pub(super) fn check(&self) -> Result<()> {
        if self.stamp.is_some() && stamp(&self.path)? != self.stamp {
            return Err(Error::Database("it was changed while it was read; ask again".into()));
        }
        Ok(())
    }

    /// Why nothing can be written to it.
    pub(super) fn refusal(&self) -> Error {
        let why = open::open(&self.path).err();
        why.unwrap_or_else(|| Error::Database("it was opened to be read only; ask again".into()))
    }
}

/// The path as a URI with `immutable=1`.
fn immutable(path: &Path) -> String {
    let start = if cfg!(windows) { "file:/" } else { "file:" };
    let byte = |byte: &u8| match byte {
        b'\\' if cfg!(windows) => "/".to_owned(),
        b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let address: String = path.as_os_str().as_encoded_bytes().iter().map(byte).collect();
    format!("{start}{address}?immutable=1")
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
    fn a_name_with_signs_of_addresses_is_found_and_nothing_is_made_beside_it() {
        let (dir, path) = queue("50% ?immutable=0#a \u{e9}.db");
        let files = || std::fs::read_dir(dir.path()).unwrap().count();
        let before = files();
        let connection = Still::of(&path).unwrap().connect().unwrap();
        assert!(flag(&connection, Flag::Paused).unwrap().is_none());
        assert_eq!(files(), before);
    }

    #[test]
    fn what_was_changed_while_it_was_read_is_not_believed() {
        let (_dir, path) = queue("queue.db");
        let still = Still::of(&path).unwrap();
        still.check().unwrap();
        let others = open::open(&path).unwrap();
        others.writer.execute("INSERT INTO flag VALUES ('paused', '1')", []).unwrap();
        assert!(still.check().is_err(), "it is in the log");
        drop(others);
        assert!(still.check().is_err(), "it went into the file");
        Still::of(&path).unwrap().check().unwrap();
    }

    #[test]
    fn a_queue_of_an_earlier_version_is_not_read_without_being_migrated() {
        let (_dir, path) = queue("queue.db");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", open::NEWEST - 1).unwrap();
        drop(connection);
        assert!(Still::of(&path).is_err());
    }
}
