//! How long the rest of the queue takes: a range, for nobody knows the number.
//!
//! Pure. Work is measured in bytes of originals, the one size that is known before a file is looked at. The
//! range spans the pace of the last minutes and that of the last moments, and some doubt beyond both.

use std::collections::VecDeque;
use std::time::Duration;

/// Readings older than this are forgotten.
const WINDOW: Duration = Duration::from_mins(5);
/// Nothing is said before this much of work was seen.
const LEAST: Duration = Duration::from_secs(10);

/// Readings of how many bytes of originals have been worked through.
#[derive(Debug, Default)]
pub struct Pace {
    readings: VecDeque<(Duration, f64)>,
}

impl Pace {
    /// Takes in a reading at `awake`; one that went backwards (a job failed or was removed) begins anew.
    pub fn observe(&mut self, awake: Duration, done: f64) {
        if self.readings.back().is_some_and(|(_, before)| done < *before) {
            self.readings.clear();
        }
        self.readings.push_back((awake, done));
        while self.readings.front().is_some_and(|(at, _)| awake.saturating_sub(*at) > WINDOW) {
            self.readings.pop_front();
        }
    }

    /// Forgets everything: nothing runs.
    pub fn rest(&mut self) {
        self.readings.clear();
    }

    /// Seconds that `left` bytes take, from and to; `None` while too little is known.
    pub fn range(&self, left: f64) -> Option<(u64, u64)> {
        let (end, done) = *self.readings.back()?;
        let rate = |(at, before): (Duration, f64)| {
            let seconds = end.saturating_sub(at).as_secs_f64();
            (seconds > 0.0).then(|| (done - before) / seconds).filter(|r| *r > 0.0)
        };
        let first = *self.readings.front()?;
        if end.saturating_sub(first.0) < LEAST {
            return None;
        }
        let late = self.readings.iter().rev().find(|(at, _)| end.saturating_sub(*at) >= LEAST);
        let (whole, late) = (rate(first)?, late.and_then(|r| rate(*r)).or(rate(first))?);
        let (quick, slow) = (whole.max(late), whole.min(late));
        Some(((left / quick * 0.9) as u64, (left / slow * 1.2).ceil() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_range_spans_the_long_and_the_recent_pace() {
        let mut pace = Pace::default();
        for second in 0..=60 {
            pace.observe(at(second), second as f64 * 100.0);
        }
        assert_eq!(pace.range(10_000.0), Some((90, 120)), "100 s at an even pace");
        for second in 61..=80 {
            pace.observe(at(second), 6000.0 + (second - 60) as f64 * 50.0);
        }
        let (low, high) = pace.range(10_000.0).unwrap();
        assert!(low < 110 && high >= 240, "slower of late: {low}-{high}");
    }

    #[test]
    fn nothing_is_said_before_ten_seconds_or_after_a_step_back() {
        let mut pace = Pace::default();
        pace.observe(at(0), 0.0);
        pace.observe(at(9), 900.0);
        assert_eq!(pace.range(1000.0), None);
        pace.observe(at(11), 1100.0);
        assert!(pace.range(1000.0).is_some());
        pace.observe(at(12), 300.0);
        assert_eq!(pace.range(1000.0), None);
    }

    #[test]
    fn a_standstill_promises_nothing() {
        let mut pace = Pace::default();
        for second in 0..=30 {
            pace.observe(at(second), 500.0);
        }
        assert_eq!(pace.range(1000.0), None);
    }
}
