use super::shape::{refuse_size, target_size};
use super::*;
use crate::media::{Kind, MediaInfo, Stream};
use crate::plan::{Abilities, HARDWARE};
use crate::preset::{self, Hardware, Preset};

fn picture(width: u32, height: u32) -> Picture {
    Picture { width, height, pixel_aspect: 1.0, bits: 8, ..Picture::default() }
}

fn size(picture: &Picture) -> (u32, u32) {
    target_size(picture, preset::find("web-1080p").unwrap().video.as_ref().unwrap())
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

/// The options and filters of this picture under this preset.
fn converted(
    picture: &Picture,
    preset: &Preset,
    abilities: &Abilities,
) -> (Vec<(String, String)>, Vec<String>, bool) {
    let main = Stream {
        kind: Kind::Video,
        codec: "mpeg2video".into(),
        video: Some(picture.clone()),
        ..Stream::default()
    };
    let info = MediaInfo { streams: vec![main.clone()], ..MediaInfo::default() };
    let task = Task { info: &info, preset, abilities, main: &main };
    match action(&task).unwrap() {
        Action::Convert { options, filters, frames_change, .. } => (options, filters, frames_change),
        other => panic!("{other:?}"),
    }
}

fn by(picture: &Picture, preset: &str) -> (Vec<(String, String)>, Vec<String>, bool) {
    converted(picture, preset::find(preset).unwrap(), &Abilities::default())
}

#[test]
fn colours_rate_and_fields_are_put_right_only_where_needed() {
    let plain = by(&picture(640, 360), "web-1080p").1;
    assert_eq!(plain[1..], ["scale=640:360:flags=bicubic", "setsar=1"], "its own size, which is named");
    let full = Picture { pixel_format: "yuvj420p".into(), ..picture(640, 360) };
    assert!(by(&full, "web-1080p").1[1].contains("in_range=full:out_range=limited"));
    let fields = Picture { field_order: "tt".into(), ..picture(720, 576) };
    assert_eq!(by(&fields, "web-1080p").1[1], "bwdif=mode=send_frame");
    let kept = by(&fields, "edit-prores");
    assert_eq!(kept.1[1..3], ["setfield=tff", "scale=720:576:flags=bicubic:interl=1"], "editors want fields");
    assert!(kept.0.contains(&("flags".into(), "+ildct".into())));
    let screen = Picture { pixel_format: "gbrp".into(), ..picture(640, 360) };
    assert!(by(&screen, "web-1080p").1[1].contains("out_color_matrix=bt709"));
}

#[test]
fn a_rate_above_the_limit_is_capped_without_filling_anything_up() {
    let fast = Picture { rate: Some(120.0), ..picture(640, 360) };
    let (options, filters, frames_change) = by(&fast, "web-1080p");
    assert!(filters[1].starts_with("select=") && filters[1].contains("*60") && frames_change, "{options:?}");
    let claimed = Picture { rate: Some(1000.0), ..picture(640, 360) };
    assert!(!by(&claimed, "web-1080p").2, "no camera takes a thousand pictures a second");
}

#[test]
fn high_dynamic_range_is_kept_in_ten_bits_or_mapped_never_left_tagged_in_eight() {
    let hdr = Picture { transfer: "smpte2084".into(), bits: 10, ..picture(1280, 720) };
    let (options, filters, _) = by(&hdr, "web-1080p");
    assert!(filters.iter().any(|f| f.contains("tonemap=hable")));
    assert!(options.contains(&("color_trc".into(), "bt709".into())));
    for preset in ["small-hevc", "archive-av1", "edit-prores"] {
        let (options, filters, _) = by(&hdr, preset);
        assert!(
            !filters.iter().any(|f| f.contains("tonemap"))
                && options.contains(&("color_trc".into(), "smpte2084".into())),
            "{preset}"
        );
        assert!(
            options.iter().any(|(name, value)| name == "pix_fmt" && value.ends_with("p10le")),
            "{preset}"
        );
    }
}

#[test]
fn pictures_that_change_their_size_keep_their_shape_in_a_frame_that_holds_them_all() {
    let turned = Picture { sizes: vec![(320, 180), (180, 320)], ..picture(320, 180) };
    assert_eq!(size(&turned), (320, 320));
    let filters = by(&turned, "web-1080p").1;
    let fit = "scale='max(2,2*round(min(320,320*dar)/2))':'max(2,2*round(min(320,320/dar)/2))':eval=frame:flags=bicubic";
    assert_eq!(filters[1], format!("{fit},pad=320:320:(ow-iw)/2:(oh-ih)/2:eval=frame"));
    let large = Picture { sizes: vec![(3840, 2160), (2160, 3840)], ..picture(3840, 2160) };
    assert_eq!(size(&large), (1080, 1080), "the box holds for the frame");
}

#[test]
fn the_clock_of_an_encoder_is_fine_only_where_one_that_ticks_once_a_picture_loses_some() {
    let clock =
        |picture: &Picture| by(picture, "edit-prores").0.iter().any(|(name, _)| name == "enc_time_base");
    let film = Picture { rate: Some(24000.0 / 1001.0), uneven: true, ..picture(640, 360) };
    assert!(!clock(&film), "an exact rate stays exact, whatever a header guesses");
    assert!(clock(&Picture { fine_clock: true, ..film }));
    assert!(
        clock(&Picture { rate: Some(10.0), ..picture(640, 360) }),
        "a tick is longer than what is noticed against the sound"
    );
}

#[test]
fn hardware_encodes_when_wanted_and_there() {
    let mut preset = preset::find("web-1080p").unwrap().clone();
    let nvenc = HARDWARE.iter().find(|h| h.name == "h264_nvenc").unwrap();
    let abilities = Abilities { hardware: vec![nvenc], ..Abilities::default() };
    let quality = |options: &[(String, String)]| options.iter().find(|(name, _)| name == "cq").cloned();
    assert_eq!(quality(&converted(&picture(640, 360), &preset, &abilities).0), None, "not wanted");
    preset.video.as_mut().unwrap().hardware = Hardware::Auto;
    assert_eq!(
        quality(&converted(&picture(640, 360), &preset, &abilities).0),
        Some(("cq".into(), "21".into()))
    );
}

#[test]
fn pictures_beyond_what_is_sensible_are_refused() {
    let preset = preset::find("web-1080p").unwrap().video.as_ref().unwrap();
    let huge = picture(30_000, 30_000);
    assert!(refuse_size(&huge, preset, target_size(&huge, preset)).is_err());
    let hevc = preset::find("small-hevc").unwrap().video.as_ref().unwrap();
    assert!(refuse_size(&picture(10, 12), hevc, (10, 12)).is_err());
}
