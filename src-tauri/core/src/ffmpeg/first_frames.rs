//! Decodes the first frames of a file with ffprobe: headers show neither HLG that an SEI message announces nor all
//! mastering data.
//!
//! Guarantees that little is decoded: keyframes only, of few packets, without the loop filter. Must not know what the
//! frames mean.

use super::Tools;
use super::capture::{Bounds, capture};
use super::untrusted::json_arguments;
use crate::input_guard::reach_arguments;
use crate::media::{self, MediaInfo};
use std::path::Path;

/// Packets of all streams that are read for frames in the first probe. In an intra-only codec every one is decoded: a
/// large frame takes a tenth of a second each.
const WITH_HEADERS: &str = "%+#8";

/// Packets of the video alone, where those hold no keyframe: the first two, and ten seconds of them where the recording
/// begins between two keyframes.
const VIDEO_ONLY: [&str; 2] = ["%+#2", "%+#300"];

/// Arguments that add the first frames to a probe of headers.
pub(super) fn arguments() -> Vec<&'static str> {
    [&["-read_intervals", WITH_HEADERS][..], &frames()].concat()
}

fn frames() -> [&'static str; 7] {
    [
        "-show_frames",
        "-show_entries",
        media::FRAME_ENTRIES,
        "-skip_frame",
        "nokey",
        "-skip_loop_filter",
        "all",
    ]
}

/// Adds what the first frames of the video contain, where none of them was decoded. Without an answer nothing is added.
pub(super) fn add(tools: &Tools, path: &Path, bounds: &Bounds<'_>, info: &mut MediaInfo) {
    for interval in VIDEO_ONLY {
        let unseen = info.video().filter(|s| s.video.as_ref().is_some_and(|p| !p.seen));
        let Some(index) = unseen.map(|s| s.index.to_string()) else { return };
        let reach = reach_arguments(info.reach);
        let mut more = [&["-select_streams", &index, "-read_intervals", interval][..], &frames()].concat();
        more.extend(reach.iter().map(String::as_str));
        let answer = capture(&tools.ffprobe.path, &json_arguments(path, &more), bounds).unwrap_or_default();
        if let Err(cause) = media::read_frames(&answer.stdout, info) {
            tracing::warn!(%cause, "the first frames could not be read");
            return;
        }
    }
}
