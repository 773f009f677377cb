//! Filters that put a picture right before it is encoded: rate, fields, size, shape, colours. Pure.
//!
//! Guarantees that what a container hides is taken off before the watch on what decoding gave, which stands before all else.

use super::colour::{self, Treatment};
use super::encode::{FieldOrder, PictureFilter, Pixels};
use super::shape::{pixel_aspect, target_size};
use crate::media::Picture;
use crate::media::crop::Crop;
use crate::preset::{VideoCodec, VideoPreset};

/// What the filters of a picture are to bring about.
pub(super) struct Target<'a> {
    pub(super) preset: &'a VideoPreset,
    /// Columns and rows.
    pub(super) size: (u32, u32),
    pub(super) colours: Treatment,
    pub(super) pixels: Pixels,
    /// Most frames a second, where there are more.
    pub(super) fps: Option<u32>,
}

/// The filters of the picture of stream `input`. ffmpeg turns the picture upright before the first of them.
pub(super) fn filters((input, picture): (usize, &Picture), target: &Target<'_>) -> Vec<PictureFilter> {
    let mut all: Vec<PictureFilter> = shown(picture).into_iter().collect();
    all.push(PictureFilter::Watch { input });
    all.extend(target.fps.map(|fps| PictureFilter::Cap { fps }));
    all.extend(fields(picture, target.preset));
    if picture.is_packed_in_few_bits() {
        // Scaling takes their largest value for less than white.
        all.push(PictureFilter::Unpack);
    }
    all.push(scale(picture, target));
    all.push(PictureFilter::PixelAspect { aspect: pixel_aspect(picture, target.size) });
    if target.colours == Treatment::ToneMap {
        all.push(colour::tone_map(picture, target.pixels));
    }
    // Newer versions of ffmpeg believe the frames rather than the encoder's options.
    all.extend(colour::named(target.colours, picture).map(|colours| PictureFilter::Tag { colours }));
    all
}

/// Takes off what the container hides, which ffmpeg does by itself from 7.1 on. The shape of pixels is said again, for older
/// versions reckon it by the whole.
fn shown(picture: &Picture) -> Option<PictureFilter> {
    let Crop { left, top, .. } = picture.crop?.turned((360 - picture.rotation) % 360);
    let ((width, height), aspect) = (picture.upright(), picture.pixel_aspect);
    let pixel_aspect = if picture.rotation % 180 == 90 { 1.0 / aspect } else { aspect };
    Some(PictureFilter::Crop { width, height, left, top, pixel_aspect })
}

fn fields(picture: &Picture, preset: &VideoPreset) -> Option<PictureFilter> {
    let progressive = picture.field_order == "progressive";
    if keeps_fields(picture, preset) {
        // Frames without a flag would be encoded as progressive ones.
        let order = if picture.is_top_first() { FieldOrder::TopFirst } else { FieldOrder::BottomFirst };
        Some(PictureFilter::Fields { order })
    } else if picture.false_fields || (progressive && preset.codec == VideoCodec::ProRes) {
        // ProRes tells of each frame what its flag says.
        Some(PictureFilter::Fields { order: FieldOrder::Progressive })
    } else if picture.is_interlaced() {
        // One frame per pair of fields: the number of frames stays. Frames without a flag would count as top first.
        Some(PictureFilter::Deinterlace { bottom_first: picture.field_order == "bff" })
    } else {
        None
    }
}

/// Editors want the fields as they were taken; everywhere else they become whole pictures. Lines must stay lines for that.
pub(super) fn keeps_fields(picture: &Picture, preset: &VideoPreset) -> bool {
    let even = picture.crop.is_none_or(|crop| crop.top.is_multiple_of(2));
    let lines = target_size(picture, preset).1 == picture.shown().1 && even;
    preset.codec == VideoCodec::ProRes && picture.is_interlaced() && picture.rotation == 0 && lines
}

/// To this size; where sizes change, each picture keeps its shape within it. It is named also where it is that of the
/// source, lest the first picture decide it.
fn scale(picture: &Picture, target: &Target<'_>) -> PictureFilter {
    let (width, height) = target.size;
    PictureFilter::Scale {
        width,
        height,
        within: !picture.sizes.is_empty(),
        // The quick way from red, green and blue tints them.
        exact: picture.is_rgb(),
        range: colour::range(target.colours, picture),
        interlaced: keeps_fields(picture, target.preset),
    }
}
