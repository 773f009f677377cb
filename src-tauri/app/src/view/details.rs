//! The details of a job: its streams, its attempts, and the verification of its result. Plain data.

use super::job::AttemptView;
use super::row::Row;
use serde::Serialize;
use serde_json::Value;
use spool_core::media::Kind;
use spool_core::verify::verification::{Side, StreamCheck, Verification};
use spool_core::words::{self, Sentence};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What was planned for one stream of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StreamDetails {
    /// video, audio, subtitle, data or attachment.
    pub kind: String,
    /// Codec in the original; empty if unknown.
    pub codec: String,
    /// Codec in the result; empty unless it is converted.
    pub into: String,
    /// Kept, Converted or Dropped.
    pub done: String,
    /// Why; may be empty.
    pub note: String,
}

/// The verification of a published result.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Checked {
    /// Number of planned streams, all of which were found.
    pub streams: usize,
    /// Length of the whole result in seconds.
    pub seconds: Option<f64>,
    /// Frames found in the result, and expected.
    pub pictures: Option<Pictures>,
    /// Which file was decoded.
    pub decoded: DecodedOf,
    /// Number of positions at which copied streams were decoded; null unless they were decoded in part.
    pub places: Option<usize>,
    /// Differences from the original, as sentences; also those that its preset makes in every file.
    #[ts(type = "Array<string>")]
    pub changes: Vec<Sentence>,
    /// With `places`: the packets of all copied audio and video streams equal those of the original.
    pub compared: bool,
}

/// Number of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Pictures {
    /// Found in the result.
    pub found: u64,
    /// Expected by the original; null if unknown.
    pub expected: Option<u64>,
}

/// The file of which all audio and video streams were decoded while the result was made or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DecodedOf {
    /// Neither: some streams were not decoded, or not of the same file.
    Some,
    /// The original.
    Original,
    /// The result.
    Result,
}

impl From<&Verification> for Checked {
    fn from(of: &Verification) -> Checked {
        let timed = |s: &&StreamCheck| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        let video = of.streams.iter().find(|s| timed(s) && s.kind == Kind::Video);
        let pictures =
            video.and_then(|s| Some(Pictures { found: s.frames.found?, expected: s.frames.expected }));
        let all = |side| of.streams.iter().filter(timed).all(|s| s.decoded.is_some_and(|d| d.of == side));
        let decoded = match (all(Side::Result), all(Side::Source)) {
            (true, _) => DecodedOf::Result,
            (false, true) => DecodedOf::Original,
            _ => DecodedOf::Some,
        };
        let places = of.streams.iter().filter_map(|s| s.decoded?.places).max();
        let compared = places.is_some() && of.streams.iter().filter(timed).all(|s| !s.copied || s.compared);
        let changes = words::differences(of.changes.iter());
        Checked {
            streams: of.streams.len(),
            seconds: of.seconds,
            pictures,
            decoded,
            places,
            changes,
            compared,
        }
    }
}

/// All details of a job.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Its row.
    #[serde(flatten)]
    pub row: Row,
    /// Fields in which its preset differs from the one with the same id; null for a field that only the latter has.
    #[ts(type = "Record<string, unknown>")]
    pub changed: BTreeMap<String, Option<Value>>,
    /// Folder of the result, as display text.
    pub folder: String,
    /// The verification of the result; null if none is stored, or a later check found the result wrong.
    pub checked: Option<Checked>,
    /// Its streams; empty before they are planned.
    pub streams: Vec<StreamDetails>,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptView>,
}
