//! Would an encoder's clock that ticks once a picture lose some? Told by the times of the packets, before anything is
//! encoded.
//!
//! Pure. Follows how ffmpeg gives pictures of a variable rate to an encoder: one that comes early waits for the next free
//! tick, and is left out where that is more than 0.6 ticks after its end. Bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Packets that may come before one that is shown earlier: the most that any codec reorders.
const REORDERED: usize = 32;

/// The times of a stream, as they are read.
#[derive(Debug)]
pub struct Dense {
    /// Ticks a second.
    rate: f64,
    /// In millionths of a second, for those whose turn has not come.
    waiting: BinaryHeap<Reverse<i64>>,
    last: Option<i64>,
    /// The next free tick.
    free: f64,
    lost: u64,
}

impl Dense {
    /// `rate`: the frames a second that an encoder is told.
    pub fn new(rate: f64) -> Dense {
        Dense { rate, waiting: BinaryHeap::new(), last: None, free: 0.0, lost: 0 }
    }

    /// Takes when a picture is shown, in seconds.
    pub fn take(&mut self, seconds: f64) {
        self.waiting.push(Reverse((seconds * 1e6).round() as i64));
        if self.waiting.len() > REORDERED {
            self.show_next();
        }
    }

    /// Is any picture lost that has a time of its own?
    pub fn loses(mut self) -> bool {
        while self.show_next() {}
        self.lost > 0
    }

    fn show_next(&mut self) -> bool {
        let Some(Reverse(at)) = self.waiting.pop() else { return false };
        if self.last.replace(at) != Some(at) {
            self.show(at as f64 / 1e6 * self.rate);
        }
        true
    }

    fn show(&mut self, tick: f64) {
        let over = tick - self.free + 1.0;
        if over <= -0.6 {
            self.lost += 1;
            return;
        }
        if over > 0.6 {
            self.free = tick.max(if over < 1.0 { self.free } else { tick }).round();
        }
        self.free += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loses(rate: f64, times: impl Iterator<Item = f64>) -> bool {
        let mut dense = Dense::new(rate);
        times.for_each(|at| dense.take(at));
        dense.loses()
    }

    #[test]
    fn bursts_lose_pictures_and_rounding_does_not() {
        let millis = |rate: f64| (0..500).map(move |n| (f64::from(n) * 1000.0 / rate).round() / 1000.0);
        assert!(!loses(24_000.0 / 1001.0, millis(24_000.0 / 1001.0)) && !loses(30.0, millis(30.0)));
        assert!(!loses(30.0, (0..500).map(|n| f64::from(n + n % 2) / 30.0 * 0.97)), "a phone");
        let burst = |n: i32| f64::from(n) + [0.0, 0.0, 0.0, 2.0, 1.2, 0.4][(n % 6) as usize];
        assert!(loses(30.0, (0..240).map(|n| burst(n) / 30.0)));
        let faster = (0..90).map(|n| f64::from(n) / 30.0).chain((0..180).map(|n| 3.0 + f64::from(n) / 60.0));
        assert!(loses(30.0, faster), "thirty a second, then sixty");
        assert!(!loses(30.0, (0..90).flat_map(|n| [f64::from(n) / 30.0; 2])), "no time of their own");
    }

    #[test]
    fn pictures_are_taken_in_the_order_that_they_are_shown() {
        let reordered = (0..100).flat_map(|n| [n * 3 + 2, n * 3, n * 3 + 1]).map(|n| f64::from(n) / 25.0);
        assert!(!loses(25.0, reordered));
    }
}
