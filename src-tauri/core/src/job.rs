//! What a job is: one input file to one output with one frozen preset, the states it passes through,
//! and the record of each attempt at it.
//!
//! Plain data. Guarantees that the transition table below is the only list of legal moves; who performs a
//! move, and when, is decided in `queue` and `pool`. Must not know SQL, processes or files.

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

/// The number people type: `spool retry 17`. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a job stands.
///
/// ```text
///  add -> [queued] --claim--> [running] --verified, published--> [done]
///           ^  ^                | |  \--user--> [cancelled]
///           |  +--- transient --+ +-- hopeless or out of attempts --> [failed]
///           +------ [waiting] <-- a drive is missing, a disk full ...
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In line: to start at once, when `run_at` comes, or when released from hold.
    Queued,
    /// Cannot start until something outside changes; costs no attempt.
    Waiting,
    /// A worker has it. With `hold` set: its process is suspended.
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

/// How a video came into the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By its own name, or wanted once more.
    Named,
    /// Found in a folder: a result of Spool among such files is left as it is.
    Folder,
}

impl Origin {
    /// Of a file that was found in a folder, unless what was done is wanted once more.
    pub fn of(from_folder: bool, again: bool) -> Origin {
        if from_folder && !again { Origin::Folder } else { Origin::Named }
    }
}

/// One row of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The number people type.
    pub id: JobId,
    /// Names the job beyond this database, and its part files.
    pub uid: Uuid,
    /// List order; smaller runs first. Unique.
    pub position: i64,
    /// The video to read. Never written to.
    pub source: PathBuf,
    /// Its canonical path when added; in rows of before, the path it was added by.
    pub real_source: PathBuf,
    /// Size in bytes as it was read last; before that, when it was added.
    pub source_size: Option<u64>,
    /// Modification time likewise, in nanoseconds since 1970.
    pub source_mtime_ns: Option<i64>,
    /// Where the source's volume was mounted when added; tells an unplugged drive from a deleted file.
    pub source_volume: Option<PathBuf>,
    /// Where the volume of the result was mounted when added.
    pub output_volume: Option<PathBuf>,
    /// The file name claimed for the result.
    pub output: PathBuf,
    /// How its video came into the list.
    pub origin: Origin,
    /// The folder of results it was added with, where the result lies in a folder below it.
    pub output_root: Option<PathBuf>,
    /// What is known of the video, once it was looked at; empty for a file that cannot be read.
    pub facts: Option<Facts>,
    /// What is wanted, frozen when added. Nothing: another version of Spool wrote it, and this one cannot read it;
    /// such a job is listed and can be removed, and is never started.
    pub spec: Option<JobSpec>,
    /// Without a spec that can be read: the version of the form it was written in, where the row says so.
    pub foreign_format: Option<u64>,
    /// Where the job stands.
    pub state: State,
    /// Not to be started (queued), or suspended (running), until the user says so.
    pub hold: bool,
    /// Not before this time; `None` but for a retry.
    pub run_at: Option<Millis>,
    /// Fencing token: +1 at each claim, never reset.
    pub epoch: i64,
    /// Attempts that counted so far, the present one included.
    pub attempt: u32,
    /// Attempts after which a failure parks the job.
    pub max_attempts: u32,
    /// Consecutive crashes of the application with this job running.
    pub crashes: u32,
    /// Ends of the machine in a row with this job running that brought no progress beyond `best`.
    pub machine_ends: u32,
    /// The farthest that an attempt before the present one came.
    pub best: Option<Progress>,
    /// The user asked to cancel while it ran.
    pub cancel_requested: bool,
    /// Why it waits, was retried last, or failed.
    pub failure: Option<Reason>,
    /// Free bytes needed before a job that met a full disk may go on.
    pub need_bytes: Option<u64>,
    /// What is known about a result that came out, but not without remarks.
    pub warnings: Vec<Remark>,
    /// What publishing was about to do when it was last written down.
    pub intent: Option<Intent>,
    /// Last saved progress of the present or last attempt.
    pub progress: Option<Progress>,
    /// Size in bytes of the published result.
    pub output_size: Option<u64>,
    /// What was checked of the result is on record with its attempt, and nothing wrong was found since.
    pub verified: bool,
    /// What checking the result again found.
    pub check: Option<Check>,
    /// When it was accepted.
    pub created_at: Millis,
    /// When the present or last attempt began.
    pub started_at: Option<Millis>,
    /// When it became done, failed or cancelled.
    pub finished_at: Option<Millis>,
}

impl Job {
    /// The right to write this job's row, as held by whoever claimed it at this epoch.
    pub fn lease(&self) -> Lease {
        Lease { id: self.id, epoch: self.epoch }
    }

    /// Was it paused and released, and stands still all the same, as no worker is free to take it up again?
    pub fn awaits_worker(&self) -> bool {
        let suspended = self.progress.is_some_and(|progress| progress.suspended);
        self.state == State::Running && !self.hold && suspended
    }
}

/// A worker's exclusive right to a job: every write out of `running` names both, so that a worker that
/// lost its job changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub id: JobId,
    /// The claim.
    pub epoch: i64,
}

/// Written down before the rename, so that a crash right after it can be recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The very name about to be tried.
    pub path: PathBuf,
    /// Size in bytes of the verified part file.
    pub size: u64,
    /// Identity of its content (see `output::identity`).
    pub identity: String,
}

/// One run of a job, kept for the details view and for cleaning up after a crash.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The claim it belongs to; the key together with the job.
    pub epoch: i64,
    /// Incarnation of the engine that ran it.
    pub owner: String,
    /// The run of the machine it ran in, where that was known.
    pub boot: Option<String>,
    /// When it was claimed.
    pub started_at: Millis,
    /// When it was settled.
    pub ended_at: Option<Millis>,
    /// The ffmpeg it started last.
    pub child: Option<ChildId>,
    /// The unfinished output it wrote.
    pub part: Option<PathBuf>,
    /// How it ended: done, retry, waiting, failed, cancelled, interrupted, rescued, `machine_down`.
    pub outcome: Option<String>,
    /// Exit code of ffmpeg, where it had one.
    pub exit: Option<i32>,
    /// Signal that ended ffmpeg, where one did.
    pub signal: Option<i32>,
    /// Why it did not succeed.
    pub failure: Option<Reason>,
    /// Last lines of ffmpeg's log, at most 16 KiB.
    pub log_tail: Option<String>,
    /// The exact command lines, in order.
    pub commands: Vec<Vec<String>>,
    /// The plan, as JSON (see `plan::Plan`).
    pub plan: Option<String>,
    /// What was checked of its result; nothing where it has none, or an earlier version checked it.
    pub verification: Option<Verification>,
}

impl Attempt {
    /// Did this attempt fail for the same cause: the same exit and signal, and a reason that differs in its values alone?
    pub fn failed_like(&self, failure: &Failure) -> bool {
        let ends = (self.exit, self.signal) == (failure.exit, failure.signal);
        ends && self.failure.as_ref().is_some_and(|reason| reason.is_like(&failure.reason))
    }
}

/// Which process, beyond doubt: ids are reused, so start time and executable must agree too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildId {
    /// Process id, on Unix also its group.
    pub pid: u32,
    /// Seconds since 1970 at which it started.
    pub started: u64,
    /// Its executable.
    pub exe: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_round_trip_through_their_word() {
        for state in State::ALL {
            assert_eq!(state.as_str().parse::<State>().unwrap(), state);
        }
        assert!("status".parse::<State>().unwrap_err().contains("queued, waiting"));
    }

    #[test]
    fn done_is_final_and_failed_or_cancelled_jobs_only_return_to_the_queue() {
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
