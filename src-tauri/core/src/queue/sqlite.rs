//! The queue in one SQLite file, shared by all processes that use a data folder.
//!
//! Upholds the guarantees of `Queue` through SQLite: each write is one immediate transaction (a command on many jobs,
//! several) with `synchronous=FULL` in WAL mode, so a change is on disk when the call returns. SQLite is bundled
//! because Debian's 3.40 has the WAL-reset corruption bug fixed in 3.51.3; `open` checks the version.
//!
//! SQL occurs only in this module. One connection writes and one reads, each behind a mutex: SQLite allows one writer
//! at a time anyway, and a reader never waits for it.

mod add;
mod adopt;
pub mod backup;
mod claim;
mod commands;
mod damage;
mod edit;
mod files;
mod filter_cache;
mod keys;
mod known;
mod learned;
mod lists;
mod locks;
mod naming;
mod open;
mod parts;
mod read_only;
mod readable_rows;
pub mod repair;
mod replace;
mod rows;
mod sums;

use super::Flag;
use crate::clock::Clock;
use crate::error::{Error, Result};
use filter_cache::FilterCache;
use open::Opened;
use read_only::ReadOnly;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The queue of one data folder.
pub struct SqliteQueue {
    // Dropped in this order: the writer must close last, because the last connection checkpoints and removes the log.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    seen_version: Mutex<i64>,
    filter_cache: Mutex<Option<FilterCache>>,
    clock: Arc<dyn Clock>,
    in_use: Option<File>,
    /// Set if the queue can only be read.
    read_only: Option<ReadOnly>,
}

impl SqliteQueue {
    /// Opens the database at `path`, creating or migrating it; before a migration, a copy is kept next to it.
    ///
    /// # Errors
    /// `NewerSchema`, `Foreign`, `Corrupt`, `OldSqlite`, `NotYours`, `DatabaseFull`, `Database` or `Io`; the database
    /// is then unchanged.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let Opened { writer, in_use } = open::open(path)?;
        let reader = Mutex::new(open::reader(path)?);
        let seen_version = Mutex::new(data_version(&writer)?);
        let (writer, in_use) = (Mutex::new(writer), Some(in_use));
        Ok(SqliteQueue {
            reader,
            writer,
            seen_version,
            filter_cache: Mutex::default(),
            clock,
            in_use,
            read_only: None,
        })
    }

    /// Opens the database for reading. Falls back to read-only access if it cannot be opened as usual because its disk
    /// is full, it belongs to another user, or a file cannot be accessed; every write then fails.
    pub fn open_to_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        match SqliteQueue::open(path, clock.clone()) {
            Err(refused @ (Error::DatabaseFull | Error::NotYours { .. } | Error::Io { .. })) => {
                SqliteQueue::only_read(path, clock).map_err(|_| refused)
            }
            other => other,
        }
    }

    fn only_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let read_only = ReadOnly::of(path)?;
        let (reader, writer) = (Mutex::new(read_only.connect()?), Mutex::new(read_only.connect()?));
        let (seen_version, filter_cache) = (Mutex::default(), Mutex::default());
        Ok(SqliteQueue {
            reader,
            writer,
            seen_version,
            filter_cache,
            clock,
            in_use: None,
            read_only: Some(read_only),
        })
    }

    /// Runs `work` in an immediate transaction, which is rolled back if `work` fails or panics.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        if let Some(read_only) = &self.read_only {
            return Err(read_only.refusal());
        }
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Runs `work` on the reading connection, which sees committed changes only. Fails if a read-only queue was
    /// changed meanwhile.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let found = work(&lock(&self.reader));
        self.read_only.as_ref().map_or(Ok(()), ReadOnly::check)?;
        found
    }
}

/// Locks a mutex and ignores poisoning: a panic leaves nothing unfinished, because its transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn data_version(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

fn flag(c: &Connection, flag: Flag) -> Result<Option<String>> {
    let sql = "SELECT value FROM flag WHERE name = ?1";
    Ok(c.prepare_cached(sql)?.query_row([flag.as_str()], |row| row.get(0)).optional()?)
}

fn set_flag(t: &Transaction<'_>, flag: Flag, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => {
            t.execute("INSERT OR REPLACE INTO flag (name, value) VALUES (?1, ?2)", [flag.as_str(), value])?
        }
        None => t.execute("DELETE FROM flag WHERE name = ?1", [flag.as_str()])?,
    };
    Ok(())
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Error::DatabaseFull,
            // The shared memory file is on the same disk as the database.
            _ if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                Error::DatabaseFull
            }
            _ if damage::is_damage(&error) => Error::Damaged,
            _ => Error::Database(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::Details;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn panic_in_a_transaction_changes_nothing_and_leaves_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let queue = SqliteQueue::open(&dir.path().join("queue.db"), Arc::new(ManualClock::at(0))).unwrap();
        let panicking = AssertUnwindSafe(|| {
            queue.write(|t| -> Result<()> {
                set_flag(t, Flag::Paused, Some("1"))?;
                panic!("deliberate panic")
            })
        });
        assert!(catch_unwind(panicking).is_err());
        assert_eq!(queue.flag(Flag::Paused).unwrap(), None, "rolled back");
        queue.set_flag(Flag::Paused, Some("1")).unwrap();
        assert_eq!(queue.flag(Flag::Paused).unwrap().as_deref(), Some("1"));
    }
}
