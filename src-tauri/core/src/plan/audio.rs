//! Sound: every track that can be decoded is kept.

use super::{Action, options};
use crate::media::Stream;
use crate::preset::{AudioCodec, CopyRule, Preset};

/// Codecs that players expect in an MP4.
const MP4_HOLDS: &[&str] = &["aac", "mp3", "ac3", "eac3", "alac"];

pub(super) fn action(stream: &Stream, preset: &Preset) -> Action {
    if matches!(stream.tag.as_str(), "enca" | "drms") {
        return Action::drop("this track is copy-protected");
    }
    let channels = stream.channels.unwrap_or(0);
    if stream.codec.is_empty() || stream.codec == "none" || channels == 0 {
        return Action::drop("this ffmpeg cannot decode this track");
    }
    if preset.audio.copy == CopyRule::WhenHeld && MP4_HOLDS.contains(&stream.codec.as_str()) {
        return Action::Copy { tag: None };
    }
    let (codec, encoder) = match preset.audio.codec {
        AudioCodec::Aac => ("aac", "aac"),
    };
    Action::Convert {
        codec: codec.into(),
        encoder: encoder.into(),
        options: options([("b", &format!("{}k", kbps(preset.audio.kbps, channels)))]),
        filters: Vec::new(),
        frames_change: false,
        loss: String::new(),
    }
}

/// The preset's rate is for stereo; a single channel needs 60 % of it, more channels half of it each.
fn kbps(stereo: u32, channels: u32) -> u32 {
    match channels {
        1 => stereo * 6 / 10,
        2 => stereo,
        n => stereo * n / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Kind;
    use crate::preset;

    fn track(codec: &str) -> Stream {
        Stream { kind: Kind::Audio, codec: codec.into(), channels: Some(6), ..Stream::default() }
    }

    #[test]
    fn remux_copies_what_mp4_holds_and_converts_the_rest() {
        let remux = preset::find("remux-mp4").unwrap();
        assert_eq!(action(&track("ac3"), remux), Action::Copy { tag: None });
        assert!(matches!(action(&track("vorbis"), remux), Action::Convert { .. }));
    }

    #[test]
    fn surround_gets_its_share_and_an_unknown_codec_is_dropped_aloud() {
        let web = preset::find("web-1080p").unwrap();
        let Action::Convert { options, .. } = action(&track("dts"), web) else { panic!() };
        assert_eq!(options, [("b".to_owned(), "480k".to_owned())]);
        assert!(
            matches!(action(&track(""), web), Action::Drop { reason } if reason.contains("cannot decode"))
        );
    }
}
