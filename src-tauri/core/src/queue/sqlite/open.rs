//! Opening the database: version checks, settings of a connection, migrations with a copy kept first.
//!
//! Guarantees that a database this program does not understand is refused unchanged.

use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// One entry per schema version; entries are never edited once released.
const STEPS: &[M<'_>] = &[M::up(include_str!("schema.sql")), M::up(include_str!("schema-2.sql"))];
const MIGRATIONS: Migrations<'_> = Migrations::from_slice(STEPS);
const NEWEST: i64 = STEPS.len() as i64;

/// First SQLite without the WAL-reset corruption bug.
const SAFE_SQLITE: i32 = 3_051_003;

/// The writing connection, on a migrated database.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    if rusqlite::version_number() < SAFE_SQLITE {
        return Err(Error::OldSqlite { found: rusqlite::version() });
    }
    let _turn = turn(path)?;
    let mut connection = Connection::open(path).map_err(|e| damaged(path, e))?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let found = schema_version(&connection).map_err(|e| damaged(path, e))?;
    if found > NEWEST {
        return Err(Error::NewerSchema { found, known: NEWEST });
    }
    configure(&connection).map_err(|e| damaged(path, e))?;
    if found < NEWEST {
        migrate(&mut connection, path, found)?;
    }
    Ok(connection)
}

/// One process at a time opens a queue: the change to WAL answers "locked" at once when another is about it,
/// whatever the busy timeout, and a migration must not be begun twice. Given back when dropped.
fn turn(path: &Path) -> Result<File> {
    let path = path.with_extension("opening");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(Error::io("Cannot open", &path))?;
    file.lock().map_err(Error::io("Cannot lock", &path))?;
    Ok(file)
}

/// The reading connection: cannot write, never waits for the writer.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // FULL: an accepted job survives a power cut; a commit costs one fsync.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn schema_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(connection: &mut Connection, path: &Path, found: i64) -> Result<()> {
    if found > 0 {
        super::upkeep::copy_to(connection, &path.with_extension(format!("schema-{found}.bak")))?;
    }
    MIGRATIONS.to_latest(connection).map_err(|cause| Error::Database(cause.to_string()))
}

fn damaged(path: &Path, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match error.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => Error::Corrupt { path: path.to_owned() },
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_are_valid() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn the_bundled_sqlite_has_the_wal_reset_bug_mended() {
        assert!(rusqlite::version_number() >= SAFE_SQLITE, "{}", rusqlite::version());
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("queue.db");
        drop(writer(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(writer(&path), Err(Error::NewerSchema { found: 99, known: NEWEST })));
        assert_eq!(schema_version(&Connection::open(&path).unwrap()).unwrap(), 99);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("queue.db");
        std::fs::write(&path, "not a database, not even close to one, but long enough to be read".repeat(20))
            .unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(writer(&path), Err(Error::Corrupt { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}
