//! Waiting jobs: has what they wait for come back?
//!
//! Guarantees that the sweep asks no drive: the looks run on threads of their own, one at a time for each set of
//! volumes and for all jobs that need it, and report what they found.

use super::rest::At;
use super::work::Stamp;
use super::{Pool, Report, Tooling, admission, breaker, room};
use crate::error::Result;
use crate::event::Event;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, State};
use crate::queue::{Command, Filter, Flag, Which};
use crate::volumes::mounts::{self, Mounts};
use crate::volumes::{Volumes, answers, free_space, is_writable};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The volumes that a look touches.
type Roots = Vec<PathBuf>;

/// What a look found.
pub(crate) struct Looked {
    roots: Roots,
    /// What these waited for is there.
    ready: Vec<JobId>,
    /// These wait for room on a disk.
    need_room: Vec<NeedsRoom>,
    /// The videos of these were being written.
    written: Vec<(JobId, Option<Stamp>)>,
}

/// A job that waits for room, and the room there is.
struct NeedsRoom {
    id: JobId,
    need: room::Need,
    device: Option<String>,
    /// Free bytes where its result goes.
    free: u64,
}

impl Pool {
    /// Waiting jobs are looked at when volumes come or go, and every so often.
    pub(super) fn look_at_waiting(&mut self) -> Result<()> {
        let awake = self.shared.clock.awake();
        let due = self
            .checked_waiting
            .is_none_or(|last| awake.saturating_sub(last) >= self.shared.policy.wait_recheck);
        let stamp = (mounts::stamp(), self.shared.volumes.stamp());
        if !due && stamp == self.volumes_stamp {
            return Ok(());
        }
        (self.checked_waiting, self.volumes_stamp) = (Some(awake), stamp);
        // Failures grow old while nothing ends.
        if self.shared.queue.flag(Flag::Alarm)?.is_some() {
            breaker::check_alarm(&self.shared)?;
        }
        let waiting = self.shared.queue.page(&Filter::of(&[State::Waiting]), 0, u64::MAX >> 1)?;
        let mut by_roots: HashMap<Roots, Vec<Job>> = HashMap::new();
        let mounts = Mounts::read();
        for job in waiting.into_iter().filter(|job| job.spec.is_some()) {
            by_roots.entry(roots(&job, &mounts)).or_default().push(job);
        }
        for (roots, jobs) in by_roots {
            self.look_at(roots, jobs);
        }
        Ok(())
    }

    /// A look that does not come back, as on a drive that hangs, keeps further ones from being started.
    fn look_at(&mut self, roots: Roots, jobs: Vec<Job>) {
        if self.looking.contains_key(&roots) {
            // What has changed meanwhile is seen by the look after this one.
            self.missed.insert(roots);
            return;
        }
        self.looking.insert(roots.clone(), Instant::now());
        let (tooling, volumes, reports) =
            (self.shared.tooling.clone(), self.shared.volumes.clone(), self.reports.clone());
        let look = move || drop(reports.send(Report::Looked(look(roots, &jobs, &tooling, &volumes))));
        if let Err(cause) = std::thread::Builder::new().name("volume".into()).spawn(look) {
            tracing::warn!(%cause, "no thread to look at what jobs wait for");
        }
    }

    /// Is a look under way that may still be answered in time?
    pub(super) fn is_looking(&self) -> bool {
        self.looking.values().any(|begun| begun.elapsed() < self.shared.policy.volume_patience)
    }

    /// Some may go on.
    pub(super) fn take_looked(&mut self, looked: Looked) -> Result<()> {
        self.looking.remove(&looked.roots);
        if self.missed.remove(&looked.roots) {
            self.checked_waiting = None;
        }
        let mut ready = looked.ready;
        ready.extend(self.fitting(looked.need_room));
        ready.extend(self.rested(looked.written));
        if ready.is_empty() {
            return Ok(());
        }
        self.shared.queue.steer(Command::Now, &Which::Ids(ready))?;
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

/// Looks for all of these jobs, which touch the same volumes. These are asked once.
fn look(roots: Roots, jobs: &[Job], tooling: &Tooling, volumes: &Volumes) -> Looked {
    let waits_for = |what| jobs.iter().any(|job| code(job) == Some(what));
    let tools_changed = waits_for(FailureCode::EncoderMissing) && tooling.changed();
    let answering = waits_for(FailureCode::VolumeSilent) && roots.iter().all(|root| works(volumes, root));
    let mut looked = Looked { roots, ready: Vec::new(), need_room: Vec::new(), written: Vec::new() };
    let (mounts, mut free) = (Mounts::read(), HashMap::new());
    for job in jobs {
        match code(job) {
            Some(FailureCode::DiskFull) => {
                let device = mounts.of(folder(job)).map(|mount| mount.device.clone());
                let free = *free.entry(folder(job)).or_insert_with_key(|at| free_space(at).unwrap_or(0));
                looked.need_room.push(NeedsRoom { id: job.id, need: room::need(job), device, free });
            }
            Some(FailureCode::SourceChanged | FailureCode::SourceGrowing) => {
                looked.written.push((job.id, Stamp::of(&job.source)));
            }
            code if cause_gone(job, code, answering, tools_changed) => looked.ready.push(job.id),
            _ => {}
        }
    }
    looked
}

/// What a look at this job touches.
fn roots(job: &Job, mounts: &Mounts) -> Roots {
    let root = |path: &Path| mounts.of(path).map(|mount| mount.point.clone());
    let mut roots: Roots = match code(job) {
        Some(FailureCode::SourceVolumeMissing | FailureCode::SourceChanged | FailureCode::SourceGrowing) => {
            vec![root(&job.real_source)]
        }
        Some(FailureCode::EncoderMissing) => vec![],
        Some(FailureCode::VolumeSilent) => vec![root(&job.real_source), root(&job.output)],
        _ => vec![root(&job.output)],
    }
    .into_iter()
    .flatten()
    .collect();
    roots.dedup();
    roots
}

fn code(job: &Job) -> Option<FailureCode> {
    job.failure.as_ref().map(|failure| failure.code)
}

fn folder(job: &Job) -> &Path {
    job.output.parent().unwrap_or(&job.output)
}

/// May this waiting job be tried again? Not for one that waits for room. `answering`: its volumes work;
/// `tools_changed`: ffmpeg is another one than when last asked.
fn cause_gone(job: &Job, code: Option<FailureCode>, answering: bool, tools_changed: bool) -> bool {
    match code {
        Some(FailureCode::SourceVolumeMissing) => {
            job.source.exists() || job.source_volume.as_deref().is_none_or(mounts::is_mounted)
        }
        Some(FailureCode::DestinationMissing) => {
            job.output_volume.as_deref().map_or_else(|| folder(job).exists(), mounts::is_mounted)
        }
        Some(FailureCode::VolumeSilent) => answering,
        Some(FailureCode::DestinationReadOnly) => is_writable(folder(job)),
        Some(FailureCode::EncoderMissing) => tools_changed,
        _ => true,
    }
}

/// Does the volume work that is mounted here? What is known of it is corrected.
fn works(volumes: &Volumes, root: &Path) -> bool {
    let works = answers(root).is_ok();
    volumes.set_lost(root, !works);
    works
}
