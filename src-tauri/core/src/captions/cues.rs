//! Converts what a screen shows over time into lines with start and end.

use super::Line;

/// Maximum number of lines per service; no genuine film has more.
const MAX_LINES: usize = 50_000;
/// Maximum bytes of their text.
const MAX_TEXT: usize = 4 << 20;

/// Collects lines. Times never go backwards, and no two lines are shown at once.
#[derive(Default)]
pub(super) struct Cues {
    shown: Option<(f64, String)>,
    done: Vec<Line>,
    bytes: usize,
}

impl Cues {
    /// Shows this text from `at` on; nothing if it is empty.
    pub(super) fn show(&mut self, at: f64, text: String) {
        self.erase(at);
        self.shown = (!text.is_empty()).then_some((at.max(0.0), text));
    }

    /// Replaces the shown text, and keeps its start time.
    pub(super) fn grow(&mut self, at: f64, text: String) {
        match &mut self.shown {
            Some((_, shown)) if !text.is_empty() => *shown = text,
            _ => self.show(at, text),
        }
    }

    /// Shows nothing from `at` on.
    pub(super) fn erase(&mut self, at: f64) {
        let Some((begin, text)) = self.shown.take() else { return };
        let room = self.done.len() < MAX_LINES && self.bytes + text.len() <= MAX_TEXT;
        if at > begin && room {
            self.bytes += text.len();
            self.done.push(Line { begin, end: at, text });
        }
    }

    /// All lines of a film that ends at `end`.
    pub(super) fn done(mut self, end: f64) -> Vec<Line> {
        self.erase(end);
        self.done
    }
}

/// Joins rows into text, without surrounding blanks and empty rows.
pub(super) fn text<'a>(rows: impl Iterator<Item = &'a [char]>) -> String {
    let row = |cells: &[char]| {
        let row: String = cells.iter().map(|c| if *c == '\0' { ' ' } else { *c }).collect();
        row.trim().to_owned()
    };
    rows.map(row).filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}
