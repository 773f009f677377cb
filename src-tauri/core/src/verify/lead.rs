//! Recordings that begin between two keyframes: what lies before the first cannot be decoded, and is neither missing at
//! the end nor damaged in the middle.
//!
//! Pure. Guarantees that only packets before the first keyframe explain anything.

use super::Case;
use crate::ffmpeg::run::Report;
use crate::media::Span;
use crate::remark::Remark;

/// What decoders report for pictures whose headers or references come later.
const BEGINNING: [&str; 10] = [
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

/// The line that repeats any error of decoding, whatever its cause.
const REPEATED: &str = "Invalid data found when processing input";

/// Does this line report only missing headers or references?
pub(super) fn is_of_beginning(line: &str) -> bool {
    BEGINNING.iter().any(|phrase| line.contains(phrase))
}

/// Must the packets of the source be read, to tell a late first keyframe from damage? Only broadcasts begin so; other damage
/// asks for no reading of the whole file.
pub(super) fn is_in_question(case: &Case<'_>) -> bool {
    let broadcast = matches!(case.source.container.as_str(), "mpegts" | "mpeg");
    case.measured.is_none()
        && broadcast
        && picture(case).is_none()
        && case.plan.picture().is_some()
        && case.report.errors.iter().any(|line| is_of_beginning(line))
}

/// The picture by its packets, where it begins before its first keyframe.
pub(super) fn lead<'a>(case: &Case<'a>) -> Option<&'a Span> {
    picture(case).filter(|span| span.lead > 0)
}

fn picture<'a>(case: &Case<'a>) -> Option<&'a Span> {
    let input = case.plan.picture()?.input;
    let measured = case.measured.and_then(|measured| measured.streams.get(&input));
    measured.or_else(|| case.source.streams.iter().find(|s| s.index == input)?.span.as_ref())
}

/// Errors that a late beginning does not explain.
pub(super) fn unexplained<'a>(case: &Case<'a>, report: &'a Report) -> Vec<&'a String> {
    let explained = lead(case).is_some();
    let by_beginning = |line: &String| is_of_beginning(line) || line.contains(REPEATED);
    report.errors.iter().filter(|line| !(explained && by_beginning(line))).collect()
}

/// What is to be said of it.
pub(super) fn remark(case: &Case<'_>) -> Option<Remark> {
    let seconds = lead(case).map(|span| span.before).filter(|seconds| *seconds >= LEAST)?;
    Some(Remark::LateKeyframe { seconds })
}

/// Shorter than this, in seconds, it is not worth a remark.
const LEAST: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decoders_say_of_a_late_beginning_is_no_other_damage() {
        for line in ["non-existing PPS 0 referenced", "no frame!", "PPS id out of range: 0"] {
            assert!(is_of_beginning(line), "{line}");
        }
        for line in ["error while decoding MB 3 7, bytestream -5", "cbp too large", REPEATED] {
            assert!(!is_of_beginning(line), "{line}");
        }
    }
}
