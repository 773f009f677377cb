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

/// Options of the encoder that tag the result.
pub(super) fn tags(colours: Colours, picture: &Picture, wish: &Wish<'_>) -> Vec<(String, String)> {
    let or =
        |word: &str, usual: &'static str| if word.is_empty() { usual.to_owned() } else { word.to_owned() };
    match colours {
        Colours::Keep if picture.is_full_range() => options([("color_range", "tv")]),
        Colours::Keep => Vec::new(),
        Colours::ToneMap | Colours::FromRgb => tagged("bt709", "bt709", "bt709"),
        Colours::KeepHdr => {
            let (primaries, matrix) = (or(&picture.primaries, "bt2020"), or(&picture.matrix, "bt2020nc"));
            let mut all = tagged(&primaries, &picture.transfer, &matrix);
            all.extend(mastering_option(picture, wish.name(), (&primaries, &picture.transfer, &matrix)));
            all
        }
    }
}

/// The same as a filter: newer versions of ffmpeg believe the frames rather than the encoder's options.
pub(super) fn set_tags(colours: Colours, picture: &Picture) -> Option<String> {
    let (primaries, transfer, matrix) = match colours {
        Colours::Keep => return None,
        Colours::ToneMap | Colours::FromRgb => ("bt709".into(), "bt709".into(), "bt709".into()),
        Colours::KeepHdr => {
            (or(&picture.primaries, "bt2020"), picture.transfer.clone(), or(&picture.matrix, "bt2020nc"))
        }
    };
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
/// be BT.2020, and said of its frames: zscale knows no way out of what is unknown.
pub(super) fn tone_map(picture: &Picture, format: &str) -> String {
    let or =
        |word: &str, usual: &'static str| if word.is_empty() { usual.to_owned() } else { word.to_owned() };
    let (primaries, matrix) = (or(&picture.primaries, "bt2020"), or(&picture.matrix, "bt2020nc"));
    // zimg knows no way from light that is constant; of it the other is near enough.
    let matrix = if matrix == "bt2020c" { "bt2020nc".to_owned() } else { matrix };
    let range = if picture.is_full_range() { "pc" } else { "tv" };
    format!(
        "setparams=color_primaries={primaries}:color_trc={}:colorspace={matrix}:range={range},\
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
}
