//! Refuses files that cannot be planned, with the reason; and finds the main stream. Pure.

use super::{Abilities, audio};
use crate::failure::{Failure, Reason};
use crate::media::{Kind, MediaInfo, Picture, Stream};
use crate::preset::{Container, Preset};

/// The main stream: the moving picture, or the audio track of an audio preset.
pub(super) fn main_stream<'a>(
    info: &'a MediaInfo,
    preset: &Preset,
    abilities: &Abilities,
) -> Result<&'a Stream, Failure> {
    if preset.video.is_none() {
        let main = info.audio().ok_or(Reason::NoSound)?;
        if main.empty {
            return Err(Reason::EmptySound.into());
        }
        if info.streams.iter().any(|s| s.kind == Kind::Audio && audio::is_readable(s, abilities)) {
            return Ok(main);
        }
        return Err(undecodable_reason(Kind::Audio, main, abilities).into());
    }
    let main = info.video().ok_or(Reason::NoPicture)?;
    unreadable(main, abilities).map_or(Ok(main), Err)
}

fn name_of(stream: &Stream) -> &str {
    if stream.codec.is_empty() { stream.tag.as_str() } else { stream.codec.as_str() }
}

/// Distinguishes a known codec whose parameters are missing from one without a decoder.
fn undecodable_reason(carries: Kind, main: &Stream, abilities: &Abilities) -> Reason {
    let codec = name_of(main).to_owned();
    if abilities.decodes(&main.codec) {
        Reason::NoParameters { carries, codec }
    } else {
        Reason::NoDecoder { carries, codec }
    }
}

/// Why this picture cannot be decoded.
pub(super) fn unreadable(main: &Stream, abilities: &Abilities) -> Option<Failure> {
    if matches!(main.tag.as_str(), "encv" | "drmi") {
        return Some(Reason::CopyProtected { name: None }.into());
    }
    let picture = main.video.as_ref().filter(|p| p.width > 0 && p.height > 0);
    if picture.is_none() || !abilities.decodes(&main.codec) {
        return Some(undecodable_reason(Kind::Video, main, abilities).into());
    }
    None
}

/// Refuses pictures without a base layer, unless copied into a container that declares it.
pub(super) fn own_colours(picture: &Picture, copied: bool, container: Container) -> Result<(), Failure> {
    // ffmpeg's MOV muxer never declares it, and players would interpret the colours wrongly.
    if !picture.has_no_base() || (copied && container != Container::Mov) {
        return Ok(());
    }
    Err(Reason::NoBaseLayer { profile: picture.dolby_vision.unwrap_or(5) }.into())
}

/// Refuses edit lists that change the speed: ffmpeg applies them at normal speed, which gives another part of the
/// recording, too slow or too fast.
pub(super) fn other_speed(info: &MediaInfo, preset: &Preset) -> Result<(), Failure> {
    if !info.other_speed || preset.salvage {
        return Ok(());
    }
    Err(Reason::OtherSpeed.into())
}

/// Refuses two concatenated recordings, whose clocks both begin at 0: ffmpeg's output would be neither of them.
pub(super) fn second_recording(info: &MediaInfo, preset: &Preset) -> Result<(), Failure> {
    if !info.second_recording || preset.salvage {
        return Ok(());
    }
    Err(Reason::SecondRecording.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureCode;
    use crate::plan::{Action, Plan, plan, steps};
    use crate::preset;
    use crate::spec::JobSpec;
    use std::path::Path;

    /// Plan of a spherical picture in Dolby Vision of this profile.
    fn of(profile: u32, preset: &Preset) -> Result<Plan, Failure> {
        let dolby =
            Picture { dolby_vision: Some(profile), transfer: "smpte2084".into(), ..Picture::default() };
        let picture =
            Picture { width: 640, height: 360, pixel_aspect: 1.0, bits: 10, immersive: true, ..dolby };
        let video =
            Stream { kind: Kind::Video, codec: "hevc".into(), video: Some(picture), ..Stream::default() };
        let info = MediaInfo { streams: vec![video], ..MediaInfo::default() };
        plan(&info, &JobSpec::of(preset.clone()), &Abilities::default())
    }

    #[test]
    fn picture_without_base_layer_is_copied_where_that_can_be_declared_else_refused() {
        let copied = |profile, preset: &Preset| {
            of(profile, preset).map(|plan| matches!(plan.streams[0].action, Action::Copy { .. }))
        };
        let mut remux = preset::find("remux-mp4").unwrap().clone();
        assert!(copied(5, &remux).unwrap());
        remux.container = Container::Mov;
        assert!(copied(8, &remux).unwrap());
        assert_eq!(copied(5, &remux).unwrap_err().code(), FailureCode::PlanRefused);
        for preset in ["web-1080p", "small-hevc", "archive-av1", "edit-prores"] {
            let preset = preset::find(preset).unwrap();
            assert_eq!(copied(5, preset).unwrap_err().code(), FailureCode::PlanRefused);
            assert!(!copied(8, preset).unwrap());
        }
    }

    #[test]
    fn mp4_declares_dolby_vision_of_copies_only() {
        let declared = |preset: &str| {
            let plan = of(8, preset::find(preset).unwrap()).unwrap();
            let all = steps(&plan, Path::new("/v/a.mp4"), Path::new("/o/.part"), Path::new("/d/notes"));
            all.iter().flat_map(|step| &step.arguments).any(|word| word == "unofficial")
        };
        assert!(declared("remux-mp4") && !declared("small-hevc") && !declared("web-1080p"));
    }
}
