//! Implements the parts of the queue. Each call runs in a transaction or on the reading connection, with the SQL of
//! another module.

use super::{
    SqliteQueue, add, backup, claim, commands, data_version, edit, filter_cache, known, learned, lists, lock,
    replace, sums,
};
use crate::error::Result;
use crate::failure::FailureCode;
use crate::finding::Check;
use crate::forecast::learned::Sample;
use crate::job::{Attempt, Job, JobId, Lease, Millis, State};
use crate::media::Facts;
use crate::progress::Progress;
use crate::queue::{
    Added, Command, CommandResult, Commands, Counts, Cursor, Details, EarlierResult, Edit, Edited, Filter,
    Flag, Leases, Lists, NewJob, Note, Outcome, QueuePosition, Recent, Replaced, Saved, Selection, Successor,
    TakenNames, WaitingForSpace,
};
use crate::verification::Verification;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

impl Leases for SqliteQueue {
    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>> {
        // The clock is read inside the transaction, so that a retry that became due while waiting is not missed.
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

    fn abandoned(&self, owner: &str) -> Result<Vec<Job>> {
        self.read(|c| lists::abandoned(c, owner))
    }

    fn changed_elsewhere(&self) -> Result<bool> {
        let version = data_version(&lock(&self.writer))?;
        let mut seen = lock(&self.seen_version);
        Ok(std::mem::replace(&mut *seen, version) != version)
    }

    fn let_go(&self) {
        if let Some(Err(cause)) = self.in_use.as_ref().map(File::unlock) {
            tracing::warn!(%cause, "the in-use lock of the queue could not be released");
        }
    }

    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64> {
        backup::retire(self, done_before, keep_done, cancelled_before)
    }
}

impl Commands for SqliteQueue {
    fn add(&self, jobs: &[NewJob], place: QueuePosition, taken: &TakenNames) -> Result<Vec<Added>> {
        add::add(self, jobs, place, taken)
    }

    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString> {
        self.write(|t| add::tree(t, destination, root))
    }

    fn edit(&self, edits: &[Edit], taken: &TakenNames) -> Result<Vec<Edited>> {
        edit::edit(self, edits, taken)
    }

    fn replace(&self, successors: &[Successor], taken: &TakenNames) -> Result<Vec<Replaced>> {
        replace::replace(self, successors, taken)
    }

    fn apply(&self, command: Command, which: &Selection) -> Result<CommandResult> {
        commands::apply(self, command, which)
    }
}

impl Lists for SqliteQueue {
    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>> {
        if filter.is_plain() {
            return self.read(|c| lists::page(c, &filter.states, offset, limit));
        }
        let found = filter_cache::filtered_ids(self, filter)?;
        let page = found.iter().skip(offset as usize).take(limit as usize);
        // A job that was removed meanwhile is missing from the page.
        self.read(|c| page.filter_map(|id| lists::job(c, *id).transpose()).collect())
    }

    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>> {
        if filter.is_plain() {
            return self.read(|c| lists::ids(c, &filter.states));
        }
        Ok(filter_cache::filtered_ids(self, filter)?.to_vec())
    }

    fn running(&self, owner: &str) -> Result<Vec<Job>> {
        self.read(|c| lists::running(c, owner))
    }

    fn page_after(&self, states: &[State], after: Option<Cursor>, limit: u64) -> Result<Vec<Job>> {
        self.read(|c| lists::page_after(c, states, after, limit))
    }

    fn startable(&self, after: Option<Cursor>, limit: u64) -> Result<Vec<Job>> {
        self.read(|c| lists::startable(c, after, limit))
    }

    fn matching(&self, filter: &Filter) -> Result<u64> {
        if filter.name.is_empty() {
            return self.read(|c| lists::count(c, &filter.states));
        }
        Ok(filter_cache::filtered_ids(self, filter)?.len() as u64)
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

    fn queued_bytes(&self) -> Result<u64> {
        self.read(sums::queued_bytes)
    }

    fn waiting_for_space(&self) -> Result<WaitingForSpace> {
        self.read(sums::waiting_for_space)
    }

    fn saved(&self) -> Result<Saved> {
        self.read(sums::saved)
    }

    fn recent(&self, since: Millis) -> Result<Recent> {
        self.read(|c| sums::recent(c, since))
    }

    fn volumes(&self) -> Result<Vec<PathBuf>> {
        self.read(lists::volumes)
    }
}

impl Details for SqliteQueue {
    fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.read(|c| lists::job(c, id))
    }

    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>> {
        self.read(|c| lists::attempts(c, id))
    }

    fn describe(&self, id: JobId, facts: &Facts) -> Result<()> {
        self.write(|t| claim::describe(t, id, facts))
    }

    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool> {
        self.write(|t| claim::keep_check(t, id, check, verification))
    }

    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>> {
        self.read(|c| known::earlier_results(c, jobs))
    }

    fn learn(&self, sample: &Sample) -> Result<()> {
        self.write(|t| learned::learn(t, sample))
    }

    fn learned(&self) -> Result<Vec<Sample>> {
        self.read(learned::learned)
    }

    fn flag(&self, flag: Flag) -> Result<Option<String>> {
        self.read(|c| super::flag(c, flag))
    }

    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()> {
        self.write(|t| super::set_flag(t, flag, value))
    }
}
