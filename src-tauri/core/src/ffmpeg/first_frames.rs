//! The first frames of a file, decoded by the ffprobe that looks at it: headers alone tell neither HLG that a message in
//! the stream announces nor all mastering data.
//!
//! Guarantees that little is decoded: keyframes alone, among few packets, unsmoothed. Must not know what frames say.

use super::Tools;
use super::capture::{Bounds, capture};
use super::sealed::sealed;
use crate::input_guard::reach_arguments;
use crate::media::{self, MediaInfo};
use std::path::Path;

/// Packets of all streams that are read for frames while a file is looked at. Of a codec that knows no other frames than
/// keyframes all are decoded: a large picture takes a tenth of a second each.
const BESIDE: &str = "%+#8";

/// Packets of the picture alone that are read where those hold no keyframe of it: the first, and where the recording
/// begins between two keyframes those of ten seconds.
const ALONE: [&str; 2] = ["%+#2", "%+#300"];

/// Has ffprobe tell of the first frames beside what it tells of headers.
pub(super) fn beside() -> Vec<&'static str> {
    [&["-read_intervals", BESIDE][..], &frames()].concat()
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

/// Adds what the first frames of the moving picture say, where none of it was decoded. Without an answer nothing is added.
pub(super) fn add(tools: &Tools, path: &Path, bounds: &Bounds<'_>, info: &mut MediaInfo) {
    for interval in ALONE {
        let unseen = info.video().filter(|s| s.video.as_ref().is_some_and(|p| !p.seen));
        let Some(index) = unseen.map(|s| s.index.to_string()) else { return };
        let reach = reach_arguments(info.reach);
        let mut more = [&["-select_streams", &index, "-read_intervals", interval][..], &frames()].concat();
        more.extend(reach.iter().map(String::as_str));
        let answer = capture(&tools.ffprobe.path, &sealed(path, &more), bounds).unwrap_or_default();
        if let Err(cause) = media::read_frames(&answer.stdout, info) {
            tracing::warn!(%cause, "the first frames could not be read");
            return;
        }
    }
}
