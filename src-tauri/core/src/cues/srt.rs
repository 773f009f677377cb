//! Cues as a file of `SubRip`.

use super::{Cue, ticks};
use crate::captions::{clock, escaped};
use std::fmt::Write as _;

/// These cues as a file; `None`: there are none. `plain`: nothing in their texts is a tag.
pub(super) fn file(cues: &[Cue], plain: bool) -> Option<String> {
    let mut file = String::new();
    for (n, cue) in (1..).zip(cues) {
        let text = if plain { escaped(&cue.text) } else { cue.text.replace("-->", "\u{2192}") };
        let rows: Vec<&str> = text.lines().filter(|row| !row.trim().is_empty()).collect();
        let begin = ticks(cue.begin);
        let (begin, end) = (clock(begin), clock(ticks(cue.end).max(begin + 1)));
        // Writing to a string does not fail.
        let _ = writeln!(file, "{n}\n{begin} --> {end}\n{}\n", rows.join("\n"));
    }
    (!file.is_empty()).then_some(file)
}
