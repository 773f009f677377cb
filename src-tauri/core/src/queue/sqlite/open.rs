//! Opens the database: identifies it, checks its version, configures connections, and migrates it after keeping a copy.
//!
//! Guarantees that a damaged database, or one that this version does not know, is refused unchanged, and that a new one
//! is complete or does not exist, so that an empty file is never mistaken for a new queue.

use super::damage;
use super::files::{PARTS, copy_to, part, remove};
use super::locks::OpenLock;
use crate::error::{Error, Result};
use crate::sharing;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One entry per schema version; their statements are never edited once released.
const STEPS: &[M<'_>] = &[
    M::up(include_str!("schema.sql")),
    M::up(include_str!("schema-2.sql")),
    M::up(include_str!("schema-3.sql")),
    M::up(include_str!("schema-4.sql")),
    M::up(include_str!("schema-5.sql")),
    M::up(include_str!("schema-6.sql")),
    M::up(include_str!("schema-7.sql")),
    M::up(include_str!("schema-8.sql")),
    M::up(include_str!("schema-9.sql")),
    M::up(include_str!("schema-10.sql")),
];
const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);
pub(super) const NEWEST: i64 = STEPS.len() as i64;

/// `application_id` of a queue since schema 3: "Spoo".
const OURS: i64 = 0x5370_6f6f;
/// The last schema without an `application_id`; up to it, a queue is identified by its tables.
const BEFORE_MARKED: i64 = 2;

/// First version of SQLite without the WAL-reset corruption bug.
const SAFE_SQLITE: i32 = 3_051_003;

/// An open database: the writing connection, and the lock that marks it as in use (see `OpenLock::alone`).
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) in_use: File,
}

/// Opens the database at `path`, creating or migrating it.
pub(super) fn open(path: &Path) -> Result<Opened> {
    if rusqlite::version_number() < SAFE_SQLITE {
        return Err(Error::OldSqlite { found: rusqlite::version() });
    }
    let lock = OpenLock::take(path)?;
    if damage::of_files(path)? {
        return Err(Error::Corrupt { path: path.to_owned() });
    }
    if !path.exists() {
        create(path)?;
    }
    let writer = writer(path)?;
    Ok(Opened { writer, in_use: lock.shared()? })
}

/// Creates a new database, under another name first.
pub(super) fn create(path: &Path) -> Result<()> {
    let unfinished = path.with_extension("new");
    for suffix in PARTS {
        remove(&part(&unfinished, suffix))?;
    }
    drop(writer(&unfinished)?);
    std::fs::rename(&unfinished, path).map_err(Error::io("Cannot write", path))
}

/// Opens the writing connection and migrates the database; creates it if it does not exist.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let parts = PARTS.map(|suffix| part(path, suffix));
    sharing::may_write(parts.iter().map(PathBuf::as_path))?;
    let mut connection = Connection::open(path).map_err(|e| damaged(path, e))?;
    connection.busy_handler(Some(wait_for_others))?;
    let found = identify(&connection, path)?;
    configure(&connection).map_err(|e| damaged(path, e))?;
    if found < NEWEST {
        migrate(&mut connection, path, found)?;
    }
    super::adopt::adopt(&mut connection)?;
    for part in &parts {
        sharing::as_its_folder(part);
    }
    Ok(connection)
}

/// Returns the schema version of a queue of Spool. Refuses anything else without changing the file: closing the
/// connection then moves no log into it.
fn identify(connection: &Connection, path: &Path) -> Result<i64> {
    let on_close = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(on_close, true)?;
    let found = version_of(connection, path)?;
    connection.set_db_config(on_close, false)?;
    Ok(found)
}

/// Returns the schema version of a queue of Spool; 0 for an empty database.
///
/// # Errors
/// `Foreign`; `NewerSchema`; `Corrupt` if it is damaged or not a database.
pub(super) fn version_of(connection: &Connection, path: &Path) -> Result<i64> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let found = number("user_version").map_err(|e| damaged(path, e))?;
    let mark = number("application_id").map_err(|e| damaged(path, e))?;
    let ours = match (mark, found) {
        (OURS, _) => true,
        (0, 0) => tables(connection).map_err(|e| damaged(path, e))?.is_empty(),
        (0, ..=BEFORE_MARKED) => {
            tables(connection).map_err(|e| damaged(path, e))? == ["attempt", "flag", "job"]
        }
        _ => false,
    };
    match ours {
        false => Err(Error::Foreign { path: path.to_owned() }),
        true if found > NEWEST => Err(Error::NewerSchema { found, known: NEWEST }),
        true => Ok(found),
    }
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Poll interval while waiting for another writer. SQLite's own backoff polls ever more rarely and would miss the gaps
/// between the batches of a command on many jobs.
const BUSY_STEP: Duration = Duration::from_millis(1);
/// Number of polls after which the other writer counts as stuck.
const BUSY_POLLS: i32 = 5000;

fn wait_for_others(polls: i32) -> bool {
    std::thread::park_timeout(BUSY_STEP);
    polls < BUSY_POLLS
}

/// Opens the reading connection, which cannot write and never waits for the writer.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_handler(Some(wait_for_others))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Size in bytes to which the log is truncated after a checkpoint; a checkpoint runs at about that size.
const LOG_KEPT: i64 = 4 << 20;

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // FULL: added jobs survive a power cut, for one fsync per commit.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_KEPT, |_| Ok(()))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path, found: i64) -> Result<()> {
    if found > 0 {
        copy_to(connection, &path.with_extension(format!("schema-{found}.bak")))?;
    }
    MIGRATIONS.to_latest(connection).map_err(|cause| Error::Database(cause.to_string()))
}

/// Converts an error to `Corrupt` with the path if the file is damaged or not a database.
pub(super) fn damaged(path: &Path, error: rusqlite::Error) -> Error {
    if damage::is_damage(&error) { Error::Corrupt { path: path.to_owned() } } else { error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn bundled_sqlite_has_the_wal_reset_fix() {
        assert!(rusqlite::version_number() >= SAFE_SQLITE, "{}", rusqlite::version());
    }

    #[test]
    fn new_queue_has_the_application_id() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("queue.db");
        drop(open(&path).unwrap());
        let connection = Connection::open(&path).unwrap();
        assert_eq!(version_of(&connection, &path).unwrap(), NEWEST);
        let mark: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
        assert_eq!(mark, OURS);
    }
}
