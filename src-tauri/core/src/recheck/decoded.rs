//! Checks that converted streams of a result decode completely. Copied ones are covered by verification. Pure.

use super::finding::Fault;
use crate::ffmpeg::run::RunReport;
use crate::ffmpeg::statistics::InputStats;
use crate::media::{Kind, MediaInfo, Stream};
use crate::plan::{Plan, Planned};
use crate::verify;

/// Reports of decoding the original and the result.
pub(super) struct Decoded<'a> {
    pub(super) source: &'a RunReport,
    pub(super) result: &'a RunReport,
}

/// Fault in the converted streams, if any.
pub(super) fn fault(
    plan: &Plan,
    (source, output): (&MediaInfo, &MediaInfo),
    decoded: &Decoded<'_>,
) -> Option<Fault> {
    let report = decoded.result;
    if !report.errors.is_empty() || report.cut_short || !report.saw_end {
        return Some(Fault::Damaged { spots: verify::spots(&report.errors.iter().collect::<Vec<_>>()) });
    }
    plan.converted().find_map(|planned| {
        let found = found(plan, planned, output)?;
        let stats = stats_of(report, found.index)?;
        if planned.kind == Kind::Video {
            return fewer_frames(found, stats);
        }
        let input = source.streams.iter().find(|s| s.index == planned.input)?;
        let before = seconds(input, stats_of(decoded.source, planned.input)?)?;
        ends_early(found, stats, before)
    })
}

/// The stream of the result for this planned stream.
fn found<'a>(plan: &Plan, planned: &Planned, output: &'a MediaInfo) -> Option<&'a Stream> {
    let same_kind = plan.kept().filter(|s| s.kind == planned.kind && !s.cover);
    let index = same_kind.take_while(|s| s.input != planned.input).count();
    output.streams.iter().filter(|s| s.kind == planned.kind && !s.attached_picture).nth(index)
}

fn stats_of(report: &RunReport, index: usize) -> Option<&InputStats> {
    report.inputs.iter().find(|s| s.index == index)
}

/// Every packet of encoded video is one visible frame.
fn fewer_frames(found: &Stream, stats: &InputStats) -> Option<Fault> {
    let (packets, frames) = (found.packets?, stats.frames?);
    let lost = packets.saturating_sub(frames);
    (lost > (packets / 100).max(1)).then_some(Fault::Damaged { spots: lost as usize })
}

fn seconds(stream: &Stream, stats: &InputStats) -> Option<f64> {
    Some(stats.samples? as f64 / f64::from(stream.sample_rate.filter(|rate| *rate > 0)?))
}

/// Audio that decodes to less than its header declares and less than the original gave: `before`, in seconds.
fn ends_early(found: &Stream, stats: &InputStats, before: f64) -> Option<Fault> {
    let (seconds, of) = (seconds(found, stats)?, found.seconds?.min(before));
    let early = seconds + (of * 0.01).max(0.5) < of;
    early.then_some(Fault::EndsEarly { kind: Kind::Audio, seconds, of })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(frames: u64, samples: u64) -> InputStats {
        InputStats { frames: Some(frames), samples: Some(samples), ..InputStats::default() }
    }

    #[test]
    fn frames_that_do_not_decode_are_damage() {
        let video = Stream { packets: Some(1000), ..Stream::default() };
        assert_eq!(fewer_frames(&video, &stats(990, 0)), None);
        assert_eq!(fewer_frames(&video, &stats(980, 0)), Some(Fault::Damaged { spots: 20 }));
        assert_eq!(fewer_frames(&video, &stats(1100, 0)), None);
    }

    #[test]
    fn audio_shorter_than_its_header_ends_early_unless_the_original_does_too() {
        let audio = Stream { seconds: Some(8.0), sample_rate: Some(48_000), ..Stream::default() };
        let half = stats(0, 4 * 48_000);
        let fault = ends_early(&audio, &half, 8.0);
        assert_eq!(fault, Some(Fault::EndsEarly { kind: Kind::Audio, seconds: 4.0, of: 8.0 }));
        assert_eq!(ends_early(&audio, &half, 4.0), None, "the original has no more");
        assert_eq!(ends_early(&audio, &stats(0, 8 * 48_000), 8.0), None);
    }
}
