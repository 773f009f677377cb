//! What the engine, its pool and its workers share: plain values behind locks, each held for a moment.
//!
//! Guarantees that an event is counted before it is told. Must not know who works or who listens.

pub(crate) mod folders;
mod tally;
mod tooling;

use crate::clock::Clock;
use crate::error::Result;
use crate::event::{Event, Snapshot};
use crate::forecast::TimeLeft;
use crate::job::{JobId, Lease, State};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::queue::{Filter, Flag, Queue};
use crate::volumes::Volumes;
pub(crate) use folders::Folders;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

pub use tally::Tally;
pub(crate) use tooling::Tooling;

/// Where a job writes, and how much it is expected to write in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What holds the data: two mounts of one file system share their room.
    pub(crate) device: Option<String>,
    pub(crate) bytes: u64,
}

/// The places of the jobs at work.
pub(crate) type Places = HashMap<Lease, Place>;

/// What the engine, its pool and its workers share.
pub(crate) struct Shared {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tooling: Arc<Tooling>,
    pub(crate) volumes: Arc<Volumes>,
    pub(crate) data: PathBuf,
    /// Jobs at a time.
    pub(crate) workers: AtomicUsize,
    /// This incarnation: written into each claim.
    pub(crate) owner: String,
    /// See `EngineConfig`.
    pub(crate) boot: Option<String>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) tally: Arc<Tally>,
    /// Latest progress of the running jobs.
    pub(crate) progress: Mutex<HashMap<JobId, Progress>>,
    pub(crate) time_left: Mutex<Option<TimeLeft>>,
    /// What the jobs at work are expected to write, and where.
    pub(crate) places: Mutex<Places>,
    /// Folders that were made for results.
    pub(crate) folders: Folders,
    /// A dead drive holds a thread of an attempt, and with it all of this.
    pub(crate) left_behind: AtomicBool,
    /// Something may have become possible.
    pub(crate) wake: Notify,
    /// No new claims.
    pub(crate) drain: CancellationToken,
    /// End what runs.
    pub(crate) stop: CancellationToken,
    /// Nothing can go on by itself.
    pub(crate) idle: watch::Sender<bool>,
    /// The queue was found damaged: nothing is worked before a start has mended it.
    pub(crate) damaged: CancellationToken,
}

impl Shared {
    /// Counts it and tells subscribers; without any it is dropped.
    pub(crate) fn tell(&self, event: Event) {
        self.tally.hear(&event);
        let _ = self.events.send(event);
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, HashMap<JobId, Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn time_left(&self) -> Option<TimeLeft> {
        *self.time_left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all work: on a damaged queue nothing can be promised. What runs is rescued by the start that mends it.
    pub(crate) fn give_up(&self) {
        self.damaged.cancel();
        self.drain.cancel();
        self.stop.cancel();
        self.wake.notify_one();
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        let mut running = self.queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
        let live = self.progress();
        for job in &mut running {
            let suspended = job.progress.is_some_and(|saved| saved.suspended);
            let latest = live.get(&job.id).map(|latest| Progress { suspended, ..*latest });
            job.progress = latest.or(job.progress);
        }
        Ok(Snapshot {
            counts: self.queue.counts()?,
            running,
            paused: self.queue.flag(Flag::Paused)?.is_some(),
            idle: *self.idle.borrow(),
            batch: self.tally.batch(),
        })
    }
}
