//! Programmes: a transport stream may carry several channels, whose streams do not belong together.
//!
//! Pure. Guarantees that a stream of no programme belongs to each, and that a programme listed again, because its
//! stream list changes in mid-stream, is merged into one.

use super::MediaInfo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One programme of several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Programme {
    /// Its number in the file.
    pub number: i64,
    /// Its service name: untrusted text.
    pub name: Option<String>,
    /// Indexes of its streams in the file.
    pub streams: Vec<usize>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RawProgramme {
    program_id: i64,
    streams: Vec<RawMember>,
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawMember {
    index: usize,
}

/// The programmes with streams, merged by number.
pub(super) fn read(raw: Vec<RawProgramme>) -> Vec<Programme> {
    let mut all: Vec<Programme> = Vec::new();
    for RawProgramme { program_id, streams, mut tags } in raw.into_iter().filter(|p| !p.streams.is_empty()) {
        let known = all.iter().position(|p| p.number == program_id).unwrap_or_else(|| {
            all.push(Programme { number: program_id, ..Programme::default() });
            all.len() - 1
        });
        let programme = &mut all[known];
        programme.name = programme.name.take().or_else(|| tags.remove("service_name"));
        for RawMember { index } in streams {
            if !programme.streams.contains(&index) {
                programme.streams.push(index);
            }
        }
    }
    all
}

impl MediaInfo {
    /// True if both streams belong to programmes, but to none together.
    pub fn are_of_different_programmes(&self, one: usize, other: usize) -> bool {
        let has = |index: usize| self.programmes.iter().any(|p| p.streams.contains(&index));
        let both = self.programmes.iter().any(|p| p.streams.contains(&one) && p.streams.contains(&other));
        has(one) && has(other) && !both
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media;

    fn multiplex() -> MediaInfo {
        let text = r#"{"programs":[
            {"program_id":1,"tags":{"service_name":"One"},"streams":[{"index":0},{"index":1},{"index":4}]},
            {"program_id":2,"streams":[{"index":2},{"index":3},{"index":4}]},
            {"program_id":9,"streams":[]},
            {"program_id":1,"streams":[{"index":0},{"index":6}]}]}"#;
        media::read(text).unwrap()
    }

    #[test]
    fn repeated_programmes_are_merged_and_empty_ones_dropped() {
        let all = multiplex().programmes;
        let one = Programme { number: 1, name: Some("One".into()), streams: vec![0, 1, 4, 6] };
        assert_eq!(all, [one, Programme { number: 2, name: None, streams: vec![2, 3, 4] }]);
    }

    #[test]
    fn streams_of_no_programme_or_several_belong_to_each() {
        let info = multiplex();
        let apart: Vec<usize> = (0..7).filter(|n| info.are_of_different_programmes(0, *n)).collect();
        assert_eq!(apart, [2, 3], "4 belongs to both, 5 to none");
        assert!(
            !info.are_of_different_programmes(5, 0)
                && !MediaInfo::default().are_of_different_programmes(0, 1)
        );
    }
}
