//! ffmpeg's options and filters for colours: tags of the result, mastering data in each encoder's units, tone
//! mapping. Pure.

use super::Pair;
use crate::media::Mastering;
use crate::plan::encode::{Colours, Hdr10, PictureSettings};
use crate::plan::encoder::Encoder;

/// Encoder options that tag the result.
pub(super) fn options(encoder: Encoder, settings: &PictureSettings) -> Vec<Pair> {
    let mut all = match &settings.colours {
        Some(colours) => tagged(colours).into(),
        None if settings.to_limited_range => vec![("color_range", "tv".to_owned())],
        None => Vec::new(),
    };
    all.extend(parameters(encoder, settings));
    all
}

fn tagged(Colours { primaries, transfer, matrix }: &Colours) -> [Pair; 4] {
    [
        ("color_primaries", primaries.clone()),
        ("color_trc", transfer.clone()),
        ("colorspace", matrix.clone()),
        ("color_range", "tv".to_owned()),
    ]
}

/// Filter that tags the colours of each frame.
pub(super) fn tag(Colours { primaries, transfer, matrix }: &Colours) -> String {
    format!("setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range=tv")
}

/// Encoder-specific parameters: ffmpeg 5.1 passes mastering data to neither x265 nor SVT-AV1.
fn parameters(encoder: Encoder, settings: &PictureSettings) -> Option<Pair> {
    match (encoder, &settings.hdr, &settings.colours) {
        (Encoder::X265, Some(hdr), Some(colours)) => Some(("x265-params", of_x265(hdr, colours))),
        (Encoder::X265, _, _) => Some(("x265-params", "log-level=error".to_owned())),
        (Encoder::SvtAv1, Some(hdr), _) => {
            Some(("svtav1-params", of_svt(hdr))).filter(|(_, words)| !words.is_empty())
        }
        _ => None,
    }
}

fn of_x265(hdr: &Hdr10, Colours { primaries, transfer, matrix }: &Colours) -> String {
    let mut words = vec![format!(
        "log-level=error:hdr-opt=1:repeat-headers=1:colorprim={primaries}:transfer={transfer}:colormatrix={matrix}"
    )];
    words.extend(hdr.mastering.as_ref().map(|m| format!("master-display={}", in_x265_units(m))));
    words.extend(hdr.light.map(|(content, average)| format!("max-cll={content},{average}")));
    words.join(":")
}

fn of_svt(hdr: &Hdr10) -> String {
    let mastering = hdr.mastering.as_ref().map(|m| format!("mastering-display={}", in_svt_units(m)));
    let light = hdr.light.map(|(content, average)| format!("content-light={content},{average}"));
    mastering.into_iter().chain(light).collect::<Vec<_>>().join(":")
}

/// Units of 0.00002 for chromaticity and 0.0001 cd/m2 for luminance (H.265, D.2.28).
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

/// Luminance that maps to 1.0 before the curve, in cd/m2. With the peak below, Hable's curve puts reference white
/// (203 cd/m2, ITU-R BT.2408) at 80-90 % of the video signal.
const NOMINAL: f64 = 50.0;

/// To linear light, primaries to BT.709, Hable's curve, back to video in this pixel format. zscale takes only planar
/// RGB.
pub(super) fn tone_map(from: &Colours, full_range: bool, rgb: bool, peak: f64, format: &str) -> String {
    let Colours { primaries, transfer, matrix } = from;
    let range = if full_range { "pc" } else { "tv" };
    let planes = if rgb { "format=gbrp16le," } else { "" };
    format!(
        "{planes}setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range={range},\
         zscale=t=linear:npl={NOMINAL},format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0:peak={:.2},zscale=t=bt709:m=bt709:r=tv,format={format}",
        peak / NOMINAL
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
    fn rgb_is_tone_mapped_as_planar() {
        let from = ["bt2020", "smpte2084", "gbr"].map(str::to_owned);
        let [primaries, transfer, matrix] = from;
        let from = Colours { primaries, transfer, matrix };
        assert!(tone_map(&from, true, true, 4000.0, "yuv420p").starts_with("format=gbrp16le,"));
        assert!(tone_map(&from, false, false, 4000.0, "yuv420p").contains("peak=80.00"));
    }
}
