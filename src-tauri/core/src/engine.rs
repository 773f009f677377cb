//! The engine: the façade over queue, pool and events that the window and the command line share.
//!
//! Guarantees that only one engine works a data folder, that what a crash left is rescued before anything
//! else is claimed, and that stopping ends every ffmpeg it started. Must not know who shows its events.

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
use crate::queue::sqlite::mend::{self, Look};
use crate::queue::{
    self, Added, Command, Commands, Details, Flag, NewJob, Place, Queue, Saved, Steered, Taken, Which,
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

/// Everything an engine is told; it reads no environment.
pub struct EngineConfig {
    /// Folder of the queue.
    pub data: PathBuf,
    /// Names this process to others: "spool run".
    pub who: String,
    /// Names this run of the machine, another after each start of it; `None` where that is not known.
    pub boot: Option<String>,
    /// Where ffmpeg is looked for.
    pub tools: ToolPlaces,
    /// Jobs at a time; `None`: as many as suit this machine.
    pub workers: Option<usize>,
    /// What is known of drives; shared by all who ask them.
    pub volumes: Arc<Volumes>,
    /// Timers and limits.
    pub policy: Policy,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Opens the queue of a data folder for reading and for user commands, without working it.
pub fn open_queue(data: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
    prepare(data)?;
    SqliteQueue::open(&database(data), clock)
}

/// The same for who only reads: also where its disk is full, or where this user may read it and no more.
pub fn open_queue_to_read(data: &Path, clock: Arc<dyn Clock>) -> Result<SqliteQueue> {
    prepare(data)?;
    SqliteQueue::open_to_read(&database(data), clock)
}

/// Sets a damaged queue aside and restores it, as [`Engine::start`] does, for a program that opens the queue
/// before it starts its engine. `who` names it to others. Where another engine works the queue, nothing is done.
pub fn mend(data: &Path, who: &str, clock: &dyn Clock) -> Result<()> {
    match lock::take(data, who) {
        Ok(_lock) => mend_locked(data, clock),
        Err(Error::Held { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Takes back what an engine left running that has died, for a program that acts on such jobs without working the queue.
/// False: an engine is at work, and acts itself.
pub fn rescue_idle(config: &EngineConfig) -> Result<bool> {
    let _lock = match lock::take(&config.data, &config.who) {
        Ok(lock) => lock,
        Err(Error::Held { .. }) => return Ok(false),
        Err(other) => return Err(other),
    };
    mend_locked(&config.data, config.clock.as_ref())?;
    let queue = open_queue(&config.data, config.clock.clone())?;
    rescue::rescue(&queue, &config.policy, (&incarnation(), config.boot.as_deref()), &config.volumes)?;
    queue.set_flag(Flag::Engine, None)?;
    Ok(true)
}

/// After an unclean end the database is read in full once, before anything is built upon it.
fn mend_locked(data: &Path, clock: &dyn Clock) -> Result<()> {
    let mended = mend::mend(&database(data), &backups(data), clock.now(), Look::AfterCrash)?;
    if let Some(mended) = mended {
        tracing::error!("{}", words::restored(&mended.restored));
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
    /// Takes the lock of the data folder, opens the queue, rescues, and starts to work.
    /// Must be called within a tokio runtime; blocks it for the time of opening and rescue.
    ///
    /// # Errors
    /// `Held` when another engine works this folder; `NetworkFolder`; whatever opening the queue may answer.
    pub fn start(config: EngineConfig) -> Result<Engine> {
        let lock = lock::take(&config.data, &config.who)?;
        mend_locked(&config.data, config.clock.as_ref())?;
        let queue = Arc::new(open_queue(&config.data, config.clock.clone())?);
        let owner = incarnation();
        let tally = rescued(queue.as_ref(), &config, &owner)?;
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
        // What an engine before this one left unfinished is over.
        tally.batch().keep(queue.as_ref())?;
        // The breaker of this engine starts closed; what tripped an earlier one may be mended.
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
            workers: AtomicUsize::new(counted(config.workers)),
            owner,
            boot: config.boot,
            events: broadcast::channel(EVENT_BUFFER).0,
            tally: Arc::new(tally),
            progress: Mutex::default(),
            time_left: Mutex::default(),
            places: Mutex::default(),
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

    /// The queue, for reading.
    pub fn queue(&self) -> Arc<dyn Queue> {
        self.shared.queue.clone()
    }

    /// Jobs it runs at a time.
    pub fn workers(&self) -> usize {
        self.shared.workers.load(Ordering::Relaxed)
    }

    /// From now on at most so many, `None`: as many as suit this machine. What runs beyond that runs on.
    pub fn set_workers(&self, workers: Option<usize>) {
        self.shared.workers.store(counted(workers), Ordering::Relaxed);
        self.changed();
    }

    /// From now on ffmpeg is looked for there. What runs, runs on.
    pub fn set_tools(&self, places: ToolPlaces) {
        self.shared.tooling.look_in(places);
        self.changed();
    }

    /// Accepts jobs and wakes the pool. Blocks for one transaction. `taken`: the names in use where their results go.
    pub fn add(&self, jobs: &[NewJob], place: Place, taken: &Taken) -> Result<Vec<Added>> {
        self.ask(|queue| queue.add(jobs, place, taken))
    }

    /// Does what a user asks of jobs. Blocks until all is done.
    pub fn steer(&self, command: Command, which: &Which) -> Result<Steered> {
        self.ask(|queue| queue.steer(command, which))
    }

    /// Asks the queue for what people ask of it, and wakes the pool. Blocks until all is done.
    pub fn ask<T>(&self, ask: impl FnOnce(&dyn Commands) -> Result<T>) -> Result<T> {
        let answer = ask(self.shared.queue.as_ref());
        // Also where it broke off: some of it may be done.
        self.changed();
        answer
    }

    /// Pauses or resumes the queue: running jobs go on, no new one starts. Kept over restarts.
    pub fn pause(&self, paused: bool) -> Result<()> {
        queue::pause(self.shared.queue.as_ref(), paused)?;
        self.shared.tell(Event::Paused(paused));
        self.shared.wake.notify_one();
        Ok(())
    }

    fn changed(&self) {
        self.shared.tell(Event::QueueChanged);
        self.shared.wake.notify_one();
    }

    /// A stream of the events of these topics, beginning with a snapshot.
    pub fn subscribe(&self, topics: Vec<Topic>) -> Subscription {
        // A subscriber must not keep the engine's end of the channel open: its end is how it learns of ours.
        let shared = Arc::downgrade(&self.shared);
        let take =
            move || shared.upgrade()?.snapshot().inspect_err(|e| tracing::error!(%e, "no snapshot")).ok();
        Subscription::new(topics, self.shared.events.subscribe(), Arc::new(take))
    }

    /// How long the rest takes, where that is known.
    pub fn time_left(&self) -> Option<TimeLeft> {
        self.shared.time_left()
    }

    /// What has ended of the present batch, and since the start; there the ends that rescue found are included.
    pub fn tally(&self) -> Arc<Tally> {
        self.shared.tally.clone()
    }

    /// What has ended of the present batch.
    pub fn batch(&self) -> Batch {
        self.shared.tally.batch()
    }

    /// Returns when nothing can go on without a person or the outside.
    pub async fn until_idle(&self) {
        // An error means that the pool has ended, which is idle enough.
        let _ = self.shared.idle.subscribe().wait_for(|idle| *idle).await;
    }

    /// Starts no further job; what runs goes on.
    pub fn drain(&self) {
        self.shared.drain.cancel();
        self.shared.wake.notify_one();
    }

    /// Ends every running job cleanly, gives each back to the queue, and returns when all is written.
    pub async fn stop(self) {
        self.shared.drain.cancel();
        self.shared.stop.cancel();
        self.ended().await;
    }

    /// Cancelled when the queue was found damaged: this engine works nothing more, and the next start mends it.
    pub fn damaged(&self) -> CancellationToken {
        self.shared.damaged.clone()
    }

    /// Returns when, after [`Engine::drain`], the last job has ended.
    pub async fn ended(self) {
        if let Err(cause) = self.pool.await {
            tracing::error!(%cause, "the pool ended by itself");
        }
        if self.shared.damaged.is_cancelled() {
            // An end that is not clean: the next start reads all of the queue and mends it.
            return;
        }
        if let Err(cause) = self.shared.queue.set_flag(Flag::Engine, None) {
            tracing::warn!(%cause, "the clean end could not be written down");
        }
        if self.shared.left_behind.load(Ordering::Relaxed) {
            self.shared.queue.let_go();
        }
    }

    /// Cancelled, it ends every running job, also while [`Engine::ended`] is awaited.
    pub fn stopper(&self) -> CancellationToken {
        self.shared.stop.clone()
    }
}

/// Rescues, and counts what thereby ended: no event tells of it, for nobody can listen yet.
fn rescued(queue: &dyn Queue, config: &EngineConfig, owner: &str) -> Result<Tally> {
    let engine = (owner, config.boot.as_deref());
    let left = rescue::rescue(queue, &config.policy, engine, &config.volumes)?;
    let mut found = Vec::new();
    for id in left {
        if let Some(job) = queue.job(id)? {
            let made = job.source_size.zip(job.output_size);
            found.push((id, job.state, made.map(|(before, after)| Saved { before, after })));
        }
    }
    Ok(Tally::resume(found, Batch::kept(queue)?))
}

/// A name for an engine that no other has or had: the owner of what it claims.
fn incarnation() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Jobs at a time for this wish: at least one.
fn counted(workers: Option<usize>) -> usize {
    workers.unwrap_or_else(pool::auto_workers).max(1)
}
