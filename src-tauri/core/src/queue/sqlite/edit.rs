//! Changing jobs that have not started, in one transaction.
//!
//! Guarantees that expensive work, computing keys and serialising specs, is done before the transaction.

use super::SqliteQueue;
use super::keys::{self, Draft, Name, has_former};
use super::known;
use super::naming;
use super::rows::{JOB, job, to_bytes};
use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::JobId;
use crate::queue::edit::refusal;
use crate::queue::{Edit, Edited, TakenNames};
use crate::spec;
use rusqlite::{OptionalExtension, Transaction, params};

pub(super) fn edit(queue: &SqliteQueue, edits: &[Edit], taken: &TakenNames) -> Result<Vec<Edited>> {
    let drafts = keys::drafts(edits.iter().map(|edit| &edit.new), queue.read(has_former)?)?;
    queue.write(|t| edits.iter().zip(&drafts).map(|(edit, draft)| one(t, edit.id, draft, taken)).collect())
}

fn one(t: &Transaction<'_>, id: JobId, draft: &Draft<'_>, taken: &TakenNames) -> Result<Edited> {
    if let Some(refused) = refused(t, id)? {
        return Ok(refused);
    }
    if let Some(refused) = same_work(t, id, draft, taken)? {
        return Ok(refused);
    }
    let name = naming::free_for(t, id, draft, taken)?;
    change(t, id, draft, &name)?;
    Ok(Edited::Changed(name.path))
}

/// Returns why the job may not be changed, if so.
fn refused(t: &Transaction<'_>, id: JobId) -> Result<Option<Edited>> {
    let sql = format!("SELECT {JOB} FROM job WHERE id = ?1");
    let mut statement = t.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    Ok(refusal(rows.next()?.map(job).transpose()?.as_ref()))
}

/// Checks whether another job does or did the work of the changed job.
fn same_work(
    t: &Transaction<'_>,
    id: JobId,
    Draft { job, keys, .. }: &Draft<'_>,
    taken: &TakenNames,
) -> Result<Option<Edited>> {
    let own =
        "SELECT id FROM job WHERE unique_key = ?1 AND id <> ?2 AND state IN ('queued','waiting','running')";
    let former = "SELECT id FROM job INDEXED BY job_former_key WHERE former_key = ?1 AND id <> ?2 \
                  AND state IN ('queued','waiting','running') LIMIT 1";
    let lookups = [(own, Some(&keys.own)), (former, keys.former.as_ref())];
    for (sql, key) in lookups.into_iter().filter_map(|(sql, key)| Some((sql, key?))) {
        let duplicate = t.prepare_cached(sql)?.query_row(params![key, id.0], |row| row.get(0)).optional()?;
        if let Some(duplicate) = duplicate {
            return Ok(Some(Edited::Duplicate(JobId(duplicate))));
        }
    }
    let sql = "SELECT 1 FROM job WHERE id = ?1 AND unique_key = ?2";
    if t.prepare_cached(sql)?.exists(params![id.0, keys.own])? {
        return Ok(None);
    }
    Ok(known::done_before(t, job, keys, taken)?.map(Edited::DoneBefore))
}

/// Writes the change and clears everything learned with the former spec: the job starts like a new one and does not
/// wait. A job on hold because the machine went down keeps that failure.
fn change(t: &Transaction<'_>, id: JobId, draft: &Draft<'_>, name: &Name) -> Result<()> {
    let sql = "UPDATE job SET state = 'queued', run_at = NULL, attempt = 0, need_bytes = NULL, best_progress = NULL, \
               progress = NULL, warnings = NULL, former_key = NULL, unique_key = ?2, preset = ?3, options = ?4, \
               spec_version = ?5, output_path = ?6, output_key = ?7, output_volume = ?8, output_root = ?9, \
               failure_reason = CASE WHEN hold AND failure_code = ?10 THEN failure_reason END, \
               failure_code = CASE WHEN hold AND failure_code = ?10 THEN failure_code END WHERE id = ?1";
    let new = draft.job;
    t.prepare_cached(sql)?.execute(params![
        id.0,
        draft.keys.own,
        draft.texts.preset,
        draft.texts.options,
        spec::VERSION,
        to_bytes(&name.path),
        name.key,
        new.output_volume.as_deref().map(to_bytes),
        (new.root != new.folder).then(|| to_bytes(&new.root)),
        FailureCode::MachineDown.as_str()
    ])?;
    Ok(())
}
