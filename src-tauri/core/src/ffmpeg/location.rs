//! Searches for location data that no header names: in subtitle lines, behind covers, between frames; and in all texts
//! of a result. Used only where location data is to be left out.
//!
//! Guarantees the bounds of other probes. A cover, or data between frames, that cannot be read counts as location data.
//! Must not know what becomes of it.

use super::capture::{Bounds, capture_by};
use super::probe::{MEMORY, PATIENCE};
use super::{Controls, Tools, pipe};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::location::lines::Lines;
use crate::media::metadata::{self, Parts};
use crate::media::{Kind, MediaInfo, Stream, covers, user_data};
use crate::policy::Policy;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;

/// A file, and what a search of it needs.
#[derive(Clone, Copy)]
pub(crate) struct LocationSearch<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) path: &'a Path,
    pub(crate) policy: &'a Policy,
    pub(crate) orders: &'a Controls,
}

/// Most bytes read of a cover, or of the messages between frames.
const LIMIT: u64 = 32 << 20;

/// Subtitle codecs that hold bitmaps and have no text lines.
const BITMAP_SUBTITLES: [&str; 5] =
    ["hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "dvb_teletext", "xsub"];

impl LocationSearch<'_> {
    /// Marks subtitles that are logs of locations, and covers that carry further data.
    pub(crate) fn look(&self, info: &mut MediaInfo) {
        let text = |s: &Stream| s.kind == Kind::Subtitle && !BITMAP_SUBTITLES.contains(&s.codec.as_str());
        let logs = if info.streams.iter().any(text) { self.logs(info.reach) } else { BTreeSet::new() };
        let reach = info.reach;
        for stream in &mut info.streams {
            let still = stream.kind == Kind::Video && matches!(stream.codec.as_str(), "mjpeg" | "png");
            stream.places |= logs.contains(&stream.index) || (still && self.holds_more(stream.index, reach));
        }
    }

    /// Marks the video stream if camera data lies between its frames. Reads the whole file.
    pub(crate) fn look_between_frames(&self, info: &mut MediaInfo) {
        let Some((index, codec)) = info.video().map(|video| (video.index, video.codec.clone())) else {
            return;
        };
        let Some(filter) = messages(&codec) else { return };
        let more = ["-bsf", filter].map(OsString::from);
        let found =
            self.bytes(index, info.reach, &more).is_none_or(|units| user_data::is_of_camera(&codec, &units));
        info.streams.iter_mut().filter(|s| s.index == index).for_each(|s| s.places |= found);
    }

    /// The texts of a result; `None` if it could not be read.
    pub(crate) fn texts(&self) -> Option<Parts> {
        std::fs::File::open(self.path).and_then(|mut file| metadata::parts(&mut file)).ok()
    }

    fn bounds(&self) -> Bounds<'_> {
        let limit = self.policy.probe_limit * PATIENCE;
        Bounds { limit, memory: Some(MEMORY), orders: Some(self.orders), nice: self.policy.nice }
    }

    fn logs(&self, reach: Option<u64>) -> BTreeSet<usize> {
        let read = |stdout| {
            let mut lines = Lines::default();
            pipe::each_line(stdout, |line| lines.take(line));
            lines.logs()
        };
        let answer = capture_by(&self.tools.ffprobe.path, &self.line_arguments(reach), &self.bounds(), read);
        answer.map(|answer| answer.stdout).unwrap_or_default()
    }

    fn line_arguments(&self, reach: Option<u64>) -> Vec<OsString> {
        let fixed =
            ["-v", "quiet", "-of", "compact=p=0:nk=1", "-select_streams", "s", "-show_data", "-show_entries"];
        let mut all: Vec<OsString> = fixed.map(OsString::from).into();
        all.push("packet=stream_index,data".into());
        all.extend(self.guarded(reach));
        all
    }

    fn guarded(&self, reach: Option<u64>) -> Vec<OsString> {
        let mut all: Vec<OsString> = reach_arguments(reach).into_iter().map(OsString::from).collect();
        all.extend(guard());
        all.extend(["-i".into(), file_url(self.path)]);
        all
    }

    fn holds_more(&self, index: usize, reach: Option<u64>) -> bool {
        let first = ["-frames:v", "1"].map(OsString::from);
        self.bytes(index, reach, &first).is_none_or(|cover| covers::holds_more(&cover))
    }

    /// The packets of a stream, concatenated.
    fn bytes(&self, index: usize, reach: Option<u64>, more: &[OsString]) -> Option<Vec<u8>> {
        let mut all: Vec<OsString> = ["-v", "quiet", "-nostdin"].map(OsString::from).into();
        all.extend(self.guarded(reach));
        all.extend(["-map".into(), format!("0:{index}").into(), "-c".into(), "copy".into()]);
        all.extend_from_slice(more);
        all.extend(["-f", "data", "-"].map(OsString::from));
        let answer = capture_by(&self.tools.ffmpeg.path, &all, &self.bounds(), read_at_most).ok()?;
        answer.success.then_some(answer.stdout)
    }
}

/// Bitstream filters that keep only the SEI messages of each packet, behind start codes.
fn messages(codec: &str) -> Option<&'static str> {
    match codec {
        "h264" => Some("h264_mp4toannexb,filter_units=pass_types=6"),
        "hevc" => Some("hevc_mp4toannexb,filter_units=pass_types=39-40"),
        _ => None,
    }
}

/// Reads `LIMIT` bytes and drops the rest, so that the tool ends by itself.
fn read_at_most(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A broken pipe ends the reading; the bytes before it count.
    let _ = (&mut pipe).take(LIMIT).read_to_end(&mut bytes);
    let _ = io::copy(&mut pipe, &mut io::sink());
    bytes
}
