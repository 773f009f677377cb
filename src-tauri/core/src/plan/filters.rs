//! Chooses the filters before a video encoder: rate, fields, size, shape, colours. Pure.
//!
//! Guarantees that the container's crop comes first, then the report of each decoded frame, then all else.

use super::colour::{self, Treatment};
use super::encode::{FieldOrder, PictureFilter, Pixels};
use super::shape::{pixel_aspect, target_size};
use crate::media::Picture;
use crate::media::crop::Crop;
use crate::preset::{VideoCodec, VideoPreset};

/// What the filters must produce.
pub(super) struct Target<'a> {
    pub(super) preset: &'a VideoPreset,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
    pub(super) colours: Treatment,
    pub(super) pixels: Pixels,
    /// Maximum frame rate, where the source exceeds it.
    pub(super) fps: Option<u32>,
}

/// The filters of stream `input`. ffmpeg applies the rotation before the first of them.
pub(super) fn filters((input, picture): (usize, &Picture), target: &Target<'_>) -> Vec<PictureFilter> {
    let mut all: Vec<PictureFilter> = container_crop(picture).into_iter().collect();
    all.push(PictureFilter::Watch { input });
    all.extend(target.fps.map(|fps| PictureFilter::Cap { fps }));
    all.extend(fields(picture, target.preset));
    if picture.is_packed_in_few_bits() {
        // Scaling would treat their maximum as less than white.
        all.push(PictureFilter::Unpack);
    }
    all.push(scale(picture, target));
    all.push(PictureFilter::PixelAspect { aspect: pixel_aspect(picture, target.size) });
    if target.colours == Treatment::ToneMap {
        all.push(colour::tone_map(picture, target.pixels));
    }
    // Newer versions of ffmpeg use the frames' tags rather than the encoder's options.
    all.extend(colour::tags(target.colours, picture).map(|colours| PictureFilter::Tag { colours }));
    all
}

/// Applies the container's crop, which ffmpeg does itself from 7.1 on. Sets the pixel aspect ratio again, as older
/// versions derive it from the uncropped frame.
fn container_crop(picture: &Picture) -> Option<PictureFilter> {
    let Crop { left, top, .. } = picture.crop?.turned((360 - picture.rotation) % 360);
    let ((width, height), aspect) = (picture.upright(), picture.pixel_aspect);
    let pixel_aspect = if picture.rotation % 180 == 90 { 1.0 / aspect } else { aspect };
    Some(PictureFilter::Crop { width, height, left, top, pixel_aspect })
}

fn fields(picture: &Picture, preset: &VideoPreset) -> Option<PictureFilter> {
    let progressive = picture.field_order == "progressive";
    if keeps_fields(picture, preset) {
        // Frames without a flag would be encoded as progressive.
        let order = if picture.is_top_first() { FieldOrder::TopFirst } else { FieldOrder::BottomFirst };
        Some(PictureFilter::Fields { order })
    } else if picture.false_fields || (progressive && preset.codec == VideoCodec::ProRes) {
        // ProRes stores the flag of each frame.
        Some(PictureFilter::Fields { order: FieldOrder::Progressive })
    } else if picture.is_interlaced() {
        // One frame per pair of fields: the number of frames stays. Frames without a flag would count as top field
        // first.
        Some(PictureFilter::Deinterlace { bottom_first: picture.field_order == "bff" })
    } else {
        None
    }
}

/// Whether the picture stays interlaced: only for editing (`ProRes`), and only where lines are not scaled or rotated.
pub(super) fn keeps_fields(picture: &Picture, preset: &VideoPreset) -> bool {
    let even = picture.crop.is_none_or(|crop| crop.top.is_multiple_of(2));
    let lines = target_size(picture, preset).1 == picture.shown().1 && even;
    preset.codec == VideoCodec::ProRes && picture.is_interlaced() && picture.rotation == 0 && lines
}

/// Scales to the target size, with letterboxing where the frame size changes. The size is set even if it is the
/// source's, so that the first frame does not decide it.
fn scale(picture: &Picture, target: &Target<'_>) -> PictureFilter {
    let (width, height) = target.size;
    PictureFilter::Scale {
        width,
        height,
        within: !picture.sizes.is_empty(),
        // The fast conversion from RGB tints.
        exact: picture.is_rgb(),
        range: colour::range(target.colours, picture),
        interlaced: keeps_fields(picture, target.preset),
    }
}
