//! State shared by the engine, its pool and its workers: plain values behind locks, each held briefly.
//!
//! Guarantees that an event is counted before it is sent. Must not know the workers or subscribers.

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

/// Where a job writes, and how many bytes it is expected to write in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// The device of the file system; mounts of one device share its free space.
    pub(crate) device: Option<String>,
    pub(crate) bytes: u64,
}

/// Places by running job.
pub(crate) type Reservations = HashMap<Lease, Reservation>;

/// State shared by the engine, its pool and its workers.
pub(crate) struct Shared {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tooling: Arc<Tooling>,
    pub(crate) volumes: Arc<Volumes>,
    pub(crate) data: PathBuf,
    /// Jobs at a time.
    pub(crate) workers: AtomicUsize,
    /// Id of this engine, recorded in each claim.
    pub(crate) owner: String,
    /// See `EngineConfig`.
    pub(crate) boot: Option<String>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) tally: Arc<Tally>,
    /// Latest progress of the running jobs.
    pub(crate) progress: Mutex<HashMap<JobId, Progress>>,
    pub(crate) time_left: Mutex<Option<TimeLeft>>,
    /// Expected output of the running jobs.
    pub(crate) reservations: Mutex<Reservations>,
    /// Folders created for results.
    pub(crate) folders: Folders,
    /// A dead drive blocks a thread of an attempt, which keeps this state alive.
    pub(crate) left_behind: AtomicBool,
    /// Wakes the pool, as a job may have become ready.
    pub(crate) wake: Notify,
    /// Cancelled: no new claims.
    pub(crate) drain: CancellationToken,
    /// Cancelled: running jobs end.
    pub(crate) stop: CancellationToken,
    /// No job can run without a user or an outside change.
    pub(crate) idle: watch::Sender<bool>,
    /// Cancelled: the queue is damaged, and no job runs until the next start repairs it.
    pub(crate) damaged: CancellationToken,
}

impl Shared {
    /// Counts the event and sends it to subscribers, if any.
    pub(crate) fn emit(&self, event: Event) {
        self.tally.record(&event);
        self.send(event);
    }

    /// Sends an event that is already counted to subscribers, if any.
    pub(crate) fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, HashMap<JobId, Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn time_left(&self) -> Option<TimeLeft> {
        *self.time_left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reservations(&self) -> MutexGuard<'_, Reservations> {
        self.reservations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all work because the queue is damaged. The start that repairs it rescues the running jobs.
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
