//! Does the result hold what the streams of the original became on the way? A picture that changes its size or shape is
//! squeezed into the frame that an encoder began with, sound of more channels is mixed into fewer, pictures that come
//! closely are left out: the filters say so, the plan did not know.
//!
//! Pure. Guarantees that a result is refused for what a plan that knows of it can keep, and that each change is said.

use super::verification::{Evidence, StreamCheck};
use super::{Case, Refusal, length, wrong};
use crate::failure::Fault;
use crate::ffmpeg::given::{Part, Pictures, Sound};
use crate::media::{Kind, Learned, Picture, Stream, running_time};
use crate::plan::{Action, CLOCK, Planned};

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
    let Action::Convert { options, .. } = &planned.action else { return false };
    let lost = case.report.dropped > pictures.count - pictures.distinct();
    let moved = pictures.ticks.is_some_and(|ticks| ticks.misplaces());
    (lost || moved) && options.iter().all(|(name, _)| name != CLOCK)
}

/// The widest sound of this track, where the result could hold more channels of it than were known of.
fn wider(case: &Case<'_>, planned: &Planned, stream: &Stream) -> Option<(u32, String)> {
    let kinds = case.report.given.sounds.get(&planned.input).filter(|_| planned.kind == Kind::Audio)?;
    let widest = kinds.iter().max_by_key(|sound| sound.channels())?;
    let (most, channels) = (case.plan.most_channels.unwrap_or(u32::MAX), widest.channels()?);
    (channels.min(most) > stream.channels.unwrap_or(0).min(most)).then(|| (channels, widest.layout.clone()))
}

/// Changes that are named one by one.
const NAMED: usize = 5;

/// What is said of each change that people could notice.
pub(super) fn remarks(case: &Case<'_>) -> Vec<String> {
    let of = |(planned, stream): (&Planned, &Stream)| match planned.kind {
        Kind::Video => given(case, planned).and_then(|pictures| resized(&pictures.parts)),
        _ => case.report.given.sounds.get(&planned.input).and_then(|kinds| other_sound(stream, kinds)),
    };
    converted(case).filter_map(of).collect()
}

fn resized(parts: &[Part]) -> Option<String> {
    let size = |part: &Part| format!("{}x{}", part.size.0, part.size.1);
    let (first, later) = parts.split_first()?;
    let changes: Vec<String> =
        later.iter().take(NAMED).map(|p| format!("{} at {}", size(p), running_time(p.at))).collect();
    let more = match later.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} times more"),
    };
    (!later.is_empty()).then(|| {
        format!(
            "The picture changes its size: {}, then {}{more}. Each part keeps its shape.",
            size(first),
            changes.join(", ")
        )
    })
}

fn other_sound(stream: &Stream, kinds: &[Sound]) -> Option<String> {
    let (first, later) = kinds.split_first()?;
    let rates = later.iter().any(|sound| sound.rate != first.rate);
    let layouts = later.iter().any(|sound| sound.layout != first.layout);
    let word = |sound: &Sound| match (layouts, rates) {
        (true, true) => format!("{} at {} Hz", sound.layout, sound.rate),
        (true, false) => sound.layout.clone(),
        _ => format!("{} Hz", sound.rate),
    };
    let words: Vec<String> = kinds.iter().take(NAMED).map(word).collect();
    (rates || layouts).then(|| {
        format!(
            "Track {} changes between {}; in the result it is the same throughout.",
            stream.index,
            words.join(" and ")
        )
    })
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
    fn changes_are_said_with_their_times_and_no_endless_list() {
        let parts: Vec<Part> = (0..9).map(|n| part(f64::from(n) * 10.0, 320 + n % 2, 180)).collect();
        assert_eq!(resized(&parts[..1]), None);
        let one = "The picture changes its size: 320x180, then 321x180 at 0:10. Each part keeps its shape.";
        assert_eq!(resized(&parts[..2]).as_deref(), Some(one));
        assert!(
            resized(&parts).unwrap().contains("321x180 at 0:50 and 3 times more."),
            "{:?}",
            resized(&parts)
        );
    }

    #[test]
    fn only_what_differs_of_a_sound_is_said() {
        let sound = |rate, layout: &str| Sound { rate, layout: layout.into() };
        let said = |kinds: &[Sound]| other_sound(&Stream { index: 1, ..Stream::default() }, kinds);
        assert_eq!(said(&[sound(48_000, "stereo")]), None);
        assert!(
            said(&[sound(48_000, "stereo"), sound(48_000, "5.1(side)")])
                .unwrap()
                .contains("stereo and 5.1(side);")
        );
        assert!(
            said(&[sound(48_000, "mono"), sound(44_100, "mono")]).unwrap().contains("48000 Hz and 44100 Hz;")
        );
    }
}
