//! Recordings that begin between two keyframes: packets before the first keyframe cannot be decoded, and are neither
//! a truncated end nor damage.
//!
//! Pure. Guarantees that only packets before the first keyframe excuse anything.

use super::Case;
use crate::ffmpeg::run::RunReport;
use crate::media::Span;
use crate::remark::Remark;

/// Decoder messages for frames whose headers or references come later.
const MISSING_REFERENCES: [&str; 10] = [
    "non-existing PPS",
    "non-existing SPS",
    "decode_slice_header error",
    "no frame!",
    "VPS 0 does not exist",
    "SPS 0 does not exist",
    "PPS id out of range",
    "Could not find ref with POC",
    "Error parsing NAL unit",
    "Skipping invalid undecodable NALU",
];

/// Message that repeats any decoding error, whatever its cause.
const REPEATED: &str = "Invalid data found when processing input";

/// Whether this line reports only missing headers or references.
pub(super) fn reports_missing_references(line: &str) -> bool {
    MISSING_REFERENCES.iter().any(|phrase| line.contains(phrase))
}

/// Whether the source's packets must be read to distinguish a late first keyframe from damage. Only broadcasts begin
/// so; other damage does not justify reading the whole file.
pub(super) fn needs_measuring(case: &Case<'_>) -> bool {
    let broadcast = matches!(case.source.container.as_str(), "mpegts" | "mpeg");
    case.measured.is_none()
        && broadcast
        && picture(case).is_none()
        && case.plan.picture().is_some()
        && case.report.errors.iter().any(|line| reports_missing_references(line))
}

/// Packet measurements of the video, where it begins before its first keyframe.
pub(super) fn lead<'a>(case: &Case<'a>) -> Option<&'a Span> {
    picture(case).filter(|span| span.lead > 0)
}

fn picture<'a>(case: &Case<'a>) -> Option<&'a Span> {
    let input = case.plan.picture()?.input;
    let measured = case.measured.and_then(|measured| measured.streams.get(&input));
    measured.or_else(|| case.source.streams.iter().find(|s| s.index == input)?.span.as_ref())
}

/// Errors that a late first keyframe does not explain.
pub(super) fn unexplained<'a>(case: &Case<'a>, report: &'a RunReport) -> Vec<&'a String> {
    let explained = lead(case).is_some();
    let is_explained = |line: &String| reports_missing_references(line) || line.contains(REPEATED);
    report.errors.iter().filter(|line| !(explained && is_explained(line))).collect()
}

/// Remark about a late first keyframe.
pub(super) fn remark(case: &Case<'_>) -> Option<Remark> {
    let seconds = lead(case).map(|span| span.before).filter(|seconds| *seconds >= MIN_SECONDS)?;
    Some(Remark::LateKeyframe { seconds })
}

/// Minimum for a remark, in seconds.
const MIN_SECONDS: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_missing_headers_are_no_other_damage() {
        for line in ["non-existing PPS 0 referenced", "no frame!", "PPS id out of range: 0"] {
            assert!(reports_missing_references(line), "{line}");
        }
        for line in ["error while decoding MB 3 7, bytestream -5", "cbp too large", REPEATED] {
            assert!(!reports_missing_references(line), "{line}");
        }
    }
}
