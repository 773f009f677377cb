//! Size and shape of the frame that a picture is encoded in. Pure.
//!
//! Guarantees that a frame fits the preset's box, holds every picture whole, and is never larger than the picture.

use crate::failure::{Failure, Reason};
use crate::media::{MediaInfo, Picture};
use crate::preset::{Preset, VideoCodec, VideoPreset};

/// Pixels of the largest picture that is worked on: 16K.
const MOST_PIXELS: u64 = 15_360 * 8_640;

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

/// Size of the frame that a moving picture is fitted into by this preset where it is converted, and whether that makes it
/// smaller. Nothing of a preset or a file without one.
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

/// Shapes that differ by less, as a share, are the same.
const SAME: f64 = 0.015;

/// Width of a pixel by its height in a frame of this size whose even sides would squeeze the picture; else pixels are square.
pub(super) fn pixel_aspect(picture: &Picture, (width, height): (u32, u32)) -> Option<f64> {
    let frame = picture.frame();
    let aspect = frame.0 * f64::from(height) / (frame.1 * f64::from(width)).max(1.0);
    let squeezed = picture.sizes.is_empty() && aspect > 0.0 && (aspect - 1.0).abs() > SAME;
    squeezed.then_some(aspect)
}

/// Refuses what no encoder of this preset takes.
pub(super) fn refuse_size(
    picture: &Picture,
    preset: &VideoPreset,
    (width, height): (u32, u32),
) -> Result<(), Failure> {
    let frame = picture.frame();
    let most = MOST_PIXELS as f64;
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
    fn pixels_are_square_but_where_even_sides_squeeze_the_picture() {
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
