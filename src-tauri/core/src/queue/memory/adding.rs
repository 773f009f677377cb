//! Adding to the queue in memory, and what it knows of a file that is added.

use super::moves::{fresh, same_name};
use super::{All, Row};
use crate::job::{Job, JobId, Millis, State};
use crate::queue::work::{Meaning, Work};
use crate::queue::{Added, EarlierResult, NewJob, Place, key_of_path, trees};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Which names are in use on disk, and which of them that is still to be asked of.
#[derive(Default)]
pub(super) struct Looks {
    known: HashMap<PathBuf, bool>,
    open: RefCell<Vec<PathBuf>>,
}

impl Looks {
    /// Is this name in use? Where that is not known it counts as free for now.
    fn taken(&self, path: &Path) -> bool {
        let known = self.known.get(path).copied();
        if known.is_none() {
            self.open.borrow_mut().push(path.to_owned());
        }
        known.unwrap_or(false)
    }

    /// Was everything known that was asked? What was not is known afterwards.
    pub(super) fn all_answered(&mut self, taken: &dyn Fn(&Path) -> bool) -> bool {
        let open = self.open.take();
        let all_answered = open.is_empty();
        self.known.extend(open.into_iter().map(|path| {
            let is_taken = taken(&path);
            (path, is_taken)
        }));
        all_answered
    }
}

impl All {
    /// Adds these, unless something of a disk is not known that it depends on: then nothing changes.
    pub(super) fn add_all(
        &mut self,
        jobs: &[NewJob],
        place: Place,
        looks: &Looks,
        now: Millis,
    ) -> Vec<Added> {
        let (last, mut position) = (self.last, self.edge(place, jobs.len()));
        let mut added = Vec::new();
        for job in jobs {
            added.push(self.add(job, position, looks, now));
            position += i64::from(matches!(added.last(), Some(Added::Accepted { .. })));
        }
        if !looks.open.borrow().is_empty() {
            self.rows.retain(|id, _| id.0 <= last);
            self.last = last;
        }
        added
    }

    fn add(&mut self, new: &NewJob, position: i64, looks: &Looks, now: Millis) -> Added {
        let meaning = Meaning::of(&new.spec);
        let work = Work::of(&new.real_source, &new.root, &meaning);
        if let Some(known) = self.known(new, &work, looks) {
            return known;
        }
        let mut free =
            (1..).map(|n| new.candidate(n)).filter(|name| !self.is_claimed(name) && !looks.taken(name));
        let Some(output) = free.next() else { unreachable!("there are endlessly many names") };
        self.last += 1;
        let id = JobId(self.last);
        let job = fresh(id, new, &output, position, now);
        self.rows.insert(id, Row { job, work, owner: None, attempts: Vec::new() });
        Added::Accepted { id, output }
    }

    fn known(&self, new: &NewJob, work: &Work, looks: &Looks) -> Option<Added> {
        if let Some(twin) = self.rows.values().find(|r| r.is_active() && r.work == *work) {
            return Some(Added::Duplicate(twin.job.id));
        }
        let done = self.results(new).filter(|r| looks.taken(&r.job.output));
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

    /// Jobs that did the same to this very file, in the list or not.
    pub(super) fn results<'a>(&'a self, new: &'a NewJob) -> impl Iterator<Item = &'a Row> {
        let meaning = Meaning::of(&new.spec);
        let work = Work::of(&new.real_source, &new.root, &meaning);
        let earlier = work.earlier(&meaning);
        let done = self.rows.values().chain(&self.removed).filter(|r| r.job.state == State::Done);
        done.filter(move |r| (r.work == work || earlier.contains(&r.work)) && is_of(r, new))
    }

    /// Those of jobs that did the same to this very file, and those to come of active jobs of the same work.
    pub(super) fn earlier_results(&self, new: &NewJob) -> Vec<EarlierResult> {
        let work = Work::of(&new.real_source, &new.root, &Meaning::of(&new.spec));
        let active = self.rows.values().filter(|r| r.is_active() && r.work == work).map(|r| (r, true));
        let results = self.results(new).map(|r| (r, false)).chain(active);
        results.map(|(r, to_come)| EarlierResult { path: r.job.output.clone(), to_come }).collect()
    }

    /// The name of the folder for the results of an added folder, chosen once.
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

    /// Takes a job off the list; what it did is remembered, once for each work and name.
    pub(super) fn remove(&mut self, id: JobId) {
        let Some(row) = self.rows.remove(&id).filter(|row| row.job.state == State::Done) else { return };
        self.removed.retain(|r| r.work != row.work || !same_name(&r.job.output, &row.job.output));
        self.removed.push(row);
    }

    fn is_claimed(&self, name: &Path) -> bool {
        self.rows.values().any(|r| r.is_active() && same_name(&r.job.output, name))
    }

    pub(super) fn edge(&self, place: Place, count: usize) -> i64 {
        let positions = self.rows.values().map(|r| r.job.position);
        match place {
            Place::End => positions.max().unwrap_or(0) + 1,
            Place::Top => positions.min().unwrap_or(1) - count as i64,
        }
    }
}

/// Is it a job of this very file? Where its time of modification is not known, any will do.
fn is_of(row: &Row, new: &NewJob) -> bool {
    let Job { source_size, source_mtime_ns, .. } = &row.job;
    *source_size == new.source_size && (source_mtime_ns.is_none() || *source_mtime_ns == new.source_mtime_ns)
}
