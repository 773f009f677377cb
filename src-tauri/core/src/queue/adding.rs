//! Jobs to add to a queue, and the outcome for each. Plain data.

use super::names::Naming;
use crate::job::{JobId, State};
use crate::spec::JobSpec;
use std::ffi::OsString;
use std::path::PathBuf;

/// A job to add: one file with a preset and a requested output.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Absolute path of the video.
    pub source: PathBuf,
    /// The canonical path, which identifies the file.
    pub real_source: PathBuf,
    /// Size in bytes.
    pub source_size: Option<u64>,
    /// Modification time, in nanoseconds since 1970.
    pub source_mtime_ns: Option<i64>,
    /// Mount point of its volume.
    pub source_volume: Option<PathBuf>,
    /// Mount point of the volume of the result.
    pub output_volume: Option<PathBuf>,
    /// Output folder of all jobs added together, absolute. Results of files from an added folder go into folders below
    /// it.
    pub root: PathBuf,
    /// Folder of the result, absolute.
    pub folder: PathBuf,
    /// Requested file name without extension, in a form that the volume of the result can hold.
    pub stem: OsString,
    /// Naming rules of that volume.
    pub naming: Naming,
    /// Preset and options, frozen from here on.
    pub spec: JobSpec,
    /// Found in an added folder, not named by the user: skipped if it is the output of a known job.
    pub from_folder: bool,
    /// Attempts before the job is parked.
    pub max_attempts: u32,
    /// Add it even if the same work was done before, failed permanently or was cancelled.
    pub again: bool,
}

/// The outcome of adding one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// Accepted: durable from now on, with this number and output name.
    Accepted {
        /// The new job.
        id: JobId,
        /// The claimed name.
        output: PathBuf,
    },
    /// This active job does the same work: the same file, meaning of preset and options, and folder.
    Duplicate(JobId),
    /// This job, which may have left the list, did the same work on the same file: size and modification time are
    /// unchanged, and the result still exists.
    DoneBefore(JobId),
    /// The same work on the same file failed permanently or was cancelled.
    EndedBefore(JobId, State),
    /// The file is the output of this job, which may have left the list.
    OwnOutput(JobId),
}

/// A result of the same work as a job to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierResult {
    /// Its path.
    pub path: PathBuf,
    /// The job has not ended yet; the result exists once it is done.
    pub to_come: bool,
}

/// The place in the list for added jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueuePosition {
    /// After all jobs.
    End,
    /// Before all jobs, in the order given.
    Top,
}
