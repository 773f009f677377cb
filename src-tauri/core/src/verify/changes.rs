//! Does the result hold what the streams of the original became on the way? A picture that changes its size or shape is
//! squeezed into the frame that an encoder began with, sound of more channels is mixed into fewer, pictures that come
//! closely are left out: the filters say so, the plan did not know.
//!
//! Pure. Guarantees that a result is refused for what a plan that knows of it can keep, and that each change is said.

use super::verification::{Evidence, StreamCheck};
use super::{Case, Refusal, length, wrong};
use crate::failure::Fault;
use crate::ffmpeg::given::{Part, Pictures, Sound};
use crate::media::{Kind, Learned, Picture, Stream};
use crate::plan::Planned;
use crate::remark::{Remark, SizeAt, SoundKind};

/// Refuses a result of which decoding showed what it does not hold.
pub(super) fn check(case: &Case<'_>) -> Result<(), Refusal> {
    let mut learned = Learned::default();
    for (planned, stream) in converted(case) {
        if let Some((picture, pictures)) = stream.video.as_ref().zip(given(case, planned)) {
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

/// What a check came to, but where false times explain an odd length: in broadcasts ffmpeg gives packets without a time one
/// by the rate that the sound had before, and closes the gaps that this makes.
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

fn converted<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a Planned, &'a Stream)> {
    let source = case.source;
    let of = move |planned: &'a Planned| {
        source.streams.iter().find(|s| s.index == planned.input).map(|s| (planned, s))
    };
    case.plan.converted().filter_map(of)
}

fn given<'a>(case: &Case<'a>, planned: &Planned) -> Option<&'a Pictures> {
    case.report.given.pictures.get(&planned.input).filter(|_| planned.kind == Kind::Video)
}

/// Shapes that differ by less, as a share, are the same: that of no one is seen.
const SAME_SHAPE: f64 = 0.015;

/// The sizes of all parts, where one of them is not held whole and unsqueezed.
fn unheld(picture: &Picture, parts: &[Part]) -> Vec<(u32, u32)> {
    let ((own_width, own_height), frame) = (picture.displayed(), picture.frame());
    let holds = |part: &Part| {
        let (width, height) = (f64::from(part.size.0), f64::from(part.size.1));
        let within = width <= frame.0 + 1.0 && height <= frame.1 + 1.0;
        let alike = (width * own_height / (height * own_width).max(1.0) - 1.0).abs() <= SAME_SHAPE;
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

/// Were pictures that have a time of their own left out or moved by a clock that could be finer?
fn misplaces_pictures(case: &Case<'_>, planned: &Planned, pictures: &Pictures) -> bool {
    let Some(spec) = planned.action.encoded() else { return false };
    let lost = case.report.dropped > pictures.count - pictures.distinct();
    let moved = pictures.ticks.is_some_and(|ticks| ticks.misplaces());
    (lost || moved) && !spec.picture().is_some_and(|settings| settings.fine_clock)
}

/// The widest sound of this track, where the result could hold more channels of it than were known of.
fn wider(case: &Case<'_>, planned: &Planned, stream: &Stream) -> Option<(u32, String)> {
    let kinds = case.report.given.sounds.get(&planned.input).filter(|_| planned.kind == Kind::Audio)?;
    let widest = kinds.iter().max_by_key(|sound| sound.channels())?;
    let (most, channels) = (case.plan.most_channels.unwrap_or(u32::MAX), widest.channels()?);
    (channels.min(most) > stream.channels.unwrap_or(0).min(most)).then(|| (channels, widest.layout.clone()))
}

/// Changes of size that are listed.
const LISTED: usize = 5;

/// What is said of each change that people could notice.
pub(super) fn remarks(case: &Case<'_>) -> Vec<Remark> {
    let of = |(planned, stream): (&Planned, &Stream)| match planned.kind {
        Kind::Video => given(case, planned).and_then(|pictures| resized(&pictures.parts)),
        _ => case.report.given.sounds.get(&planned.input).and_then(|kinds| other_sound(stream, kinds)),
    };
    converted(case).filter_map(of).collect()
}

fn resized(parts: &[Part]) -> Option<Remark> {
    let size = |part: &Part| SizeAt { at_seconds: part.at, width: part.size.0, height: part.size.1 };
    let sizes = parts.iter().take(1 + LISTED).map(size).collect();
    (parts.len() > 1).then(|| Remark::SizeChanges { sizes, more: parts.len().saturating_sub(1 + LISTED) })
}

fn other_sound(stream: &Stream, kinds: &[Sound]) -> Option<Remark> {
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
    fn a_part_that_is_larger_or_of_another_shape_needs_a_frame_of_its_own() {
        let wide = Picture { width: 320, height: 180, pixel_aspect: 1.0, ..Picture::default() };
        let sizes = |picture: &Picture, parts: &[Part]| unheld(picture, parts);
        let first = part(0.0, 320, 180);
        assert!(sizes(&wide, &[first, part(3.0, 160, 90), part(5.0, 214, 120)]).is_empty(), "fits as it is");
        assert_eq!(sizes(&wide, &[first, part(3.0, 180, 320)]), [(180, 320), (320, 180)]);
        assert_eq!(
            sizes(&wide, &[first, part(3.0, 90, 160)]),
            [(90, 160), (320, 180)],
            "small, and squeezed"
        );
        assert_eq!(sizes(&wide, &[first, part(3.0, 640, 360), first]), [(320, 180), (640, 360)]);
        let known = Picture { sizes: vec![(180, 320), (320, 180)], ..wide };
        assert!(sizes(&known, &[first, part(3.0, 180, 320), part(4.0, 300, 300)]).is_empty());
        assert!(!sizes(&known, &[first, part(3.0, 400, 320)]).is_empty());
    }

    #[test]
    fn changes_are_listed_with_their_times_and_the_list_ends() {
        let parts: Vec<Part> = (0..9).map(|n| part(f64::from(n) * 10.0, 320 + n % 2, 180)).collect();
        assert_eq!(resized(&parts[..1]), None);
        let at = |at_seconds, width| SizeAt { at_seconds, width, height: 180 };
        let sizes = vec![at(0.0, 320), at(10.0, 321)];
        assert_eq!(resized(&parts[..2]), Some(Remark::SizeChanges { sizes, more: 0 }));
        let Some(Remark::SizeChanges { sizes, more }) = resized(&parts) else { panic!() };
        assert_eq!((sizes.last(), sizes.len(), more), (Some(&at(50.0, 321)), 6, 3));
    }

    #[test]
    fn a_sound_that_stays_what_it_is_is_no_change() {
        let sound = |rate, layout: &str| Sound { rate, layout: layout.into() };
        let said = |kinds: &[Sound]| other_sound(&Stream { index: 1, ..Stream::default() }, kinds);
        assert_eq!((said(&[]), said(&[sound(48_000, "stereo")])), (None, None));
        for other in [sound(48_000, "5.1(side)"), sound(44_100, "stereo")] {
            let Some(Remark::SoundChanges { track, kinds }) = said(&[sound(48_000, "stereo"), other]) else {
                panic!()
            };
            assert_eq!((track, kinds.len()), (1, 2));
        }
    }
}
