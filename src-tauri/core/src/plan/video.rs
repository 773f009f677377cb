//! The moving picture: size, shape, colours, frame rate, encoder.

use super::checks::{CLOCK, FINE};
use super::colour::{self, Colours};
use super::encoder::{HardwareEncoder, Wish};
use super::{Action, Task, copy, options, refusals, wanted_hardware};
use crate::failure::{Failure, FailureCode};
use crate::ffmpeg::given;
use crate::media::Picture;
use crate::preset::{Container, Depth, Hdr, VideoCodec, VideoPreset};

pub(super) fn action(task: &Task<'_>) -> Result<Action, Failure> {
    let picture = task.main.video.clone().unwrap_or_default();
    let Some(preset) = &task.preset.video else { return Ok(Action::leave_out("only the sound is kept")) };
    let copied = copy::video(task, &picture, preset);
    refusals::own_colours(&picture, copied, task.preset.container)?;
    if copied {
        let tagged = task.main.codec == "hevc" && task.preset.container != Container::Mkv;
        return Ok(Action::Copy { tag: tagged.then(|| "hvc1".to_owned()) });
    }
    convert(task, &picture, preset)
}

/// The hardware encoder that this picture would be encoded with.
pub(super) fn hardware<'a>(task: &Task<'a>) -> Option<&'a HardwareEncoder> {
    wanted_hardware(task.preset, task.abilities)
}

/// Frames per second beyond which a rate is no rate but a fault of time stamps: capping it would throw pictures away
/// that were taken one after the other. Cameras store their fastest recordings slowed down.
const BELIEVED: f64 = 480.0;

/// Pixels of the largest picture that is worked on: 16K.
const MOST_PIXELS: u64 = 15_360 * 8_640;

fn convert(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> Result<Action, Failure> {
    let size = target_size(picture, preset);
    refuse_size(picture, preset, size)?;
    let deep = match preset.depth {
        Depth::Eight => false,
        Depth::Source => picture.bits > 8,
        Depth::Ten => true,
    };
    let rate = picture.rate.filter(|rate| *rate <= BELIEVED);
    let wish = Wish { preset, size, deep, rate: picture.rate, hardware: hardware(task) };
    let colours = colours(picture, preset, deep);
    let too_fast = preset.max_fps.filter(|max| rate.is_some_and(|rate| rate > f64::from(*max) * 1.001));
    Ok(Action::Convert {
        codec: match preset.codec {
            VideoCodec::H264 => "h264",
            VideoCodec::Hevc => "hevc",
            VideoCodec::Av1 => "av1",
            VideoCodec::ProRes => "prores",
        }
        .into(),
        encoder: wish.name().into(),
        options: encoder_options(task, &wish, picture, colours),
        filters: filters((task.main.index, picture), &wish, colours, too_fast),
        frames_change: too_fast.is_some(),
        instead: copy::instead(task.main, preset.copy, task.preset.container),
    })
}

fn refuse_size(picture: &Picture, preset: &VideoPreset, (width, height): (u32, u32)) -> Result<(), Failure> {
    let refuse = |message: String| Err(Failure::new(FailureCode::PlanRefused, message));
    let frame = picture.frame();
    let most = MOST_PIXELS as f64;
    let coded = (f64::from(picture.width), f64::from(picture.height));
    if let Some((width, height)) = [coded, frame].into_iter().find(|(width, height)| width * height > most) {
        return refuse(format!(
            "The picture is too large ({width:.0}x{height:.0}); Spool works on up to 15360x8640."
        ));
    }
    if preset.codec == VideoCodec::Hevc && (width < 16 || height < 16) {
        return refuse(format!(
            "The picture is too small for H.265 ({width}x{height}); the Web presets can hold it."
        ));
    }
    Ok(())
}

fn colours(picture: &Picture, preset: &VideoPreset, deep: bool) -> Colours {
    match (picture.is_hdr(), deep && preset.hdr == Hdr::Keep) {
        (true, true) => Colours::KeepHdr,
        (true, false) => Colours::ToneMap,
        (false, _) if picture.is_rgb() => Colours::FromRgb,
        (false, _) => Colours::Keep,
    }
}

fn encoder_options(
    task: &Task<'_>,
    wish: &Wish<'_>,
    picture: &Picture,
    colours: Colours,
) -> Vec<(String, String)> {
    let mut all = wish.options();
    // Variable frame rate: MP4's default of a constant one doubles frames of uneven sources.
    all.extend(options([("fps_mode", "vfr")]));
    // An encoder's clock ticks once a frame, which keeps a constant rate exact. Where frames are slow, pictures would move
    // against the sound, and where they come too unevenly, some would be lost.
    if picture.fine_clock || picture.rate.is_none_or(|rate| rate < SLOW) {
        all.extend(options([(CLOCK, FINE)]));
    }
    if let Some(length) = last_picture(task) {
        all.push(length);
        // In the order that they are shown, so that the last one comes last.
        all.extend(options([("bf", "0")]));
    }
    if keeps_fields(picture, wish.preset) {
        all.extend(options([("flags", "+ildct")]));
    }
    if wish.filter().is_none() {
        all.extend(options([("pix_fmt", wish.pixel_format())]));
    }
    if wish.preset.codec == VideoCodec::Hevc && task.preset.container != Container::Mkv {
        all.extend(options([("tag", "hvc1")]));
    }
    all.extend(colour::tags(colours, picture, wish));
    if wish.name() == "libx265" && colours != Colours::KeepHdr {
        all.extend(options([("x265-params", "log-level=error")]));
    }
    all
}

/// How long the last picture of an animation stands, which no encoder is told: its packet gets that length, as a share of
/// its own time, for the unit of time of a container is not known beforehand. What that makes of the packets before it is
/// no more than the time to the end.
fn last_picture(task: &Task<'_>) -> Option<(String, String)> {
    let span = task.main.span.as_ref().filter(|span| task.info.is_animation() && span.last > 0.0)?;
    let share = span.seconds / span.last - 1.0;
    Some(("bsf".into(), format!("setts=duration='max(DURATION,(PTS-STARTPTS)*{share:.6})'")))
}

/// Frames a second from which on the tick of a frame is fine enough: half of one is 25 ms.
const SLOW: f64 = 20.0;

/// Size of the frame that holds every picture, fitted into the preset's box, never enlarged, both sides even (4:2:0 needs
/// it).
pub(super) fn target_size(picture: &Picture, preset: &VideoPreset) -> (u32, u32) {
    let (width, height) = picture.frame();
    let fit = |limit: Option<u32>, side: f64| limit.map_or(1.0, |limit| f64::from(limit) / side.max(1.0));
    let long = fit(preset.box_long, width.max(height));
    let short = fit(preset.box_short, width.min(height));
    let scale = long.min(short).min(1.0);
    let even = |side: f64| (((side * scale).round() as u32) & !1).max(2);
    (even(width), even(height))
}

/// ffmpeg turns the picture upright before the first filter.
fn filters(
    (input, picture): (usize, &Picture),
    wish: &Wish<'_>,
    colours: Colours,
    too_fast: Option<u32>,
) -> Vec<String> {
    let mut all = vec![given::watch(input)];
    all.extend(too_fast.map(cap));
    let (woven, progressive) = (keeps_fields(picture, wish.preset), picture.field_order == "progressive");
    if woven {
        // Frames without a flag would be encoded as progressive ones.
        all.push(format!("setfield={}", if picture.is_top_first() { "tff" } else { "bff" }));
    } else if picture.false_fields || (progressive && wish.preset.codec == VideoCodec::ProRes) {
        // ProRes tells of each frame what its flag says.
        all.push("setfield=prog".into());
    } else if picture.is_interlaced() {
        // One frame per pair of fields: the number of frames stays. Frames without a flag would count as top first.
        let parity = if picture.field_order == "bff" { ":parity=bff" } else { "" };
        all.push(format!("bwdif=mode=send_frame{parity}"));
    }
    let range = match colours {
        Colours::FromRgb => ":out_color_matrix=bt709:out_range=limited",
        // The tone map knows the range itself.
        Colours::ToneMap => "",
        _ if picture.is_full_range() => ":in_range=full:out_range=limited",
        _ => "",
    };
    let range = if woven { format!("{range}:interl=1") } else { range.to_owned() };
    all.push(resize(picture, wish.size, &range));
    all.push("setsar=1".into());
    if colours == Colours::ToneMap {
        all.push(colour::tone_map(picture, wish.pixel_format()));
    }
    all.extend(colour::set_tags(colours, picture));
    all.extend(wish.filter().map(str::to_owned));
    all
}

/// Editors want the fields as they were taken; everywhere else they become whole pictures. Lines must stay lines for that.
fn keeps_fields(picture: &Picture, preset: &VideoPreset) -> bool {
    let lines = target_size(picture, preset).1 == picture.height;
    preset.codec == VideoCodec::ProRes && picture.is_interlaced() && picture.rotation == 0 && lines
}

/// To this size; where sizes change, each picture keeps its shape within it. It is named also where it is that of the
/// source, lest the first picture decide it.
fn resize(picture: &Picture, (width, height): (u32, u32), range: &str) -> String {
    if picture.sizes.is_empty() {
        return format!("scale={width}:{height}:flags=bicubic{range}");
    }
    let fit = |side: u32, other: String| format!("'max(2,2*round(min({side},{other})/2))'");
    let (w, h) = (fit(width, format!("{height}*dar")), fit(height, format!("{width}/dar")));
    format!(
        "scale={w}:{h}:eval=frame:flags=bicubic{range},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:eval=frame"
    )
}

/// Keeps the first frame of each `1/max` of a second, and fills nothing up, as a filter that makes the rate constant
/// would. The twentieth of a frame is for time stamps that are rounded to milliseconds.
fn cap(max: u32) -> String {
    let place = |time: &str| format!("floor({time}*{max}+0.05)");
    format!("select='isnan(prev_selected_t)+gt({},{})'", place("t"), place("prev_selected_t"))
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            kept.1[1..3],
            ["setfield=tff", "scale=720:576:flags=bicubic:interl=1"],
            "editors want fields"
        );
        assert!(kept.0.contains(&("flags".into(), "+ildct".into())));
        let screen = Picture { pixel_format: "gbrp".into(), ..picture(640, 360) };
        assert!(by(&screen, "web-1080p").1[1].contains("out_color_matrix=bt709"));
    }

    #[test]
    fn a_rate_above_the_limit_is_capped_without_filling_anything_up() {
        let fast = Picture { rate: Some(120.0), ..picture(640, 360) };
        let (options, filters, frames_change) = by(&fast, "web-1080p");
        assert!(
            filters[1].starts_with("select=") && filters[1].contains("*60") && frames_change,
            "{options:?}"
        );
        let claimed = Picture { rate: Some(1000.0), ..picture(640, 360) };
        assert!(!by(&claimed, "web-1080p").2, "nobody takes a thousand pictures a second");
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
}
