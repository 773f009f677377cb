//! Finds free names for results.
//!
//! Guarantees that no two active jobs get the same name, and that of ten thousand files with the same name, each does
//! not search from number one again.

use super::keys::{Draft, Name};
use crate::error::Result;
use crate::job::JobId;
use crate::queue::TakenNames;
use rusqlite::{Connection, params};
use std::collections::HashMap;

/// The next number to try for each requested name. Valid within one transaction that adds jobs, in which no name
/// becomes free again.
#[derive(Default)]
pub(super) struct Numbers(HashMap<Vec<u8>, u32>);

impl Numbers {
    /// Returns the first name for this job that no active job has claimed and that does not exist on disk.
    pub(super) fn free(&mut self, c: &Connection, draft: &Draft<'_>, taken: &TakenNames) -> Result<Name> {
        let number = self.0.entry(draft.wish.key.clone()).or_insert(1);
        let (name, found) = first_free(c, draft, taken, None, *number)?;
        *number = found + 1;
        Ok(name)
    }
}

/// Returns the first free name for a job that is changed; its own name counts as free.
pub(super) fn free_for(c: &Connection, id: JobId, draft: &Draft<'_>, taken: &TakenNames) -> Result<Name> {
    Ok(first_free(c, draft, taken, Some(id), 1)?.0)
}

fn first_free(
    c: &Connection,
    draft: &Draft<'_>,
    taken: &TakenNames,
    own: Option<JobId>,
    from: u32,
) -> Result<(Name, u32)> {
    let sql = "SELECT 1 FROM job WHERE output_key = ?1 AND id IS NOT ?2 AND state IN ('queued','waiting','running')";
    let mut claimed = c.prepare_cached(sql)?;
    let mut number = from;
    loop {
        let name = draft.name(number);
        if !taken.has_key(&name.key) && !claimed.exists(params![name.key, own.map(|id| id.0)])? {
            return Ok((name, number));
        }
        number += 1;
    }
}
