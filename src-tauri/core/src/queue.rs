//! The queue: the ordered, durable store of jobs. Defined as traits over plain data, so that the engine can use SQLite,
//! an in-memory implementation, or later a shared server.
//!
//! Every implementation guarantees, and `tests/integration/queue/contract.rs` checks:
//! - `add` returns only after the jobs are durable, all of them or none;
//! - one claim per job at a time, in list order, each with a new epoch;
//! - a write with an outdated lease changes nothing and reports it;
//! - two active jobs never share a unique key or an output name;
//! - a job leaves only by `Remove`, by `UndoAdd`, for its successor or by retention.
//!
//! A queue must not know ffmpeg, start processes or access the user's file systems: the names in use there are passed
//! in as [`TakenNames`].

mod adding;
mod command;
mod commands;
mod details;
mod edit;
mod filter;
mod flag;
mod leases;
mod lists;
pub mod memory;
mod names;
mod outcome;
pub mod raised;
mod replacing;
pub mod sqlite;
mod taken;
mod trees;
mod work;

use crate::clock::Millis;
use crate::error::Result;
use crate::forecast::{TimeLeft, TimeLeftAt};

pub use adding::{Added, EarlierResult, NewJob, QueuePosition};
pub use command::{Command, CommandResult, Refusal, Selection};
pub(crate) use command::{fits, in_order, required_hold, starts};
pub use commands::Commands;
pub use details::Details;
pub use edit::{Edit, Edited};
pub use flag::Flag;
pub use leases::{Leases, Note};
pub(crate) use lists::newest_first;
pub use lists::{Counts, Cursor, Filter, Lists, Recent, Saved, Sort, WaitingForSpace};
pub use names::{LONGEST, Longest, Naming, candidate, key_of_path, shortened};
pub(crate) use outcome::tail;
pub use outcome::{KEPT_LOG, Outcome};
pub use replacing::{Replaced, Successor};
pub use taken::TakenNames;

/// The durable store of jobs: all parts together. Synchronous, shared between threads, usable as `dyn Queue`. Code that
/// needs only one part takes that part.
pub trait Queue: Leases + Commands + Lists + Details {}

impl<T: Leases + Commands + Lists + Details> Queue for T {}

/// Pauses or resumes the queue. Resuming also acknowledges a repair of the queue.
pub fn pause(queue: &dyn Details, paused: bool) -> Result<()> {
    queue.set_flag(Flag::Paused, paused.then_some("1"))?;
    if paused { Ok(()) } else { queue.set_flag(Flag::Restored, None) }
}

/// Milliseconds after which an estimate of the time left is out of date.
const FRESH: Millis = 30_000;

/// Returns the time left as the running engine estimated it; `None` without a recent estimate.
pub fn time_left(queue: &dyn Details, now: Millis) -> Result<Option<TimeLeft>> {
    let stored = queue.flag(Flag::TimeLeft)?.and_then(|text| serde_json::from_str::<TimeLeftAt>(&text).ok());
    Ok(stored.filter(|stored| (0..FRESH).contains(&(now - stored.at))).map(|stored| stored.left))
}

/// Attempts kept per job. A limit is needed because a broken ffmpeg is retried every minute, possibly for weeks.
pub const KEPT_ATTEMPTS: i64 = 100;
