//! The moving picture: copied or converted, by which encoder and with which of its options.

use super::checks::{CLOCK, FINE};
use super::colour::{self, Colours};
use super::encoder::{HardwareEncoder, Wish};
use super::{Action, Task, copy, filters, options, refusals, shape, wanted_hardware};
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

/// The hardware encoder that this picture would be encoded with.
pub(super) fn hardware<'a>(task: &Task<'a>) -> Option<&'a HardwareEncoder> {
    wanted_hardware(task.preset, task.abilities)
}

/// Frames per second beyond which a rate is no rate but a fault of time stamps: capping it would throw pictures away
/// that were taken one after the other. Cameras store their fastest recordings slowed down.
const BELIEVED: f64 = 480.0;

fn convert(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> Result<Action, Failure> {
    let size = shape::target_size(picture, preset);
    shape::refuse_size(picture, preset, size)?;
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
        filters: filters::filters((task.main.index, picture), &wish, colours, too_fast),
        frames_change: too_fast.is_some(),
        instead: copy::instead(task.main, preset.copy, task),
    })
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
    if filters::keeps_fields(picture, wish.preset) {
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

#[cfg(test)]
mod tests;
