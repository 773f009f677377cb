//! What the window works with: the queue, the engine where this process has it, the settings.
//!
//! Guarantees that the window works on whichever process works the queue: where another has it, this one
//! shows and steers through the database, and takes over when it is free. Everything here may block; callers
//! on the UI thread must not call it directly.

use crate::feed::Feed;
use crate::pace::Pace;
use crate::view::{AddNotice, Entry, Left, List, Live, Page, Row, SettingsChosen, SettingsShown, Standing};
use spool_cli::places;
use spool_core::clock::SystemClock;
use spool_core::engine::{self, Engine, EngineConfig, open_queue};
use spool_core::error::{Error, Result};
use spool_core::event::Subscription;
use spool_core::event::Topic;
use spool_core::ffmpeg;
use spool_core::intake::{self, Found, Wish};
use spool_core::job::{Job, JobId, State};
use spool_core::output;
use spool_core::policy::Policy;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, Command, Filter, Flag, Place, Queue, Which};
use spool_core::settings::{self, Settings};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// Names this process to others.
const WHO: &str = "the window";

/// Everything the commands share.
pub struct Spool {
    /// Folder of the queue.
    pub data: PathBuf,
    /// What is sent to the window.
    pub feed: Feed,
    queue: Arc<dyn Queue>,
    engine: RwLock<Option<Engine>>,
    holder: Mutex<Option<String>>,
    settings: Mutex<Settings>,
    pace: Mutex<Pace>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spool {
    /// Opens the queue of `data`; works it from [`Spool::take_over`] on.
    pub fn open(data: PathBuf) -> Result<Spool> {
        let settings = settings::load(&data)?;
        let queue = Arc::new(open_queue(&data, Arc::new(SystemClock::default()))?);
        Ok(Spool {
            data,
            feed: Feed::default(),
            queue,
            engine: RwLock::default(),
            holder: Mutex::default(),
            settings: Mutex::new(settings),
            pace: Mutex::default(),
        })
    }

    /// Starts an engine unless another process has the queue; yields its events. Within a tokio runtime.
    pub fn take_over(&self) -> Result<Option<Subscription>> {
        let settings = self.settings();
        let config = EngineConfig {
            data: self.data.clone(),
            who: WHO.into(),
            tools: places::tools(&settings),
            workers: settings.workers,
            policy: Policy { crash_limit: settings.crash_limit, ..Policy::default() },
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

    /// Takes the engine out, to stop it. Afterwards this process works nothing.
    pub fn leave(&self) -> Option<Engine> {
        self.engine.write().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Calls the engine where this process has it.
    fn with_engine<T>(&self, call: impl FnOnce(&Engine) -> T) -> Option<T> {
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

    /// Changes the settings and keeps them.
    pub fn choose(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut held = lock(&self.settings);
        let mut changed = held.clone();
        change(&mut changed);
        settings::save(&self.data, &changed)?;
        *held = changed;
        Ok(())
    }

    /// What the settings dialog shows.
    pub fn settings_shown(&self) -> SettingsShown {
        let settings = self.settings();
        let chosen = SettingsChosen {
            workers: settings.workers,
            max_attempts: settings.max_attempts,
            output_name: settings.output_name,
            notify_done: settings.notify_done,
            notify_failed: settings.notify_failed,
        };
        let data = self.data.to_string_lossy().into_owned();
        SettingsShown { chosen, auto_workers: engine::auto_workers(), data }
    }

    /// Keeps what was chosen in the settings dialog; the engine heeds it at once.
    ///
    /// # Errors
    /// A sentence for a name that cannot name results.
    pub fn settle(&self, chosen: SettingsChosen) -> std::result::Result<(), String> {
        intake::check_template(&chosen.output_name).map_err(|why| format!("The file name {why}."))?;
        let workers = chosen.workers;
        let change = |settings: &mut Settings| {
            settings.workers = chosen.workers;
            settings.max_attempts = chosen.max_attempts.max(1);
            settings.output_name = chosen.output_name;
            settings.notify_done = chosen.notify_done;
            settings.notify_failed = chosen.notify_failed;
        };
        self.choose(change).map_err(|e| e.to_string())?;
        self.with_engine(|engine| engine.set_workers(workers));
        self.feed.touch();
        Ok(())
    }

    /// All presets.
    pub fn presets(&self) -> Result<Vec<Preset>> {
        settings::presets(&self.data)
    }

    fn preset(&self, id: &str) -> Result<Preset> {
        let found = self.presets()?.into_iter().find(|p| p.id == id);
        Ok(found.unwrap_or_else(|| preset::built_in()[0].clone()))
    }

    /// Adds files and folders with this preset; tells the window what became of them.
    pub fn add(&self, paths: &[PathBuf], preset: &str) -> Result<()> {
        let settings = self.settings();
        let wish = Wish {
            preset: self.preset(preset)?,
            folder: settings.output_dir,
            name: settings.output_name,
            max_attempts: settings.max_attempts,
        };
        let found = intake::find(paths, &wish);
        let added = match self.with_engine(|engine| engine.add(&found.jobs, Place::End)) {
            Some(added) => added?,
            None => self.queue.add(&found.jobs, Place::End, &output::is_taken)?,
        };
        self.feed.tell_added(notice(&found, &added));
        self.feed.touch();
        Ok(())
    }

    /// Does what the user asks of jobs.
    pub fn steer(&self, command: Command, which: &Which) -> Result<()> {
        match self.with_engine(|engine| engine.steer(command, which)) {
            Some(done) => drop(done?),
            None => drop(self.queue.steer(command, which)?),
        }
        self.feed.touch();
        Ok(())
    }

    /// Pauses or resumes the queue.
    pub fn pause(&self, paused: bool) -> Result<()> {
        match self.with_engine(|engine| engine.pause(paused)) {
            Some(done) => done?,
            None => self.queue.set_flag(Flag::Paused, paused.then_some("1"))?,
        }
        self.feed.touch();
        Ok(())
    }

    /// One job with its attempts.
    pub fn job(&self, id: JobId) -> Result<Option<Job>> {
        self.queue.job(id)
    }

    /// The queue, for reading.
    pub fn queue(&self) -> &dyn Queue {
        self.queue.as_ref()
    }

    /// Part of a list; `open`: causes of the failed list all of whose jobs are shown.
    pub fn page(&self, list: List, offset: u64, limit: u64, open: &[String]) -> Result<Page> {
        if list == List::Failed {
            return self.failed_page(offset, limit, open);
        }
        let filter = Filter { states: list.states() };
        let jobs = self.queue.page(&filter, offset, limit)?;
        let counts = self.queue.counts()?;
        let total = match list {
            List::Queue => counts.queued + counts.waiting + counts.running,
            List::Done | List::Failed => counts.done + counts.cancelled,
        };
        Ok(Page { offset, entries: self.rows(&jobs)?, total })
    }

    /// Rows with their places: the first startable one of the page is counted, the others follow it.
    fn rows(&self, jobs: &[Job]) -> Result<Vec<Entry>> {
        let may_start = |job: &Job| job.state == State::Queued && !job.hold && job.run_at.is_none();
        let mut place = match jobs.iter().find(|job| may_start(job)) {
            Some(first) => self.queue.startable_before(first.position)?,
            None => 0,
        };
        let mut row = |job| {
            let its = may_start(job).then(|| {
                place += 1;
                place
            });
            Entry::Row(Box::new(Row::new(job, its)))
        };
        Ok(jobs.iter().map(&mut row).collect())
    }

    /// How things stand.
    pub fn standing(&self) -> Result<Standing> {
        let queue = &self.queue;
        let saved = queue.saved()?;
        Ok(Standing {
            counts: queue.counts()?.into(),
            paused: queue.flag(Flag::Paused)?.is_some(),
            worked_by: lock(&self.holder).clone().filter(|_| !self.is_working()),
            workers: self.with_engine(Engine::workers),
            breaker: queue.flag(Flag::Breaker)?,
            alarm: queue.flag(Flag::Alarm)?,
            bytes_before: saved.before,
            bytes_after: saved.after,
        })
    }

    /// How long the rest takes, at the pace of the last minutes. `percents`: progress as
    /// last heard; what no longer runs is taken out.
    pub fn left(&self, awake: Duration, percents: &mut BTreeMap<i64, f64>) -> Result<Left> {
        let mut pace = lock(&self.pace);
        let running = self.queue.page(&Filter { states: vec![State::Running] }, 0, 1000)?;
        percents.retain(|id, _| running.iter().any(|job| job.id.0 == *id));
        let going: Vec<&Job> = running.iter().filter(|job| !job.hold).collect();
        if going.is_empty() {
            pace.rest();
            return Ok(Left::default());
        }
        let share = |job: &&Job| percents.get(&job.id.0).copied().unwrap_or(0.0) / 100.0;
        let size = |job: &&Job| job.source_size.unwrap_or(0) as f64;
        let worked: f64 = going.iter().map(|job| size(job) * share(job)).sum();
        let rest: f64 = going.iter().map(|job| size(job) * (1.0 - share(job))).sum();
        pace.observe(awake, self.queue.saved()?.before as f64 + worked);
        let range = pace.range(self.queue.left()? as f64 + rest);
        Ok(Left { from: range.map(|r| r.0), to: range.map(|r| r.1) })
    }

    /// Progress of what runs, as saved: for a queue that another process works.
    fn saved_progress(&self) -> Result<Vec<Live>> {
        let running = self.queue.page(&Filter { states: vec![State::Running] }, 0, 1000)?;
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

/// What became of added files, in at most a few kilobytes.
fn notice(found: &Found, added: &[Added]) -> AddNotice {
    let accepted =
        added.iter().filter_map(|a| if let Added::Accepted { id, .. } = a { Some(id.0) } else { None });
    let accepted: Vec<i64> = accepted.collect();
    let twins = added.iter().filter_map(|a| if let Added::Duplicate(id) = a { Some(id.0) } else { None });
    let twins: Vec<i64> = twins.collect();
    let own = added.len() - accepted.len() - twins.len();
    AddNotice {
        first: accepted.first().copied(),
        accepted: accepted.len(),
        duplicate_count: twins.len(),
        duplicates: twins.into_iter().take(20).collect(),
        skipped: found.skipped + own,
        refused: found.refused.iter().take(5).map(|(_, why)| why.chars().take(200).collect()).collect(),
        refused_count: found.refused.len(),
    }
}
