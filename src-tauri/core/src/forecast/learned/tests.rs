//! Estimates learned from jobs of known duration.

use super::*;

/// The workload of task `task` for a video of `seconds` and `megapixels`.
fn work(task: u128, seconds: f64, megapixels: f64) -> Workload {
    Workload {
        task: Uuid::from_u128(task),
        cost: 1.0,
        codec: "H.264".into(),
        megapixels: Some(megapixels),
        seconds: Some(seconds),
        bytes: (seconds * 1e5) as u64,
    }
}

/// Learned from `count` jobs of ten seconds and half a megapixel, which took `took` seconds each.
fn learned_from(count: usize, took: f64) -> Learned {
    let sample = Sample { work: work(1, 10.0, 0.5), jobs: 1.0, took };
    Learned::new(vec![sample; count], 4)
}

#[test]
fn learned_jobs_replace_the_default_gradually() {
    let first = Learned::new(Vec::new(), 4).guess(&work(1, 10.0, 0.5), 1.0);
    let far = first.seconds * 10.0;
    let guesses = [1, 3, 10, 60].map(|count| learned_from(count, far).guess(&work(1, 10.0, 0.5), 1.0));
    assert!(guesses.windows(2).all(|pair| pair[0].seconds < pair[1].seconds + 1e-6), "{guesses:?}");
    assert!(guesses.windows(2).all(|pair| pair[0].doubt > pair[1].doubt), "{guesses:?}");
    assert!((guesses[3].seconds / far - 1.0).abs() < 0.05, "{guesses:?} to come near {far}");
}

#[test]
fn longer_video_takes_longer_and_other_tasks_share_what_is_common() {
    let learned = learned_from(60, 20.0);
    let of = |work: &Workload| learned.guess(work, 1.0).seconds;
    assert!(of(&work(1, 100.0, 0.5)) > 5.0 * of(&work(1, 10.0, 0.5)));
    let unknown = Learned::new(Vec::new(), 4).guess(&work(2, 10.0, 0.5), 1.0).seconds;
    assert!(of(&work(2, 10.0, 0.5)) > 3.0 * unknown, "this machine is slow at every task");
}

#[test]
fn video_not_yet_probed_is_estimated_by_its_size() {
    let learned = learned_from(60, 20.0);
    let seen = learned.guess(&work(1, 10.0, 0.5), 1.0);
    let unseen = Workload { seconds: None, megapixels: None, ..work(1, 10.0, 0.5) };
    let unseen = learned.guess(&unseen, 1.0);
    assert!((unseen.seconds / seen.seconds).ln().abs() < 0.3, "{seen:?} {unseen:?}");
}

#[test]
fn recent_slowdown_is_taken_into_account() {
    let mut learned = learned_from(60, 10.0);
    let before = learned.guess(&work(1, 10.0, 0.5), 1.0).seconds;
    for _ in 0..LAST {
        learned.learn(Sample { work: work(1, 10.0, 0.5), jobs: 1.0, took: 30.0 });
    }
    let after = learned.guess(&work(1, 10.0, 0.5), 1.0).seconds;
    assert!(after > 2.0 * before, "{before} {after}");
}

#[test]
fn only_the_newest_samples_of_each_task_are_kept() {
    let mut learned = learned_from(KEPT_OF_TASK, 1.0);
    learned.learn(Sample { work: work(2, 1.0, 1.0), jobs: 1.0, took: 1.0 });
    learned.learn(Sample { work: work(1, 1.0, 1.0), jobs: 1.0, took: 1.0 });
    assert_eq!(learned.len(), KEPT_OF_TASK + 1);
}

#[test]
fn implausible_samples_make_no_sense() {
    let good = Sample { work: work(1, 1.0, 1.0), jobs: 1.0, took: 1.0 };
    assert!(good.makes_sense());
    let bad = [f64::NAN, f64::INFINITY, -1.0, 0.0].map(|took| Sample { took, ..good.clone() });
    assert!(bad.iter().all(|sample| !sample.makes_sense()));
    let work = Workload { cost: f64::NAN, ..good.work.clone() };
    assert!(!Sample { work, ..good }.makes_sense());
}

#[test]
fn median_halves_the_weight() {
    let median = |values: &[(f64, f64)]| median(values.to_vec(), (0.0, 0.0));
    assert!((median(&[(1.0, 1.0), (2.0, 1.0), (30.0, 1.0)]) - 2.0).abs() < 1e-9);
    assert!((median(&[(1.0, 1.0), (3.0, 1.0)]) - 2.0).abs() < 1e-9);
    assert!(median(&[(1.0, 9.0), (3.0, 1.0)]) < 1.5);
}
