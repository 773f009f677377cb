//! What is to be said of a result that came out: facts with their values, one for each thing that a person would miss.
//!
//! Plain data, stored with a job and sent to every face. Guarantees that what an earlier version stored, which was a
//! sentence, can still be read and shown. Must not know how a remark is put into words: `words` does.

use crate::ledger::Difference;
use crate::media::{CopyFault, Kind};
use crate::reason::StreamReason;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use ts_rs::TS;

/// A remark on a result. Tracks have the numbers that they have in the original.
// The derived functions read and write facts alone; the traits below add the sentences of earlier versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Remark {
    /// As much as is readable was kept of an original that was cut.
    Partial {
        /// Length of what could be read.
        readable_seconds: f64,
        /// Length of the whole.
        whole_seconds: f64,
        /// The whole is reckoned from the bytes that are there.
        reckoned: bool,
        /// Where nothing could be read within, from and to, in seconds.
        gaps: Vec<(f64, f64)>,
    },
    /// The original holds less than its header declares.
    Incomplete {
        /// Length of what could be read.
        readable_seconds: f64,
        /// Length by the header.
        declared_seconds: f64,
        /// Where nothing could be read within, from and to, in seconds.
        gaps: Vec<(f64, f64)>,
    },
    /// The original has fewer bytes than it states, though its length is right.
    EndMayBeMissing,
    /// Another recording stands behind this one in the file.
    SecondRecording,
    /// The original asks to be played at another speed than the result.
    OtherSpeed,
    /// The clock of the original jumps; its parts were joined.
    PartsJoined,
    /// The original keeps no times.
    AssumedRate {
        /// Pictures a second that were assumed.
        rate: f64,
    },
    /// There is more sound than its times have room for.
    SoundTimesDamaged {
        /// Length of what was decoded.
        decoded_seconds: f64,
        /// Length in the result.
        kept_seconds: f64,
    },
    /// The recording begins before its first keyframe.
    LateKeyframe {
        /// How long before.
        seconds: f64,
    },
    /// A copied picture is marked as high dynamic range and has 8 bits, as the original.
    HdrInEightBits,
    /// A copied picture is no longer declared to be Dolby Vision.
    DolbyVisionUndeclared,
    /// Dolby Vision was left out.
    DolbyVisionLeftOut,
    /// The metadata of HDR10+ was left out.
    Hdr10PlusLeftOut,
    /// The metadata of HDR Vivid was left out.
    HdrVividLeftOut,
    /// A line of subtitles goes on beyond the end of the film.
    Outlasts {
        /// Length of the whole result.
        seconds: f64,
        /// When its picture and sound end.
        shown_seconds: f64,
    },
    /// Chapters that begin after the end of the film were left out.
    ChaptersBeyondEnd {
        /// How many.
        count: usize,
        /// Of how many.
        of: usize,
    },
    /// A track is announced, and nothing of it is there.
    EmptyTrack {
        /// Its number.
        track: usize,
    },
    /// The picture changes its size.
    SizeChanges {
        /// The sizes, beginning with the first.
        sizes: Vec<SizeAt>,
        /// Further changes, which are not listed.
        more: usize,
    },
    /// Sound changes its layout or sample rate; in the result it does not.
    SoundChanges {
        /// Its number.
        track: usize,
        /// Kinds of sound, each once, as they came.
        kinds: Vec<SoundKind>,
    },
    /// A fact of the original is another in the result, or missing.
    Differs(Difference),
    /// A track of telemetry was left out.
    TelemetryLeftOut {
        /// Its number.
        track: usize,
        /// Who wrote it.
        writer: String,
        /// Why.
        reason: StreamReason,
    },
    /// Telemetry beyond the end of the film was left out.
    TelemetryBeyondEnd {
        /// Its number.
        track: usize,
        /// Who wrote it.
        writer: String,
    },
    /// Telemetry is not whole.
    TelemetryIncomplete {
        /// Its number.
        track: usize,
        /// Who wrote it.
        writer: String,
        /// Packets that are left.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// A result below a limit was wanted, and the original is.
    WithinLimit {
        /// The limit.
        limit_bytes: u64,
    },
    /// Left and right are tracks of their own.
    SingleChannels,
    /// Sound is missing within a track of the original.
    SoundMissing {
        /// Its number.
        track: usize,
        /// How much.
        seconds: f64,
        /// It was copied, and there is a hole; otherwise there is silence.
        copied: bool,
    },
    /// Subtitles are no UTF-8.
    CodePage {
        /// Their number.
        track: usize,
        /// As what they were read.
        page: String,
    },
    /// Captions inside the picture became subtitles.
    CaptionsMoved,
    /// Captions inside the picture were lost.
    CaptionsLost,
    /// Some of the captions inside the picture were lost.
    CaptionsDamaged,
    /// Pictures that go back in time were left out.
    PicturesBackInTime {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// Pictures that have the time of another were left out.
    PicturesAtOneTime {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// Decoding met damage.
    DamagedSpots {
        /// At so many places.
        count: usize,
        /// There are more, which were not counted.
        at_least: bool,
    },
    /// The result is bigger than the original.
    Bigger {
        /// Size of the original.
        source_bytes: u64,
        /// Size of the result.
        result_bytes: u64,
    },
    /// The result would have been bigger, and the original is the result.
    OriginalKept {
        /// Size of the original.
        source_bytes: u64,
        /// Size of what was discarded.
        result_bytes: u64,
    },
    /// Graphics hardware could not encode it, and the processor did.
    HardwareFailed,
    /// It was encoded a second time, with what the first time had shown.
    EncodedAgain,
    /// A stream was to be copied and had to be converted.
    NotCopied {
        /// What it carries.
        stream: Kind,
        /// What was wrong with the copy.
        fault: CopyFault,
    },
    /// Lines of subtitles overlap others, which the container cannot show.
    OverlappingLines {
        /// How many.
        count: usize,
    },
    /// The original is a result of Spool and was left as it is.
    OwnResult,
    /// The drive refused the name of the result, which has another one.
    NameRefused {
        /// The name.
        name: String,
    },
    /// A sentence that an earlier version stored.
    Text {
        /// The sentence.
        text: String,
    },
}

/// A size of the picture, and from when on it has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SizeAt {
    /// In seconds of the result.
    pub at_seconds: f64,
    /// In square pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// What sound is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SoundKind {
    /// Samples a second.
    pub sample_rate: u32,
    /// Layout in ffmpeg's words: `5.1(side)`.
    pub layout: String,
}

impl<'de> Deserialize<'de> for Remark {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Remark, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Remark::Text { text }),
            fact => Remark::deserialize(fact).map_err(D::Error::custom),
        }
    }
}

impl Serialize for Remark {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Remark::serialize(self, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_of_an_earlier_version_are_read_beside_facts() {
        let stored = r#"["It was odd.", {"kind": "damaged_spots", "count": 3, "atLeast": false}]"#;
        let read: Vec<Remark> = serde_json::from_str(stored).unwrap();
        let odd = Remark::Text { text: "It was odd.".into() };
        assert_eq!(read, [odd, Remark::DamagedSpots { count: 3, at_least: false }]);
        let again = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Remark>>(&again).unwrap(), read, "{again}");
    }

    #[test]
    fn facts_have_stable_names() {
        let gaps = vec![(1.0, 3.5)];
        let partial = Remark::Partial { readable_seconds: 4.0, whole_seconds: 10.0, reckoned: true, gaps };
        let json = r#"{"kind":"partial","readableSeconds":4.0,"wholeSeconds":10.0,"reckoned":true,"gaps":[[1.0,3.5]]}"#;
        assert_eq!(serde_json::to_string(&partial).unwrap(), json);
        assert_eq!(serde_json::from_str::<Remark>(json).unwrap(), partial);
        assert!(serde_json::from_str::<Remark>(r#"{"kind":"of_the_future"}"#).is_err());
        assert!(serde_json::from_str::<Remark>("7").is_err());
    }
}
