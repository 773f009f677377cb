//! Compares the result with changes inside the source's streams: frame size or shape, more audio channels, frames
//! closer together than the encoder's time base. Filters report them; the plan did not know.
//!
//! Pure. Guarantees that a result is refused for what a plan that knows it could keep, and that each change gets a
//! remark.

use super::verification::{Evidence, StreamCheck};
use super::{Case, Refusal, length, wrong};
use crate::failure::Fault;
use crate::ffmpeg::filter_input::{Part, Pictures, Sound};
use crate::media::{Kind, Learned, Picture, Stream};
use crate::plan::Planned;
use crate::remark::{Remark, SizeAt, SoundKind};

/// Refuses a result that lacks something decoding showed.
pub(super) fn check(case: &Case<'_>) -> Result<(), Refusal> {
    let mut learned = Learned::default();
    for (planned, stream) in converted_streams(case) {
        if let Some((picture, pictures)) = stream.video.as_ref().zip(frames_of(case, planned)) {
            let sizes = unheld(picture, &pictures.parts);
            if !sizes.is_empty() {
                learned.sizes.insert(planned.input, sizes);
            }
            if misplaces_pictures(case, planned, pictures) {
                learned.dense.push(planned.input);
            }
        }
        if let Some(wider) = wider(case, planned, stream) {
            learned.channels.insert(planned.input, wider);
        }
    }
    if learned.is_empty() {
        return Ok(());
    }
    let failure = wrong(Fault::ChangesLost, case.report);
    Err(Refusal::Changed(Box::new((failure, learned))))
}

/// The outcome of a check, unless false timestamps explain a wrong length: in broadcasts ffmpeg gives packets without
/// a timestamp one based on the previous sample rate, and closes the resulting gaps.
pub(super) fn explained<T>(
    case: &Case<'_>,
    checked: Result<(StreamCheck, T), Refusal>,
) -> Result<(StreamCheck, T), Refusal> {
    let rates = |kinds: &Vec<Sound>| kinds.iter().any(|sound| sound.rate != kinds[0].rate);
    let explains = length::joins(case.source)
        && !case.source.false_times
        && case.report.given.sounds.values().any(rates);
    let failure = match checked {
        Ok((check, _)) if explains && check.by == Evidence::JoinedPackets => {
            wrong(Fault::TimesDoubtful, case.report)
        }
        Err(Refusal::Failed(failure) | Refusal::Doubtful(failure)) if explains => failure,
        checked => return checked,
    };
    let learned = Learned { false_times: true, ..Learned::default() };
    Err(Refusal::Changed(Box::new((failure, learned))))
}

fn converted_streams<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Planned, &'a Stream)> {
    let source = case.source;
    let of = move |planned: &'a Planned| {
        source.streams.iter().find(|s| s.index == planned.input).map(|s| (planned, s))
    };
    case.plan.converted().filter_map(of)
}

fn frames_of<'a>(case: &Case<'a>, planned: &Planned) -> Option<&'a Pictures> {
    case.report.given.pictures.get(&planned.input).filter(|_| planned.kind == Kind::Video)
}

/// Relative tolerance for aspect ratios; smaller differences are not visible.
const SHAPE_TOLERANCE: f64 = 0.015;

/// Sizes of all parts, if one of them does not fit or is distorted; else empty.
fn unheld(picture: &Picture, parts: &[Part]) -> Vec<(u32, u32)> {
    let ((own_width, own_height), frame) = (picture.displayed(), picture.frame());
    let holds = |part: &Part| {
        let (width, height) = (f64::from(part.size.0), f64::from(part.size.1));
        let within = width <= frame.0 + 1.0 && height <= frame.1 + 1.0;
        let alike = (width * own_height / (height * own_width).max(1.0) - 1.0).abs() <= SHAPE_TOLERANCE;
        within && (alike || !picture.sizes.is_empty())
    };
    if parts.iter().all(holds) {
        return Vec::new();
    }
    let mut sizes: Vec<(u32, u32)> = parts.iter().map(|part| part.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Whether frames with distinct timestamps were dropped or moved by a time base that could be finer.
fn misplaces_pictures(case: &Case<'_>, planned: &Planned, pictures: &Pictures) -> bool {
    let Some(spec) = planned.action.encoded() else { return false };
    let lost = case.report.dropped > pictures.count - pictures.distinct();
    let moved = pictures.ticks.is_some_and(|ticks| ticks.misplaces());
    (lost || moved) && !spec.picture().is_some_and(|settings| settings.fine_clock)
}

/// The layout with the most channels in this track, if the result could hold more than were planned.
fn wider(case: &Case<'_>, planned: &Planned, stream: &Stream) -> Option<(u32, String)> {
    let kinds = case.report.given.sounds.get(&planned.input).filter(|_| planned.kind == Kind::Audio)?;
    let widest = kinds.iter().max_by_key(|sound| sound.channels())?;
    let (most, channels) = (case.plan.most_channels.unwrap_or(u32::MAX), widest.channels()?);
    (channels.min(most) > stream.channels.unwrap_or(0).min(most)).then(|| (channels, widest.layout.clone()))
}

/// Maximum number of size changes in a remark.
const MAX_LISTED: usize = 5;

/// A remark for each change that people could notice.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let of = |(planned, stream): (&Planned, &Stream)| match planned.kind {
        Kind::Video => frames_of(case, planned).and_then(|pictures| resized(&pictures.parts)),
        _ => case.report.given.sounds.get(&planned.input).and_then(|kinds| audio_change(stream, kinds)),
    };
    converted_streams(case).filter_map(of).collect()
}

fn resized(parts: &[Part]) -> Option<Remark> {
    let size = |part: &Part| SizeAt { at_seconds: part.at, width: part.size.0, height: part.size.1 };
    let sizes = parts.iter().take(1 + MAX_LISTED).map(size).collect();
    (parts.len() > 1).then(|| Remark::SizeChanges { sizes, more: parts.len().saturating_sub(1 + MAX_LISTED) })
}

fn audio_change(stream: &Stream, kinds: &[Sound]) -> Option<Remark> {
    let kind = |sound: &Sound| SoundKind { sample_rate: sound.rate, layout: sound.layout.clone() };
    let changes = kinds.iter().any(|sound| *sound != kinds[0]);
    changes.then(|| Remark::SoundChanges { track: stream.index, kinds: kinds.iter().map(kind).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(at: f64, width: u32, height: u32) -> Part {
        Part { at, size: (width, height) }
    }

    #[test]
    fn larger_part_or_another_shape_needs_another_frame_size() {
        let wide = Picture { width: 320, height: 180, pixel_aspect: 1.0, ..Picture::default() };
        let sizes = |picture: &Picture, parts: &[Part]| unheld(picture, parts);
        let first = part(0.0, 320, 180);
        assert!(sizes(&wide, &[first, part(3.0, 160, 90), part(5.0, 214, 120)]).is_empty(), "fits unchanged");
        assert_eq!(sizes(&wide, &[first, part(3.0, 180, 320)]), [(180, 320), (320, 180)]);
        assert_eq!(
            sizes(&wide, &[first, part(3.0, 90, 160)]),
            [(90, 160), (320, 180)],
            "small but distorted"
        );
        assert_eq!(sizes(&wide, &[first, part(3.0, 640, 360), first]), [(320, 180), (640, 360)]);
        let known = Picture { sizes: vec![(180, 320), (320, 180)], ..wide };
        assert!(sizes(&known, &[first, part(3.0, 180, 320), part(4.0, 300, 300)]).is_empty());
        assert!(!sizes(&known, &[first, part(3.0, 400, 320)]).is_empty());
    }

    #[test]
    fn size_changes_are_listed_with_times_and_limited() {
        let parts: Vec<Part> = (0..9).map(|n| part(f64::from(n) * 10.0, 320 + n % 2, 180)).collect();
        assert_eq!(resized(&parts[..1]), None);
        let at = |at_seconds, width| SizeAt { at_seconds, width, height: 180 };
        let sizes = vec![at(0.0, 320), at(10.0, 321)];
        assert_eq!(resized(&parts[..2]), Some(Remark::SizeChanges { sizes, more: 0 }));
        let Some(Remark::SizeChanges { sizes, more }) = resized(&parts) else { panic!() };
        assert_eq!((sizes.last(), sizes.len(), more), (Some(&at(50.0, 321)), 6, 3));
    }

    #[test]
    fn constant_audio_is_no_change() {
        let sound = |rate, layout: &str| Sound { rate, layout: layout.into() };
        let remark = |kinds: &[Sound]| audio_change(&Stream { index: 1, ..Stream::default() }, kinds);
        assert_eq!((remark(&[]), remark(&[sound(48_000, "stereo")])), (None, None));
        for other in [sound(48_000, "5.1(side)"), sound(44_100, "stereo")] {
            let Some(Remark::SoundChanges { track, kinds }) = remark(&[sound(48_000, "stereo"), other])
            else {
                panic!()
            };
            assert_eq!((track, kinds.len()), (1, 2));
        }
    }
}
