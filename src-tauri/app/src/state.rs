//! What the window works with: the queue, the engine where this process has it, the settings.
//!
//! Guarantees that the window works on whichever process works the queue: where another has it, this one
//! shows and steers through the database, and takes over when it is free. Everything here may block; callers
//! on the UI thread must not call it directly.

use crate::add::LastAdded;
use crate::feed::Feed;
use crate::places;
use crate::previews::Previews;
use crate::recheck::Checks;
use crate::stop::Stop;
use crate::view::{CameOf, Live, Standing, WhenDone};
use spool_core::clock::SystemClock;
use spool_core::engine::{self, Engine, EngineConfig, open_queue};
use spool_core::error::{Error, Result};
use spool_core::event::{Subscription, Topic};
use spool_core::ffmpeg;
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{self, Command, Counts, Filter, Flag, Queue, Which};
use spool_core::settings::Settings;
use spool_core::volumes::Volumes;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// What the flag of a paused queue holds when that is for the battery.
pub const ON_BATTERY: &str = "battery";

/// Names this process to others.
const WHO: &str = "the window";

/// Everything the commands share.
pub struct Spool {
    /// Folder of the queue.
    pub data: PathBuf,
    /// What is sent to the window.
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
    pub(crate) stopped: Stop,
}

/// Has a worker to get it on: neither paused, nor waiting for a worker after that.
fn is_at_work(job: &Job) -> bool {
    !job.hold && !job.awaits_worker()
}

/// How long a job that runs is waited for before it is removed; a cancel is done within 2 s.
const CANCEL_LIMIT: Duration = Duration::from_secs(15);

/// Locks it, whatever a thread that panicked may have left in it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spool {
    /// Opens the queue of `data`; works it from [`Spool::take_over`] on.
    pub fn open(data: PathBuf) -> Result<Spool> {
        let settings = places::settings(&data)?;
        // Before the queue is open here: one that is in use is not mended.
        engine::mend(&data, WHO, &SystemClock::default())?;
        let queue = Arc::new(open_queue(&data, Arc::new(SystemClock::default()))?);
        Ok(Spool {
            data,
            feed: Feed::default(),
            queue,
            volumes: Arc::default(),
            engine: RwLock::default(),
            holder: Mutex::default(),
            settings: Mutex::new(settings),
            previews: Previews::default(),
            last: Mutex::default(),
            when_done: Mutex::default(),
            checks: Checks::default(),
            left: Mutex::default(),
            stopped: Stop::default(),
        })
    }

    /// Starts an engine unless another process has the queue or this one is about to end; yields its events. Within a
    /// tokio runtime.
    pub fn take_over(&self) -> Result<Option<Subscription>> {
        let left = lock(&self.left);
        if *left {
            return Ok(None);
        }
        let settings = self.settings();
        let config = EngineConfig {
            data: self.data.clone(),
            who: WHO.into(),
            boot: places::boot(),
            tools: places::tools(&settings),
            workers: settings.workers,
            policy: Policy { crash_limit: settings.crash_limit, ..Policy::default() },
            volumes: self.volumes.clone(),
            clock: Arc::new(SystemClock::default()),
        };
        match Engine::start(config) {
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

    /// The settings as they are.
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Does what the user asks of jobs. One that runs is cancelled before it is removed.
    pub fn steer(&self, command: Command, which: &Which) -> Result<()> {
        let steer = |command, which: &Which| match self.with_engine(|engine| engine.steer(command, which)) {
            Some(done) => done,
            None => self.queue.steer(command, which),
        };
        match command {
            Command::Remove => queue::remove(self.queue.as_ref(), &steer, which, CANCEL_LIMIT)?,
            command => steer(command, which)?,
        };
        self.feed.touch();
        Ok(())
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

    /// Has all been done that can be? A queue that rests because it is paused or stands still has not.
    pub fn is_through(&self) -> bool {
        let through = || -> Result<bool> {
            let (counts, queue) = (self.queue.counts()?, &self.queue);
            let stands = queue.flag(Flag::Paused)?.is_some() || queue.flag(Flag::Breaker)?.is_some();
            Ok(counts.running == 0 && counts.startable() == 0 && !stands)
        };
        through().unwrap_or(false)
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

    /// How things stand.
    pub fn standing(&self) -> Result<Standing> {
        let queue = &self.queue;
        let saved = queue.saved()?;
        let running = queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
        let (crowded, paused) = (queue.crowded()?, queue.flag(Flag::Paused)?);
        let disk = crowded.volume.as_deref().and_then(Path::file_name);
        let counts = queue.counts()?;
        let (batch_done, batch_failed) = self.ended(&counts);
        Ok(Standing {
            counts: counts.into(),
            batch_done,
            batch_failed,
            came_of: self.came_of(&counts, running.iter().filter(|job| is_at_work(job)).count())?,
            suspended: running.iter().filter(|job| !is_at_work(job)).count() as u64,
            crowded: crowded.jobs,
            crowded_disk: disk.map(|name| name.to_string_lossy().into_owned()),
            paused: paused.is_some(),
            on_battery: paused.as_deref() == Some(ON_BATTERY),
            worked_by: lock(&self.holder).clone().filter(|_| !self.is_working()),
            workers: self.with_engine(Engine::workers),
            breaker: queue.flag(Flag::Breaker)?,
            restored: queue.flag(Flag::Restored)?,
            alarm: queue.flag(Flag::Alarm)?,
            checking: self.checks.shown(),
            bytes_before: saved.before,
            bytes_after: saved.after,
        })
    }

    /// What came of the last batch, where nothing is `at_work` and nothing can start.
    fn came_of(&self, counts: &Counts, at_work: usize) -> Result<Option<CameOf>> {
        if at_work > 0 || counts.startable() > 0 {
            return Ok(None);
        }
        let ended = match self.with_engine(Engine::batch) {
            Some(batch) => Some(batch.ended),
            None => self.queue.flag(Flag::Batch)?.and_then(|text| serde_json::from_str(&text).ok()),
        };
        Ok(ended.filter(|ended| ended.done + ended.failed > 0).map(CameOf::from))
    }

    /// How many are done and have failed of the present batch.
    pub fn ended(&self, counts: &Counts) -> (u64, u64) {
        match self.with_engine(Engine::batch) {
            // What is to begin is another batch.
            Some(batch) if batch.is_over() && counts.startable() > 0 => (0, 0),
            Some(batch) => (batch.ended.done, batch.ended.failed),
            None => (counts.done, counts.failed),
        }
    }

    /// Progress of what runs, as saved: for a queue that another process works.
    fn saved_progress(&self) -> Result<Vec<Live>> {
        let running = self.queue.page(&Filter::of(&[State::Running]), 0, 1000)?;
        Ok(running.iter().filter_map(|job| Some(Live::new(job.id.0, job.progress.as_ref()?))).collect())
    }

    /// Looks at a queue that another process works, and tells of what has changed there.
    pub fn look_elsewhere(&self) -> Result<()> {
        let changed = self.queue.changed_elsewhere()?;
        let live = self.saved_progress()?;
        if changed {
            self.feed.tell_live(live);
            self.feed.touch();
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_is_paused_or_stands_still_is_not_through_with_its_work() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let spool = Spool::open(data.path().to_owned()).unwrap();
        assert!(spool.is_through());
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        assert!(!spool.is_through());
        spool.steer(Command::Hold, &Which::Ids(vec![JobId(1)])).unwrap();
        assert!(spool.is_through(), "what is on hold is not wanted now");
        for flag in [Flag::Paused, Flag::Breaker] {
            spool.queue().set_flag(flag, Some("1")).unwrap();
            assert!(!spool.is_through());
            spool.queue().set_flag(flag, None).unwrap();
        }
    }

    #[test]
    fn whose_pause_it_is_outlives_the_process() {
        let data = tempfile::tempdir().unwrap();
        Spool::open(data.path().to_owned()).unwrap().pause_on_battery().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let standing = spool.standing().unwrap();
        assert!(standing.paused && standing.on_battery);
        spool.pause(true).unwrap();
        assert!(!spool.standing().unwrap().on_battery);
    }
}
