//! Progress of an attempt, or of a check of its result: combines its steps into one percentage, weighted by their time.
//!
//! Guarantees that the percentage never decreases within an attempt, even if a result is made again, and stays at or
//! below 99; and that `bytes` counts only the result. Pure. Must not know how a step runs.

use crate::plan::Step;
use crate::progress::{CEILING, Progress};

/// The time left is shown only if later steps take at most this share of the time: the speed of a later step is
/// unknown.
const NEGLIGIBLE: f64 = 0.05;

/// The current list of steps, and the running one.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// Percentage at the start of the list.
    from: f64,
    /// Weights of the whole list, of its finished steps, and of the running one.
    all: f64,
    finished: f64,
    running: f64,
    /// The running step writes the result.
    writes: bool,
    shown: Progress,
}

impl Steps {
    /// Starts a list. A list that makes the result again gets the rest of the percentage, and no bytes yet.
    pub(crate) fn start(&mut self, steps: &[Step]) {
        let percent = self.shown.percent;
        *self = Steps {
            from: percent.unwrap_or(0.0),
            all: steps.iter().map(|step| step.weight).sum(),
            shown: Progress { percent, ..Progress::default() },
            ..Steps::default()
        };
    }

    /// Appends a step to the list.
    pub(crate) fn add(&mut self, step: &Step) {
        self.all += step.weight;
    }

    /// Starts the next step. Bytes written by the one before still exist.
    pub(crate) fn enter(&mut self, step: &Step) {
        self.finished += self.running;
        (self.running, self.writes) = (step.weight, step.writes);
        let Progress { percent, bytes, written, .. } = self.shown;
        self.shown = Progress { percent, bytes, written, ..Progress::default() };
    }

    /// Takes progress of the running step and returns that of the attempt.
    pub(crate) fn take(&mut self, reading: Progress) -> Progress {
        let before = self.shown;
        let (bytes, written) =
            if self.writes { (reading.bytes, reading.percent) } else { (before.bytes, before.written) };
        let percent = reading.percent.map(|share| self.percent(share).max(before.percent.unwrap_or(0.0)));
        let later = self.all - self.finished - self.running;
        self.shown = Progress {
            percent: percent.or(before.percent),
            bytes,
            written,
            eta_seconds: reading.eta_seconds.filter(|_| later <= self.all * NEGLIGIBLE),
            ..reading
        };
        self.shown
    }

    /// Percentage of the attempt when `share` percent of the running step are done.
    fn percent(&self, share: f64) -> f64 {
        let done = (self.finished + self.running * share / 100.0) / self.all;
        self.from + (CEILING - self.from) * done.min(1.0)
    }

    /// The latest progress of the attempt.
    pub(crate) fn shown(&self) -> Progress {
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::StepKind;

    fn step(what: StepKind, weight: f64, writes: bool) -> Step {
        Step { what, weight, writes, arguments: Vec::new() }
    }

    fn two_passes() -> [Step; 3] {
        [
            step(StepKind::FirstPass, 0.4, false),
            step(StepKind::SecondPass, 1.0, true),
            step(StepKind::Check, 0.01, false),
        ]
    }

    /// Progress at `share` percent of a step, with ten seconds left.
    fn reading(share: f64) -> Progress {
        let bytes = Some((share * 1000.0) as u64);
        Progress { percent: Some(share), bytes, eta_seconds: Some(10), ..Progress::default() }
    }

    fn percent(progress: Progress) -> f64 {
        progress.percent.unwrap()
    }

    #[test]
    fn percentage_of_two_passes_follows_the_time() {
        // Unlike the weights: the first pass takes a little longer, and the check takes no time.
        let (list, seconds) = (two_passes(), [45.0, 100.0, 0.0]);
        let (mut steps, mut before) = (Steps::default(), 0.0);
        steps.start(&list);
        for (step, length) in list.iter().zip(seconds) {
            steps.enter(step);
            for second in 0..=length as u32 {
                let shown = percent(steps.take(reading(f64::from(second) / f64::max(length, 1.0) * 100.0)));
                let passed = (before + f64::from(second)) / 145.0 * 100.0;
                assert!((shown - passed).abs() < 4.0, "{shown} % at {passed} % of the time");
            }
            before += length;
        }
    }

    #[test]
    fn result_made_again_gets_the_remaining_percentage() {
        let mut steps = Steps::default();
        let mut last = 0.0;
        let mut shows = |steps: &mut Steps, share| {
            let shown = percent(steps.take(reading(share)));
            assert!(shown >= last && shown <= CEILING, "{shown} % after {last} %");
            last = shown;
            shown
        };
        let (encode, check) = (step(StepKind::Encode, 1.0, true), step(StepKind::Check, 0.01, false));
        steps.start(&[encode.clone(), check.clone()]);
        steps.enter(&encode);
        let failed_at = shows(&mut steps, 30.0);
        assert!((failed_at - 30.0).abs() < 1.0, "{failed_at}");
        steps.start(&[encode.clone(), check.clone()]);
        assert_eq!(steps.shown().percent, Some(failed_at));
        steps.enter(&encode);
        let half = shows(&mut steps, 50.0);
        assert!((half - f64::midpoint(failed_at, CEILING)).abs() < 1.0, "{half}");
        shows(&mut steps, 20.0);
        shows(&mut steps, 99.0);
        steps.enter(&check);
        let measure = step(StepKind::Measure, 0.05, false);
        steps.add(&measure);
        steps.enter(&measure);
        shows(&mut steps, 0.0);
        shows(&mut steps, 1000.0);
    }

    #[test]
    fn only_bytes_of_the_result_count() {
        let (mut steps, list) = (Steps::default(), two_passes());
        let of = |progress: Progress| (progress.bytes, progress.written);
        steps.start(&list);
        steps.enter(&list[0]);
        assert_eq!(of(steps.take(reading(90.0))), (None, None), "statistics are not the result");
        steps.enter(&list[1]);
        assert_eq!(of(steps.shown()), (None, None));
        assert_eq!(of(steps.take(reading(10.0))), (Some(10_000), Some(10.0)));
        steps.enter(&list[2]);
        assert_eq!(of(steps.shown()), (Some(10_000), Some(10.0)), "kept during the check");
        steps.start(&list[1..]);
        assert_eq!(of(steps.shown()), (None, None), "made again from the start");
    }

    #[test]
    fn time_left_is_shown_in_the_last_long_step() {
        let (mut steps, list) = (Steps::default(), two_passes());
        steps.start(&list);
        steps.enter(&list[0]);
        assert_eq!(steps.take(reading(90.0)).eta_seconds, None, "the second pass is slower");
        steps.enter(&list[1]);
        assert_eq!(steps.shown().eta_seconds, None);
        assert_eq!(steps.take(reading(10.0)).eta_seconds, Some(10));
    }

    #[test]
    fn without_a_duration_there_is_no_percentage() {
        let (mut steps, list) =
            (Steps::default(), [step(StepKind::Covers, 0.01, false), two_passes()[1].clone()]);
        steps.start(&list);
        for step in &list {
            steps.enter(step);
            let shown = steps.take(Progress { percent: None, ..reading(50.0) });
            assert_eq!((shown.percent, shown.written), (None, None));
        }
        assert_eq!(steps.shown().bytes, Some(50_000));
    }
}
