//! Decides whether a stream is copied: because the container holds it, or because it already is what the preset would
//! produce.

use super::Task;
use crate::media::{CopyFault, Kind, MediaInfo, Picture, Stream};
use crate::preset::{AudioCodec, Container, CopyRule, Depth, VideoCodec, VideoPreset};
use crate::reason::StreamReason;

/// Why a stream is encoded although the preset promises a copy.
pub(super) fn instead(stream: &Stream, rule: CopyRule, task: &Task<'_>) -> Option<StreamReason> {
    let container = task.preset.container;
    let reordered = stream.video.as_ref().is_some_and(|picture| picture.reordered);
    let untimed = task.info.container == "avi" && reordered;
    let codec = || stream.codec.clone();
    let held = || match stream.codec.as_str() {
        _ if untimed => StreamReason::NoPictureTimes,
        "mp2" | "dts" | "truehd" | "opus" | "vorbis" if container == Container::Mp4 => {
            StreamReason::RarelyPlayed { codec: codec(), container }
        }
        _ => StreamReason::CodecNotHeld { codec: codec(), container },
    };
    (rule == CopyRule::WhenHeld).then(|| obstacle(stream).unwrap_or_else(held))
}

/// Padding packets at the end of audio.
const PADDING: u64 = 3;

/// Tolerated gaps in copied audio, in seconds: players that count samples play everything after a gap too early.
const MAX_GAP: f64 = 0.1;

/// Whether all packets of this codec have the same duration.
fn is_steady(codec: &str) -> bool {
    matches!(codec, "aac" | "mp3" | "mp2" | "ac3" | "eac3" | "alac" | "flac" | "dts")
}

/// Measured gaps in audio, in seconds, where they exceed the tolerance.
pub(crate) fn missing(stream: &Stream) -> Option<f64> {
    let span = stream.span.as_ref().filter(|_| stream.kind == Kind::Audio && is_steady(&stream.codec))?;
    Some(span.missing).filter(|missing| *missing > MAX_GAP)
}

/// Why a copy would not show exactly what the original shows: an earlier copy was refused, the edit list hides a part
/// other than the beginning, or the codec's header changes. Known only once packets were measured.
pub(super) fn obstacle(stream: &Stream) -> Option<StreamReason> {
    if stream.copy_fault.is_some() {
        return Some(match stream.copy_fault {
            Some(CopyFault::Big) => StreamReason::CopyTooBig,
            _ => StreamReason::CopyUnfaithful,
        });
    }
    if stream.places {
        return Some(StreamReason::FramesMayTellPlace);
    }
    let span = stream.span.as_ref()?;
    // Encoders pad audio at its end, which an edit list hides too.
    let padding = if stream.kind == Kind::Audio { PADDING } else { 0 };
    if span.hidden_later > padding {
        return Some(StreamReason::EditList);
    }
    (span.headers > 0).then_some(StreamReason::FormatChanges)
}

pub(super) fn video(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> bool {
    match preset.copy {
        // Decoding skips damage; a copy would keep it.
        _ if task.preset.salvage => false,
        CopyRule::Never => false,
        CopyRule::WhenHeld => can_be_copied(task, picture),
        CopyRule::WhenFits => {
            can_be_copied(task, picture) && fits(task, picture, preset) && is_small(task.info, preset)
        }
    }
}

/// Whether the file is below the size limit. A copy of everything stays below it.
fn is_small(info: &MediaInfo, preset: &VideoPreset) -> bool {
    preset.size_mb.is_none_or(|most| info.size.is_some_and(|size| size <= u64::from(most) * 1_000_000))
}

/// With a size limit, audio copied beside an encoded picture would exceed the bit rate reserved for it.
fn leaves_room(task: &Task<'_>) -> bool {
    let video = task.preset.video.as_ref().filter(|video| video.size_mb.is_some());
    video.zip(task.main.video.as_ref()).is_none_or(|(preset, picture)| self::video(task, picture, preset))
}

/// AVI stores no timestamps, so reordered frames cannot be copied from it. In Matroska, frames hidden by an edit list
/// would show again.
fn can_be_copied(task: &Task<'_>, picture: &Picture) -> bool {
    let (main, container) = (task.main, task.preset.container);
    let held = match container {
        Container::Mp4 => {
            matches!(main.codec.as_str(), "h264" | "hevc" | "av1" | "vp9" | "mpeg4" | "mpeg2video")
        }
        Container::Mov => {
            matches!(
                main.codec.as_str(),
                "h264" | "hevc" | "prores" | "mpeg4" | "dnxhd" | "mjpeg" | "mpeg2video"
            )
        }
        Container::Mkv => !matches!(main.codec.as_str(), "rawvideo" | "gif" | "apng" | "h263"),
        Container::M4a => false,
    };
    let hidden = container == Container::Mkv && hides_frames(main, picture);
    held && !hidden && obstacle(main).is_none() && !(task.info.container == "avi" && picture.reordered)
}

fn hides_frames(stream: &Stream, picture: &Picture) -> bool {
    if let Some(span) = &stream.span {
        return span.hidden > 0;
    }
    let shown = stream.seconds.zip(picture.rate).map(|(seconds, rate)| seconds * rate);
    stream.packets.zip(shown).is_some_and(|(packets, shown)| packets as f64 > shown + 2.0)
}

/// Maximum bits per pixel for a copy, so that it is no larger than a good encode.
const BITS_PER_PIXEL: f64 = 0.2;
/// Bit rate (bit/s) that is accepted for any size.
const ALWAYS_ACCEPTED: f64 = 2e6;
/// H.264 that every player decodes: up to profile High, and level 4.2, which is 1080p at 60 frames a second.
const MAX_LEVEL: u32 = 42;

fn fits(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> bool {
    let codec = match preset.codec {
        VideoCodec::H264 => "h264",
        VideoCodec::Hevc => "hevc",
        VideoCodec::Av1 => "av1",
        VideoCodec::ProRes => "prores",
    };
    let common = ["", "Baseline", "Constrained Baseline", "Main", "High"]
        .contains(&task.main.profile.as_str())
        && task.main.level.is_some_and(|level| level <= MAX_LEVEL);
    task.main.codec == codec
        && (preset.codec != VideoCodec::H264 || common)
        && whole(task)
        && samples_fit(picture, preset)
        && rate_fits(task, picture, preset)
}

/// Only containers with timestamps and an index, so that the copy is as reliable as the original.
fn whole(task: &Task<'_>) -> bool {
    ["mov", "matroska", "flv"].iter().any(|name| task.info.container.starts_with(name))
}

fn samples_fit(picture: &Picture, preset: &VideoPreset) -> bool {
    let deep_enough = match preset.depth {
        Depth::Eight => picture.bits == 8 && picture.pixel_format == "yuv420p",
        Depth::Source => picture.pixel_format.starts_with("yuv420p"),
        Depth::Ten => picture.pixel_format == "yuv420p10le",
    };
    let square = (picture.pixel_aspect - 1.0).abs() < 1e-6;
    let even = picture.width.is_multiple_of(2) && picture.height.is_multiple_of(2);
    // A copy would show what the container crops.
    let whole = picture.crop.is_none();
    deep_enough
        && square
        && even
        && whole
        && !picture.is_interlaced()
        && !picture.is_full_range()
        && !picture.is_hdr()
}

fn rate_fits(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> bool {
    let (long, short) = (picture.width.max(picture.height), picture.width.min(picture.height));
    let in_box = preset.box_long.is_none_or(|n| long <= n) && preset.box_short.is_none_or(|n| short <= n);
    let Some(fps) =
        picture.rate.filter(|fps| preset.max_fps.is_none_or(|max| *fps <= f64::from(max) * 1.001))
    else {
        return false;
    };
    let whole_file = || Some(task.info.size? as f64 * 8.0 / task.info.length()?);
    let bits = task.main.bit_rate.map(|rate| rate as f64).or_else(whole_file);
    let most = f64::from(long) * f64::from(short) * fps * BITS_PER_PIXEL;
    in_box && bits.is_some_and(|bits| bits <= most.max(ALWAYS_ACCEPTED))
}

/// Maximum bit rate of copied audio, in bit/s.
const MAX_AUDIO_RATE: u64 = 330_000;

/// Whether the preset's container holds this codec so that common players find it.
fn holds_sound(stream: &Stream, task: &Task<'_>) -> bool {
    let codec = stream.codec.as_str();
    // ffmpeg's muxer refuses the lowest sample rates.
    let mp3 = || codec == "mp3" && stream.sample_rate.is_some_and(|rate| rate >= 16_000);
    match task.preset.container {
        Container::Mp4 => {
            // Some of these are rarely supported in MP4, but players of the original support them. Copied from other
            // containers, Opus would play to the end of its last packet, which those trim.
            let from_mp4 = task.info.container.starts_with("mov");
            let as_before = from_mp4 && matches!(codec, "opus" | "dts" | "truehd");
            matches!(codec, "aac" | "ac3" | "eac3" | "alac" | "flac") || mp3() || as_before
        }
        Container::M4a => matches!(codec, "aac" | "ac3" | "eac3" | "alac") || mp3(),
        Container::Mov => {
            matches!(codec, "aac" | "mp3" | "ac3" | "eac3" | "alac" | "pcm_s16le" | "pcm_s24le")
        }
        Container::Mkv => true,
    }
}

pub(super) fn audio(stream: &Stream, task: &Task<'_>) -> bool {
    let preset = &task.preset.audio;
    let held = holds_sound(stream, task);
    match preset.copy {
        _ if task.preset.salvage || obstacle(stream).is_some() => false,
        CopyRule::Never => false,
        CopyRule::WhenHeld => held,
        CopyRule::WhenFits if missing(stream).is_some() || !leaves_room(task) => false,
        CopyRule::WhenFits => {
            let codec = match preset.codec {
                AudioCodec::Aac => stream.codec == "aac" && matches!(stream.profile.as_str(), "LC" | ""),
                AudioCodec::Opus => stream.codec == "opus",
                AudioCodec::Pcm => stream.codec.starts_with("pcm_s"),
            };
            let channels = stream.channels.is_some_and(|n| n <= preset.channels.unwrap_or(6));
            let slow = stream.bit_rate.is_none_or(|rate| rate <= MAX_AUDIO_RATE);
            held && codec
                && channels
                && slow
                && stream.sample_rate.is_some_and(|r| r <= 48_000)
                && whole(task)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Span;
    use crate::plan::Abilities;
    use crate::preset;

    #[test]
    fn hidden_parts_prevent_a_copy() {
        let with = |kind, span| obstacle(&Stream { kind, span: Some(span), ..Stream::default() }).is_some();
        let hidden = |hidden_later| Span { hidden: 5, hidden_later, ..Span::default() };
        assert!(!with(Kind::Video, hidden(0)), "what is hidden at the beginning stays hidden");
        assert!(with(Kind::Video, hidden(1)));
        assert!(!with(Kind::Audio, hidden(3)) && with(Kind::Audio, hidden(4)), "audio is padded at its end");
        assert!(with(Kind::Video, Span { headers: 1, ..Span::default() }));
        let refused = Stream { copy_fault: Some(CopyFault::Damaged), ..Stream::default() };
        assert!(obstacle(&refused).is_some() && obstacle(&Stream::default()).is_none());
        assert!(obstacle(&Stream { places: true, ..Stream::default() }).is_some());
    }

    #[test]
    fn promised_copy_that_is_converted_has_a_reason() {
        let preset = preset::find("remux-mp4").unwrap();
        let of = |stream: &Stream, rule| {
            let (info, abilities) = (&MediaInfo::default(), &Abilities::default());
            instead(stream, rule, &Task { info, preset, abilities, main: stream })
        };
        let vp8 = Stream { codec: "vp8".into(), ..Stream::default() };
        let not_held = StreamReason::CodecNotHeld { codec: "vp8".into(), container: Container::Mp4 };
        assert_eq!(of(&vp8, CopyRule::WhenHeld), Some(not_held));
        assert_eq!(of(&vp8, CopyRule::WhenFits), None);
        let refused = Stream { copy_fault: Some(CopyFault::Damaged), ..vp8 };
        assert_eq!(of(&refused, CopyRule::WhenHeld), Some(StreamReason::CopyUnfaithful));
    }
}
