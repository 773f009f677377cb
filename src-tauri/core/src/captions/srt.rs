//! Lines as `SubRip`, which ffmpeg reads.

use super::Line;
use std::fmt::Write as _;

/// The lines up to `end`, the end of the video in seconds.
pub fn srt(lines: &[Line], end: f64) -> String {
    let mut text = String::new();
    let shown = lines.iter().filter(|line| line.begin < end);
    for (n, line) in (1..).zip(shown) {
        let (begin, until) = (millis(line.begin), millis(line.end.min(end)));
        // ffmpeg does not read a cue without a duration.
        let (begin, until) = (clock(begin), clock(until.max(begin + 1)));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{n}\n{begin} --> {until}\n{}\n", escaped(&line.text));
    }
    text
}

/// Seconds as milliseconds; negative times become 0.
fn millis(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}

/// Formats milliseconds as `00:01:02,500`.
pub(crate) fn clock(millis: u64) -> String {
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02},{:03}", millis % 1000)
}

/// Replaces what ffmpeg would read as a tag, a mark of ASS or a time.
pub(crate) fn escaped(text: &str) -> String {
    let mut rest = text.chars().peekable();
    let mut safe = String::new();
    while let Some(letter) = rest.next() {
        let opens = rest.peek().is_some_and(|next| next.is_alphabetic() || *next == '/');
        safe.push(match letter {
            '<' if opens => '\u{2039}',
            '\\' => '\u{2216}',
            letter => letter,
        });
    }
    safe.replace("-->", "\u{2192}")
}
