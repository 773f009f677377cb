//! Adding jobs to the in-memory queue, and detecting work that is already known.

use super::moves::{fresh, same_name};
use super::{All, Row};
use crate::job::{Job, JobId, Millis, State};
use crate::queue::work::{Meaning, Work};
use crate::queue::{Added, EarlierResult, NewJob, QueuePosition, TakenNames, key_of_path, trees};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

impl All {
    pub(super) fn add_all(
        &mut self,
        jobs: &[NewJob],
        place: QueuePosition,
        taken: &TakenNames,
        now: Millis,
    ) -> Vec<Added> {
        let mut position = self.edge(place, jobs.len());
        let mut added = Vec::new();
        for job in jobs {
            added.push(self.add(job, position, taken, now));
            position += i64::from(matches!(added.last(), Some(Added::Accepted { .. })));
        }
        added
    }

    fn add(&mut self, new: &NewJob, position: i64, taken: &TakenNames, now: Millis) -> Added {
        let meaning = Meaning::of(&new.spec);
        let work = Work::of(&new.real_source, &new.root, &meaning);
        if let Some(known) = self.known(new, &work, taken) {
            return known;
        }
        let (id, output) = self.accept(new, work, position, taken, now);
        Added::Accepted { id, output }
    }

    pub(super) fn accept(
        &mut self,
        new: &NewJob,
        work: Work,
        position: i64,
        taken: &TakenNames,
        now: Millis,
    ) -> (JobId, PathBuf) {
        let mut free =
            (1..).map(|n| new.candidate(n)).filter(|name| !self.is_claimed(name) && !taken.has(name));
        let Some(output) = free.next() else { unreachable!("candidate names are unlimited") };
        self.last += 1;
        let id = JobId(self.last);
        let job = fresh(id, new, &output, position, now);
        self.rows.insert(id, Row { job, work, owner: None, attempts: Vec::new() });
        (id, output)
    }

    /// Returns the active job with the same work.
    pub(super) fn active(&self, work: &Work) -> Option<JobId> {
        self.rows.values().find(|r| r.is_active() && r.work == *work).map(|row| row.job.id)
    }

    fn known(&self, new: &NewJob, work: &Work, taken: &TakenNames) -> Option<Added> {
        if let Some(duplicate) = self.active(work) {
            return Some(Added::Duplicate(duplicate));
        }
        let done = self.results(new).filter(|r| taken.has(&r.job.output));
        if let Some(row) = done.max_by_key(|r| (r.job.finished_at, r.job.id)).filter(|_| !new.again) {
            return Some(Added::DoneBefore(row.job.id));
        }
        let ended = |r: &&Row| {
            matches!(r.job.state, State::Failed | State::Cancelled) && r.work == *work && is_of(r, new)
        };
        let ended = self.rows.values().filter(ended).max_by_key(|r| (r.job.finished_at, r.job.id));
        if let Some(row) = ended.filter(|_| !new.again) {
            return Some(Added::EndedBefore(row.job.id, row.job.state));
        }
        let made = |r: &&Row| {
            matches!(r.job.state, State::Done | State::Running)
                && same_name(&r.job.output, &new.source)
                && r.job.source != r.job.output
        };
        let listed = self.rows.values().filter(made).max_by_key(|r| r.job.id);
        let removed = self.removed.iter().filter(|r| r.job.output_size == new.source_size);
        let own = listed.or_else(|| removed.filter(made).max_by_key(|r| r.job.id));
        own.filter(|_| new.from_folder).map(|row| Added::OwnOutput(row.job.id))
    }

    /// Returns the done jobs with the same work on the same file, in the list or not.
    pub(super) fn results<'a>(&'a self, new: &'a NewJob) -> impl Iterator<Item = &'a Row> {
        let meaning = Meaning::of(&new.spec);
        let work = Work::of(&new.real_source, &new.root, &meaning);
        let earlier = work.earlier(&meaning);
        let done = self.rows.values().chain(&self.removed).filter(|r| r.job.state == State::Done);
        done.filter(move |r| (r.work == work || earlier.contains(&r.work)) && is_of(r, new))
    }

    /// Returns the results of done jobs with the same work on the same file, and the expected results of active jobs
    /// with the same work.
    pub(super) fn earlier_results(&self, new: &NewJob) -> Vec<EarlierResult> {
        let work = Work::of(&new.real_source, &new.root, &Meaning::of(&new.spec));
        let active = self.rows.values().filter(|r| r.is_active() && r.work == work).map(|r| (r, true));
        let results = self.results(new).map(|r| (r, false)).chain(active);
        results.map(|(r, to_come)| EarlierResult { path: r.job.output.clone(), to_come }).collect()
    }

    /// Returns the name of the folder for the results of an added folder; chosen once and then kept.
    pub(super) fn tree(&mut self, destination: &Path, root: &Path) -> OsString {
        let key = (destination.to_owned(), root.to_owned());
        if let Some(name) = self.trees.get(&key) {
            return name.clone();
        }
        let there = self.trees.iter().filter(|((other, _), _)| other == destination);
        let names: Vec<_> = there.map(|(_, name)| key_of_path(Path::new(name))).collect();
        let (name, _) = trees::first_free(root, |key| names.iter().any(|name| name == key));
        self.trees.insert(key, name.clone());
        name
    }

    /// Removes a job from the list. If it was done, its result is remembered, once for each work and name.
    pub(super) fn remove(&mut self, id: JobId) {
        let Some(row) = self.rows.remove(&id).filter(|row| row.job.state == State::Done) else { return };
        self.removed.retain(|r| r.work != row.work || !same_name(&r.job.output, &row.job.output));
        self.removed.push(row);
    }

    fn is_claimed(&self, name: &Path) -> bool {
        self.rows.values().any(|r| r.is_active() && same_name(&r.job.output, name))
    }

    pub(super) fn edge(&self, place: QueuePosition, count: usize) -> i64 {
        let positions = self.rows.values().map(|r| r.job.position);
        match place {
            QueuePosition::End => positions.max().unwrap_or(0) + 1,
            QueuePosition::Top => positions.min().unwrap_or(1) - count as i64,
        }
    }
}

/// Is it a job of the same file, by size and modification time? An unknown modification time matches any.
fn is_of(row: &Row, new: &NewJob) -> bool {
    let Job { source_size, source_mtime_ns, .. } = &row.job;
    *source_size == new.source_size && (source_mtime_ns.is_none() || *source_mtime_ns == new.source_mtime_ns)
}
