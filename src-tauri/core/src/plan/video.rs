//! Plans the moving picture: copied or converted, with which encoder and options.

use super::colour::{self, Treatment};
use super::encode::{EncodeSpec, PictureSettings, Pixels, Quality, Settings};
use super::encoder::{self, Encoder, HardwareEncoder};
use super::filters::{self, Target};
use super::{Action, Task, copy, refusals, shape, wanted_hardware};
use crate::failure::Failure;
use crate::media::Picture;
use crate::preset::{Container, Depth, Hdr, VideoCodec, VideoPreset};
use crate::reason::StreamReason;

pub(super) fn action(task: &Task<'_>) -> Result<Action, Failure> {
    let picture = task.main.video.clone().unwrap_or_default();
    let Some(preset) = &task.preset.video else { return Ok(Action::leave_out(StreamReason::SoundOnly)) };
    let copied = copy::video(task, &picture, preset);
    refusals::own_colours(&picture, copied, task.preset.container)?;
    if copied {
        let tagged = task.main.codec == "hevc" && task.preset.container != Container::Mkv;
        return Ok(Action::Copy { tag: tagged.then(|| "hvc1".to_owned()) });
    }
    convert(task, &picture, preset)
}

/// Hardware encoder this picture would be encoded with.
pub(super) fn hardware(task: &Task<'_>) -> Option<&'static HardwareEncoder> {
    wanted_hardware(task.preset, task.abilities)
}

/// Frame rates beyond this are taken for timestamp errors: capping them would drop frames that were taken one after
/// the other. Cameras store their fastest recordings as slow motion.
const MAX_PLAUSIBLE_RATE: f64 = 480.0;

fn convert(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> Result<Action, Failure> {
    let size = shape::target_size(picture, preset);
    shape::refuse_size(picture, preset, size)?;
    let high_depth = match preset.depth {
        Depth::Eight => false,
        Depth::Source => picture.bits > 8,
        Depth::Ten => true,
    };
    let rate = picture.rate.filter(|rate| *rate <= MAX_PLAUSIBLE_RATE);
    let fps = preset.max_fps.filter(|max| rate.is_some_and(|rate| rate > f64::from(*max) * 1.001));
    let target = Target {
        preset,
        size,
        colours: treatment(picture, preset, high_depth),
        pixels: pixels(preset.codec, high_depth),
        fps,
    };
    let hardware = hardware(task).map(Encoder::Hardware);
    let encoder = hardware.unwrap_or_else(|| encoder::software(preset, size, picture.rate));
    let settings = Settings::Picture(Box::new(settings(task, picture, &target)));
    Ok(Action::Convert(Box::new(EncodeSpec {
        frames_change: fps.is_some(),
        instead: copy::instead(task.main, preset.copy, task),
        ..EncodeSpec::new(codec(preset.codec), encoder, settings)
    })))
}

/// ffprobe's name of the codec.
fn codec(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::H264 => "h264",
        VideoCodec::Hevc => "hevc",
        VideoCodec::Av1 => "av1",
        VideoCodec::ProRes => "prores",
    }
}

fn pixels(codec: VideoCodec, high_depth: bool) -> Pixels {
    match (codec, high_depth) {
        (VideoCodec::ProRes, _) => Pixels::TenWide,
        (_, true) => Pixels::Ten,
        (_, false) => Pixels::Eight,
    }
}

fn treatment(picture: &Picture, preset: &VideoPreset, high_depth: bool) -> Treatment {
    match (picture.is_hdr(), high_depth && preset.hdr == Hdr::Keep) {
        (true, true) => Treatment::KeepHdr,
        (true, false) => Treatment::ToneMap,
        (false, _) if picture.is_rgb() => Treatment::FromRgb,
        (false, _) => Treatment::Keep,
    }
}

fn settings(task: &Task<'_>, picture: &Picture, target: &Target<'_>) -> PictureSettings {
    let Target { preset, colours: treatment, pixels, .. } = *target;
    let hvc1 = preset.codec == VideoCodec::Hevc && task.preset.container != Container::Mkv;
    let colours = colour::tags(treatment, picture);
    PictureSettings {
        quality: quality(preset),
        speed: preset.speed,
        pixels,
        // An encoder's time base is one tick per frame, which keeps a constant rate exact. At low frame rates frames
        // would shift against the audio, and where they are too uneven, some would be lost.
        fine_clock: picture.fine_clock || picture.rate.is_none_or(|rate| rate < SLOW),
        last_picture: last_picture(task),
        interlaced: filters::keeps_fields(picture, preset),
        tag: hvc1.then(|| "hvc1".to_owned()),
        to_limited_range: colours.is_none() && picture.is_full_range(),
        colours,
        hdr: colour::hdr(treatment, picture),
        filters: filters::filters((task.main.index, picture), target),
    }
}

fn quality(preset: &VideoPreset) -> Quality {
    let rate = preset.kbps.map(|kbps| Quality::Kbps(kbps.into()));
    rate.or(preset.crf.map(Quality::Crf)).unwrap_or(Quality::Fixed)
}

/// Duration of an animation's last frame, which encoders are not given. A share of its own timestamp, as the
/// container's time base is not known beforehand.
fn last_picture(task: &Task<'_>) -> Option<f64> {
    let span = task.main.span.as_ref().filter(|span| task.info.is_animation() && span.last > 0.0)?;
    Some(span.seconds / span.last - 1.0)
}

/// At this frame rate and above, one tick per frame is fine enough: half a tick is 25 ms.
const SLOW: f64 = 20.0;

#[cfg(test)]
mod tests;
