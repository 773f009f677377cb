//! Accuracy of the percentage: one job with the preset `fit-size`, which takes two passes. Each percentage is compared
//! with the elapsed share of the total time, which is known at the end.
//!
//! `SPOOL_BENCH_VIDEO` names a video; without it, a synthetic one is made.

use crate::{Figures, keep};
use spool_core::engine::Engine;
use spool_core::event::{Delivery, Event, Topic};
use spool_core::intake::AddOptions;
use spool_core::job::State;
use spool_core::preset;
use spool_core::queue::QueuePosition;
use spool_core::spec::JobSpec;
use spool_tests::engine::{Setup, start, wish};
use spool_tests::env::TestEnv;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Seconds since the start, and the percentage at that time.
type Reading = (f64, f64);

pub(crate) fn measure(figures: &mut Figures) {
    let video = std::env::var_os("SPOOL_BENCH_VIDEO").map_or_else(crate::batch::clip, PathBuf::from);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (readings, seconds) = runtime.block_on(watch(&video));
    let off: Vec<f64> = readings.iter().map(|(at, percent)| percent - at / seconds * 100.0).collect();
    let (ahead, behind) = (off.iter().copied().fold(0.0, f64::max), off.iter().copied().fold(0.0, f64::min));
    keep(figures, "two passes, the whole job", seconds, "s");
    keep(figures, "its percentage ahead of the time passed, at most", ahead, "points");
    keep(figures, "its percentage behind the time passed, at most", -behind, "points");
}

/// All readings of one job, and its duration in seconds.
async fn watch(video: &Path) -> (Vec<Reading>, f64) {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    let mut events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
    add(&engine, &env, video);
    let (mut started, mut readings) = (Instant::now(), Vec::new());
    while let Some(item) = events.next().await {
        match item {
            Delivery::Event(Event::JobChanged { state: State::Running, .. }) => started = Instant::now(),
            Delivery::Event(Event::JobChanged { state: State::Done, .. }) => break,
            Delivery::Event(Event::Progress { progress, .. }) => {
                readings.extend(progress.percent.map(|percent| (started.elapsed().as_secs_f64(), percent)));
            }
            _ => {}
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    engine.stop().await;
    (readings, seconds)
}

fn add(engine: &Engine, env: &TestEnv, video: &Path) {
    let preset = preset::find("fit-size").unwrap().clone();
    let found = spool_tests::engine::find(
        &[video.to_owned()],
        &AddOptions { spec: JobSpec::of(preset), ..wish(env) },
    );
    engine.add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs)).unwrap();
}
