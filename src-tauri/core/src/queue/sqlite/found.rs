//! The jobs that a filter by name or another order has chosen, kept until something is written: for a window that shows such a
//! list asks for page after page of it, and each choice looks at every row.
//!
//! Guarantees that no answer is older than the last commit of any process.

use super::lists::briefs;
use super::{SqliteQueue, data_version, lock};
use crate::error::Result;
use crate::job::JobId;
use crate::queue::Filter;
use crate::queue::chosen::chosen;
use std::sync::Arc;

/// What was chosen last.
pub(super) struct Found {
    /// As of which commit, as the reading connection counts them.
    version: i64,
    filter: Filter,
    ids: Arc<Vec<JobId>>,
}

/// The jobs that `filter` chooses, in its order.
pub(super) fn found(queue: &SqliteQueue, filter: &Filter) -> Result<Arc<Vec<JobId>>> {
    queue.read(|c| {
        // Read first: what is committed from here on makes the next look a new one.
        let version = data_version(c)?;
        let mut held = lock(&queue.found);
        if let Some(found) = held.as_ref().filter(|found| found.version == version && found.filter == *filter)
        {
            return Ok(Arc::clone(&found.ids));
        }
        let ids = Arc::new(chosen(briefs(c, &filter.states)?, filter));
        *held = Some(Found { version, filter: filter.clone(), ids: Arc::clone(&ids) });
        Ok(ids)
    })
}
