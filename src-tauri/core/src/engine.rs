//! The engine: the façade over queue, pool and events, used by the window and the command line.
//!
//! Guarantees that only one engine works a data folder, that jobs left by a crash are rescued before any other is
//! claimed, and that stopping ends every ffmpeg it started. Must not know who shows its events.

mod rescue;

use crate::batch::Batch;
use crate::clock::Clock;
use crate::data::prepare;
use crate::error::{Error, Result};
use crate::event::{Event, Subscription, Topic};
use crate::ffmpeg::ToolPlaces;
use crate::forecast::TimeLeft;
use crate::policy::Policy;
use crate::pool::{self, Pool};
use crate::queue::sqlite::SqliteQueue;
use crate::queue::sqlite::repair::{self, CheckExtent};
use crate::queue::{
    self, Added, Command, CommandResult, Commands, Details, Flag, NewJob, Queue, QueuePosition, Saved,
    Selection, TakenNames,
};
use crate::shared::{Folders, Shared, Tooling};
use crate::volumes::Volumes;
use crate::words;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

pub use crate::data::{backups, database, lock};
pub use crate::pool::auto_workers;
pub use crate::shared::Tally;

/// Events kept for a slow subscriber before it gets a snapshot instead.
const EVENT_BUFFER: usize = 1024;

/// Configuration of an engine, which reads no environment.
pub struct EngineConfig {
    /// Folder of the queue.
    pub data: PathBuf,
    /// Name of this process for others: "spool run".
    pub who: String,
    /// Boot id: changes with each start of the machine; `None` if unknown.
    pub boot: Option<String>,
    /// Where to search for ffmpeg.
    pub tools: ToolPlaces,
    /// Jobs at a time; `None` for as many as suit this machine.
    pub workers: Option<usize>,
    /// Drive access with timeouts; shared by all users of drives.
    pub volumes: Arc<Volumes>,
    /// Timers and limits.
    pub policy: Policy,
    /// Source of time.
    pub clock: Arc<dyn Clock>,
}

/// Opens the queue of a data folder for reading and for user commands, without running it.
pub fn open_queue(data: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
    prepare(data)?;
    SqliteQueue::open(&database(data), clock)
}

/// Opens the queue for reading only; works also on a full disk, or without write permission.
pub fn open_queue_to_read(data: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
    prepare(data)?;
    SqliteQueue::open_to_read(&database(data), clock)
}

/// Repairs a damaged queue: sets it aside and restores it, as [`Engine::start`] does. For programs that open the queue
/// before they start an engine. `who` names this process to others. Does nothing while another engine runs the queue.
pub fn repair(data: &Path, who: &str, clock: &dyn Clock) -> Result<()> {
    match lock::take(data, who) {
        Ok(_lock) => repair_locked(data, clock),
        Err(Error::Held { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Rescues jobs of a dead engine, for a program that acts on such jobs without running the queue. Returns false if an
/// engine is running, which acts itself.
pub fn rescue_idle(config: &EngineConfig) -> Result<bool> {
    let _lock = match lock::take(&config.data, &config.who) {
        Ok(lock) => lock,
        Err(Error::Held { .. }) => return Ok(false),
        Err(other) => return Err(other),
    };
    repair_locked(&config.data, config.clock.as_ref())?;
    let queue = open_queue(&config.data, config.clock.clone())?;
    rescue::rescue(&queue, &config.policy, (&engine_id(), config.boot.as_deref()), &config.volumes)?;
    queue.set_flag(Flag::Engine, None)?;
    Ok(true)
}

/// After an unclean end the whole database is read once before it is used.
fn repair_locked(data: &Path, clock: &dyn Clock) -> Result<()> {
    let repaired = repair::repair(&database(data), &backups(data), clock.now(), CheckExtent::AfterCrash)?;
    if let Some(repaired) = repaired {
        tracing::error!("{}", words::restored(&repaired.restored));
    }
    Ok(())
}

/// A running engine. Dropping it without [`Engine::stop`] leaves its jobs to the next start's rescue.
pub struct Engine {
    shared: Arc<Shared>,
    pool: tokio::task::JoinHandle<()>,
    _lock: lock::Lock,
}

impl Engine {
    /// Takes the lock of the data folder, opens the queue, rescues jobs, and starts working. Must be called within a
    /// tokio runtime; blocks it while opening and rescuing.
    ///
    /// # Errors
    /// `Held` if another engine runs this queue; `NetworkFolder`; and the errors of opening the queue.
    pub fn start(config: EngineConfig) -> Result<Engine> {
        let lock = lock::take(&config.data, &config.who)?;
        repair_locked(&config.data, config.clock.as_ref())?;
        let queue = Arc::new(open_queue(&config.data, config.clock.clone())?);
        let owner = engine_id();
        let tally = rescued_tally(queue.as_ref(), &config, &owner)?;
        Engine::with_queue(config, queue, owner, tally, lock)
    }

    fn with_queue(
        config: EngineConfig,
        queue: Arc<dyn Queue>,
        owner: String,
        tally: Tally,
        lock: lock::Lock,
    ) -> Result<Engine> {
        queue.set_flag(Flag::Engine, Some(&owner))?;
        // A batch that an earlier engine left unfinished is over.
        tally.batch().store(queue.as_ref())?;
        // The breaker starts closed: what tripped an earlier one may be fixed.
        queue.set_flag(Flag::Breaker, None)?;
        queue.set_flag(Flag::HungUp, None)?;
        queue.set_flag(Flag::TimeLeft, None)?;
        let shared = Arc::new(Shared {
            folders: Folders::of(queue.as_ref()),
            queue,
            policy: config.policy,
            clock: config.clock,
            tooling: Arc::new(Tooling::new(config.tools)),
            volumes: config.volumes,
            data: config.data,
            workers: AtomicUsize::new(worker_count(config.workers)),
            owner,
            boot: config.boot,
            events: broadcast::channel(EVENT_BUFFER).0,
            tally: Arc::new(tally),
            progress: Mutex::default(),
            time_left: Mutex::default(),
            reservations: Mutex::default(),
            left_behind: AtomicBool::new(false),
            wake: Notify::new(),
            drain: CancellationToken::new(),
            stop: CancellationToken::new(),
            idle: watch::channel(false).0,
            damaged: CancellationToken::new(),
        });
        let pool = tokio::spawn(pool::run(Pool::new(shared.clone())));
        Ok(Engine { shared, pool, _lock: lock })
    }

    /// The queue, for reading only.
    pub fn queue(&self) -> Arc<dyn Queue> {
        self.shared.queue.clone()
    }

    /// Maximum number of jobs at a time.
    pub fn workers(&self) -> usize {
        self.shared.workers.load(Ordering::Relaxed)
    }

    /// Sets the maximum number of jobs at a time; `None` for as many as suit this machine. Surplus running jobs
    /// continue.
    pub fn set_workers(&self, workers: Option<usize>) {
        self.shared.workers.store(worker_count(workers), Ordering::Relaxed);
        self.changed();
    }

    /// Sets where to search for ffmpeg. Running jobs continue with theirs.
    pub fn set_tools(&self, places: ToolPlaces) {
        self.shared.tooling.look_in(places);
        self.changed();
    }

    /// Adds jobs and wakes the pool. Blocks for one transaction. `taken`: names in use in the output folders.
    pub fn add(&self, jobs: &[NewJob], place: QueuePosition, taken: &TakenNames) -> Result<Vec<Added>> {
        self.ask(|queue| queue.add(jobs, place, taken))
    }

    /// Executes a user's command on jobs. Blocks until it is finished.
    pub fn apply(&self, command: Command, which: &Selection) -> Result<CommandResult> {
        self.ask(|queue| queue.apply(command, which))
    }

    /// Sends a user's request to the queue and wakes the pool. Blocks until it is finished.
    pub fn ask<T>(&self, ask: impl FnOnce(&dyn Commands) -> Result<T>) -> Result<T> {
        let answer = ask(self.shared.queue.as_ref());
        // Also after an error: some batches may be done.
        self.changed();
        answer
    }

    /// Pauses or resumes the queue: no new job starts, running ones continue. Survives restarts.
    pub fn pause(&self, paused: bool) -> Result<()> {
        queue::pause(self.shared.queue.as_ref(), paused)?;
        self.shared.emit(Event::Paused(paused));
        self.shared.wake.notify_one();
        Ok(())
    }

    fn changed(&self) {
        self.shared.emit(Event::QueueChanged);
        self.shared.wake.notify_one();
    }

    /// A stream of events of these topics, starting with a snapshot.
    pub fn subscribe(&self, topics: Vec<Topic>) -> Subscription {
        // A subscriber must not keep the sender alive: the closed channel is how it learns of the engine's end.
        let shared = Arc::downgrade(&self.shared);
        let take =
            move || shared.upgrade()?.snapshot().inspect_err(|e| tracing::error!(%e, "no snapshot")).ok();
        Subscription::new(topics, self.shared.events.subscribe(), Arc::new(take))
    }

    /// The estimated time left, if known.
    pub fn time_left(&self) -> Option<TimeLeft> {
        self.shared.time_left()
    }

    /// Jobs ended in the current batch and since the start, including those that rescue ended.
    pub fn tally(&self) -> Arc<Tally> {
        self.shared.tally.clone()
    }

    /// The current batch.
    pub fn batch(&self) -> Batch {
        self.shared.tally.batch()
    }

    /// Returns when no job can run without a user or an outside change.
    pub async fn until_idle(&self) {
        // An error means that the pool has ended, which counts as idle.
        let _ = self.shared.idle.subscribe().wait_for(|idle| *idle).await;
    }

    /// Stops starting jobs; running ones continue.
    pub fn drain(&self) {
        self.shared.drain.cancel();
        self.shared.wake.notify_one();
    }

    /// Ends every running job cleanly, returns each to the queue, and waits until all is stored.
    pub async fn stop(self) {
        self.shared.drain.cancel();
        self.shared.stop.cancel();
        self.ended().await;
    }

    /// Cancelled when the queue was found damaged: this engine stops working, and the next start repairs the queue.
    pub fn damaged(&self) -> CancellationToken {
        self.shared.damaged.clone()
    }

    /// After [`Engine::drain`], returns when the last job has ended.
    pub async fn ended(self) {
        if let Err(cause) = self.pool.await {
            tracing::error!(%cause, "the pool ended unexpectedly");
        }
        if self.shared.damaged.is_cancelled() {
            // Not a clean end, so that the next start reads the whole queue and repairs it.
            return;
        }
        if let Err(cause) = self.shared.queue.set_flag(Flag::Engine, None) {
            tracing::warn!(%cause, "the clean end could not be stored");
        }
        if self.shared.left_behind.load(Ordering::Relaxed) {
            self.shared.queue.let_go();
        }
    }

    /// Cancelling this token ends every running job, also while [`Engine::ended`] is awaited.
    pub fn stopper(&self) -> CancellationToken {
        self.shared.stop.clone()
    }
}

/// Rescues jobs and counts those that ended; no event is sent, as there are no subscribers yet.
fn rescued_tally(queue: &dyn Queue, config: &EngineConfig, owner: &str) -> Result<Tally> {
    let engine = (owner, config.boot.as_deref());
    let left = rescue::rescue(queue, &config.policy, engine, &config.volumes)?;
    let mut found = Vec::new();
    for id in left {
        if let Some(job) = queue.job(id)? {
            let made = job.source_size.zip(job.output_size);
            found.push((id, job.state, made.map(|(before, after)| Saved { before, after })));
        }
    }
    Ok(Tally::resume(found, Batch::load(queue)?))
}

/// A unique engine id, the owner of its claims.
fn engine_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The number of workers for this setting, at least one.
fn worker_count(workers: Option<usize>) -> usize {
    workers.unwrap_or_else(pool::auto_workers).max(1)
}
