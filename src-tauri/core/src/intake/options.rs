//! What a user chose for the jobs to add, and how drives are asked. Plain data.

use super::folder::Excluded;
use crate::job::Job;
use crate::policy::Policy;
use crate::settings::Settings;
use crate::spec::JobSpec;
use crate::volumes::Volumes;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How to turn paths into jobs.
#[derive(Debug, Clone)]
pub struct AddOptions {
    /// The conversion to perform.
    pub spec: JobSpec,
    /// Folder of the results, absolute; `None` for the folder of each original.
    pub folder: Option<PathBuf>,
    /// The folder by which earlier results are found, if it is above `folder`.
    pub root: Option<PathBuf>,
    /// Puts all results directly into `folder`, without the subfolders of their originals.
    pub flat: bool,
    /// Patterns of paths to exclude from folders.
    pub excluded: Excluded,
    /// Name template of the results without extension; see [`super::check_template`].
    pub name: String,
    /// A name without extension that the user gave to the result of one video.
    pub called: Option<OsString>,
    /// Attempts before a job fails permanently.
    pub max_attempts: u32,
    /// Also adds videos that were converted before.
    pub again: bool,
}

impl AddOptions {
    /// Returns the settings for jobs with this spec.
    pub fn of(spec: JobSpec, settings: &Settings) -> AddOptions {
        AddOptions {
            spec,
            folder: settings.output_dir.clone(),
            root: None,
            flat: false,
            excluded: Excluded::default(),
            name: settings.output_name.clone(),
            called: None,
            max_attempts: settings.max_attempts,
            again: false,
        }
    }

    /// Adapts them to convert the source of an earlier job again, into the folder of its result.
    #[must_use]
    pub fn again(self, job: &Job) -> AddOptions {
        AddOptions {
            folder: job.output.parent().map(Path::to_owned),
            root: job.output_root.clone(),
            flat: true,
            again: true,
            ..self
        }
    }
}

/// Access to drives, with a time limit.
#[derive(Clone, Copy)]
pub struct VolumeAccess<'a> {
    /// What is known of the drives.
    pub volumes: &'a Arc<Volumes>,
    /// Longest wait for a response of a drive.
    pub patience: Duration,
}

impl VolumeAccess<'_> {
    /// Uses the time limit of the policy.
    pub fn of(volumes: &Arc<Volumes>) -> VolumeAccess<'_> {
        VolumeAccess { volumes, patience: Policy::default().volume_patience }
    }
}
