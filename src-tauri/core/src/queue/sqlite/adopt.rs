//! Adopts rows that are not known to be readable: rows of earlier schemas, rows salvaged from a damaged queue, and rows
//! of another version of Spool. Readable rows are adopted; all others are left unchanged.
//!
//! Guarantees that no drive of the user is accessed, and that a crash in between loses nothing: the remaining rows are
//! adopted when the queue is opened next.

use super::rows::to_path;
use crate::error::Result;
use crate::queue::work::{Meaning, Work};
use crate::spec::{self, JobSpec};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// Rows per transaction.
const CHUNK: i64 = 1000;

/// Adopts every readable row.
pub(super) fn adopt(connection: &mut Connection) -> Result<()> {
    let mut after = 0;
    while let Some(last) = adopt_chunk(connection, after)? {
        after = last;
    }
    Ok(())
}

/// The fields of a row that adopting needs.
struct Unread {
    id: i64,
    source: Vec<u8>,
    output: Vec<u8>,
    spec: Option<JobSpec>,
    /// The row is from schemas 1 to 3, which computed the key differently.
    old_key: bool,
}

/// Adopts the next rows after id `after`. Returns the id of the last one, or `None` if there are no more.
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
        Ok(Unread { id: row.get(0)?, source: row.get(1)?, output: row.get(2)?, spec, old_key: row.get(5)? })
    };
    Ok(statement.query_map([after, CHUNK], row)?.collect::<rusqlite::Result<_>>()?)
}

fn adopt_row(t: &Transaction<'_>, row: &Unread) -> Result<()> {
    let Some(spec) = &row.spec else { return Ok(()) };
    t.prepare_cached("UPDATE job SET spec_version = 1 WHERE id = ?1")?.execute([row.id])?;
    if !row.old_key {
        return Ok(());
    }
    t.prepare_cached("UPDATE job SET former_key = unique_key WHERE id = ?1")?.execute([row.id])?;
    let output = to_path(&row.output);
    let key = Work::of(&to_path(&row.source), output.parent().unwrap_or(&output), &Meaning::of(spec)).key();
    // `OR IGNORE`: two active jobs may differ only in the name of their preset. Both were accepted, so the second one
    // keeps its former key.
    t.prepare_cached("UPDATE OR IGNORE job SET unique_key = ?2 WHERE id = ?1")?
        .execute(params![row.id, key])?;
    Ok(())
}
