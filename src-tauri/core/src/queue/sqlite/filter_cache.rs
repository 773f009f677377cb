//! Caches the jobs selected by a filter by name or another order until the next write: a window requests such a list
//! page by page, and each selection reads every row.
//!
//! Guarantees that no result is older than the last commit of any process.

use super::lists::candidates;
use super::{SqliteQueue, data_version, lock};
use crate::error::Result;
use crate::job::JobId;
use crate::queue::Filter;
use crate::queue::filter::select;
use std::sync::Arc;

/// The latest selection.
pub(super) struct FilterCache {
    /// `data_version` of the reading connection at that time.
    version: i64,
    filter: Filter,
    ids: Arc<Vec<JobId>>,
}

/// Returns the jobs that match `filter`, in its order.
pub(super) fn filtered_ids(queue: &SqliteQueue, filter: &Filter) -> Result<Arc<Vec<JobId>>> {
    queue.read(|c| {
        // Read before the jobs, so that a later commit invalidates the cache.
        let version = data_version(c)?;
        let mut last = lock(&queue.filter_cache);
        if let Some(found) = last.as_ref().filter(|found| found.version == version && found.filter == *filter)
        {
            return Ok(Arc::clone(&found.ids));
        }
        let ids = Arc::new(select(candidates(c, &filter.states)?, filter));
        *last = Some(FilterCache { version, filter: filter.clone(), ids: Arc::clone(&ids) });
        Ok(ids)
    })
}
