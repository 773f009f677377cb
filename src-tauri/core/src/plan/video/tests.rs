use super::shape::{refuse_size, target_size};
use super::*;
use crate::media::{Kind, MediaInfo, Stream};
use crate::plan::{Abilities, FieldOrder, HARDWARE, PictureFilter, RangeChange};
use crate::preset::{self, Hardware, Preset};

fn picture(width: u32, height: u32) -> Picture {
    Picture { width, height, pixel_aspect: 1.0, bits: 8, ..Picture::default() }
}

fn size(picture: &Picture) -> (u32, u32) {
    target_size(picture, preset::find("web-1080p").unwrap().video.as_ref().unwrap())
}

#[test]
fn picture_fits_the_box_and_is_never_enlarged() {
    assert_eq!(size(&picture(3840, 2160)), (1920, 1080));
    assert_eq!(size(&picture(2160, 3840)), (1080, 1920), "portrait gets a portrait box");
    assert_eq!(size(&picture(640, 360)), (640, 360));
    assert_eq!(size(&picture(161, 121)), (160, 120), "even sides");
    let turned = Picture { rotation: 90, ..picture(3840, 2160) };
    assert_eq!(size(&turned), (1080, 1920));
    let anamorphic = Picture { pixel_aspect: 64.0 / 45.0, ..picture(720, 576) };
    assert_eq!(size(&anamorphic), (1024, 576), "square pixels");
}

/// Encoder settings of this picture under this preset.
fn converted(picture: &Picture, preset: &Preset, abilities: &Abilities) -> EncodeSpec {
    let main = Stream {
        kind: Kind::Video,
        codec: "mpeg2video".into(),
        video: Some(picture.clone()),
        ..Stream::default()
    };
    let info = MediaInfo { streams: vec![main.clone()], ..MediaInfo::default() };
    let task = Task { info: &info, preset, abilities, main: &main };
    action(&task).unwrap().encoded().unwrap().clone()
}

fn by(picture: &Picture, preset: &str) -> EncodeSpec {
    converted(picture, preset::find(preset).unwrap(), &Abilities::default())
}

fn settings(picture: &Picture, preset: &str) -> PictureSettings {
    by(picture, preset).picture().unwrap().clone()
}

/// The filters after the one that reports each frame.
fn filters(picture: &Picture, preset: &str) -> Vec<PictureFilter> {
    let mut all = settings(picture, preset).filters;
    assert_eq!(all.remove(0), PictureFilter::Watch { input: 0 });
    all
}

fn scale(width: u32, height: u32) -> PictureFilter {
    let range = RangeChange::None;
    PictureFilter::Scale { width, height, within: false, exact: false, range, interlaced: false }
}

#[test]
fn range_matrix_and_fields_are_converted_only_where_needed() {
    let square = PictureFilter::PixelAspect { aspect: None };
    let plain = filters(&picture(640, 360), "web-1080p");
    assert_eq!(plain, [scale(640, 360), square.clone()], "the source's size is set explicitly");
    let full = Picture { pixel_format: "yuvj420p".into(), ..picture(640, 360) };
    let range = |picture: &Picture| match &filters(picture, "web-1080p")[0] {
        PictureFilter::Scale { range, .. } => *range,
        other => panic!("{other:?}"),
    };
    assert_eq!(range(&full), RangeChange::ToLimited);
    let screen = Picture { pixel_format: "gbrp".into(), ..picture(640, 360) };
    assert_eq!(range(&screen), RangeChange::FromRgb { bt2020: false });
    let fields = Picture { field_order: "tt".into(), ..picture(720, 576) };
    assert_eq!(filters(&fields, "web-1080p")[0], PictureFilter::Deinterlace { bottom_first: false });
    let kept = filters(&fields, "edit-prores");
    assert_eq!(kept[0], PictureFilter::Fields { order: FieldOrder::TopFirst }, "editors want fields");
    assert!(matches!(kept[1], PictureFilter::Scale { interlaced: true, .. }), "{kept:?}");
    assert!(settings(&fields, "edit-prores").interlaced);
}

#[test]
fn rate_above_the_limit_is_capped() {
    let fast = Picture { rate: Some(120.0), ..picture(640, 360) };
    assert_eq!(filters(&fast, "web-1080p")[0], PictureFilter::Cap { fps: 60 });
    assert!(by(&fast, "web-1080p").frames_change);
    let claimed = Picture { rate: Some(1000.0), ..picture(640, 360) };
    assert!(!by(&claimed, "web-1080p").frames_change, "an implausible rate is ignored");
}

#[test]
fn hdr_is_kept_in_ten_bits_or_tone_mapped_to_eight() {
    let hdr = Picture { transfer: "smpte2084".into(), bits: 10, ..picture(1280, 720) };
    let is_map = |filter: &PictureFilter| matches!(filter, PictureFilter::ToneMap { .. });
    let transfer = |preset| settings(&hdr, preset).colours.unwrap().transfer;
    assert!(filters(&hdr, "web-1080p").iter().any(is_map));
    assert_eq!((transfer("web-1080p").as_str(), settings(&hdr, "web-1080p").hdr), ("bt709", None));
    for preset in ["small-hevc", "archive-av1", "edit-prores"] {
        assert!(!filters(&hdr, preset).iter().any(is_map) && transfer(preset) == "smpte2084", "{preset}");
        assert_eq!(settings(&hdr, preset).pixels.bits(), 10, "{preset}");
    }
}

#[test]
fn frames_of_changing_size_keep_their_shape_in_a_frame_that_holds_all() {
    let turned = Picture { sizes: vec![(320, 180), (180, 320)], ..picture(320, 180) };
    assert_eq!(size(&turned), (320, 320));
    let filters = filters(&turned, "web-1080p");
    let within = |filter: &PictureFilter| {
        matches!(filter, PictureFilter::Scale { width: 320, height: 320, within: true, .. })
    };
    assert!(within(&filters[0]), "{filters:?}");
    let large = Picture { sizes: vec![(3840, 2160), (2160, 3840)], ..picture(3840, 2160) };
    assert_eq!(size(&large), (1080, 1080), "the box limits the frame");
}

#[test]
fn time_base_is_fine_only_where_one_tick_per_frame_is_too_coarse() {
    let clock = |picture: &Picture| settings(picture, "edit-prores").fine_clock;
    let film = Picture { rate: Some(24000.0 / 1001.0), uneven: true, ..picture(640, 360) };
    assert!(!clock(&film), "an exact rate stays exact, even if the header claims otherwise");
    assert!(clock(&Picture { fine_clock: true, ..film }));
    assert!(
        clock(&Picture { rate: Some(10.0), ..picture(640, 360) }),
        "one tick per frame would shift frames noticeably against the audio"
    );
}

#[test]
fn hardware_encodes_where_wanted_and_available() {
    let mut preset = preset::find("web-1080p").unwrap().clone();
    let nvenc = HARDWARE.iter().find(|h| h.name == "h264_nvenc").unwrap();
    let abilities = Abilities { hardware: vec![nvenc], ..Abilities::default() };
    let encoder = |preset: &Preset| converted(&picture(640, 360), preset, &abilities).encoder;
    assert_eq!(encoder(&preset), Encoder::X264, "not wanted");
    preset.video.as_mut().unwrap().hardware = Hardware::Auto;
    assert_eq!(encoder(&preset), Encoder::Hardware(nvenc));
}

#[test]
fn frames_too_large_or_too_small_are_refused() {
    let preset = preset::find("web-1080p").unwrap().video.as_ref().unwrap();
    let huge = picture(30_000, 30_000);
    assert!(refuse_size(&huge, preset, target_size(&huge, preset)).is_err());
    let hevc = preset::find("small-hevc").unwrap().video.as_ref().unwrap();
    assert!(refuse_size(&picture(10, 12), hevc, (10, 12)).is_err());
}
