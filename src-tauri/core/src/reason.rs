//! Why a plan drops a stream or a fact, or encodes a stream that the preset promises to copy.
//!
//! Plain data, stored with plans, checks and remarks. Guarantees that texts stored by earlier versions can still be
//! read and shown. Must not know how a reason is worded; `words` does.

use crate::preset::Container;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use ts_rs::TS;

/// A reason that concerns one stream. Codecs are ffprobe's names; empty where unknown.
// The derived functions handle typed values only; the impls below add the texts of earlier versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StreamReason {
    /// The preset keeps only audio.
    SoundOnly,
    /// The preset drops subtitles.
    SubtitlesUnwanted,
    /// It belongs to another programme than the main stream.
    OtherProgramme,
    /// A further video stream; only one is kept.
    FurtherPicture,
    /// A further video stream that this ffmpeg cannot decode.
    FurtherPictureUndecoded,
    /// A further video stream whose size cannot be encoded.
    FurtherPictureSize,
    /// A further audio track; only one is kept.
    FurtherTrack,
    /// Declared, but without packets.
    Empty,
    /// Encrypted.
    CopyProtected,
    /// This ffmpeg has no decoder for it.
    NoDecoder,
    /// Parameters that its decoder needs are not in the file.
    NothingToDecodeBy,
    /// A chapter track; chapters are kept as such.
    Chapters,
    /// Data that players do not show.
    NotShown,
    /// It may reveal the location.
    MayTellPlace,
    /// Its cues reveal the location.
    LinesTellPlace,
    /// An attached file that may reveal the location.
    FileMayTellPlace,
    /// A cover that may reveal the location.
    CoverMayTellPlace,
    /// Its frames carry camera data that may reveal the location.
    FramesMayTellPlace,
    /// The container cannot store it.
    NotHeld {
        /// The container.
        container: Container,
    },
    /// The container cannot store attached files.
    FilesNotHeld {
        /// The container.
        container: Container,
    },
    /// A font, which plain subtitles do not use.
    FontNotUsed,
    /// ffmpeg could not write it.
    NotWritten,
    /// Subtitles that could not be read.
    SubtitlesUnreadable,
    /// Subtitles that consist of drawings.
    SubtitlesDrawn,
    /// Bitmap subtitles that the container cannot store.
    PictureSubtitles {
        /// Their codec.
        codec: String,
        /// The container.
        container: Container,
    },
    /// Subtitles in a format that is not converted.
    SubtitlesNotConverted {
        /// Their codec.
        codec: String,
    },
    /// Subtitles without a cue.
    NoCues,
    /// Subtitles without text before the end.
    NoText,
    /// Its cues could not be written to a file.
    TextNotSaved,
    /// Covers are not written into this container.
    NoCovers {
        /// The container.
        container: Container,
    },
    /// A cover in a format that the container cannot store.
    CoverNotHeld {
        /// The container.
        container: Container,
    },
    /// Its container has no presentation timestamps.
    NoPictureTimes,
    /// The container cannot store its codec.
    CodecNotHeld {
        /// The codec.
        codec: String,
        /// The container.
        container: Container,
    },
    /// Few players play the codec in this container.
    RarelyPlayed {
        /// The codec.
        codec: String,
        /// The container.
        container: Container,
    },
    /// A copy exceeded the size limit.
    CopyTooBig,
    /// A copy differed from what the original shows.
    CopyUnfaithful,
    /// An edit list hides parts that a copy would show.
    EditList,
    /// Its format changes within the stream.
    FormatChanges,
    /// A copy shows the edges that the original crops.
    EdgesShown,
    /// The preset deinterlaces.
    NoFields,
    /// A text that an earlier version stored.
    Text {
        /// The text.
        text: String,
    },
}

impl<'de> Deserialize<'de> for StreamReason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<StreamReason, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(StreamReason::Text { text }),
            value => StreamReason::deserialize(value).map_err(D::Error::custom),
        }
    }
}

impl Serialize for StreamReason {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        StreamReason::serialize(self, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_earlier_versions_and_typed_values_are_read() {
        let read = |json: &str| serde_json::from_str::<StreamReason>(json).unwrap();
        assert_eq!(read(r#""it was odd""#), StreamReason::Text { text: "it was odd".into() });
        let typed = StreamReason::CodecNotHeld { codec: "vp8".into(), container: Container::Mp4 };
        let json = r#"{"kind":"codec_not_held","codec":"vp8","container":"mp4"}"#;
        assert_eq!((serde_json::to_string(&typed).unwrap().as_str(), read(json)), (json, typed));
        assert_eq!(read(r#"{"kind":"text","text":"it was odd"}"#), read(r#""it was odd""#));
    }
}
