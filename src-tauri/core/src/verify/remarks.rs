//! Remarks on a result that passed: damage found while decoding, gaps, its size. Differences from the source are
//! elsewhere. Pure.

use super::{Case, copies, lead};
use crate::ffmpeg::classify::DECODING;
use crate::ffmpeg::report::MOST_ERRORS;
use crate::ffmpeg::run::RunReport;
use crate::media::{Kind, MediaInfo, Stream};
use crate::plan::{self, Action, Planned};
use crate::remark::Remark;

/// The file has a second recording after the first.
pub(super) fn second_recording(case: &Case<'_>) -> Option<Remark> {
    case.source.second_recording.then_some(Remark::SecondRecording)
}

/// The edit list asks for a playback speed that ffmpeg does not apply.
pub(super) fn other_speed(case: &Case<'_>) -> Option<Remark> {
    case.source.other_speed.then_some(Remark::OtherSpeed)
}

/// A size limit was set and the original is below it.
pub(super) fn fitted(case: &Case<'_>) -> Option<Remark> {
    let limit_bytes = case.plan.limit?;
    let copied = case.plan.copies().any(|s| s.kind == Kind::Video);
    copied.then_some(Remark::WithinLimit { limit_bytes })
}

/// Left and right channel stored as separate tracks by a camera: players play only one.
pub(super) fn single_channels(case: &Case<'_>) -> Option<Remark> {
    let kept_track = case.plan.kept().find(|s| s.kind == Kind::Audio)?.input;
    let same_programme = |s: &Stream| !case.source.are_of_different_programmes(s.index, kept_track);
    let tracks =
        || case.source.streams.iter().filter(|s| s.kind == Kind::Audio && !s.empty && same_programme(s));
    let first = tracks().next()?;
    let like_first = |s: &Stream| {
        let facts = |s: &Stream| (s.channels, s.codec.clone(), s.sample_rate, s.language.clone());
        facts(s) == facts(first) && s.title.is_none()
    };
    let (pairs, all) = (tracks().count().is_multiple_of(2), tracks().all(like_first));
    (first.channels == Some(1) && pairs && all).then_some(Remark::SingleChannels)
}

/// Gaps in audio: silence where it was converted, a hole where it was copied.
pub(super) fn holes(case: &Case<'_>) -> Vec<Remark> {
    let of = |planned: &Planned| {
        let stream = case.source.streams.iter().find(|s| s.index == planned.input)?;
        let (seconds, copied) = (plan::missing(stream)?, matches!(planned.action, Action::Copy { .. }));
        Some(Remark::SoundMissing { track: planned.input, seconds, copied })
    };
    case.plan.kept().filter_map(of).collect()
}

/// Subtitles that are not UTF-8, and the code page used.
pub(super) fn code_pages(case: &Case<'_>) -> Vec<Remark> {
    let of = |planned: &Planned| {
        let stream = case.source.streams.iter().find(|s| s.index == planned.input)?;
        let page = stream.cues.as_ref()?.code_page.as_ref()?;
        let converted = planned.action.converts();
        converted.then(|| Remark::CodePage { track: planned.input, page: page.clone() })
    };
    case.plan.kept().filter_map(of).collect()
}

/// Frames that no player could show, as timestamps repeat or go back.
pub(super) fn shared_times(Case { plan, report, .. }: &Case<'_>) -> Option<Remark> {
    let picture = plan.picture()?.input;
    let all = report.inputs.iter().find(|s| s.index == picture)?.frames?;
    let given = report.given.pictures.get(&picture);
    let earlier = given.map_or(0, |pictures| pictures.earlier);
    let many = |n: u64| n > (all / 100).max(2);
    if many(report.dropped) && many(earlier) {
        return Some(Remark::PicturesBackInTime { count: earlier, of: all });
    }
    let shared = given.map_or(report.dropped, |pictures| pictures.shared.min(report.dropped));
    many(shared).then_some(Remark::PicturesAtOneTime { count: shared, of: all })
}

/// Whether this line repeats the error of the line before it.
fn is_repeated(line: &str) -> bool {
    let phrases = DECODING.iter().chain(&["Error splitting the input into NAL units"]);
    phrases.into_iter().any(|phrase| line.contains(phrase))
}

/// Number of damaged spots found while decoding the original, or the same parts of its copy.
pub(super) fn damaged_spots(case: &Case<'_>) -> usize {
    let copies = case.copies.filter(|copies| copies::is_equally_damaged(copies));
    counted(case, case.report) + copies.map_or(0, |c| counted(case, &c.decoded))
}

/// Damaged spots in one report.
fn counted(case: &Case<'_>, report: &RunReport) -> usize {
    spots(&lead::unexplained(case, report))
}

/// Number of damaged spots in these log lines.
pub(crate) fn spots(errors: &[&String]) -> usize {
    let repeated = errors.iter().filter(|line| is_repeated(line)).count();
    (errors.len() - repeated).max(usize::from(repeated > 0))
}

/// Damage found while decoding.
pub(super) fn damage(case: &Case<'_>) -> Option<Remark> {
    let (count, at_least) = (damaged_spots(case), case.report.errors.len() >= MOST_ERRORS);
    (count > 0).then_some(Remark::DamagedSpots { count, at_least })
}

/// The result is at least 1 % bigger than its source.
pub(super) fn bigger(source: &MediaInfo, size: u64) -> Option<Remark> {
    let before = source.size.filter(|s| *s > 0)?;
    let bigger = (size as f64 / before as f64 - 1.0) * 100.0 >= 1.0;
    bigger.then_some(Remark::Bigger { source_bytes: before, result_bytes: size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_spot_counts_once_in_the_log_of_each_ffmpeg_version() {
        for line in [
            "Error while decoding stream #0:1: Invalid data found when processing input",
            "Error submitting packet to decoder: Invalid data found when processing input",
            "Error processing packet in decoder: Invalid data found when processing input",
            "Decoding error: Invalid data found when processing input",
            "Error splitting the input into NAL units.",
        ] {
            assert!(is_repeated(line), "{line}");
        }
        assert!(
            !is_repeated("error while decoding MB 3 9")
                && !is_repeated("channel element 1.12 is not allocated")
        );
    }
}
