//! When the progress of a job is told to those who read lines: often enough to see that it lives, seldom enough to be read.
//! Pure; the time is given.

use spool_core::job::JobId;
use std::collections::HashMap;
use std::time::Duration;

/// Which of many readings are told.
pub(super) struct Pace {
    /// At the latest after so long.
    every: Duration,
    /// Earlier after so many percent.
    step: f64,
    /// But never sooner than this.
    least: Duration,
    /// When each running job was told of last, and the stage it had reached.
    told: HashMap<JobId, (Duration, f64)>,
}

impl Pace {
    /// For a log: each minute, or each 10 %, and no more than one a second.
    pub(super) fn of_lines() -> Pace {
        Pace {
            every: Duration::from_mins(1),
            step: 10.0,
            least: Duration::from_secs(1),
            told: HashMap::new(),
        }
    }

    /// For scripts: each second.
    pub(super) fn of_scripts() -> Pace {
        Pace { every: Duration::from_secs(1), ..Pace::of_lines() }
    }

    /// It is told now that the job runs.
    pub(super) fn begin(&mut self, id: JobId, now: Duration) {
        self.told.insert(id, (now, 0.0));
    }

    /// It runs no more.
    pub(super) fn end(&mut self, id: JobId) {
        self.told.remove(&id);
    }

    /// Was it told that this job runs?
    pub(super) fn runs(&self, id: JobId) -> bool {
        self.told.contains_key(&id)
    }

    /// The jobs that run.
    pub(super) fn jobs(&self) -> Vec<JobId> {
        self.told.keys().copied().collect()
    }

    /// Is this reading to be told? Then it counts as told.
    pub(super) fn is_due(&mut self, id: JobId, now: Duration, percent: Option<f64>) -> bool {
        let Some((at, stage)) = self.told.get_mut(&id) else { return false };
        let (passed, reached) =
            (now.saturating_sub(*at), percent.map(|percent| (percent / self.step).floor() * self.step));
        let farther = passed >= self.least && reached.is_some_and(|reached| reached > *stage);
        if passed < self.every && !farther {
            return false;
        }
        (*at, *stage) = (now, reached.unwrap_or(*stage));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: JobId = JobId(1);

    fn told(pace: &mut Pace, readings: &[(u64, f64)]) -> Vec<f64> {
        pace.begin(ID, Duration::ZERO);
        let due = |(ms, percent): &&(u64, f64)| pace.is_due(ID, Duration::from_millis(*ms), Some(*percent));
        readings.iter().filter(due).map(|(_, percent)| *percent).collect()
    }

    #[test]
    fn a_log_tells_each_ten_percent_or_minute_whichever_comes_first() {
        let fast: Vec<(u64, f64)> = (1..=99).map(|n| (n * 1000, n as f64)).collect();
        assert_eq!(
            told(&mut Pace::of_lines(), &fast),
            [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
        );
        let slow: Vec<(u64, f64)> = (1..=300).map(|n| (n * 1000, n as f64 / 100.0)).collect();
        assert_eq!(told(&mut Pace::of_lines(), &slow), [0.6, 1.2, 1.8, 2.4, 3.0]);
        let blink = [(10, 11.0), (500, 55.0), (990, 99.0)];
        assert_eq!(told(&mut Pace::of_lines(), &blink), [0.0; 0], "the end is told anyway");
        let leap = [(1000, 35.0), (3000, 39.0), (4000, 40.0)];
        assert_eq!(told(&mut Pace::of_lines(), &leap), [35.0, 40.0]);
    }

    #[test]
    fn without_a_reading_the_minute_counts_and_what_does_not_run_is_not_told() {
        let mut pace = Pace::of_lines();
        assert!(!pace.is_due(ID, Duration::from_mins(9), None));
        pace.begin(ID, Duration::ZERO);
        assert!(!pace.is_due(ID, Duration::from_secs(59), None));
        assert!(pace.is_due(ID, Duration::from_mins(1), None) && pace.jobs() == [ID]);
        pace.end(ID);
        assert!(!pace.is_due(ID, Duration::from_mins(9), None));
    }

    #[test]
    fn scripts_hear_each_second() {
        let readings: Vec<(u64, f64)> = (1..=16).map(|n| (n * 250, n as f64)).collect();
        assert_eq!(told(&mut Pace::of_scripts(), &readings), [4.0, 8.0, 12.0, 16.0]);
    }
}
