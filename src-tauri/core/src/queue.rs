//! The queue: the ordered, durable store of jobs, as a trait of plain data, so that SQLite, a twin in memory
//! and later a shared server can stand behind the engine alike.
//!
//! Every implementation guarantees, and `tests/integration/queue_contract.rs` demands:
//! - `add` returns only after the jobs are durable, all of them or none;
//! - one claim per job at a time, in list order, each with a fresh epoch;
//! - a write with an outdated lease changes nothing and says so;
//! - two active jobs never share a unique key or an output name;
//! - a job leaves only by `Remove` or by retention.
//!
//! A queue must not know ffmpeg or start anything; it touches the file system only through `NewJob::taken`.

mod chosen;
mod command;
mod edit;
mod lists;
pub mod memory;
mod names;
mod outcome;
mod removal;
pub mod sqlite;
mod trees;
mod work;

use crate::error::Result;
use crate::failure::FailureCode;
use crate::forecast::learned::Sample;
use crate::forecast::{TimeLeft, TimeLeftAt};
use crate::job::{Attempt, ChildId, Intent, Job, JobId, Lease, Millis, State};
use crate::media::Facts;
use crate::progress::Progress;
use crate::recheck::finding::Check;
use crate::remark::Remark;
use crate::spec::JobSpec;
use crate::verify::verification::Verification;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(crate) use command::{fits, in_order, starts, wants_hold};
pub use edit::{Edit, Edited};
pub(crate) use lists::newest_first;
pub use lists::{Counts, Crowded, Filter, Mark, Recent, Saved, Sort};
pub use names::{LONGEST, Longest, Naming, candidate, key_of_path, shortened};
pub use outcome::Outcome;
pub use removal::remove;

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
    pub stem: std::ffi::OsString,
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

/// What a worker writes down while it has a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The source, as it is when it is read; it may be another than when it was added.
    Source {
        /// Bytes.
        size: u64,
        /// Time of modification, in nanoseconds since 1970, where the drive tells one.
        mtime_ns: Option<i64>,
    },
    /// The plan, as JSON, and the part file about to be written.
    Plan {
        /// The plan.
        plan: String,
        /// The unfinished output.
        part: PathBuf,
    },
    /// What was checked of the part file, which passed.
    Verified(Verification),
    /// A command line about to run.
    Command(Vec<String>),
    /// The process it became.
    Child(ChildId),
    /// About to publish; refused when a cancel was asked for, for from here on the job ends done.
    Publish {
        /// Under which name.
        intent: Intent,
        /// What is to be said of the result.
        warnings: Vec<Remark>,
    },
}

/// What a user may ask of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// End it: at once where it has not started, by its worker where it runs.
    Cancel,
    /// Put a failed or cancelled job back in line.
    Retry,
    /// Take a job that does not run off the list. Files stay.
    Remove,
    /// Do not start it. Asked of a running job: suspend it.
    Hold,
    /// The reverse of `Hold`.
    Release,
    /// Look at once whether a waiting job may go on, or start a retry without its delay.
    Now,
    /// Before everything that has not started.
    MoveTop,
    /// Behind everything.
    MoveBottom,
    /// One place earlier.
    MoveUp,
    /// One place later.
    MoveDown,
}

/// Which jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// These.
    Ids(Vec<JobId>),
    /// All in one of these states.
    All(Vec<State>),
}

/// What became of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steered {
    /// Jobs it was done to.
    pub done: Vec<JobId>,
    /// Jobs it could not be done to, with the reason. Asked for by state, jobs that do not fit are not listed.
    pub refused: Vec<(JobId, Refusal)>,
}

/// Why a command was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No job has this number.
    NotFound,
    /// The command makes no sense in this state.
    State(State),
    /// An active job is the same work or has the same output name.
    Active,
    /// What it was added with cannot be read: another version of Spool made it.
    Unreadable,
}

/// Small facts that outlive the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The user paused the queue.
    Paused,
    /// The breaker is open; why (see `raised`).
    Breaker,
    /// The alarm was raised; what it says (see `raised`).
    Alarm,
    /// Something ended since the last crash.
    EndedSinceCrash,
    /// An engine is at work, or died without saying goodbye; its incarnation.
    Engine,
    /// The queue was damaged and was restored, from what (see `raised`). Until someone resumes.
    Restored,
    /// The last run was ended because its terminal was closed or the connection to it lost; when, in milliseconds since
    /// 1970. Until the next engine starts.
    HungUp,
    /// How long the rest takes, as the engine at work reckons it: a `forecast::TimeLeftAt` in JSON.
    TimeLeft,
    /// What came of the last batch: a `batch::Ended` in JSON.
    Batch,
    /// Folders that were made for results and have none yet; see `engine::folders`.
    MadeFolders,
}

impl Flag {
    /// The key it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Paused => "paused",
            Flag::Breaker => "breaker",
            Flag::Alarm => "alarm",
            Flag::EndedSinceCrash => "ended_since_crash",
            Flag::Engine => "engine",
            Flag::Restored => "restored",
            Flag::HungUp => "hung_up",
            Flag::TimeLeft => "time_left",
            Flag::Batch => "batch",
            Flag::MadeFolders => "made_folders",
        }
    }
}

/// The durable store of jobs. Synchronous, shared between threads, usable as `dyn Queue`.
pub trait Queue: Send + Sync {
    /// Accepts jobs: durable when this returns, in one transaction. `taken` says whether a file name is in
    /// use on disk; it is asked while others may use the queue, however long it takes. The answers stand in the order of
    /// `jobs`.
    fn add(&self, jobs: &[NewJob], place: Place, taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Added>>;

    /// Results of other jobs that did the same to these very files, whether they are still in the list or not, and those
    /// that active jobs of the same work are to have.
    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>>;

    /// The name of the folder below `destination` that results of the added folder `root` go into: its own, or with a
    /// number where another folder has that name there. The answer is for good. Both are real paths.
    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString>;

    /// Where the volumes of sources and results of the jobs in the list were mounted.
    fn volumes(&self) -> Result<Vec<PathBuf>>;

    /// Takes the first job that may start and whose spec can be read, unless it must run alone and `alone` is false:
    /// something else is at work, which a paused job is not. A paused queue gives none. `boot` names this run of the
    /// machine, where that is known; it is kept with the attempt.
    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>>;

    /// The same where the run of the machine is not known.
    fn claim(&self, owner: &str, alone: bool) -> Result<Option<Job>> {
        self.claim_on(None, owner, alone)
    }

    /// Writes something down about a running job. False: the lease is lost, or (publishing) a cancel came first.
    fn note(&self, lease: Lease, note: &Note) -> Result<bool>;

    /// Ends a worker's hold on a job. False: the lease was already lost and nothing changed.
    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool>;

    /// Saves progress of running jobs, in one transaction.
    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()>;

    /// Does what a user asks. On many jobs in several steps, each whole and durable, between which others may claim and
    /// write; cut off, it leaves the rest as it was.
    fn steer(&self, command: Command, which: &Which) -> Result<Steered>;

    /// Changes jobs that have not started, in one transaction; durable when this returns. `taken` as in [`Queue::add`]. The
    /// answers stand in the order of `edits`.
    fn edit(&self, edits: &[Edit], taken: &dyn Fn(&Path) -> bool) -> Result<Vec<Edited>>;

    /// Keeps what is known of a job's video. Not fenced: nothing is decided by it.
    fn describe(&self, id: JobId, facts: &Facts) -> Result<()>;

    /// Keeps what checking the result of a done job again found, and what was checked of one that is right. False: there
    /// is no such job, or it is not done. It is no change of state.
    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool>;

    /// One job.
    fn job(&self, id: JobId) -> Result<Option<Job>>;

    /// Its attempts, oldest first.
    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>>;

    /// A page of the list.
    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// The numbers of all jobs that [`Queue::page`] has for this filter, in its order.
    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>>;

    /// The jobs behind this one in the list of these states, in the usual order; the first of them without it. So a long
    /// list is read part by part, each as cheap as the first, and none twice.
    fn onward(&self, states: &[State], after: Option<Mark>, limit: u64) -> Result<Vec<Job>>;

    /// The jobs behind this one that start by themselves, now or when they are tried again, in the order of the list; the
    /// first of them without it. However many are on hold, each part costs the same.
    fn startable(&self, after: Option<Mark>, limit: u64) -> Result<Vec<Job>>;

    /// How many rows [`Queue::page`] has for this filter.
    fn matching(&self, filter: &Filter) -> Result<u64>;

    /// How many jobs are in each state.
    fn counts(&self) -> Result<Counts>;

    /// Why jobs are in the failed list and how many for each cause, the cause that failed last first.
    fn causes(&self) -> Result<Vec<(FailureCode, u64)>>;

    /// The failed jobs of one cause, newest first.
    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>>;

    /// How many jobs before this position could start now.
    fn startable_before(&self, position: i64) -> Result<u64>;

    /// Bytes of the originals of jobs that are queued and not on hold.
    fn left(&self) -> Result<u64>;

    /// What waits for room on a disk.
    fn crowded(&self) -> Result<Crowded>;

    /// What the done jobs took and take.
    fn saved(&self) -> Result<Saved>;

    /// Failures since `since` and the last ends.
    fn recent(&self, since: Millis) -> Result<Recent>;

    /// Keeps how long a job took; the newest such samples are kept, so many of each task and of all.
    fn learn(&self, sample: &Sample) -> Result<()>;

    /// How long jobs took on this machine, the oldest first.
    fn learned(&self) -> Result<Vec<Sample>>;

    /// Reads a small fact.
    fn flag(&self, flag: Flag) -> Result<Option<String>>;

    /// Sets or clears one.
    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()>;

    /// Has another process written since this was last asked?
    fn changed_elsewhere(&self) -> Result<bool>;

    /// From now on the queue does not count as in use, though a thread that a dead drive holds may keep it for as long as
    /// that hangs: others may repair it.
    fn let_go(&self) {}

    /// Removes what retention allows; says how many jobs.
    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64>;
}

/// Pauses or resumes the queue. Who resumes has seen that it was mended, if it was.
pub fn pause(queue: &dyn Queue, paused: bool) -> Result<()> {
    queue.set_flag(Flag::Paused, paused.then_some("1"))?;
    if paused { Ok(()) } else { queue.set_flag(Flag::Restored, None) }
}

/// Milliseconds after which an estimate of the rest is out of date.
const FRESH: Millis = 30_000;

/// How long the rest takes, as the engine at work has reckoned it; nothing where none has of late.
pub fn time_left(queue: &dyn Queue, now: Millis) -> Result<Option<TimeLeft>> {
    let said = queue.flag(Flag::TimeLeft)?.and_then(|text| serde_json::from_str::<TimeLeftAt>(&text).ok());
    Ok(said.filter(|said| (0..FRESH).contains(&(now - said.at))).map(|said| said.left))
}

/// Attempts kept of one job: an ffmpeg that stays broken is tried every minute, for weeks.
pub const KEPT_ATTEMPTS: i64 = 100;
/// Bytes kept of the log of one attempt.
pub const KEPT_LOG: usize = 16 << 10;
