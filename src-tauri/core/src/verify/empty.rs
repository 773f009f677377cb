//! Tracks that the source declares but of which no packet was read: the result need not hold them. Pure.

use super::Case;
use crate::media::Kind;
use crate::plan::Planned;
use crate::remark::Remark;

/// Whether no packet of the track was read from the source.
pub(super) fn is_empty(planned: &Planned, case: &Case<'_>) -> bool {
    let read = case.report.inputs.iter().find(|s| s.index == planned.input).map(|s| s.packets);
    let read_by_encode = !case.plan.sets_apart(planned);
    read_by_encode && matches!(planned.kind, Kind::Audio | Kind::Subtitle | Kind::Data) && read == Some(0)
}

/// Remarks about empty tracks.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let empty = case.plan.kept().filter(|planned| is_empty(planned, case));
    empty.map(|planned| Remark::EmptyTrack { track: planned.input }).collect()
}

/// Empty tracks of this kind that the result may lack: MP4 and MOV keep no track without a packet.
pub(super) fn absent(case: &Case<'_>, kind: Kind) -> Vec<usize> {
    let planned: Vec<_> = case.plan.kept().filter(|p| p.kind == kind).collect();
    let found = case.output.streams.iter().filter(|s| s.kind == kind).count();
    let empty = planned.iter().filter(|p| is_empty(p, case)).map(|p| p.input);
    if found < planned.len() { empty.collect() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffmpeg::run::{RunEnd, RunReport};
    use crate::ffmpeg::statistics::InputStats;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::progress::Progress;
    use crate::spec::JobSpec;

    fn report(packets: [u64; 3]) -> RunReport {
        let inputs = packets.into_iter().enumerate();
        let inputs = inputs.map(|(index, packets)| InputStats { index, packets, ..InputStats::default() });
        RunReport {
            ended: RunEnd::Exited(0),
            saw_end: true,
            inputs: inputs.collect(),
            complained: std::collections::BTreeSet::new(),
            errors: vec![],
            cut_short: false,
            dropped: 0,
            guessed: false,
            given: crate::ffmpeg::filter_input::FilterInput::default(),
            log_tail: String::new(),
            progress: Progress::default(),
        }
    }

    #[test]
    fn only_tracks_without_packets_may_be_absent() {
        let stream = |index, kind| Stream { index, kind, channels: Some(2), ..Stream::default() };
        let picture = Picture { width: 64, height: 64, bits: 8, ..Picture::default() };
        let video = Stream { codec: "h264".into(), video: Some(picture), ..stream(0, Kind::Video) };
        let sound = |index| Stream { codec: "dts".into(), ..stream(index, Kind::Audio) };
        let source = &MediaInfo { streams: vec![video, sound(1), sound(2)], ..MediaInfo::default() };
        let web = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let plan = &plan(source, &web, &Abilities::default()).unwrap();
        for (packets, tracks, expected) in
            [([9, 0, 9], 1, vec![1]), ([9, 9, 9], 1, vec![]), ([9, 0, 9], 2, vec![])]
        {
            let report = &report(packets);
            let output = &MediaInfo { streams: (0..tracks).map(sound).collect(), ..MediaInfo::default() };
            let case = Case { plan, source, report, output, measured: None, copies: None, salvage: false };
            assert_eq!(absent(&case, Kind::Audio), expected, "{packets:?} {tracks}");
            let is_empty = packets[1] == 0;
            assert_eq!(remarks(&case), if is_empty { vec![Remark::EmptyTrack { track: 1 }] } else { vec![] });
        }
    }
}
