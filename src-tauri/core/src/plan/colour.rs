//! Colours: what keeps them as they are, and what maps high dynamic range to standard range.
//!
//! Pure. Must not know how ffmpeg is asked for it.

use super::encode::{Colours, Hdr10, PictureFilter, Pixels, RangeChange};
use crate::media::Picture;

/// What becomes of the colours of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// As they are.
    Keep,
    /// High dynamic range, kept with tags and mastering data.
    KeepHdr,
    /// High dynamic range becomes BT.709.
    ToneMap,
    /// Red, green and blue become BT.709.
    FromRgb,
}

fn or(word: &str, usual: &str) -> String {
    if word.is_empty() { usual.to_owned() } else { word.to_owned() }
}

/// The colours of the result, where they are named.
pub(super) fn named(treatment: Treatment, picture: &Picture) -> Option<Colours> {
    let colours = |primaries, transfer, matrix| Some(Colours { primaries, transfer, matrix });
    match treatment {
        Treatment::Keep => None,
        Treatment::ToneMap => colours("bt709".into(), "bt709".into(), "bt709".into()),
        Treatment::FromRgb => {
            colours(or(&picture.primaries, "bt709"), or(&picture.transfer, "bt709"), matrix(picture))
        }
        Treatment::KeepHdr => {
            colours(or(&picture.primaries, "bt2020"), picture.transfer.clone(), matrix(picture))
        }
    }
}

/// The matrix of the result: red, green and blue have none, and get that of their primaries.
fn matrix(picture: &Picture) -> String {
    let wide = picture.primaries == "bt2020" || (picture.primaries.is_empty() && picture.is_hdr());
    match picture.is_rgb() {
        true if wide => "bt2020nc".into(),
        true => "bt709".into(),
        false => or(&picture.matrix, "bt2020nc"),
    }
}

/// What scaling does to the range.
pub(super) fn range(treatment: Treatment, picture: &Picture) -> RangeChange {
    match treatment {
        // The tone map knows the range itself.
        Treatment::ToneMap => RangeChange::None,
        _ if picture.is_rgb() => RangeChange::FromRgb { bt2020: matrix(picture) == "bt2020nc" },
        _ if picture.is_full_range() => RangeChange::ToLimited,
        _ => RangeChange::None,
    }
}

/// What the result says of its light, where its high dynamic range is kept.
pub(super) fn hdr(treatment: Treatment, picture: &Picture) -> Option<Hdr10> {
    let kept = treatment == Treatment::KeepHdr;
    kept.then_some(Hdr10 { mastering: picture.mastering, light: picture.light })
}

/// Brightest light that the mapping keeps apart, in cd/m2: what the mastering says; without it the whole of PQ's
/// usual 4,000, and HLG's nominal 1,000.
fn peak(picture: &Picture) -> f64 {
    let mastered = picture.mastering.map(|m| m.luminance.1);
    let content = picture.light.map(|(brightest, _)| f64::from(brightest));
    let usual = if picture.transfer == "smpte2084" { 4000.0 } else { 1000.0 };
    content.or(mastered).unwrap_or(usual).clamp(400.0, 10_000.0)
}

/// Maps high dynamic range to BT.709. What the source does not say is taken to be BT.2020, and said of its frames: the
/// filter knows no way out of what is unknown.
pub(super) fn tone_map(picture: &Picture, pixels: Pixels) -> PictureFilter {
    let rgb = picture.is_rgb();
    let matrix = match picture.matrix.as_str() {
        _ if rgb => "gbr",
        // The filter knows no way from light that is constant; of it the other is near enough.
        "" | "bt2020c" => "bt2020nc",
        matrix => matrix,
    };
    let (primaries, transfer) = (or(&picture.primaries, "bt2020"), picture.transfer.clone());
    let from = Colours { primaries, transfer, matrix: matrix.to_owned() };
    PictureFilter::ToneMap {
        from,
        full_range: rgb || picture.is_full_range(),
        rgb,
        peak: peak(picture),
        pixels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brightest_light_kept_apart_is_what_the_video_says() {
        let picture = Picture { transfer: "smpte2084".into(), ..Picture::default() };
        assert!((peak(&picture) - 4000.0).abs() < 1.0);
        assert!((peak(&Picture { light: Some((1100, 180)), ..picture }) - 1100.0).abs() < 1.0);
    }

    #[test]
    fn red_green_and_blue_get_the_matrix_of_their_primaries() {
        let of = |transfer: &str, primaries: &str| Picture {
            pixel_format: "gbrp10le".into(),
            matrix: "gbr".into(),
            transfer: transfer.into(),
            primaries: primaries.into(),
            ..Picture::default()
        };
        let matrix = |transfer, primaries| matrix(&of(transfer, primaries));
        assert_eq!(
            (matrix("smpte2084", "bt2020"), matrix("arib-std-b67", "")),
            ("bt2020nc".into(), "bt2020nc".into())
        );
        assert_eq!((matrix("", ""), matrix("iec61966-2-1", "smpte432")), ("bt709".into(), "bt709".into()));
        let hdr = of("smpte2084", "bt2020");
        let kept = named(Treatment::KeepHdr, &hdr).unwrap();
        assert_eq!((kept.transfer.as_str(), kept.matrix.as_str()), ("smpte2084", "bt2020nc"));
        assert_eq!(range(Treatment::KeepHdr, &hdr), RangeChange::FromRgb { bt2020: true });
        let PictureFilter::ToneMap { rgb, from, .. } = tone_map(&hdr, Pixels::Eight) else { panic!() };
        assert_eq!((rgb, from.matrix.as_str()), (true, "gbr"));
    }
}
