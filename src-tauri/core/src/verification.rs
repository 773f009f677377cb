//! What was checked of a result before it was published, as data: stored with the attempt, shown by every front end.
//!
//! Guarantees that it holds measurements, and planned values only next to them. Must not know how they are worded.

use crate::ledger::Difference;
use crate::media::Kind;
use serde::{Deserialize, Serialize};

/// The verdict on one result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Size of the result in bytes.
    pub size: u64,
    /// Length of the whole result in seconds, from its container.
    pub seconds: Option<f64>,
    /// Its streams, in the order in which they were checked.
    pub streams: Vec<StreamCheck>,
    /// Number of damaged spots found while decoding.
    pub damaged: usize,
    /// Facts of the source that are different in the result or missing.
    #[serde(default)]
    pub changes: Vec<Difference>,
}

/// What was checked of one stream of the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamCheck {
    /// Index in the source.
    pub input: usize,
    /// Kind of stream.
    pub kind: Kind,
    /// A cover, not a moving picture.
    pub cover: bool,
    /// Copied; otherwise converted.
    pub copied: bool,
    /// Codec that was planned.
    pub planned: String,
    /// Codec that was found.
    pub codec: String,
    /// Length in seconds.
    pub seconds: Measure<f64>,
    /// Number of frames.
    pub frames: Measure<u64>,
    /// Evidence for its length.
    pub by: Evidence,
    /// Its packets were compared with the original's and are equal.
    #[serde(default)]
    pub compared: bool,
    /// What was decoded of it; absent where it was neither converted nor decoded as a check.
    pub decoded: Option<Decoded>,
}

/// A quantity of the result next to its expected value; absent where it does not apply or is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Measure<T> {
    /// Expected, from the original.
    pub expected: Option<T>,
    /// Found in the result.
    pub found: Option<T>,
}

/// Evidence for the length of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// Its presence only; it has no length to check.
    #[default]
    Presence,
    /// The header of the original.
    Header,
    /// The packets of the original.
    Packets,
    /// The packets of the original, whose timestamps have discontinuities; its parts were joined.
    JoinedPackets,
    /// What was decoded of the original.
    Decoding,
    /// Its frames, at an assumed rate: the original has no timestamps.
    AssumedRate,
}

/// What was decoded of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decoded {
    /// The file that was decoded.
    pub of: Side,
    /// Video or audio frames.
    pub frames: Option<u64>,
    /// Audio samples.
    pub samples: Option<u64>,
    /// Number of positions decoded; absent: all of it.
    #[serde(default)]
    pub places: Option<usize>,
}

impl Decoded {
    /// The result, decoded at this many positions.
    pub fn at(places: usize) -> Decoded {
        Decoded { of: Side::Result, frames: None, samples: None, places: Some(places) }
    }
}

/// One of the two files of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The original.
    Source,
    /// The result.
    Result,
}
