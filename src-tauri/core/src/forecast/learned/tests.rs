//! What finished jobs teach, by jobs whose time is known.

use super::*;

/// A video of so many seconds and millions of pixels, to be done as task `task`.
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

/// So many jobs of ten seconds and half a million pixels, which took `took` seconds each.
fn taught(count: usize, took: f64) -> Learned {
    let sample = Sample { work: work(1, 10.0, 0.5), jobs: 1.0, took };
    Learned::new(vec![sample; count], 4)
}

#[test]
fn what_was_learned_replaces_the_first_guess_little_by_little() {
    let first = Learned::new(Vec::new(), 4).guess(&work(1, 10.0, 0.5), 1.0);
    let far = first.seconds * 10.0;
    let guesses = [1, 3, 10, 60].map(|count| taught(count, far).guess(&work(1, 10.0, 0.5), 1.0));
    assert!(guesses.windows(2).all(|pair| pair[0].seconds < pair[1].seconds + 1e-6), "{guesses:?}");
    assert!(guesses.windows(2).all(|pair| pair[0].doubt > pair[1].doubt), "{guesses:?}");
    assert!((guesses[3].seconds / far - 1.0).abs() < 0.05, "{guesses:?} to come near {far}");
}

#[test]
fn a_longer_video_takes_longer_and_another_task_profits_from_what_all_have_in_common() {
    let learned = taught(60, 20.0);
    let of = |work: &Workload| learned.guess(work, 1.0).seconds;
    assert!(of(&work(1, 100.0, 0.5)) > 5.0 * of(&work(1, 10.0, 0.5)));
    let unknown = Learned::new(Vec::new(), 4).guess(&work(2, 10.0, 0.5), 1.0).seconds;
    assert!(of(&work(2, 10.0, 0.5)) > 3.0 * unknown, "this machine is slow whatever it does");
}

#[test]
fn a_video_that_was_not_looked_at_is_guessed_by_its_bytes_and_doubted() {
    let learned = taught(60, 20.0);
    let seen = learned.guess(&work(1, 10.0, 0.5), 1.0);
    let unseen = Workload { seconds: None, megapixels: None, ..work(1, 10.0, 0.5) };
    let unseen = learned.guess(&unseen, 1.0);
    assert!((unseen.seconds / seen.seconds).ln().abs() < 0.3, "{seen:?} {unseen:?}");
}

#[test]
fn a_machine_that_is_slow_of_late_is_reckoned_as_slow() {
    let mut learned = taught(60, 10.0);
    let before = learned.guess(&work(1, 10.0, 0.5), 1.0).seconds;
    for _ in 0..LAST {
        learned.learn(Sample { work: work(1, 10.0, 0.5), jobs: 1.0, took: 30.0 });
    }
    let after = learned.guess(&work(1, 10.0, 0.5), 1.0).seconds;
    assert!(after > 2.0 * before, "{before} {after}");
}

#[test]
fn only_the_newest_of_each_task_are_kept() {
    let mut learned = taught(KEPT_OF_TASK, 1.0);
    learned.learn(Sample { work: work(2, 1.0, 1.0), jobs: 1.0, took: 1.0 });
    learned.learn(Sample { work: work(1, 1.0, 1.0), jobs: 1.0, took: 1.0 });
    assert_eq!(learned.len(), KEPT_OF_TASK + 1);
}

#[test]
fn what_no_job_can_have_taught_makes_no_sense() {
    let good = Sample { work: work(1, 1.0, 1.0), jobs: 1.0, took: 1.0 };
    assert!(good.makes_sense());
    let bad = [f64::NAN, f64::INFINITY, -1.0, 0.0].map(|took| Sample { took, ..good.clone() });
    assert!(bad.iter().all(|sample| !sample.makes_sense()));
    let work = Workload { cost: f64::NAN, ..good.work.clone() };
    assert!(!Sample { work, ..good }.makes_sense());
}

#[test]
fn half_of_the_weight_lies_on_either_side_of_the_median() {
    let median = |values: &[(f64, f64)]| median(values.to_vec(), (0.0, 0.0));
    assert!((median(&[(1.0, 1.0), (2.0, 1.0), (30.0, 1.0)]) - 2.0).abs() < 1e-9);
    assert!((median(&[(1.0, 1.0), (3.0, 1.0)]) - 2.0).abs() < 1e-9);
    assert!(median(&[(1.0, 9.0), (3.0, 1.0)]) < 1.5);
}
