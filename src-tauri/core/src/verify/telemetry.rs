//! Telemetry of the source that the result lacks: found by comparing the two. Pure.

use super::Case;
use crate::media::{MediaInfo, Stream, telemetry};
use crate::plan::{Action, Planned};

/// Is this the track in the result, with all packets that were read of it?
pub(super) fn is_whole(case: &Case<'_>, planned: &Planned, found: &Stream) -> bool {
    let read = case.report.inputs.iter().find(|s| s.index == planned.input).map(|s| s.packets);
    let Action::Copy { tag: Some(tag) } = &planned.action else { return false };
    // Where marks are clipped, so is what was logged after the end of the film.
    let all = |(read, written)| read == written || (case.plan.clip.is_some() && written > 0);
    *tag == found.tag && read.zip(found.packets).is_none_or(all)
}

/// To be said of each such track.
pub(super) fn remarks(case: &Case<'_>) -> Vec<String> {
    let lost = |stream: &&Stream| {
        tracks(case.output, &stream.tag) < tracks(case.source, &stream.tag) || is_clipped(case, stream)
    };
    case.source.streams.iter().filter(lost).filter_map(|stream| remark(case, stream)).collect()
}

fn tracks(info: &MediaInfo, tag: &str) -> usize {
    info.streams.iter().filter(|s| s.tag == tag && telemetry::writer(s).is_some()).count()
}

/// Was more read of tracks of this kind than the result holds?
fn is_clipped(case: &Case<'_>, stream: &Stream) -> bool {
    let alike =
        |info: &MediaInfo| info.streams.iter().filter(|s| s.tag == stream.tag).cloned().collect::<Vec<_>>();
    let of = |index| case.report.inputs.iter().find(|s| s.index == index).map_or(0, |s| s.packets);
    let read: u64 = alike(case.source).iter().map(|s| of(s.index)).sum();
    let written: u64 = alike(case.output).iter().filter_map(|s| s.packets).sum();
    case.plan.clip.is_some() && written < read
}

fn remark(case: &Case<'_>, stream: &Stream) -> Option<String> {
    let (index, writer) = (stream.index, telemetry::writer(stream)?);
    let planned = case.plan.streams.iter().find(|planned| planned.input == index)?;
    Some(match &planned.action {
        Action::Drop { reason } => format!("Telemetry ({writer}, track {index}) was left out: {reason}."),
        _ => format!(
            "Telemetry ({writer}, track {index}) that goes on after the end of the film was left out there."
        ),
    })
}
