//! Waiting jobs: checks whether what they wait for is available, and releases them.
//!
//! Guarantees that a sweep neither accesses a drive nor reads a long list. A survey reads the waiting jobs in parts on
//! a thread of its own. Checks run on further threads: one at a time for each set of volumes, for all jobs that need
//! these. Each sweep releases only some of the jobs found ready.

mod look;

use super::unchanged::Moment;
use super::work::Stamp;
use super::{Pool, WorkerReport, admission, breaker, space};
use crate::error::Result;
use crate::event::Event;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, State};
use crate::queue::{Command, Cursor, Flag, Selection};
use crate::shared::Shared;
use crate::volumes::mounts::{self, Mounts};
pub(crate) use look::Looked;
use look::{NeedsRoom, Roots, code, roots};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most jobs released in one sweep; the next sweep releases more.
const RELEASED: usize = 8;

/// Jobs that a survey reads at a time, so that others can use the queue in between.
const PART: u64 = 200;

/// Which waiting jobs to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    /// Those that wait for space: a job ended and may have freed some.
    Room,
    /// All.
    All,
}

/// Waiting jobs by the volumes that a check of them accesses.
pub(crate) type Surveyed = Vec<(Roots, Vec<Job>)>;

/// The pool's state for waiting jobs.
#[derive(Default)]
pub(super) struct Waiting {
    checked: Option<Duration>,
    /// Stamps of the mounts and of the known volumes at the last check.
    stamp: (u64, u64),
    /// A job ended since the last check.
    freed: bool,
    /// Start of the running survey, and the scope of the next one.
    surveying: Option<Instant>,
    next: Option<Scope>,
    /// Starts of the running checks, and those of them that must be repeated for later changes.
    looking: HashMap<Roots, Instant>,
    missed: std::collections::HashSet<Roots>,
    /// Jobs to be released.
    ready: VecDeque<JobId>,
}

impl Waiting {
    /// Records that a job ended, which may have freed space that others wait for.
    pub(super) fn freed(&mut self) {
        self.freed = true;
    }

    /// Checks whether jobs are to be released, or a survey or check is running for less than `patience`.
    pub(super) fn is_looking(&self, patience: Duration) -> bool {
        let mut starts = self.looking.values().chain(&self.surveying);
        !self.ready.is_empty() || starts.any(|start| start.elapsed() < patience)
    }
}

impl Pool {
    /// Starts checks of the waiting jobs when volumes change and at intervals; of jobs that wait for space also after a
    /// job ended.
    pub(super) fn look_at_waiting(&mut self) -> Result<()> {
        self.release_ready()?;
        let awake = self.shared.clock.awake();
        let every = self.shared.policy.wait_recheck;
        let due = self.waiting.checked.is_none_or(|last| awake.saturating_sub(last) >= every);
        let stamp = (mounts::stamp(), self.shared.volumes.stamp());
        let freed = std::mem::take(&mut self.waiting.freed);
        if due || stamp != self.waiting.stamp {
            (self.waiting.checked, self.waiting.stamp) = (Some(awake), stamp);
            // Failures become old even if no job ends.
            if self.shared.queue.flag(Flag::Alarm)?.is_some() {
                breaker::check_alarm(&self.shared)?;
            }
            if self.shared.queue.counts()?.waiting > 0 {
                self.survey(Scope::All);
            }
        } else if freed && self.shared.queue.waiting_for_space()?.jobs > 0 {
            self.survey(Scope::Room);
        }
        Ok(())
    }

    fn survey(&mut self, scope: Scope) {
        if self.waiting.surveying.is_some() {
            self.waiting.next = self.waiting.next.max(Some(scope));
            return;
        }
        self.waiting.surveying = Some(Instant::now());
        let (shared, reports) = (self.shared.clone(), self.reports.clone());
        let survey = move || drop(reports.send(WorkerReport::Surveyed(survey(&shared, scope))));
        if let Err(cause) = std::thread::Builder::new().name("waiting".into()).spawn(survey) {
            self.waiting.surveying = None;
            tracing::warn!(%cause, "the thread that reads the waiting jobs could not be started");
        }
    }

    pub(super) fn take_surveyed(&mut self, surveyed: Result<Surveyed>) -> Result<()> {
        self.waiting.surveying = None;
        if let Some(next) = self.waiting.next.take() {
            self.survey(next);
        }
        for (roots, jobs) in surveyed? {
            self.look_at(roots, jobs);
        }
        Ok(())
    }

    /// Starts a check of these jobs, unless one of the same volumes is still running.
    fn look_at(&mut self, roots: Roots, jobs: Vec<Job>) {
        if self.waiting.looking.contains_key(&roots) {
            // The check is repeated after the running one, for changes in the meantime.
            self.waiting.missed.insert(roots);
            return;
        }
        self.waiting.looking.insert(roots.clone(), Instant::now());
        let (tooling, volumes, reports) =
            (self.shared.tooling.clone(), self.shared.volumes.clone(), self.reports.clone());
        let (at, patience) = (roots.clone(), self.shared.policy.volume_patience);
        let look = move || {
            drop(reports.send(WorkerReport::Looked(look::look(at, jobs, &tooling, &volumes, patience))));
        };
        if let Err(cause) = std::thread::Builder::new().name("waiting".into()).spawn(look) {
            self.waiting.looking.remove(&roots);
            tracing::warn!(%cause, "the thread that checks waiting jobs could not be started");
        }
    }

    /// Takes the result of a check, and releases the first of the ready jobs.
    pub(super) fn take_looked(&mut self, looked: Looked) -> Result<()> {
        self.waiting.looking.remove(&looked.roots);
        if self.waiting.missed.remove(&looked.roots) {
            self.waiting.checked = None;
        }
        self.waiting.ready.extend(looked.ready);
        let fitting = self.fitting(looked.need_room);
        self.waiting.ready.extend(fitting);
        let rested = self.rested(looked.written);
        self.waiting.ready.extend(rested);
        self.release_ready()
    }

    fn release_ready(&mut self) -> Result<()> {
        let ready = &mut self.waiting.ready;
        let some: Vec<JobId> = ready.drain(..RELEASED.min(ready.len())).collect();
        if some.is_empty() {
            return Ok(());
        }
        if !ready.is_empty() {
            self.shared.wake.notify_one();
        }
        self.shared.queue.apply(Command::Now, &Selection::Ids(some))?;
        self.shared.emit(Event::QueueChanged);
        Ok(())
    }

    /// Returns the jobs whose sources are no longer written to.
    fn rested(&mut self, written: Vec<(JobId, Option<Stamp>)>) -> Vec<JobId> {
        let at = Moment { awake: self.shared.clock.awake(), now: self.shared.clock.now() };
        let still = self.shared.policy.wait_recheck;
        let rests = |(id, stamp)| self.unchanged.is_unchanged(id, stamp, at, still).then_some(id);
        written.into_iter().filter_map(rests).collect()
    }

    /// Returns the jobs that have space now, each in addition to those before it.
    fn fitting(&self, need_room: Vec<NeedsRoom>) -> Vec<JobId> {
        let mut promised: HashMap<Option<String>, Option<u64>> = HashMap::new();
        let mut fitting = Vec::new();
        for NeedsRoom { id, need, device, free } in need_room {
            let here = promised.entry(device).or_insert_with_key(|device| {
                admission::promised(&self.shared, &self.shared.reservations(), device.as_deref())
            });
            if space::fits(need, free, self.shared.policy.disk_reserve, *here) {
                *here = Some(here.unwrap_or(0) + need.bytes());
                fitting.push(id);
            }
        }
        fitting
    }
}

/// Reads the waiting jobs from the queue. Accesses no drive.
fn survey(shared: &Arc<Shared>, scope: Scope) -> Result<Surveyed> {
    let (mounts, mut after) = (Mounts::read(), None);
    let mut by_roots: HashMap<Roots, Vec<Job>> = HashMap::new();
    loop {
        let part = shared.queue.page_after(&[State::Waiting], after, PART)?;
        let Some(last) = part.last() else { return Ok(by_roots.into_iter().collect()) };
        after = Some(Cursor::from(last));
        let wanted = |job: &Job| scope == Scope::All || code(job) == Some(FailureCode::DiskFull);
        for job in part.into_iter().filter(|job| job.spec.is_some() && wanted(job)) {
            by_roots.entry(roots(&job, &mounts)).or_default().push(job);
        }
    }
}
