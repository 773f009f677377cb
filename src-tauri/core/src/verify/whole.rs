//! Verifies that the file is not longer than its picture and audio: chapters and subtitles beyond their end make
//! players wait at the end. Pure.

use super::{Case, Refusal, wrong};
use crate::failure::Fault;
use crate::media::{Kind, MediaInfo};
use crate::remark::Remark;

/// Tolerance for anything beyond the end of picture and audio, in seconds.
fn tolerance(seconds: f64) -> f64 {
    (seconds * 0.01).max(0.5)
}

/// End of picture and audio, in seconds; `None` if unknown.
fn shown(output: &MediaInfo) -> Option<f64> {
    let timed = |kind| matches!(kind, Kind::Video | Kind::Audio);
    let timed_streams = output.streams.iter().filter(|s| timed(s.kind) && !s.attached_picture);
    timed_streams.filter_map(crate::media::Stream::end).reduce(f64::max)
}

/// End of the file or of the last chapter, in seconds. The containers written here count their length from 0,
/// wherever the first stream begins.
fn end_of_file(output: &MediaInfo) -> f64 {
    output.chapters.iter().map(|c| c.end).fold(output.seconds.unwrap_or(0.0), f64::max)
}

/// End of the last subtitle track, in seconds.
fn end_of_lines(output: &MediaInfo) -> f64 {
    let lines = output.streams.iter().filter(|s| s.kind == Kind::Subtitle);
    lines.filter_map(crate::media::Stream::end).fold(0.0, f64::max)
}

/// Checks the length of the file, chapters and subtitles. Returns remarks.
pub(super) fn check(case: &Case<'_>) -> Result<Vec<Remark>, Refusal> {
    let Some(shown) = shown(case.output) else { return Ok(Vec::new()) };
    let (lines, last) = (end_of_lines(case.output), end_of_file(case.output));
    if lines.max(last) <= shown + tolerance(shown) {
        return Ok(lost_chapters(case).into_iter().collect());
    }
    let lasts = lines.max(last);
    let overlong = || wrong(Fault::Overlong { lasts, shown }, case.report);
    if case.plan.clip.is_none() {
        return Err(Refusal::Overlong { shown, failure: overlong() });
    }
    if lines + tolerance(shown) < last {
        return Err(Refusal::Failed(overlong()));
    }
    // Not every format can shorten a cue that begins before the end.
    let outlasts = Remark::Outlasts { seconds: lasts, shown_seconds: shown };
    Ok(lost_chapters(case).into_iter().chain([outlasts]).collect())
}

/// Remark about chapters of the source that were clipped.
fn lost_chapters(case: &Case<'_>) -> Option<Remark> {
    case.plan.clip.as_ref()?;
    let of = case.source.chapters.len();
    let count = of.saturating_sub(case.output.chapters.len());
    (count > 0).then_some(Remark::ChaptersBeyondEnd { count, of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Chapter, Stream};

    #[test]
    fn file_ends_with_its_last_chapter_or_track() {
        let stream =
            |kind, start, seconds| Stream { kind, start, seconds: Some(seconds), ..Stream::default() };
        let mut output = MediaInfo {
            streams: vec![stream(Kind::Video, 1.0, 3.0), stream(Kind::Subtitle, 0.0, 9.0)],
            seconds: Some(9.0),
            ..MediaInfo::default()
        };
        assert_eq!((shown(&output), end_of_lines(&output), end_of_file(&output)), (Some(4.0), 9.0, 9.0));
        output.chapters.push(Chapter { end: 60.0, ..Chapter::default() });
        assert!(end_of_file(&output) > 59.0);
    }
}
