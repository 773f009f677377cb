//! The moving picture: size, shape, colours, frame rate, encoder.

use super::{Action, options};
use crate::failure::{Failure, FailureCode};
use crate::media::{MediaInfo, Picture, Stream};
use crate::preset::{CopyRule, Depth, Preset, VideoCodec, VideoPreset};

/// Codecs that players expect in an MP4.
const MP4_HOLDS: &[&str] = &["h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video"];

pub(super) fn action(stream: &Stream, info: &MediaInfo, preset: &Preset) -> Result<Action, Failure> {
    let picture = stream.video.clone().unwrap_or_default();
    if preset.video.copy == CopyRule::WhenHeld && can_be_copied(stream, &picture, info) {
        return Ok(Action::Copy { tag: (stream.codec == "hevc").then(|| "hvc1".to_owned()) });
    }
    convert(&picture, &preset.video)
}

/// AVI keeps no time stamps of its own: reordered frames cannot be copied out of it.
fn can_be_copied(stream: &Stream, picture: &Picture, info: &MediaInfo) -> bool {
    MP4_HOLDS.contains(&stream.codec.as_str()) && !(info.container == "avi" && picture.reordered)
}

fn convert(picture: &Picture, preset: &VideoPreset) -> Result<Action, Failure> {
    let (width, height) = target_size(picture, preset);
    if preset.codec == VideoCodec::Hevc && (width < 16 || height < 16) {
        let message =
            format!("The picture is too small for H.265 ({width}x{height}); the Web presets can hold it.");
        return Err(Failure::new(FailureCode::PlanRefused, message));
    }
    let deep = preset.depth == Depth::Source && picture.bits > 8;
    let tone_map = picture.is_hdr() && !deep;
    let too_fast =
        preset.max_fps.filter(|max| picture.rate.is_some_and(|rate| rate > f64::from(*max) * 1.001));
    let mut all = encoder_options(preset, deep);
    // Caps the rate of what is too fast in truth. Some files claim 1000 frames a second; a filter that makes
    // the rate constant would fill those up with copies.
    all.extend(too_fast.map(|max| ("fpsmax".into(), max.to_string())));
    if tone_map {
        all.extend(options([("color_primaries", "bt709"), ("color_trc", "bt709"), ("colorspace", "bt709")]));
    }
    if picture.is_full_range() || tone_map {
        all.extend(options([("color_range", "tv")]));
    }
    let loss = if tone_map { "high dynamic range becomes standard range" } else { "" };
    Ok(Action::Convert {
        codec: match preset.codec {
            VideoCodec::H264 => "h264",
            VideoCodec::Hevc => "hevc",
        }
        .into(),
        encoder: match preset.codec {
            VideoCodec::H264 => "libx264",
            VideoCodec::Hevc => "libx265",
        }
        .into(),
        options: all,
        filters: filters(picture, (width, height), tone_map),
        frames_change: too_fast.is_some(),
        loss: loss.into(),
    })
}

fn encoder_options(preset: &VideoPreset, deep: bool) -> Vec<(String, String)> {
    let crf = preset.crf.to_string();
    let format = if deep { "yuv420p10le" } else { "yuv420p" };
    // Variable frame rate: MP4's default of a constant one doubles frames of uneven sources.
    let common =
        [("crf", crf.as_str()), ("preset", preset.speed.as_str()), ("pix_fmt", format), ("fps_mode", "vfr")];
    let mut all = options(common);
    all.extend(match preset.codec {
        VideoCodec::H264 => options([("profile", "high")]),
        VideoCodec::Hevc => options([("tag", "hvc1"), ("x265-params", "log-level=error")]),
    });
    all
}

/// Displayed size fitted into the preset's box, never enlarged, both sides even (4:2:0 needs it).
fn target_size(picture: &Picture, preset: &VideoPreset) -> (u32, u32) {
    let (width, height) = picture.displayed();
    let fit = |limit: Option<u32>, side: f64| limit.map_or(1.0, |limit| f64::from(limit) / side.max(1.0));
    let long = fit(preset.box_long, width.max(height));
    let short = fit(preset.box_short, width.min(height));
    let scale = long.min(short).min(1.0);
    let even = |side: f64| (((side * scale).round() as u32) & !1).max(2);
    (even(width), even(height))
}

/// ffmpeg turns the picture upright before the first filter.
fn filters(picture: &Picture, size: (u32, u32), tone_map: bool) -> Vec<String> {
    let mut all = Vec::new();
    if picture.is_interlaced() {
        // One frame per pair of fields: the number of frames stays.
        all.push("bwdif=mode=send_frame".into());
    }
    let reshaped = size != picture.upright() || (picture.pixel_aspect - 1.0).abs() > 1e-6;
    let range = if picture.is_full_range() { ":in_range=full:out_range=limited" } else { "" };
    if reshaped || !range.is_empty() {
        all.push(format!("scale={}:{}:flags=bicubic{range}", size.0, size.1));
        all.push("setsar=1".into());
    }
    if tone_map {
        // Linear light at a nominal peak of 100 nits, primaries to BT.709, Hable's curve, back to video.
        all.push("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0".into());
        all.push("zscale=t=bt709:m=bt709:r=tv,format=yuv420p".into());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;

    fn picture(width: u32, height: u32) -> Picture {
        Picture { width, height, pixel_aspect: 1.0, bits: 8, ..Picture::default() }
    }

    fn size(picture: &Picture) -> (u32, u32) {
        target_size(picture, &preset::find("web-1080p").unwrap().video)
    }

    #[test]
    fn the_displayed_picture_fits_the_box_and_is_never_enlarged() {
        assert_eq!(size(&picture(3840, 2160)), (1920, 1080));
        assert_eq!(size(&picture(2160, 3840)), (1080, 1920), "portrait gets a portrait box");
        assert_eq!(size(&picture(640, 360)), (640, 360));
        assert_eq!(size(&picture(161, 121)), (160, 120), "even sides");
        let turned = Picture { rotation: 90, ..picture(3840, 2160) };
        assert_eq!(size(&turned), (1080, 1920));
        let anamorphic = Picture { pixel_aspect: 64.0 / 45.0, ..picture(720, 576) };
        assert_eq!(size(&anamorphic), (1024, 576), "square pixels");
    }

    #[test]
    fn colours_rate_and_fields_are_put_right_only_where_needed() {
        let plain = filters(&picture(640, 360), (640, 360), false);
        assert!(plain.is_empty(), "{plain:?}");
        let full = Picture { pixel_format: "yuvj420p".into(), ..picture(640, 360) };
        assert!(filters(&full, (640, 360), false)[0].contains("in_range=full:out_range=limited"));
        let fields = Picture { field_order: "tt".into(), ..picture(720, 576) };
        assert_eq!(filters(&fields, (720, 576), false), ["bwdif=mode=send_frame"]);
    }

    #[test]
    fn a_rate_above_the_limit_is_capped_without_filling_anything_up() {
        let claimed = Picture { rate: Some(1000.0), ..picture(640, 360) };
        let Action::Convert { options, filters, frames_change, .. } =
            convert(&claimed, &preset::find("web-1080p").unwrap().video).unwrap()
        else {
            panic!()
        };
        assert!(options.contains(&("fpsmax".into(), "60".into())) && filters.is_empty() && frames_change);
    }

    #[test]
    fn high_dynamic_range_is_kept_in_ten_bits_or_mapped_never_left_tagged_in_eight() {
        let hdr = Picture { transfer: "smpte2084".into(), bits: 10, ..picture(1280, 720) };
        let Action::Convert { options, filters, .. } =
            convert(&hdr, &preset::find("web-1080p").unwrap().video).unwrap()
        else {
            panic!()
        };
        assert!(filters.iter().any(|f| f.contains("tonemap=hable")));
        assert!(options.contains(&("color_trc".into(), "bt709".into())));
        let Action::Convert { options, filters, .. } =
            convert(&hdr, &preset::find("small-hevc").unwrap().video).unwrap()
        else {
            panic!()
        };
        assert!(filters.is_empty() && options.contains(&("pix_fmt".into(), "yuv420p10le".into())));
    }
}
