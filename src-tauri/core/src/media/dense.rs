//! Predicts whether an encoder clock that ticks once per frame would lose frames, or move them: from packet times
//! before encoding, and from frame times during it.
//!
//! Pure, in bounded memory. Follows how ffmpeg passes frames of a variable rate to an encoder: an early frame waits
//! for the next free tick, and is dropped if that is more than 0.6 ticks after its end.

use super::Picture;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Packets that may come before one that is shown earlier: the most that any codec reorders.
const REORDERED: usize = 32;

/// Seconds by which a frame may move relative to the first: timestamps are rounded to milliseconds.
const MAX_SHIFT: f64 = 0.002;

/// An encoder clock that ticks once per frame, and the frames it received, in display order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ticks {
    /// Ticks per second.
    rate: f64,
    last: Option<i64>,
    /// The next free tick.
    free: f64,
    /// Ticks by which the first frame moves.
    first: Option<f64>,
    lost: u64,
    moved: u64,
}

impl Ticks {
    /// `rate`: the frame rate that the encoder is given.
    pub fn new(rate: f64) -> Ticks {
        Ticks { rate, last: None, free: 0.0, first: None, lost: 0, moved: 0 }
    }

    /// Takes the presentation time of a frame, in microseconds.
    pub fn show(&mut self, micros: i64) {
        if self.last.replace(micros) != Some(micros) {
            self.push_tick(micros as f64 / 1e6 * self.rate);
        }
    }

    /// True if a frame with its own time was lost, or any frame moved.
    pub fn misplaces(&self) -> bool {
        self.lost + self.moved > 0
    }

    fn push_tick(&mut self, tick: f64) {
        let over = tick - self.free + 1.0;
        if over <= -0.6 {
            self.lost += 1;
            return;
        }
        if over > 0.6 {
            self.free = tick.max(if over < 1.0 { self.free } else { tick }).round();
        }
        let by = self.free - tick;
        let moved = (by - *self.first.get_or_insert(by)).abs() / self.rate;
        self.moved += u64::from(moved > MAX_SHIFT);
        self.free += 1.0;
    }
}

/// The packet times of a stream, as they are read.
#[derive(Debug, Default)]
pub struct Dense {
    clocks: Vec<Ticks>,
    /// Times in microseconds that may still be reordered.
    waiting: BinaryHeap<Reverse<i64>>,
}

impl Dense {
    /// `rates`: the frame rates that an encoder may be given.
    pub fn new(rates: Vec<f64>) -> Dense {
        Dense { clocks: rates.into_iter().map(Ticks::new).collect(), waiting: BinaryHeap::new() }
    }

    /// Takes a presentation time, in seconds.
    pub fn take(&mut self, seconds: f64) {
        self.waiting.push(Reverse((seconds * 1e6).round() as i64));
        if self.waiting.len() > REORDERED {
            self.show_next();
        }
    }

    /// True if one of the clocks loses or moves a frame.
    pub fn misplaces(mut self) -> bool {
        while self.show_next() {}
        self.clocks.iter().any(Ticks::misplaces)
    }

    fn show_next(&mut self) -> bool {
        let Some(Reverse(at)) = self.waiting.pop() else { return false };
        self.clocks.iter_mut().for_each(|clock| clock.show(at));
        true
    }
}

/// A mean rate below this share of the tick rate may be the rate of the codec, which ffmpeg then prefers.
const CODEC_RATE_SHARE: f64 = 0.7;

impl Picture {
    /// Rates at which the clock of its encoder may tick.
    pub fn clock_rates(&self) -> Vec<f64> {
        let Some(ticks) = self.tick_rate else { return Vec::new() };
        let mean = self.rate.filter(|mean| *mean < ticks * CODEC_RATE_SHARE);
        std::iter::once(ticks).chain(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rate: f64, times: impl Iterator<Item = f64>) -> Ticks {
        let mut dense = Dense::new(vec![rate]);
        times.for_each(|at| dense.take(at));
        while dense.show_next() {}
        dense.clocks[0]
    }

    fn loses(rate: f64, times: impl Iterator<Item = f64>) -> bool {
        shown(rate, times).lost > 0
    }

    fn moves(rate: f64, times: impl Iterator<Item = f64>) -> bool {
        shown(rate, times).moved > 0
    }

    #[test]
    fn bursts_lose_frames_and_rounding_does_not() {
        let millis = |rate: f64| (0..500).map(move |n| (f64::from(n) * 1000.0 / rate).round() / 1000.0);
        assert!(!loses(24_000.0 / 1001.0, millis(24_000.0 / 1001.0)) && !loses(30.0, millis(30.0)));
        assert!(!loses(30.0, (0..500).map(|n| f64::from(n + n % 2) / 30.0 * 0.97)), "a phone");
        let burst = |n: i32| f64::from(n) + [0.0, 0.0, 0.0, 2.0, 1.2, 0.4][(n % 6) as usize];
        assert!(loses(30.0, (0..240).map(|n| burst(n) / 30.0)));
        let faster = (0..90).map(|n| f64::from(n) / 30.0).chain((0..180).map(|n| 3.0 + f64::from(n) / 60.0));
        assert!(loses(30.0, faster), "thirty a second, then sixty");
        assert!(!loses(30.0, (0..90).flat_map(|n| [f64::from(n) / 30.0; 2])), "duplicate timestamps");
    }

    #[test]
    fn frames_are_processed_in_display_order() {
        let reordered = (0..100).flat_map(|n| [n * 3 + 2, n * 3, n * 3 + 1]).map(|n| f64::from(n) / 25.0);
        assert!(!loses(25.0, reordered));
    }

    #[test]
    fn frames_off_their_rate_are_moved_and_rounded_ones_are_not() {
        let millis = |at: f64| (at * 1000.0).round() / 1000.0;
        for rate in [24_000.0 / 1001.0, 25.0, 30_000.0 / 1001.0, 60.0] {
            assert!(!moves(rate, (0..5000).map(|n| millis(0.021 + f64::from(n) / rate))), "{rate}");
        }
        let telecine = (0..90).map(|n| millis(f64::from(n / 2 * 5 + n % 2 * 2) / 60.0));
        assert!(moves(30_000.0 / 1001.0, telecine), "frames of two and three fields in turn");
        assert!(moves(25.0, (0..200).map(|n| f64::from(n) / 50.0)), "twice the claimed rate");
        assert!(moves(30.0, (0..200).map(|n| f64::from(n + n % 2) / 30.0 * 0.97)), "a phone");
        assert!(
            !moves(30.0, (0..200).filter(|n| n % 10 != 3).map(|n| f64::from(n) / 30.0)),
            "missing frames move no others"
        );
    }

    #[test]
    fn ffmpeg_may_prefer_the_rate_of_the_codec() {
        let rates = |ticks, mean| Picture { tick_rate: Some(ticks), rate: Some(mean), ..Picture::default() };
        assert_eq!(rates(59.94, 29.97).clock_rates(), [59.94, 29.97]);
        assert_eq!(rates(30.0, 27.0).clock_rates(), [30.0]);
    }
}
