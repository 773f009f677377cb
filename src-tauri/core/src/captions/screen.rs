//! The screen of one CEA-608 channel: what its commands make visible, in each of its three modes.
//!
//! Guarantees that roll-up captions come one line at a time, each from its first letter on: a subtitle that repeated
//! the rows above would be read twice.

use super::Line;
use super::cues::{self, Cues};
use cea608_types::{Cea608, Mode, Text};

const ROWS: usize = 15;
const COLUMNS: usize = 32;
/// Seconds after which text in paint-on mode belongs to another line.
const PAUSE: f64 = 0.5;

type Grid = [[char; COLUMNS]; ROWS];
const EMPTY: Grid = [['\0'; COLUMNS]; ROWS];

/// The memories of a channel, and its lines so far.
pub(super) struct Screen {
    mode: Option<Mode>,
    shown: Grid,
    hidden: Grid,
    row: usize,
    column: usize,
    /// The next letter begins a line.
    fresh: bool,
    /// Time of the last letter that was visible at once.
    last: f64,
    cues: Cues,
}

impl Default for Screen {
    fn default() -> Screen {
        let (mode, cues) = (None, Cues::default());
        Screen { mode, shown: EMPTY, hidden: EMPTY, row: 0, column: 0, fresh: true, last: 0.0, cues }
    }
}

impl Screen {
    /// Executes a command.
    pub(super) fn take(&mut self, at: f64, command: Cea608) {
        match command {
            Cea608::Text(text) => self.write(at, text),
            Cea608::NewMode(_, mode) => self.enter(at, mode),
            Cea608::EraseDisplay(_) => self.erase(at),
            Cea608::EraseNonDisplay(_) => self.hidden = EMPTY,
            Cea608::EndOfCaption(_) => self.swap(at),
            Cea608::CarriageReturn(_) => self.roll(),
            Cea608::Backspace(_) => self.step_back(at),
            Cea608::TabOffset(_, columns) => self.advance(usize::from(columns)),
            Cea608::DeleteToEndOfRow(_) => self.delete_to_end(at),
            Cea608::Preamble(_, place) => {
                // Roll-up mode writes only one row.
                self.row = if self.is_roll_up() { 0 } else { usize::from(place.row()).min(ROWS - 1) };
                self.column = usize::from(place.column()).min(COLUMNS - 1);
            }
            Cea608::MidRowChange(..) => {
                let (row, column) = (self.row, self.column);
                self.written()[row][column] = ' ';
                self.advance(1);
            }
        }
    }

    /// Its lines, for a film that ends at `end`.
    pub(super) fn done(self, end: f64) -> Vec<Line> {
        self.cues.done(end)
    }

    fn is_roll_up(&self) -> bool {
        self.mode.is_some_and(|mode| mode.is_rollup())
    }

    fn is_hidden(&self) -> bool {
        self.mode == Some(Mode::PopOn)
    }

    /// The memory being written.
    fn written(&mut self) -> &mut Grid {
        if self.is_hidden() { &mut self.hidden } else { &mut self.shown }
    }

    fn text(&self) -> String {
        cues::text(self.shown.iter().map(<[char; COLUMNS]>::as_slice))
    }

    fn advance(&mut self, columns: usize) {
        self.column = (self.column + columns).min(COLUMNS - 1);
    }

    fn write(&mut self, at: f64, text: Text) {
        if self.mode.is_none() {
            return;
        }
        if text.needs_backspace {
            self.column = self.column.saturating_sub(1);
            let (row, column) = (self.row, self.column);
            self.written()[row][column] = '\0';
        }
        for letter in [text.char1, text.char2].into_iter().flatten() {
            self.put(at, letter);
        }
    }

    fn put(&mut self, at: f64, letter: char) {
        let (row, column) = (self.row, self.column);
        let visible = !self.is_hidden();
        let overwrites = !matches!(self.shown[row][column], '\0' | ' ') && column < COLUMNS - 1;
        if visible && overwrites {
            // Overwriting begins another line.
            self.shown[row] = EMPTY[row];
            self.fresh = true;
        }
        self.written()[row][column] = letter;
        self.advance(1);
        if visible {
            self.fresh |= !self.is_roll_up() && at - self.last > PAUSE;
            self.update(at);
        }
    }

    /// A visible letter was added.
    fn update(&mut self, at: f64) {
        let text = self.text();
        if std::mem::take(&mut self.fresh) {
            self.cues.show(at, text);
        } else {
            self.cues.grow(at, text);
        }
        self.last = at;
    }

    fn enter(&mut self, at: f64, mode: Mode) {
        if mode.is_rollup() && !self.is_roll_up() {
            self.erase(at);
            self.hidden = EMPTY;
            (self.row, self.column) = (0, 0);
        }
        self.mode = Some(mode);
    }

    fn erase(&mut self, at: f64) {
        self.shown = EMPTY;
        self.fresh = true;
        self.cues.erase(at);
    }

    fn swap(&mut self, at: f64) {
        self.mode = Some(Mode::PopOn);
        std::mem::swap(&mut self.shown, &mut self.hidden);
        // Text painted on afterwards is another line.
        self.fresh = true;
        self.cues.show(at, self.text());
    }

    fn roll(&mut self) {
        if self.is_roll_up() {
            self.shown = EMPTY;
            self.fresh = true;
            (self.row, self.column) = (0, 0);
        }
    }

    fn step_back(&mut self, at: f64) {
        self.column = self.column.saturating_sub(1);
        let (row, column) = (self.row, self.column);
        self.written()[row][column] = '\0';
        self.text_removed(at);
    }

    fn delete_to_end(&mut self, at: f64) {
        let (row, column) = (self.row, self.column);
        self.written()[row][column..].fill('\0');
        self.text_removed(at);
    }

    /// Visible text was removed.
    fn text_removed(&mut self, at: f64) {
        if !self.is_hidden() && !self.fresh {
            self.cues.grow(at, self.text());
        }
    }
}
