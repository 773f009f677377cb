//! What is shown on a screen in the course of time, as lines that begin and end.

use super::Line;

/// Lines of one service; more has no honest film.
const MOST_LINES: usize = 50_000;
/// Bytes of their text.
const MOST_TEXT: usize = 4 << 20;

/// Lines as they come and go. Times never go backwards, and no two lines are shown at once.
#[derive(Default)]
pub(super) struct Cues {
    shown: Option<(f64, String)>,
    done: Vec<Line>,
    bytes: usize,
}

impl Cues {
    /// From now on this is shown; nothing where there is no text.
    pub(super) fn show(&mut self, at: f64, text: String) {
        self.erase(at);
        self.shown = (!text.is_empty()).then_some((at.max(0.0), text));
    }

    /// What is shown grows into this, from its beginning on.
    pub(super) fn grow(&mut self, at: f64, text: String) {
        match &mut self.shown {
            Some((_, shown)) if !text.is_empty() => *shown = text,
            _ => self.show(at, text),
        }
    }

    /// From now on nothing is shown.
    pub(super) fn erase(&mut self, at: f64) {
        let Some((begin, text)) = self.shown.take() else { return };
        let room = self.done.len() < MOST_LINES && self.bytes + text.len() <= MOST_TEXT;
        if at > begin && room {
            self.bytes += text.len();
            self.done.push(Line { begin, end: at, text });
        }
    }

    /// All lines of a film that ends so.
    pub(super) fn done(mut self, end: f64) -> Vec<Line> {
        self.erase(end);
        self.done
    }
}

/// Rows as text: without what is blank around it.
pub(super) fn text<'a>(rows: impl Iterator<Item = &'a [char]>) -> String {
    let row = |cells: &[char]| {
        let row: String = cells.iter().map(|c| if *c == '\0' { ' ' } else { *c }).collect();
        row.trim().to_owned()
    };
    rows.map(row).filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}
