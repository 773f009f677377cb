//! How fast an encode is while it works: ffmpeg divides by all the time that passed since it began, also that in which it
//! was suspended.
//!
//! Pure: times come in, by the clock that counts awake time.

use crate::progress::Progress;
use std::time::Duration;

/// When it began, and how long it stood still since.
#[derive(Debug)]
pub(super) struct Pace {
    begun: Duration,
    still: Duration,
    suspended: Option<Duration>,
}

impl Pace {
    pub(super) fn new(awake: Duration) -> Pace {
        Pace { begun: awake, still: Duration::ZERO, suspended: None }
    }

    /// It is suspended at `awake`, or goes on.
    pub(super) fn suspend(&mut self, still: bool, awake: Duration) {
        let since = if still { Some(self.suspended.unwrap_or(awake)) } else { None };
        if let Some(before) = std::mem::replace(&mut self.suspended, since).filter(|_| !still) {
            self.still += awake.saturating_sub(before);
        }
    }

    /// What ffmpeg said at `awake`, by the time it worked.
    pub(super) fn of(&self, said: Progress, awake: Duration) -> Progress {
        let all = awake.saturating_sub(self.begun).as_secs_f64();
        let worked = all - self.still.as_secs_f64();
        if self.still.is_zero() || worked <= 0.0 {
            return said;
        }
        let by_work = |rate: f64| rate * all / worked;
        Progress { speed: said.speed.map(by_work), fps: said.fps.map(by_work), ..said }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn time_spent_suspended_counts_neither_for_speed_nor_for_pictures() {
        let said = |speed, fps| Progress { speed: Some(speed), fps: Some(fps), ..Progress::default() };
        let mut pace = Pace::new(at(100));
        assert_eq!(pace.of(said(2.0, 50.0), at(104)), said(2.0, 50.0), "it was never suspended");
        pace.suspend(true, at(104));
        pace.suspend(true, at(110));
        pace.suspend(false, at(116));
        // Four seconds of work in sixteen: ffmpeg says a quarter.
        assert_eq!(pace.of(said(0.5, 12.5), at(116)), said(2.0, 50.0));
        pace.suspend(false, at(117));
        pace.suspend(true, at(120));
        pace.suspend(false, at(124));
        assert_eq!(pace.of(said(0.5, 12.5), at(124)), said(1.5, 37.5), "eight of twenty-four");
        assert_eq!(pace.of(Progress::default(), at(124)), Progress::default());
    }
}
