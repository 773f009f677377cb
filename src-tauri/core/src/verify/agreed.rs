//! Compares lengths, and locates gaps.

use super::Case;

/// Whether two lengths are equal within the tolerance.
pub(super) fn agree(found: f64, length: f64) -> bool {
    (found - length).abs() <= tolerance(length)
}

/// Tolerance for a stream of this length, in seconds: half a second or 1 %, whichever is more.
pub(super) fn tolerance(seconds: f64) -> f64 {
    (seconds * 0.01).max(0.5)
}

/// Unreadable gaps in this stream, from and to, in seconds.
pub(super) fn gaps(case: &Case<'_>, input: usize) -> Vec<(f64, f64)> {
    let source = || case.source.streams.iter().find(|s| s.index == input)?.span.as_ref();
    let span = case.measured.and_then(|m| m.streams.get(&input)).or_else(source);
    span.map_or_else(Vec::new, |span| span.gaps.clone())
}
