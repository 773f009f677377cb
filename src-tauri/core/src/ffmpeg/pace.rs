//! Speed of an encode without its pauses: ffmpeg divides by all the time since the start, including suspended time.
//!
//! Pure: the caller passes times of the clock that counts awake time.

use crate::progress::Progress;
use std::time::Duration;

/// When an encode began, and how long it has been suspended since.
#[derive(Debug)]
pub(super) struct Pace {
    started: Duration,
    paused: Duration,
    suspended: Option<Duration>,
}

impl Pace {
    pub(super) fn new(awake: Duration) -> Pace {
        Pace { started: awake, paused: Duration::ZERO, suspended: None }
    }

    /// The encode is suspended or resumed at `awake`.
    pub(super) fn suspend(&mut self, suspend: bool, awake: Duration) {
        let since = if suspend { Some(self.suspended.unwrap_or(awake)) } else { None };
        if let Some(before) = std::mem::replace(&mut self.suspended, since).filter(|_| !suspend) {
            self.paused += awake.saturating_sub(before);
        }
    }

    /// ffmpeg's report at `awake`, with rates by the time worked.
    pub(super) fn of(&self, reported: Progress, awake: Duration) -> Progress {
        let all = awake.saturating_sub(self.started).as_secs_f64();
        let worked = all - self.paused.as_secs_f64();
        if self.paused.is_zero() || worked <= 0.0 {
            return reported;
        }
        let by_work = |rate: f64| rate * all / worked;
        Progress { speed: reported.speed.map(by_work), fps: reported.fps.map(by_work), ..reported }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn suspended_time_counts_neither_for_speed_nor_for_frame_rate() {
        let reported = |speed, fps| Progress { speed: Some(speed), fps: Some(fps), ..Progress::default() };
        let mut pace = Pace::new(at(100));
        assert_eq!(pace.of(reported(2.0, 50.0), at(104)), reported(2.0, 50.0), "it was never suspended");
        pace.suspend(true, at(104));
        pace.suspend(true, at(110));
        pace.suspend(false, at(116));
        // Four seconds of work in sixteen: ffmpeg reports a quarter.
        assert_eq!(pace.of(reported(0.5, 12.5), at(116)), reported(2.0, 50.0));
        pace.suspend(false, at(117));
        pace.suspend(true, at(120));
        pace.suspend(false, at(124));
        assert_eq!(pace.of(reported(0.5, 12.5), at(124)), reported(1.5, 37.5), "eight of twenty-four");
        assert_eq!(pace.of(Progress::default(), at(124)), Progress::default());
    }
}
