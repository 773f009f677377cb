//! How large may an output become? A source made to do harm, or a damaged one, can be decoded without end;
//! and an encode must not take the last byte of a disk that others, the queue's database too, write to.
//!
//! Not ffmpeg's own limit (`-fs`): that ends early as if all were well. Pure decisions; `part` does the looking.

/// Any output may become this large, in bytes.
const BASE: u64 = 256 << 20;
/// More for each second of the source: above what `ProRes` 422 HQ takes for 4K at 60 frames a second.
const PER_SECOND: u64 = 250_000_000;
/// More for each byte of the source: many times what any conversion makes of an ordinary video.
const PER_BYTE: u64 = 64;

/// Bytes beyond which an output of this source has run away. `seconds`: its declared length.
pub fn ceiling(size: u64, seconds: Option<f64>) -> u64 {
    let by_length = (seconds.unwrap_or(0.0).max(0.0) * PER_SECOND as f64) as u64;
    BASE.saturating_add(size.saturating_mul(PER_BYTE)).saturating_add(by_length)
}

/// Why an encode must be ended now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// The disk is about to be full.
    Disk,
    /// The output has run away.
    Output,
}

/// Looks at an output of `written` bytes. `free`: bytes left on its disk, where known; an encode begins with
/// `reserve` bytes free at least, and may use half of them up.
pub fn excess(written: u64, ceiling: u64, free: Option<u64>, reserve: u64) -> Option<Excess> {
    if written > ceiling {
        return Some(Excess::Output);
    }
    free.is_some_and(|free| free < reserve / 2).then_some(Excess::Disk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_honest_conversion_stays_far_below_the_ceiling() {
        let hour_of_4k_as_prores = 3_600 * 221_000_000;
        assert!(ceiling(1 << 30, Some(3_600.0)) > hour_of_4k_as_prores);
        let two_hours_at_1080p_without_a_length = 7_200 * 27_500_000;
        assert!(ceiling(4 << 30, None) > two_hours_at_1080p_without_a_length);
        assert!(ceiling(10_000, Some(f64::NAN)) < 300 << 20, "a small source has a small ceiling");
        assert_eq!(ceiling(u64::MAX, Some(f64::INFINITY)), u64::MAX);
    }

    #[test]
    fn an_output_ends_at_its_ceiling_and_before_the_disk_is_full() {
        assert_eq!(excess(100, 100, Some(50), 100), None);
        assert_eq!(excess(101, 100, Some(50), 100), Some(Excess::Output));
        assert_eq!(excess(1, 100, Some(49), 100), Some(Excess::Disk));
        assert_eq!(excess(1, 100, None, 100), None);
    }
}
