//! Limits the size of an output. A malicious or damaged source may decode endlessly, and an encode must not fill a disk
//! that others write to, including the database of the queue.
//!
//! ffmpeg's own limit (`-fs`) is not used, because it ends the encode early without an error. Pure; `part` reads the
//! file.

/// Bytes allowed for any output.
const BASE: u64 = 256 << 20;
/// Additional bytes per second of the source: more than `ProRes` 422 HQ needs for 4K at 60 frames per second.
const PER_SECOND: u64 = 250_000_000;
/// Additional bytes per byte of the source: many times the output of any conversion of an ordinary video.
const PER_BYTE: u64 = 64;

/// Returns the largest allowed output in bytes for a source of `size` bytes. `seconds`: its declared length.
pub fn ceiling(size: u64, seconds: Option<f64>) -> u64 {
    let by_length = (seconds.unwrap_or(0.0).max(0.0) * PER_SECOND as f64) as u64;
    BASE.saturating_add(size.saturating_mul(PER_BYTE)).saturating_add(by_length)
}

/// Why an encode must end now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// The disk is nearly full.
    Disk,
    /// The output is above its ceiling.
    Output,
}

/// Checks an output of `written` bytes. `free`: free bytes on its disk, if known. An encode starts with at least
/// `reserve` free bytes, and may use half of these.
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
    fn large_ordinary_conversions_stay_below_the_ceiling() {
        let hour_of_4k_as_prores = 3_600 * 221_000_000;
        assert!(ceiling(1 << 30, Some(3_600.0)) > hour_of_4k_as_prores);
        let two_hours_at_1080p_without_a_length = 7_200 * 27_500_000;
        assert!(ceiling(4 << 30, None) > two_hours_at_1080p_without_a_length);
        assert!(ceiling(10_000, Some(f64::NAN)) < 300 << 20, "a small source has a small ceiling");
        assert_eq!(ceiling(u64::MAX, Some(f64::INFINITY)), u64::MAX);
    }

    #[test]
    fn output_ends_at_its_ceiling_and_before_the_disk_is_full() {
        assert_eq!(excess(100, 100, Some(50), 100), None);
        assert_eq!(excess(101, 100, Some(50), 100), Some(Excess::Output));
        assert_eq!(excess(1, 100, Some(49), 100), Some(Excess::Disk));
        assert_eq!(excess(1, 100, None, 100), None);
    }
}
