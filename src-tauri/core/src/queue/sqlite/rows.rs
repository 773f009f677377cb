//! Converts rows to plain data. Paths are stored as bytes, so that names that are not UTF-8 are preserved.
//!
//! Guarantees that an unreadable JSON value does not fail a list: preset and options are read completely or not at all,
//! and informational values (facts, progress, warnings) are left out if they cannot be read.

use crate::error::{Error, Result};
use crate::failure::{FailureCode, Reason};
use crate::finding::Check;
use crate::job::{Attempt, Intent, Job, JobId, Origin};
use crate::queue::filter::Candidate;
use crate::spec;
use rusqlite::Row;
use std::path::PathBuf;
use uuid::Uuid;

pub(super) use crate::path_bytes::{to_bytes, to_path};

/// Columns of a job, in the order `job` reads them.
pub(super) const JOB: &str = "id, uid, position, source_path, source_size, source_volume, output_path, preset, \
    state, hold, run_at, epoch, attempt, max_attempts, crashes, cancel_requested_at, failure_code, failure_reason, \
    need_bytes, warnings, publish_path, publish_size, publish_id, progress, output_size, created_at, started_at, \
    finished_at, output_volume, facts, real_source, source_mtime_ns, options, checked, \
    state = 'done' AND EXISTS (SELECT 1 FROM attempt \
        WHERE job_id = job.id AND attempt.epoch = job.epoch AND verification IS NOT NULL), \
    machine_ends, best_progress, output_root, from_folder";

/// Number of columns in `JOB`.
pub(super) const JOB_COLUMNS: usize = 39;

/// Reads a row of `JOB`.
pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    let source = to_path(&row.get::<_, Vec<u8>>(3)?);
    let uid = Uuid::parse_str(&row.get::<_, String>(1)?);
    let (preset, options): (String, String) = (row.get(7)?, row.get(32)?);
    let check: Option<Check> = informing(row, 33)?;
    // Without its uid, its part files cannot be distinguished from those of other jobs.
    let spec = spec::read(&preset, &options).filter(|_| uid.is_ok());
    Ok(Job {
        id: JobId(row.get(0)?),
        foreign_format: if spec.is_none() { spec::foreign_version(&preset) } else { None },
        spec,
        uid: uid.unwrap_or_default(),
        position: row.get(2)?,
        real_source: path(row, 30)?.unwrap_or_else(|| source.clone()),
        source,
        source_size: unsigned(row, 4)?,
        source_mtime_ns: row.get(31)?,
        source_volume: path(row, 5)?,
        output_volume: path(row, 28)?,
        facts: informing(row, 29)?,
        output: to_path(&row.get::<_, Vec<u8>>(6)?),
        origin: Origin::of(row.get(38)?, false),
        output_root: path(row, 37)?,
        state: row.get::<_, String>(8)?.parse().map_err(|_| bad("state"))?,
        hold: row.get(9)?,
        run_at: row.get(10)?,
        epoch: row.get(11)?,
        attempt: count(row, 12)?,
        max_attempts: count(row, 13)?,
        crashes: count(row, 14)?,
        machine_ends: count(row, 35)?,
        best: informing(row, 36)?,
        cancel_requested: row.get::<_, Option<i64>>(15)?.is_some(),
        failure: reason(row, 16)?,
        need_bytes: unsigned(row, 18)?,
        warnings: informing(row, 19)?.unwrap_or_default(),
        intent: intent(row)?,
        progress: informing(row, 23)?,
        output_size: unsigned(row, 24)?,
        verified: row.get::<_, bool>(34)? && !check.as_ref().is_some_and(|c| c.finding.is_wrong()),
        check,
        created_at: row.get(25)?,
        started_at: row.get(26)?,
        finished_at: row.get(27)?,
    })
}

/// Reads id, path and both sizes.
pub(super) fn brief(row: &Row<'_>) -> Result<Candidate> {
    let source = to_path(&row.get::<_, Vec<u8>>(1)?);
    Ok(Candidate { id: JobId(row.get(0)?), source, sizes: (unsigned(row, 2)?, unsigned(row, 3)?) })
}

/// Columns of an attempt, in the order `attempt` reads them.
pub(super) const ATTEMPT: &str = "epoch, owner, started_at, ended_at, child, part_path, outcome, exit_code, signal, \
    failure_code, failure_reason, log_tail, commands, plan, verification, boot";

/// Reads a row of `ATTEMPT`.
pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt> {
    Ok(Attempt {
        epoch: row.get(0)?,
        owner: row.get(1)?,
        started_at: row.get(2)?,
        ended_at: row.get(3)?,
        child: informing(row, 4)?,
        part: path(row, 5)?,
        outcome: row.get(6)?,
        exit: row.get(7)?,
        signal: row.get(8)?,
        failure: reason(row, 9)?,
        log_tail: row.get(11)?,
        commands: informing(row, 12)?.unwrap_or_default(),
        plan: row.get(13)?,
        verification: informing(row, 14)?,
        boot: row.get(15)?,
    })
}

fn reason(row: &Row<'_>, at: usize) -> Result<Option<Reason>> {
    let Some(word) = row.get::<_, Option<String>>(at)? else { return Ok(None) };
    // An unknown code of a newer version is still a failure; the stored reason describes it.
    let code = word.parse().unwrap_or(FailureCode::Internal);
    Ok(Some(Reason::stored(code, &row.get::<_, Option<String>>(at + 1)?.unwrap_or_default())))
}

fn intent(row: &Row<'_>) -> Result<Option<Intent>> {
    let (path, size, identity) = (path(row, 20)?, unsigned(row, 21)?, row.get(22)?);
    Ok(match (path, size, identity) {
        (Some(path), Some(size), Some(identity)) => Some(Intent { path, size, identity }),
        _ => None,
    })
}

fn unsigned(row: &Row<'_>, at: usize) -> Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(at)?.and_then(|n| u64::try_from(n).ok()))
}

fn path(row: &Row<'_>, at: usize) -> Result<Option<PathBuf>> {
    Ok(row.get::<_, Option<Vec<u8>>>(at)?.map(|bytes| to_path(&bytes)))
}

/// Reads a count; a value out of range counts as 0.
fn count(row: &Row<'_>, at: usize) -> Result<u32> {
    Ok(u32::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

/// Reads an informational JSON value; `None` if it cannot be read.
pub(super) fn informing<T: serde::de::DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<Option<T>> {
    Ok(row.get::<_, Option<String>>(at)?.and_then(|text| serde_json::from_str(&text).ok()))
}

fn bad(what: &str) -> Error {
    Error::Database(format!("the {what} of a job is not known"))
}

/// Serialises a value to JSON for a column. Serialising our own types cannot fail.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Database(e.to_string()))
}
