//! Detects interlaced video. Where the header states no field order, as on old tapes and capture cards, the flags of
//! some frames decide, else their content, as judged by ffmpeg's `idet`; without an answer the video counts as
//! progressive. Where the header declares fields, the content of frames at several places may prove it wrong: many
//! broadcasts and cameras flag progressive video as interlaced.

use super::Tools;
use super::capture::{Bounds, capture};
use super::line::{self, Line};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::{Picture, Stream};
use std::ffi::OsString;
use std::path::Path;

/// Frames examined at each place.
const FRAMES: &str = "60";
/// With fewer interlaced frames than this, of `FRAMES`, the video is progressive.
const MIN_INTERLACED: u32 = 10;
/// Heights at which interlaced video exists, in lines.
const HEIGHTS: std::ops::RangeInclusive<u32> = 400..=1152;
/// Codecs that support fields and flag them in each frame.
const FLAGGED: &[&str] = &["dvvideo", "mpeg2video", "mpeg4", "h264", "vc1", "ffv1", "prores", "dnxhd"];
/// Codecs of capture cards, which may contain fields without a flag.
const UNFLAGGED: &[&str] =
    &["mjpeg", "huffyuv", "ffvhuff", "utvideo", "magicyuv", "lagarith", "rawvideo", "v210"];

/// May the video be interlaced although the header does not state it?
pub(super) fn may_be_interlaced(stream: &Stream) -> bool {
    let unstated = |p: &Picture| p.field_order.is_empty() && HEIGHTS.contains(&p.height);
    let unstated = stream.video.as_ref().is_some_and(unstated)
        && [FLAGGED, UNFLAGGED].concat().contains(&stream.codec.as_str());
    unstated || is_ambiguous(stream)
}

/// Of interleaved fields some containers name the one stored first, others the one displayed first; the frames decide.
fn is_ambiguous(stream: &Stream) -> bool {
    let both = |p: &Picture| matches!(p.field_order.as_str(), "tb" | "bt");
    stream.video.as_ref().is_some_and(both) && FLAGGED.contains(&stream.codec.as_str())
}

/// Does the header declare fields, with a codec and a height that often have none?
pub(super) fn may_be_flagged_falsely(stream: &Stream) -> bool {
    let declared = |p: &Picture| p.is_interlaced() && HEIGHTS.contains(&p.height);
    stream.video.as_ref().is_some_and(declared) && FLAGGED.contains(&stream.codec.as_str())
}

/// Stricter threshold of `idet` for proving that there are fields: fine patterns in motion exceed the default of 1.04.
const STRICT_IDET: &str = "idet=intl_thres=1.2";

/// Positions of the examined frames, as fractions of the duration.
const PLACES: [f64; 3] = [0.1, 0.5, 0.85];

/// Do frames at several places show no fields although the header declares them? Still frames do not count.
pub(super) fn looks_progressive(
    tools: &Tools,
    path: &Path,
    stream: &Stream,
    reach: Option<u64>,
    bounds: &Bounds<'_>,
) -> bool {
    let top_first = stream.video.as_ref().is_some_and(Picture::is_top_first);
    let mut all = Counts::default();
    for place in PLACES {
        let arguments = arguments(path, stream, (reach, place), STRICT_IDET);
        let Ok(answer) = capture(&tools.ffmpeg.path, &arguments, bounds) else { return false };
        let Some(counts) = Counts::read(&answer.stderr) else { return false };
        all = Counts {
            top: all.top + counts.top,
            bottom: all.bottom + counts.bottom,
            progressive: all.progressive + counts.progressive,
        };
        if all.shows_fields(top_first) {
            return false;
        }
    }
    all.shows_no_fields(top_first)
}

/// The field order by flags or content: `tff` or `bff`, as in `Picture::field_order`.
pub(super) fn detected_order(
    tools: &Tools,
    path: &Path,
    stream: &Stream,
    reach: Option<u64>,
    bounds: &Bounds<'_>,
) -> Option<&'static str> {
    let answer =
        capture(&tools.ffmpeg.path, &arguments(path, stream, (reach, PLACES[0]), "idet"), bounds).ok()?;
    if UNFLAGGED.contains(&stream.codec.as_str()) {
        by_content(&answer.stderr)
    } else {
        by_flags(&answer.stderr)
    }
}

/// `place` is a fraction of the duration.
fn arguments(path: &Path, stream: &Stream, (reach, place): (Option<u64>, f64), idet: &str) -> Vec<OsString> {
    let filters = format!("showinfo=checksum=0,format=gray,{idet}");
    let start = format!("{:.3}", stream.seconds.unwrap_or(0.0) * place);
    let index = format!("0:{}", stream.index);
    let before = ["-hide_banner", "-nostats", "-nostdin", "-noaccurate_seek", "-ss", &start, "-i"];
    let mut all: Vec<OsString> = reach_arguments(reach).into_iter().map(OsString::from).collect();
    all.extend(guard());
    all.extend(before.iter().map(OsString::from));
    all.push(file_url(path));
    let after = ["-map", &index, "-frames:v", FRAMES, "-vf", &filters, "-f", "null", "-"];
    all.extend(after.map(OsString::from));
    all
}

/// The log lines of this filter. A title in the file may look the same, so the component counts.
fn lines_of<'a>(filter: &str, log: &'a str) -> impl DoubleEndedIterator<Item = Line<'a>> {
    let prefix = format!("Parsed_{filter}_");
    let wrote = move |line: &Line<'_>| line.component.is_some_and(|name| name.starts_with(&prefix));
    log.split(['\n', '\r']).map(line::read).filter(wrote)
}

/// Reads ` i:T ` (top field first), ` i:B ` or ` i:P ` of each frame.
fn by_flags(log: &str) -> Option<&'static str> {
    let frames =
        |flag: &str| lines_of("showinfo", log).filter(|line| line.text.contains(flag)).count() as u32;
    let (top, bottom) = (frames(" i:T "), frames(" i:B "));
    first(top, bottom).filter(|_| top + bottom > frames(" i:P "))
}

/// Frames by their content, as `idet` judges; undetermined ones are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    top: u32,
    bottom: u32,
    progressive: u32,
}

impl Counts {
    /// Reads the last summary. It is of luma only, because subsampled chroma misleads `idet`.
    fn read(log: &str) -> Option<Counts> {
        let sum = lines_of("idet", log).rfind(|line| line.text.starts_with("Multi frame detection"))?;
        let frames = |word: &str| {
            let count = sum.text.split(word).nth(1).and_then(|rest| rest.split_whitespace().next());
            count.and_then(|n| n.parse::<u32>().ok()).unwrap_or(0)
        };
        Some(Counts { top: frames("TFF:"), bottom: frames("BFF:"), progressive: frames("Progressive:") })
    }

    /// Frames with a consistent field order. In interlaced video one field is always first, usually the one the header
    /// names; fine patterns in motion match either order.
    fn interlaced(self, top_first: bool) -> u32 {
        let (named, other) = if top_first { (self.top, self.bottom) } else { (self.bottom, self.top) };
        if other > 9 * named { other } else { named.saturating_sub(other) }
    }

    fn moving(self) -> u32 {
        self.top + self.bottom + self.progressive
    }

    fn shows_fields(self, top_first: bool) -> bool {
        self.interlaced(top_first) >= MIN_INTERLACED && self.interlaced(top_first) * 3 > self.moving()
    }

    /// Many frames in motion that are not interlaced prove that none is.
    fn shows_no_fields(self, top_first: bool) -> bool {
        self.moving() >= 3 * MIN_INTERLACED && self.interlaced(top_first) * 8 <= self.moving()
    }
}

/// Fine patterns look interlaced too, but not in nearly every frame.
fn by_content(log: &str) -> Option<&'static str> {
    let Counts { top, bottom, progressive } = Counts::read(log)?;
    first(top, bottom).filter(|_| top.max(bottom) > 9 * (top.min(bottom) + progressive))
}

/// The first field, if enough frames are interlaced.
fn first(top: u32, bottom: u32) -> Option<&'static str> {
    (top + bottom >= MIN_INTERLACED).then_some(if top >= bottom { "tff" } else { "bff" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: [&str; 3] = ["0x5643e1ee6f00", "000001F2A3B4C5D0", "00007fffff3a7400"];

    #[test]
    fn flags_are_read_in_the_format_of_old_and_new_versions() {
        for address in ADDRESSES {
            for (middle, end) in [("pos:     5794 fmt:yuv420p", "\n"), ("fmt:yuv420p cl:left", "\r\n")] {
                let frames = |flag: &str| {
                    let line = format!("{middle} sar:1/1 s:720x576 i:{flag} iskey:1 type:I {end}");
                    format!("[Parsed_showinfo_0 @ {address}] n:   0 pts:      0 pts_time:0       {line}")
                        .repeat(40)
                };
                assert_eq!(by_flags(&frames("B")), Some("bff"));
                assert_eq!(by_flags(&(frames("P") + &frames("T"))), None, "half and half");
                assert_eq!(by_flags(&frames("P")), None);
            }
        }
        assert_eq!(by_flags("Error while decoding"), None);
        assert_eq!(by_flags(&"    title           : s:720x576 i:T iskey:1\n".repeat(40)), None, "a title");
    }

    #[test]
    fn content_must_be_conclusive() {
        for address in ADDRESSES {
            let line = |sum: &str| {
                format!("[Parsed_idet_2 @ {address}] Multi frame detection: {sum} Undetermined: 3")
            };
            // New versions write an empty summary first.
            let log = |sum: &str| format!("{}\r\nframe=    3 fps=0.0\r{}\r\n", line("TFF: 0"), line(sum));
            assert_eq!(by_content(&log("TFF:    40 BFF:     1 Progressive:     2")), Some("tff"));
            assert_eq!(by_content(&log("TFF: 37 BFF: 0 Progressive: 13")), None, "a fine pattern");
            assert_eq!(by_content(&log("TFF: 20 BFF: 20 Progressive: 0")), None, "neither first");
            assert_eq!(by_content(&log("TFF: 4 BFF: 0 Progressive: 0")), None, "too few");
            let title = "    title           : Multi frame detection: TFF: 90 BFF: 0 Progressive: 0\n";
            assert_eq!(by_content(&format!("{}{title}", log("TFF: 0 BFF: 0"))), None, "a title");
        }
        assert_eq!(by_content("Error while decoding"), None);
    }

    #[test]
    fn only_many_progressive_frames_in_motion_disprove_a_flag() {
        let look = |top, bottom, progressive| Counts { top, bottom, progressive }.shows_no_fields(true);
        assert!(look(0, 0, 150) && look(2, 1, 100) && look(29, 23, 9) && look(5, 25, 9), "a fine pattern");
        assert!(!look(90, 0, 5) && !look(0, 90, 5), "whichever field is first");
        assert!(!look(0, 0, 20), "a still scene may be interlaced");
        assert!(!look(24, 0, 36), "telecined film: two of five frames are interlaced");
    }

    #[test]
    fn only_plausibly_interlaced_streams_are_examined() {
        let stream = |codec: &str, height, field_order: &str| Stream {
            codec: codec.into(),
            video: Some(Picture { height, field_order: field_order.into(), ..Picture::default() }),
            ..Stream::default()
        };
        assert!(may_be_interlaced(&stream("dvvideo", 576, "")));
        assert!(!may_be_interlaced(&stream("dvvideo", 576, "progressive")), "stated");
        assert!(
            may_be_flagged_falsely(&stream("h264", 1080, "tt"))
                && !may_be_flagged_falsely(&stream("h264", 1080, "progressive"))
        );
        assert!(
            !may_be_flagged_falsely(&stream("h264", 240, "tt"))
                && !may_be_flagged_falsely(&stream("mjpeg", 576, "tt"))
        );
        assert!(!may_be_interlaced(&stream("vp9", 576, "")) && !may_be_interlaced(&stream("mjpeg", 240, "")));
    }
}
