//! A job: one input file to one output with one frozen preset, its states, and the record of each attempt at it.
//!
//! Plain data. Guarantees that the transition table below is the only list of legal transitions; `queue` and `pool`
//! decide who performs one, and when. Must not know SQL, processes or files.

use crate::failure::{Failure, Reason};
use crate::finding::Check;
use crate::media::Facts;
use crate::progress::Progress;
use crate::remark::Remark;
use crate::spec::JobSpec;
use crate::verification::Verification;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::{fmt, str::FromStr};
use uuid::Uuid;

pub use crate::clock::Millis;

/// The number users type: `spool retry 17`. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The state of a job.
///
/// ```text
///  add -> [queued] --claim--> [running] --verified, published--> [done]
///           ^  ^                | |  \--user--> [cancelled]
///           |  +--- transient --+ +-- permanent or out of attempts --> [failed]
///           +------ [waiting] <-- a drive is missing, a disk full ...
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Ready to start: at once, at `run_at`, or when released from hold.
    Queued,
    /// Cannot start until an outside condition changes; uses no attempt.
    Waiting,
    /// A worker runs it. With `hold` set, its process is suspended.
    Running,
    /// Verified and published.
    Done,
    /// Parked with a reason, until the user retries or removes it.
    Failed,
    /// Ended by the user.
    Cancelled,
}

impl State {
    /// Every state, in the order lists show them.
    pub const ALL: [State; 6] =
        [State::Queued, State::Waiting, State::Running, State::Done, State::Failed, State::Cancelled];

    /// The word used in SQL, JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// True for done, failed and cancelled: nothing more happens without the user.
    pub fn is_ended(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled)
    }

    /// The transition table: may a job in this state become `to`?
    pub fn may_become(self, to: State) -> bool {
        use State::{Cancelled, Done, Failed, Queued, Running, Waiting};
        match self {
            Queued => matches!(to, Running | Cancelled),
            Waiting => matches!(to, Queued | Cancelled),
            Running => to != Running,
            Failed | Cancelled => to == Queued,
            Done => false,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(word: &str) -> Result<State, String> {
        State::ALL.into_iter().find(|s| s.as_str() == word).ok_or_else(|| {
            format!("\"{word}\" is not a state; use queued, waiting, running, done, failed or cancelled")
        })
    }
}

/// How a video was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Named by the user, or requested again.
    Named,
    /// Found in a folder; existing results of Spool there are skipped.
    Folder,
}

impl Origin {
    /// The origin of a file; `again` makes a file from a folder count as named.
    pub fn of(from_folder: bool, again: bool) -> Origin {
        if from_folder && !again { Origin::Folder } else { Origin::Named }
    }
}

/// One row of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Identifies the job outside this database, and its part files.
    pub uid: Uuid,
    /// List order; smaller runs first. No constraint makes it unique: jobs at one position are ordered by id.
    pub position: i64,
    /// The video to read. Never written to.
    pub source: PathBuf,
    /// Its canonical path when added; in rows of earlier versions, the path it was added by.
    pub real_source: PathBuf,
    /// Size in bytes when last read, or when added.
    pub source_size: Option<u64>,
    /// Modification time of the same moment, in nanoseconds since 1970.
    pub source_mtime_ns: Option<i64>,
    /// Mount point of the source's volume when added; distinguishes an unplugged drive from a deleted file.
    pub source_volume: Option<PathBuf>,
    /// Mount point of the result's volume when added.
    pub output_volume: Option<PathBuf>,
    /// The path claimed for the result.
    pub output: PathBuf,
    /// How its video was added.
    pub origin: Origin,
    /// The output folder it was added with, if the result is in a folder below it.
    pub output_root: Option<PathBuf>,
    /// Facts about the video, after its probe; empty for an unreadable file.
    pub facts: Option<Facts>,
    /// Preset and options, frozen when added. `None` if another version of Spool wrote them and this one cannot read
    /// them; such a job is listed and can be removed, and never starts.
    pub spec: Option<JobSpec>,
    /// With an unreadable spec: the format version that the row states, if any.
    pub foreign_format: Option<u64>,
    /// Its state.
    pub state: State,
    /// On hold (queued) or suspended (running) until the user releases it.
    pub hold: bool,
    /// Not before this time; set only for a retry.
    pub run_at: Option<Millis>,
    /// Fencing token: +1 at each claim, never reset.
    pub epoch: i64,
    /// Attempts that counted so far, including the current one.
    pub attempt: u32,
    /// Number of attempts after which a failure parks the job.
    pub max_attempts: u32,
    /// Consecutive crashes of the application while this job ran.
    pub crashes: u32,
    /// Consecutive times the machine went down while this job ran, without progress beyond `best`.
    pub machine_ends: u32,
    /// Best progress of earlier attempts.
    pub best: Option<Progress>,
    /// The user cancelled it while it ran.
    pub cancel_requested: bool,
    /// Why it waits, was last retried, or failed.
    pub failure: Option<Reason>,
    /// Free bytes needed to continue after a full disk.
    pub need_bytes: Option<u64>,
    /// Remarks on its result.
    pub warnings: Vec<Remark>,
    /// The last recorded publishing intent.
    pub intent: Option<Intent>,
    /// Last saved progress of the current or last attempt.
    pub progress: Option<Progress>,
    /// Size in bytes of the published result.
    pub output_size: Option<u64>,
    /// The verification of the result is recorded with its attempt, and no later check found a fault.
    pub verified: bool,
    /// The outcome of the latest check of the result.
    pub check: Option<Check>,
    /// When it was added.
    pub created_at: Millis,
    /// When the current or last attempt began.
    pub started_at: Option<Millis>,
    /// When it became done, failed or cancelled.
    pub finished_at: Option<Millis>,
}

impl Job {
    /// The right to write this job's row, valid for the claim of this epoch.
    pub fn lease(&self) -> Lease {
        Lease { id: self.id, epoch: self.epoch }
    }

    /// Is it released but still suspended because no worker is free?
    pub fn awaits_worker(&self) -> bool {
        let suspended = self.progress.is_some_and(|progress| progress.suspended);
        self.state == State::Running && !self.hold && suspended
    }
}

/// A worker's exclusive right to a job. Every write out of `running` names both fields, so a worker that lost its job
/// changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub id: JobId,
    /// The claim.
    pub epoch: i64,
}

/// Recorded before the rename, so that a crash after it can be detected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The path of the result.
    pub path: PathBuf,
    /// Size in bytes of the verified part file.
    pub size: u64,
    /// Identity of its content (see `output::identity`).
    pub identity: String,
}

/// One run of a job, kept for the details view and for cleaning up after a crash.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Its claim; together with the job the key of the attempt.
    pub epoch: i64,
    /// Id of the engine that ran it.
    pub owner: String,
    /// Boot id of the machine, if known.
    pub boot: Option<String>,
    /// When it was claimed.
    pub started_at: Millis,
    /// When it was settled.
    pub ended_at: Option<Millis>,
    /// The last ffmpeg process it started.
    pub child: Option<ChildId>,
    /// Its part file.
    pub part: Option<PathBuf>,
    /// How it ended: done, retry, waiting, failed, cancelled, interrupted, rescued, `machine_down`.
    pub outcome: Option<String>,
    /// Exit code of ffmpeg, if any.
    pub exit: Option<i32>,
    /// Signal that ended ffmpeg, if any.
    pub signal: Option<i32>,
    /// Why it failed.
    pub failure: Option<Reason>,
    /// Last lines of ffmpeg's log, at most 16 KiB.
    pub log_tail: Option<String>,
    /// Its command lines, in order.
    pub commands: Vec<Vec<String>>,
    /// The plan, as JSON (see `plan::Plan`).
    pub plan: Option<String>,
    /// The verification of its result; `None` without a result, or in rows of earlier versions.
    pub verification: Option<Verification>,
}

impl Attempt {
    /// Did this attempt fail for the same cause: with the same exit code and signal, and a reason of the same kind?
    pub fn failed_like(&self, failure: &Failure) -> bool {
        let ends = (self.exit, self.signal) == (failure.exit, failure.signal);
        ends && self.failure.as_ref().is_some_and(|reason| reason.is_like(&failure.reason))
    }
}

/// Unique identity of a process: ids are reused, so start time and executable must match too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildId {
    /// Process id; on Unix also its process group.
    pub pid: u32,
    /// Start time in seconds since 1970.
    pub started: u64,
    /// Path of its executable.
    pub exe: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_round_trip_through_their_name() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse::<State>().unwrap(), state);
        }
        assert!("status".parse::<State>().unwrap_err().contains("queued, waiting"));
    }

    #[test]
    fn done_is_final_and_failed_or_cancelled_jobs_can_only_be_queued() {
        for to in State::ALL {
            assert!(!State::Done.may_become(to));
            assert_eq!(State::Failed.may_become(to), to == State::Queued);
            assert_eq!(State::Cancelled.may_become(to), to == State::Queued);
        }
    }

    #[test]
    fn only_a_claim_leads_into_running() {
        let sources: Vec<_> = State::ALL.into_iter().filter(|s| s.may_become(State::Running)).collect();
        assert_eq!(sources, [State::Queued]);
    }
}
