//! Plans audio tracks: each track that can be decoded is kept.

use super::encode::{EncodeSpec, Settings, SoundFilter, SoundSettings};
use super::encoder::{Encoder, Samples};
use super::{Abilities, Action, Task, channels, copy};
use crate::media::Stream;
use crate::preset::{AudioCodec, Container, Preset};
use crate::reason::StreamReason;

/// Whether ffmpeg can decode this track.
pub(super) fn is_readable(stream: &Stream, abilities: &Abilities) -> bool {
    !is_protected(stream) && stream.channels.unwrap_or(0) > 0 && abilities.decodes(&stream.codec)
}

fn is_protected(stream: &Stream) -> bool {
    matches!(stream.tag.as_str(), "enca" | "drms")
}

pub(super) fn action(stream: &Stream, task: &Task<'_>) -> Action {
    if stream.empty {
        return Action::drop(StreamReason::Empty);
    }
    if is_protected(stream) {
        return Action::drop(StreamReason::CopyProtected);
    }
    if !is_readable(stream, task.abilities) {
        let known = task.abilities.decodes(&stream.codec);
        return Action::drop(if known { StreamReason::NothingToDecodeBy } else { StreamReason::NoDecoder });
    }
    if copy::audio(stream, task) {
        return Action::Copy { tag: None };
    }
    convert(stream, task)
}

/// Maximum number of channels of converted audio.
pub(super) fn most_channels(preset: &Preset) -> u32 {
    let limit = if preset.audio.codec == AudioCodec::Pcm { u32::MAX } else { channels::MAX_CHANNELS };
    preset.audio.channels.unwrap_or(limit).min(limit)
}

fn convert(stream: &Stream, task: &Task<'_>) -> Action {
    let preset = &task.preset.audio;
    let had = stream.channels.unwrap_or(2);
    let channels = channels::fitted(stream, preset.codec, most_channels(task.preset));
    // Silent channels need almost no bits.
    let sounding = had.min(channels.count);
    let max_kbps = if preset.codec == AudioCodec::Opus { MAX_OPUS_KBPS * sounding } else { u32::MAX };
    let kbps = kbps(preset.kbps, sounding).min(max_kbps);
    let is_pcm = preset.codec == AudioCodec::Pcm;
    let (codec, encoder) = match preset.codec {
        AudioCodec::Aac => ("aac", Encoder::Aac),
        AudioCodec::Opus => ("opus", Encoder::Opus),
        AudioCodec::Pcm => (Encoder::Pcm(pcm(stream)).name(), Encoder::Pcm(pcm(stream))),
    };
    // Gaps are filled with silence: players that count samples would play everything after a gap too early, and PCM
    // has no timestamps at all.
    let fill = std::iter::once(SoundFilter::Fill { exact: is_pcm });
    let delayed = preset.codec == AudioCodec::Opus
        && task.preset.container == Container::Mkv
        && task.abilities.early_opus;
    let limited = preset.codec == AudioCodec::Aac && may_exceed(stream) && !channels.limited;
    let filters = fill
        .chain(channels.filters)
        .chain(limited.then_some(FULL_SCALE))
        .chain(delayed.then_some(OPUS_DELAY))
        .collect();
    let settings = SoundSettings { kbps: (!is_pcm).then_some(kbps), filters };
    Action::Convert(Box::new(EncodeSpec {
        instead: copy::instead(stream, preset.copy, task),
        ..EncodeSpec::new(codec, encoder, Settings::Sound(settings))
    }))
}

/// Compensates for the look-ahead of libopus, which is the same at every sample rate.
const OPUS_DELAY: SoundFilter = SoundFilter::Delay { seconds: 0.0065 };

/// ffmpeg's AAC encoder turns samples beyond full scale into noise. Samples below it are unchanged.
const FULL_SCALE: SoundFilter = SoundFilter::Limit { level: 1.0 };

/// Whether samples may exceed full scale: the source itself stores floating point. Lossy codecs decode to floating
/// point too, but only because their decoder does.
fn may_exceed(stream: &Stream) -> bool {
    let lossless = stream.sample_bits.is_some() || stream.codec == "wavpack";
    lossless && matches!(stream.sample_format.trim_end_matches('p'), "flt" | "dbl")
}

/// PCM format that holds this track's samples. Lossy audio gets 16 bits.
fn pcm(stream: &Stream) -> Samples {
    match stream.sample_bits {
        _ if may_exceed(stream) && stream.sample_format.starts_with("dbl") => Samples::Float64,
        _ if may_exceed(stream) => Samples::Float32,
        Some(25..) => Samples::Int32,
        Some(17..) => Samples::Int24,
        _ => Samples::Int16,
    }
}

/// Maximum bit rate of Opus per channel, in kbit/s.
const MAX_OPUS_KBPS: u32 = 256;

/// The preset's bit rate is for stereo; mono gets 60 % of it, and each channel beyond two gets half of it.
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

    fn outcome(track: &Stream, preset: &str) -> Action {
        let info = MediaInfo { container: "mov,mp4".into(), ..MediaInfo::default() };
        let preset = preset::find(preset).unwrap();
        action(track, &Task { info: &info, preset, abilities: &Abilities::default(), main: track })
    }

    fn track(codec: &str) -> Stream {
        Stream { kind: Kind::Audio, codec: codec.into(), channels: Some(6), ..Stream::default() }
    }

    #[test]
    fn remux_copies_codecs_that_mp4_holds_and_converts_the_rest() {
        for codec in ["ac3", "opus", "flac", "dts"] {
            assert_eq!(outcome(&track(codec), "remux-mp4"), Action::Copy { tag: None }, "{codec}");
        }
        for (codec, preset) in [("vorbis", "remux-mp4"), ("opus", "web-1080p"), ("flac", "web-1080p")] {
            assert!(outcome(&track(codec), preset).converts(), "{codec}");
        }
    }

    #[test]
    fn surround_gets_more_bits_and_an_unknown_codec_is_dropped_with_a_reason() {
        let surround = outcome(&track("dts"), "web-1080p");
        assert_eq!(surround.encoded().and_then(|spec| spec.sound()?.kbps), Some(480));
        assert!(matches!(
            outcome(&track(""), "web-1080p"),
            Action::Drop { reason: StreamReason::NoDecoder, .. }
        ));
    }

    #[test]
    fn each_encoder_gets_a_layout_it_supports() {
        let side = Stream { layout: "5.1(side)".into(), ..track("ac3") };
        let filters = |action: Action| {
            let all = &action.encoded().unwrap().sound().unwrap().filters;
            all.iter().map(crate::plan::render::sound_filter).collect::<Vec<_>>()
        };
        assert_eq!(
            filters(outcome(&side, "archive-av1")),
            ["aresample=async=1", "aformat=channel_layouts=5.1"]
        );
        assert_eq!(
            filters(outcome(&side, "web-1080p")),
            ["aresample=async=1", "aformat=channel_layouts=5.1"]
        );
        assert_eq!(
            filters(outcome(&side, "edit-prores")),
            ["aresample=async=1:min_hard_comp=0.04", "aformat=channel_layouts=5.1(side)"],
            "the layout is named, so that earlier stereo frames do not decide it"
        );
    }

    #[test]
    fn pcm_format_is_as_exact_as_the_source() {
        let format_of = |codec: &str, bits, format: &str| {
            pcm(&Stream { sample_bits: bits, sample_format: format.into(), ..track(codec) })
        };
        assert_eq!(format_of("pcm_s16le", Some(16), "s16"), Samples::Int16);
        assert_eq!(
            (format_of("flac", Some(24), "s32"), format_of("pcm_s32be", Some(32), "s32")),
            (Samples::Int24, Samples::Int32)
        );
        assert_eq!(format_of("pcm_f32be", Some(32), "flt"), Samples::Float32);
        assert_eq!(
            (format_of("pcm_f64le", Some(64), "dbl"), format_of("wavpack", None, "fltp")),
            (Samples::Float64, Samples::Float32)
        );
        assert_eq!(format_of("aac", None, "fltp"), Samples::Int16, "lossy codec");
    }

    #[test]
    fn audio_that_already_fits_is_copied() {
        let fits = Stream {
            channels: Some(2),
            sample_rate: Some(48_000),
            profile: "LC".into(),
            bit_rate: Some(128_000),
            ..track("aac")
        };
        assert_eq!(outcome(&fits, "web-1080p"), Action::Copy { tag: None });
        for other in [
            Stream { sample_rate: Some(96_000), ..fits.clone() },
            Stream { profile: "HE-AAC".into(), ..fits.clone() },
            Stream { channels: Some(8), ..fits.clone() },
            Stream { codec: "mp3".into(), ..fits },
        ] {
            assert!(outcome(&other, "web-1080p").converts(), "{other:?}");
        }
    }
}
