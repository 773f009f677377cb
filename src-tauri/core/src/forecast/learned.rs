//! Learns from finished jobs how long a job takes on this machine.
//!
//! Guarantees an estimate for every workload: from jobs of the same task with similar videos if there are any, else
//! from what all jobs have in common, and from a default before the first job. Pure.

use super::fit::{Point, fit, value};
use super::work::Workload;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// One finished job.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its workload.
    pub work: Workload,
    /// Mean number of jobs that ran at the same time, including this one.
    pub jobs: f64,
    /// Seconds from start to end, without pauses.
    pub took: f64,
}

impl Sample {
    /// Are its numbers plausible?
    pub fn makes_sense(&self) -> bool {
        let fits = |value: f64, range: std::ops::RangeInclusive<f64>| range.contains(&value);
        let work = &self.work;
        fits(self.took, 0.001..=1e8)
            && fits(self.jobs, 1.0..=1e4)
            && fits(work.cost, 1e-6..=1e6)
            && work.seconds.is_none_or(|seconds| fits(seconds, 0.0..=1e9))
            && work.megapixels.is_none_or(|size| fits(size, 0.0..=1e6))
    }
}

/// Estimated duration of a job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// Seconds; the median.
    pub seconds: f64,
    /// Variation between such jobs, as the standard deviation of the logarithm of the duration.
    pub spread: f64,
    /// Error common to all such jobs, in the same measure.
    pub doubt: f64,
}

/// Most samples kept of one task.
pub const KEPT_OF_TASK: usize = 150;
/// Most samples kept of all tasks.
pub const KEPT: usize = 1500;

/// Adds a sample and drops the oldest of its task, or of all, beyond the limits.
pub fn keep(samples: &mut Vec<Sample>, sample: Sample) {
    let task = sample.work.task;
    samples.push(sample);
    let alike = |sample: &Sample| sample.work.task == task;
    if samples.iter().filter(|sample| alike(sample)).count() > KEPT_OF_TASK
        && let Some(oldest) = samples.iter().position(alike)
    {
        samples.remove(oldest);
    }
    if samples.len() > KEPT {
        samples.remove(0);
    }
}

/// Seconds for starting, probing and checking, whatever the length.
const OVERHEAD: f64 = 0.7;

/// Finished jobs, the newest last.
#[derive(Debug, Clone)]
pub struct Learned {
    samples: Vec<Sample>,
    /// CPU cores of this machine.
    cores: f64,
    /// Units of work per byte of the original, for videos not yet probed, and their spread.
    density: (f64, f64),
    /// How much longer all jobs took than the default estimate, as a logarithm.
    common: f64,
    /// How much longer the latest jobs took than was learned from all, as a logarithm.
    late: f64,
    /// By task, and by whether the videos were probed.
    tasks: HashMap<(Uuid, bool), Task>,
}

impl Learned {
    /// `samples` are sorted from old to new; `cores` are those of this machine.
    pub fn new(samples: Vec<Sample>, cores: usize) -> Learned {
        let mut learned = Learned {
            samples,
            cores: cores.max(1) as f64,
            density: DENSITY,
            common: 0.0,
            late: 0.0,
            tasks: HashMap::new(),
        };
        learned.update();
        learned
    }

    /// Number of learned jobs.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// True if no job was learned.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Adds a finished job.
    pub fn learn(&mut self, sample: Sample) {
        keep(&mut self.samples, sample);
        self.update();
    }

    fn update(&mut self) {
        let recent = &self.samples[self.samples.len().saturating_sub(RECENT)..];
        self.density = density(recent);
        let all: Vec<(f64, f64)> = recent.iter().map(|sample| (self.off(sample), 1.0)).collect();
        // The default estimate counts as much as two jobs.
        self.common = median(all, (0.0, 2.0));
        let mut by_task: HashMap<(Uuid, bool), Vec<Sample>> = HashMap::new();
        for sample in &self.samples {
            let unseen = Sample { work: sample.work.unseen(), ..sample.clone() };
            by_task.entry((sample.work.task, true)).or_default().push(sample.clone());
            by_task.entry((sample.work.task, false)).or_default().push(unseen);
        }
        self.tasks = by_task.iter().map(|(task, samples)| (*task, Task::of(self, samples))).collect();
        self.late = 0.0;
        self.late = self.recent_deviation();
    }

    /// How much longer the latest jobs took than estimated, as a logarithm: the machine is busy otherwise, or their
    /// drive is slow. A few jobs have little weight.
    fn recent_deviation(&self) -> f64 {
        let last = self.samples.iter().rev().take(LAST);
        let off = last.map(|sample| (sample.took / self.guess(&sample.work, sample.jobs).seconds).ln());
        median(
            off.enumerate().map(|(age, off)| (off, LATE_FADING.powi(age as i32))).collect(),
            (0.0, LATE_BELIEF),
        )
    }

    /// Estimates a job that runs with `jobs` jobs at a time.
    pub fn guess(&self, work: &Workload, jobs: f64) -> Guess {
        let seen = work.units().is_some();
        let (off, spread, known) = match self.tasks.get(&(work.task, seen)) {
            Some(task) => (task.off(self, work, jobs), task.spread, task.known),
            None if seen => (0.0, SPREAD.0, 0.0),
            None => (0.0, SPREAD.0.hypot(self.density.1), 0.0),
        };
        Guess {
            seconds: self.default_estimate(work, jobs) * (self.common + off + self.late).exp(),
            spread: spread.max(LEAST_SPREAD),
            doubt: (DOUBT / (1.0 + known).sqrt()).hypot(if self.is_empty() { DOUBT } else { DOUBT_LEARNED }),
        }
    }

    /// How much longer a job took than its default estimate, as a logarithm.
    fn off(&self, sample: &Sample) -> f64 {
        (sample.took.max(0.01) / self.default_estimate(&sample.work, sample.jobs)).ln()
    }

    fn units(&self, work: &Workload) -> f64 {
        work.units().unwrap_or(work.bytes as f64 * self.density.0).max(0.01)
    }

    /// How much longer a job takes when `jobs` run at a time than alone. An encoder keeps about four cores busy, and
    /// others use its idle time.
    pub(super) fn crowd(&self, jobs: f64) -> f64 {
        (jobs * self.cores.min(BUSY_CORES) / self.cores).max(1.0).powf(CROWD)
    }

    fn default_estimate(&self, work: &Workload, jobs: f64) -> f64 {
        (OVERHEAD + self.units(work) * work.cost / self.cores.min(BUSY_CORES)) * self.crowd(jobs)
    }

    /// Properties of a job, as logarithms: units of work, picture size, density (bytes per unit of work), and jobs at a
    /// time.
    fn properties(&self, work: &Workload, jobs: f64) -> [f64; 4] {
        let units = self.units(work);
        let dense = (work.bytes.max(1) as f64 / units).ln();
        [units.ln(), work.megapixels.unwrap_or(USUAL_MEGAPIXELS).max(0.001).ln(), dense, jobs.max(1.0).ln()]
    }
}

/// What was learned from jobs of one task.
#[derive(Debug, Clone)]
struct Task {
    /// Source codecs, the most common first.
    codecs: Vec<String>,
    /// Range of each property.
    reach: [(f64, f64); 4],
    slopes: Vec<f64>,
    spread: f64,
    /// Number of jobs.
    known: f64,
}

impl Task {
    fn of(learned: &Learned, samples: &[Sample]) -> Task {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut reach = [(f64::INFINITY, f64::NEG_INFINITY); 4];
        for sample in samples {
            *counts.entry(&sample.work.codec).or_default() += 1;
            let properties = learned.properties(&sample.work, sample.jobs);
            for ((from, to), value) in reach.iter_mut().zip(properties) {
                (*from, *to) = (from.min(value), to.max(value));
            }
        }
        let mut codecs: Vec<&str> = counts.keys().copied().collect();
        codecs.sort_by_key(|codec| std::cmp::Reverse(counts[codec]));
        let codecs = codecs.into_iter().take(CODECS).map(str::to_owned).collect();
        let mut task =
            Task { codecs, reach, slopes: Vec::new(), spread: SPREAD.0, known: samples.len() as f64 };
        let newest = samples.len() - 1;
        let point = |(n, sample): (usize, &Sample)| Point {
            x: task.point(learned, &sample.work, sample.jobs),
            y: learned.off(sample) - learned.common,
            weight: FADING.powi((newest - n) as i32),
        };
        let points: Vec<Point> = samples.iter().enumerate().map(point).collect();
        let penalties: Vec<f64> = PENALTIES.iter().copied().chain(task.codecs.iter().map(|_| 1.0)).collect();
        (task.slopes, task.spread) = fit(&points, &penalties, SPREAD);
        task
    }

    /// The regression variables. Properties are clamped to the learned range; outside it, only duration in proportion
    /// to work is assumed.
    fn point(&self, learned: &Learned, work: &Workload, jobs: f64) -> Vec<f64> {
        let mut near = learned.properties(work, jobs);
        for (value, (from, to)) in near.iter_mut().zip(self.reach) {
            *value = value.clamp(from, to);
        }
        let [units, size, dense, jobs] = near;
        let all = [1.0, units, units * units / 4.0, size, dense - USUAL_DENSITY, jobs];
        let codecs = self.codecs.iter().map(|codec| if *codec == work.codec { 1.0 } else { 0.0 });
        all.into_iter().chain(codecs).collect()
    }

    fn off(&self, learned: &Learned, work: &Workload, jobs: f64) -> f64 {
        value(&self.slopes, &self.point(learned, work, jobs))
    }
}

/// Codecs distinguished within a task.
const CODECS: usize = 6;
/// Regression penalties: jobs needed to outweigh the default estimate, and the assumption that a property has no effect
/// (see `Task::point`).
const PENALTIES: [f64; 6] = [1.0, 3.0, 3.0, 3.0, 3.0, 3.0];
/// Weight of a job relative to the next one: machines and habits change.
const FADING: f64 = 0.995;

/// Jobs from which `common` is computed.
const RECENT: usize = 200;
/// Jobs from which `late` is computed.
const LAST: usize = 12;
/// Weight of each relative to the one after it, and how many jobs the assumption of no slowdown counts for.
const LATE_FADING: f64 = 0.85;
const LATE_BELIEF: f64 = 4.0;

/// Cores that one encoder keeps busy.
const BUSY_CORES: f64 = 4.0;
/// Jobs that share all cores slow each other down by their number to this power: two H.265 encodes on two cores took
/// 1.3 times as long as one, three 2.3 times (`./dev bench eta record`).
const CROWD: f64 = 0.7;

/// Default for an unknown picture size; and the approximate logarithm of bytes per unit of work, which centres that
/// variable.
const USUAL_MEGAPIXELS: f64 = 0.3;
const USUAL_DENSITY: f64 = 12.0;

/// Default units of work per byte, and their spread: a second of 1080p has about a megabyte.
const DENSITY: (f64, f64) = (2.0e-6, 0.8);

/// Error of an estimate without, and with, learned jobs.
const DOUBT: f64 = 0.6;
const DOUBT_LEARNED: f64 = 0.2;

/// Default variation between similar jobs, and how many jobs it counts for.
const SPREAD: (f64, f64) = (0.3, 2.0);
/// Minimum variation, even if a few jobs took equally long.
const LEAST_SPREAD: f64 = 0.08;

fn density(samples: &[Sample]) -> (f64, f64) {
    let known = samples.iter().filter(|sample| sample.work.bytes > 0);
    let logs = known.filter_map(|sample| {
        let units = sample.work.units()?.max(0.01);
        Some(((units / sample.work.bytes as f64).ln(), 1.0))
    });
    let logs: Vec<(f64, f64)> = logs.collect();
    let middle = median(logs.clone(), (DENSITY.0.ln(), 1.0));
    let off: Vec<(f64, f64)> = logs.iter().map(|(log, weight)| ((log - middle).abs(), *weight)).collect();
    (middle.exp(), 1.48 * median(off, (DENSITY.1 / 1.48, 2.0)))
}

/// The weighted median, with the prior `before` as one more value. Half of the weight lies on either side; between two
/// values it is interpolated, so that one more value moves it little.
fn median(mut values: Vec<(f64, f64)>, before: (f64, f64)) -> f64 {
    values.push(before);
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let (mut passed, mut last): (f64, Option<(f64, f64)>) = (0.0, None);
    for (value, weight) in values {
        let centre = passed + weight / 2.0;
        if centre >= half {
            return last.map_or(value, |(at, below)| {
                below + (value - below) * ((half - at) / (centre - at).max(1e-9))
            });
        }
        (passed, last) = (passed + weight, Some((centre, value)));
    }
    last.map_or(before.0, |(_, value)| value)
}

#[cfg(test)]
mod tests;
