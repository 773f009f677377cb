//! The queue in one SQLite file, shared by every process that uses a data folder.
//!
//! Guarantees the promises of `Queue` through SQLite's own: each call is one immediate transaction (a command on many jobs
//! several) with `synchronous=FULL` in WAL mode, so what was answered is on disk. SQLite is bundled because Debian's 3.40
//! has the WAL-reset corruption bug fixed in 3.51.3; `open` asserts the version.
//!
//! SQL stands in this file's folder and nowhere else. One connection writes and one reads, each behind a
//! lock: SQLite allows one writer at a time anyway, and a reader never waits for it.

mod add;
mod adopt;
mod claim;
mod damage;
mod edit;
mod files;
mod found;
mod keys;
mod known;
mod learned;
mod lists;
pub mod mend;
mod naming;
mod open;
mod parts;
mod replace;
mod rows;
mod salvage;
mod steer;
mod still;
mod sums;
mod turn;
pub mod upkeep;

use super::Flag;
use crate::clock::Clock;
use crate::error::{Error, Result};
use found::Found;
use open::Opened;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use still::Still;

/// The queue of one data folder.
pub struct SqliteQueue {
    // Dropped in this order: the last to close must be the one that may write, for it tidies up the log.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    seen_version: Mutex<i64>,
    found: Mutex<Option<Found>>,
    clock: Arc<dyn Clock>,
    in_use: Option<File>,
    /// It can only be read.
    still: Option<Still>,
}

impl SqliteQueue {
    /// Opens the database at `path`, creating or migrating it; before a migration a copy is kept beside it.
    ///
    /// # Errors
    /// `NewerSchema`, `Foreign`, `Corrupt`, `OldSqlite`, `DatabaseFull` or `Database`; nothing was changed then.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let Opened { writer, in_use } = open::open(path)?;
        let reader = Mutex::new(open::reader(path)?);
        let seen_version = Mutex::new(data_version(&writer)?);
        let (writer, in_use) = (Mutex::new(writer), Some(in_use));
        Ok(SqliteQueue { reader, writer, seen_version, found: Mutex::default(), clock, in_use, still: None })
    }

    /// The same for who only reads: a queue that cannot be opened as usual, since its disk is full or it is another user's,
    /// is read as it stands. Nothing can be written to it then.
    pub fn open_to_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        match SqliteQueue::open(path, clock.clone()) {
            Err(refused @ (Error::DatabaseFull | Error::NotYours { .. } | Error::Io { .. })) => {
                SqliteQueue::only_read(path, clock).map_err(|_| refused)
            }
            other => other,
        }
    }

    fn only_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let still = Still::of(path)?;
        let (reader, writer) = (Mutex::new(still.connect()?), Mutex::new(still.connect()?));
        let (seen_version, found) = (Mutex::default(), Mutex::default());
        Ok(SqliteQueue { reader, writer, seen_version, found, clock, in_use: None, still: Some(still) })
    }

    /// One immediate transaction; rolled back when `work` fails or panics.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        if let Some(still) = &self.still {
            return Err(still.refusal());
        }
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// One consistent look at the last committed state.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let found = work(&lock(&self.reader));
        self.still.as_ref().map_or(Ok(()), Still::check)?;
        found
    }
}

/// A panic elsewhere leaves no half-done work behind a connection: its transaction was rolled back.
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
            // The memory that connections share lies on the same disk.
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
    fn a_panic_within_a_transaction_changes_nothing_and_leaves_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let queue = SqliteQueue::open(&dir.path().join("queue.db"), Arc::new(ManualClock::at(0))).unwrap();
        let panicking = AssertUnwindSafe(|| {
            queue.write(|t| -> Result<()> {
                set_flag(t, Flag::Paused, Some("1"))?;
                panic!("tripped on purpose")
            })
        });
        assert!(catch_unwind(panicking).is_err());
        assert_eq!(queue.flag(Flag::Paused).unwrap(), None, "nothing half");
        queue.set_flag(Flag::Paused, Some("1")).unwrap();
        assert_eq!(queue.flag(Flag::Paused).unwrap().as_deref(), Some("1"));
    }
}
