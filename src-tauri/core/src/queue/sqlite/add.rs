//! Accepting jobs: claimed names, no duplicates, one transaction.

use super::rows::{to_bytes, to_json, to_path};
use crate::error::Result;
use crate::job::{JobId, Millis};
use crate::queue::{Added, NewJob, Place, candidate, key_of_path};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Next number to try for a name, so that ten thousand files of one name do not each count from one.
type NextNumber = HashMap<Vec<u8>, u32>;

pub(super) fn add(
    t: &Transaction<'_>,
    jobs: &[NewJob],
    place: Place,
    taken: &dyn Fn(&Path) -> bool,
    now: Millis,
) -> Result<Vec<Added>> {
    let mut position = first_position(t, jobs.len(), place)?;
    let mut numbers = NextNumber::new();
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        let key = unique_key(job)?;
        if let Some(known) = known(t, job, &key, taken)? {
            answers.push(known);
            continue;
        }
        let output = free_name(t, job, taken, &mut numbers)?;
        let id = insert(t, job, &key, &output, position, now)?;
        position += 1;
        answers.push(Added::Accepted { id, output });
    }
    Ok(answers)
}

fn first_position(t: &Transaction<'_>, count: usize, place: Place) -> Result<i64> {
    let edge = match place {
        Place::End => "SELECT coalesce(max(position), 0) + 1 FROM job",
        Place::Top => "SELECT coalesce(min(position), 1) FROM job",
    };
    let edge: i64 = t.query_row(edge, [], |row| row.get(0))?;
    Ok(if place == Place::Top { edge - count as i64 } else { edge })
}

/// Hash of what makes two jobs the same work: real source, preset, folder.
fn unique_key(job: &NewJob) -> Result<Vec<u8>> {
    let mut text = to_bytes(&job.real_source);
    for part in [to_json(&job.preset)?.into_bytes(), to_bytes(&job.folder)] {
        text.push(0);
        text.extend(part);
    }
    Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).as_bytes().to_vec())
}

fn known(
    t: &Transaction<'_>,
    job: &NewJob,
    key: &[u8],
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Option<Added>> {
    let twin = "SELECT id FROM job WHERE unique_key = ?1 AND state IN ('queued','waiting','running')";
    let id: Option<i64> = t.prepare_cached(twin)?.query_row([key], |row| row.get(0)).optional()?;
    if let Some(id) = id {
        return Ok(Some(Added::Duplicate(JobId(id))));
    }
    if !job.again
        && let Some(id) = done_before(t, job, key, taken)?
    {
        return Ok(Some(Added::DoneBefore(id)));
    }
    if !job.from_folder {
        return Ok(None);
    }
    let made = "SELECT id FROM job WHERE output_key = ?1 AND state IN ('done','running') \
                AND output_path <> source_path LIMIT 1";
    let id = t.prepare_cached(made)?.query_row([key_of_path(&job.source)], |row| row.get(0)).optional()?;
    Ok(id.map(|id| Added::OwnOutput(JobId(id))))
}

/// The newest job that did the same, where its result is still there and the file as large as then.
fn done_before(
    t: &Transaction<'_>,
    job: &NewJob,
    key: &[u8],
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Option<JobId>> {
    let sql = "SELECT id, output_path, source_size FROM job INDEXED BY job_done_key \
               WHERE state = 'done' AND unique_key = ?1 ORDER BY finished_at DESC LIMIT 1";
    let read =
        |row: &Row<'_>| Ok((JobId(row.get(0)?), row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<i64>>(2)?));
    let newest = t.prepare_cached(sql)?.query_row([key], read).optional()?;
    let same = |size: Option<i64>| size == job.source_size.map(|n| n as i64);
    Ok(newest.filter(|(_, output, size)| same(*size) && taken(&to_path(output))).map(|(id, ..)| id))
}

fn free_name(
    t: &Transaction<'_>,
    job: &NewJob,
    taken: &dyn Fn(&Path) -> bool,
    numbers: &mut NextNumber,
) -> Result<PathBuf> {
    let extension = job.preset.container.extension();
    let wish = key_of_path(&candidate(&job.folder, &job.stem, extension, 1));
    let number = numbers.entry(wish).or_insert(1);
    let sql = "SELECT 1 FROM job WHERE output_key = ?1 AND state IN ('queued','waiting','running')";
    let mut claimed = t.prepare_cached(sql)?;
    loop {
        let name = candidate(&job.folder, &job.stem, extension, *number);
        *number += 1;
        if !claimed.exists([key_of_path(&name)])? && !taken(&name) {
            return Ok(name);
        }
    }
}

fn insert(
    t: &Transaction<'_>,
    job: &NewJob,
    key: &[u8],
    output: &Path,
    position: i64,
    now: Millis,
) -> Result<JobId> {
    let sql = "INSERT INTO job (uid, position, source_path, source_size, source_volume, output_path, output_key, \
               preset, unique_key, max_attempts, created_at, output_volume) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    t.prepare_cached(sql)?.execute(params![
        Uuid::now_v7().to_string(),
        position,
        to_bytes(&job.source),
        job.source_size.map(|n| n as i64),
        job.source_volume.as_deref().map(to_bytes),
        to_bytes(output),
        key_of_path(output),
        to_json(&job.preset)?,
        key,
        job.max_attempts,
        now,
        job.output_volume.as_deref().map(to_bytes)
    ])?;
    Ok(JobId(t.last_insert_rowid()))
}
