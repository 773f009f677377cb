//! Do two lengths agree, and where is something missing between them?

use super::Case;

/// Are these the same length, as far as lengths are exact?
pub(super) fn agree(found: f64, length: f64) -> bool {
    (found - length).abs() <= tolerance(length)
}

/// As long as a stream may be off: half a second or 1 %, whichever is more.
pub(super) fn tolerance(seconds: f64) -> f64 {
    (seconds * 0.01).max(0.5)
}

/// Where nothing can be read within this stream.
pub(super) fn gaps(case: &Case<'_>, input: usize) -> Vec<(f64, f64)> {
    let source = || case.source.streams.iter().find(|s| s.index == input)?.span.as_ref();
    let span = case.measured.and_then(|m| m.streams.get(&input)).or_else(source);
    span.map_or_else(Vec::new, |span| span.gaps.clone())
}
