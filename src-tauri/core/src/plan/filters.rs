//! Filters that put a picture right before it is encoded: rate, fields, size, shape, colours. Pure.
//!
//! Guarantees that what a container hides is taken off before the watch on what decoding gave, which stands before all else.

use super::colour::{self, Colours};
use super::encoder::Wish;
use super::shape::{pixel_aspect, target_size};
use crate::media::Picture;
use crate::media::crop::Crop;
use crate::preset::{VideoCodec, VideoPreset};

/// The filter that tells of each picture of a stream, and lets it pass unchanged. Texts that cameras store with each
/// picture would be printed byte by byte: they are taken off first.
fn watch(input: usize) -> String {
    format!("sidedata=delete:SEI_UNREGISTERED,showinfo@{input}=checksum=0")
}

/// ffmpeg turns the picture upright before the first filter.
pub(super) fn filters(
    (input, picture): (usize, &Picture),
    wish: &Wish<'_>,
    colours: Colours,
    too_fast: Option<u32>,
) -> Vec<String> {
    let mut all: Vec<String> = shown(picture).into_iter().collect();
    all.push(watch(input));
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
        // The tone map knows the range itself.
        Colours::ToneMap => "",
        _ if picture.is_rgb() => colour::from_rgb(picture),
        _ if picture.is_full_range() => ":in_range=full:out_range=limited",
        _ => "",
    };
    let range = if woven { format!("{range}:interl=1") } else { range.to_owned() };
    if picture.is_packed_in_few_bits() {
        // Scaling takes their largest value for less than white.
        all.push("format=rgb24".into());
    }
    all.push(resize(picture, wish.size, &range));
    let squeezed = pixel_aspect(picture, wish.size);
    all.push(squeezed.map_or("setsar=1".into(), |aspect| format!("setsar={aspect:.6}:max=1000")));
    if colours == Colours::ToneMap {
        all.push(colour::tone_map(picture, wish.pixel_format()));
    }
    all.extend(colour::set_tags(colours, picture));
    all.extend(wish.filter().map(str::to_owned));
    all
}

/// Takes off what the container hides, which ffmpeg does by itself from 7.1 on. The shape of pixels is said again, for older
/// versions reckon it by the whole.
fn shown(picture: &Picture) -> Option<String> {
    let Crop { left, top, .. } = picture.crop?.turned((360 - picture.rotation) % 360);
    let ((width, height), aspect) = (picture.upright(), picture.pixel_aspect);
    let aspect = if picture.rotation % 180 == 90 { 1.0 / aspect } else { aspect };
    let edge = |size: char, shown: u32, edge: u32| format!("'if(gt(i{size},{shown}),{edge},0)'");
    Some(format!(
        "crop=w='min(iw,{width})':h='min(ih,{height})':x={}:y={}:exact=1,setsar={aspect:.6}",
        edge('w', width, left),
        edge('h', height, top)
    ))
}

/// Editors want the fields as they were taken; everywhere else they become whole pictures. Lines must stay lines for that.
pub(super) fn keeps_fields(picture: &Picture, preset: &VideoPreset) -> bool {
    let even = picture.crop.is_none_or(|crop| crop.top.is_multiple_of(2));
    let lines = target_size(picture, preset).1 == picture.shown().1 && even;
    preset.codec == VideoCodec::ProRes && picture.is_interlaced() && picture.rotation == 0 && lines
}

/// To this size; where sizes change, each picture keeps its shape within it. It is named also where it is that of the
/// source, lest the first picture decide it.
fn resize(picture: &Picture, (width, height): (u32, u32), range: &str) -> String {
    // The quick way from red, green and blue tints them.
    let flags = if picture.is_rgb() { "bicubic+accurate_rnd+full_chroma_int" } else { "bicubic" };
    if picture.sizes.is_empty() {
        return format!("scale={width}:{height}:flags={flags}{range}");
    }
    let fit = |side: u32, other: String| format!("'max(2,2*round(min({side},{other})/2))'");
    let (w, h) = (fit(width, format!("{height}*dar")), fit(height, format!("{width}/dar")));
    format!(
        "scale={w}:{h}:eval=frame:flags={flags}{range},pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:eval=frame"
    )
}

/// Keeps the first frame of each `1/max` of a second, and fills nothing up, as a filter that makes the rate constant
/// would. The twentieth of a frame is for time stamps that are rounded to milliseconds.
fn cap(max: u32) -> String {
    let place = |time: &str| format!("floor({time}*{max}+0.05)");
    format!("select='isnan(prev_selected_t)+gt({},{})'", place("t"), place("prev_selected_t"))
}
