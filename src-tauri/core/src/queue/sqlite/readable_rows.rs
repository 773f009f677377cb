//! Salvages the readable rows of a damaged database.
//!
//! Works on a copy whose header and log are first made acceptable to SQLite. Trusts nothing: a job is kept only if the
//! schema accepts it and its values can be read, and it never replaces an existing row. A preset of another version of
//! Spool is kept if it is JSON.

use super::damage;
use super::files::{part, read as bytes_of};
use super::rows::{self, JOB, JOB_COLUMNS};
use crate::error::{Error, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, Transaction, params_from_iter};
use std::path::Path;

/// Jobs in memory at a time.
const CHUNK: usize = 1000;
/// Highest id that is read, more than any queue has. Limits the loop if the id counter is damaged.
const MOST: i64 = 10_000_000;

/// Adds the readable jobs of the database at `damaged` with ids above all those in `fresh`, and returns their number.
pub(super) fn into(fresh: &mut Connection, damaged: &Path) -> Result<u64> {
    let folder = damaged.parent().unwrap_or(damaged);
    let scratch = tempfile::tempdir_in(folder).map_err(Error::io("Cannot write", folder))?;
    let copy = scratch.path().join("copy.db");
    make_acceptable(damaged, &copy)?;
    let Some((source, last)) = open(&copy) else { return Ok(0) };
    let mut kept = 0;
    let transaction = fresh.transaction()?;
    let first: i64 =
        transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM job", [], |row| row.get(0))?;
    for from in (first..=last).step_by(CHUNK) {
        for job in read(&source, from, last.min(from + CHUNK as i64 - 1)) {
            if keep(&transaction, &job)? {
                kept += 1;
                keep_attempts(&transaction, &source, job.number());
            }
        }
    }
    transaction.commit()?;
    Ok(kept)
}

/// Bytes of the database header that are the same in every queue: magic string, page size, format versions, schema
/// format and text encoding.
const SAME: [std::ops::Range<usize>; 3] = [0..24, 44..48, 56..60];

fn make_acceptable(damaged: &Path, copy: &Path) -> Result<()> {
    let mut database = bytes_of(damaged)?;
    let model = model(copy)?;
    if database.len() < model.len().min(100) {
        database.clear();
    }
    if !database.is_empty() {
        for range in SAME {
            database[range.clone()].copy_from_slice(&model[range]);
        }
    }
    let mut log = bytes_of(&part(damaged, "-wal"))?;
    damage::reseal(&mut log);
    // SQLite would discard the log of an empty database. Any valid one will do, because the log has the pages.
    let database = if database.is_empty() { model } else { database };
    let write =
        |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(Error::io("Cannot write", path));
    write(copy, &database)?;
    write(&part(copy, "-wal"), &log)
}

/// Returns the bytes of a new, empty queue.
fn model(beside: &Path) -> Result<Vec<u8>> {
    let path = beside.with_extension("model");
    drop(super::open::writer(&path)?);
    bytes_of(&path)
}

/// Opens the copy and returns it with the highest possible job id; `None` if not even that can be read.
fn open(copy: &Path) -> Option<(Connection, i64)> {
    let source = Connection::open(copy).ok()?;
    let highest = |sql| source.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).ok().flatten();
    let given = highest("SELECT seq FROM sqlite_sequence WHERE name = 'job'");
    let last = given.max(highest("SELECT max(id) FROM job NOT INDEXED"))?;
    Some((source, last.min(MOST)))
}

/// A row as read from the copy.
struct RawRow {
    columns: Vec<String>,
    values: Vec<Value>,
}

impl RawRow {
    fn number(&self) -> i64 {
        let id = self.columns.iter().position(|c| c == "id").map(|at| &self.values[at]);
        if let Some(Value::Integer(id)) = id { *id } else { 0 }
    }
}

/// Returns the readable jobs with ids from `first` to `last`; splits a range that cannot be read in half.
fn read(source: &Connection, first: i64, last: i64) -> Vec<RawRow> {
    match rows_of(source, "SELECT * FROM job NOT INDEXED WHERE id BETWEEN ?1 AND ?2", [first, last]) {
        Ok(jobs) => jobs,
        Err(_) if first == last => Vec::new(),
        Err(_) => {
            let middle = first + (last - first) / 2;
            let mut jobs = read(source, first, middle);
            jobs.extend(read(source, middle + 1, last));
            jobs
        }
    }
}

fn rows_of<const N: usize>(source: &Connection, sql: &str, from: [i64; N]) -> rusqlite::Result<Vec<RawRow>> {
    let mut statement = source.prepare_cached(sql)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let row = |row: &rusqlite::Row<'_>| {
        let values = (0..columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        Ok(RawRow { columns: columns.clone(), values })
    };
    statement.query_map(params_from_iter(from), row)?.collect()
}

/// Inserts a job if the schema accepts it, its values can be read, and its preset and options are JSON.
fn keep(t: &Transaction<'_>, job: &RawRow) -> Result<bool> {
    let id = job.number();
    if !insert(t, "job", job) {
        return Ok(false);
    }
    let sql = format!("SELECT {JOB}, json_valid(preset) AND json_valid(options) FROM job WHERE id = ?1");
    let mut statement = t.prepare_cached(&sql)?;
    let mut found = statement.query([id])?;
    let is_valid = |row: &Row<'_>| {
        rows::job(row).is_ok_and(|job| !job.uid.is_nil()) && row.get(JOB_COLUMNS).unwrap_or(false)
    };
    let valid = matches!(found.next(), Ok(Some(row)) if is_valid(row));
    drop(found);
    if !valid {
        t.execute("DELETE FROM job WHERE id = ?1", [id])?;
    }
    Ok(valid)
}

/// Inserts the readable attempts of a job. Errors are ignored, because nothing depends on attempts.
fn keep_attempts(t: &Transaction<'_>, source: &Connection, id: i64) {
    let found = rows_of(source, "SELECT * FROM attempt WHERE job_id = ?1", [id]);
    for attempt in found.unwrap_or_default() {
        insert(t, "attempt", &attempt);
    }
}

/// Inserts a row. Returns false if the schema rejects it: a damaged value, or a name that is already claimed.
fn insert(t: &Transaction<'_>, table: &str, row: &RawRow) -> bool {
    let quoted: Vec<String> = row.columns.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
    let names = quoted.join(", ");
    let marks = vec!["?"; row.columns.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})");
    let inserted = t.prepare_cached(&sql).and_then(|mut s| s.execute(params_from_iter(&row.values)));
    inserted.is_ok_and(|rows| rows == 1)
}
