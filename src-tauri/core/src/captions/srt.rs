//! Lines as `SubRip`, which ffmpeg reads.

use super::Line;
use std::fmt::Write as _;

/// The lines up to `end`, where the film ends.
pub fn srt(lines: &[Line], end: f64) -> String {
    let mut text = String::new();
    let shown = lines.iter().filter(|line| line.begin < end);
    for (n, line) in (1..).zip(shown) {
        let (begin, until) = (ticks(line.begin), ticks(line.end.min(end)));
        // One without a length would not be read.
        let (begin, until) = (clock(begin), clock(until.max(begin + 1)));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{n}\n{begin} --> {until}\n{}\n", escaped(&line.text));
    }
    text
}

/// Thousandths of a second.
fn ticks(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}

/// `00:01:02,500`
pub(crate) fn clock(all: u64) -> String {
    let (hours, minutes, seconds) = (all / 3_600_000, all / 60_000 % 60, all / 1000 % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02},{:03}", all % 1000)
}

/// No text of a caption is a tag, a mark of ASS or a time, as which ffmpeg would read it.
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
