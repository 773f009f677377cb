//! Repairs a damaged database: moves its files aside and replaces it with a new one, made from the newest intact backup
//! and from every job of the damaged one that can still be read and is not in the backup.
//!
//! Guarantees that the damaged files are kept unchanged, that a crash in between loses nothing (the new database is
//! complete before the old one is moved), and that the repaired queue is paused and stores a notice of the repair. A
//! queue of a newer Spool, or a database of another program, is not damaged and is left unchanged.

use super::files::{PARTS, part, remove, repaired};
use super::locks::OpenLock;
use super::{adopt, backup, damage, open, read_only, readable_rows, set_flag};
use crate::error::{Error, Result};
use crate::failure::name_of;
use crate::job::Millis;
use crate::queue::Flag;
use crate::raised::{Restored, to_flag};
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};

/// How much of the database is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckExtent {
    /// All of it after an unclean end or if it is small; otherwise only what opening it shows.
    AfterCrash,
    /// All of it.
    Whole,
}

/// The outcome of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Path of the damaged database, which is kept.
    pub aside: PathBuf,
    /// The backup that was used, if any.
    pub backup: Option<PathBuf>,
    /// Number of jobs read from the damaged database.
    pub salvaged: u64,
    /// The notice stored in the queue.
    pub restored: Restored,
}

/// Repairs the database at `path` if it is damaged. Returns `None` if it is intact or does not exist.
///
/// # Errors
/// `DamagedInUse` if another process has it open; `NewerSchema`; `Foreign`. Nothing is changed in these cases.
pub fn repair(path: &Path, backups: &Path, now: Millis, extent: CheckExtent) -> Result<Option<Repaired>> {
    let lock = OpenLock::take(path)?;
    let (broken, log_lost) = (damage::of_files(path)?, damage::lost_its_log(path)?);
    if !is_damaged_inside(path, extent)? && !broken {
        return Ok(None);
    }
    let Some(_alone) = lock.exclusive()? else { return Err(Error::DamagedInUse { path: path.to_owned() }) };
    let unused = path.with_extension(format!("db.damaged-{now}"));
    let aside = noted_aside(path).unwrap_or_else(|| unused.clone());
    let made = if repaired(path).exists() { Made::default() } else { make(path, &aside, backups, log_lost)? };
    for suffix in PARTS {
        let taken = part(&aside, suffix).exists();
        move_aside(&part(path, suffix), &part(if taken { &unused } else { &aside }, suffix))?;
    }
    std::fs::rename(repaired(path), path).map_err(Error::io("Cannot write", path))?;
    let text = flag(path, Flag::Restored)?.unwrap_or_default();
    let restored = serde_json::from_str(&text).unwrap_or(Restored::Text { text });
    Ok(Some(Repaired { aside, backup: made.backup, salvaged: made.salvaged, restored }))
}

fn is_damaged_inside(path: &Path, extent: CheckExtent) -> Result<bool> {
    // An empty file is not opened, because SQLite would delete its log. `damage::of_files` handles it.
    if path.metadata().map_or(0, |m| m.len()) == 0 {
        return Ok(false);
    }
    match flag(path, Flag::Engine) {
        Ok(unclean) => {
            let whole = unclean.is_some() || extent == CheckExtent::Whole || is_small(path);
            Ok(whole && !backup::is_whole(path))
        }
        Err(Error::Corrupt { .. }) => Ok(true),
        Err(other) => Err(other),
    }
}

/// Is it at most 16 MiB? That is about ten thousand jobs, and quick enough to read at every start.
fn is_small(path: &Path) -> bool {
    path.metadata().is_ok_and(|m| m.len() <= 16 << 20)
}

/// Reads a flag of a queue that is not open. `Flag::Engine` is set after an unclean end.
fn flag(path: &Path, flag: Flag) -> Result<Option<String>> {
    let connection = open::reader(path)?;
    if open::version_of(&connection, path)? == 0 {
        return Ok(None);
    }
    let sql = "SELECT value FROM flag WHERE name = ?1";
    let found = connection.query_row(sql, [flag.as_str()], |row| row.get(0)).optional();
    found.map_err(|e| open::damaged(path, e))
}

/// The sources of a repaired database.
#[derive(Default)]
struct Made {
    /// Only the log of the damaged database is missing.
    whole: bool,
    backup: Option<PathBuf>,
    salvaged: u64,
}

/// Makes the new database next to the damaged one; it is complete and on disk when this returns.
fn make(path: &Path, aside: &Path, backups: &Path, log_lost: bool) -> Result<Made> {
    let fresh = repaired(path).with_extension("making");
    for suffix in PARTS {
        remove(&part(&fresh, suffix))?;
    }
    // Even without its log, the database is newer than any backup.
    let whole = log_lost && backup::is_whole(path);
    let candidates = if whole { Vec::new() } else { backup::backups(backups)? };
    let backup = candidates.into_iter().rev().find(|b| backup::is_whole(b));
    if let Some(backup) = &backup {
        std::fs::copy(backup, &fresh).map_err(Error::io("Cannot restore", backup))?;
    }
    let mut connection = open::writer(&fresh)?;
    let salvaged = readable_rows::into(&mut connection, path)?;
    adopt::adopt(&mut connection)?;
    let made = Made { whole, backup, salvaged };
    pause_with_notice(&mut connection, &made.restored(aside))?;
    // Closing the last connection moves the log into the database.
    drop(connection);
    flush(&fresh)?;
    std::fs::rename(&fresh, repaired(path)).map_err(Error::io("Cannot write", path))?;
    Ok(made)
}

/// Pauses the queue and stores the notice: only the user can judge what was lost or is out of date, and resume.
fn pause_with_notice(connection: &mut Connection, restored: &Restored) -> Result<()> {
    let transaction = connection.transaction()?;
    set_flag(&transaction, Flag::Paused, Some("1"))?;
    set_flag(&transaction, Flag::Restored, Some(&to_flag(restored)))?;
    set_flag(&transaction, Flag::Engine, None)?;
    Ok(transaction.commit()?)
}

impl Made {
    /// The notice for users, with the name under which the damaged file is kept.
    fn restored(&self, aside: &Path) -> Restored {
        let (count, aside) = (self.salvaged, name_of(aside));
        match self.backup {
            _ if self.whole => Restored::WithoutLog { kept: count, aside },
            Some(_) => Restored::FromBackup { added: count, aside },
            None => Restored::FromDamaged { kept: count, aside },
        }
    }
}

fn flush(path: &Path) -> Result<()> {
    let file = std::fs::File::options().write(true).open(path);
    file.and_then(|file| file.sync_all()).map_err(Error::io("Cannot write", path))
}

/// The name that the notice of an interrupted repair gives to the damaged file.
fn noted_aside(path: &Path) -> Option<PathBuf> {
    let connection = read_only::open_closed(&repaired(path)).ok()?;
    let sql = "SELECT value FROM flag WHERE name = ?1";
    let text: String = connection.query_row(sql, [Flag::Restored.as_str()], |row| row.get(0)).ok()?;
    let restored: Restored = serde_json::from_str(&text).ok()?;
    Some(path.with_file_name(restored.aside()?))
}

fn move_aside(from: &Path, to: &Path) -> Result<()> {
    match std::fs::rename(from, to) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("Cannot move aside", from)(e)),
        _ => Ok(()),
    }
}
