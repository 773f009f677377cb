//! Colours: what keeps them as they are, and what maps high dynamic range to standard range.

use super::{encoder::Wish, options};
use crate::media::{Mastering, Picture};

/// What becomes of the colours of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
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

/// Primaries, transfer and matrix of the result, where they are said.
fn said(colours: Colours, picture: &Picture) -> Option<(String, String, String)> {
    match colours {
        Colours::Keep => None,
        Colours::ToneMap => Some(("bt709".into(), "bt709".into(), "bt709".into())),
        Colours::FromRgb => {
            Some((or(&picture.primaries, "bt709"), or(&picture.transfer, "bt709"), matrix(picture)))
        }
        Colours::KeepHdr => {
            Some((or(&picture.primaries, "bt2020"), picture.transfer.clone(), matrix(picture)))
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

/// What the filter that scales is to make of red, green and blue, in its words.
pub(super) fn from_rgb(picture: &Picture) -> &'static str {
    match matrix(picture).as_str() {
        "bt2020nc" => ":out_color_matrix=bt2020:out_range=limited",
        _ => ":out_color_matrix=bt709:out_range=limited",
    }
}

/// Options of the encoder that tag the result.
pub(super) fn tags(colours: Colours, picture: &Picture, wish: &Wish<'_>) -> Vec<(String, String)> {
    let Some((primaries, transfer, matrix)) = said(colours, picture) else {
        return if picture.is_full_range() { options([("color_range", "tv")]) } else { Vec::new() };
    };
    let mut all = tagged(&primaries, &transfer, &matrix);
    if colours == Colours::KeepHdr {
        all.extend(mastering_option(picture, wish.name(), (&primaries, &transfer, &matrix)));
    }
    all
}

/// The same as a filter: newer versions of ffmpeg believe the frames rather than the encoder's options.
pub(super) fn set_tags(colours: Colours, picture: &Picture) -> Option<String> {
    let (primaries, transfer, matrix) = said(colours, picture)?;
    Some(format!("setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range=tv"))
}

fn tagged(primaries: &str, transfer: &str, matrix: &str) -> Vec<(String, String)> {
    options([
        ("color_primaries", primaries),
        ("color_trc", transfer),
        ("colorspace", matrix),
        ("color_range", "tv"),
    ])
}

/// Mastering data as the encoder takes it: neither x265 nor SVT-AV1 gets it from ffmpeg 5.1 by itself.
fn mastering_option(picture: &Picture, encoder: &str, tags: (&str, &str, &str)) -> Option<(String, String)> {
    match encoder {
        "libx265" => {
            let (primaries, transfer, matrix) = tags;
            let mut words = vec![format!(
                "log-level=error:hdr-opt=1:repeat-headers=1:colorprim={primaries}:transfer={transfer}:colormatrix={matrix}"
            )];
            words.extend(picture.mastering.as_ref().map(|m| format!("master-display={}", in_x265_units(m))));
            words.extend(picture.light.map(|(content, average)| format!("max-cll={content},{average}")));
            Some(("x265-params".into(), words.join(":")))
        }
        "libsvtav1" => {
            let mut words: Vec<String> = Vec::new();
            words
                .extend(picture.mastering.as_ref().map(|m| format!("mastering-display={}", in_svt_units(m))));
            words
                .extend(picture.light.map(|(content, average)| format!("content-light={content},{average}")));
            (!words.is_empty()).then(|| ("svtav1-params".into(), words.join(":")))
        }
        _ => None,
    }
}

/// Units of 0.00002 for points and 0.0001 cd/m2 for luminance (H.265, D.2.28).
fn in_x265_units(mastering: &Mastering) -> String {
    let [red, green, blue, white] =
        mastering.points.map(|(x, y)| format!("({:.0},{:.0})", x * 50_000.0, y * 50_000.0));
    format!(
        "G{green}B{blue}R{red}WP{white}L({:.0},{:.0})",
        mastering.luminance.1 * 10_000.0,
        mastering.luminance.0 * 10_000.0
    )
}

fn in_svt_units(mastering: &Mastering) -> String {
    let [red, green, blue, white] = mastering.points.map(|(x, y)| format!("({x:.5},{y:.5})"));
    format!("G{green}B{blue}R{red}WP{white}L({:.4},{:.4})", mastering.luminance.1, mastering.luminance.0)
}

/// Light that becomes 1.0 before the curve, in cd/m2. With the peak below, Hable's curve puts reference white
/// (203 cd/m2, ITU-R BT.2408) at 80-90 % of the video signal.
const NOMINAL: f64 = 50.0;

/// Brightest light that the mapping keeps apart, in cd/m2: what the mastering says; without it the whole of PQ's
/// usual 4,000, and HLG's nominal 1,000.
fn peak(picture: &Picture) -> f64 {
    let mastered = picture.mastering.map(|m| m.luminance.1);
    let content = picture.light.map(|(brightest, _)| f64::from(brightest));
    let usual = if picture.transfer == "smpte2084" { 4000.0 } else { 1000.0 };
    content.or(mastered).unwrap_or(usual).clamp(400.0, 10_000.0)
}

/// To linear light, primaries to BT.709, Hable's curve, back to video. What the source does not say is taken to
/// be BT.2020, and said of its frames: zscale knows no way out of what is unknown, and takes red, green and blue in planes
/// alone.
pub(super) fn tone_map(picture: &Picture, format: &str) -> String {
    let (rgb, primaries) = (picture.is_rgb(), or(&picture.primaries, "bt2020"));
    let matrix = match picture.matrix.as_str() {
        _ if rgb => "gbr",
        // zimg knows no way from light that is constant; of it the other is near enough.
        "" | "bt2020c" => "bt2020nc",
        matrix => matrix,
    };
    let range = if rgb || picture.is_full_range() { "pc" } else { "tv" };
    let planes = if rgb { "format=gbrp16le," } else { "" };
    format!(
        "{planes}setparams=color_primaries={primaries}:color_trc={}:colorspace={matrix}:range={range},\
         zscale=t=linear:npl={NOMINAL},format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0:peak={:.2},zscale=t=bt709:m=bt709:r=tv,format={format}",
        picture.transfer,
        peak(picture) / NOMINAL
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mastering_data_is_written_in_each_encoders_units() {
        let m = Mastering {
            points: [(0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329)],
            luminance: (0.0001, 1000.0),
        };
        assert_eq!(in_x265_units(&m), "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)");
        assert!(in_svt_units(&m).ends_with("WP(0.31270,0.32900)L(1000.0000,0.0001)"));
    }

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
        let kept = set_tags(Colours::KeepHdr, &of("smpte2084", "bt2020")).unwrap();
        assert!(kept.contains("color_trc=smpte2084:colorspace=bt2020nc:range=tv"), "{kept}");
        assert!(from_rgb(&of("smpte2084", "bt2020")).contains("=bt2020:"));
        assert!(tone_map(&of("smpte2084", "bt2020"), "yuv420p").starts_with("format=gbrp16le,"));
    }
}
