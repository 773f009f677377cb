//! Arguments of the runs that decode what was copied, out of the result or, to compare, out of the original. Pure.
//!
//! Guarantees that each input is guarded like a source: the content of a copy is as little trusted as its original's.

use super::arguments::{guard, reading, words};
use super::{PLACE, Plan};
use crate::ffmpeg::file_url;
use crate::ffmpeg::probe::reach_arguments;
use std::ffi::OsString;
use std::path::Path;

/// Decodes the copied streams of the result, whole or at the plan's places, to nowhere.
pub fn decode_copies(plan: &Plan, part: &Path) -> Vec<OsString> {
    decode(plan, part, None, &plan.copies().map(|s| plan.specifier(s)).collect::<Vec<_>>())
}

/// The same of their originals: what is damaged there is no fault of the copy.
pub fn decode_originals(plan: &Plan, source: &Path) -> Vec<OsString> {
    decode(plan, source, plan.reach, &plan.copies().map(|s| s.input.to_string()).collect::<Vec<_>>())
}

fn decode(plan: &Plan, file: &Path, reach: Option<u64>, streams: &[String]) -> Vec<OsString> {
    let mut all = reading(plan);
    // What is only decoded to be checked is neither turned upright nor smoothed: damage shows before that.
    let input = ["-noautorotate", "-skip_loop_filter", "all"];
    let mut open = |more: &[&str]| {
        all.extend(guard());
        all.extend(reach_arguments(reach).into_iter().map(OsString::from));
        all.extend(words(&input));
        all.extend(words(more));
        all.push("-i".into());
        all.push(file_url(file));
    };
    for at in &plan.places {
        open(&["-ss", &format!("{at:.3}"), "-t", &format!("{PLACE}")]);
    }
    if plan.places.is_empty() {
        open(&[]);
    }
    for input in 0..plan.places.len().max(1) {
        for stream in streams {
            all.extend(words(&["-map", &format!("{input}:{stream}")]));
        }
    }
    all.extend(words(&["-fps_mode", "passthrough", "-f", "null", "-"]));
    all
}
