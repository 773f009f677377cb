//! Is each stream of the result as long as the original, and has it as many pictures?
//!
//! Pure. Witnesses, in this order: the header of the original, its packets, what was decoded of it. Guarantees that a
//! length is never held against what the plan hoped for.

use super::agreed::{agree, gaps, tolerance};
use super::verification::{Evidence, Measure};
use super::{Case, Pair, Refusal, cut, lead, truncated, wrong};
use crate::failure::{Failure, Fault};
use crate::ffmpeg::given::Pictures;
use crate::ffmpeg::run::Report;
use crate::media::{Kind, MediaInfo, Span};
use crate::plan::Action;
use crate::remark::Remark;

/// A length that was accepted.
pub(super) struct Length {
    pub(super) seconds: Measure<f64>,
    pub(super) by: Evidence,
    /// To be said of it.
    pub(super) remark: Option<Remark>,
}

/// Is the stream as long as its source? Independent witnesses are the source's header and, where that disagrees,
/// its packets; what ffmpeg says that it decoded counts only where it also says that something is damaged, or where
/// a bare stream has nothing else.
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
    // The last picture may stand for long, which not every container can say; of an animation it is written.
    let reaches = |s: &&Span| {
        agree(found, s.seconds) || (!case.source.is_animation() && (s.last..s.seconds).contains(&found))
    };
    let witnessed = span.filter(reaches).map(|s| s.seconds);
    let joined = span.and_then(|s| s.joined).filter(|j| joins(case.source) && agree(found, *j));
    if witnessed.is_none() && joined.is_some() {
        return accept(joined, Evidence::JoinedPackets, Some(Remark::PartsJoined));
    }
    let timeless = is_bare(case.source) || (declared.is_none() && span.is_none());
    let bare = timeless && !report.cut_short;
    let counted = decoded_seconds(pair).filter(|s| (bare || !report.errors.is_empty()) && agree(found, *s));
    if let Some(rate) = pair.input.video.as_ref().and_then(|p| p.rate).filter(|_| bare && counted.is_some()) {
        return accept(counted, Evidence::AssumedRate, Some(Remark::AssumedRate { rate }));
    }
    if witnessed.or(counted).is_none() {
        let expected = span.map(|s| s.seconds).or(declared);
        return Err(Refusal::Failed(other_length(pair, found, expected, report)));
    }
    let by = if witnessed.is_some() { Evidence::Packets } else { Evidence::Decoding };
    accept(witnessed.or(counted), by, missing_part(pair, case, found, short))
}

/// A source that was cut ends earlier than it declares, and its demuxer says so.
fn refuse_truncated(case: &Case<'_>, found: f64, declared: Option<f64>) -> Result<(), Refusal> {
    let cut = case.report.cut_short && !case.salvage && declares(case.source);
    match declared.filter(|_| cut) {
        Some(declared) => Err(Refusal::Failed(truncated(found, declared, case.report))),
        None => Ok(()),
    }
}

/// What to say of a copy that is as long as what can be read, but shorter than the header promises.
///
/// # Errors
/// `source_truncated` where the original was cut.
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

/// These containers declare too little to tell a file that was cut from a whole one: a header is written once, at
/// the beginning, or there is none.
fn declares(source: &MediaInfo) -> bool {
    !matches!(source.container.as_str(), "avi" | "mpegts" | "mpeg" | "mpegvideo")
}

/// In these containers ffmpeg closes jumps of the clock: recordings begin anew, and pieces are put together.
pub(super) fn joins(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "mpegts" | "mpeg")
}

/// A stream without a container, as one in a container that was given no time stamps, has neither a length nor
/// times: its frames, at their rate, are all there is.
fn is_bare(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "h264" | "hevc" | "h263" | "m4v" | "mpegvideo" | "vc1" | "obu")
}

/// What to say of a result that is shorter than the source's header promises: what is missing, where that matters.
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
    // What lies before the first keyframe has a remark of its own.
    let before =
        lead::lead(case).filter(|_| pair.planned.kind == Kind::Video).map_or(0.0, |span| span.before);
    if before > 0.0 && agree(found + before, declared) {
        return None;
    }
    let told = case.source.container == "avi" || !case.report.errors.is_empty();
    told.then_some(Remark::Incomplete { readable_seconds: found, declared_seconds: declared, gaps })
}

fn other_length(pair: &Pair<'_>, found: f64, expected: Option<f64>, report: &Report) -> Failure {
    wrong(Fault::OtherLength { carries: pair.planned.kind, copied: false, found, expected }, report)
}

/// Length of what was decoded: samples by their rate, frames by theirs.
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

/// As many pictures as were decoded (copied: as many packets as were read, from the first that stands on its own), less
/// those that share their time with another; where the rate is capped, no more than those. What filters were given is
/// exact; of the rest one in a hundred may be off.
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
    if is_as_many(expected, found, capped)
        || is_as_many(expected.saturating_sub(report.dropped), found, capped)
    {
        return Ok(counted);
    }
    let failure = wrong(Fault::OtherCount { found, expected }, report);
    let copied = matches!(pair.planned.action, Action::Copy { .. });
    match case.measured.and_then(|m| m.streams.get(&pair.planned.input)) {
        Some(span) if copied && is_as_many(expected.saturating_sub(span.lead), found, false) => Ok(counted),
        None if copied => Err(Refusal::Doubtful(failure)),
        _ => Err(Refusal::Failed(failure)),
    }
}

/// A filter that holds one back loses it where the size changes.
fn exact_count(pictures: &Pictures, found: u64, report: &Report) -> Result<Measure<u64>, Failure> {
    let (fewest, spare) = (pictures.distinct(), (pictures.parts.len() as u64).max(1));
    let expected = found.clamp(fewest, pictures.count);
    if expected.abs_diff(found) <= spare {
        return Ok(Measure { expected: Some(expected), found: Some(found) });
    }
    Err(wrong(Fault::OtherCount { found, expected }, report))
}

/// Sound whose times are damaged: more was decoded than the result has time for.
pub(super) fn squeezed(pair: &Pair<'_>, case: &Case<'_>) -> Option<Remark> {
    let rates = case.report.given.sounds.get(&pair.planned.input).map_or(&[][..], |kinds| &kinds[..]);
    if rates.iter().any(|sound| sound.rate != rates[0].rate) {
        // How long so many samples are is not known.
        return None;
    }
    let (decoded, found) = (decoded_seconds(pair)?, pair.found.seconds?);
    let lost = pair.planned.kind == Kind::Audio && decoded > found + 2.0 * tolerance(found);
    lost.then_some(Remark::SoundTimesDamaged { decoded_seconds: decoded, kept_seconds: found })
}

fn is_as_many(expected: u64, found: u64, capped: bool) -> bool {
    expected.abs_diff(found) <= (expected / 100).max(1) || (capped && found < expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_may_be_off_by_one_in_a_hundred_and_a_cap_may_only_drop_some() {
        assert!(is_as_many(30, 31, false) && is_as_many(1000, 990, false));
        assert!(!is_as_many(30, 58, false) && !is_as_many(30, 28, false));
        assert!(is_as_many(120, 60, true) && !is_as_many(30, 58, true));
    }
}
