//! Upkeep of the database file: copies, checks, retention.
//!
//! Guarantees that only jobs beyond retention and excess backups are deleted.
//!
//! The file is never vacuumed: SQLite reuses freed pages, so the file stays at the largest size of the queue so far,
//! which retention bounds. Vacuuming would need a second copy on the disk and a pause. Copies are compact, because
//! `VACUUM INTO` leaves out free pages.

use super::commands::{BATCH, BREATH};
use super::files::{copy_to, remove};
use super::{SqliteQueue, open};
use crate::error::{Error, Result};
use crate::job::Millis;
use crate::sharing;
use rusqlite::{Transaction, params};
use std::path::{Path, PathBuf};

/// Copies the database at `path` into `folder` as `queue-<now>.db` and keeps the newest `keep` copies.
pub fn back_up(path: &Path, folder: &Path, now: Millis, keep: usize) -> Result<PathBuf> {
    std::fs::create_dir_all(folder).map_err(Error::io("Cannot create", folder))?;
    sharing::as_its_folder(folder);
    let copy = folder.join(format!("queue-{now:015}.db"));
    copy_to(&open::reader(path)?, &copy)?;
    let all = backups(folder)?;
    for old in all.iter().rev().skip(keep) {
        remove(old)?;
    }
    Ok(copy)
}

/// Returns the backups in `folder`, oldest first.
pub fn backups(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io("Cannot read", folder)(e)),
    };
    let is_backup = |p: &PathBuf| {
        let name = p.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("queue-") && name.ends_with(".db")
    };
    let mut all: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).filter(is_backup).collect();
    all.sort();
    Ok(all)
}

/// Returns the milliseconds since the newest backup in `folder`, by the time in its name; `None` without one.
pub fn newest_backup_age(folder: &Path, now: Millis) -> Result<Option<Millis>> {
    let newest = backups(folder)?.pop();
    let stamp = newest.and_then(|p| p.file_stem()?.to_str()?.strip_prefix("queue-")?.parse::<Millis>().ok());
    Ok(stamp.map(|at| now - at))
}

/// Is the database intact? Reads all of it.
pub fn is_whole(path: &Path) -> bool {
    let check = || -> Result<bool> {
        let answer: String = open::reader(path)?.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(answer == "ok")
    };
    check().unwrap_or(false)
}

/// Removes old done jobs that are not among the newest, and old cancelled jobs; never a failed one. Others may write
/// between its batches.
pub(super) fn retire(
    queue: &SqliteQueue,
    done_before: Millis,
    keep_done: u64,
    cancelled_before: Millis,
) -> Result<u64> {
    let done = "DELETE FROM job WHERE id IN (SELECT id FROM job INDEXED BY job_history \
         WHERE state IN ('done','cancelled') AND state = 'done' AND finished_at < ?1 AND id NOT IN \
         (SELECT id FROM job INDEXED BY job_history WHERE state IN ('done','cancelled') AND state = 'done' \
          ORDER BY finished_at DESC, id DESC LIMIT ?2) LIMIT ?3)";
    let cancelled = "DELETE FROM job WHERE id IN (SELECT id FROM job INDEXED BY job_history \
         WHERE state IN ('done','cancelled') AND state = 'cancelled' AND finished_at < ?1 LIMIT ?2)";
    let most = BATCH as i64;
    let done = in_batches(queue, |t| {
        Ok(t.prepare_cached(done)?.execute(params![done_before, keep_done as i64, most])?)
    })?;
    let cancelled =
        in_batches(queue, |t| Ok(t.prepare_cached(cancelled)?.execute(params![cancelled_before, most])?))?;
    Ok(done + cancelled)
}

/// Deletes batches until one is not full, and returns the number of deleted rows.
fn in_batches(queue: &SqliteQueue, delete: impl Fn(&Transaction<'_>) -> Result<usize>) -> Result<u64> {
    let mut all = 0;
    loop {
        let deleted = queue.write(&delete)?;
        all += deleted as u64;
        if deleted < BATCH {
            return Ok(all);
        }
        std::thread::park_timeout(BREATH);
    }
}
