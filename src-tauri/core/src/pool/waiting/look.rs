//! Checks whether what waiting jobs wait for is available. Answers that several jobs share are determined once.
//!
//! Guarantees that a check ends as soon as one of its drives is silent; its jobs then keep waiting. While the drives
//! respond, the check may take as long as its number of files needs.

use crate::failure::{FailureCode, Reason};
use crate::job::{Job, JobId};
use crate::pool::space;
use crate::pool::work::Stamp;
use crate::shared::Tooling;
use crate::volumes::mounts::{self, Mounts};
use crate::volumes::{Volumes, answers, free_space, is_there, is_writable};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The volumes that a check accesses.
pub(crate) type Roots = Vec<PathBuf>;

/// The result of a check.
pub(crate) struct Looked {
    pub(super) roots: Roots,
    /// Jobs whose cause to wait is gone.
    pub(super) ready: Vec<JobId>,
    /// Jobs that wait for space on a disk.
    pub(super) need_room: Vec<NeedsRoom>,
    /// Jobs whose sources were being written to, with the current stamp.
    pub(super) written: Vec<(JobId, Option<Stamp>)>,
}

impl Looked {
    fn nothing(roots: Roots) -> Looked {
        Looked { roots, ready: Vec::new(), need_room: Vec::new(), written: Vec::new() }
    }
}

/// A job that waits for space, and the space there is.
pub(super) struct NeedsRoom {
    pub(super) id: JobId,
    pub(super) need: space::Need,
    pub(super) device: Option<String>,
    /// Free bytes on the volume of its result.
    pub(super) free: u64,
}

/// Answers that several jobs share, by path.
struct Answers<'a> {
    mounts: Mounts,
    mounted: HashMap<&'a Path, bool>,
    exists: HashMap<&'a Path, bool>,
    writable: HashMap<&'a Path, bool>,
    free: HashMap<PathBuf, u64>,
    /// All volumes of these jobs work.
    answering: bool,
    /// ffmpeg has changed since the last check.
    tools_changed: bool,
}

/// Checks all these jobs, which access the same volumes. Ends if one of the volumes is silent for `patience`.
pub(super) fn look(
    roots: Roots,
    jobs: Vec<Job>,
    tooling: &Arc<Tooling>,
    volumes: &Arc<Volumes>,
    patience: Duration,
) -> Looked {
    if roots.is_empty() {
        return see(roots, &jobs, tooling, volumes);
    }
    let places: Vec<&Path> = roots.iter().map(PathBuf::as_path).collect();
    let (at, tooling, known) = (roots.clone(), tooling.clone(), volumes.clone());
    let look = move || see(at, &jobs, &tooling, &known);
    volumes.ask_at_length(&places, patience, look).unwrap_or_else(|_| Looked::nothing(roots))
}

/// Performs the check. Accesses drives, so it may hang and must run inside a question.
fn see(roots: Roots, jobs: &[Job], tooling: &Tooling, volumes: &Volumes) -> Looked {
    let waits_for = |what| jobs.iter().any(|job| code(job) == Some(what));
    let mut answers = Answers {
        mounts: Mounts::read(),
        mounted: HashMap::new(),
        exists: HashMap::new(),
        writable: HashMap::new(),
        free: HashMap::new(),
        answering: waits_for(FailureCode::VolumeSilent) && roots.iter().all(|root| works(volumes, root)),
        tools_changed: waits_for(FailureCode::EncoderMissing) && tooling.changed(),
    };
    let mut looked = Looked::nothing(roots);
    for job in jobs {
        match code(job) {
            Some(FailureCode::DiskFull) => looked.need_room.push(answers.room(job)),
            Some(FailureCode::SourceChanged | FailureCode::SourceGrowing) => {
                looked.written.push((job.id, Stamp::of(&job.source)));
            }
            // A symlink may lead from the folder to another, silent drive.
            Some(FailureCode::VolumeSilent) if volumes.absence(folder(job)).is_some() => {}
            _ if answers.cause_gone(job) => looked.ready.push(job.id),
            _ => {}
        }
    }
    looked
}

impl<'a> Answers<'a> {
    fn room(&mut self, job: &'a Job) -> NeedsRoom {
        let mount = self.mounts.of(folder(job));
        let device = mount.map(|mount| mount.device.clone());
        // All folders of a file system share its free space.
        let at = mount.map_or(folder(job), |mount| &mount.point).to_owned();
        let free = *self.free.entry(at).or_insert_with(|| free_space(folder(job)).unwrap_or(0));
        NeedsRoom { id: job.id, need: space::need(job), device, free }
    }

    fn is_mounted(&mut self, point: &'a Path) -> bool {
        *self.mounted.entry(point).or_insert_with(|| mounts::is_mounted(point))
    }

    fn exists(&mut self, folder: &'a Path) -> bool {
        *self.exists.entry(folder).or_insert_with(|| is_there(folder))
    }

    /// Checks whether this job may be attempted again. Not for jobs that wait for space or for a file being written.
    fn cause_gone(&mut self, job: &'a Job) -> bool {
        match code(job) {
            Some(FailureCode::SourceVolumeMissing) => {
                job.source_volume.as_deref().is_none_or(|volume| self.is_mounted(volume))
                    || job.source.parent().is_none_or(|folder| self.exists(folder)) && is_there(&job.source)
            }
            Some(FailureCode::DestinationMissing) => match job.output_volume.as_deref() {
                Some(volume) => self.is_mounted(volume),
                None => self.exists(folder(job)),
            },
            Some(FailureCode::VolumeSilent) => self.answering,
            Some(FailureCode::DestinationReadOnly) => {
                let folder = folder(job);
                *self.writable.entry(folder).or_insert_with(|| is_writable(folder))
            }
            Some(FailureCode::EncoderMissing) => self.tools_changed,
            _ => true,
        }
    }
}

/// Returns the volumes that a check of this job accesses.
pub(super) fn roots(job: &Job, mounts: &Mounts) -> Roots {
    let root =
        |path: &Path| mounts.of(path).map(|mount| mount.point.clone()).or_else(|| mounts::point_of(path));
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

pub(super) fn code(job: &Job) -> Option<FailureCode> {
    job.failure.as_ref().map(Reason::code)
}

fn folder(job: &Job) -> &Path {
    job.output.parent().unwrap_or(&job.output)
}

/// Checks whether the volume mounted at `root` works, and updates what is known of it.
fn works(volumes: &Volumes, root: &Path) -> bool {
    let works = answers(root).is_ok();
    volumes.set_lost(root, !works);
    works
}
