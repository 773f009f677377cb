//! Tags of the result as arguments. Pure.

use super::words;
use crate::media::marker;
use crate::plan::{Plan, Planned};
use crate::preset::Container;
use std::ffi::OsString;

/// Arguments that set the plan's tags. `streams`: the written ones, in order.
pub(super) fn arguments(plan: &Plan, streams: &[&Planned]) -> Vec<OsString> {
    let mut all: Vec<OsString> =
        plan.tags_from.into_iter().flat_map(|main| tags_of_streams(main, streams)).collect();
    for tag in &plan.without_tags {
        all.extend(words(&["-metadata", &format!("{tag}="), "-metadata:s", &format!("{tag}=")]));
    }
    // Clipped chapters are written without these tags.
    for (n, tag) in plan.without_chapter_tags.iter().filter(|_| plan.clip.is_none()) {
        all.extend(words(&[&format!("-metadata:c:{n}"), &format!("{tag}=")]));
    }
    for (name, value) in &plan.with_tags {
        all.extend(words(&["-metadata", &format!("{name}={value}")]));
    }
    if plan.container == Container::Mkv && !plan.mark.is_empty() {
        all.extend(words(&["-metadata", &format!("{}={}", marker::TAG, plan.mark)]));
    }
    if let Some(reel) = &plan.reel {
        all.extend(words(&["-metadata:s:v:0", &format!("reel_name={reel}")]));
    }
    all
}

/// Takes the file's tags from stream `main`. Mapping one stream's tags stops ffmpeg from passing on any itself, so
/// each stream is mapped; then the old encoder's name must be removed, and the file's language, which would be that
/// of a track.
fn tags_of_streams(main: usize, streams: &[&Planned]) -> Vec<OsString> {
    let mut all = words(&["-map_metadata:g", &format!("0:s:{main}"), "-metadata", "language="]);
    for (n, stream) in streams.iter().enumerate() {
        all.extend(words(&[&format!("-map_metadata:s:{n}"), &format!("0:s:{}", stream.input)]));
        let (of, converted) = (format!("-metadata:s:{n}"), stream.action.converts());
        if converted {
            all.extend(words(&[&of, "encoder="]));
        }
        if stream.titled_as_film {
            all.extend(words(&[&of, "title="]));
        }
        if let Some(language) = stream.language.as_ref() {
            all.extend(words(&[&of, &format!("language={language}")]));
        }
    }
    all
}
