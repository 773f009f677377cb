//! The state shared by all front ends: the queue, the engine if this process runs it, and the settings.
//!
//! Guarantees that a front end works no matter which process runs the queue: if another one does, this one reads and
//! steers through the database, and takes over once the queue is free. Every function may block and must not be called
//! on a UI thread.

use crate::checks::Checks;
use crate::environment;
use crate::feed::Feed;
use crate::in_view::Previews;
use crate::last_added::LastAdded;
use crate::locked::lock;
use crate::queues;
use crate::view::WhenDone;
use spool_core::engine::Engine;
use spool_core::error::{Error, Result};
use spool_core::event::{Subscription, Topic};
use spool_core::ffmpeg;
use spool_core::job::{Job, JobId};
use spool_core::queue::{Flag, Queue};
use spool_core::settings::Settings;
use spool_core::volumes::Volumes;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::OnceCell;

/// Value of `Flag::Paused` if the queue was paused to spare the battery.
pub const ON_BATTERY: &str = "battery";

/// Name of this process for other processes.
const WHO: &str = "the window";

/// The state shared by all front ends.
pub struct Spool {
    /// Data folder of the queue.
    pub data: PathBuf,
    /// Updates for the front end.
    pub feed: Feed,
    queue: Arc<dyn Queue>,
    /// Drive access with timeouts.
    pub volumes: Arc<Volumes>,
    engine: RwLock<Option<Engine>>,
    holder: Mutex<Option<String>>,
    settings: Mutex<Settings>,
    /// Rows in view that lack facts or a thumbnail.
    pub previews: Previews,
    pub(crate) last: Mutex<LastAdded>,
    pub(crate) when_done: Mutex<WhenDone>,
    pub(crate) checks: Checks,
    /// This process starts no further engine. Locked while an engine starts.
    left: Mutex<bool>,
    /// Set once the engine was stopped.
    pub(crate) stopped: OnceCell<()>,
}

impl Spool {
    /// Opens the queue of `data`, repairing it first if it is damaged. [`Spool::start_engine`] starts to run it.
    pub fn open(data: PathBuf) -> Result<Spool> {
        let settings = environment::settings(&data)?;
        // Before the queue is opened, because an open database cannot be repaired.
        queues::restore(&data, WHO)?;
        let queue = queues::open(&data)?;
        Ok(Spool::on(data, settings, Arc::default(), queue))
    }

    /// As [`Spool::open`], with an open queue of `data`. `volumes`: drive access with timeouts.
    pub fn on(data: PathBuf, settings: Settings, volumes: Arc<Volumes>, queue: Arc<dyn Queue>) -> Spool {
        Spool {
            data,
            feed: Feed::default(),
            queue,
            volumes,
            engine: RwLock::default(),
            holder: Mutex::default(),
            settings: Mutex::new(settings),
            previews: Previews::default(),
            last: Mutex::default(),
            when_done: Mutex::default(),
            checks: Checks::default(),
            left: Mutex::default(),
            stopped: OnceCell::new(),
        }
    }

    /// Starts an engine and returns its events; `None` if another process runs the queue or this one is about to end.
    /// Must be called within a tokio runtime.
    pub fn start_engine(&self) -> Result<Option<Subscription>> {
        let left = lock(&self.left);
        if *left {
            return Ok(None);
        }
        let settings = self.settings();
        let config = environment::engine(&self.data, &settings, WHO, settings.workers, &self.volumes);
        match queues::start(config) {
            Ok(engine) => {
                let events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
                *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Some(engine);
                *lock(&self.holder) = None;
                Ok(Some(events))
            }
            Err(Error::Held { holder }) => {
                *lock(&self.holder) = Some(holder);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Stops the checks of results and takes the engine, which the caller must stop. Afterwards this process starts no
    /// further engine.
    pub fn leave(&self) -> Option<Engine> {
        self.checks.stop();
        *lock(&self.left) = true;
        self.engine.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Calls `call` with the engine; `None` if this process does not run the queue.
    pub fn with_engine<T>(&self, call: impl FnOnce(&Engine) -> T) -> Option<T> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(call)
    }

    /// Checks whether this process runs the queue.
    pub fn is_working(&self) -> bool {
        self.with_engine(|_| ()).is_some()
    }

    /// Returns the name of the process that runs the queue, if it is another one.
    pub(crate) fn worked_elsewhere(&self) -> Option<String> {
        lock(&self.holder).clone().filter(|_| !self.is_working())
    }

    /// Returns the current settings.
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Pauses or resumes the queue.
    pub fn pause(&self, paused: bool) -> Result<()> {
        match self.with_engine(|engine| engine.pause(paused)) {
            Some(done) => done?,
            None => spool_core::queue::pause(self.queue.as_ref(), paused)?,
        }
        self.feed.touch();
        Ok(())
    }

    /// Pauses the queue until external power returns.
    pub fn pause_on_battery(&self) -> Result<()> {
        self.pause(true)?;
        self.queue.set_flag(Flag::Paused, Some(ON_BATTERY))?;
        self.feed.touch();
        Ok(())
    }

    /// Changes the settings, based on the current contents of the file, and saves them.
    pub fn choose(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut held = lock(&self.settings);
        *held = environment::change_settings(&self.data, change)?;
        Ok(())
    }

    /// Reloads the settings, which other processes may have changed, and returns them. If the file has a mistake, they
    /// stay as they are.
    pub fn read_settings(&self) -> Settings {
        let mut held = lock(&self.settings);
        match environment::settings(&self.data) {
            Ok(settings) => *held = settings,
            Err(cause) => tracing::warn!(%cause, "the settings could not be reloaded"),
        }
        held.clone()
    }

    /// Returns a job.
    pub fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.queue.job(id)
    }

    /// Returns the queue, for reading.
    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_ref()
    }

    /// Returns the number of jobs that this process runs.
    pub fn running_here(&self) -> u64 {
        if self.is_working() { self.queue.counts().map_or(0, |c| c.running) } else { 0 }
    }

    /// Locates ffmpeg and ffprobe.
    pub fn tools(&self) -> std::result::Result<ffmpeg::Tools, ffmpeg::ToolError> {
        ffmpeg::locate(&environment::tools(&self.settings()))
    }
}
