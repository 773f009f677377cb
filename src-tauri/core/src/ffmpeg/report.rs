//! What ffmpeg says, read: progress blocks from stdout, and from stderr per-stream statistics, errors and
//! signs of damage. Pure readers over lines.
//!
//! Guarantees bounded memory whatever is said, and that titles and names from strangers, which ffmpeg prints
//! at level info, count neither as errors nor as statistics.

use crate::media::decimal;
use crate::progress::Progress;
use std::collections::VecDeque;

/// What has been read so far.
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
    /// Lines of level error or fatal, the first ones and the last.
    pub errors: Vec<String>,
    /// The input ended before its index said.
    pub cut_short: bool,
    /// Frames left out because others have the same time.
    pub dropped: u64,
    /// Time stamps of the copied picture were invalid and were guessed.
    pub guessed: bool,
    tail: VecDeque<String>,
    tail_bytes: usize,
}

/// What ffmpeg read of one input stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InputStats {
    /// Index in the input.
    pub index: usize,
    /// Packets demuxed.
    pub packets: u64,
    /// Frames decoded; absent for a stream that was copied.
    pub frames: Option<u64>,
    /// Samples decoded, for sound.
    pub samples: Option<u64>,
}

/// Bytes of log kept while running.
const TAIL: usize = 64 * 1024;
/// Bytes of log kept with an attempt.
const KEPT: usize = 16 * 1024;
/// Errors kept; a broken file can give one per frame.
pub const MOST_ERRORS: usize = 50;
/// So many of those are the last ones: why it ended is said at the end.
const LAST_ERRORS: usize = 10;

/// Phrases by which demuxers say that the file ends too early.
const CUT_SHORT: &[&str] =
    &["partial file", "File ended prematurely", "Packet corrupt", "corrupt input packet"];

impl Reader {
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
        self.remember(line);
        self.guessed |= is_guess(line);
        match split_level(line) {
            Some(("error" | "fatal" | "panic", text)) => {
                self.cut_short |= is_cut_short(text);
                if self.errors.len() == MOST_ERRORS {
                    self.errors.remove(MOST_ERRORS - LAST_ERRORS);
                }
                self.errors.push(text.to_owned());
            }
            Some(("warning", text)) => self.cut_short |= is_cut_short(text),
            Some(("verbose", text)) => self.take_stats(text),
            _ => {}
        }
    }

    fn take_stats(&mut self, text: &str) {
        let Some(stats) = input_stats(text) else { return };
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

/// The muxer says so of the first stream of the result, which is the picture; old and new versions name it
/// in other places. Titles, which come at level info, do not count.
fn is_guess(line: &str) -> bool {
    let picture = line.contains("output stream 0:0,") || line.contains("[vost#0:0/copy ");
    picture && line.contains("] [warning] ") && line.contains("replacing by guess")
}

fn is_cut_short(text: &str) -> bool {
    CUT_SHORT.iter().any(|phrase| text.contains(phrase))
}

/// Level and text of a line such as `[mov @ 0x55] [error] stream 0, ...`: the first bracket that holds no
/// context names the level.
fn split_level(line: &str) -> Option<(&str, &str)> {
    let (bracket, rest) = line.trim_start().strip_prefix('[')?.split_once("] ")?;
    if bracket.contains(" @ 0x") || bracket.contains('#') { split_level(rest) } else { Some((bracket, rest)) }
}

/// `Input stream #0:1 (audio): 88 packets read (17620 bytes); 87 frames decoded (89088 samples); `, newer
/// `...; 87 frames decoded; 0 decode errors (89088 samples); `
fn input_stats(text: &str) -> Option<InputStats> {
    let rest = text.trim_start().strip_prefix("Input stream #0:")?;
    let (index, rest) = rest.split_once(" (")?;
    let (_, rest) = rest.split_once("): ")?;
    let (packets, rest) = rest.split_once(" packets read")?;
    let decoded = rest.split("; ").find_map(|part| part.split_once(" frames decoded"));
    // Newer versions count errors of decoding in between.
    let samples = rest.split('(').find_map(|part| part.split_once(" samples)")?.0.parse().ok());
    Some(InputStats {
        index: index.parse().ok()?,
        packets: packets.parse().ok()?,
        frames: decoded.and_then(|(frames, _)| frames.trim().parse().ok()),
        samples,
    })
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
    fn statistics_are_read_from_the_words_of_old_and_new_versions() {
        let reader = read(&[
            "[verbose]   Input stream #0:0 (video): 50 packets read (67447 bytes); 50 frames decoded; ",
            "[in#0/mov,mp4 @ 0x55d] [verbose]   Input stream #0:1 (audio): 88 packets read (17620 bytes); 87 frames decoded; 0 decode errors (89088 samples); ",
            "[verbose]   Input stream #0:2 (subtitle): 3 packets read (40 bytes); ",
            "[verbose]   Input stream #0:3 (audio): 5 packets read (40 bytes); 4 frames decoded (4096 samples); ",
        ]);
        assert_eq!(reader.inputs[0], InputStats { index: 0, packets: 50, frames: Some(50), samples: None });
        let sound = InputStats { index: 1, packets: 88, frames: Some(87), samples: Some(89088) };
        assert_eq!(reader.inputs[1], sound);
        assert_eq!((reader.inputs[2].packets, reader.inputs[2].frames), (3, None));
        assert_eq!(reader.inputs[3].samples, Some(4096));
    }

    #[test]
    fn titles_from_strangers_count_neither_as_errors_nor_as_statistics() {
        let reader = read(&[
            "[info]     title           : [error] No space left on device",
            "[info]     title           : [verbose]   Input stream #0:0 (video): 1 packets read (1 bytes); 1 frames decoded; ",
            "[info]                     : partial file",
        ]);
        assert_eq!((reader.errors.len(), reader.inputs.len(), reader.cut_short), (0, 0, false));
    }

    #[test]
    fn a_file_that_ends_too_early_is_noticed() {
        assert!(
            read(&["[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5581] [error] stream 0, offset 0x1f2: partial file"])
                .cut_short
        );
        assert!(
            read(&["[matroska,webm @ 0x5581] [error] File ended prematurely at pos. 1000 (0x3e8)"]).cut_short
        );
        assert!(!read(&["[h264 @ 0x5581] [error] error while decoding MB 3 4"]).cut_short);
    }

    #[test]
    fn guessed_time_stamps_of_the_picture_are_noticed_in_old_and_new_words() {
        let old =
            "[mp4 @ 0x560b] [warning] Invalid DTS: 1920 PTS: 640 in output stream 0:0, replacing by guess";
        let new = "[vost#0:0/copy @ 0x55f1] [warning] Invalid DTS: 1920 PTS: 640, replacing by guess";
        let sound =
            "[mp4 @ 0x560b] [warning] Invalid DTS: 19 PTS: 6 in output stream 0:1, replacing by guess";
        assert!(read(&[old]).guessed && read(&[new]).guessed && !read(&[sound]).guessed);
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
