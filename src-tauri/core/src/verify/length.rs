//! Verifies the length and frame count of each converted stream.
//!
//! Pure. Evidence, in this order: the original's header, its packets, what was decoded of it. Guarantees that a
//! length is never compared with the plan's expectations.

use super::agreed::{agree, gaps, tolerance};
use super::verification::{Evidence, Measure};
use super::{Case, Pair, Refusal, cut, lead, truncated, wrong};
use crate::failure::{Failure, Fault};
use crate::ffmpeg::filter_input::Pictures;
use crate::ffmpeg::run::RunReport;
use crate::media::{Kind, MediaInfo, Span};
use crate::plan::Action;
use crate::remark::Remark;

/// A length that was accepted.
pub(super) struct Length {
    pub(super) seconds: Measure<f64>,
    pub(super) by: Evidence,
    /// Remark about it.
    pub(super) remark: Option<Remark>,
}

/// Verifies that the stream is as long as its source. Evidence is the source's header and, where that disagrees, its
/// packets. What ffmpeg decoded counts only where it also reports damage, or where a raw stream has nothing else.
pub(super) fn check_length(pair: &Pair<'_>, case: &Case<'_>) -> Result<Length, Refusal> {
    let report = case.report;
    let Some(found) = pair.found.seconds.or(case.output.seconds) else {
        return Err(Refusal::Failed(wrong(Fault::LengthUnreadable, report)));
    };
    let accept =
        |expected, by, remark| Ok(Length { seconds: Measure { expected, found: Some(found) }, by, remark });
    let declared = pair.input.seconds.or(case.source.seconds);
    if declared.is_some_and(|declared| agree(found, declared)) {
        return accept(declared, Evidence::Header, None);
    }
    let short = declared.filter(|declared| found < *declared);
    refuse_truncated(case, found, short)?;
    let Some(measured) = case.measured else {
        return Err(Refusal::Doubtful(other_length(pair, found, declared, report)));
    };
    let span = measured.streams.get(&pair.planned.input);
    // The last frame may be long, which not every container can store; in an animation it is written.
    let agrees = |s: &&Span| {
        agree(found, s.seconds) || (!case.source.is_animation() && (s.last..s.seconds).contains(&found))
    };
    let measured_length = span.filter(agrees).map(|s| s.seconds);
    let joined = span.and_then(|s| s.joined).filter(|j| joins(case.source) && agree(found, *j));
    if measured_length.is_none() && joined.is_some() {
        return accept(joined, Evidence::JoinedPackets, Some(Remark::PartsJoined));
    }
    let timeless = is_raw(case.source) || (declared.is_none() && span.is_none());
    let raw = timeless && !report.cut_short;
    let counted = decoded_seconds(pair).filter(|s| (raw || !report.errors.is_empty()) && agree(found, *s));
    if let Some(rate) = pair.input.video.as_ref().and_then(|p| p.rate).filter(|_| raw && counted.is_some()) {
        return accept(counted, Evidence::AssumedRate, Some(Remark::AssumedRate { rate }));
    }
    if measured_length.or(counted).is_none() {
        let expected = span.map(|s| s.seconds).or(declared);
        return Err(Refusal::Failed(other_length(pair, found, expected, report)));
    }
    let by = if measured_length.is_some() { Evidence::Packets } else { Evidence::Decoding };
    accept(measured_length.or(counted), by, missing_part(pair, case, found, short))
}

/// A truncated source ends earlier than it declares, and its demuxer reports that.
fn refuse_truncated(case: &Case<'_>, found: f64, declared: Option<f64>) -> Result<(), Refusal> {
    let cut = case.report.cut_short && !case.salvage && declares(case.source);
    match declared.filter(|_| cut) {
        Some(declared) => Err(Refusal::Failed(truncated(found, declared, case.report))),
        None => Ok(()),
    }
}

/// Remark about a copy that is as long as what can be read, but shorter than the header declares.
///
/// # Errors
/// `source_truncated` where the original is truncated.
pub(super) fn shorter_than_declared(
    pair: &Pair<'_>,
    case: &Case<'_>,
    found: f64,
) -> Result<Option<Remark>, Refusal> {
    let declared = pair.input.seconds.or(case.source.seconds);
    let short = declared.filter(|declared| found < *declared && !agree(found, *declared));
    refuse_truncated(case, found, short)?;
    Ok(missing_part(pair, case, found, short))
}

/// Whether the container declares enough to distinguish a truncated file from a complete one. These do not: their
/// header is written once, at the start, or there is none.
fn declares(source: &MediaInfo) -> bool {
    !matches!(source.container.as_str(), "avi" | "mpegts" | "mpeg" | "mpegvideo")
}

/// Whether ffmpeg corrects timestamp discontinuities in this container: broadcasts restart, and parts are
/// concatenated.
pub(super) fn joins(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "mpegts" | "mpeg")
}

/// A raw stream has neither a length nor timestamps, like one in a container without timestamps: only its frames, at
/// their rate.
fn is_raw(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "h264" | "hevc" | "h263" | "m4v" | "mpegvideo" | "vc1" | "obu")
}

/// Remark about a result that is shorter than the source's header declares, where that matters.
fn missing_part(pair: &Pair<'_>, case: &Case<'_>, found: f64, declared: Option<f64>) -> Option<Remark> {
    let declared = declared.filter(|d| case.source.length().is_some_and(|l| l >= *d * 0.5))?;
    if cut::is_partial(case) {
        return None;
    }
    let gaps = gaps(case, pair.planned.input);
    if case.salvage && case.report.cut_short {
        let (readable_seconds, whole_seconds) = (found, declared);
        return Some(Remark::Partial { readable_seconds, whole_seconds, reckoned: false, gaps });
    }
    // The part before the first keyframe has a separate remark.
    let before =
        lead::lead(case).filter(|_| pair.planned.kind == Kind::Video).map_or(0.0, |span| span.before);
    if before > 0.0 && agree(found + before, declared) {
        return None;
    }
    let is_damaged = case.source.container == "avi" || !case.report.errors.is_empty();
    is_damaged.then_some(Remark::Incomplete { readable_seconds: found, declared_seconds: declared, gaps })
}

fn other_length(pair: &Pair<'_>, found: f64, expected: Option<f64>, report: &RunReport) -> Failure {
    wrong(Fault::OtherLength { carries: pair.planned.kind, copied: false, found, expected }, report)
}

/// Length of what was decoded, in seconds: samples or frames divided by their rate.
fn decoded_seconds(pair: &Pair<'_>) -> Option<f64> {
    let stats = pair.stats?;
    if pair.planned.kind == Kind::Audio {
        return Some(stats.samples? as f64 / f64::from(pair.input.sample_rate.filter(|r| *r > 0)?));
    }
    let rate = pair.input.video.as_ref()?.rate?;
    let frames = stats
        .frames
        .or_else(|| matches!(pair.planned.action, Action::Copy { .. }).then_some(stats.packets))?;
    Some(frames as f64 / rate)
}

/// Checks the number of frames: those decoded (copied: packets read, from the first keyframe), less those with
/// duplicate timestamps; with a capped rate, at most that many. Counts from filters are exact; others may be off by 1
/// %.
pub(super) fn check_count(pair: &Pair<'_>, case: &Case<'_>) -> Result<Measure<u64>, Refusal> {
    let report = case.report;
    let capped = pair.planned.action.encoded().is_some_and(|spec| spec.frames_change);
    if let (Some(pictures), Some(found)) =
        (report.given.pictures.get(&pair.planned.input), pair.found.packets.filter(|_| !capped))
    {
        return exact_count(pictures, found, report).map_err(Refusal::Failed);
    }
    let expected = match &pair.planned.action {
        Action::Convert(_) => pair.stats.and_then(|s| s.frames),
        Action::Copy { .. } => pair.stats.map(|s| s.packets),
        Action::Drop { .. } => None,
    };
    let (Some(expected), Some(found)) =
        (expected.filter(|_| pair.planned.kind == Kind::Video), pair.found.packets)
    else {
        return Ok(Measure { expected: None, found: pair.found.packets });
    };
    let counted = Measure { expected: Some(expected), found: Some(found) };
    if counts_agree(expected, found, capped)
        || counts_agree(expected.saturating_sub(report.dropped), found, capped)
    {
        return Ok(counted);
    }
    let failure = wrong(Fault::OtherCount { found, expected }, report);
    let copied = matches!(pair.planned.action, Action::Copy { .. });
    match case.measured.and_then(|m| m.streams.get(&pair.planned.input)) {
        Some(span) if copied && counts_agree(expected.saturating_sub(span.lead), found, false) => Ok(counted),
        None if copied => Err(Refusal::Doubtful(failure)),
        _ => Err(Refusal::Failed(failure)),
    }
}

/// A filter that buffers a frame loses it where the size changes.
fn exact_count(pictures: &Pictures, found: u64, report: &RunReport) -> Result<Measure<u64>, Failure> {
    let (min, tolerated) = (pictures.distinct(), (pictures.parts.len() as u64).max(1));
    let expected = found.clamp(min, pictures.count);
    if expected.abs_diff(found) <= tolerated {
        return Ok(Measure { expected: Some(expected), found: Some(found) });
    }
    Err(wrong(Fault::OtherCount { found, expected }, report))
}

/// Remark about audio with damaged timestamps: more was decoded than the result's length can hold.
pub(super) fn damaged_times(pair: &Pair<'_>, case: &Case<'_>) -> Option<Remark> {
    let rates = case.report.given.sounds.get(&pair.planned.input).map_or(&[][..], |kinds| &kinds[..]);
    if rates.iter().any(|sound| sound.rate != rates[0].rate) {
        // With several sample rates the length is unknown.
        return None;
    }
    let (decoded, found) = (decoded_seconds(pair)?, pair.found.seconds?);
    let lost = pair.planned.kind == Kind::Audio && decoded > found + 2.0 * tolerance(found);
    lost.then_some(Remark::SoundTimesDamaged { decoded_seconds: decoded, kept_seconds: found })
}

fn counts_agree(expected: u64, found: u64, capped: bool) -> bool {
    expected.abs_diff(found) <= (expected / 100).max(1) || (capped && found < expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_count_may_be_off_by_one_percent_and_a_cap_may_only_drop_frames() {
        assert!(counts_agree(30, 31, false) && counts_agree(1000, 990, false));
        assert!(!counts_agree(30, 58, false) && !counts_agree(30, 28, false));
        assert!(counts_agree(120, 60, true) && !counts_agree(30, 58, true));
    }
}
