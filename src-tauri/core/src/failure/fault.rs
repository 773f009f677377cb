//! Faults that verification found in a result, as data. Must not know how they are found; see `verify`.

use crate::media::Kind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a result is not published. Durations are in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Fault {
    /// It is empty.
    Empty,
    /// ffmpeg did not report that it had finished.
    Unfinished,
    /// A planned track is missing.
    TrackMissing {
        /// What the track carries.
        carries: Kind,
        /// It is a cover.
        cover: bool,
    },
    /// Its duration cannot be read.
    LengthUnreadable,
    /// The duration of a track differs from the original's.
    OtherLength {
        /// What the track carries.
        carries: Kind,
        /// The track was copied.
        copied: bool,
        /// Its duration.
        found: f64,
        /// That of the original; `None` if unknown.
        expected: Option<f64>,
    },
    /// The number of frames differs from the number decoded.
    OtherCount {
        /// Number in the result.
        found: u64,
        /// Expected number.
        expected: u64,
    },
    /// The number of packets of a copied track differs from the original's.
    OtherPackets {
        /// What the track carries.
        carries: Kind,
        /// Number in the result.
        found: u64,
        /// Expected number.
        expected: u64,
    },
    /// Copied packets differ from those of the original.
    OtherContent,
    /// Decoding the copied streams fails in places.
    CopyDamaged,
    /// Decoding the copied streams did not reach the end.
    CopyUnfinished,
    /// Not all copied frames can be decoded.
    CopyPartlyDecodable {
        /// Frames copied.
        copied: u64,
        /// Frames that can be decoded.
        decodable: u64,
    },
    /// The timestamps of the copied video are damaged.
    TimesDamaged,
    /// Wrong timestamps of the original explain an odd duration.
    TimesDoubtful,
    /// The start of the video is unknown.
    BeginUnknown,
    /// The original changes its size or audio format partway, and the result does not.
    ChangesLost,
    /// It is longer than its video and audio.
    Overlong {
        /// Its duration.
        lasts: f64,
        /// The end of video and audio.
        shown: f64,
    },
    /// It is marked as HDR but has only 8 bits.
    EightBitHdr,
    /// It declares Dolby Vision, but is not.
    FalseDolbyVision,
    /// It declares another Dolby Vision profile.
    OtherDolbyVision,
    /// It declares Dolby Vision, unlike the original.
    NewDolbyVision,
    /// Its Dolby Vision has no base layer and is no longer declared.
    LostDolbyVision,
    /// It may reveal where it was recorded, although that was to be left out.
    TellsPlace {
        /// Where the location is.
        by: LocationIn,
    },
}

/// Where location data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum LocationIn {
    /// A tag.
    Tag {
        /// Its name.
        name: String,
    },
    /// A text in its metadata, or unreadable metadata.
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
