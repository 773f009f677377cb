//! What finished jobs teach of how long one takes on this machine.
//!
//! Guarantees a guess for every workload: by jobs of the same task and a like video where there are such, by what all jobs
//! have in common otherwise, and by a first guess before there were any. Pure.

use super::fit::{Point, fit, value};
use super::work::Workload;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// One finished job.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What there was to do.
    pub work: Workload,
    /// Jobs that were at work at a time meanwhile, this one included; on average.
    pub jobs: f64,
    /// Seconds from its start to its end, without pauses.
    pub took: f64,
}

impl Sample {
    /// Are its numbers such as a job can have?
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

/// How long a job is thought to take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// Seconds; as likely too many as too few.
    pub seconds: f64,
    /// How much one such job differs from another, as the standard deviation of the logarithm of its time.
    pub spread: f64,
    /// How much the guess may be off for all such jobs alike, likewise.
    pub doubt: f64,
}

/// Samples kept of one task, and of all.
pub const KEPT_OF_TASK: usize = 150;
/// Samples kept of all tasks.
pub const KEPT: usize = 1500;

/// Adds a sample to those that are kept; the oldest of its task, or of all, makes room.
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

/// Seconds that starting, probing and checking take, whatever the length.
const OVERHEAD: f64 = 0.7;

/// Finished jobs, the newest last.
#[derive(Debug, Clone)]
pub struct Learned {
    samples: Vec<Sample>,
    /// Cores of this machine.
    cores: f64,
    /// Units of work for a byte of the original, for videos that were not looked at yet, and how much that differs.
    density: (f64, f64),
    /// What all jobs have in common: how much longer they took than first guessed, as a logarithm.
    common: f64,
    /// The same for the last ones, compared with what was learned of all.
    late: f64,
    /// By the task, and by whether the videos were looked at.
    tasks: HashMap<(Uuid, bool), Task>,
}

impl Learned {
    /// `samples`: the oldest first. `cores`: of this machine.
    pub fn new(samples: Vec<Sample>, cores: usize) -> Learned {
        let mut learned = Learned {
            samples,
            cores: cores.max(1) as f64,
            density: DENSITY,
            common: 0.0,
            late: 0.0,
            tasks: HashMap::new(),
        };
        learned.reckon();
        learned
    }

    /// How many jobs were learned.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Nothing was learned yet.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// One more has finished.
    pub fn learn(&mut self, sample: Sample) {
        keep(&mut self.samples, sample);
        self.reckon();
    }

    fn reckon(&mut self) {
        let recent = &self.samples[self.samples.len().saturating_sub(RECENT)..];
        self.density = density(recent);
        let all: Vec<(f64, f64)> = recent.iter().map(|sample| (self.off(sample), 1.0)).collect();
        // The first guess counts as much as a few jobs do.
        self.common = median(all, (0.0, 2.0));
        let mut by_task: HashMap<(Uuid, bool), Vec<Sample>> = HashMap::new();
        for sample in &self.samples {
            let unseen = Sample { work: sample.work.unseen(), ..sample.clone() };
            by_task.entry((sample.work.task, true)).or_default().push(sample.clone());
            by_task.entry((sample.work.task, false)).or_default().push(unseen);
        }
        self.tasks = by_task.iter().map(|(task, samples)| (*task, Task::of(self, samples))).collect();
        self.late = 0.0;
        self.late = self.lately();
    }

    /// How much longer the last jobs took than is guessed of them, as a logarithm: the machine is busy with something else,
    /// or their drive is slow. A few jobs say little.
    fn lately(&self) -> f64 {
        let last = self.samples.iter().rev().take(LAST);
        let off = last.map(|sample| (sample.took / self.guess(&sample.work, sample.jobs).seconds).ln());
        median(
            off.enumerate().map(|(age, off)| (off, LATE_FADING.powi(age as i32))).collect(),
            (0.0, LATE_BELIEF),
        )
    }

    /// How long this takes where so many jobs are at work at a time.
    pub fn guess(&self, work: &Workload, jobs: f64) -> Guess {
        let seen = work.units().is_some();
        let (off, spread, known) = match self.tasks.get(&(work.task, seen)) {
            Some(task) => (task.off(self, work, jobs), task.spread, task.known),
            None if seen => (0.0, SPREAD.0, 0.0),
            None => (0.0, SPREAD.0.hypot(self.density.1), 0.0),
        };
        Guess {
            seconds: self.first_guess(work, jobs) * (self.common + off + self.late).exp(),
            spread: spread.max(LEAST_SPREAD),
            doubt: (DOUBT / (1.0 + known).sqrt()).hypot(if self.is_empty() { DOUBT } else { DOUBT_LEARNED }),
        }
    }

    /// How much longer a job took than first guessed, as a logarithm.
    fn off(&self, sample: &Sample) -> f64 {
        (sample.took.max(0.01) / self.first_guess(&sample.work, sample.jobs)).ln()
    }

    fn units(&self, work: &Workload) -> f64 {
        work.units().unwrap_or(work.bytes as f64 * self.density.0).max(0.01)
    }

    /// How much longer a job takes where so many are at work than alone. An encoder keeps about four cores busy, and others
    /// fill the gaps that it leaves.
    pub(super) fn crowd(&self, jobs: f64) -> f64 {
        (jobs * self.cores.min(BUSY_CORES) / self.cores).max(1.0).powf(CROWD)
    }

    fn first_guess(&self, work: &Workload, jobs: f64) -> f64 {
        (OVERHEAD + self.units(work) * work.cost / self.cores.min(BUSY_CORES)) * self.crowd(jobs)
    }

    /// What makes videos differ, as logarithms: how much there is to do, the size of a picture, how much there is to see in
    /// it (bytes for a unit of work), and the jobs at a time.
    fn properties(&self, work: &Workload, jobs: f64) -> [f64; 4] {
        let units = self.units(work);
        let dense = (work.bytes.max(1) as f64 / units).ln();
        [units.ln(), work.megapixels.unwrap_or(USUAL_MEGAPIXELS).max(0.001).ln(), dense, jobs.max(1.0).ln()]
    }
}

/// What was learned of one task.
#[derive(Debug, Clone)]
struct Task {
    /// Codecs that were met, the commonest first.
    codecs: Vec<String>,
    /// From where to where the properties of its videos reached.
    reach: [(f64, f64); 4],
    slopes: Vec<f64>,
    spread: f64,
    /// How many jobs that rests on.
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

    /// Beyond what was met nothing is known but that more work takes longer in proportion.
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

/// Codecs that are told apart within a task.
const CODECS: usize = 6;
/// Jobs that it takes to outweigh the first guess, and the belief that a property makes no difference (see `Task::point`).
const PENALTIES: [f64; 6] = [1.0, 3.0, 3.0, 3.0, 3.0, 3.0];
/// What a job counts of what the next one does: machines and habits change.
const FADING: f64 = 0.995;

/// Jobs that tell what all have in common.
const RECENT: usize = 200;
/// The last jobs, which tell of a machine that is slower of late.
const LAST: usize = 12;
/// What each of them counts of what the one after it does, and how many jobs the belief counts for that nothing is slower.
const LATE_FADING: f64 = 0.85;
const LATE_BELIEF: f64 = 4.0;

/// Cores that one encoder keeps busy.
const BUSY_CORES: f64 = 4.0;
/// Jobs that share all cores slow each other down by their number to this power: two H.265 encodes on two cores took 1.3
/// times as long as one, three 2.3 times (`./dev bench eta record`).
const CROWD: f64 = 0.7;

/// Of a video whose size is not known, and about the logarithm of the bytes for a unit of work, so that the line through
/// the points begins near them.
const USUAL_MEGAPIXELS: f64 = 0.3;
const USUAL_DENSITY: f64 = 12.0;

/// Units of work for a byte, and their spread, before anything was learned: a second of 1080p has about a megabyte.
const DENSITY: (f64, f64) = (2.0e-6, 0.8);

/// How much a guess may be off without, and with, jobs that it rests on.
const DOUBT: f64 = 0.6;
const DOUBT_LEARNED: f64 = 0.2;

/// How much one job differs from another like it, before that was learned; and how many jobs that counts for.
const SPREAD: (f64, f64) = (0.3, 2.0);
/// No two jobs take the same time, whatever a few that did may say.
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

/// The weighted median, with what was thought before as one more value. Half of the weight lies on either side; between two values it is taken in proportion, so that one more value
/// moves it by a little.
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
