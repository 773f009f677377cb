//! How far a running job is: the plain data that events, the database and the command line share.
//!
//! Guarantees that a percentage never goes backwards and stays below 100 until the result is published.
//! Must not know where the numbers come from; `ffmpeg/report.rs` reads them.

use serde::{Deserialize, Serialize};

/// A reading of a running job. Unknown values are absent, never guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// 0-99; absent while the duration is unknown.
    pub percent: Option<f64>,
    /// Seconds of video per second.
    pub speed: Option<f64>,
    /// Frames per second being encoded.
    pub fps: Option<f64>,
    /// Seconds left at the present speed.
    pub eta_seconds: Option<u64>,
    /// Bytes written so far.
    pub bytes: Option<u64>,
    /// Microseconds of the video done.
    pub done_us: u64,
}

/// Held back until the result is verified and published.
const CEILING: f64 = 99.0;

impl Progress {
    /// Fills in percentage and time left for a video of `total_us` microseconds, never below `before`.
    #[must_use]
    pub fn of_total(mut self, total_us: Option<u64>, before: &Progress) -> Progress {
        self.done_us = self.done_us.max(before.done_us);
        let Some(total) = total_us.filter(|t| *t > 0) else { return self };
        let percent = (self.done_us as f64 / total as f64 * 100.0).min(CEILING);
        self.percent = Some(percent.max(before.percent.unwrap_or(0.0)));
        let left = total.saturating_sub(self.done_us) as f64 / 1e6;
        self.eta_seconds = self.speed.filter(|s| *s > 0.0).map(|s| (left / s).round() as u64);
        self
    }
}

impl Progress {
    /// The same as part of a job of several passes over the video, this being number `pass`, from 0.
    #[must_use]
    pub fn of_pass(mut self, pass: usize, passes: usize) -> Progress {
        if passes > 1 {
            let whole = |percent: f64| (pass as f64 * 100.0 + percent) / passes as f64;
            self.percent = self.percent.map(whole);
            // How fast a later pass is, nobody knows.
            self.eta_seconds = self.eta_seconds.filter(|_| pass + 1 == passes);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(done_us: u64) -> Progress {
        Progress { done_us, speed: Some(2.0), ..Progress::default() }
    }

    #[test]
    fn percent_never_goes_backwards_and_holds_at_99() {
        let half = at(5_000_000).of_total(Some(10_000_000), &Progress::default());
        assert_eq!(half.percent, Some(50.0));
        assert_eq!(half.eta_seconds, Some(3), "2.5 s rounded");
        assert_eq!(at(1_000_000).of_total(Some(10_000_000), &half).percent, Some(50.0));
        assert_eq!(at(99_000_000).of_total(Some(10_000_000), &half).percent, Some(99.0));
    }

    #[test]
    fn an_unknown_duration_has_no_percentage() {
        assert_eq!(at(5).of_total(None, &Progress::default()).percent, None);
        assert_eq!(at(5).of_total(Some(0), &Progress::default()).percent, None);
    }

    #[test]
    fn two_passes_share_the_percentage() {
        let half = at(5_000_000).of_total(Some(10_000_000), &Progress::default());
        assert_eq!((half.of_pass(0, 2).percent, half.of_pass(0, 2).eta_seconds), (Some(25.0), None));
        assert_eq!((half.of_pass(1, 2).percent, half.of_pass(1, 2).eta_seconds), (Some(75.0), Some(3)));
        assert_eq!(half.of_pass(0, 1), half);
    }
}
