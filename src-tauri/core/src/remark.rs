//! Remarks on a result: facts with their values, one for each thing that a person would miss.
//!
//! Plain data, stored with a job and sent to every front end. Guarantees that sentences stored by earlier versions
//! can still be read and shown. Must not know how a remark is worded; `words` does.

use crate::ledger::Difference;
use crate::media::{CopyFault, Kind};
use crate::reason::StreamReason;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use ts_rs::TS;

/// A remark on a result. Tracks are stream indices in the original.
// The derived functions handle typed values only; the impls below add the sentences of earlier versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Remark {
    /// The readable part of a truncated original was kept.
    Partial {
        /// Length of the readable part, in seconds.
        readable_seconds: f64,
        /// Length of the whole, in seconds.
        whole_seconds: f64,
        /// `whole_seconds` is estimated from the file size.
        reckoned: bool,
        /// Unreadable gaps, from and to, in seconds.
        gaps: Vec<(f64, f64)>,
    },
    /// The original has less than its header declares.
    Incomplete {
        /// Length of the readable part, in seconds.
        readable_seconds: f64,
        /// Length declared by the header, in seconds.
        declared_seconds: f64,
        /// Unreadable gaps, from and to, in seconds.
        gaps: Vec<(f64, f64)>,
    },
    /// The original has fewer bytes than it declares, though its length is right.
    EndMayBeMissing,
    /// Another recording follows in the file.
    SecondRecording,
    /// The original's edit list asks for another playback speed.
    OtherSpeed,
    /// The original's timestamps have discontinuities; its parts were joined.
    PartsJoined,
    /// The original has no timestamps.
    AssumedRate {
        /// Assumed frame rate in Hz.
        rate: f64,
    },
    /// Audio timestamps are damaged: more audio was decoded than they allow for.
    SoundTimesDamaged {
        /// Length of the decoded audio, in seconds.
        decoded_seconds: f64,
        /// Length in the result, in seconds.
        kept_seconds: f64,
    },
    /// The recording begins before its first keyframe.
    LateKeyframe {
        /// How long before, in seconds.
        seconds: f64,
    },
    /// A copied picture is tagged as HDR but has 8 bits, as in the original.
    HdrInEightBits,
    /// A copied picture is no longer declared as Dolby Vision.
    DolbyVisionUndeclared,
    /// Dolby Vision was dropped.
    DolbyVisionLeftOut,
    /// HDR10+ metadata was dropped.
    Hdr10PlusLeftOut,
    /// HDR Vivid metadata was dropped.
    HdrVividLeftOut,
    /// A subtitle cue extends beyond the end of picture and audio.
    Outlasts {
        /// Length of the whole result, in seconds.
        seconds: f64,
        /// End of picture and audio, in seconds.
        shown_seconds: f64,
    },
    /// Chapters that begin after the end were dropped.
    ChaptersBeyondEnd {
        /// How many.
        count: usize,
        /// Of how many.
        of: usize,
    },
    /// A declared track has no packets.
    EmptyTrack {
        /// Its index.
        track: usize,
    },
    /// The picture changes its size.
    SizeChanges {
        /// Sizes in order, with the first.
        sizes: Vec<SizeAt>,
        /// Number of further changes that are not listed.
        more: usize,
    },
    /// Audio changes its layout or sample rate; in the result it is constant.
    SoundChanges {
        /// Its index.
        track: usize,
        /// Formats in order of appearance, each once.
        kinds: Vec<SoundKind>,
    },
    /// A fact of the original is different in the result or missing.
    Differs(Difference),
    /// A telemetry track was dropped.
    TelemetryLeftOut {
        /// Its index.
        track: usize,
        /// Program or device that wrote it.
        writer: String,
        /// Why.
        reason: StreamReason,
    },
    /// Telemetry beyond the end was dropped.
    TelemetryBeyondEnd {
        /// Its index.
        track: usize,
        /// Program or device that wrote it.
        writer: String,
    },
    /// Telemetry is incomplete.
    TelemetryIncomplete {
        /// Its index.
        track: usize,
        /// Program or device that wrote it.
        writer: String,
        /// Packets in the result.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// The original is already below the size limit.
    WithinLimit {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// Left and right channel are separate tracks.
    SingleChannels,
    /// An audio track of the original has gaps.
    SoundMissing {
        /// Its index.
        track: usize,
        /// Total gap, in seconds.
        seconds: f64,
        /// Copied, with the gap; otherwise filled with silence.
        copied: bool,
    },
    /// Subtitles are not UTF-8.
    CodePage {
        /// Their index.
        track: usize,
        /// Code page they were read as.
        page: String,
    },
    /// Closed captions became subtitles.
    CaptionsMoved,
    /// Closed captions were lost.
    CaptionsLost,
    /// Some closed captions were lost.
    CaptionsDamaged,
    /// Frames whose timestamps go back were dropped.
    PicturesBackInTime {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// Frames with duplicate timestamps were dropped.
    PicturesAtOneTime {
        /// How many.
        count: u64,
        /// Of how many.
        of: u64,
    },
    /// Decoding met damage.
    DamagedSpots {
        /// Number of spots.
        count: usize,
        /// There are more, not counted.
        at_least: bool,
    },
    /// The result is bigger than the original.
    Bigger {
        /// Size of the original, in bytes.
        source_bytes: u64,
        /// Size of the result, in bytes.
        result_bytes: u64,
    },
    /// The result would have been bigger; the original is kept instead.
    OriginalKept {
        /// Size of the original, in bytes.
        source_bytes: u64,
        /// Size of the discarded result, in bytes.
        result_bytes: u64,
    },
    /// The hardware encoder failed, and a software encoder was used.
    HardwareFailed,
    /// Encoded a second time, with what the first encode showed.
    EncodedAgain,
    /// A stream could not be copied and was converted.
    NotCopied {
        /// What it carries.
        stream: Kind,
        /// What was wrong with the copy.
        fault: CopyFault,
    },
    /// Overlapping subtitle cues, which the container cannot show.
    OverlappingLines {
        /// How many.
        count: usize,
    },
    /// The original is a result of Spool and was not changed.
    OwnResult,
    /// The file system refused the name of the result; another name was used.
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

/// A frame size and when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SizeAt {
    /// Time in the result, in seconds.
    pub at_seconds: f64,
    /// Width in square pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// An audio format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SoundKind {
    /// Sample rate in Hz.
    pub sample_rate: u32,
    /// Layout by ffmpeg's name, such as `5.1(side)`.
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
    fn sentences_of_earlier_versions_and_typed_values_are_read() {
        let stored = r#"["It was odd.", {"kind": "damaged_spots", "count": 3, "atLeast": false}]"#;
        let read: Vec<Remark> = serde_json::from_str(stored).unwrap();
        let odd = Remark::Text { text: "It was odd.".into() };
        assert_eq!(read, [odd, Remark::DamagedSpots { count: 3, at_least: false }]);
        let again = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Remark>>(&again).unwrap(), read, "{again}");
    }

    #[test]
    fn typed_values_have_stable_names() {
        let gaps = vec![(1.0, 3.5)];
        let partial = Remark::Partial { readable_seconds: 4.0, whole_seconds: 10.0, reckoned: true, gaps };
        let json = r#"{"kind":"partial","readableSeconds":4.0,"wholeSeconds":10.0,"reckoned":true,"gaps":[[1.0,3.5]]}"#;
        assert_eq!(serde_json::to_string(&partial).unwrap(), json);
        assert_eq!(serde_json::from_str::<Remark>(json).unwrap(), partial);
        assert!(serde_json::from_str::<Remark>(r#"{"kind":"of_the_future"}"#).is_err());
        assert!(serde_json::from_str::<Remark>("7").is_err());
    }
}
