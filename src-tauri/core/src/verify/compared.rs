//! Compares the ledgers of source and result: what is not kept, and whether that was planned.
//!
//! Pure.

use super::Case;
use super::verification::StreamCheck;
use crate::ledger::{self, ChangeReason, Difference, Ledger, Property, Subject, Value};
use crate::media::Stream;
use crate::plan::{Action, Planned};
use crate::remark::Remark;
use std::collections::BTreeMap;

/// All differences between the two files.
pub(super) fn differences(
    case: &Case<'_>,
    pairs: &[(&Planned, &Stream)],
    checks: &[StreamCheck],
) -> Vec<Difference> {
    let numbers: BTreeMap<usize, usize> =
        pairs.iter().map(|(planned, found)| (found.index, planned.input)).collect();
    let (source, result) = (Ledger::of_source(case.source), Ledger::of(case.output, &numbers));
    let mut all = ledger::differences(&source, &result, &case.plan.changes);
    // Cues beyond the end are clipped, which has a separate remark.
    if case.plan.clip.is_none() {
        all.extend(pairs.iter().filter_map(|pair| missing_cues(case, pair)));
    }
    // Equal packets hold equal facts, whatever the headers declare.
    let same = |change: &Difference| {
        checks.iter().any(|check| check.compared && change.of == Subject::Stream(check.input))
    };
    all.retain(|change| !(change.why.is_none() && is_in_packets(&change.property) && same(change)));
    all.extend(encoded_again(case, checks));
    all
}

/// Cues of a track that its result lacks.
fn missing_cues(case: &Case<'_>, (planned, found): &(&Planned, &Stream)) -> Option<Difference> {
    let source = case.source.streams.iter().find(|s| s.index == planned.input)?;
    let (had, has) = source.cues.as_ref().zip(found.cues.as_ref())?;
    let (all, missing) = (had.texts().len(), had.missing_in(has));
    (missing > 0).then(|| Difference {
        of: Subject::Stream(planned.input),
        property: Property::Cues,
        from: Value::Number(all as f64),
        to: Some(Value::Number((all - missing) as f64)),
        why: None,
    })
}

fn is_in_packets(property: &Property) -> bool {
    use Property::{Channels, Float, SampleRate, Samples, Speaker};
    matches!(property, Channels | Speaker(_) | SampleRate | Samples | Float)
}

/// Streams that were encoded although the preset promises copies.
fn encoded_again(case: &Case<'_>, checks: &[StreamCheck]) -> Vec<Difference> {
    let why = |planned: &Planned| match &planned.action {
        Action::Convert(spec) => spec.instead.clone().map(ChangeReason::Stream),
        Action::Copy { .. } | Action::Drop { .. } => None,
    };
    let difference = |check: &StreamCheck| {
        let planned = case.plan.streams.iter().find(|planned| planned.input == check.input)?;
        let why = why(planned)?;
        Some(Difference {
            of: Subject::Stream(check.input),
            property: Property::Packets,
            from: Value::Is(true),
            to: None,
            why: Some(why),
        })
    };
    checks.iter().filter(|check| !check.copied).filter_map(difference).collect()
}

/// Remarks on the differences.
pub(super) fn remarks(differences: &[Difference]) -> impl Iterator<Item = Remark> {
    differences.iter().filter(|difference| difference.is_worth_saying()).cloned().map(Remark::Differs)
}
