//! Whether frames are woven of two fields. Where the header does not say so, as of old tapes and capture cards, the flags of
//! some frames tell, else their look, which ffmpeg's `idet` judges; without an answer the picture counts as progressive.
//! Where the header says so, the look of frames at several places may prove it wrong: many broadcasts and cameras flag what
//! was taken progressively.

use super::Tools;
use super::capture::{Bounds, capture};
use super::line::{self, Line};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::{Picture, Stream};
use std::ffi::OsString;
use std::path::Path;

/// Frames that are looked at from a place on.
const FRAMES: &str = "60";
/// So few woven frames are no tape, in frames of `FRAMES`.
const LEAST: u32 = 10;
/// Heights that were ever recorded in fields, in lines.
const HEIGHTS: std::ops::RangeInclusive<u32> = 400..=1152;
/// Codecs that carry fields, and flag them in each frame.
const FLAGGED: &[&str] = &["dvvideo", "mpeg2video", "mpeg4", "h264", "vc1", "ffv1", "prores", "dnxhd"];
/// Codecs of capture cards, which carry fields and say nothing.
const SILENT: &[&str] =
    &["mjpeg", "huffyuv", "ffvhuff", "utvideo", "magicyuv", "lagarith", "rawvideo", "v210"];

/// Could there be fields that the header does not tell?
pub(super) fn in_question(stream: &Stream) -> bool {
    let silent = |p: &Picture| p.field_order.is_empty() && HEIGHTS.contains(&p.height);
    let silent = stream.video.as_ref().is_some_and(silent)
        && [FLAGGED, SILENT].concat().contains(&stream.codec.as_str());
    silent || is_ambiguous(stream)
}

/// Of lines stored in turn some containers name the field that is stored first, some the one that is shown first; frames tell.
fn is_ambiguous(stream: &Stream) -> bool {
    let both = |p: &Picture| matches!(p.field_order.as_str(), "tb" | "bt");
    stream.video.as_ref().is_some_and(both) && FLAGGED.contains(&stream.codec.as_str())
}

/// Does the header tell of fields, in a codec and of a height that may have none?
pub(super) fn in_doubt(stream: &Stream) -> bool {
    let tells = |p: &Picture| p.is_interlaced() && HEIGHTS.contains(&p.height);
    stream.video.as_ref().is_some_and(tells) && FLAGGED.contains(&stream.codec.as_str())
}

/// How much more than one of its neighbours a field must look like the other, to prove that there are fields: fine patterns that
/// move pass `idet`'s usual 1.04.
const SURE: &str = "idet=intl_thres=1.2";

/// Where frames are looked at, as shares of the length.
const PLACES: [f64; 3] = [0.1, 0.5, 0.85];

/// Do frames at several places show no fields at all, though the header tells of them? What stands still does not tell.
pub(super) fn none_seen(
    tools: &Tools,
    path: &Path,
    stream: &Stream,
    reach: Option<u64>,
    bounds: &Bounds<'_>,
) -> bool {
    let top_first = stream.video.as_ref().is_some_and(Picture::is_top_first);
    let mut all = Look::default();
    for place in PLACES {
        let arguments = arguments(path, stream, (reach, place), SURE);
        let Ok(answer) = capture(&tools.ffmpeg.path, &arguments, bounds) else { return false };
        let Some(look) = Look::read(&answer.stderr) else { return false };
        all = Look {
            top: all.top + look.top,
            bottom: all.bottom + look.bottom,
            progressive: all.progressive + look.progressive,
        };
        if all.shows_fields(top_first) {
            return false;
        }
    }
    all.shows_no_fields(top_first)
}

/// `tff` or `bff`, as of `Picture::field_order`.
pub(super) fn seen(
    tools: &Tools,
    path: &Path,
    stream: &Stream,
    reach: Option<u64>,
    bounds: &Bounds<'_>,
) -> Option<&'static str> {
    let answer =
        capture(&tools.ffmpeg.path, &arguments(path, stream, (reach, PLACES[0]), "idet"), bounds).ok()?;
    if SILENT.contains(&stream.codec.as_str()) { by_look(&answer.stderr) } else { by_flags(&answer.stderr) }
}

/// `place`: as a share of the length.
fn arguments(path: &Path, stream: &Stream, (reach, place): (Option<u64>, f64), idet: &str) -> Vec<OsString> {
    let filters = format!("showinfo=checksum=0,format=gray,{idet}");
    let begin = format!("{:.3}", stream.seconds.unwrap_or(0.0) * place);
    let index = format!("0:{}", stream.index);
    let before = ["-hide_banner", "-nostats", "-nostdin", "-noaccurate_seek", "-ss", &begin, "-i"];
    let mut all: Vec<OsString> = reach_arguments(reach).into_iter().map(OsString::from).collect();
    all.extend(guard());
    all.extend(before.iter().map(OsString::from));
    all.push(file_url(path));
    let after = ["-map", &index, "-frames:v", FRAMES, "-vf", &filters, "-f", "null", "-"];
    all.extend(after.map(OsString::from));
    all
}

/// Lines that this filter wrote; a title of the file may look the same.
fn lines_of<'a>(filter: &str, said: &'a str) -> impl DoubleEndedIterator<Item = Line<'a>> {
    let prefix = format!("Parsed_{filter}_");
    let wrote = move |line: &Line<'_>| line.component.is_some_and(|name| name.starts_with(&prefix));
    said.split(['\n', '\r']).map(line::read).filter(wrote)
}

/// Reads ` i:T ` (top field first), ` i:B ` or ` i:P ` of each frame.
fn by_flags(said: &str) -> Option<&'static str> {
    let frames =
        |flag: &str| lines_of("showinfo", said).filter(|line| line.text.contains(flag)).count() as u32;
    let (top, bottom) = (frames(" i:T "), frames(" i:B "));
    first(top, bottom).filter(|_| top + bottom > frames(" i:P "))
}

/// Frames by what they look like; of the others nothing can be told.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Look {
    top: u32,
    bottom: u32,
    progressive: u32,
}

impl Look {
    /// Reads the last sum, of brightness alone: colour of half height deceives.
    fn read(said: &str) -> Option<Look> {
        let sum = lines_of("idet", said).rfind(|line| line.text.starts_with("Multi frame detection"))?;
        let frames = |word: &str| {
            let count = sum.text.split(word).nth(1).and_then(|rest| rest.split_whitespace().next());
            count.and_then(|n| n.parse::<u32>().ok()).unwrap_or(0)
        };
        Some(Look { top: frames("TFF:"), bottom: frames("BFF:"), progressive: frames("Progressive:") })
    }

    /// Of fields one is always the first, as a rule the one that the header names; fine patterns that move look like either.
    fn woven(self, top_first: bool) -> u32 {
        let (named, other) = if top_first { (self.top, self.bottom) } else { (self.bottom, self.top) };
        if other > 9 * named { other } else { named.saturating_sub(other) }
    }

    fn moving(self) -> u32 {
        self.top + self.bottom + self.progressive
    }

    fn shows_fields(self, top_first: bool) -> bool {
        self.woven(top_first) >= LEAST && self.woven(top_first) * 3 > self.moving()
    }

    /// So many that move and are not woven prove that none is.
    fn shows_no_fields(self, top_first: bool) -> bool {
        self.moving() >= 3 * LEAST && self.woven(top_first) * 8 <= self.moving()
    }
}

/// Fine patterns look woven too, but not in nearly every frame.
fn by_look(said: &str) -> Option<&'static str> {
    let Look { top, bottom, progressive } = Look::read(said)?;
    first(top, bottom).filter(|_| top.max(bottom) > 9 * (top.min(bottom) + progressive))
}

/// Which field comes first, where enough frames are woven.
fn first(top: u32, bottom: u32) -> Option<&'static str> {
    (top + bottom >= LEAST).then_some(if top >= bottom { "tff" } else { "bff" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESSES: [&str; 3] = ["0x5643e1ee6f00", "000001F2A3B4C5D0", "00007fffff3a7400"];

    #[test]
    fn flags_are_believed_in_the_words_of_old_and_new_versions() {
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
    fn a_look_must_be_sure() {
        for address in ADDRESSES {
            let line = |sum: &str| {
                format!("[Parsed_idet_2 @ {address}] Multi frame detection: {sum} Undetermined: 3")
            };
            // New versions write an empty sum first.
            let said = |sum: &str| format!("{}\r\nframe=    3 fps=0.0\r{}\r\n", line("TFF: 0"), line(sum));
            assert_eq!(by_look(&said("TFF:    40 BFF:     1 Progressive:     2")), Some("tff"));
            assert_eq!(by_look(&said("TFF: 37 BFF: 0 Progressive: 13")), None, "a fine pattern");
            assert_eq!(by_look(&said("TFF: 20 BFF: 20 Progressive: 0")), None, "neither first");
            assert_eq!(by_look(&said("TFF: 4 BFF: 0 Progressive: 0")), None, "too few");
            let title = "    title           : Multi frame detection: TFF: 90 BFF: 0 Progressive: 0\n";
            assert_eq!(by_look(&format!("{}{title}", said("TFF: 0 BFF: 0"))), None, "a title");
        }
        assert_eq!(by_look("Error while decoding"), None);
    }

    #[test]
    fn only_many_frames_that_move_and_are_not_woven_prove_a_flag_wrong() {
        let look = |top, bottom, progressive| Look { top, bottom, progressive }.shows_no_fields(true);
        assert!(look(0, 0, 150) && look(2, 1, 100) && look(29, 23, 9) && look(5, 25, 9), "a fine pattern");
        assert!(!look(90, 0, 5) && !look(0, 90, 5), "whichever field is first");
        assert!(!look(0, 0, 20), "what stands still may be of fields");
        assert!(!look(24, 0, 36), "a film that became television: two of five are woven");
    }

    #[test]
    fn only_what_could_be_a_tape_is_looked_at() {
        let stream = |codec: &str, height, field_order: &str| Stream {
            codec: codec.into(),
            video: Some(Picture { height, field_order: field_order.into(), ..Picture::default() }),
            ..Stream::default()
        };
        assert!(in_question(&stream("dvvideo", 576, "")));
        assert!(!in_question(&stream("dvvideo", 576, "progressive")), "told");
        assert!(in_doubt(&stream("h264", 1080, "tt")) && !in_doubt(&stream("h264", 1080, "progressive")));
        assert!(!in_doubt(&stream("h264", 240, "tt")) && !in_doubt(&stream("mjpeg", 576, "tt")));
        assert!(!in_question(&stream("vp9", 576, "")) && !in_question(&stream("mjpeg", 240, "")));
    }
}
