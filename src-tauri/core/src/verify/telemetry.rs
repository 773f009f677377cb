//! Telemetry of the source that the result lacks, whole or in part: found by comparing the two. Pure.

use super::Case;
use crate::media::{MediaInfo, Stream, telemetry};
use crate::plan::{Action, Planned};
use crate::remark::Remark;

/// Is this the track of the result that was planned?
pub(super) fn is_it(planned: &Planned, found: &Stream) -> bool {
    matches!(&planned.action, Action::Copy { tag: Some(tag) } if *tag == found.tag)
}

/// To be said of each track that is missing, and of each kind of which a part is.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let tracks = case.source.streams.iter().filter_map(|s| Some((s, telemetry::writer(s)?)));
    tracks.filter_map(|(stream, writer)| remark(case, stream, writer)).collect()
}

fn remark(case: &Case<'_>, stream: &Stream, writer: &str) -> Option<Remark> {
    let (track, writer) = (stream.index, writer.to_owned());
    let planned = case.plan.streams.iter().find(|planned| planned.input == track)?;
    if alike(case.output, stream).count() < alike(case.source, stream).count() {
        let Action::Drop { reason, .. } = &planned.action else { return None };
        return Some(Remark::TelemetryLeftOut { track, writer, reason: reason.clone() });
    }
    let (written, read) = parts(case, stream);
    (written < read).then_some(match case.plan.clip {
        Some(_) => Remark::TelemetryBeyondEnd { track, writer },
        None => Remark::TelemetryIncomplete { track, writer, count: written, of: read },
    })
}

/// The tracks with the same letters.
fn alike<'a>(info: &'a MediaInfo, stream: &'a Stream) -> impl Iterator<Item = &'a Stream> {
    info.streams.iter().filter(|s| s.tag == stream.tag && telemetry::writer(s).is_some())
}

/// Packets of all such tracks: those in the result, and those that were read.
fn parts(case: &Case<'_>, stream: &Stream) -> (u64, u64) {
    let of = |index| case.report.inputs.iter().find(|s| s.index == index).map_or(0, |s| s.packets);
    let read = alike(case.source, stream).map(|s| of(s.index)).sum();
    (alike(case.output, stream).filter_map(|s| s.packets).sum(), read)
}
