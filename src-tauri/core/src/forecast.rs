//! How long the rest of the queue takes: a range, reckoned from what is known of each job and from how long jobs like it
//! took on this machine.
//!
//! Each job has a workload ([`work`]); finished jobs teach how long one takes ([`learned`]); the pool is played through to
//! its end many times, each time with durations as they may turn out (`schedule`); the range holds most of these ends.
//! Pure: reads no clock, no queue and no file, and the same input gives the same range. Who runs the jobs and keeps what
//! was learned is the pool's matter.

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

/// Seconds that the rest takes, at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeLeft {
    /// At least.
    pub from: f64,
    /// At most.
    pub to: f64,
}

/// The same, and when it was reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeLeftAt {
    /// As it was then.
    #[serde(flatten)]
    pub left: TimeLeft,
    /// When, in milliseconds since 1970.
    pub at: Millis,
}

/// A job that a worker has.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// What there is to do.
    pub work: Workload,
    /// Seconds it has been worked on in this attempt, without pauses.
    pub worked: f64,
    /// Share of its work that is done, 0 to 1; `None` where that is not known.
    pub share: Option<f64>,
}

/// A job that starts by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// What there is to do.
    pub work: Workload,
    /// Seconds until it may start; 0 but for a retry.
    pub due: f64,
    /// Share of its work that is done, 0 to 1: of a job that was paused and goes on when a worker is free.
    pub done: f64,
}

/// What is to be reckoned with, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Jobs at a time.
    pub workers: usize,
    /// What runs and is not suspended.
    pub running: Vec<Running>,
    /// What is to come, in the order in which it starts.
    pub queued: Vec<Queued>,
    /// All that is to come for each byte of what is listed in `queued`; 1 where that is all.
    pub scale: f64,
}

/// Ends that are played through.
const DRAWS: usize = 64;
/// Of the sorted ends, the second and the last but one bound the range.
const BOUNDS: (usize, usize) = (1, DRAWS - 2);

/// How much longer it takes than the work alone, since some of it fails on its way and is done again.
const HINDRANCE: f64 = 1.04;

/// Most that `to` may be of `from`: a wider range says nothing. Once [`ENOUGH`] jobs were learned here, less.
const WIDEST: f64 = 4.0;
const WIDEST_LEARNED: f64 = 2.0;
/// Jobs after which a range is to be narrow.
pub const ENOUGH: usize = 20;

/// How long all of it takes; nothing where there is nothing to do.
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
            // What all have in common is off by the same factor; each is off by its own as well.
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
    Some(no_wider(TimeLeft { from: ends[BOUNDS.0] * HINDRANCE, to: ends[BOUNDS.1] * HINDRANCE }, widest))
}

/// The same middle, in proportion.
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
    /// Seconds it still takes, where the whole was thought to take `whole` and is off by the factor `off`. The farther it
    /// is, the more its own pace counts, and the less there is that can be off.
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

/// A number of the normal distribution, by the sum of twelve even ones.
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

    /// A machine on which a second of video takes a second, known of so many jobs of a minute.
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
    fn the_range_holds_the_sum_of_what_is_to_come_and_narrows_with_what_is_learned() {
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
    fn what_runs_is_reckoned_by_its_own_pace_the_more_the_farther_it_is() {
        let left = |worked, share| time_left(&runs(worked, share), &machine(100)).unwrap();
        let slow = left(150.0, 0.75);
        assert!(slow.from < 50.0 && 50.0 < slow.to, "three times as slow as was learned: {slow:?}");
        let early = left(0.5, 0.0);
        assert!(early.from < 59.5 && 59.5 < early.to, "{early:?}");
    }

    #[test]
    fn a_job_that_waits_for_a_worker_in_the_midst_of_its_work_counts_by_its_rest() {
        let all = time_left(&queued(30), &machine(100)).unwrap();
        let mut late = queued(30);
        for job in &mut late.queued {
            job.done = 0.75;
        }
        let rest = time_left(&late, &machine(100)).unwrap();
        assert!((all.to / rest.to - 4.0).abs() < 0.1, "{all:?} {rest:?}");
    }

    #[test]
    fn what_is_not_listed_counts_in_proportion() {
        let listed = time_left(&queued(30), &machine(100)).unwrap();
        let all = time_left(&Situation { scale: 10.0, ..queued(30) }, &machine(100)).unwrap();
        assert!((all.from / listed.from - 10.0).abs() < 0.5, "{listed:?} {all:?}");
    }

    #[test]
    fn a_wide_range_keeps_its_middle() {
        let left = no_wider(TimeLeft { from: 1.0, to: 100.0 }, 4.0);
        assert!((left.from - 5.0).abs() < 1e-9 && (left.to - 20.0).abs() < 1e-9);
        let narrow = TimeLeft { from: 3.0, to: 5.0 };
        assert_eq!(no_wider(narrow, 2.0), narrow);
    }
}
