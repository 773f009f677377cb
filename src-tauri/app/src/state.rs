//! What every face works with: the queue, the engine where this process has it, the settings.
//!
//! Guarantees that a face works whichever process works the queue: where another has it, this one shows and steers
//! through the database, and takes over when it is free. Everything here may block; callers on a UI thread must not
//! call it directly.

use crate::checks::Checks;
use crate::feed::Feed;
use crate::in_view::Previews;
use crate::last_added::LastAdded;
use crate::locked::lock;
use crate::places;
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

/// What the flag of a paused queue holds when that is for the battery.
pub const ON_BATTERY: &str = "battery";

/// Names this process to others.
const WHO: &str = "the window";

/// Everything the faces share.
pub struct Spool {
    /// Folder of the queue.
    pub data: PathBuf,
    /// What a face is told.
    pub feed: Feed,
    queue: Arc<dyn Queue>,
    /// What is known of drives.
    pub volumes: Arc<Volumes>,
    engine: RwLock<Option<Engine>>,
    holder: Mutex<Option<String>>,
    settings: Mutex<Settings>,
    /// Facts and pictures of what is in view.
    pub previews: Previews,
    pub(crate) last: Mutex<LastAdded>,
    pub(crate) when_done: Mutex<WhenDone>,
    pub(crate) checks: Checks,
    /// This process is to start no engine any more. Held while one is started.
    left: Mutex<bool>,
    /// The one stop.
    pub(crate) stopped: OnceCell<()>,
}

impl Spool {
    /// Opens the queue of `data`; works it from [`Spool::take_over`] on.
    pub fn open(data: PathBuf) -> Result<Spool> {
        let settings = places::settings(&data)?;
        // Before the queue is open here: one that is in use is not repaired.
        queues::restore(&data, WHO)?;
        let queue = queues::open(&data)?;
        Ok(Spool::on(data, settings, Arc::default(), queue))
    }

    /// On a queue of `data` that was opened otherwise. `volumes`: what is known of drives.
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

    /// Starts an engine unless another process has the queue or this one is about to end; yields its events. Within a
    /// tokio runtime.
    pub fn take_over(&self) -> Result<Option<Subscription>> {
        let left = lock(&self.left);
        if *left {
            return Ok(None);
        }
        let settings = self.settings();
        let config = places::engine(&self.data, &settings, WHO, settings.workers, &self.volumes);
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

    /// Takes the engine out, to stop it. Afterwards this process works nothing, and never will.
    pub fn leave(&self) -> Option<Engine> {
        self.checks.stop();
        *lock(&self.left) = true;
        self.engine.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Calls the engine where this process has it.
    pub fn with_engine<T>(&self, call: impl FnOnce(&Engine) -> T) -> Option<T> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(call)
    }

    /// Does this process work the queue?
    pub fn is_working(&self) -> bool {
        self.with_engine(|_| ()).is_some()
    }

    /// Who works the queue, where another process does.
    pub(crate) fn worked_elsewhere(&self) -> Option<String> {
        lock(&self.holder).clone().filter(|_| !self.is_working())
    }

    /// The settings as they are.
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

    /// Pauses the queue until the power is back.
    pub fn pause_on_battery(&self) -> Result<()> {
        self.pause(true)?;
        self.queue.set_flag(Flag::Paused, Some(ON_BATTERY))?;
        self.feed.touch();
        Ok(())
    }

    /// Changes the settings, as the file has them by now, and keeps them.
    pub fn choose(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut held = lock(&self.settings);
        *held = places::change_settings(&self.data, change)?;
        Ok(())
    }

    /// Reads again what others may have changed; a file with a mistake changes nothing here.
    pub fn read_settings(&self) -> Settings {
        let mut held = lock(&self.settings);
        match places::settings(&self.data) {
            Ok(settings) => *held = settings,
            Err(cause) => tracing::warn!(%cause, "the settings stay as they were"),
        }
        held.clone()
    }

    /// One job.
    pub fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.queue.job(id)
    }

    /// The queue, for reading.
    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_ref()
    }

    /// How many jobs this process runs.
    pub fn running_here(&self) -> u64 {
        if self.is_working() { self.queue.counts().map_or(0, |c| c.running) } else { 0 }
    }

    /// Is ffmpeg there?
    pub fn tools(&self) -> std::result::Result<ffmpeg::Tools, ffmpeg::ToolError> {
        ffmpeg::locate(&places::tools(&self.settings()))
    }
}
