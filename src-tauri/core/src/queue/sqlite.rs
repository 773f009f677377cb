//! The queue in one SQLite file, shared by every process that uses a data folder.
//!
//! Guarantees the promises of `Queue` through SQLite's own: each call is one immediate transaction (a command on many jobs
//! several) with `synchronous=FULL` in WAL mode, so what was answered is on disk. SQLite is bundled because Debian's 3.40
//! has the WAL-reset corruption bug mended in 3.51.3; `open` asserts the version.
//!
//! SQL stands in this file's folder and nowhere else. One connection writes and one reads, each behind a
//! lock: SQLite allows one writer at a time anyway, and a reader never waits for it.

mod add;
mod adopt;
mod claim;
mod damage;
mod edit;
mod found;
mod keys;
mod known;
mod learned;
mod lists;
pub mod mend;
mod naming;
mod open;
mod rows;
mod salvage;
mod steer;
mod still;
mod sums;
mod turn;
pub mod upkeep;

use super::{
    Added, Command, Counts, Crowded, EarlierResult, Edit, Edited, Filter, Flag, Mark, NewJob, Note, Outcome,
    Place, Queue, Recent, Saved, Steered, Which,
};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::failure::FailureCode;
use crate::forecast::learned::Sample;
use crate::job::{Attempt, Job, JobId, Lease, Millis, State};
use crate::media::Facts;
use crate::progress::Progress;
use crate::recheck::finding::Check;
use crate::verify::verification::Verification;
use found::Found;
use open::Opened;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use still::Still;

/// The queue of one data folder.
pub struct SqliteQueue {
    // Dropped in this order: the last to close must be the one that may write, for it tidies up the log.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    seen_version: Mutex<i64>,
    found: Mutex<Option<Found>>,
    clock: Arc<dyn Clock>,
    in_use: Option<File>,
    /// It can only be read.
    still: Option<Still>,
}

impl SqliteQueue {
    /// Opens the database at `path`, creating or migrating it; before a migration a copy is kept beside it.
    ///
    /// # Errors
    /// `NewerSchema`, `Foreign`, `Corrupt`, `OldSqlite`, `DatabaseFull` or `Database`; nothing was changed then.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let Opened { writer, in_use } = open::open(path)?;
        let reader = Mutex::new(open::reader(path)?);
        let seen_version = Mutex::new(data_version(&writer)?);
        let (writer, in_use) = (Mutex::new(writer), Some(in_use));
        Ok(SqliteQueue { reader, writer, seen_version, found: Mutex::default(), clock, in_use, still: None })
    }

    /// The same for who only reads: a queue that cannot be opened as usual, since its disk is full or it is another user's,
    /// is read as it stands. Nothing can be written to it then.
    pub fn open_to_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        match SqliteQueue::open(path, clock.clone()) {
            Err(refused @ (Error::DatabaseFull | Error::NotYours { .. } | Error::Io { .. })) => {
                SqliteQueue::only_read(path, clock).map_err(|_| refused)
            }
            other => other,
        }
    }

    fn only_read(path: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
        let still = Still::of(path)?;
        let (reader, writer) = (Mutex::new(still.connect()?), Mutex::new(still.connect()?));
        let (seen_version, found) = (Mutex::default(), Mutex::default());
        Ok(SqliteQueue { reader, writer, seen_version, found, clock, in_use: None, still: Some(still) })
    }

    /// One immediate transaction; rolled back when `work` fails or panics.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.write_when(work, |_| true)
    }

    /// The same; rolled back also where the answer is not one to `keep`.
    fn write_when<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T>,
        keep: impl FnOnce(&T) -> bool,
    ) -> Result<T> {
        if let Some(still) = &self.still {
            return Err(still.refusal());
        }
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let answer = work(&transaction)?;
        if keep(&answer) {
            transaction.commit()?;
        }
        Ok(answer)
    }

    /// One consistent look at the last committed state.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let found = work(&lock(&self.reader));
        self.still.as_ref().map_or(Ok(()), Still::check)?;
        found
    }
}

/// A panic elsewhere leaves no half-done work behind a connection: its transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn data_version(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

impl Queue for SqliteQueue {
    fn add(&self, jobs: &[NewJob], place: Place, taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Added>> {
        add::add(self, jobs, place, taken)
    }

    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>> {
        self.read(|c| known::earlier_results(c, jobs))
    }

    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString> {
        self.write(|t| add::tree(t, destination, root))
    }

    fn volumes(&self) -> Result<Vec<PathBuf>> {
        self.read(lists::volumes)
    }

    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>> {
        // The time is read once the transaction has begun: a wait for it must not pass over a retry due by now.
        self.write(|t| claim::claim(t, boot, owner, alone, self.clock.now()))
    }

    fn note(&self, lease: Lease, note: &Note) -> Result<bool> {
        self.write(|t| claim::note(t, lease, note))
    }

    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool> {
        let now = self.clock.now();
        self.write(|t| claim::settle(t, lease, outcome, now))
    }

    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()> {
        self.write(|t| claim::save_progress(t, progress))
    }

    fn steer(&self, command: Command, which: &Which) -> Result<Steered> {
        steer::steer(self, command, which)
    }

    fn edit(&self, edits: &[Edit], taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Edited>> {
        edit::edit(self, edits, taken)
    }

    fn describe(&self, id: JobId, facts: &Facts) -> Result<()> {
        self.write(|t| claim::describe(t, id, facts))
    }

    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool> {
        self.write(|t| claim::keep_check(t, id, check, verification))
    }

    fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.read(|c| lists::job(c, id))
    }

    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>> {
        self.read(|c| lists::attempts(c, id))
    }

    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>> {
        if filter.is_plain() {
            return self.read(|c| lists::page(c, &filter.states, offset, limit));
        }
        let found = found::found(self, filter)?;
        let page = found.iter().skip(offset as usize).take(limit as usize);
        // One that has gone meanwhile is missing from the page.
        self.read(|c| page.filter_map(|id| lists::job(c, *id).transpose()).collect())
    }

    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>> {
        if filter.is_plain() {
            return self.read(|c| lists::ids(c, &filter.states));
        }
        Ok(found::found(self, filter)?.to_vec())
    }

    fn onward(&self, states: &[State], after: Option<Mark>, limit: u64) -> Result<Vec<Job>> {
        self.read(|c| lists::onward(c, states, after, limit))
    }

    fn startable(&self, after: Option<Mark>, limit: u64) -> Result<Vec<Job>> {
        self.read(|c| lists::startable(c, after, limit))
    }

    fn matching(&self, filter: &Filter) -> Result<u64> {
        if filter.name.is_empty() {
            return self.read(|c| lists::count(c, &filter.states));
        }
        Ok(found::found(self, filter)?.len() as u64)
    }

    fn counts(&self) -> Result<Counts> {
        self.read(sums::counts)
    }

    fn causes(&self) -> Result<Vec<(FailureCode, u64)>> {
        self.read(sums::causes)
    }

    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>> {
        self.read(|c| lists::failed_by(c, cause, offset, limit))
    }

    fn startable_before(&self, position: i64) -> Result<u64> {
        let now = self.clock.now();
        self.read(|c| lists::startable_before(c, position, now))
    }

    fn left(&self) -> Result<u64> {
        self.read(sums::left)
    }

    fn crowded(&self) -> Result<Crowded> {
        self.read(sums::crowded)
    }

    fn saved(&self) -> Result<Saved> {
        self.read(sums::saved)
    }

    fn recent(&self, since: Millis) -> Result<Recent> {
        self.read(|c| sums::recent(c, since))
    }

    fn learn(&self, sample: &Sample) -> Result<()> {
        self.write(|t| learned::learn(t, sample))
    }

    fn learned(&self) -> Result<Vec<Sample>> {
        self.read(learned::learned)
    }

    fn flag(&self, flag: Flag) -> Result<Option<String>> {
        self.read(|c| self::flag(c, flag))
    }

    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()> {
        self.write(|t| set_flag(t, flag, value))
    }

    fn changed_elsewhere(&self) -> Result<bool> {
        let version = data_version(&lock(&self.writer))?;
        let mut seen = lock(&self.seen_version);
        Ok(std::mem::replace(&mut *seen, version) != version)
    }

    fn let_go(&self) {
        if let Some(Err(cause)) = self.in_use.as_ref().map(File::unlock) {
            tracing::warn!(%cause, "the queue still counts as in use");
        }
    }

    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64> {
        upkeep::retire(self, done_before, keep_done, cancelled_before)
    }
}

fn flag(c: &Connection, flag: Flag) -> Result<Option<String>> {
    let sql = "SELECT value FROM flag WHERE name = ?1";
    Ok(c.prepare_cached(sql)?.query_row([flag.as_str()], |row| row.get(0)).optional()?)
}

fn set_flag(t: &Transaction<'_>, flag: Flag, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => {
            t.execute("INSERT OR REPLACE INTO flag (name, value) VALUES (?1, ?2)", [flag.as_str(), value])?
        }
        None => t.execute("DELETE FROM flag WHERE name = ?1", [flag.as_str()])?,
    };
    Ok(())
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Error::DatabaseFull,
            // The memory that connections share lies on the same disk.
            _ if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                Error::DatabaseFull
            }
            _ if damage::is_damage(&error) => Error::Damaged,
            _ => Error::Database(error.to_string()),
        }
    }
}
