//! When a stream is copied instead of encoded again: because the container can hold it, or because it already is
//! what the preset would make of it.

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

/// Packets that fill up the end of sound.
const PADDING: u64 = 3;

/// Seconds that may be missing within sound that is copied: players that follow samples rather than times let all behind a
/// hole come early.
const MOST_MISSING: f64 = 0.1;

/// Are the packets of this codec all equally long?
fn is_steady(codec: &str) -> bool {
    matches!(codec, "aac" | "mp3" | "mp2" | "ac3" | "eac3" | "alac" | "flac" | "dts")
}

/// Seconds that are missing within sound, where that was measured and is worth telling.
pub(crate) fn missing(stream: &Stream) -> Option<f64> {
    let span = stream.span.as_ref().filter(|_| stream.kind == Kind::Audio && is_steady(&stream.codec))?;
    Some(span.missing).filter(|missing| *missing > MOST_MISSING)
}

/// What stands in the way of a copy that shows just what the original shows: a copy was refused, a part is hidden behind
/// the beginning, or another header of the codec begins in the middle. Known once the packets were measured.
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
    // Sound is encoded with some more at its end, which an edit list hides too.
    let padding = if stream.kind == Kind::Audio { PADDING } else { 0 };
    if span.hidden_later > padding {
        return Some(StreamReason::EditList);
    }
    (span.headers > 0).then_some(StreamReason::FormatChanges)
}

pub(super) fn video(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> bool {
    match preset.copy {
        // Decoding passes over what is damaged, a copy would take it along.
        _ if task.preset.salvage => false,
        CopyRule::Never => false,
        CopyRule::WhenHeld => can_be_copied(task, picture),
        CopyRule::WhenFits => {
            can_be_copied(task, picture) && fits(task, picture, preset) && is_small(task.info, preset)
        }
    }
}

/// Is the file below the size that is wanted? As a copy of everything it stays there.
fn is_small(info: &MediaInfo, preset: &VideoPreset) -> bool {
    preset.size_mb.is_none_or(|most| info.size.is_some_and(|size| size <= u64::from(most) * 1_000_000))
}

/// Where a size is aimed at, sound that is copied beside a picture that is not would take what was reckoned for it.
fn leaves_room(task: &Task<'_>) -> bool {
    let video = task.preset.video.as_ref().filter(|video| video.size_mb.is_some());
    video.zip(task.main.video.as_ref()).is_none_or(|(preset, picture)| self::video(task, picture, preset))
}

/// AVI keeps no time stamps of its own: reordered frames cannot be copied out of it. Into Matroska the frames that
/// an edit list hides would come back.
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

/// Bits that a pixel of a frame may take, so that a copy is no bigger than what an encode is good for.
const BITS_PER_PIXEL: f64 = 0.2;
/// Small pictures may take this many bits a second in any case.
const ALWAYS_FINE: f64 = 2e6;
/// H.264 that every player decodes: up to profile High, and level 4.2, which is 1080p at 60 frames.
const HIGHEST_LEVEL: u32 = 42;

fn fits(task: &Task<'_>, picture: &Picture, preset: &VideoPreset) -> bool {
    let codec = match preset.codec {
        VideoCodec::H264 => "h264",
        VideoCodec::Hevc => "hevc",
        VideoCodec::Av1 => "av1",
        VideoCodec::ProRes => "prores",
    };
    let common = ["", "Baseline", "Constrained Baseline", "Main", "High"]
        .contains(&task.main.profile.as_str())
        && task.main.level.is_some_and(|level| level <= HIGHEST_LEVEL);
    task.main.codec == codec
        && (preset.codec != VideoCodec::H264 || common)
        && whole(task)
        && samples_fit(picture, preset)
        && rate_fits(task, picture, preset)
}

/// Only out of containers that keep time stamps and an index, so that the copy is as sound as the original.
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
    // A copy shows again what the container hides.
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
    in_box && bits.is_some_and(|bits| bits <= most.max(ALWAYS_FINE))
}

/// Bits a second of AAC above which it is encoded again.
const MOST_AUDIO: u64 = 330_000;

/// Can the container of this preset hold it, so that common players find it there?
fn holds_sound(stream: &Stream, task: &Task<'_>) -> bool {
    let codec = stream.codec.as_str();
    // Of the lowest rates ffmpeg's muxer takes none.
    let mp3 = || codec == "mp3" && stream.sample_rate.is_some_and(|rate| rate >= 16_000);
    match task.preset.container {
        Container::Mp4 => {
            // Few players know some of these there, but those that play the original do. Out of other containers a copy of
            // Opus would last until the end of its last packet, which they cut short.
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
            let slow = stream.bit_rate.is_none_or(|rate| rate <= MOST_AUDIO);
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
    fn what_a_copy_would_show_again_stands_in_its_way() {
        let with = |kind, span| obstacle(&Stream { kind, span: Some(span), ..Stream::default() }).is_some();
        let hidden = |hidden_later| Span { hidden: 5, hidden_later, ..Span::default() };
        assert!(!with(Kind::Video, hidden(0)), "what is hidden at the beginning alone stays hidden");
        assert!(with(Kind::Video, hidden(1)));
        assert!(
            !with(Kind::Audio, hidden(3)) && with(Kind::Audio, hidden(4)),
            "sound is filled up at its end"
        );
        assert!(with(Kind::Video, Span { headers: 1, ..Span::default() }));
        let refused = Stream { copy_fault: Some(CopyFault::Damaged), ..Stream::default() };
        assert!(obstacle(&refused).is_some() && obstacle(&Stream::default()).is_none());
        assert!(obstacle(&Stream { places: true, ..Stream::default() }).is_some());
    }

    #[test]
    fn a_promised_copy_that_is_converted_says_why() {
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
