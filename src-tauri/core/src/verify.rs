//! Is the result what was planned? *Done* is earned here and nowhere else.
//!
//! Pure: judges the plan, what ffmpeg read of the source, and what ffprobe finds in the part file. Guarantees
//! that a result that is short, empty or lacks a stream is never called done. Exit codes prove nothing.

use crate::failure::{Failure, FailureCode};
use crate::ffmpeg::report::InputStats;
use crate::ffmpeg::run::Report;
use crate::media::{self, Kind, MediaInfo, Stream};
use crate::plan::{Action, Plan, Planned};

/// Judges a finished encode; returns the remarks to show with the result.
pub fn verify(
    plan: &Plan,
    source: &MediaInfo,
    report: &Report,
    output: &MediaInfo,
) -> Result<Vec<String>, Failure> {
    if output.size.unwrap_or(0) == 0 || output.streams.is_empty() {
        return Err(wrong("The result is empty.", report));
    }
    if !report.saw_end {
        return Err(wrong("ffmpeg ended before it said that it was through.", report));
    }
    let mut remarks = Vec::new();
    for (planned, found) in matched(plan, output, report)? {
        let input = source.streams.iter().find(|s| s.index == planned.input);
        let stats = report.inputs.iter().find(|s| s.index == planned.input);
        if let Some(input) = input.filter(|_| !planned.cover && planned.kind != Kind::Subtitle) {
            check(&Pair { planned, found, input, stats }, source, report)?;
        }
    }
    remarks.extend(losses(plan));
    if !report.errors.is_empty() {
        remarks.push("The original has damaged places; they may show in the result.".into());
    }
    remarks.extend(bigger(source, output));
    Ok(remarks)
}

struct Pair<'a> {
    planned: &'a Planned,
    found: &'a Stream,
    input: &'a Stream,
    stats: Option<&'a InputStats>,
}

/// Pairs each planned stream with the one in the result: the n-th of its kind.
fn matched<'a>(
    plan: &'a Plan,
    output: &'a MediaInfo,
    report: &Report,
) -> Result<Vec<(&'a Planned, &'a Stream)>, Failure> {
    let mut pairs = Vec::new();
    for kind in [Kind::Video, Kind::Audio, Kind::Subtitle] {
        let mut found = output.streams.iter().filter(|s| s.kind == kind);
        for planned in plan.kept().filter(|p| p.kind == kind) {
            let stream = found.next().filter(|s| s.codec == expected_codec(planned));
            let stream = stream.ok_or_else(|| wrong(&missing(planned), report))?;
            pairs.push((planned, stream));
        }
    }
    Ok(pairs)
}

fn expected_codec(planned: &Planned) -> &str {
    match &planned.action {
        Action::Convert { codec, .. } => codec,
        Action::Copy { .. } | Action::Drop { .. } => &planned.codec,
    }
}

fn missing(planned: &Planned) -> String {
    let what = match planned.kind {
        Kind::Video if planned.cover => "The cover",
        Kind::Video => "The picture",
        Kind::Audio => "A sound track",
        _ => "A subtitle track",
    };
    format!("{what} is missing in the result.")
}

/// Length and frames of one stream.
fn check(pair: &Pair<'_>, source: &MediaInfo, report: &Report) -> Result<(), Failure> {
    let declared = pair.input.seconds.or(source.seconds);
    let decoded = decoded_seconds(pair);
    let Some(found) = pair.found.seconds else {
        return Err(wrong("The length of the result cannot be read.", report));
    };
    if report.cut_short
        && declared.zip(decoded).is_some_and(|(declared, decoded)| decoded < declared - tolerance(declared))
    {
        return Err(truncated(decoded.unwrap_or(found), declared.unwrap_or(found), report));
    }
    let agrees = |length: f64| (found - length).abs() <= tolerance(length);
    let known: Vec<f64> = [declared, decoded].into_iter().flatten().collect();
    if !known.is_empty() && !known.into_iter().any(agrees) {
        let what = if pair.planned.kind == Kind::Video { "picture" } else { "sound" };
        let expected = decoded.or(declared).unwrap_or(0.0);
        let message = format!("The {what} of the result lasts {found:.1} s instead of {expected:.1} s.");
        return Err(wrong(&message, report));
    }
    check_count(pair, report)
}

/// As long as a stream may be off: half a second or 1 %, whichever is more.
fn tolerance(seconds: f64) -> f64 {
    (seconds * 0.01).max(0.5)
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

/// As many pictures as were decoded (copied: as many packets as were read), within 1 or 1 %; where the rate
/// is capped, no more than those.
fn check_count(pair: &Pair<'_>, report: &Report) -> Result<(), Failure> {
    let capped = matches!(pair.planned.action, Action::Convert { frames_change: true, .. });
    let expected = match &pair.planned.action {
        Action::Convert { .. } => pair.stats.and_then(|s| s.frames),
        Action::Copy { .. } => pair.stats.map(|s| s.packets),
        Action::Drop { .. } => None,
    };
    let (Some(expected), Some(found)) =
        (expected.filter(|_| pair.planned.kind == Kind::Video), pair.found.packets)
    else {
        return Ok(());
    };
    if is_as_many(expected, found, capped) {
        return Ok(());
    }
    Err(wrong(&format!("The result has {found} pictures instead of {expected}."), report))
}

fn is_as_many(expected: u64, found: u64, capped: bool) -> bool {
    expected.abs_diff(found) <= (expected / 100).max(1) || (capped && found < expected)
}

fn wrong(message: &str, report: &Report) -> Failure {
    Failure { log_tail: report.log_tail.clone(), ..Failure::new(FailureCode::VerificationFailed, message) }
}

fn truncated(readable: f64, declared: f64, report: &Report) -> Failure {
    let message = format!(
        "The recording ends early: {} of {} can be read.",
        media::running_time(readable),
        media::running_time(declared)
    );
    Failure { log_tail: report.log_tail.clone(), ..Failure::new(FailureCode::SourceTruncated, message) }
}

/// What was lost by plan, for people who did not read it.
fn losses(plan: &Plan) -> Vec<String> {
    let loss = |planned: &Planned| match &planned.action {
        Action::Drop { reason } if matches!(planned.kind, Kind::Audio | Kind::Subtitle) => {
            Some(format!("Track {} was left out: {reason}.", planned.input))
        }
        Action::Convert { loss, .. } if !loss.is_empty() => Some(format!("Track {}: {loss}.", planned.input)),
        _ => None,
    };
    plan.streams.iter().filter_map(loss).collect()
}

fn bigger(source: &MediaInfo, output: &MediaInfo) -> Option<String> {
    let (before, after) = (source.size.filter(|s| *s > 0)?, output.size?);
    let percent = (after as f64 / before as f64 - 1.0) * 100.0;
    (percent >= 1.0).then(|| format!("The result is {percent:.0} % bigger than the original."))
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
