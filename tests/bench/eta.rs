//! Accuracy of the time left: simulated batches of jobs that were recorded before, and one real batch.
//!
//! `./dev bench eta record` records the jobs again (15 minutes on two cores; `SPOOL_BENCH_VIDEOS` names a folder of
//! further videos). The record is stored beside this file.

mod clips;
mod real;
mod record;
mod simulate;

use crate::{Figures, keep};
use record::Recorded;
use simulate::{Case, CheckExtent, Drawn, Known, cases, looks};
use spool_core::forecast::learned::{KEPT, Learned};
use spool_core::forecast::{self, ENOUGH, Queued, Situation};
use std::path::Path;
use std::time::Instant;

/// Number of simulated batches.
const BATCHES: usize = 200;

/// Number of cores of the machine on which the jobs were recorded.
const CORES: usize = 2;

/// The arguments `real` and `simulated` select one of the two parts.
pub(crate) fn measure(figures: &mut Figures) {
    let has_argument = |word: &str| std::env::args().any(|arg| arg == word);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/eta/recorded.jsonl");
    if has_argument("record") {
        record::record(&path);
    }
    if !has_argument("real") {
        simulated(figures, &path);
    }
    if !has_argument("simulated") {
        real(figures);
    }
}

fn simulated(figures: &mut Figures, path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let recorded: Vec<Recorded> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cases = cases(&recorded);
    cost(figures, &cases);
    let (learned, judged) = halves(&cases);
    keep(figures, "time left: clips times presets that are learned from", learned.len() as f64, "jobs");
    keep(figures, "the same that are judged", judged.len() as f64, "jobs");
    for (known, name) in [(Known::All, "videos looked at"), (Known::Bytes, "sizes in bytes alone")] {
        let mut random = fastrand::Rng::with_seed(7);
        let mut all = Vec::new();
        for n in 0..BATCHES {
            // Every second batch runs on a machine that has learned nothing.
            let workers = n / 2 % 3 + 1;
            let samples = learned.iter().map(|case| case.sample(workers)).collect();
            let mut history = Learned::new(if n % 2 == 0 { samples } else { Vec::new() }, CORES);
            let batch = batch(&judged, &mut random);
            all.extend(looks(&batch, workers, &mut history, known));
        }
        all.retain(|look| look.passed >= 0.1);
        let (later, early): (Vec<CheckExtent>, Vec<CheckExtent>) =
            all.into_iter().partition(|look| look.learned >= ENOUGH);
        report(figures, &format!("time left, {name}, {ENOUGH} jobs learned"), &later);
        report(figures, &format!("time left, {name}, fewer learned"), &early);
    }
}

/// Measures the forecast of a long queue on a machine that has learned the maximum number of jobs.
fn cost(figures: &mut Figures, cases: &[Case]) {
    let sample = |n: usize| cases[n % cases.len()].sample(n % 3 + 1);
    let started = Instant::now();
    let mut learned = Learned::new((0..KEPT).map(sample).collect(), CORES);
    learned.learn(sample(0));
    keep(figures, "time left: learning, 1,500 learned", started.elapsed().as_secs_f64() * 500.0, "ms");
    let queued = (0..1000)
        .map(|n| Queued { work: cases[n % cases.len()].work.clone(), due: 0.0, done: 0.0 })
        .collect();
    let situation = Situation { workers: 3, running: Vec::new(), queued, scale: 100.0 };
    let started = Instant::now();
    assert!(forecast::time_left(&situation, &learned).is_some());
    keep(figures, "time left: of 100,000 queued, 1,500 learned", started.elapsed().as_secs_f64() * 1e3, "ms");
}

/// Measures a real batch, and a second one that has learned from the first.
fn real(figures: &mut Figures) {
    let [first, second] = real::looks();
    report(figures, "time left, a real batch, nothing learned", &first);
    report(figures, "time left, a real batch, after another", &second);
}

/// Splits the cases by clip: half of the clips with all presets, and the other half.
fn halves(cases: &[Case]) -> (Vec<&Case>, Vec<&Case>) {
    let mut clips: Vec<_> = cases.iter().map(Case::clip).collect();
    clips.sort_unstable();
    clips.dedup();
    fastrand::Rng::with_seed(3).shuffle(&mut clips);
    let first = &clips[..clips.len() / 2];
    cases.iter().partition(|case| first.contains(&case.clip()))
}

/// A batch of 20 to 150 jobs, usually of one preset. In every sixth batch, a third of the jobs is on a drive that is up
/// to twice as slow. 4 % of the jobs fail partway: 2.4 % permanently, as a damaged file does, 1.2 % once, and 0.4 %
/// with every attempt.
fn batch<'a>(judged: &[&'a Case], random: &mut fastrand::Rng) -> Vec<Drawn<'a>> {
    let count = (20.0 * 7.5f64.powf(random.f64())) as usize;
    let (main, mixed) = (random.usize(..4), random.f64() < 0.3);
    let fitting: Vec<&&Case> = judged.iter().filter(|case| mixed || case.preset() == main).collect();
    let slow = (random.f64() < 1.0 / 6.0).then(|| (random.usize(..count), 1.0 + random.f64()));
    let one = |n: usize, random: &mut fastrand::Rng| {
        let case = fitting[random.usize(..fitting.len())];
        let on_it = slow.filter(|(from, _)| (*from..from + count / 3).contains(&n));
        let (attempts, lost) = match random.f64() {
            ..0.024 => (1, true),
            ..0.036 => (1, false),
            ..0.04 => (4, true),
            _ => (0, false),
        };
        let failures = (0..attempts).map(|_| random.f64()).collect();
        Drawn { case, slow: on_it.map_or(1.0, |(_, by)| by), lost, failures }
    };
    (0..count).map(|n| one(n, random)).collect()
}

fn report(figures: &mut Figures, name: &str, looks: &[CheckExtent]) {
    let share = |count: usize| count as f64 / looks.len().max(1) as f64 * 100.0;
    let holds = |look: &CheckExtent| look.left.from <= look.rest && look.rest <= look.left.to;
    // Shown as "a few seconds left".
    let soon = |look: &CheckExtent| look.left.to < 10.0;
    let hits = looks.iter().filter(|look| if soon(look) { look.rest < 10.0 } else { holds(look) }).count();
    let short = looks.iter().filter(|look| look.rest < look.left.from && !soon(look)).count();
    let widths = looks.iter().map(|look| look.left.to / look.left.from);
    let widest = widths.clone().fold(0.0, f64::max);
    let mean = widths.sum::<f64>() / looks.len().max(1) as f64;
    keep(figures, &format!("{name}: looks"), looks.len() as f64, "");
    keep(figures, &format!("{name}: in range"), share(hits), "% (at least 90)");
    keep(figures, &format!("{name}: ended sooner than said"), share(short), "%");
    keep(
        figures,
        &format!("{name}: strictly in range"),
        share(looks.iter().filter(|l| holds(l)).count()),
        "%",
    );
    keep(figures, &format!("{name}: widest range"), widest, "times");
    keep(figures, &format!("{name}: range on average"), mean, "times");
}
