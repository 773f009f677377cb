//! The queue in memory: the same rules as SQLite's in the plainest form, as a second reading of the contract
//! and for tests of the engine that need no disk. Durable only as long as the process.

mod adding;
mod edit;
mod moves;

use super::chosen::{Brief, chosen};
use super::work::Work;
use super::{
    Added, Command, Counts, Crowded, EarlierResult, Edit, Edited, Filter, Flag, Mark, NewJob, Note, Outcome,
    Place, Queue, Recent, Refusal, Saved, Steered, Which, fits, in_order, newest_first, starts, wants_hold,
};
use crate::clock::Clock;
use crate::error::Result;
use crate::failure::FailureCode;
use crate::forecast::learned::{Sample, keep};
use crate::job::{Attempt, Job, JobId, Lease, Millis, State};
use crate::media::Facts;
use crate::policy::{SUSPECT_CRASHES, is_due};
use crate::progress::Progress;
use crate::recheck::finding::Check;
use crate::verify::verification::Verification;
use adding::Looks;
use moves::{begin, change, end, is_past, keep_check, same_name};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A queue that forgets everything at the end.
pub struct MemoryQueue {
    all: Mutex<All>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct All {
    last: i64,
    rows: BTreeMap<JobId, Row>,
    flags: HashMap<&'static str, String>,
    /// Done jobs that were removed.
    removed: Vec<Row>,
    trees: BTreeMap<(PathBuf, PathBuf), OsString>,
    learned: Vec<Sample>,
}

struct Row {
    job: Job,
    work: Work,
    owner: Option<String>,
    attempts: Vec<Attempt>,
}

impl Row {
    fn is_active(&self) -> bool {
        !self.job.state.is_ended()
    }

    fn may_start(&self, now: Millis) -> bool {
        let job = &self.job;
        job.state == State::Queued && !job.hold && job.spec.is_some() && is_due(job.run_at, now)
    }
}

impl MemoryQueue {
    /// An empty queue.
    pub fn new(clock: Arc<dyn Clock>) -> MemoryQueue {
        MemoryQueue { all: Mutex::default(), clock }
    }

    /// Makes a job one that another version of Spool wrote and this one cannot read.
    pub fn make_unreadable(&self, id: JobId) {
        if let Some(row) = self.all().rows.get_mut(&id) {
            (row.job.spec, row.job.foreign_format) = (None, Some(2));
        }
    }

    fn failed(&self) -> Result<Vec<Job>> {
        self.page(&Filter::of(&[State::Failed]), 0, u64::MAX)
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn leased(&mut self, lease: Lease) -> Option<&mut Row> {
        let row = self.rows.get_mut(&lease.id)?;
        (row.job.state == State::Running && row.job.epoch == lease.epoch).then_some(row)
    }

    fn steer(&mut self, command: Command, id: JobId, named: &[JobId], now: Millis) -> Option<Refusal> {
        let Some(row) = self.rows.get(&id) else { return Some(Refusal::NotFound) };
        let state = row.job.state;
        if !fits(command, state) {
            return Some(Refusal::State(state));
        }
        if starts(command) && row.job.spec.is_none() {
            return Some(Refusal::Unreadable);
        }
        let active =
            |r: &Row| r.is_active() && (r.work == row.work || same_name(&r.job.output, &row.job.output));
        if command == Command::Retry && self.rows.values().any(active) {
            return Some(Refusal::Active);
        }
        match command {
            Command::Remove => self.remove(id),
            Command::MoveTop => self.set_position(id, self.edge(Place::Top, 1)),
            Command::MoveBottom => self.set_position(id, self.edge(Place::End, 1)),
            Command::MoveUp => self.swap(id, named, true),
            Command::MoveDown => self.swap(id, named, false),
            _ => change(&mut self.rows.get_mut(&id)?.job, command, now),
        }
        None
    }
}

impl Queue for MemoryQueue {
    fn add(&self, jobs: &[NewJob], place: Place, taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Added>> {
        let mut looks = Looks::default();
        // Nobody waits for a drive: the queue is not locked while one is asked.
        loop {
            let added = self.all().add_all(jobs, place, &looks, self.clock.now());
            if looks.all_answered(taken) {
                return Ok(added);
            }
        }
    }

    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>> {
        let all = self.all();
        Ok(jobs.iter().flat_map(|job| all.earlier_results(job)).collect())
    }

    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString> {
        Ok(self.all().tree(destination, root))
    }

    fn volumes(&self) -> Result<Vec<PathBuf>> {
        let all = self.all();
        let of = |row: &Row| [row.job.source_volume.clone(), row.job.output_volume.clone()];
        let volumes: BTreeSet<PathBuf> = all.rows.values().flat_map(of).flatten().collect();
        Ok(volumes.into_iter().collect())
    }

    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>> {
        let (mut all, now) = (self.all(), self.clock.now());
        let paused = all.flags.contains_key(Flag::Paused.as_str());
        let free =
            all.rows.values_mut().filter(|r| !paused && r.may_start(now)).min_by_key(|r| r.job.position);
        Ok(free.filter(|r| alone || r.job.crashes < SUSPECT_CRASHES).map(|row| {
            begin(row, boot, owner, now);
            row.job.clone()
        }))
    }

    fn note(&self, lease: Lease, note: &Note) -> Result<bool> {
        let mut all = self.all();
        let Some(row) = all.leased(lease) else { return Ok(false) };
        let Some(attempt) = row.attempts.last_mut() else { return Ok(false) };
        match note {
            Note::Source { size, mtime_ns } => {
                (row.job.source_size, row.job.source_mtime_ns) = (Some(*size), *mtime_ns);
            }
            Note::Plan { plan, part } => {
                (attempt.plan, attempt.part) = (Some(plan.clone()), Some(part.clone()));
                (row.job.intent, row.job.warnings) = (None, Vec::new());
            }
            Note::Verified(verification) => attempt.verification = Some(verification.clone()),
            Note::Command(line) => attempt.commands.push(line.clone()),
            Note::Child(child) => attempt.child = Some(child.clone()),
            Note::Publish { .. } if row.job.cancel_requested && row.job.intent.is_none() => return Ok(false),
            Note::Publish { intent, warnings } => {
                (row.job.intent, row.job.warnings) = (Some(intent.clone()), warnings.clone());
            }
        }
        Ok(true)
    }

    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool> {
        let (mut all, now) = (self.all(), self.clock.now());
        let Some(row) = all.leased(lease) else { return Ok(false) };
        end(row, outcome, now);
        if matches!(outcome, Outcome::Done { .. } | Outcome::Failed(_)) {
            all.flags.insert(Flag::EndedSinceCrash.as_str(), "1".into());
        }
        Ok(true)
    }

    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()> {
        let mut all = self.all();
        for (lease, progress) in progress {
            if let Some(row) = all.leased(*lease) {
                row.job.progress = Some(*progress);
            }
        }
        Ok(())
    }

    fn steer(&self, command: Command, which: &Which) -> Result<Steered> {
        let (mut all, now) = (self.all(), self.clock.now());
        let mut ids = match which {
            Which::Ids(ids) => ids.clone(),
            Which::All(states) => {
                let fit = |j: &&Job| {
                    states.contains(&j.state)
                        && fits(command, j.state)
                        && wants_hold(command).is_none_or(|hold| j.hold == hold)
                };
                let mut jobs: Vec<_> = all.rows.values().map(|r| &r.job).filter(fit).collect();
                jobs.sort_by_key(|j| (states.iter().position(|s| *s == j.state), j.position));
                jobs.iter().map(|j| j.id).collect()
            }
        };
        ids = in_order(command, ids, |id| Some(all.rows.get(id)?.job.position));
        let mut steered = Steered::default();
        for &id in &ids {
            match all.steer(command, id, &ids, now) {
                None => steered.done.push(id),
                Some(refusal) => steered.refused.push((id, refusal)),
            }
        }
        if matches!(which, Which::All(_)) {
            steered.refused.retain(|(_, refusal)| !matches!(refusal, Refusal::State(_) | Refusal::NotFound));
        }
        Ok(steered)
    }

    fn edit(&self, edits: &[Edit], taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Edited>> {
        let mut all = self.all();
        Ok(edits.iter().map(|edit| all.edit(edit, taken)).collect())
    }

    fn describe(&self, id: JobId, facts: &Facts) -> Result<()> {
        if let Some(row) = self.all().rows.get_mut(&id) {
            row.job.facts = Some(facts.clone());
        }
        Ok(())
    }

    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool> {
        let mut all = self.all();
        let done = all.rows.get_mut(&id).filter(|row| row.job.state == State::Done);
        Ok(done.map(|row| keep_check(row, check, verification)).is_some())
    }

    fn job(&self, id: JobId) -> Result<Option<Job>> {
        Ok(self.all().rows.get(&id).map(|r| r.job.clone()))
    }

    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>> {
        Ok(self.all().rows.get(&id).map(|r| r.attempts.clone()).unwrap_or_default())
    }

    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>> {
        let page: Vec<JobId> =
            self.ids(filter)?.into_iter().skip(offset as usize).take(limit as usize).collect();
        let all = self.all();
        Ok(page.iter().filter_map(|id| Some(all.rows.get(id)?.job.clone())).collect())
    }

    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>> {
        let all = self.all();
        let wanted = |j: &&Job| filter.states.is_empty() || filter.states.contains(&j.state);
        let mut jobs: Vec<&Job> = all.rows.values().map(|r| &r.job).filter(wanted).collect();
        if newest_first(&filter.states) {
            jobs.sort_by_key(|j| std::cmp::Reverse((j.finished_at, j.id)));
        } else {
            jobs.sort_by_key(|j| (j.position, j.id));
        }
        Ok(chosen(jobs.into_iter().map(Brief::from).collect(), filter))
    }

    fn onward(&self, states: &[State], after: Option<Mark>, limit: u64) -> Result<Vec<Job>> {
        let behind = |job: &Job| match after {
            None => true,
            Some(mark) if newest_first(states) => (job.finished_at, job.id) < (mark.finished_at, mark.id),
            Some(mark) => (job.position, job.id) > (mark.position, mark.id),
        };
        let all = self.page(&Filter::of(states), 0, u64::MAX)?;
        Ok(all.into_iter().filter(behind).take(limit as usize).collect())
    }

    fn startable(&self, after: Option<Mark>, limit: u64) -> Result<Vec<Job>> {
        let queued = self.onward(&[State::Queued], after, u64::MAX)?;
        let may_start = |job: &Job| !job.hold && job.spec.is_some();
        Ok(queued.into_iter().filter(may_start).take(limit as usize).collect())
    }

    fn matching(&self, filter: &Filter) -> Result<u64> {
        Ok(self.ids(filter)?.len() as u64)
    }

    fn counts(&self) -> Result<Counts> {
        let mut counts = Counts::default();
        for row in self.all().rows.values() {
            counts.count(row.job.state, 1);
            let queued = row.job.state == State::Queued;
            counts.held += u64::from(queued && row.job.hold);
            counts.unreadable += u64::from(queued && !row.job.hold && row.job.spec.is_none());
        }
        Ok(counts)
    }

    fn causes(&self) -> Result<Vec<(FailureCode, u64)>> {
        let mut causes: Vec<(FailureCode, u64)> = Vec::new();
        for code in self.failed()?.iter().filter_map(|job| Some(job.failure.as_ref()?.code())) {
            match causes.iter_mut().find(|(known, _)| *known == code) {
                Some((_, count)) => *count += 1,
                None => causes.push((code, 1)),
            }
        }
        Ok(causes)
    }

    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>> {
        let of_it = |job: &Job| job.failure.as_ref().is_some_and(|f| f.code() == cause);
        let all = self.failed()?.into_iter().filter(of_it);
        Ok(all.skip(offset as usize).take(limit as usize).collect())
    }

    fn startable_before(&self, position: i64) -> Result<u64> {
        let now = self.clock.now();
        let rows = &self.all().rows;
        Ok(rows.values().filter(|r| r.job.position < position && r.may_start(now)).count() as u64)
    }

    fn left(&self) -> Result<u64> {
        let all = self.all();
        let left = all.rows.values().map(|r| &r.job);
        let left = left.filter(|j| j.state == State::Queued && !j.hold && j.spec.is_some());
        Ok(left.filter_map(|job| job.source_size).sum())
    }

    fn crowded(&self) -> Result<Crowded> {
        let waiting = self.page(&Filter::of(&[State::Waiting]), 0, u64::MAX)?;
        let full = |job: &Job| job.failure.as_ref().is_some_and(|f| f.code() == FailureCode::DiskFull);
        let volumes: Vec<_> = waiting.into_iter().filter(full).map(|job| job.output_volume).collect();
        let first = volumes.first().cloned().flatten();
        let one = volumes.iter().all(|volume| *volume == first);
        Ok(Crowded { jobs: volumes.len() as u64, volume: first.filter(|_| one) })
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for job in self.all().rows.values().map(|r| &r.job).filter(|j| j.state == State::Done) {
            if let (Some(before @ 1..), Some(after @ 1..)) = (job.source_size, job.output_size) {
                saved = Saved { before: saved.before + before, after: saved.after + after };
            }
        }
        Ok(saved)
    }

    fn recent(&self, since: Millis) -> Result<Recent> {
        let ended = self.page(&Filter::of(&[State::Done, State::Failed]), 0, u64::MAX)?;
        let failed =
            ended.iter().filter(|j| j.state == State::Failed && j.finished_at >= Some(since)).count();
        Ok(Recent { failed, last_ended: ended.iter().take(10).map(|j| j.state).collect() })
    }

    fn learn(&self, sample: &Sample) -> Result<()> {
        keep(&mut self.all().learned, sample.clone());
        Ok(())
    }

    fn learned(&self) -> Result<Vec<Sample>> {
        Ok(self.all().learned.clone())
    }

    fn flag(&self, flag: Flag) -> Result<Option<String>> {
        Ok(self.all().flags.get(flag.as_str()).cloned())
    }

    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.all().flags.insert(flag.as_str(), value.to_owned()),
            None => self.all().flags.remove(flag.as_str()),
        };
        Ok(())
    }

    fn changed_elsewhere(&self) -> Result<bool> {
        Ok(false)
    }

    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64> {
        let newest = self.page(&Filter::of(&[State::Done]), 0, keep_done)?;
        let mut all = self.all();
        let before = all.rows.len();
        let past = |job: &Job| is_past(job, done_before, cancelled_before);
        let gone: Vec<JobId> =
            all.rows.values().map(|row| &row.job).filter(|job| past(job)).map(|job| job.id).collect();
        for id in gone.into_iter().filter(|id| !newest.iter().any(|job| job.id == *id)) {
            all.remove(id);
        }
        Ok((before - all.rows.len()) as u64)
    }
}
