//! What verification found wrong with a result, as data. Must not know how it was found; see `verify`.

use crate::media::Kind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a result is not published. Lengths are in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Fault {
    /// It holds nothing.
    Empty,
    /// ffmpeg ended without saying that it had finished.
    Unfinished,
    /// A planned track is not in it.
    TrackMissing {
        /// What the track carries.
        carries: Kind,
        /// It is a cover.
        cover: bool,
    },
    /// Its length cannot be read.
    LengthUnreadable,
    /// A track has another length than its original.
    OtherLength {
        /// What the track carries.
        carries: Kind,
        /// The track was copied.
        copied: bool,
        /// Its length.
        found: f64,
        /// That of the original; nothing where it tells none.
        expected: Option<f64>,
    },
    /// It has another number of pictures than were decoded.
    OtherCount {
        /// How many it has.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// A copied track has another number of packets than its original.
    OtherPackets {
        /// What the track carries.
        carries: Kind,
        /// How many it has.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// Copied packets differ from those of the original.
    OtherContent,
    /// What was copied meets errors when it is decoded.
    CopyDamaged,
    /// Decoding what was copied did not reach the end.
    CopyUnfinished,
    /// Of the copied pictures not all come out.
    CopyPartlyDecodable {
        /// Pictures that were copied.
        copied: u64,
        /// Pictures that can be decoded.
        decodable: u64,
    },
    /// The time stamps of the copied picture are damaged.
    TimesDamaged,
    /// False times of the original explain an odd length.
    TimesDoubtful,
    /// Where the picture begins is not known.
    BeginUnknown,
    /// The original changes its size or sound within, and the result does not hold that.
    ChangesLost,
    /// It lasts longer than its picture and sound.
    Overlong {
        /// Its length.
        lasts: f64,
        /// Where picture and sound end.
        shown: f64,
    },
    /// It is marked as high dynamic range and has only 8 bits.
    EightBitHdr,
    /// It is declared to be Dolby Vision, and is not.
    FalseDolbyVision,
    /// It is declared to be Dolby Vision of another profile.
    OtherDolbyVision,
    /// It is declared to be Dolby Vision, which the original is not.
    NewDolbyVision,
    /// Its Dolby Vision has no base layer, and is no longer declared.
    LostDolbyVision,
    /// It may tell where it was recorded, though that was to be left out.
    TellsPlace {
        /// What tells it.
        by: PlaceIn,
    },
}

/// What tells a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum PlaceIn {
    /// A tag.
    Tag {
        /// Its name.
        name: String,
    },
    /// A text of its metadata, or metadata that could not be read.
    Text,
    /// Telemetry.
    Telemetry,
    /// The cover.
    Cover,
    /// Subtitles.
    Subtitles,
    /// The picture.
    Picture,
}
