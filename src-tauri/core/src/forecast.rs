//! Estimates how long the rest of the queue takes: a range, based on each job's workload and on how long similar jobs
//! took on this machine.
//!
//! Each job has a workload ([`work`]); finished jobs train the estimate of one job ([`learned`]); the pool is simulated
//! to its end many times, with random deviations of each duration (`schedule`); the range contains most of these ends.
//! Pure: reads no clock, no queue and no file, and the same input gives the same range. The pool runs the jobs and
//! keeps the samples.

pub(crate) mod course;
mod fit;
pub mod learned;
mod schedule;
pub mod work;

use crate::job::Millis;
use learned::{Guess, Learned};
use schedule::{Rest, Waiting};
use serde::{Deserialize, Serialize};
use work::Workload;

/// Range of the time left, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeLeft {
    /// Lower bound.
    pub from: f64,
    /// Upper bound.
    pub to: f64,
}

/// A range and when it was computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeLeftAt {
    /// The range at that time.
    #[serde(flatten)]
    pub left: TimeLeft,
    /// When, in milliseconds since 1970.
    pub at: Millis,
}

/// A running job.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Its workload.
    pub work: Workload,
    /// Seconds it has been worked on in this attempt, without pauses.
    pub worked: f64,
    /// Fraction of its work that is done, 0 to 1; `None` if unknown.
    pub share: Option<f64>,
}

/// A job that will start without a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// Its workload.
    pub work: Workload,
    /// Seconds until it may start; nonzero only for a retry.
    pub due: f64,
    /// Fraction of its work that is done, 0 to 1; nonzero for a paused job that resumes when a worker is free.
    pub done: f64,
}

/// The input of an estimate, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Jobs at a time.
    pub workers: usize,
    /// Running jobs, without suspended ones.
    pub running: Vec<Running>,
    /// Jobs to come, in their starting order.
    pub queued: Vec<Queued>,
    /// Bytes of all jobs to come divided by those of `queued`; 1 where `queued` is complete.
    pub scale: f64,
}

/// Number of simulations.
const DRAWS: usize = 64;
/// Indices of the bounds of the range in the sorted ends: the second and the last but one.
const BOUNDS: (usize, usize) = (1, DRAWS - 2);

/// Factor on the estimate, since some jobs fail and run again.
const RETRY_FACTOR: f64 = 1.04;

/// Largest `to / from`: a wider range is useless. Smaller once [`ENOUGH`] jobs were learned.
const WIDEST: f64 = 4.0;
const WIDEST_LEARNED: f64 = 2.0;
/// Learned jobs from which the range is narrower.
pub const ENOUGH: usize = 20;

/// Estimates the time left; `None` if there are no jobs.
pub fn time_left(situation: &Situation, learned: &Learned) -> Option<TimeLeft> {
    if situation.running.is_empty() && situation.queued.is_empty() {
        return None;
    }
    let jobs = situation.workers as f64;
    let guess = |work: &Workload| learned.guess(work, jobs);
    let running: Vec<(&Running, Guess)> = situation.running.iter().map(|r| (r, guess(&r.work))).collect();
    let queued: Vec<(&Queued, Guess)> = situation.queued.iter().map(|q| (q, guess(&q.work))).collect();
    let faster = |at_work: usize| learned.crowd(jobs) / learned.crowd(at_work as f64);
    let mut random = fastrand::Rng::with_seed(1);
    let mut ends: Vec<f64> = (0..DRAWS)
        .map(|_| {
            // One deviation is common to all jobs of a simulation; each job has one of its own in addition.
            let common = normal(&mut random);
            let mut off = |guess: &Guess| (common * guess.doubt + normal(&mut random) * guess.spread).exp();
            let rests: Vec<Rest> = running.iter().map(|(r, g)| Rest(r.rest(g.seconds, off(g)))).collect();
            let coming: Vec<Waiting> = queued
                .iter()
                .map(|(q, g)| Waiting { due: q.due, length: q.rest(g.seconds) * off(g) })
                .collect();
            schedule::end(situation.workers, &rests, &coming, situation.scale, &faster)
        })
        .collect();
    ends.sort_by(f64::total_cmp);
    let widest = if learned.len() >= ENOUGH { WIDEST_LEARNED } else { WIDEST };
    Some(no_wider(
        TimeLeft { from: ends[BOUNDS.0] * RETRY_FACTOR, to: ends[BOUNDS.1] * RETRY_FACTOR },
        widest,
    ))
}

/// Narrows a range, keeping its geometric mean.
fn no_wider(left: TimeLeft, widest: f64) -> TimeLeft {
    if left.to <= left.from * widest {
        return left;
    }
    let middle = (left.from.max(0.1) * left.to).sqrt();
    TimeLeft { from: middle / widest.sqrt(), to: middle * widest.sqrt() }
}

impl Queued {
    fn rest(&self, whole: f64) -> f64 {
        whole * (1.0 - self.done.clamp(0.0, 1.0))
    }
}

impl Running {
    /// Seconds left, where the estimate of the whole is `whole` and deviates by the factor `off`. With progress the
    /// job's own pace counts more, and the deviation less.
    fn rest(&self, whole: f64, off: f64) -> f64 {
        let Some(share) = self.share.filter(|share| *share > 0.0) else {
            return (whole * off - self.worked).max(whole * 0.05);
        };
        let own = self.worked / share;
        let trust = (share * 2.0).min(1.0);
        let whole = own.powf(trust) * whole.powf(1.0 - trust);
        whole * (1.0 - share) * off.powf(1.0 - trust * 0.7)
    }
}

/// A normally distributed number, as the sum of twelve uniform ones.
fn normal(random: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| random.f64()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use learned::Sample;
    use uuid::Uuid;

    fn work(seconds: f64) -> Workload {
        Workload {
            task: Uuid::nil(),
            cost: 1.0,
            codec: "H.264".into(),
            megapixels: Some(1.0),
            seconds: Some(seconds),
            bytes: 1_000_000,
        }
    }

    /// A machine that needs a second for a second of video, learned from `jobs` jobs of a minute.
    fn machine(jobs: usize) -> Learned {
        Learned::new(vec![Sample { work: work(60.0), jobs: 1.0, took: 60.0 }; jobs], 1)
    }

    fn queued(count: usize) -> Situation {
        let one = Queued { work: work(60.0), due: 0.0, done: 0.0 };
        Situation { workers: 1, running: Vec::new(), queued: vec![one; count], scale: 1.0 }
    }

    fn runs(worked: f64, share: f64) -> Situation {
        let running = vec![Running { work: work(60.0), worked, share: Some(share) }];
        Situation { running, ..queued(0) }
    }

    #[test]
    fn range_contains_the_sum_and_narrows_with_learned_jobs() {
        assert_eq!(time_left(&queued(0), &machine(5)), None);
        let at = |learned| time_left(&queued(30), &machine(learned)).unwrap();
        let (new, some, much) = (at(0), at(3), at(100));
        for left in [some, much] {
            assert!(left.from < 1800.0 && 1800.0 < left.to, "{left:?}");
        }
        let width = |left: TimeLeft| left.to / left.from;
        assert!(width(new) <= WIDEST + 1e-9 && width(much) <= width(some));
    }

    #[test]
    fn running_job_is_estimated_more_by_its_own_pace_the_further_it_is() {
        let left = |worked, share| time_left(&runs(worked, share), &machine(100)).unwrap();
        let slow = left(150.0, 0.75);
        assert!(slow.from < 50.0 && 50.0 < slow.to, "three times slower than learned: {slow:?}");
        let early = left(0.5, 0.0);
        assert!(early.from < 59.5 && 59.5 < early.to, "{early:?}");
    }

    #[test]
    fn paused_job_counts_only_with_its_rest() {
        let all = time_left(&queued(30), &machine(100)).unwrap();
        let mut late = queued(30);
        for job in &mut late.queued {
            job.done = 0.75;
        }
        let rest = time_left(&late, &machine(100)).unwrap();
        assert!((all.to / rest.to - 4.0).abs() < 0.1, "{all:?} {rest:?}");
    }

    #[test]
    fn unlisted_jobs_count_in_proportion() {
        let listed = time_left(&queued(30), &machine(100)).unwrap();
        let all = time_left(&Situation { scale: 10.0, ..queued(30) }, &machine(100)).unwrap();
        assert!((all.from / listed.from - 10.0).abs() < 0.5, "{listed:?} {all:?}");
    }

    #[test]
    fn narrowed_range_keeps_its_mean() {
        let left = no_wider(TimeLeft { from: 1.0, to: 100.0 }, 4.0);
        assert!((left.from - 5.0).abs() < 1e-9 && (left.to - 20.0).abs() < 1e-9);
        let narrow = TimeLeft { from: 3.0, to: 5.0 };
        assert_eq!(no_wider(narrow, 2.0), narrow);
    }
}
