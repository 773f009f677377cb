//! Which tags of the original a result has: those of which stream are the film's, and which are left out. Pure.

use super::Task;
use crate::preset::{Container, Metadata, Preset};

/// Tags that say where a video was recorded, in the words of the containers.
const LOCATION: &[&str] =
    &["location", "location-eng", "com.apple.quicktime.location.ISO6709", "xyz", "GPSCoordinates"];

/// Statistics that some programs leave in Matroska, with or without a language: untrue of the result.
const STALE: &[&str] = &[
    "BPS",
    "BPS-eng",
    "DURATION",
    "DURATION-eng",
    "NUMBER_OF_FRAMES",
    "NUMBER_OF_FRAMES-eng",
    "NUMBER_OF_BYTES",
    "NUMBER_OF_BYTES-eng",
    "_STATISTICS_TAGS",
    "_STATISTICS_TAGS-eng",
    "_STATISTICS_WRITING_APP",
    "_STATISTICS_WRITING_APP-eng",
    "_STATISTICS_WRITING_DATE_UTC",
    "_STATISTICS_WRITING_DATE_UTC-eng",
];

/// The stream whose tags are the film's.
pub(super) fn tags_from(task: &Task<'_>) -> Option<usize> {
    (task.info.container == "ogg").then_some(task.main.index)
}

/// Tags that are left out of a result by this preset.
pub(super) fn without(preset: &Preset) -> Vec<String> {
    let location = if preset.metadata == Metadata::StripLocation { LOCATION } else { &[] };
    let stale = if preset.container == Container::Mkv { STALE } else { &[] };
    location.iter().chain(stale).map(|tag| (*tag).to_owned()).collect()
}
