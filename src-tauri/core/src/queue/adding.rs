//! What is added to a queue, and what becomes of it. Plain data.

use super::names::Naming;
use crate::job::{JobId, State};
use crate::spec::JobSpec;
use std::ffi::OsString;
use std::path::PathBuf;

/// What is added: one file with a preset and a wish for its output.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Absolute path of the video.
    pub source: PathBuf,
    /// Same file, same key: the canonical path.
    pub real_source: PathBuf,
    /// Size in bytes.
    pub source_size: Option<u64>,
    /// Modification time, in nanoseconds since 1970.
    pub source_mtime_ns: Option<i64>,
    /// Where its volume is mounted.
    pub source_volume: Option<PathBuf>,
    /// Where the volume of the result is mounted.
    pub output_volume: Option<PathBuf>,
    /// Folder of all results that were wished for with it, absolute: the result of a file of an added folder goes below.
    pub root: PathBuf,
    /// Folder of the result, absolute.
    pub folder: PathBuf,
    /// Wished file name without extension, as the volume of the result holds it.
    pub stem: OsString,
    /// What that volume asks of it.
    pub naming: Naming,
    /// What is wanted, frozen from here on.
    pub spec: JobSpec,
    /// Found in a folder rather than named: skipped when it is the output of a known job.
    pub from_folder: bool,
    /// Attempts before it is parked.
    pub max_attempts: u32,
    /// Wanted even though the same was done before.
    pub again: bool,
}

/// What became of one added file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// Durable from now on, under this number and output name.
    Accepted {
        /// The new job.
        id: JobId,
        /// The claimed name.
        output: PathBuf,
    },
    /// The same work (file, what preset and options mean, folder) is already active as this job.
    Duplicate(JobId),
    /// The same work was done by this job, which may have left the list, on this very file: its size and time of
    /// modification are the same, and the result is still there.
    DoneBefore(JobId),
    /// The same work on this very file failed for good, or was cancelled.
    EndedBefore(JobId, State),
    /// The file is what this job wrote, which may have left the list.
    OwnOutput(JobId),
}

/// A result of the same work as is being added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierResult {
    /// Where.
    pub path: PathBuf,
    /// Its job has not ended yet. Once it is done its result is there.
    pub to_come: bool,
}

/// Where added jobs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind everything.
    End,
    /// Before everything, in the order given.
    Top,
}
