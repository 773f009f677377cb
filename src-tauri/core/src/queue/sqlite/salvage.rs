//! Reading what can still be read in a damaged database, row by row.
//!
//! Works on a copy whose header and log are made acceptable first, and believes nothing: a row is kept only
//! where every field of it makes sense, and only beside those that are there already. A preset of another version of
//! Spool makes sense as long as it is JSON.

use super::damage;
use super::files::{part, read as bytes_of};
use super::rows::{self, JOB, JOB_COLUMNS};
use crate::error::{Error, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, Transaction, params_from_iter};
use std::path::Path;

/// Jobs in memory at a time.
const CHUNK: usize = 1000;
/// More jobs than a queue ever had: a damaged counter must not be counted to.
const MOST: i64 = 10_000_000;

/// Adds the readable jobs of the database at `damaged` whose numbers `fresh` does not know; says how many.
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

/// Bytes of the header that are the same in every queue: what it is, page size, versions.
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
    // An empty database beside a log would end the log; any one will do, the log has the pages.
    let database = if database.is_empty() { model } else { database };
    let write =
        |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).map_err(Error::io("Cannot write", path));
    write(copy, &database)?;
    write(&part(copy, "-wal"), &log)
}

/// The bytes of a new, empty queue.
fn model(beside: &Path) -> Result<Vec<u8>> {
    let path = beside.with_extension("model");
    drop(super::open::writer(&path)?);
    bytes_of(&path)
}

/// The copy, and the highest number a job can have in it; none where not even that can be read.
fn open(copy: &Path) -> Option<(Connection, i64)> {
    let source = Connection::open(copy).ok()?;
    let highest = |sql| source.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).ok().flatten();
    let given = highest("SELECT seq FROM sqlite_sequence WHERE name = 'job'");
    let last = given.max(highest("SELECT max(id) FROM job NOT INDEXED"))?;
    Some((source, last.min(MOST)))
}

/// A row as it was found.
struct Found {
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Found {
    fn number(&self) -> i64 {
        let id = self.columns.iter().position(|c| c == "id").map(|at| &self.values[at]);
        if let Some(Value::Integer(id)) = id { *id } else { 0 }
    }
}

/// The jobs from `first` to `last`; where a range cannot be read, those of its halves.
fn read(source: &Connection, first: i64, last: i64) -> Vec<Found> {
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

fn rows_of<const N: usize>(source: &Connection, sql: &str, from: [i64; N]) -> rusqlite::Result<Vec<Found>> {
    let mut statement = source.prepare_cached(sql)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let row = |row: &rusqlite::Row<'_>| {
        let values = (0..columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
        Ok(Found { columns: columns.clone(), values })
    };
    statement.query_map(params_from_iter(from), row)?.collect()
}

/// Keeps a job where the schema takes it and all of it can be understood.
fn keep(t: &Transaction<'_>, job: &Found) -> Result<bool> {
    let id = job.number();
    if !insert(t, "job", job) {
        return Ok(false);
    }
    let sql = format!("SELECT {JOB}, json_valid(preset) AND json_valid(options) FROM job WHERE id = ?1");
    let mut statement = t.prepare_cached(&sql)?;
    let mut found = statement.query([id])?;
    let makes_sense = |row: &Row<'_>| {
        rows::job(row).is_ok_and(|job| !job.uid.is_nil()) && row.get(JOB_COLUMNS).unwrap_or(false)
    };
    let understood = matches!(found.next(), Ok(Some(row)) if makes_sense(row));
    drop(found);
    if !understood {
        t.execute("DELETE FROM job WHERE id = ?1", [id])?;
    }
    Ok(understood)
}

/// How its attempts went, as far as it can be read: nothing depends on that.
fn keep_attempts(t: &Transaction<'_>, source: &Connection, id: i64) {
    let found = rows_of(source, "SELECT * FROM attempt WHERE job_id = ?1", [id]);
    for attempt in found.unwrap_or_default() {
        insert(t, "attempt", &attempt);
    }
}

/// False where the schema does not take it: a damaged value, or a name that is claimed.
fn insert(t: &Transaction<'_>, table: &str, row: &Found) -> bool {
    let quoted: Vec<String> = row.columns.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
    let names = quoted.join(", ");
    let marks = vec!["?"; row.columns.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})");
    let inserted = t.prepare_cached(&sql).and_then(|mut s| s.execute(params_from_iter(&row.values)));
    inserted.is_ok_and(|rows| rows == 1)
}
