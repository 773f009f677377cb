//! Verifies copied streams in the result: their packets against the original's visible ones, and what decoding gave.
//!
//! Pure. Guarantees that a copy that hides, adds or damages anything is refused by its stream index, so that it can
//! be converted instead.

use super::verification::{Decoded, Measure, Side};
use super::{Case, Copies, Pair, Refusal, decoded, length, matched, wrong};
use crate::failure::Fault;
use crate::ffmpeg::run::RunReport;
use crate::ffmpeg::statistics::InputStats;
use crate::media::{CopyFault, Kind, Span};
use crate::plan::{Action, Planned};
use crate::remark::Remark;
use std::collections::BTreeMap;

/// Findings about a faithful copy.
pub(super) struct Copy {
    pub(super) seconds: Measure<f64>,
    pub(super) frames: Measure<u64>,
    pub(super) decoded: Option<Decoded>,
    /// Its packets were compared and equal the original's.
    pub(super) compared: bool,
    /// Remark about it.
    pub(super) remark: Option<Remark>,
}

/// Refuses copies that are known to be faulty before streams are compared.
pub(super) fn refuse_faulty(case: &Case<'_>) -> Result<(), Refusal> {
    let picture = case.plan.copies().find(|s| s.kind == Kind::Video);
    if let Some(picture) = picture.filter(|_| case.report.guessed) {
        return Err(refused(case, Fault::TimesDamaged, picture, CopyFault::Times));
    }
    let Some(copies) = case.copies else { return Ok(()) };
    let report = &copies.decoded;
    if !report.saw_end {
        let failure = wrong(Fault::CopyUnfinished, report);
        let all = case.plan.copies().map(|s| (s.input, CopyFault::Damaged)).collect();
        return Err(Refusal::Unfaithful(Box::new((failure, all))));
    }
    let different: BTreeMap<usize, CopyFault> = copies
        .equal
        .iter()
        .filter(|(_, equal)| !**equal)
        .map(|(input, _)| (*input, CopyFault::Differs))
        .collect();
    if !different.is_empty() {
        return Err(Refusal::Unfaithful(Box::new((wrong(Fault::OtherContent, report), different))));
    }
    // If the original decodes better than its copy, the original is not what is damaged.
    let fault = if copies.original.is_some() { CopyFault::Differs } else { CopyFault::Damaged };
    let damaged: BTreeMap<usize, CopyFault> =
        damaged(case, report).into_iter().map(|input| (input, fault)).collect();
    if damaged.is_empty() || is_equally_damaged(copies) {
        return Ok(());
    }
    Err(Refusal::Unfaithful(Box::new((wrong(Fault::CopyDamaged, report), damaged))))
}

/// Whether decoding the original met as many errors. A few more are tolerated, as they depend on where in a file
/// ffmpeg begins to decode.
pub(super) fn is_equally_damaged(copies: &Copies) -> bool {
    let errors = copies.decoded.errors.len();
    copies.original.as_ref().is_some_and(|original| errors <= original.errors.len() * 5 / 4)
}

/// Source streams whose copies met errors, by the ffmpeg component that logged them: decoders are named after their
/// codec, newer versions add the stream. Errors of unknown origin count against all copies.
fn damaged(case: &Case<'_>, report: &RunReport) -> Vec<usize> {
    if report.errors.is_empty() {
        return Vec::new();
    }
    let pairs = matched(case).unwrap_or_default().into_iter();
    let is_copy = |planned: &Planned| case.plan.copies().any(|copy| copy.input == planned.input);
    let copies: Vec<(&Planned, usize)> = pairs
        .filter(|(planned, _)| is_copy(planned))
        .map(|(planned, found)| (planned, found.index))
        .collect();
    let is_of = |component: &String, (planned, index): &(&Planned, usize)| match component.split_once('#') {
        Some((_, name)) => {
            name.split_once('/').is_some_and(|(place, _)| place.ends_with(&format!(":{index}")))
        }
        None => component.contains(planned.codec.as_str()),
    };
    let named = copies.iter().filter(|copy| report.complained.iter().any(|component| is_of(component, copy)));
    let named: Vec<usize> = named.map(|(planned, _)| planned.input).collect();
    let all_attributed =
        report.complained.iter().all(|component| copies.iter().any(|copy| is_of(component, copy)));
    if named.is_empty() || !all_attributed {
        copies.iter().map(|(planned, _)| planned.input).collect()
    } else {
        named
    }
}

fn refused(case: &Case<'_>, fault: Fault, stream: &Planned, of: CopyFault) -> Refusal {
    Refusal::Unfaithful(Box::new((wrong(fault, case.report), BTreeMap::from([(stream.input, of)]))))
}

/// Tolerance for the length of a copy, in seconds: in some containers the last packet has no duration.
const TOLERANCE: f64 = 0.5;
/// Priming packets at the start of audio, which some containers hide and others do not.
const PRIMING: u64 = 3;

/// Compares a copied stream with its original by their packets; `None` where it was not copied or the packets of
/// either could not be measured.
pub(super) fn check(pair: &Pair<'_>, case: &Case<'_>) -> Result<Option<Copy>, Refusal> {
    let copied = matches!(pair.planned.action, Action::Copy { .. });
    let spans = pair.input.span.as_ref().zip(pair.found.span.as_ref());
    let Some((original, copy)) = spans.filter(|_| copied) else { return Ok(None) };
    let expected = expected_length(original, copy);
    let seconds = copy_length(pair, (original, copy), expected);
    let remark = length::shorter_than_declared(pair, case, seconds)?;
    if (seconds - expected).abs() > TOLERANCE {
        let expected = Some(expected);
        let fault = Fault::OtherLength { carries: pair.planned.kind, copied: true, found: seconds, expected };
        return Err(refused(case, fault, pair.planned, CopyFault::Differs));
    }
    let tolerated = if pair.planned.kind == Kind::Video { 1 } else { PRIMING };
    if copy.packets.abs_diff(original.packets) > tolerated {
        let (carries, found, expected) = (pair.planned.kind, copy.packets, original.packets);
        let fault = Fault::OtherPackets { carries, found, expected };
        return Err(refused(case, fault, pair.planned, CopyFault::Differs));
    }
    let whole = case.copies.filter(|copies| !copies.at_places);
    let stats = whole.and_then(|c| c.decoded.inputs.iter().find(|s| s.index == pair.found.index));
    too_few_decoded(pair, case, copy, stats)?;
    Ok(Some(Copy {
        seconds: Measure { expected: Some(expected), found: Some(seconds) },
        frames: Measure { expected: Some(original.packets), found: Some(copy.packets) },
        decoded: match case.copies {
            Some(_) if whole.is_none() => Some(Decoded::at(case.plan.places.len())),
            _ => stats.and_then(|stats| decoded(stats, Side::Result)),
        },
        compared: case.copies.is_some_and(|c| c.equal.contains_key(&pair.planned.input)),
        remark: remark.or_else(|| closes_jump(original, case).then_some(Remark::PartsJoined)),
    }))
}

/// Whether ffmpeg corrected a timestamp discontinuity that players of the original would show.
fn closes_jump(original: &Span, case: &Case<'_>) -> bool {
    original.joined.is_some() && length::joins(case.source)
}

/// Length of a copy, in seconds. If its last packet begins where the original's does and ffprobe does not report its
/// duration, which may be seconds, the header decides.
fn copy_length(pair: &Pair<'_>, (original, copy): (&Span, &Span), expected: f64) -> f64 {
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
    let unknown_duration = copy.seconds <= copy.last && near(copy.last, original.last);
    let declared = pair.found.seconds.filter(|declared| unknown_duration && near(*declared, expected));
    if near(copy.seconds, expected) { copy.seconds } else { declared.unwrap_or(copy.seconds) }
}

/// Expected length, in seconds. Where the original has discontinuities, its parts are joined.
fn expected_length(original: &Span, copy: &Span) -> f64 {
    let joined = original.joined.filter(|joined| (copy.seconds - joined).abs() <= TOLERANCE);
    joined.unwrap_or(original.seconds)
}

/// Refuses video of which fewer frames are decoded than are shown.
fn too_few_decoded(
    pair: &Pair<'_>,
    case: &Case<'_>,
    copy: &Span,
    stats: Option<&InputStats>,
) -> Result<(), Refusal> {
    let frames = stats.and_then(|s| s.frames).filter(|_| pair.planned.kind == Kind::Video);
    match frames {
        Some(frames) if frames + (copy.packets / 100).max(1) < copy.packets => {
            let fault = Fault::CopyPartlyDecodable { copied: copy.packets, decodable: frames };
            Err(refused(case, fault, pair.planned, CopyFault::Damaged))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
