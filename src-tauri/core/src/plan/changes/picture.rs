//! Changes to the facts of a video stream. An encoded one depends on the settings, a copied one only on the
//! container.

use super::{Outcome, Track, lost};
use crate::ledger::{ChangeReason, Property, Value};
use crate::media::Picture;
use crate::plan::{PictureSettings, shape};
use crate::preset::{Container, VideoCodec, VideoPreset};
use crate::reason::StreamReason;

pub(super) fn outcome(track: &Track<'_>, property: &Property) -> Outcome {
    let (picture, preset) = (track.stream.video.as_ref()?, track.preset.video.as_ref()?);
    let Some(spec) = track.planned.action.encoded() else {
        return copied(track.plan.container, picture, property);
    };
    if *property == Property::Rate {
        return rate(picture, preset).filter(|_| spec.frames_change);
    }
    encoded(track, picture, preset, spec.picture()?, property)
}

fn copied(container: Container, picture: &Picture, property: &Property) -> Outcome {
    match property {
        Property::Spherical | Property::Stereo if container == Container::Mov => {
            Some(lost(ChangeReason::Container(container)))
        }
        Property::Size | Property::Shape if picture.crop.is_some() => {
            let whole = Picture { crop: None, ..picture.clone() };
            let (width, height) = whole.frame();
            Some(match property {
                Property::Size => {
                    let why = ChangeReason::Stream(StreamReason::EdgesShown);
                    (Some(Value::Pair(width, height)), why)
                }
                _ => (Some(Value::Number(width / height)), ChangeReason::Follows),
            })
        }
        Property::Transparency if picture.alpha_beside && container != Container::Mkv => {
            Some(lost(ChangeReason::Container(container)))
        }
        _ => None,
    }
}

fn encoded(
    track: &Track<'_>,
    picture: &Picture,
    preset: &VideoPreset,
    settings: &PictureSettings,
    property: &Property,
) -> Outcome {
    let colours = settings.colours.as_ref();
    let mapped = picture.is_hdr() && colours.is_some_and(|colours| colours.transfer == "bt709");
    let text = |word: &str| Some(Value::Text(word.to_owned()));
    match property {
        Property::Size => {
            let (width, height) = shape::target_size(picture, preset);
            let shown = f64::from(width) * shape::pixel_aspect(picture, (width, height)).unwrap_or(1.0);
            Some((Some(Value::Pair(shown, height.into())), ChangeReason::Preset))
        }
        Property::Fields if preset.codec != VideoCodec::ProRes => Some(lost(ChangeReason::Preset)),
        Property::FieldRate if preset.codec != VideoCodec::ProRes => {
            Some(lost(ChangeReason::Stream(StreamReason::NoFields)))
        }
        Property::Depth => Some((Some(Value::Number(settings.pixels.bits().into())), ChangeReason::Preset)),
        Property::Range => Some(lost(ChangeReason::Preset)),
        Property::Transfer if mapped => Some((text("bt709"), ChangeReason::Encoder)),
        Property::Mastering | Property::Light if mapped => Some(lost(ChangeReason::Follows)),
        Property::Mastering | Property::Light if preset.codec == VideoCodec::ProRes => {
            Some(lost(ChangeReason::Encoder))
        }
        Property::Primaries => colours.map(|colours| (text(&colours.primaries), ChangeReason::Follows)),
        Property::Matrix => colours.map(|colours| (text(&colours.matrix), ChangeReason::Follows)),
        Property::Transparency => Some(lost(ChangeReason::Encoder)),
        // Signalled in the frames only.
        Property::Stereo if !picture.immersive => Some(lost(ChangeReason::Encoder)),
        Property::Spherical | Property::Stereo if track.plan.container == Container::Mov => {
            Some(lost(ChangeReason::Container(Container::Mov)))
        }
        _ => None,
    }
}

/// The frame rate is capped at the preset's limit.
fn rate(picture: &Picture, preset: &VideoPreset) -> Outcome {
    let (rate, max) = picture.rate.zip(preset.max_fps)?;
    Some((Some(Value::Number(rate.min(max.into()))), ChangeReason::Limit))
}
