//! A job in full: its streams, its attempts, and what was checked of its result.

use super::job::AttemptView;
use super::row::Row;
use serde::Serialize;
use serde_json::Value;
use spool_core::media::Kind;
use spool_core::verify::verification::{Side, StreamCheck, Verification};
use spool_core::words::{self, Sentence};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What becomes of one stream of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StreamDetails {
    /// video, audio, subtitle, data or attachment.
    pub kind: String,
    /// Its codec in the original; empty where unknown.
    pub codec: String,
    /// The codec of the result, where that is another.
    pub into: String,
    /// Kept, Converted or Dropped.
    pub done: String,
    /// What that costs, or why.
    pub note: String,
}

/// What was checked of a published result.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Checked {
    /// Streams that were planned, each of which was found.
    pub streams: usize,
    /// Length of the whole result in seconds.
    pub seconds: Option<f64>,
    /// Pictures that were found, and how many there were to be.
    pub pictures: Option<Pictures>,
    /// What was decoded of its streams.
    pub decoded: DecodedOf,
    /// Copies were decoded at so many places; null: whole.
    pub places: Option<usize>,
    /// What of the original is not in it, in words; also what its preset does with every file.
    #[ts(type = "Array<string>")]
    pub changes: Vec<Sentence>,
    /// The packets of all those copies were compared with the original's, and are the same.
    pub compared: bool,
}

/// Pictures of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Pictures {
    /// In the result.
    pub found: u64,
    /// By the original; null where that is not known.
    pub expected: Option<u64>,
}

/// Of which file all sound and pictures were decoded while the result was made or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DecodedOf {
    /// Not of all of them: some were copied without.
    Some,
    /// Of the original.
    Original,
    /// Of the result.
    Result,
}

impl From<&Verification> for Checked {
    fn from(of: &Verification) -> Checked {
        let timed = |s: &&StreamCheck| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        let picture = of.streams.iter().find(|s| timed(s) && s.kind == Kind::Video);
        let pictures =
            picture.and_then(|s| Some(Pictures { found: s.frames.found?, expected: s.frames.expected }));
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

/// Everything about one job.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Its row.
    #[serde(flatten)]
    pub row: Row,
    /// In what its preset differs from the one of that id; a setting that only that one has is null.
    #[ts(type = "Record<string, unknown>")]
    pub changed: BTreeMap<String, Option<Value>>,
    /// Folder of the result, to read.
    pub folder: String,
    /// What was checked of the result; null before there is one, and where an earlier version checked it.
    pub checked: Option<Checked>,
    /// Its streams, once planned.
    pub streams: Vec<StreamDetails>,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptView>,
}
