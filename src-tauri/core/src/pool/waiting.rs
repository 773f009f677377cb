//! Waiting jobs: has what they wait for come back?
//!
//! Guarantees that the sweep neither asks a drive nor reads a long list. A survey reads what waits, part by part, on a
//! thread of its own; the looks are asked from threads of theirs, one at a time for each set of volumes and for all jobs
//! that need it; and of what they find ready each sweep lets only some go on.

mod look;

use super::rest::At;
use super::work::Stamp;
use super::{Pool, Report, admission, breaker, room};
use crate::error::Result;
use crate::event::Event;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, State};
use crate::queue::{Command, Flag, Mark, Which};
use crate::shared::Shared;
use crate::volumes::mounts::{self, Mounts};
pub(crate) use look::Looked;
use look::{NeedsRoom, Roots, code, roots};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Jobs that one sweep lets go on; the rest of a long queue comes with the next.
const RELEASED: usize = 8;

/// Jobs that a survey reads at once, so that others read between.
const PART: u64 = 200;

/// Which waiting jobs are to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    /// Those that wait for room: something ended, and may have left some.
    Room,
    /// All.
    All,
}

/// Waiting jobs by the volumes that a look at them touches.
pub(crate) type Surveyed = Vec<(Roots, Vec<Job>)>;

/// What the pool knows of waiting jobs.
#[derive(Default)]
pub(super) struct Waiting {
    checked: Option<Duration>,
    /// When volumes last came or went.
    stamp: (u64, u64),
    /// Something ended.
    freed: bool,
    /// A survey is under way since then, and what is to be surveyed after it.
    surveying: Option<Instant>,
    next: Option<Scope>,
    /// Looks that are under way, and those among them that something came too late for.
    looking: HashMap<Roots, Instant>,
    missed: std::collections::HashSet<Roots>,
    /// These may go on.
    ready: VecDeque<JobId>,
}

impl Waiting {
    /// Something ended, which may have left free what others wait for.
    pub(super) fn freed(&mut self) {
        self.freed = true;
    }

    /// Is something about to go on, or under way that may still be answered in time?
    pub(super) fn is_looking(&self, patience: Duration) -> bool {
        let mut begun = self.looking.values().chain(&self.surveying);
        !self.ready.is_empty() || begun.any(|begun| begun.elapsed() < patience)
    }
}

impl Pool {
    /// Waiting jobs are looked at when volumes come or go, and every so often; those that wait for room also when
    /// something ended.
    pub(super) fn look_at_waiting(&mut self) -> Result<()> {
        self.let_go_on()?;
        let awake = self.shared.clock.awake();
        let every = self.shared.policy.wait_recheck;
        let due = self.waiting.checked.is_none_or(|last| awake.saturating_sub(last) >= every);
        let stamp = (mounts::stamp(), self.shared.volumes.stamp());
        let freed = std::mem::take(&mut self.waiting.freed);
        if due || stamp != self.waiting.stamp {
            (self.waiting.checked, self.waiting.stamp) = (Some(awake), stamp);
            // Failures grow old while nothing ends.
            if self.shared.queue.flag(Flag::Alarm)?.is_some() {
                breaker::check_alarm(&self.shared)?;
            }
            if self.shared.queue.counts()?.waiting > 0 {
                self.survey(Scope::All);
            }
        } else if freed && self.shared.queue.crowded()?.jobs > 0 {
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
        let survey = move || drop(reports.send(Report::Surveyed(survey(&shared, scope))));
        if let Err(cause) = std::thread::Builder::new().name("waiting".into()).spawn(survey) {
            self.waiting.surveying = None;
            tracing::warn!(%cause, "no thread to read what waits");
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

    /// A look that takes its time keeps further ones from being started.
    fn look_at(&mut self, roots: Roots, jobs: Vec<Job>) {
        if self.waiting.looking.contains_key(&roots) {
            // What has changed meanwhile is seen by the look after this one.
            self.waiting.missed.insert(roots);
            return;
        }
        self.waiting.looking.insert(roots.clone(), Instant::now());
        let (tooling, volumes, reports) =
            (self.shared.tooling.clone(), self.shared.volumes.clone(), self.reports.clone());
        let (at, patience) = (roots.clone(), self.shared.policy.volume_patience);
        let look =
            move || drop(reports.send(Report::Looked(look::look(at, jobs, &tooling, &volumes, patience))));
        if let Err(cause) = std::thread::Builder::new().name("waiting".into()).spawn(look) {
            self.waiting.looking.remove(&roots);
            tracing::warn!(%cause, "no thread to look at what jobs wait for");
        }
    }

    /// Some may go on.
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
        self.let_go_on()
    }

    fn let_go_on(&mut self) -> Result<()> {
        let ready = &mut self.waiting.ready;
        let some: Vec<JobId> = ready.drain(..RELEASED.min(ready.len())).collect();
        if some.is_empty() {
            return Ok(());
        }
        if !ready.is_empty() {
            self.shared.wake.notify_one();
        }
        self.shared.queue.steer(Command::Now, &Which::Ids(some))?;
        self.shared.tell(Event::QueueChanged);
        Ok(())
    }

    /// The jobs whose videos nothing writes to any more.
    fn rested(&mut self, written: Vec<(JobId, Option<Stamp>)>) -> Vec<JobId> {
        let at = At { awake: self.shared.clock.awake(), now: self.shared.clock.now() };
        let still = self.shared.policy.wait_recheck;
        let rests = |(id, stamp)| self.resting.rests(id, stamp, at, still).then_some(id);
        written.into_iter().filter_map(rests).collect()
    }

    /// The jobs that have room by now, each beside those before it.
    fn fitting(&self, need_room: Vec<NeedsRoom>) -> Vec<JobId> {
        let mut promised: HashMap<Option<String>, Option<u64>> = HashMap::new();
        let mut fitting = Vec::new();
        for NeedsRoom { id, need, device, free } in need_room {
            let here = promised.entry(device).or_insert_with_key(|device| {
                admission::promised(&self.shared, &self.shared.places(), device.as_deref())
            });
            if room::fits(need, free, self.shared.policy.disk_reserve, *here) {
                *here = Some(here.unwrap_or(0) + need.bytes());
                fitting.push(id);
            }
        }
        fitting
    }
}

/// Reads what waits; asks no drive.
fn survey(shared: &Arc<Shared>, scope: Scope) -> Result<Surveyed> {
    let (mounts, mut after) = (Mounts::read(), None);
    let mut by_roots: HashMap<Roots, Vec<Job>> = HashMap::new();
    loop {
        let part = shared.queue.onward(&[State::Waiting], after, PART)?;
        let Some(last) = part.last() else { return Ok(by_roots.into_iter().collect()) };
        after = Some(Mark::from(last));
        let wanted = |job: &Job| scope == Scope::All || code(job) == Some(FailureCode::DiskFull);
        for job in part.into_iter().filter(|job| job.spec.is_some() && wanted(job)) {
            by_roots.entry(roots(&job, &mounts)).or_default().push(job);
        }
    }
}
