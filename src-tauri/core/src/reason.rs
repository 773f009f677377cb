//! Why a plan leaves a stream or a fact out, or encodes what the preset promises to copy.
//!
//! Plain data, stored with plans, checks and remarks. Guarantees that the words which an earlier version stored can still
//! be read and shown. Must not know how a reason is put into words: `words` does.

use crate::preset::Container;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use ts_rs::TS;

/// A reason that concerns one stream. Codecs are in ffprobe's words; empty where unknown.
// The derived functions read and write facts alone; the traits below add the words of earlier versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StreamReason {
    /// The preset keeps nothing but sound.
    SoundOnly,
    /// The preset leaves subtitles out.
    SubtitlesUnwanted,
    /// It belongs to another programme than the film.
    OtherProgramme,
    /// A further picture, of which one is kept.
    FurtherPicture,
    /// A further picture that this ffmpeg cannot decode.
    FurtherPictureUndecoded,
    /// A further picture of a size that cannot be encoded.
    FurtherPictureSize,
    /// A further track, of which one is kept.
    FurtherTrack,
    /// It is only announced.
    Empty,
    /// It is encrypted.
    CopyProtected,
    /// This ffmpeg has no decoder for it.
    NoDecoder,
    /// What its decoder takes is not in the file.
    NothingToDecodeBy,
    /// It is the chapters, which are kept as such.
    Chapters,
    /// It is data that players do not show.
    NotShown,
    /// It may tell a place.
    MayTellPlace,
    /// Its lines tell a place.
    LinesTellPlace,
    /// An attached file, which may tell a place.
    FileMayTellPlace,
    /// An attached picture, which may tell a place.
    CoverMayTellPlace,
    /// Its frames carry data of the camera, which may tell a place.
    FramesMayTellPlace,
    /// The container has no room for it.
    NotHeld {
        /// The container.
        container: Container,
    },
    /// The container has no room for attached files.
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
    /// Subtitles that are drawn, without text.
    SubtitlesDrawn,
    /// Subtitles made of pictures, which the container cannot hold.
    PictureSubtitles {
        /// Their codec.
        codec: String,
        /// The container.
        container: Container,
    },
    /// Subtitles that are not converted.
    SubtitlesNotConverted {
        /// Their codec.
        codec: String,
    },
    /// Subtitles of which no cue was read.
    NoCues,
    /// Subtitles without a text before the end of the film.
    NoText,
    /// Its text could not be written to a file.
    TextNotSaved,
    /// The container gets no covers.
    NoCovers {
        /// The container.
        container: Container,
    },
    /// A cover in a format that the container cannot hold.
    CoverNotHeld {
        /// The container.
        container: Container,
    },
    /// Its container does not say when its pictures are shown.
    NoPictureTimes,
    /// The container cannot hold its codec.
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
    /// A copy was larger than wanted.
    CopyTooBig,
    /// A copy did not show what the original shows.
    CopyUnfaithful,
    /// An edit list hides parts, which a copy would show.
    EditList,
    /// Its format changes in the middle.
    FormatChanges,
    /// A copy shows the edges that the original hides.
    EdgesShown,
    /// The preset makes pictures of fields.
    NoFields,
    /// Words that an earlier version stored.
    Text {
        /// The words.
        text: String,
    },
}

impl<'de> Deserialize<'de> for StreamReason {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<StreamReason, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(StreamReason::Text { text }),
            fact => StreamReason::deserialize(fact).map_err(D::Error::custom),
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
    fn words_of_an_earlier_version_are_read_as_text_and_facts_by_their_names() {
        let read = |json: &str| serde_json::from_str::<StreamReason>(json).unwrap();
        assert_eq!(read(r#""it was odd""#), StreamReason::Text { text: "it was odd".into() });
        let fact = StreamReason::CodecNotHeld { codec: "vp8".into(), container: Container::Mp4 };
        let json = r#"{"kind":"codec_not_held","codec":"vp8","container":"mp4"}"#;
        assert_eq!((serde_json::to_string(&fact).unwrap().as_str(), read(json)), (json, fact));
        assert_eq!(read(r#"{"kind":"text","text":"it was odd"}"#), read(r#""it was odd""#));
    }
}
