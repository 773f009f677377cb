//! Progress of a running job: plain data for events, the database and the command line.
//!
//! Guarantees that a percentage never decreases and stays below 100 until the result is published. Must not know where
//! the numbers come from; `ffmpeg/report.rs` reads them.

pub(crate) mod steps;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Progress of a job. Unknown values are `None`, never guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// 0 to 99, of all work on the result; `None` while the duration is unknown.
    pub percent: Option<f64>,
    /// Seconds of video per second.
    pub speed: Option<f64>,
    /// Frames encoded per second.
    pub fps: Option<f64>,
    /// Seconds left at the current speed.
    pub eta_seconds: Option<u64>,
    /// Bytes of the result written so far.
    pub bytes: Option<u64>,
    /// Percentage of the result that `bytes` is; steps that do not write the result count only in `percent`.
    #[serde(default)]
    pub written: Option<f64>,
    /// Microseconds of the video processed.
    pub done_us: u64,
    /// The process is suspended: paused, or waiting for a free worker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub suspended: bool,
}

/// Highest percentage before the result is verified and published.
pub const CEILING: f64 = 99.0;

impl Progress {
    /// Computes percentage and time left for a video of `total_us` microseconds, never below `before`.
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

    /// Is this further than `other`? Without a percentage on both sides the processed time decides.
    pub fn is_beyond(&self, other: &Progress) -> bool {
        match (self.percent, other.percent) {
            (Some(this), Some(that)) => this > that,
            _ => self.done_us > other.done_us,
        }
    }

    /// Estimated size of the whole result in bytes, by what is written so far; `None` before `least` percent of it are
    /// written.
    pub fn expected_bytes(&self, least: f64) -> Option<u64> {
        let (bytes, written) = self.bytes.filter(|bytes| *bytes > 0).zip(self.written)?;
        (written >= least).then(|| (bytes as f64 * 100.0 / written) as u64)
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
    fn unknown_duration_has_no_percentage() {
        assert_eq!(at(5).of_total(None, &Progress::default()).percent, None);
        assert_eq!(at(5).of_total(Some(0), &Progress::default()).percent, None);
    }

    #[test]
    fn percentage_decides_which_is_further_or_else_the_time() {
        let (early, late) = (at(1_000_000), at(2_000_000));
        assert!(late.is_beyond(&early) && !early.is_beyond(&late) && !late.is_beyond(&late));
        let second_pass = Progress { percent: Some(60.0), ..early };
        assert!(second_pass.is_beyond(&Progress { percent: Some(45.0), ..late }));
    }

    #[test]
    fn expected_size_follows_from_the_written_share() {
        let second = Progress { percent: Some(55.0), written: Some(10.0), ..at(1) };
        assert_eq!(Progress { bytes: Some(100), ..second }.expected_bytes(5.0), Some(1_000));
        assert_eq!(Progress { bytes: Some(100), ..second }.expected_bytes(11.0), None);
        assert_eq!(Progress { bytes: Some(0), ..second }.expected_bytes(5.0), None);
        assert_eq!(Progress { bytes: Some(100), written: None, ..second }.expected_bytes(5.0), None);
    }

    #[test]
    fn row_of_an_earlier_version_can_be_read() {
        let saved = r#"{"percent":5.0,"speed":null,"fps":null,"etaSeconds":null,"bytes":7,"doneUs":1}"#;
        let read: Progress = serde_json::from_str(saved).unwrap();
        assert_eq!((read.percent, read.bytes, read.written), (Some(5.0), Some(7), None));
        assert!(!read.suspended);
    }
}
