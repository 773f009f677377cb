//! Size and shape of the frame that a picture is encoded in. Pure.
//!
//! Guarantees that a frame fits the preset's box, holds every frame of the source, and is never larger than the
//! source.

use crate::failure::{Failure, Reason};
use crate::media::{MediaInfo, Picture};
use crate::preset::{Preset, VideoCodec, VideoPreset};

/// Maximum number of pixels per frame: 16K.
const MAX_PIXELS: u64 = 15_360 * 8_640;

/// Size of a frame that holds every frame of the source, fitted into the preset's box, never enlarged, with even
/// sides (required by 4:2:0).
pub(super) fn target_size(picture: &Picture, preset: &VideoPreset) -> (u32, u32) {
    let (width, height) = picture.frame();
    let fit = |limit: Option<u32>, side: f64| limit.map_or(1.0, |limit| f64::from(limit) / side.max(1.0));
    let long = fit(preset.box_long, width.max(height));
    let short = fit(preset.box_short, width.min(height));
    let scale = long.min(short).min(1.0);
    let even = |side: f64| (((side * scale).round() as u32) & !1).max(2);
    (even(width), even(height))
}

/// Target size in pixels under this preset, and whether it is smaller than the source. `None` without a moving
/// picture, or for a preset without video.
pub fn within(info: &MediaInfo, preset: &Preset) -> Option<(u32, u32, bool)> {
    let picture = info.video()?.video.as_ref()?;
    let (width, height) = target_size(picture, preset.video.as_ref()?);
    let (long, short) = (width.max(height), width.min(height));
    let frame = picture.frame();
    Some((
        width,
        height,
        f64::from(long) < frame.0.max(frame.1) - 1.0 || f64::from(short) < frame.0.min(frame.1) - 1.0,
    ))
}

/// Relative tolerance for pixel aspect ratios.
const TOLERANCE: f64 = 0.015;

/// Pixel aspect ratio (width / height), where the even sides of this frame would distort the picture; `None`: square.
pub(super) fn pixel_aspect(picture: &Picture, (width, height): (u32, u32)) -> Option<f64> {
    let frame = picture.frame();
    let aspect = frame.0 * f64::from(height) / (frame.1 * f64::from(width)).max(1.0);
    let distorted = picture.sizes.is_empty() && aspect > 0.0 && (aspect - 1.0).abs() > TOLERANCE;
    distorted.then_some(aspect)
}

/// Refuses sizes that the preset's encoders cannot take.
pub(super) fn refuse_size(
    picture: &Picture,
    preset: &VideoPreset,
    (width, height): (u32, u32),
) -> Result<(), Failure> {
    let frame = picture.frame();
    let most = MAX_PIXELS as f64;
    let coded = (f64::from(picture.width), f64::from(picture.height));
    if let Some((width, height)) = [coded, frame].into_iter().find(|(width, height)| width * height > most) {
        return Err(Reason::PictureTooLarge { width, height }.into());
    }
    if preset.codec == VideoCodec::Hevc && (width < 16 || height < 16) {
        return Err(Reason::PictureTooSmall { width, height }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_square_unless_even_sides_distort_the_picture() {
        let of = |width, height, size| {
            pixel_aspect(&Picture { width, height, pixel_aspect: 1.0, ..Picture::default() }, size)
        };
        assert!((of(16, 4096, (8, 1920)).unwrap() - 0.9375).abs() < 1e-9);
        assert!((of(3, 9, (2, 8)).unwrap() - 4.0 / 3.0).abs() < 1e-9);
        for (width, height, size) in [(161, 121, (160, 120)), (3840, 2160, (1920, 1080)), (0, 0, (2, 2))] {
            assert_eq!(of(width, height, size), None, "{width}x{height}");
        }
    }
}
