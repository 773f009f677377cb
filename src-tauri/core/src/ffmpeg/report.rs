//! Parses the output of ffmpeg: progress blocks from stdout, and from stderr statistics per stream, errors and signs of
//! damage. Pure functions over lines.
//!
//! Guarantees bounded memory for any output, and that texts of an untrusted file count neither as errors nor as
//! statistics: ffmpeg prints titles at level info, further lines of such a text have no coloured level, and file names
//! are removed.

use super::filter_input::FilterInput;
use super::line::{self, Level, Line};
use super::names::Names;
use super::statistics::{self, InputStats};
use crate::media::decimal;
use crate::progress::Progress;
use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsString;

/// What has been read so far.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Default)]
pub struct Reader {
    /// Latest progress, without percentage and time left.
    pub progress: Progress,
    /// Frames written so far.
    pub frame: u64,
    /// `progress=end` was seen.
    pub saw_end: bool,
    /// Statistics of the input's streams, by index.
    pub inputs: Vec<InputStats>,
    /// Lines of level error or fatal, without file names: the first ones and the last.
    pub errors: Vec<String>,
    /// Components that wrote `errors`: `h264`, `aist#0:1/aac`.
    pub complained: BTreeSet<String>,
    /// The input ended before the end that its index declares.
    pub cut_short: bool,
    /// Frames dropped because others have the same timestamp.
    pub dropped: u64,
    /// Timestamps of the copied video were invalid, and ffmpeg guessed others.
    pub guessed: bool,
    /// What the filters received.
    pub given: FilterInput,
    names: Names,
    /// A coloured level was seen: this ffmpeg colours all levels but info.
    colours: bool,
    tail: VecDeque<String>,
    tail_bytes: usize,
}

/// Most bytes of log kept while running.
const TAIL_LIMIT: usize = 64 * 1024;
/// Most bytes of log stored with an attempt.
const STORED_LIMIT: usize = 16 * 1024;
/// Most errors kept; a broken file can cause one per frame.
pub const MOST_ERRORS: usize = 50;
/// Components whose errors do not mean damage. A parser, which has no codec of its own, logs as `NULL`: it knows only
/// the first header of a stream and reports frames after another header as damaged; the decoder decides. `null` is the
/// muxer of runs that only decode, and reports timestamps that are not written anywhere.
const HARMLESS: [&str; 2] = ["NULL", "null"];
/// How many of the kept errors are the last ones, as the cause of the end is logged last.
const LAST_ERRORS: usize = 10;

/// Messages by which demuxers report a truncated file.
const TRUNCATED: &[&str] =
    &["partial file", "File ended prematurely", "Packet corrupt", "corrupt input packet"];

impl Reader {
    /// A reader of the output of an ffmpeg with these arguments.
    pub fn new(args: &[OsString]) -> Reader {
        Reader { names: Names::of(args), ..Reader::default() }
    }

    /// Takes a line of `-progress`. Malformed values and `N/A` are ignored.
    pub fn take_progress(&mut self, line: &str) {
        let Some((key, value)) = line.split_once('=') else { return };
        let value = value.trim();
        let number = || decimal(value).filter(|n| *n >= 0.0);
        match key.trim() {
            "frame" => self.frame = value.parse().unwrap_or(self.frame),
            "drop_frames" => self.dropped = value.parse().unwrap_or(self.dropped),
            "fps" => self.progress.fps = number(),
            "total_size" => self.progress.bytes = value.parse().ok().or(self.progress.bytes),
            // Both are in microseconds; before the first packet the value is the smallest integer.
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
        let plain = line::plain(line);
        let line = line::read(line);
        let component = line.component.unwrap_or_default();
        if line.level == Some(Level::Info) && FilterInput::reports_frames(component) {
            // One line per frame: too many to keep in the log.
            if line.component_coloured == self.colours {
                self.given.take_picture(component, &line.text);
            }
            return;
        }
        self.remember(&plain);
        let Some(level @ (Level::Error | Level::Warning | Level::Verbose)) = line.level else { return };
        if line.coloured && !self.colours {
            self.begin_colours();
        }
        // Where levels are coloured, a line without colour is part of a text from the file.
        match level {
            _ if line.coloured != self.colours => {}
            Level::Error => self.take_error(&line),
            Level::Warning => self.take_warning(&line),
            _ => {
                self.given.take_sound(component, &line.text);
                self.take_stats(&line.text);
            }
        }
    }

    /// Discards what lines without colour reported before the first coloured line.
    fn begin_colours(&mut self) {
        self.colours = true;
        self.inputs.clear();
        self.errors.clear();
        self.complained.clear();
        (self.cut_short, self.guessed) = (false, false);
        self.given = FilterInput::default();
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
        // The true statistics come at the very end, so the last line counts.
        self.inputs.retain(|s| s.index != stats.index);
        self.inputs.push(stats);
    }

    fn remember(&mut self, line: &str) {
        self.tail_bytes += line.len() + 1;
        self.tail.push_back(line.to_owned());
        while self.tail_bytes > TAIL_LIMIT {
            let Some(oldest) = self.tail.pop_front() else { break };
            self.tail_bytes -= oldest.len() + 1;
        }
    }

    /// The last lines of the log, at most 16 KiB.
    pub fn log_tail(&self) -> String {
        let mut room = STORED_LIMIT;
        let fits = |line: &&String| {
            room = room.saturating_sub(line.len() + 1);
            room > 0
        };
        let mut lines: Vec<&str> = self.tail.iter().rev().take_while(fits).map(String::as_str).collect();
        lines.reverse();
        lines.join("\n")
    }
}

/// The muxer's warning about the first stream of the result, which is the video: old versions name the stream in the
/// text, new ones as the component.
fn is_guess(line: &Line<'_>) -> bool {
    let is_video = line.component == Some("vost#0:0/copy") || line.text.contains("output stream 0:0,");
    is_video && line.text.contains("replacing by guess")
}

fn is_cut_short(text: &str) -> bool {
    TRUNCATED.iter().any(|phrase| text.contains(phrase))
}

#[cfg(test)]
mod tests;
