//! Changing jobs that have not started, in one transaction.
//!
//! Guarantees that what costs time is done before the transaction: keys, and what is written of a spec.

use super::SqliteQueue;
use super::keys::{self, Keys, Texts, has_former};
use super::known;
use super::rows::{JOB, job, to_bytes};
use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::JobId;
use crate::queue::edit::refusal;
use crate::queue::{Edit, Edited, key_of_path};
use crate::spec;
use rusqlite::{OptionalExtension, Transaction, params};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// An edit with its keys and what is written of its spec.
struct Draft<'a> {
    edit: &'a Edit,
    keys: Keys,
    texts: Rc<Texts>,
}

impl Draft<'_> {
    fn of(edit: &Edit, former: bool) -> Result<Vec<Draft<'_>>> {
        let drafts = keys::drafts(std::slice::from_ref(&edit.new), former)?;
        Ok(drafts.into_iter().map(|draft| Draft { edit, keys: draft.keys, texts: draft.texts }).collect())
    }
}

pub(super) fn edit(
    queue: &SqliteQueue,
    edits: &[Edit],
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Vec<Edited>> {
    let former = queue.read(has_former)?;
    let drafts = edits.iter().map(|edit| Draft::of(edit, former)).collect::<Result<Vec<_>>>()?;
    queue.write(|t| drafts.iter().flatten().map(|draft| one(t, draft, taken)).collect())
}

fn one(t: &Transaction<'_>, draft: &Draft<'_>, taken: &dyn Fn(&Path) -> bool) -> Result<Edited> {
    if let Some(refused) = refused(t, draft.edit.id)? {
        return Ok(refused);
    }
    if let Some(refused) = same_work(t, draft, taken)? {
        return Ok(refused);
    }
    let output = free_name(t, draft.edit, taken)?;
    change(t, draft, &output)?;
    Ok(Edited::Changed(output))
}

/// Why this job may not be changed as it stands.
fn refused(t: &Transaction<'_>, id: JobId) -> Result<Option<Edited>> {
    let sql = format!("SELECT {JOB} FROM job WHERE id = ?1");
    let mut statement = t.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    Ok(refusal(rows.next()?.map(job).transpose()?.as_ref()))
}

/// Is it, so changed, what another job does or did?
fn same_work(
    t: &Transaction<'_>,
    Draft { edit, keys, .. }: &Draft<'_>,
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Option<Edited>> {
    let own =
        "SELECT id FROM job WHERE unique_key = ?1 AND id <> ?2 AND state IN ('queued','waiting','running')";
    let of_before = "SELECT id FROM job INDEXED BY job_former_key WHERE former_key = ?1 AND id <> ?2 \
                     AND state IN ('queued','waiting','running') LIMIT 1";
    let looks = [(own, Some(&keys.own)), (of_before, keys.former.as_ref())];
    for (sql, key) in looks.into_iter().filter_map(|(sql, key)| Some((sql, key?))) {
        let twin = t.prepare_cached(sql)?.query_row(params![key, edit.id.0], |row| row.get(0)).optional()?;
        if let Some(twin) = twin {
            return Ok(Some(Edited::Duplicate(JobId(twin))));
        }
    }
    let sql = "SELECT 1 FROM job WHERE id = ?1 AND unique_key = ?2";
    if t.prepare_cached(sql)?.exists(params![edit.id.0, keys.own])? {
        return Ok(None);
    }
    let done = known::results(t, &edit.new, keys)?.into_iter().filter(|(_, _, result)| taken(result));
    Ok(done.max().map(|(_, id, _)| Edited::DoneBefore(JobId(id))))
}

/// The first name that neither another active job has claimed nor the disk holds.
fn free_name(t: &Transaction<'_>, edit: &Edit, taken: &dyn Fn(&Path) -> bool) -> Result<PathBuf> {
    let sql =
        "SELECT 1 FROM job WHERE output_key = ?1 AND id <> ?2 AND state IN ('queued','waiting','running')";
    let mut claimed = t.prepare_cached(sql)?;
    let mut number = 1;
    loop {
        let name = edit.new.candidate(number);
        if !claimed.exists(params![key_of_path(&name), edit.id.0])? && !taken(&name) {
            return Ok(name);
        }
        number += 1;
    }
}

/// What was found of it with the former spec is past: it starts like a new one, and waits for nothing before it is looked
/// at. That the machine went down with it, which put it on hold, stays said.
fn change(t: &Transaction<'_>, draft: &Draft<'_>, output: &Path) -> Result<()> {
    let sql = "UPDATE job SET state = 'queued', run_at = NULL, attempt = 0, need_bytes = NULL, best_progress = NULL, \
               progress = NULL, warnings = NULL, former_key = NULL, unique_key = ?2, preset = ?3, options = ?4, \
               spec_version = ?5, output_path = ?6, output_key = ?7, output_volume = ?8, output_root = ?9, \
               failure_reason = CASE WHEN hold AND failure_code = ?10 THEN failure_reason END, \
               failure_code = CASE WHEN hold AND failure_code = ?10 THEN failure_code END WHERE id = ?1";
    let (id, new) = (draft.edit.id, &draft.edit.new);
    t.prepare_cached(sql)?.execute(params![
        id.0,
        draft.keys.own,
        draft.texts.preset,
        draft.texts.options,
        spec::VERSION,
        to_bytes(output),
        key_of_path(output),
        new.output_volume.as_deref().map(to_bytes),
        (new.root != new.folder).then(|| to_bytes(&new.root)),
        FailureCode::MachineDown.as_str()
    ])?;
    Ok(())
}
