//! Finds holes in a stream whose packets all have the same duration, by the time steps between packets: as recorders
//! leave them that lost audio, however a container declares the duration of the packet before.
//!
//! Pure, in bounded memory. Guarantees that bursts of packets, as live streams write them, are no holes.

use std::collections::BTreeMap;

/// Time steps in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// How often each step occurs between two packets.
    counts: BTreeMap<u32, u64>,
    /// Number and total of the steps in the current window.
    window: (u32, f64),
    /// How often each mean step of a window occurs, in tenths of a millisecond.
    means: BTreeMap<u32, u64>,
    /// Total of the steps so long that they may be a change of clock.
    far: f64,
}

/// Longest step within one clock, in seconds.
pub(super) const AHEAD: f64 = 10.0;

/// Maximum number of distinct steps kept: a stream with more has no fixed packet duration.
const MAX_DISTINCT: usize = 500;
/// Longest step that is a hole in any container, in milliseconds.
const MAX_STEP: f64 = AHEAD * 1000.0;
/// A longer step is a hole also where packets come in bursts, in milliseconds.
const BURST_HOLE: f64 = 500.0;
/// Steps per window: bursts are even over so many.
const WINDOW: u32 = 16;

impl Steps {
    pub(super) fn take(&mut self, millis: f64) {
        if millis > MAX_STEP {
            self.far += millis;
        }
        let millis = if millis < 0.0 { return } else { millis.round() };
        if millis <= MAX_STEP {
            count(&mut self.counts, millis as u32);
            self.window = (self.window.0 + 1, self.window.1 + millis);
        }
        if self.window.0 == WINDOW {
            count(&mut self.means, (self.window.1 * 10.0 / f64::from(WINDOW)).round() as u32);
            self.window = (0, 0.0);
        }
    }

    /// Missing seconds. A step of two usual ones is a hole; less is rounding, or generated timestamps. A much shorter
    /// step offsets a late one before it. Between bursts only a long step is a hole.
    pub(super) fn missing(&self) -> f64 {
        let mode = self.mode();
        let (usual, least) = match self.mean() {
            Some(mean) if (mode / mean - 1.0).abs() > 0.2 => (mean, BURST_HOLE),
            _ => (mode, mode * 1.9),
        };
        let short = if least < BURST_HOLE { mode * 0.5 } else { 0.0 };
        let steps = self.counts.iter().map(|(millis, count)| (f64::from(*millis), *count as f64));
        let odd = steps.filter(|(millis, _)| *millis > least || *millis < short);
        odd.map(|(millis, count)| (millis - usual) * count).sum::<f64>().max(0.0) / 1000.0
    }

    /// Missing seconds in steps of fewer than three packets: in broadcasts, where most packets have no timestamp,
    /// they result from a wrong rate that ffmpeg assumes.
    pub(super) fn small(&self) -> f64 {
        let usual = self.mode();
        let holes = self.counts.iter().map(|(millis, count)| (f64::from(*millis), *count as f64));
        let small = holes.filter(|(millis, _)| (usual * 1.9..usual * 2.9).contains(millis));
        (small.map(|(millis, count)| (millis - usual) * count).sum::<f64>() / 1000.0).min(self.missing())
    }

    /// Seconds in steps of more than ten seconds: missing, or a change of clock.
    pub(super) fn far(&self) -> f64 {
        self.far / 1000.0
    }

    /// The most frequent step, in milliseconds.
    fn mode(&self) -> f64 {
        let mode = self.counts.iter().filter(|(millis, _)| **millis > 0).max_by_key(|(_, count)| **count);
        mode.map_or(0.0, |(millis, _)| f64::from(*millis))
    }

    /// The first quartile of the window means, in milliseconds: that of windows without a hole.
    fn mean(&self) -> Option<f64> {
        let quarter = self.means.values().sum::<u64>().div_ceil(4);
        let below = self.means.iter().scan(0, |sum, (tenths, count)| {
            *sum += count;
            Some((*sum, *tenths))
        });
        let mean = below.into_iter().find(|(sum, _)| *sum >= quarter)?.1;
        (mean > 0).then(|| f64::from(mean) / 10.0)
    }
}

fn count(counts: &mut BTreeMap<u32, u64>, value: u32) {
    if counts.contains_key(&value) || counts.len() < MAX_DISTINCT {
        *counts.entry(value).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(steps: impl Iterator<Item = f64>) -> f64 {
        let mut all = Steps::default();
        steps.for_each(|millis| all.take(millis));
        all.missing()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 0.1
    }

    #[test]
    fn bursts_are_no_holes_and_holes_between_bursts_are_found() {
        for burst in [[1.0, 1.0, 62.0], [0.0, 0.0, 64.0], [15.0, 15.0, 34.0], [10.0, 32.0, 22.0]] {
            let steps = || burst.into_iter().cycle().take(600);
            assert!(missing(steps()) < 0.1, "{burst:?}: {}", missing(steps()));
            let hole = steps().chain([2500.0]).chain(steps());
            assert!(near(missing(hole), 2.5), "{burst:?}");
        }
    }

    #[test]
    fn frequent_small_holes_count() {
        let steps = (0..1000).map(|n| if n % 14 == 0 { 43.0 } else { 21.3 });
        assert!(near(missing(steps), 72.0 * 0.0217));
    }

    #[test]
    fn holes_from_a_wrong_rate_are_small() {
        let mut all = Steps::default();
        for n in 0..270 {
            all.take(if n % 15 == 0 { 48.0 } else { 21.0 });
        }
        assert!(all.missing() > 0.4 && (all.missing() - all.small()).abs() < 1e-9);
        (0..5).for_each(|_| all.take(85.0));
        assert!((all.missing() - all.small() - 0.32).abs() < 0.01, "three packets are a hole");
    }

    #[test]
    fn possible_clock_changes_are_counted_separately() {
        let mut all = Steps::default();
        for millis in [21.0, 21.0, 12_000.0, 21.0] {
            all.take(millis);
        }
        assert!(all.missing() < 1e-9 && near(all.far(), 12.0));
    }
}
