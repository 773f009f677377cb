//! ASS lines as Matroska holds them, and the file made of them.

use super::marks::{without_drawings, without_overrides};
use super::{Cue, Form, millis, plain};
use std::fmt::Write as _;

/// Fields of a line: its number, layer, style, name, three margins, effect, text.
const FIELDS: usize = 9;

/// The text of a line.
pub(super) fn text(line: &str) -> &str {
    line.splitn(FIELDS, ',').nth(FIELDS - 1).unwrap_or_default()
}

/// The lines as a file, without drawings; `None` if nothing is left.
pub(super) fn file(header: &str, cues: &[Cue]) -> Option<String> {
    let is_events = |line: &&str| line.trim().eq_ignore_ascii_case("[events]");
    let before: Vec<&str> = header.lines().take_while(|line| !is_events(line)).collect();
    let mut file = before.join("\n");
    file.push_str(
        "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
    );
    let head = file.len();
    for cue in cues {
        let fields: Vec<&str> = cue.text.splitn(FIELDS, ',').collect();
        let [_, layer, between @ .., text] = &fields[..] else { continue };
        let text = without_drawings(text).replace('\n', "\\N");
        if plain(Form::Plain, &without_overrides(&text)).is_empty() {
            continue;
        }
        let (begin, end) = (clock(cue.begin), clock(cue.end));
        // Writing to a string cannot fail.
        let _ = writeln!(file, "Dialogue: {layer},{begin},{end},{},{text}", between.join(","));
    }
    (file.len() > head).then_some(file)
}

/// Formats `0:01:02.50`.
fn clock(seconds: f64) -> String {
    let all = millis(seconds) / 10;
    let (hours, minutes, seconds) = (all / 360_000, all / 6_000 % 60, all / 100 % 60);
    format!("{hours}:{minutes:02}:{seconds:02}.{:02}", all % 100)
}
