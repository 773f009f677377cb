//! Chooses colour tags, range conversion and tone mapping.
//!
//! Pure. Must not know ffmpeg's options.

use super::encode::{Colours, Hdr10, PictureFilter, Pixels, RangeChange};
use crate::media::Picture;

/// How the colours of a picture are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Unchanged.
    Keep,
    /// HDR, kept with its tags and mastering data.
    KeepHdr,
    /// HDR mapped to BT.709.
    ToneMap,
    /// RGB converted to YUV, with its primaries or BT.709.
    FromRgb,
}

fn or(word: &str, default: &str) -> String {
    if word.is_empty() { default.to_owned() } else { word.to_owned() }
}

/// Colour tags of the result; `None`: not tagged.
pub(super) fn tags(treatment: Treatment, picture: &Picture) -> Option<Colours> {
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

/// Matrix of the result. RGB has none and gets that of its primaries.
fn matrix(picture: &Picture) -> String {
    let wide = picture.primaries == "bt2020" || (picture.primaries.is_empty() && picture.is_hdr());
    match picture.is_rgb() {
        true if wide => "bt2020nc".into(),
        true => "bt709".into(),
        false => or(&picture.matrix, "bt2020nc"),
    }
}

/// Change of the range while scaling.
pub(super) fn range(treatment: Treatment, picture: &Picture) -> RangeChange {
    match treatment {
        // The tone mapping filters handle the range.
        Treatment::ToneMap => RangeChange::None,
        _ if picture.is_rgb() => RangeChange::FromRgb { bt2020: matrix(picture) == "bt2020nc" },
        _ if picture.is_full_range() => RangeChange::ToLimited,
        _ => RangeChange::None,
    }
}

/// HDR metadata of the result, where HDR is kept.
pub(super) fn hdr(treatment: Treatment, picture: &Picture) -> Option<Hdr10> {
    let kept = treatment == Treatment::KeepHdr;
    kept.then_some(Hdr10 { mastering: picture.mastering, light: picture.light })
}

/// Peak luminance for tone mapping, in cd/m2: from `MaxCLL`, else from the mastering display, else PQ's default 4,000
/// or HLG's nominal 1,000.
fn peak(picture: &Picture) -> f64 {
    let mastered = picture.mastering.map(|m| m.luminance.1);
    let content = picture.light.map(|(brightest, _)| f64::from(brightest));
    let default = if picture.transfer == "smpte2084" { 4000.0 } else { 1000.0 };
    content.or(mastered).unwrap_or(default).clamp(400.0, 10_000.0)
}

/// Maps HDR to BT.709. Missing tags default to BT.2020 and are set on the frames, because zscale refuses unknown
/// input.
pub(super) fn tone_map(picture: &Picture, pixels: Pixels) -> PictureFilter {
    let rgb = picture.is_rgb();
    let matrix = match picture.matrix.as_str() {
        _ if rgb => "gbr",
        // zscale cannot convert from constant luminance; the non-constant matrix is close enough.
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
    fn peak_luminance_comes_from_the_metadata() {
        let picture = Picture { transfer: "smpte2084".into(), ..Picture::default() };
        assert!((peak(&picture) - 4000.0).abs() < 1.0);
        assert!((peak(&Picture { light: Some((1100, 180)), ..picture }) - 1100.0).abs() < 1.0);
    }

    #[test]
    fn rgb_gets_the_matrix_of_its_primaries() {
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
        let kept = tags(Treatment::KeepHdr, &hdr).unwrap();
        assert_eq!((kept.transfer.as_str(), kept.matrix.as_str()), ("smpte2084", "bt2020nc"));
        assert_eq!(range(Treatment::KeepHdr, &hdr), RangeChange::FromRgb { bt2020: true });
        let PictureFilter::ToneMap { rgb, from, .. } = tone_map(&hdr, Pixels::Eight) else { panic!() };
        assert_eq!((rgb, from.matrix.as_str()), (true, "gbr"));
    }
}
