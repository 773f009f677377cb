//! Telemetry of the source that the result lacks completely or in part, found by comparing the two. Pure.

use super::Case;
use crate::media::{MediaInfo, Stream, telemetry};
use crate::plan::{Action, Planned};
use crate::remark::Remark;

/// Whether this track of the result is the planned one.
pub(super) fn is_planned(planned: &Planned, found: &Stream) -> bool {
    matches!(&planned.action, Action::Copy { tag: Some(tag) } if *tag == found.tag)
}

/// Remarks on each missing track, and on each kind of which packets are missing.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let tracks = case.source.streams.iter().filter_map(|s| Some((s, telemetry::writer(s)?)));
    tracks.filter_map(|(stream, writer)| remark(case, stream, writer)).collect()
}

fn remark(case: &Case<'_>, stream: &Stream, writer: &str) -> Option<Remark> {
    let (track, writer) = (stream.index, writer.to_owned());
    let planned = case.plan.streams.iter().find(|planned| planned.input == track)?;
    if same_tag(case.output, stream).count() < same_tag(case.source, stream).count() {
        let Action::Drop { reason, .. } = &planned.action else { return None };
        return Some(Remark::TelemetryLeftOut { track, writer, reason: reason.clone() });
    }
    let (written, read) = packet_counts(case, stream);
    (written < read).then_some(match case.plan.clip {
        Some(_) => Remark::TelemetryBeyondEnd { track, writer },
        None => Remark::TelemetryIncomplete { track, writer, count: written, of: read },
    })
}

/// Telemetry tracks with the same tag.
fn same_tag<'a>(info: &'a MediaInfo, stream: &'a Stream) -> impl Iterator<Item = &'a Stream> {
    info.streams.iter().filter(|s| s.tag == stream.tag && telemetry::writer(s).is_some())
}

/// Packets of all such tracks: written to the result, and read from the source.
fn packet_counts(case: &Case<'_>, stream: &Stream) -> (u64, u64) {
    let of = |index| case.report.inputs.iter().find(|s| s.index == index).map_or(0, |s| s.packets);
    let read = same_tag(case.source, stream).map(|s| of(s.index)).sum();
    (same_tag(case.output, stream).filter_map(|s| s.packets).sum(), read)
}
