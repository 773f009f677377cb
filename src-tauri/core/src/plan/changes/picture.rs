//! What becomes of the facts of a picture that is encoded; of one that is copied the container alone decides.

use super::{Fate, Track, lost};
use crate::ledger::{Property, Value, Why};
use crate::media::Picture;
use crate::plan::{PictureSettings, shape};
use crate::preset::{Container, VideoCodec, VideoPreset};
use crate::reason::StreamReason;

pub(super) fn fate(track: &Track<'_>, property: &Property) -> Fate {
    let (picture, preset) = (track.stream.video.as_ref()?, track.preset.video.as_ref()?);
    let Some(spec) = track.planned.action.encoded() else {
        return copied(track.plan.container, picture, property);
    };
    if *property == Property::Rate {
        return rate(picture, preset).filter(|_| spec.frames_change);
    }
    encoded(track, picture, preset, spec.picture()?, property)
}

fn copied(container: Container, picture: &Picture, property: &Property) -> Fate {
    match property {
        Property::Spherical | Property::Stereo if container == Container::Mov => {
            Some(lost(Why::Container(container)))
        }
        Property::Size | Property::Shape if picture.crop.is_some() => {
            let whole = Picture { crop: None, ..picture.clone() };
            let (width, height) = whole.frame();
            Some(match property {
                Property::Size => {
                    let why = Why::Stream(StreamReason::EdgesShown);
                    (Some(Value::Pair(width, height)), why)
                }
                _ => (Some(Value::Number(width / height)), Why::Follows),
            })
        }
        Property::Transparency if picture.alpha_beside && container != Container::Mkv => {
            Some(lost(Why::Container(container)))
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
) -> Fate {
    let colours = settings.colours.as_ref();
    let mapped = picture.is_hdr() && colours.is_some_and(|colours| colours.transfer == "bt709");
    let text = |word: &str| Some(Value::Text(word.to_owned()));
    match property {
        Property::Size => {
            let (width, height) = shape::target_size(picture, preset);
            let shown = f64::from(width) * shape::pixel_aspect(picture, (width, height)).unwrap_or(1.0);
            Some((Some(Value::Pair(shown, height.into())), Why::Preset))
        }
        Property::Fields if preset.codec != VideoCodec::ProRes => Some(lost(Why::Preset)),
        Property::FieldRate if preset.codec != VideoCodec::ProRes => {
            Some(lost(Why::Stream(StreamReason::NoFields)))
        }
        Property::Depth => Some((Some(Value::Number(settings.pixels.bits().into())), Why::Preset)),
        Property::Range => Some(lost(Why::Preset)),
        Property::Transfer if mapped => Some((text("bt709"), Why::Encoder)),
        Property::Mastering | Property::Light if mapped => Some(lost(Why::Follows)),
        Property::Mastering | Property::Light if preset.codec == VideoCodec::ProRes => {
            Some(lost(Why::Encoder))
        }
        Property::Primaries => colours.map(|colours| (text(&colours.primaries), Why::Follows)),
        Property::Matrix => colours.map(|colours| (text(&colours.matrix), Why::Follows)),
        Property::Transparency => Some(lost(Why::Encoder)),
        // Said by its frames alone.
        Property::Stereo if !picture.immersive => Some(lost(Why::Encoder)),
        Property::Spherical | Property::Stereo if track.plan.container == Container::Mov => {
            Some(lost(Why::Container(Container::Mov)))
        }
        _ => None,
    }
}

/// Pictures a second beyond the limit of the preset are left out.
fn rate(picture: &Picture, preset: &VideoPreset) -> Fate {
    let (own, most) = picture.rate.zip(preset.max_fps)?;
    Some((Some(Value::Number(own.min(most.into()))), Why::Limit))
}
