//! Reasons of a plan, as clauses that follow a colon. Pure.

use super::Sentence;
use super::numbers::in_a_line;
use crate::media::codec_name;
use crate::preset::Container;
use crate::reason::StreamReason;

/// Why a stream or property is left out or changed, without a full stop: `MP4 cannot hold VP8`.
pub fn stream_reason(reason: &StreamReason) -> Sentence {
    Sentence::new(words(reason))
}

pub(super) fn words(reason: &StreamReason) -> String {
    use StreamReason as Why;
    match reason {
        Why::NotHeld { container } => format!("{} cannot hold it", container.name()),
        Why::FilesNotHeld { container } => format!("{} cannot hold attached files", container.name()),
        Why::PictureSubtitles { codec, container } => pictures(codec, *container),
        Why::SubtitlesNotConverted { codec } => not_converted(codec),
        Why::NoCovers { container } => format!("covers are not kept in {}", container.name()),
        Why::CoverNotHeld { container } => {
            format!("a cover in a format that {} cannot hold", container.name())
        }
        Why::CodecNotHeld { codec, container } if codec.is_empty() => {
            format!("{} cannot hold its codec", container.name())
        }
        Why::CodecNotHeld { codec, container } => {
            format!("{} cannot hold {}", container.name(), codec_name(codec))
        }
        Why::RarelyPlayed { codec, container } => {
            format!("few players play {} in {}", codec_name(codec), container.name())
        }
        Why::Text { text } => text.clone(),
        plain => fixed(plain).to_owned(),
    }
}

/// Clauses for reasons without values.
fn fixed(reason: &StreamReason) -> &'static str {
    use StreamReason as Why;
    match reason {
        Why::SoundOnly => "only the sound is kept",
        Why::SubtitlesUnwanted => "the preset leaves subtitles out",
        Why::OtherProgramme => "a stream of another programme",
        Why::FurtherPicture => "a further picture; one is kept",
        Why::FurtherPictureUndecoded => "a further picture that this ffmpeg cannot decode",
        Why::FurtherPictureSize => "a further picture of a size that cannot be encoded",
        Why::FurtherTrack => "a further track; one is kept",
        Why::Empty => "it is empty",
        Why::CopyProtected => "this track is copy-protected",
        Why::NoDecoder => "this ffmpeg cannot decode this track",
        Why::NothingToDecodeBy => "the data needed to decode it was not found in the file",
        Why::Chapters => "the chapters, which are kept as such",
        Why::NotShown => "data that players do not show",
        Why::MayTellPlace => "it may reveal where this was recorded",
        Why::LinesTellPlace => "its lines reveal where this was recorded",
        Why::FileMayTellPlace => "an attached file may reveal where this was recorded; only fonts are kept",
        Why::CoverMayTellPlace => "an attached picture may reveal where this was recorded",
        Why::FramesMayTellPlace => "its frames carry camera data, which may reveal a place",
        Why::FontNotUsed => "only styled subtitles use fonts",
        Why::NotWritten => "ffmpeg could not write it",
        Why::SubtitlesUnreadable => "its subtitles cannot be read",
        Why::SubtitlesDrawn => "its subtitles are drawn, and hold no text",
        Why::NoCues => "subtitles in a format that cannot be converted",
        Why::NoText => "it holds no text",
        Why::TextNotSaved => "its text could not be saved",
        Why::NoPictureTimes => "AVI does not store when its pictures are shown",
        Why::CopyTooBig => "a copy was larger than the target",
        Why::CopyUnfaithful => "a copy did not show what the original shows",
        Why::EditList => "it was trimmed by an edit list, which a copy would undo",
        Why::FormatChanges => "its format changes in the middle",
        Why::EdgesShown => "a copy shows the edges that the original hides",
        Why::NoFields => "this preset does not keep interlacing",
        Why::NotHeld { .. }
        | Why::FilesNotHeld { .. }
        | Why::PictureSubtitles { .. }
        | Why::SubtitlesNotConverted { .. }
        | Why::NoCovers { .. }
        | Why::CoverNotHeld { .. }
        | Why::CodecNotHeld { .. }
        | Why::RarelyPlayed { .. }
        | Why::Text { .. } => "",
    }
}

fn pictures(codec: &str, container: Container) -> String {
    let name = container.name();
    match codec {
        "xsub" => format!("{name} cannot hold subtitles of DivX, which are made of pictures"),
        "dvd_subtitle" if container == Container::Mp4 => {
            "few players show subtitles made of pictures (VobSub) in MP4; MKV holds them".into()
        }
        _ => format!("{name} cannot hold subtitles made of pictures; MKV can"),
    }
}

fn not_converted(codec: &str) -> String {
    match codec {
        "dvb_teletext" => "teletext is not converted".into(),
        "arib_caption" => "captions of Japanese television (ARIB) are not converted".into(),
        "hdmv_text_subtitle" => "text subtitles of Blu-ray are not converted".into(),
        "" | "none" | "unknown" => "subtitles in an unknown format".into(),
        other => format!("subtitles in a format that is not converted ({})", in_a_line(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtitle_reasons_are_correct_for_each_container() {
        let pictures = |codec: &str, container| {
            words(&StreamReason::PictureSubtitles { codec: codec.into(), container })
        };
        let divx = "MOV cannot hold subtitles of DivX, which are made of pictures";
        assert_eq!(pictures("xsub", Container::Mov), divx);
        let few = "few players show subtitles made of pictures (VobSub) in MP4; MKV holds them";
        assert_eq!(pictures("dvd_subtitle", Container::Mp4), few);
        assert_eq!(
            pictures("dvd_subtitle", Container::Mov),
            "MOV cannot hold subtitles made of pictures; MKV can"
        );
        let not_converted = |codec: &str| words(&StreamReason::SubtitlesNotConverted { codec: codec.into() });
        assert_eq!(not_converted("dvb_teletext"), "teletext is not converted");
        assert_eq!(not_converted("none"), "subtitles in an unknown format");
        assert_eq!(not_converted("jacosub"), "subtitles in a format that is not converted (jacosub)");
        assert!(
            not_converted("arib_caption").contains("ARIB")
                && not_converted("hdmv_text_subtitle").contains("Blu-ray")
        );
    }

    #[test]
    fn codecs_and_containers_have_display_names() {
        let (codec, container) = ("vp8".to_owned(), Container::Mp4);
        let held = |codec: &str| words(&StreamReason::CodecNotHeld { codec: codec.into(), container });
        assert_eq!([held("vp8"), held("")], ["MP4 cannot hold VP8", "MP4 cannot hold its codec"]);
        let rare = StreamReason::RarelyPlayed { codec, container };
        assert_eq!(stream_reason(&rare).to_string(), "few players play VP8 in MP4");
        let container = Container::Mov;
        assert_eq!(words(&StreamReason::NotHeld { container }), "MOV cannot hold it");
        assert_eq!(words(&StreamReason::FilesNotHeld { container }), "MOV cannot hold attached files");
        assert_eq!(words(&StreamReason::NoCovers { container }), "covers are not kept in MOV");
        assert_eq!(
            words(&StreamReason::CoverNotHeld { container }),
            "a cover in a format that MOV cannot hold"
        );
    }
}
