//! What ffmpeg says, read: progress blocks from stdout, and from stderr per-stream statistics, errors and
//! signs of damage. Pure readers over lines.
//!
//! Guarantees bounded memory whatever is said, and that texts from strangers count neither as errors nor as statistics:
//! ffmpeg prints titles at level info, further lines of such a text have no coloured level, and names of files are
//! removed.

use super::line::{self, Level, Line};
use super::names::Names;
use super::statistics::{self, InputStats};
use crate::media::decimal;
use crate::progress::Progress;
use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsString;

/// What has been read so far.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Default)]
pub struct Reader {
    /// Latest progress; percentage and time left are not known here.
    pub progress: Progress,
    /// Frames written so far.
    pub frame: u64,
    /// `progress=end` was seen.
    pub saw_end: bool,
    /// Statistics of the input's streams, by index.
    pub inputs: Vec<InputStats>,
    /// Lines of level error or fatal without the names of files, the first ones and the last.
    pub errors: Vec<String>,
    /// Components that wrote those: `h264`, `aist#0:1/aac`.
    pub complained: BTreeSet<String>,
    /// The input ended before its index said.
    pub cut_short: bool,
    /// Frames left out because others have the same time.
    pub dropped: u64,
    /// Time stamps of the copied picture were invalid and were guessed.
    pub guessed: bool,
    names: Names,
    /// A coloured level was seen: this ffmpeg colours all of them but info.
    colours: bool,
    tail: VecDeque<String>,
    tail_bytes: usize,
}

/// Bytes of log kept while running.
const TAIL: usize = 64 * 1024;
/// Bytes of log kept with an attempt.
const KEPT: usize = 16 * 1024;
/// Errors kept; a broken file can give one per frame.
pub const MOST_ERRORS: usize = 50;
/// Components whose errors are no damage. A parser, which has no codec of its own, signs `NULL`: it knows the first header
/// of a stream alone, and takes pictures behind another one for damaged; the decoder decides. `null` is the muxer of runs
/// that only decode, which complains of times that are not written anywhere.
const HARMLESS: [&str; 2] = ["NULL", "null"];
/// So many of those are the last ones: why it ended is said at the end.
const LAST_ERRORS: usize = 10;

/// Phrases by which demuxers say that the file ends too early.
const CUT_SHORT: &[&str] =
    &["partial file", "File ended prematurely", "Packet corrupt", "corrupt input packet"];

impl Reader {
    /// Reads what an ffmpeg with these arguments says.
    pub fn new(args: &[OsString]) -> Reader {
        Reader { names: Names::of(args), ..Reader::default() }
    }

    /// Takes a line of `-progress`. Values may be `N/A` or nonsense: those are passed over.
    pub fn take_progress(&mut self, line: &str) {
        let Some((key, value)) = line.split_once('=') else { return };
        let value = value.trim();
        let number = || decimal(value).filter(|n| *n >= 0.0);
        match key.trim() {
            "frame" => self.frame = value.parse().unwrap_or(self.frame),
            "drop_frames" => self.dropped = value.parse().unwrap_or(self.dropped),
            "fps" => self.progress.fps = number(),
            "total_size" => self.progress.bytes = value.parse().ok().or(self.progress.bytes),
            // Both are in microseconds; before the first packet it is the smallest integer.
            "out_time_us" | "out_time_ms" => {
                let us = value.parse::<i64>().ok().and_then(|us| u64::try_from(us).ok());
                self.progress.done_us = self.progress.done_us.max(us.unwrap_or(0));
            }
            "speed" => self.progress.speed = decimal(value.trim_end_matches('x')).filter(|s| *s > 0.0),
            "progress" => self.saw_end |= value == "end",
            _ => {}
        }
    }

    /// Takes a line of the log.
    pub fn take_log(&mut self, line: &str) {
        self.remember(&line::plain(line));
        let line = line::read(line);
        let Some(level @ (Level::Error | Level::Warning | Level::Verbose)) = line.level else { return };
        if line.coloured && !self.colours {
            self.begin_colours();
        }
        // Where levels are coloured, a line without a colour is part of a text from the file.
        match level {
            _ if line.coloured != self.colours => {}
            Level::Error => self.take_error(&line),
            Level::Warning => self.take_warning(&line),
            _ => self.take_stats(&line.text),
        }
    }

    /// Forgets what lines without a colour said before the first colour.
    fn begin_colours(&mut self) {
        self.colours = true;
        self.inputs.clear();
        self.errors.clear();
        self.complained.clear();
        (self.cut_short, self.guessed) = (false, false);
    }

    fn take_error(&mut self, line: &Line<'_>) {
        let text = self.names.remove(&line.text);
        self.cut_short |= is_cut_short(&text);
        if line.component.is_some_and(|component| HARMLESS.contains(&component)) {
            return;
        }
        if self.errors.len() == MOST_ERRORS {
            self.errors.remove(MOST_ERRORS - LAST_ERRORS);
        }
        self.errors.push(text);
        if let Some(component) = line.component.filter(|_| self.complained.len() < MOST_ERRORS) {
            self.complained.insert(component.to_owned());
        }
    }

    fn take_warning(&mut self, line: &Line<'_>) {
        self.cut_short |= is_cut_short(&self.names.remove(&line.text));
        self.guessed |= is_guess(line);
    }

    fn take_stats(&mut self, text: &str) {
        let Some(stats) = statistics::read(text) else { return };
        // The true ones come at the very end: the last word counts.
        self.inputs.retain(|s| s.index != stats.index);
        self.inputs.push(stats);
    }

    fn remember(&mut self, line: &str) {
        self.tail_bytes += line.len() + 1;
        self.tail.push_back(line.to_owned());
        while self.tail_bytes > TAIL {
            let Some(oldest) = self.tail.pop_front() else { break };
            self.tail_bytes -= oldest.len() + 1;
        }
    }

    /// The last lines of the log, at most 16 KiB.
    pub fn log_tail(&self) -> String {
        let mut room = KEPT;
        let fits = |line: &&String| {
            room = room.saturating_sub(line.len() + 1);
            room > 0
        };
        let mut lines: Vec<&str> = self.tail.iter().rev().take_while(fits).map(String::as_str).collect();
        lines.reverse();
        lines.join("\n")
    }
}

/// The muxer warns so of the first stream of the result, which is the picture: old versions name it in the text, new
/// ones as the component.
fn is_guess(line: &Line<'_>) -> bool {
    let picture = line.component == Some("vost#0:0/copy") || line.text.contains("output stream 0:0,");
    picture && line.text.contains("replacing by guess")
}

fn is_cut_short(text: &str) -> bool {
    CUT_SHORT.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Reader {
        let mut reader = Reader::default();
        for line in lines {
            reader.take_log(line);
        }
        reader
    }

    #[test]
    fn what_a_parser_or_the_muxer_of_a_check_says_is_no_damage() {
        let mut reader = Reader::default();
        reader.take_log("[NULL @ 0x55dd89b95900] [error] luma_log2_weight_denom 16 is out of range");
        reader.take_log("[NULL @ 000001f2a3b4c5d0] [error] illegal memory management control operation 24");
        reader.take_log("[null @ 0x55776b577280] [error] Application provided invalid dts to muxer");
        assert!(reader.errors.is_empty() && reader.log_tail().contains("luma_log2"));
        reader.take_log("[h264 @ 0x55dd89b95900] [error] error while decoding MB 3 9");
        assert_eq!((reader.errors.len(), reader.complained.len()), (1, 1));
    }

    #[test]
    fn progress_never_goes_backwards_and_nonsense_is_passed_over() {
        let mut reader = Reader::default();
        for line in [
            "frame=50",
            "fps=24.5",
            "total_size=84501",
            "out_time_us=2020136",
            "speed=12.6x",
            "progress=continue",
        ] {
            reader.take_progress(line);
        }
        for line in [
            "out_time_us=-9223372036854775808",
            "out_time_ms=N/A",
            "total_size=N/A",
            "frame=",
            "speed=N/A",
            "=",
            "",
        ] {
            reader.take_progress(line);
        }
        assert_eq!(
            (reader.progress.done_us, reader.progress.bytes, reader.frame),
            (2_020_136, Some(84_501), 50)
        );
        assert_eq!((reader.progress.fps, reader.progress.speed, reader.saw_end), (Some(24.5), None, false));
        reader.take_progress("progress=end");
        assert!(reader.saw_end);
    }

    #[test]
    fn progress_is_read_as_every_version_and_locale_writes_it() {
        for (speed, expected) in [("12.6x", 12.6), (" 12.6x", 12.6), ("12,6x", 12.6), ("1.26e+03x\r", 1260.0)]
        {
            let mut reader = Reader::default();
            for line in [&format!("speed={speed}"), "fps=24,50", "frame=   50", "total_size=84501\r"] {
                reader.take_progress(line);
            }
            assert_eq!((reader.progress.speed, reader.progress.fps), (Some(expected), Some(24.5)), "{speed}");
            assert_eq!((reader.frame, reader.progress.bytes), (50, Some(84_501)));
        }
    }

    #[test]
    fn the_last_statistics_of_each_stream_count() {
        let reader = read(&[
            "[verbose]   Input stream #0:0 (video): 9 packets read (1 bytes); 9 frames decoded; ",
            "[in#0/mov,mp4 @ 0x55d] [verbose]   Input stream #0:0 (video): 50 packets read (67447 bytes); ",
            "[in#0/mov,mp4 @ 000001F2A3B4C5D0] [verbose]   Input stream #0:1 (audio): 5 packets read (40 bytes); ",
            "[in#0/mov,mp4 @ 000001F2A3B4C5D0] [info]   Input stream #0:2 (audio): 5 packets read (40 bytes); ",
        ]);
        let packets: Vec<_> = reader.inputs.iter().map(|s| (s.index, s.packets)).collect();
        assert_eq!(packets, [(0, 50), (1, 5)]);
    }

    #[test]
    fn errors_are_read_in_the_format_of_every_build() {
        for line in [
            "[error] Error while decoding stream #0:1: Invalid data found when processing input",
            "[fatal] Unknown encoder 'libx264'",
            "[h264 @ 0x5642d2162c00] [error] error while decoding MB 3 9",
            "[h264 @ 00007fffff3a7400] [error] error while decoding MB 3 9",
            "[h264 @ 000001F2A3B4C5D0] [error] Invalid NAL unit size (10034 > 6625).",
            "[vost#0:0 @ 0x34d63dc0] [fatal] Unknown encoder 'nosuch'",
            "[aist#0:1/aac @ 0000021c3d4e5f60] [dec:aac @ 0000021c3d4e6000] [error] Error submitting packet to decoder: x",
            "[out#0/mp4 @ 0000021c3d4e5f60] [panic] Error opening output C:\\v\\[info] a.mp4: No such file or directory",
            "[h264 @ 0x55d0] [critical] of a level that is not known",
            "[critical] of a level that is not known",
            "[h264 @ 0x55d0] [] of a level without a word",
        ] {
            assert_eq!(read(&[line]).errors.len(), 1, "{line}");
            assert_eq!(read(&["[verbose] x", &format!("{line}\r")]).errors.len(), 1, "{line}");
        }
    }

    #[test]
    fn text_without_a_level_is_no_error() {
        let reader = read(&[
            "x265 [error]: partial file",
            "Svt[error]: partial file",
            "    Last message repeated 3 times",
            "[Loader Message] Code 0 : partial file",
            "[h264 @ 0x55d0] Svt[info]: partial file",
            "[warning] Packet was odd",
            "[debug] partial file",
        ]);
        assert_eq!((reader.errors.len(), reader.cut_short), (0, false));
    }

    #[test]
    fn titles_from_strangers_count_neither_as_errors_nor_as_statistics() {
        let reader = read(&[
            "[info]     title           : [error] No space left on device",
            "[info]     title           : [verbose]   Input stream #0:0 (video): 1 packets read (1 bytes); 1 frames decoded; ",
            "[info]                     : partial file",
            "                    : [error] of a second line: partial file",
            "[info]     title           : ] [warning] output stream 0:0, replacing by guess",
        ]);
        assert_eq!((reader.errors.len(), reader.inputs.len()), (0, 0));
        assert_eq!((reader.cut_short, reader.guessed), (false, false));
    }

    /// ffmpeg prints line breaks in names of tags, languages and names of files as they are.
    const FOREIGN: [&str; 5] = [
        "[error] langboo): Video: h264, partial file",
        "[critical] keyboo: v",
        "[h264 @ 0x55d0] [error] error while decoding MB 3 9",
        "[warning] output stream 0:0, replacing by guess, partial file",
        "[verbose]   Input stream #0:0 (video): 9 packets read (1 bytes); ",
    ];

    #[test]
    fn a_line_from_a_text_of_the_file_is_known_by_its_missing_colour() {
        let own = "\x1b[0m\x1b[0;36m[h264 @ 000001F2A3B4C5D0] \x1b[0m\x1b[1;31m[error] \x1b[0m\x1b[1;31mcbp too large";
        let stats = "\x1b[0m\x1b[0;32m[verbose] \x1b[0m\x1b[0;32m  Input stream #0:1 (audio): \x1b[0m\x1b[0;32m174 packets read (1 bytes); ";
        for (before, after) in
            [(vec![own, stats], vec![]), (vec![own], vec![stats]), (vec![], vec![own, stats])]
        {
            let reader = read(&[before, FOREIGN.to_vec(), after].concat());
            assert_eq!(reader.errors, ["cbp too large"]);
            assert_eq!(reader.inputs.len(), 1);
            assert_eq!((reader.inputs[0].index, reader.inputs[0].packets), (1, 174));
            assert_eq!((reader.cut_short, reader.guessed), (false, false));
            assert!(reader.log_tail().contains("[h264 @ 000001F2A3B4C5D0] [error] cbp too large"));
        }
        let uncoloured = read(&FOREIGN);
        assert_eq!(
            (uncoloured.errors.len(), uncoloured.inputs.len()),
            (3, 1),
            "where none has a colour, all count"
        );
        assert!(uncoloured.cut_short && uncoloured.guessed);
    }

    #[test]
    fn a_file_that_ends_too_early_is_noticed_in_the_words_of_every_build() {
        for line in [
            "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x559ac94b3340] [error] stream 0, offset 0x33ca5: partial file",
            "[in#0/mov,mp4,m4a,3gp,3g2,mj2 @ 0x559ac94b3340] [error] stream 0, offset 0x33ca5: partial file",
            "[mov,mp4,m4a,3gp,3g2,mj2 @ 000001f2a3b4c5d0] [error] stream 0, offset 0x33ca5: partial file",
            "[matroska,webm @ 0x5581] [error] File ended prematurely at pos. 1000 (0x3e8)",
            "[matroska,webm @ 0x55eb72773340] [error] File ended prematurely",
            "[matroska,webm @ 00007fffff3a7400] [error] File ended prematurely",
            "[in#0/matroska,webm @ 0000021C3D4E5F60] [error] File ended prematurely",
            "[mpegts @ 0x55a6de0d8340] [warning] Packet corrupt (stream = 1, dts = 297345).",
            "[in#0/mpegts @ 00007ffe] [warning] Packet corrupt (stream = 0, dts = 218070), dropping it.",
            "[warning] file:C:\\v\\half.ts: corrupt input packet in stream 1",
            "[in#0/mpegts @ 00007ffe] [warning] corrupt input packet in stream 0",
        ] {
            assert!(read(&[line]).cut_short, "{line}");
        }
        assert!(!read(&["[h264 @ 0x5581] [error] error while decoding MB 3 4"]).cut_short);
    }

    #[test]
    fn a_file_that_is_called_partial_is_not_cut_short() {
        for path in
            ["/v/partial file.mkv", r"C:\v\partial file.mkv", r"\\?\C:\v\Packet corrupt partial file.mkv"]
        {
            let url = format!("file:{path}");
            for line in [
                format!("[warning] {url}: corrupt decoded frame in stream 0"),
                format!("[error] {url}: Invalid data found when processing input"),
                format!("[error] Error opening input file {url}."),
            ] {
                let mut reader = Reader::new(&["-i".into(), url.clone().into()]);
                reader.take_log(&line);
                assert!(!reader.cut_short, "{line}");
                assert!(reader.log_tail().contains(path), "the log keeps it");
            }
        }
    }

    #[test]
    fn guessed_time_stamps_of_the_picture_are_noticed_in_old_and_new_words() {
        for address in ["0x560b", "00007fffff3a7400"] {
            let old = |stream: &str| {
                let times = "Invalid DTS: 1920 PTS: 640 in output";
                format!("[mp4 @ {address}] [warning] {times} stream {stream}, replacing by guess")
            };
            let new = |stream: &str| {
                format!("[{stream} @ {address}] [warning] Invalid DTS: 1920 PTS: 640, replacing by guess")
            };
            assert!(read(&[&old("0:0")]).guessed && read(&[&new("vost#0:0/copy")]).guessed);
            assert!(!read(&[&old("0:1"), &new("aost#0:1/copy"), &new("vost#0:1/copy")]).guessed);
        }
    }

    #[test]
    fn memory_is_bounded_whatever_is_said() {
        let mut reader = Reader::default();
        for n in 0..100_000 {
            reader.take_log(&format!("[error] line {n} of a very broken file"));
        }
        assert_eq!(reader.errors.len(), MOST_ERRORS);
        assert!(reader.tail_bytes <= TAIL);
        let tail = reader.log_tail();
        assert!(tail.len() <= KEPT && tail.ends_with("line 99999 of a very broken file"));
    }
}
