//! ffmpeg's options and filters for video. Pure tables.

use super::colour;
use super::{Pair, hardware};
use crate::plan::encode::{FieldOrder, PictureFilter, PictureSettings, Pixels, Quality, RangeChange};
use crate::plan::encoder::Encoder;
use crate::preset::Speed;

/// Option for the encoder's time base, and the finest value.
pub(super) const CLOCK: (&str, &str) = ("enc_time_base", "1:90000");

fn pair(name: &'static str, value: &str) -> Pair {
    (name, value.to_owned())
}

/// Options of a stream, in order. `captioned`: its captions are in a separate track.
pub(super) fn options(encoder: Encoder, settings: &PictureSettings, captioned: bool) -> Vec<Pair> {
    let mut all = quality(encoder, settings.quality);
    all.extend(effort(encoder, settings));
    // Variable frame rate: MP4's default, a constant one, duplicates frames of uneven sources.
    all.push(pair("fps_mode", "vfr"));
    all.extend(settings.fine_clock.then(|| pair(CLOCK.0, CLOCK.1)));
    all.extend(settings.last_picture.into_iter().flat_map(last_frame));
    all.extend(settings.interlaced.then(|| pair("flags", "+ildct")));
    if hardware::upload(encoder, settings.pixels).is_none() {
        all.push(pair("pix_fmt", pixels(encoder, settings.pixels)));
    }
    all.extend(settings.tag.iter().map(|tag| pair("tag", tag)));
    all.extend(colour::options(encoder, settings));
    // The frames would keep their captions, which would be shown twice.
    all.extend((captioned && encoder == Encoder::X264).then(|| pair("a53cc", "0")));
    all
}

fn quality(encoder: Encoder, quality: Quality) -> Vec<Pair> {
    if let Some(hardware) = encoder.hardware() {
        return hardware::quality(hardware, quality);
    }
    match quality {
        Quality::Fixed => Vec::new(),
        Quality::Kbps(kbps) => vec![("b", format!("{kbps}k"))],
        // Without a bit rate of 0, crf would be capped at libaom's default of 256 kbit/s.
        Quality::Crf(crf) if encoder == Encoder::Aom => vec![("crf", crf.to_string()), pair("b", "0")],
        Quality::Crf(crf) => vec![("crf", crf.to_string())],
    }
}

fn effort(encoder: Encoder, settings: &PictureSettings) -> Vec<Pair> {
    let (speed, svt) = (settings.speed.as_str(), svt_preset(settings.speed));
    match encoder {
        Encoder::X264 => {
            let profile = if settings.pixels == Pixels::Eight { "high" } else { "high10" };
            vec![pair("preset", speed), pair("profile", profile)]
        }
        Encoder::X265 => vec![pair("preset", speed)],
        Encoder::SvtAv1 => vec![("preset", svt.to_string())],
        Encoder::Aom => vec![("cpu-used", (svt * 2 / 3).to_string()), pair("row-mt", "1")],
        Encoder::ProRes => vec![pair("profile", "3"), pair("vendor", "apl0")],
        _ => Vec::new(),
    }
}

/// SVT-AV1's presets are 0 to 13; 6 is about as thorough as x264's `medium` is for H.264.
fn svt_preset(speed: Speed) -> u8 {
    match speed {
        Speed::Ultrafast => 12,
        Speed::Superfast => 11,
        Speed::Veryfast => 10,
        Speed::Faster => 8,
        Speed::Fast => 7,
        Speed::Medium => 6,
        Speed::Slow => 4,
        Speed::Slower => 3,
        Speed::Veryslow => 2,
    }
}

/// Sets the duration of the last packet; earlier packets get at most the time to the end. No B-frames, so that the
/// last frame shown is the last packet.
fn last_frame(share: f64) -> [Pair; 2] {
    let length = format!("setts=duration='max(DURATION,(PTS-STARTPTS)*{share:.6})'");
    [("bsf", length), pair("bf", "0")]
}

/// ffmpeg's name of the pixel format.
fn pixels(encoder: Encoder, pixels: Pixels) -> &'static str {
    match pixels {
        Pixels::TenWide => "yuv422p10le",
        Pixels::Ten if encoder.hardware().is_some() => "p010le",
        Pixels::Ten => "yuv420p10le",
        Pixels::Eight => "yuv420p",
    }
}

/// Filters of a stream, in order.
pub(super) fn filters(encoder: Encoder, settings: &PictureSettings) -> Vec<String> {
    let all = settings.filters.iter().map(|filter| filter_text(filter, encoder));
    all.chain(hardware::upload(encoder, settings.pixels)).collect()
}

fn filter_text(filter: &PictureFilter, encoder: Encoder) -> String {
    match filter {
        PictureFilter::Crop { width, height, left, top, pixel_aspect } => {
            crop((*width, *height), (*left, *top), *pixel_aspect)
        }
        // Cameras store texts with each frame, which showinfo would print byte by byte: they are deleted first.
        PictureFilter::Watch { input } => {
            format!("sidedata=delete:SEI_UNREGISTERED,showinfo@{input}=checksum=0")
        }
        PictureFilter::Cap { fps } => cap(*fps),
        PictureFilter::Fields { order } => format!("setfield={}", field_order(*order)),
        PictureFilter::Deinterlace { bottom_first } => {
            format!("bwdif=mode=send_frame{}", if *bottom_first { ":parity=bff" } else { "" })
        }
        PictureFilter::Unpack => "format=rgb24".to_owned(),
        PictureFilter::Scale { width, height, within, exact, range, interlaced } => {
            scale((*width, *height), *within, &flags(*exact, *range, *interlaced))
        }
        PictureFilter::PixelAspect { aspect: Some(aspect) } => format!("setsar={aspect:.6}:max=1000"),
        PictureFilter::PixelAspect { aspect: None } => "setsar=1".to_owned(),
        PictureFilter::ToneMap { from, full_range, rgb, peak, pixels: to } => {
            colour::tone_map(from, *full_range, *rgb, *peak, pixels(encoder, *to))
        }
        PictureFilter::Tag { colours } => colour::tag(colours),
    }
}

fn crop((width, height): (u32, u32), (left, top): (u32, u32), aspect: f64) -> String {
    let edge = |size: char, shown: u32, edge: u32| format!("'if(gt(i{size},{shown}),{edge},0)'");
    format!(
        "crop=w='min(iw,{width})':h='min(ih,{height})':x={}:y={}:exact=1,setsar={aspect:.6}",
        edge('w', width, left),
        edge('h', height, top)
    )
}

fn field_order(order: FieldOrder) -> &'static str {
    match order {
        FieldOrder::TopFirst => "tff",
        FieldOrder::BottomFirst => "bff",
        FieldOrder::Progressive => "prog",
    }
}

/// Flags of the scale filter.
fn flags(exact: bool, range: RangeChange, interlaced: bool) -> String {
    let flags = if exact { "bicubic+accurate_rnd+full_chroma_int" } else { "bicubic" };
    let range = match range {
        RangeChange::None => "",
        RangeChange::ToLimited => ":in_range=full:out_range=limited",
        RangeChange::FromRgb { bt2020: true } => ":out_color_matrix=bt2020:out_range=limited",
        RangeChange::FromRgb { bt2020: false } => ":out_color_matrix=bt709:out_range=limited",
    };
    format!("flags={flags}{range}{}", if interlaced { ":interl=1" } else { "" })
}

fn scale((width, height): (u32, u32), within: bool, flags: &str) -> String {
    if !within {
        return format!("scale={width}:{height}:{flags}");
    }
    let fit = |side: u32, other: String| format!("'max(2,2*round(min({side},{other})/2))'");
    let (w, h) = (fit(width, format!("{height}*dar")), fit(height, format!("{width}/dar")));
    format!("scale={w}:{h}:eval=frame:{flags},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:eval=frame")
}

/// Keeps the first frame of each `1/max` of a second. Unlike the fps filter, it duplicates none. The twentieth of a
/// frame is tolerance for timestamps rounded to milliseconds.
fn cap(max: u32) -> String {
    let slot = |time: &str| format!("floor({time}*{max}+0.05)");
    format!("select='isnan(prev_selected_t)+gt({},{})'", slot("t"), slot("prev_selected_t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_is_letterboxed_within_the_size() {
        let (width, height, range) = (320, 320, RangeChange::None);
        let filter =
            PictureFilter::Scale { width, height, within: true, exact: false, range, interlaced: false };
        let fit = "scale='max(2,2*round(min(320,320*dar)/2))':'max(2,2*round(min(320,320/dar)/2))':eval=frame:flags=bicubic";
        let pad = "pad=320:320:(ow-iw)/2:(oh-ih)/2:eval=frame";
        assert_eq!(filter_text(&filter, Encoder::X264), format!("{fit},{pad}"));
    }

    #[test]
    fn each_encoder_gets_its_own_effort_options() {
        assert_eq!((svt_preset(Speed::Medium), svt_preset(Speed::Veryslow)), (6, 2));
        assert_eq!(quality(Encoder::Aom, Quality::Crf(30))[1], ("b", "0".to_owned()), "no ceiling");
        assert_eq!(quality(Encoder::X265, Quality::Kbps(900)), [("b", "900k".to_owned())]);
    }
}
