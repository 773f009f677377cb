//! Sound: every track that can be decoded is kept.

use super::{Abilities, Action, Task, copy, options};
use crate::media::Stream;
use crate::preset::{AudioCodec, Preset};

/// Why a track is left out of a codec that could be decoded.
const UNKNOWN: &str = "what decoding it takes was not found in the file";

/// Why a track is left out that is only announced.
pub(super) const NOTHING: &str = "it holds nothing";

/// Can this track be decoded here?
pub(super) fn is_readable(stream: &Stream, abilities: &Abilities) -> bool {
    !is_protected(stream) && stream.channels.unwrap_or(0) > 0 && abilities.decodes(&stream.codec)
}

fn is_protected(stream: &Stream) -> bool {
    matches!(stream.tag.as_str(), "enca" | "drms")
}

pub(super) fn action(stream: &Stream, task: &Task<'_>) -> Action {
    if stream.empty {
        return Action::drop(NOTHING);
    }
    if is_protected(stream) {
        return Action::drop("this track is copy-protected");
    }
    if !is_readable(stream, task.abilities) {
        let known = task.abilities.decodes(&stream.codec);
        return Action::drop(if known { UNKNOWN } else { "this ffmpeg cannot decode this track" });
    }
    if copy::audio(stream, task) {
        return Action::Copy { tag: None };
    }
    convert(stream, task)
}

/// Most channels that an encoder here takes.
const MOST: u32 = 8;

/// Most channels of converted sound.
pub(super) fn most_channels(preset: &Preset) -> u32 {
    preset.audio.channels.unwrap_or(MOST).min(MOST)
}

fn convert(stream: &Stream, task: &Task<'_>) -> Action {
    let preset = &task.preset.audio;
    let had = stream.channels.unwrap_or(2);
    let channels = had.min(most_channels(task.preset));
    let most = if preset.codec == AudioCodec::Opus { MOST_OPUS * channels } else { u32::MAX };
    let rate = format!("{}k", kbps(preset.kbps, channels).min(most));
    let (codec, encoder) = match preset.codec {
        AudioCodec::Aac => ("aac", "aac"),
        AudioCodec::Opus => ("opus", "libopus"),
        AudioCodec::Pcm if stream.sample_bits.is_some_and(|bits| bits > 16) => ("pcm_s24le", "pcm_s24le"),
        AudioCodec::Pcm => ("pcm_s16le", "pcm_s16le"),
    };
    // What is missing becomes silence: players that follow samples would let all after it come early, and PCM has no times
    // of its own at all.
    let least = if preset.codec == AudioCodec::Pcm { ":min_hard_comp=0.04" } else { "" };
    let whole = std::iter::once(format!("aresample=async=1{least}"));
    Action::Convert {
        codec: codec.into(),
        encoder: encoder.into(),
        options: if preset.codec == AudioCodec::Pcm { Vec::new() } else { options([("b", &rate)]) },
        filters: whole.chain(layout(stream, channels, preset.codec)).collect(),
        frames_change: false,
        instead: copy::instead(stream, preset.copy, task.preset.container),
    }
}

/// The layout the encoder takes, named lest the first sound that is decoded decide it. Opus knows one for each number of
/// channels, and 5.1(side) is none of them; AAC tells players the usual ones alone, others they have to guess.
fn layout(stream: &Stream, channels: u32, codec: AudioCodec) -> Option<String> {
    let names = ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"];
    let name = names.get(channels.checked_sub(1)? as usize)?;
    let same = stream.channels == Some(channels);
    // Of these ffmpeg guesses a layout with other places, into which it would mix them.
    let guessed = stream.layout.is_empty()
        && matches!((codec, channels), (AudioCodec::Opus, 3 | 4) | (AudioCodec::Aac, 3));
    if same && guessed {
        return Some(format!("channelmap=channel_layout={name}"));
    }
    let takes_any = match codec {
        AudioCodec::Opus => false,
        AudioCodec::Aac => !matches!(channels, 5 | 6 | 8),
        AudioCodec::Pcm => true,
    };
    let kept = if same && takes_any { stream.layout.as_str() } else { name };
    let nameable = !kept.is_empty() && !kept.contains(' ');
    nameable.then(|| format!("aformat=channel_layouts={kept}"))
}

/// The most that Opus takes for a channel, in kilobits a second.
const MOST_OPUS: u32 = 256;

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
    use crate::media::{Kind, MediaInfo};
    use crate::preset;

    fn fate(track: &Stream, preset: &str) -> Action {
        let info = MediaInfo { container: "mov,mp4".into(), ..MediaInfo::default() };
        let preset = preset::find(preset).unwrap();
        action(track, &Task { info: &info, preset, abilities: &Abilities::default(), main: track })
    }

    fn track(codec: &str) -> Stream {
        Stream { kind: Kind::Audio, codec: codec.into(), channels: Some(6), ..Stream::default() }
    }

    #[test]
    fn remux_copies_what_mp4_holds_and_converts_the_rest() {
        assert_eq!(fate(&track("ac3"), "remux-mp4"), Action::Copy { tag: None });
        assert!(matches!(fate(&track("vorbis"), "remux-mp4"), Action::Convert { .. }));
    }

    #[test]
    fn surround_gets_its_share_and_an_unknown_codec_is_dropped_aloud() {
        let Action::Convert { options, .. } = fate(&track("dts"), "web-1080p") else { panic!() };
        assert_eq!(options, [("b".to_owned(), "480k".to_owned())]);
        assert!(
            matches!(fate(&track(""), "web-1080p"), Action::Drop { reason, .. } if reason.contains("cannot decode"))
        );
    }

    #[test]
    fn each_encoder_gets_a_layout_it_takes_and_a_mixdown_is_said() {
        let side = Stream { layout: "5.1(side)".into(), ..track("ac3") };
        let filters =
            |action: Action| if let Action::Convert { filters, .. } = action { filters } else { panic!() };
        assert_eq!(filters(fate(&side, "archive-av1")), ["aresample=async=1", "aformat=channel_layouts=5.1"]);
        assert_eq!(filters(fate(&side, "web-1080p")), ["aresample=async=1", "aformat=channel_layouts=5.1"]);
        assert_eq!(
            filters(fate(&side, "edit-prores")),
            ["aresample=async=1:min_hard_comp=0.04", "aformat=channel_layouts=5.1(side)"],
            "named, lest stereo before it decides"
        );
        let Action::Convert { filters, .. } = fate(&side, "fit-size") else { panic!() };
        assert_eq!(filters, ["aresample=async=1", "aformat=channel_layouts=stereo"]);
    }

    #[test]
    fn sound_that_already_fits_is_copied() {
        let fits = Stream {
            channels: Some(2),
            sample_rate: Some(48_000),
            profile: "LC".into(),
            bit_rate: Some(128_000),
            ..track("aac")
        };
        assert_eq!(fate(&fits, "web-1080p"), Action::Copy { tag: None });
        for other in [
            Stream { sample_rate: Some(96_000), ..fits.clone() },
            Stream { profile: "HE-AAC".into(), ..fits.clone() },
            Stream { channels: Some(8), ..fits.clone() },
            Stream { codec: "mp3".into(), ..fits },
        ] {
            assert!(matches!(fate(&other, "web-1080p"), Action::Convert { .. }), "{other:?}");
        }
    }
}
