//! Rows that are not known to be readable: those of earlier schemas, rescued from a damaged queue, or written by
//! another version of Spool. What can be read is adopted; what cannot keeps its state and is left alone.
//!
//! Guarantees that it asks no disk, and that a crash in between loses nothing: what was not adopted is found again
//! when the queue is opened next.

use super::rows::to_path;
use crate::error::Result;
use crate::queue::work::{Meaning, Work};
use crate::spec::{self, JobSpec};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// Rows looked at in one transaction.
const CHUNK: i64 = 1000;

/// Adopts every row that can be read.
pub(super) fn adopt(connection: &mut Connection) -> Result<()> {
    let mut after = 0;
    while let Some(last) = adopt_chunk(connection, after)? {
        after = last;
    }
    Ok(())
}

/// A row as adopting needs it.
struct Unread {
    id: i64,
    source: Vec<u8>,
    output: Vec<u8>,
    spec: Option<JobSpec>,
    /// Of an earlier schema: its key is of the former kind.
    of_before: bool,
}

/// Looks at the next rows behind number `after`; says which was the last, nothing where there is none.
fn adopt_chunk(connection: &mut Connection, after: i64) -> Result<Option<i64>> {
    let rows = unread(connection, after)?;
    if rows.iter().any(|row| row.spec.is_some()) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        rows.iter().try_for_each(|row| adopt_row(&transaction, row))?;
        transaction.commit()?;
    }
    Ok(rows.last().map(|row| row.id))
}

fn unread(connection: &Connection, after: i64) -> Result<Vec<Unread>> {
    let sql = "SELECT id, source_path, output_path, preset, options, real_source IS NULL AND former_key IS NULL \
               FROM job INDEXED BY job_unread WHERE spec_version <> 1 AND id > ?1 ORDER BY id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| {
        let (preset, options): (String, String) = (row.get(3)?, row.get(4)?);
        let spec = spec::read(&preset, &options);
        Ok(Unread { id: row.get(0)?, source: row.get(1)?, output: row.get(2)?, spec, of_before: row.get(5)? })
    };
    Ok(statement.query_map([after, CHUNK], row)?.collect::<rusqlite::Result<_>>()?)
}

fn adopt_row(t: &Transaction<'_>, row: &Unread) -> Result<()> {
    let Some(spec) = &row.spec else { return Ok(()) };
    t.prepare_cached("UPDATE job SET spec_version = 1 WHERE id = ?1")?.execute([row.id])?;
    if !row.of_before {
        return Ok(());
    }
    t.prepare_cached("UPDATE job SET former_key = unique_key WHERE id = ?1")?.execute([row.id])?;
    let output = to_path(&row.output);
    let key = Work::of(&to_path(&row.source), output.parent().unwrap_or(&output), &Meaning::of(spec)).key();
    // Of two active jobs that differ in the name of their preset alone, the second keeps its former key: both were
    // accepted.
    t.prepare_cached("UPDATE OR IGNORE job SET unique_key = ?2 WHERE id = ?1")?
        .execute(params![row.id, key])?;
    Ok(())
}
