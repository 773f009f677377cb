//! Cues as a `SubRip` file.

use super::{Cue, millis};
use crate::captions::{clock, escaped};
use std::fmt::Write as _;

/// The cues as a file; `None` if there are none. `plain`: their texts hold no tags, so they are escaped.
pub(super) fn file(cues: &[Cue], plain: bool) -> Option<String> {
    let mut file = String::new();
    for (n, cue) in (1..).zip(cues) {
        let text = if plain { escaped(&cue.text) } else { cue.text.replace("-->", "\u{2192}") };
        let rows: Vec<&str> = text.lines().filter(|row| !row.trim().is_empty()).collect();
        let begin = millis(cue.begin);
        let (begin, end) = (clock(begin), clock(millis(cue.end).max(begin + 1)));
        // Writing to a string cannot fail.
        let _ = writeln!(file, "{n}\n{begin} --> {end}\n{}\n", rows.join("\n"));
    }
    (!file.is_empty()).then_some(file)
}
