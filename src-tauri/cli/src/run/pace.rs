//! Decides when the progress of a job is printed as a line: often enough to show that it runs, rarely enough to be
//! read. Pure; the caller passes the time.

use spool_core::job::JobId;
use std::collections::HashMap;
use std::time::Duration;

/// Selects the readings to print.
pub(super) struct Pace {
    /// Longest time between two lines.
    every: Duration,
    /// Percent after which a line is due earlier.
    step: f64,
    /// Shortest time between two lines.
    least: Duration,
    /// Time and percent step of the last line of each running job.
    last: HashMap<JobId, (Duration, f64)>,
}

impl Pace {
    /// For a log: a line each minute or each 10 %, at most one per second.
    pub(super) fn of_lines() -> Pace {
        Pace {
            every: Duration::from_mins(1),
            step: 10.0,
            least: Duration::from_secs(1),
            last: HashMap::new(),
        }
    }

    /// For scripts: a line each second.
    pub(super) fn of_scripts() -> Pace {
        Pace { every: Duration::from_secs(1), ..Pace::of_lines() }
    }

    /// Records that the start of this job is printed now.
    pub(super) fn begin(&mut self, id: JobId, now: Duration) {
        self.last.insert(id, (now, 0.0));
    }

    /// Forgets a job that no longer runs.
    pub(super) fn end(&mut self, id: JobId) {
        self.last.remove(&id);
    }

    /// Whether this job runs and its start was printed.
    pub(super) fn runs(&self, id: JobId) -> bool {
        self.last.contains_key(&id)
    }

    /// Returns the running jobs.
    pub(super) fn jobs(&self) -> Vec<JobId> {
        self.last.keys().copied().collect()
    }

    /// Whether this reading is to be printed; if so, it counts as printed.
    pub(super) fn is_due(&mut self, id: JobId, now: Duration, percent: Option<f64>) -> bool {
        let Some((at, stage)) = self.last.get_mut(&id) else { return false };
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

    fn printed(pace: &mut Pace, readings: &[(u64, f64)]) -> Vec<f64> {
        pace.begin(ID, Duration::ZERO);
        let due = |(ms, percent): &&(u64, f64)| pace.is_due(ID, Duration::from_millis(*ms), Some(*percent));
        readings.iter().filter(due).map(|(_, percent)| *percent).collect()
    }

    #[test]
    fn a_log_gets_a_line_each_ten_percent_or_minute() {
        let fast: Vec<(u64, f64)> = (1..=99).map(|n| (n * 1000, n as f64)).collect();
        assert_eq!(
            printed(&mut Pace::of_lines(), &fast),
            [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]
        );
        let slow: Vec<(u64, f64)> = (1..=300).map(|n| (n * 1000, n as f64 / 100.0)).collect();
        assert_eq!(printed(&mut Pace::of_lines(), &slow), [0.6, 1.2, 1.8, 2.4, 3.0]);
        let blink = [(10, 11.0), (500, 55.0), (990, 99.0)];
        assert_eq!(printed(&mut Pace::of_lines(), &blink), [0.0; 0], "the end is printed anyway");
        let leap = [(1000, 35.0), (3000, 39.0), (4000, 40.0)];
        assert_eq!(printed(&mut Pace::of_lines(), &leap), [35.0, 40.0]);
    }

    #[test]
    fn without_percent_a_line_is_due_each_minute_while_the_job_runs() {
        let mut pace = Pace::of_lines();
        assert!(!pace.is_due(ID, Duration::from_mins(9), None));
        pace.begin(ID, Duration::ZERO);
        assert!(!pace.is_due(ID, Duration::from_secs(59), None));
        assert!(pace.is_due(ID, Duration::from_mins(1), None) && pace.jobs() == [ID]);
        pace.end(ID);
        assert!(!pace.is_due(ID, Duration::from_mins(9), None));
    }

    #[test]
    fn scripts_get_a_line_each_second() {
        let readings: Vec<(u64, f64)> = (1..=16).map(|n| (n * 250, n as f64)).collect();
        assert_eq!(printed(&mut Pace::of_scripts(), &readings), [4.0, 8.0, 12.0, 16.0]);
    }
}
