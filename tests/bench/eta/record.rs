//! Recording: the engine runs every clip with every preset, one, two and three jobs at a time. A record contains no
//! names, only the facts that a queue has about a video, the duration of its job, and when its percentage passed each
//! tenth.

use super::clips;
use serde::{Deserialize, Serialize};
use spool_core::engine::Engine;
use spool_core::event::{Delivery, Event, Topic};
use spool_core::intake::AddOptions;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, QueuePosition};
use spool_core::spec::JobSpec;
use spool_tests::engine::{Setup, find, start, taken, wish};
use spool_tests::env::TestEnv;
use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

/// Numbers of parallel jobs that are recorded.
const WORKERS: [usize; 3] = [1, 2, 3];

/// One job that was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Recorded {
    /// Number of parallel jobs.
    pub(super) workers: usize,
    /// Index into [`presets`].
    pub(super) preset: usize,
    pub(super) codec: String,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Length of the video, in seconds.
    pub(super) seconds: f64,
    /// Size of the original.
    pub(super) bytes: u64,
    /// Seconds from start to end.
    pub(super) took: f64,
    /// Seconds after the start, and the percentage, each time it passed a multiple of ten.
    pub(super) shown: Vec<(f64, f64)>,
}

/// The presets that are recorded: a common one, a slow one, one with two passes, and one that copies.
pub(super) fn presets() -> [Preset; 4] {
    let known = |id: &str| preset::find(id).unwrap().clone();
    let small = preset::set(&known("fit-size"), &[("video.sizeMb", "1"), ("video.copy", "never")]).unwrap();
    [known("web-1080p"), known("small-hevc"), small, known("remux-mp4")]
}

pub(super) fn record(into: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut lines = String::new();
    for workers in WORKERS {
        let started = Instant::now();
        let all = runtime.block_on(run_all(workers));
        println!("{workers} at a time: {} jobs in {:.0} s", all.len(), started.elapsed().as_secs_f64());
        for one in all {
            lines += &serde_json::to_string(&one).unwrap();
            lines.push('\n');
        }
    }
    std::fs::write(into, lines).unwrap();
}

async fn run_all(workers: usize) -> Vec<Recorded> {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers, policy: Policy::default(), ..Setup::default() });
    engine.pause(true).unwrap();
    let mut events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
    let jobs = add(&engine, &env);
    engine.pause(false).unwrap();
    let mut open = jobs.len();
    let mut started: HashMap<JobId, Instant> = HashMap::new();
    let mut shown: HashMap<JobId, Vec<(f64, f64)>> = HashMap::new();
    let mut took = HashMap::new();
    while open > 0 {
        let item = events.next().await.unwrap();
        match item {
            Delivery::Event(Event::JobChanged { id, state: State::Running, .. }) => {
                started.insert(id, Instant::now());
            }
            Delivery::Event(Event::JobChanged { id, state, .. }) if state.is_ended() => {
                open -= 1;
                if state == State::Done {
                    took.insert(id, started[&id].elapsed().as_secs_f64());
                }
            }
            Delivery::Event(Event::Progress { id, progress }) => {
                let all = shown.entry(id).or_default();
                let last = all.last().map_or(-1.0, |(_, percent)| percent / 10.0);
                if let Some(percent) = progress.percent.filter(|p| (p / 10.0).floor() > last.floor()) {
                    all.push((started[&id].elapsed().as_secs_f64(), percent));
                }
            }
            Delivery::Event(_) => {}
            Delivery::Snapshot(_) => assert!(started.is_empty(), "events were missed"),
        }
    }
    let all = took.iter().filter_map(|(id, took)| {
        let job = engine.queue().job(*id).unwrap()?;
        let facts = job.facts?;
        Some(Recorded {
            workers,
            preset: jobs[id],
            codec: facts.codec,
            width: facts.width,
            height: facts.height,
            seconds: facts.seconds?,
            bytes: job.source_size?,
            took: *took,
            shown: shown.remove(id).unwrap_or_default(),
        })
    });
    let all = all.collect();
    engine.stop().await;
    all
}

/// Adds all clips with all presets in a shuffled order; returns the preset of each job.
fn add(engine: &Engine, env: &TestEnv) -> HashMap<JobId, usize> {
    let mut all: Vec<_> =
        clips::all().into_iter().flat_map(|clip| (0..4).map(move |p| (clip.clone(), p))).collect();
    let mut random = fastrand::Rng::with_seed(18);
    random.shuffle(&mut all);
    let (mut ids, presets) = (HashMap::new(), presets());
    for (clip, preset) in all {
        let wish = AddOptions { spec: JobSpec::of(presets[preset].clone()), ..wish(env) };
        let found = find(&[clip], &wish);
        for added in engine.add(&found.jobs, QueuePosition::End, &taken(&found.jobs)).unwrap() {
            if let Added::Accepted { id, .. } = added {
                ids.insert(id, preset);
            }
        }
    }
    ids
}
