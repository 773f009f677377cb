//! Subtitles and covers.

use super::Action;
use crate::media::Stream;

/// Subtitles made of text.
const TEXT: &[&str] = &["subrip", "srt", "ass", "ssa", "webvtt", "text", "microdvd", "subviewer", "eia_608"];

pub(super) fn subtitle(stream: &Stream) -> Action {
    let codec = stream.codec.as_str();
    match codec {
        "mov_text" => Action::Copy { tag: None },
        _ if TEXT.contains(&codec) => Action::Convert {
            codec: "mov_text".into(),
            encoder: "mov_text".into(),
            options: Vec::new(),
            filters: Vec::new(),
            frames_change: false,
            loss: if matches!(codec, "ass" | "ssa") {
                "styles and positions are lost".into()
            } else {
                String::new()
            },
        },
        "hdmv_pgs_subtitle" | "dvd_subtitle" | "dvb_subtitle" | "xsub" => {
            Action::drop("MP4 cannot hold subtitles made of pictures; MKV can")
        }
        _ => Action::drop("subtitles in a format that cannot be converted"),
    }
}

pub(super) fn cover(stream: &Stream) -> Action {
    if matches!(stream.codec.as_str(), "mjpeg" | "png") {
        Action::Copy { tag: None }
    } else {
        Action::drop("a cover in a format that MP4 cannot hold")
    }
}
