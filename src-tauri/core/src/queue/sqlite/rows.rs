//! Between rows and plain data. Paths are stored as bytes, so that names that are not text survive.

use crate::error::{Error, Result};
use crate::job::{Attempt, Intent, Job, JobId, Reason};
use crate::queue::chosen::Brief;
use rusqlite::Row;
use rusqlite::types::FromSql;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Columns of a job, in the order `job` reads them.
pub(super) const JOB: &str = "id, uid, position, source_path, source_size, source_volume, output_path, preset, \
    state, hold, run_at, epoch, attempt, max_attempts, crashes, cancel_requested_at, failure_code, failure_message, \
    need_bytes, warnings, publish_path, publish_size, publish_id, progress, output_size, created_at, started_at, \
    finished_at, output_volume, facts";

/// Reads a row of `JOB`.
///
/// # Errors
/// One that cannot be understood is named, with the way to be rid of it.
pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    fields(row).map_err(|cause| {
        let (id, why) = (row.get(0).unwrap_or_default(), cause.to_string());
        Error::UnreadableJob { id, why }
    })
}

fn fields(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: JobId(row.get(0)?),
        uid: parse(row, 1)?,
        position: row.get(2)?,
        source: to_path(&row.get::<_, Vec<u8>>(3)?),
        source_size: unsigned(row, 4)?,
        source_volume: path(row, 5)?,
        output_volume: path(row, 28)?,
        facts: json(row, 29)?,
        output: to_path(&row.get::<_, Vec<u8>>(6)?),
        preset: json(row, 7)?.ok_or_else(|| bad("preset"))?,
        state: parse(row, 8)?,
        hold: row.get(9)?,
        run_at: row.get(10)?,
        epoch: row.get(11)?,
        attempt: row.get(12)?,
        max_attempts: row.get(13)?,
        crashes: row.get(14)?,
        cancel_requested: row.get::<_, Option<i64>>(15)?.is_some(),
        failure: reason(row, 16)?,
        need_bytes: unsigned(row, 18)?,
        warnings: json(row, 19)?.unwrap_or_default(),
        intent: intent(row)?,
        progress: json(row, 23)?,
        output_size: unsigned(row, 24)?,
        created_at: row.get(25)?,
        started_at: row.get(26)?,
        finished_at: row.get(27)?,
    })
}

/// Reads id, path and both sizes.
pub(super) fn brief(row: &Row<'_>) -> Result<Brief> {
    let source = to_path(&row.get::<_, Vec<u8>>(1)?);
    Ok(Brief { id: JobId(row.get(0)?), source, sizes: (unsigned(row, 2)?, unsigned(row, 3)?) })
}

/// Columns of an attempt, in the order `attempt` reads them.
pub(super) const ATTEMPT: &str = "epoch, owner, started_at, ended_at, child, part_path, outcome, exit_code, signal, \
    failure_code, failure_message, log_tail, commands, plan";

/// Reads a row of `ATTEMPT`.
pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt> {
    Ok(Attempt {
        epoch: row.get(0)?,
        owner: row.get(1)?,
        started_at: row.get(2)?,
        ended_at: row.get(3)?,
        child: json(row, 4)?,
        part: path(row, 5)?,
        outcome: row.get(6)?,
        exit: row.get(7)?,
        signal: row.get(8)?,
        failure: reason(row, 9)?,
        log_tail: row.get(11)?,
        commands: json(row, 12)?.unwrap_or_default(),
        plan: row.get(13)?,
    })
}

fn reason(row: &Row<'_>, at: usize) -> Result<Option<Reason>> {
    let Some(word) = row.get::<_, Option<String>>(at)? else { return Ok(None) };
    // A code of a newer program is still a failure; its sentence says which.
    let code = word.parse().unwrap_or(crate::failure::FailureCode::Internal);
    Ok(Some(Reason { code, message: row.get::<_, Option<String>>(at + 1)?.unwrap_or_default() }))
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

fn parse<T: FromStr>(row: &Row<'_>, at: usize) -> Result<T> {
    get::<String>(row, at)?.parse().map_err(|_| bad("row"))
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<Option<T>> {
    let text = get::<Option<String>>(row, at)?;
    text.map(|t| serde_json::from_str(&t).map_err(|e| Error::Database(e.to_string()))).transpose()
}

fn get<T: FromSql>(row: &Row<'_>, at: usize) -> Result<T> {
    Ok(row.get(at)?)
}

fn bad(what: &str) -> Error {
    Error::Database(format!("a {what} holds something unexpected"))
}

/// A value as JSON text, for a column. Values of our own types cannot fail to serialise.
pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Database(e.to_string()))
}

/// A path as bytes.
#[cfg(unix)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// Bytes as a path.
#[cfg(unix)]
pub(super) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// A path as little-endian UTF-16, which also holds the unpaired surrogates that Windows allows.
#[cfg(windows)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

/// The reverse.
#[cfg(windows)]
pub(super) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::windows::ffi::OsStringExt;
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    PathBuf::from(std::ffi::OsString::from_wide(&wide))
}
