//! A real batch: half of the clips run on a machine that has learned nothing, then the other half. The forecasts of the
//! engine, taken every half second, are compared with the actual end. The second half takes less time than a user would
//! wait, which makes it harder to forecast.

use super::clips;
use super::simulate::CheckExtent;
use spool_core::engine::Engine;
use spool_core::ffmpeg::{self, probe};
use spool_core::intake::AddOptions;
use spool_core::job::State;
use spool_core::policy::Policy;
use spool_core::preset;
use spool_core::queue::{Filter, QueuePosition};
use spool_core::spec::JobSpec;
use spool_tests::engine::{Setup, find, places, start, taken, wish};
use spool_tests::env::TestEnv;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Time between two forecasts.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Forecasts of the first batch, and of the second.
pub(super) fn looks() -> [Vec<CheckExtent>; 2] {
    let env = TestEnv::new();
    let mut clips = clips::made_here();
    fastrand::Rng::with_seed(5).shuffle(&mut clips);
    let (first, second) = clips.split_at(clips.len() / 2);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    [first, second].map(|half| runtime.block_on(batch(&env, half)))
}

async fn batch(env: &TestEnv, clips: &[PathBuf]) -> Vec<CheckExtent> {
    let engine = start(env, Setup { workers: 2, policy: Policy::default(), ..Setup::default() });
    engine.pause(true).unwrap();
    for id in ["web-1080p", "small-hevc"] {
        add(&engine, env, clips, id);
    }
    look_at_all(&engine);
    engine.pause(false).unwrap();
    let (started, mut forecasts) = (Instant::now(), Vec::new());
    let is_open = || engine.queue().counts().is_ok_and(|counts| counts.startable() + counts.running > 0);
    while is_open() {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Some(left) = engine.time_left() {
            forecasts.push((started.elapsed().as_secs_f64(), left, engine.queue().learned().unwrap().len()));
        }
    }
    let all = started.elapsed().as_secs_f64();
    engine.stop().await;
    let look = |(at, left, learned)| CheckExtent { passed: at / all, rest: all - at, left, learned };
    forecasts.into_iter().map(look).filter(|look| look.passed >= 0.1).collect()
}

/// Probes all queued videos, as the window does in the background.
fn look_at_all(engine: &Engine) {
    let tools = ffmpeg::locate(&places()).unwrap();
    for job in engine.queue().page(&Filter::of(&[State::Queued]), 0, u64::MAX >> 1).unwrap() {
        let info = probe::source(&tools, &job.source, &Policy::default(), None).unwrap().unwrap();
        engine.queue().describe(job.id, &info.facts()).unwrap();
    }
}

fn add(engine: &Engine, env: &TestEnv, clips: &[PathBuf], preset: &str) {
    let wish = AddOptions { spec: JobSpec::of(preset::find(preset).unwrap().clone()), ..wish(env) };
    let found = find(clips, &wish);
    engine.add(&found.jobs, QueuePosition::End, &taken(&found.jobs)).unwrap();
}
