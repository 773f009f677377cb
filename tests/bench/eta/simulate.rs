//! Simulates a batch of recorded jobs and takes a forecast at regular intervals.
//!
//! Each job takes as long as it did in the recording with the number of jobs that currently run. Some jobs fail and are
//! retried, and some are on a slow drive; the forecast does not know which. It knows what an engine knows: the facts of
//! each video, the reported percentages, and which jobs have ended.

use super::record::{Recorded, presets};
use spool_core::forecast::learned::{Learned, Sample};
use spool_core::forecast::work::{Workload, Workloads};
use spool_core::forecast::{self, Queued, Running, Situation, TimeLeft};
use spool_core::media::Facts;
use spool_core::spec::JobSpec;

/// A clip with a preset, recorded with one, two and three jobs at a time.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) work: Workload,
    runs: [Recorded; 3],
}

/// Groups the records by clip and preset; leaves out those that were not recorded with every number of jobs.
pub(super) fn cases(recorded: &[Recorded]) -> Vec<Case> {
    let (presets, mut workloads) = (presets(), Workloads::default());
    let same = |a: &Recorded, b: &Recorded| a.preset == b.preset && a.clip() == b.clip();
    let one = |first: &Recorded| {
        let at = |workers| recorded.iter().find(|r| r.workers == workers && same(r, first)).cloned();
        let spec = JobSpec::of(presets[first.preset].clone());
        let work = workloads.of_video(&spec, Some(&first.facts()), first.bytes);
        Some(Case { work, runs: [at(1)?, at(2)?, at(3)?] })
    };
    recorded.iter().filter(|r| r.workers == 1).filter_map(one).collect()
}

impl Recorded {
    /// Identifies the clip.
    pub(super) fn clip(&self) -> (u64, u64) {
        (self.bytes, self.seconds.to_bits())
    }

    fn facts(&self) -> Facts {
        Facts {
            width: self.width,
            height: self.height,
            codec: self.codec.clone(),
            seconds: Some(self.seconds),
            ..Facts::default()
        }
    }
}

impl Case {
    pub(super) fn preset(&self) -> usize {
        self.runs[0].preset
    }

    pub(super) fn clip(&self) -> (u64, u64) {
        self.runs[0].clip()
    }

    /// What can be learned from the run with this number of jobs.
    pub(super) fn sample(&self, workers: usize) -> Sample {
        Sample { work: self.work.clone(), jobs: workers as f64, took: self.runs[workers - 1].took }
    }

    fn took(&self, at_work: usize) -> f64 {
        self.runs[at_work.clamp(1, 3) - 1].took
    }

    /// The reported percentage, as a share, after the share `passed` of the time.
    fn shown(&self, workers: usize, passed: f64) -> Option<f64> {
        let run = &self.runs[workers - 1];
        let before = run.shown.iter().take_while(|(at, _)| at / run.took <= passed);
        before.last().map(|(_, percent)| percent / 100.0)
    }
}

/// One job of a batch with its random properties.
pub(super) struct Drawn<'a> {
    pub(super) case: &'a Case,
    /// Factor by which its drive is slower than that of the recording.
    pub(super) slow: f64,
    /// Shares of its work after which its attempts fail. An attempt that succeeds follows, unless the job is `lost`.
    pub(super) failures: Vec<f64>,
    /// The last failure is permanent.
    pub(super) lost: bool,
}

/// A forecast during a batch, with the actual values.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckExtent {
    /// Elapsed share of the total time.
    pub(super) passed: f64,
    /// Actual remaining time, in seconds.
    pub(super) rest: f64,
    /// The forecast.
    pub(super) left: TimeLeft,
    /// Number of jobs learned so far.
    pub(super) learned: usize,
}

/// Backoff before a failed job is retried, in seconds: a tenth of the policy's, because the recorded jobs take seconds
/// where those of users take minutes.
const BACKOFF: [f64; 3] = [1.0, 4.0, 16.0];
/// Seconds between two forecasts.
const EVERY: f64 = 1.0;

struct AtWork {
    job: usize,
    attempt: usize,
    /// Share of the work done.
    done: f64,
    /// Share of the work at which this attempt ends.
    until: f64,
    worked: f64,
    load: f64,
}

/// What the forecast knows of lengths and sizes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Known {
    /// The facts of videos that were probed.
    All,
    /// Only the size of the file, as if only the command line adds and runs jobs.
    Bytes,
}

/// Simulates the batch and returns its forecasts.
pub(super) fn looks(
    batch: &[Drawn<'_>],
    workers: usize,
    learned: &mut Learned,
    known: Known,
) -> Vec<CheckExtent> {
    let mut queue: Vec<(usize, usize, f64)> = (0..batch.len()).map(|job| (job, 0, 0.0)).collect();
    let (mut at_work, mut now, mut next_look) = (Vec::<AtWork>::new(), 0.0, EVERY);
    let mut forecasts = Vec::new();
    while !queue.is_empty() || !at_work.is_empty() {
        while at_work.len() < workers
            && let Some(place) = queue.iter().position(|(.., due)| *due <= now)
        {
            let (job, attempt, _) = queue.remove(place);
            let until = batch[job].failures.get(attempt).copied().unwrap_or(1.0);
            at_work.push(AtWork { job, attempt, done: 0.0, until, worked: 0.0, load: 0.0 });
        }
        let count = at_work.len();
        let speed = |one: &AtWork| 1.0 / (batch[one.job].case.took(count) * batch[one.job].slow);
        let ends = at_work.iter().map(|one| now + (one.until - one.done) / speed(one));
        let dues = queue.iter().map(|(.., due)| *due).filter(|due| *due > now && count < workers);
        let next = ends.chain(dues).fold(next_look, f64::min);
        for one in &mut at_work {
            one.done += (next - now) * speed(one);
            one.worked += next - now;
            one.load += (next - now) * count as f64;
        }
        now = next;
        if now >= next_look {
            next_look += EVERY;
            let situation = seen(batch, workers, &at_work, &queue, now, known);
            if let Some(left) = forecast::time_left(&situation, learned) {
                forecasts.push((now, left, learned.len()));
            }
        }
        for one in at_work.extract_if(.., |one| one.done >= one.until - 1e-9) {
            let drawn = &batch[one.job];
            if one.attempt < drawn.failures.len() {
                if !(drawn.lost && one.attempt + 1 == drawn.failures.len()) {
                    queue.insert(0, (one.job, one.attempt + 1, now + BACKOFF[one.attempt]));
                }
            } else {
                let work = drawn.case.work.clone();
                learned.learn(Sample { work, jobs: one.load / one.worked, took: one.worked });
            }
        }
    }
    let look = |(at, left, learned)| CheckExtent { passed: at / now, rest: now - at, left, learned };
    forecasts.into_iter().map(look).collect()
}

fn seen(
    batch: &[Drawn<'_>],
    workers: usize,
    at_work: &[AtWork],
    queue: &[(usize, usize, f64)],
    now: f64,
    known: Known,
) -> Situation {
    let work = |job: usize| batch[job].case.work.clone();
    let running = at_work.iter().map(|one| {
        let share = batch[one.job].case.shown(at_work.len(), one.done);
        Running { work: work(one.job), worked: one.worked, share }
    });
    let unseen = |work: Workload| match known {
        Known::All => work,
        Known::Bytes => Workload { seconds: None, megapixels: None, codec: String::new(), ..work },
    };
    let queued = queue.iter().map(|(job, _, due)| Queued {
        work: unseen(work(*job)),
        due: (due - now).max(0.0),
        done: 0.0,
    });
    Situation { workers, running: running.collect(), queued: queued.collect(), scale: 1.0 }
}
