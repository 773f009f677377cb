//! Detects files that need not be added: the same work is active, was done, failed or was cancelled; or the file is
//! itself a result.
//!
//! Guarantees that done jobs are known even after the user or retention has removed them, and that a source with
//! another size or modification time counts as another file.

use super::keys::{Draft, Keys, drafts, has_former};
use super::rows::to_path;
use crate::error::{Error, Result};
use crate::job::{JobId, State};
use crate::queue::{Added, EarlierResult, NewJob, TakenNames, key_of_path};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::PathBuf;

/// Returns the outcome for a file that need not be added; `None` if it must be.
pub(super) fn known(c: &Connection, draft: &Draft<'_>, taken: &TakenNames) -> Result<Option<Added>> {
    let Draft { job, keys, .. } = draft;
    if let Some(id) = active(c, keys)? {
        return Ok(Some(Added::Duplicate(id)));
    }
    if !job.again {
        if let Some(id) = done_before(c, job, keys, taken)? {
            return Ok(Some(Added::DoneBefore(id)));
        }
        if let Some((id, state)) = ended_before(c, job, keys)? {
            return Ok(Some(Added::EndedBefore(id, state)));
        }
    }
    Ok(if job.from_folder { own_output(c, job)?.map(Added::OwnOutput) } else { None })
}

/// Returns the active job with the same work.
pub(super) fn active(c: &Connection, keys: &Keys) -> Result<Option<JobId>> {
    let own = "SELECT id FROM job WHERE unique_key = ?1 AND state IN ('queued','waiting','running')";
    let found = c.prepare_cached(own)?.query_row([&keys.own], |row| row.get(0)).optional()?;
    let Some(former) = keys.former.as_ref().filter(|_| found.is_none()) else { return Ok(found.map(JobId)) };
    let sql = "SELECT id FROM job INDEXED BY job_former_key WHERE former_key = ?1 \
               AND state IN ('queued','waiting','running') LIMIT 1";
    Ok(c.prepare_cached(sql)?.query_row([former], |row| row.get(0)).optional()?.map(JobId))
}

/// Returns the newest job that did the same work on the same file and whose result still exists.
pub(super) fn done_before(
    c: &Connection,
    job: &NewJob,
    keys: &Keys,
    taken: &TakenNames,
) -> Result<Option<JobId>> {
    let there = results(c, job, keys)?.into_iter().filter(|(_, _, result)| taken.has(result));
    Ok(there.max().map(|(_, id, _)| JobId(id)))
}

/// Returns the results of all jobs that did the same work on the same file, as end time, job id and path.
fn results(c: &Connection, job: &NewJob, keys: &Keys) -> Result<Vec<(i64, i64, PathBuf)>> {
    // Rows of early schemas have no modification time.
    let same = "source_size IS ?2 AND (source_mtime_ns IS NULL OR source_mtime_ns IS ?3)";
    let columns = "SELECT finished_at, id, output_path FROM job INDEXED BY";
    let own = format!("{columns} job_done_key WHERE state = 'done' AND unique_key = ?1 AND {same}");
    let former = format!("{columns} job_former_key WHERE former_key = ?1 AND state = 'done' AND {same}");
    let removed =
        format!("SELECT finished_at, job_id, output_path FROM finished WHERE unique_key = ?1 AND {same}");
    let all_keys = std::iter::once(&keys.own).chain(&keys.earlier);
    let lookups = all_keys.flat_map(|key| [(&own, key), (&removed, key)]);
    let size = job.source_size.map(|n| n as i64);
    let mut all = Vec::new();
    for (sql, key) in lookups.chain(keys.former.iter().map(|key| (&former, key))) {
        let mut statement = c.prepare_cached(sql)?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, to_path(&row.get::<_, Vec<u8>>(2)?)));
        let found = statement.query_map(params![key, size, job.source_mtime_ns], read)?;
        all.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(all)
}

/// Returns the past and expected results of the same work on these files.
pub(super) fn earlier_results(c: &Connection, jobs: &[NewJob]) -> Result<Vec<EarlierResult>> {
    let mut all = Vec::new();
    let active =
        "SELECT output_path FROM job WHERE unique_key = ?1 AND state IN ('queued','waiting','running')";
    let mut active = c.prepare_cached(active)?;
    for Draft { job, keys, .. } in drafts(jobs, has_former(c)?)? {
        let there = results(c, job, &keys)?.into_iter();
        all.extend(there.map(|(_, _, path)| EarlierResult { path, to_come: false }));
        let expected =
            active.query_row([&keys.own], |row| Ok(to_path(&row.get::<_, Vec<u8>>(0)?))).optional()?;
        all.extend(expected.map(|path| EarlierResult { path, to_come: true }));
    }
    Ok(all)
}

/// Returns the newest job with the same work on the same file that failed permanently or was cancelled.
fn ended_before(c: &Connection, job: &NewJob, keys: &Keys) -> Result<Option<(JobId, State)>> {
    let sql = "SELECT id, state FROM job INDEXED BY job_ended_key \
               WHERE unique_key = ?1 AND state IN ('failed','cancelled') AND source_size IS ?2 \
               AND (source_mtime_ns IS NULL OR source_mtime_ns IS ?3) ORDER BY finished_at DESC, id DESC LIMIT 1";
    let size = job.source_size.map(|n| n as i64);
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
    let key = params![keys.own, size, job.source_mtime_ns];
    let found = c.prepare_cached(sql)?.query_row(key, read).optional()?;
    let state = |word: String| word.parse().map_err(|_| Error::Database(format!("no state: {word}")));
    found.map(|(id, word)| Ok((JobId(id), state(word)?))).transpose()
}

/// Returns the newest job whose result is this file; a listed job takes precedence over one that has left the list.
fn own_output(c: &Connection, job: &NewJob) -> Result<Option<JobId>> {
    let (key, size) = (key_of_path(&job.source), job.source_size.map(|n| n as i64));
    let listed = "SELECT id FROM job WHERE output_key = ?1 AND state IN ('done','running') \
                  AND output_path <> source_path ORDER BY id DESC LIMIT 1";
    let found = c.prepare_cached(listed)?.query_row([&key], |row| row.get(0)).optional()?;
    if found.is_some() {
        return Ok(found.map(JobId));
    }
    // The size must match, because another file may have taken the name since. An original that was kept as the result
    // of its own job is not an output.
    let removed = "SELECT job_id FROM finished WHERE output_key = ?1 AND output_size IS ?2 \
                   AND output_path <> source_path ORDER BY job_id DESC LIMIT 1";
    Ok(c.prepare_cached(removed)?.query_row(params![key, size], |row| row.get(0)).optional()?.map(JobId))
}
