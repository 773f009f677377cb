//! Runs an engine in the process of the test, with short timers and a selectable clock.

use crate::env::TestEnv;
use crate::wait_until;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{Engine, EngineConfig};
use spool_core::ffmpeg::{ToolPlaces, standard_folders};
use spool_core::intake::{self, AddOptions, ScanResult, VolumeAccess};
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::preset;
use spool_core::queue::memory::MemoryQueue;
use spool_core::queue::{Added, NewJob, QueuePosition, TakenNames};
use spool_core::settings::Settings;
use spool_core::spec::JobSpec;
use spool_core::volumes::Volumes;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Returns the default policy with short waits, but long stall limits: on a machine under load, a healthy encoder may
/// make no progress for seconds.
pub fn fast() -> Policy {
    let (ms, never) = (Duration::from_millis, Duration::from_mins(10));
    Policy {
        backoff_first: ms(40),
        backoff_cap: ms(200),
        wait_recheck: ms(100),
        stall: never,
        stall_first: never,
        stop_grace: ms(200),
        cancel_grace: ms(200),
        tick: ms(20),
        progress_save: ms(100),
        source_recheck: ms(50),
        breaker_probe: ms(150),
        disk_reserve: 1 << 20,
        ..Policy::default()
    }
}

/// Settings of a test engine.
pub struct Setup {
    /// Timers and limits.
    pub policy: Policy,
    /// Source of time.
    pub clock: Arc<dyn Clock>,
    /// Replaces the ffmpeg of the system.
    pub ffmpeg: Option<PathBuf>,
    /// Replaces the ffprobe of the system.
    pub ffprobe: Option<PathBuf>,
    /// Jobs at a time.
    pub workers: usize,
    /// Boot id; `None` if unknown.
    pub boot: Option<String>,
    /// Drive access with timeouts.
    pub volumes: Arc<Volumes>,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            policy: fast(),
            clock: Arc::new(SystemClock::default()),
            ffmpeg: None,
            ffprobe: None,
            workers: 2,
            boot: None,
            volumes: Arc::default(),
        }
    }
}

/// Returns a setup with the fake ffmpeg.
pub fn faulty() -> Setup {
    Setup { ffmpeg: Some(crate::env::binary("fake-ffmpeg")), ..Setup::default() }
}

/// Returns a setup with the fake ffmpeg and the fake ffprobe.
pub fn faulty_tools() -> Setup {
    Setup { ffprobe: Some(crate::env::binary("fake-ffprobe")), ..faulty() }
}

/// Returns the policy of [`fast`] with short stall limits, for encoders that stall on purpose.
pub fn impatient() -> Policy {
    let soon = Duration::from_millis(700);
    Policy { stall: soon, stall_first: soon, ..fast() }
}

/// Returns the places to search for the tools of the system.
pub fn places() -> ToolPlaces {
    let path = std::env::var_os("PATH").unwrap();
    ToolPlaces { ffmpeg: None, ffprobe: None, folders: standard_folders(None, &path) }
}

/// Starts an engine on the queue of `env`.
pub fn start(env: &TestEnv, setup: Setup) -> Engine {
    let tools = ToolPlaces { ffmpeg: setup.ffmpeg, ffprobe: setup.ffprobe, ..places() };
    let (data, who) = (env.data(), "a test".into());
    Engine::start(EngineConfig {
        data,
        who,
        boot: setup.boot,
        tools,
        workers: Some(setup.workers),
        policy: setup.policy,
        volumes: setup.volumes,
        clock: setup.clock,
    })
    .unwrap()
}

/// Returns the settings for jobs that encode quickly into the folder of results, also of videos that were converted
/// before.
pub fn wish(env: &TestEnv) -> AddOptions {
    let changes = [("video.copy", "never"), ("video.speed", "ultrafast")];
    let quick = preset::set(preset::find("web-1080p").unwrap(), &changes).unwrap();
    let spec = JobSpec::of(quick);
    AddOptions {
        folder: Some(env.out()),
        flat: true,
        again: true,
        ..AddOptions::of(spec, &Settings::default())
    }
}

/// Expands paths into jobs, as for an empty queue.
pub fn find(paths: &[PathBuf], wish: &AddOptions) -> ScanResult {
    let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
    intake::scan(VolumeAccess::of(&Arc::default()), paths, wish, &queue).unwrap()
}

/// Returns the names in use in the result folders of these jobs, as for an empty queue.
pub fn taken(jobs: &[NewJob]) -> TakenNames {
    let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
    intake::taken(VolumeAccess::of(&Arc::default()), jobs, &queue).unwrap()
}

/// Adds these files to the queue, and returns the ids of their jobs. Panics if one is refused.
pub fn add(engine: &Engine, env: &TestEnv, paths: &[&Path]) -> Vec<JobId> {
    let paths: Vec<PathBuf> = paths.iter().map(|p| (*p).to_owned()).collect();
    let found = find(&paths, &wish(env));
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    let id = |a: &Added| if let Added::Accepted { id, .. } = a { *id } else { panic!("{a:?}") };
    engine.add(&found.jobs, QueuePosition::End, &taken(&found.jobs)).unwrap().iter().map(id).collect()
}

/// Returns the current row of the job.
pub fn job(engine: &Engine, id: JobId) -> Job {
    engine.queue().job(id).unwrap().unwrap()
}

/// Waits up to a minute until the job is in this state, and returns it.
pub fn reaches(engine: &Engine, id: JobId, state: State) -> Job {
    reaches_within(engine, id, state, Duration::from_mins(1))
}

/// Does the same within `limit`.
pub fn reaches_within(engine: &Engine, id: JobId, state: State, limit: Duration) -> Job {
    wait_until(&format!("job {id} to be {state}"), limit, || job(engine, id).state == state);
    job(engine, id)
}
