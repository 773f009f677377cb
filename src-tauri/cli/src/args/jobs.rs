//! How the command line selects jobs: by numbers, ranges or states. No behaviour.

use crate::kinds::Kind;
use clap::{Args, ValueHint};
use spool_core::job::JobId;
use std::path::PathBuf;
use std::str::FromStr;

/// Some jobs, all that the verb applies to, or all in some states.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct JobArgs {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All jobs that the command applies to
    #[arg(long)]
    pub all: bool,
    /// All jobs in these states, separated by commas (see: spool list --help)
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub state: Vec<Kind>,
}

/// `spool check`
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Check {
    /// Numbers of jobs: 17 19-24 [default: all done jobs]
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All jobs in this state; only done is accepted
    #[arg(long, value_name = "STATE", value_parser = ["done"])]
    pub state: Option<String>,
}

/// `spool again`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Again {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All jobs whose results `spool check` found wrong
    #[arg(long)]
    pub wrong: bool,
}

/// `spool edit`
#[derive(Debug, Args)]
pub struct Edit {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<Ids>,
    /// The changes
    #[command(flatten)]
    pub change: Change,
}

/// What `spool edit` changes; at least one is required.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Change {
    /// Preset to use (see: spool presets) [default: that of each job]
    #[arg(long, value_name = "ID")]
    pub preset: Option<String>,
    /// Change one setting of that preset, such as video.crf=18
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Folder for the results; the subfolders planned for them are created in it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Path of the result, for a single job
    #[arg(long, short, value_name = "FILE", conflicts_with = "output_dir", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// `spool move`
#[derive(Debug, Args)]
pub struct Move {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<Ids>,
    /// The new place
    #[command(flatten)]
    pub place: PositionArgs,
}

/// Where jobs are moved to; exactly one is required.
#[expect(clippy::struct_excessive_bools, reason = "clap reads each as a separate flag")]
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct PositionArgs {
    /// Before every other job that has not started
    #[arg(long)]
    pub top: bool,
    /// After every other job
    #[arg(long)]
    pub bottom: bool,
    /// One place earlier
    #[arg(long)]
    pub up: bool,
    /// One place later
    #[arg(long)]
    pub down: bool,
}

/// One number, or a range of numbers such as `19-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    first: i64,
    last: i64,
}

impl Ids {
    /// Returns the ids in the range.
    pub fn iter(self) -> impl Iterator<Item = JobId> {
        (self.first..=self.last).map(JobId)
    }
}

/// Parses the number of one job.
pub(super) fn one(text: &str) -> Result<JobId, String> {
    let number = text.parse().ok().filter(|n| *n > 0);
    number.map(JobId).ok_or_else(|| "use the number of one job; without a number all are followed".into())
}

impl FromStr for Ids {
    type Err = String;
    fn from_str(text: &str) -> Result<Ids, String> {
        let number = |t: &str| t.parse::<i64>().ok().filter(|n| *n > 0);
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last && last - first < 1_000_000 => Ok(Ids { first, last }),
            _ => Err("use the number of a job, or a range such as 19-24".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_every_job_between() {
        let ids = |t: &str| t.parse::<Ids>().map(|i| i.iter().map(|id| id.0).collect::<Vec<_>>());
        assert_eq!(ids("17"), Ok(vec![17]));
        assert_eq!(ids("19-21"), Ok(vec![19, 20, 21]));
        for wrong in ["0", "-1", "5-3", "x", "1-", "1-99999999999"] {
            assert!(ids(wrong).is_err(), "{wrong}");
        }
    }
}
