//! What was checked of a result before it was published, as data: kept with the attempt, shown by every face.
//!
//! Guarantees that it holds what was measured, and nothing that was only planned beside its plan. Sentences are made
//! where it is shown.

use crate::ledger::Difference;
use crate::media::Kind;
use serde::{Deserialize, Serialize};

/// The verdict on one result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Size of the result in bytes.
    pub size: u64,
    /// Length of the whole result in seconds, by its container.
    pub seconds: Option<f64>,
    /// Its streams, in the order in which they were checked.
    pub streams: Vec<StreamCheck>,
    /// Damaged spots that decoding met.
    pub damaged: usize,
    /// Facts of the source that are others in the result, or missing.
    #[serde(default)]
    pub changes: Vec<Difference>,
}

/// What was checked of one stream of the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamCheck {
    /// Index of its original in the source.
    pub input: usize,
    /// What it carries.
    pub kind: Kind,
    /// A cover rather than a moving picture.
    pub cover: bool,
    /// Planned as a copy; otherwise it was converted.
    pub copied: bool,
    /// Codec that was planned.
    pub planned: String,
    /// Codec that was found.
    pub codec: String,
    /// Its length in seconds.
    pub seconds: Measure<f64>,
    /// Its pictures.
    pub frames: Measure<u64>,
    /// What its length was held against.
    pub by: Evidence,
    /// Its packets were compared with those of the original, and are the same.
    #[serde(default)]
    pub compared: bool,
    /// What was decoded of it; nothing for what was neither converted nor decoded to be checked.
    pub decoded: Option<Decoded>,
}

/// A quantity of the result beside what it was to be; absent where it does not apply or is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Measure<T> {
    /// By the original.
    pub expected: Option<T>,
    /// In the result.
    pub found: Option<T>,
}

/// What the length of a stream was held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// It is there; it has no length to be checked.
    #[default]
    Presence,
    /// The header of the original.
    Header,
    /// The packets of the original.
    Packets,
    /// The packets of the original, whose clock jumps: its parts were joined.
    JoinedPackets,
    /// What was decoded of the original.
    Decoding,
    /// Its pictures, at a rate that was assumed: the original keeps no times.
    AssumedRate,
}

/// What was decoded of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decoded {
    /// Of which file.
    pub of: Side,
    /// Pictures, or frames of sound.
    pub frames: Option<u64>,
    /// Samples of sound.
    pub samples: Option<u64>,
    /// At how many places; absent: all of it.
    #[serde(default)]
    pub places: Option<usize>,
}

impl Decoded {
    /// The result at so many places.
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
