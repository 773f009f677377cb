//! The windows of one CEA-708 service: what its codes make visible.
//!
//! Guarantees that scrolling text comes one line at a time, like roll-up captions of CEA-608.

use super::Line;
use super::cues::{self, Cues};
use cea708_types::tables::{Code, DefineWindowArgs, Ext1, WindowBits};

const COLUMNS: usize = 64;
/// Seconds after which text added to a visible window belongs to another line.
const PAUSE: f64 = 0.5;

/// A window.
struct Window {
    place: (u8, u8),
    visible: bool,
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Rows above belong to earlier lines.
    since: usize,
}

/// The windows of a service, and its lines so far.
#[derive(Default)]
pub(super) struct Windows {
    all: [Option<Window>; 8],
    current: usize,
    /// The next letter begins a line.
    fresh: bool,
    /// A window was shown, hidden or cleared as a whole.
    changed: bool,
    /// Time of the last change of what is shown.
    last: f64,
    cues: Cues,
}

impl Windows {
    /// Executes the codes of one block.
    pub(super) fn take(&mut self, at: f64, codes: &[Code]) {
        let before = self.text();
        for code in codes {
            self.execute(code);
        }
        let text = self.text();
        let changed = std::mem::take(&mut self.changed);
        if text == before || (text.is_empty() && !changed) {
            return;
        }
        if changed || std::mem::take(&mut self.fresh) || at - self.last > PAUSE {
            self.cues.show(at, text);
        } else {
            self.cues.grow(at, text);
        }
        self.last = at;
    }

    /// Its lines, for a film that ends at `end`.
    pub(super) fn done(self, end: f64) -> Vec<Line> {
        self.cues.done(end)
    }

    fn text(&self) -> String {
        let mut visible: Vec<&Window> = self.all.iter().flatten().filter(|window| window.visible).collect();
        visible.sort_by_key(|window| window.place);
        cues::text(visible.into_iter().flat_map(|w| &w.rows[w.since..]).map(Vec::as_slice))
    }

    fn execute(&mut self, code: &Code) {
        match code {
            Code::DefineWindow(args) => self.define(args),
            Code::ClearWindows(selection) => {
                self.each(*selection, |window| window.iter_mut().for_each(Window::clear));
            }
            Code::DisplayWindows(selection) => self.show(*selection, |_| true),
            Code::HideWindows(selection) => self.show(*selection, |_| false),
            Code::ToggleWindows(selection) => self.show(*selection, |visible| !visible),
            Code::DeleteWindows(selection) => self.each(*selection, |window| *window = None),
            Code::Reset => self.each(WindowBits::NONE.not(), |window| *window = None),
            code => match selected(code) {
                Some(window) => self.current = window,
                None => self.write(code),
            },
        }
    }

    /// Applies a change to each of these windows, as a whole.
    fn each(&mut self, selection: WindowBits, change: impl Fn(&mut Option<Window>)) {
        for (id, window) in (0u8..).zip(&mut self.all) {
            if selection.and(WindowBits::from_window_id(id)) != WindowBits::NONE {
                change(window);
                self.changed = true;
            }
        }
    }

    fn show(&mut self, selection: WindowBits, visible: impl Fn(bool) -> bool) {
        self.each(selection, |window| window.iter_mut().for_each(|w| w.visible = visible(w.visible)));
    }

    fn define(&mut self, args: &DefineWindowArgs) {
        self.current = usize::from(args.window_id) % self.all.len();
        let rows = usize::from(args.row_count) + 1;
        let place = (args.anchor_vertical, args.anchor_horizontal);
        let window = self.all[self.current].get_or_insert_with(Window::empty);
        self.changed |= window.visible != args.visible;
        (window.visible, window.place) = (args.visible, place);
        window.rows.resize(rows, Vec::new());
        window.row = window.row.min(rows - 1);
        window.since = window.since.min(rows - 1);
    }

    fn write(&mut self, code: &Code) {
        let Some(window) = &mut self.all[self.current] else { return };
        match code {
            Code::CR if window.feed() => self.fresh |= window.visible,
            Code::CR => {}
            Code::HCR => (window.rows[window.row], window.column) = (Vec::new(), 0),
            Code::FF => {
                window.clear();
                self.changed |= window.visible;
            }
            Code::BS => window.step_back(),
            Code::SetPenLocation(pen) => window.go(usize::from(pen.row), usize::from(pen.column)),
            code => letter(code).into_iter().for_each(|letter| window.put(letter)),
        }
    }
}

impl Window {
    fn empty() -> Window {
        Window { place: (0, 0), visible: false, rows: vec![Vec::new()], row: 0, column: 0, since: 0 }
    }

    fn clear(&mut self) {
        self.rows.iter_mut().for_each(Vec::clear);
        (self.row, self.column, self.since) = (0, 0, 0);
    }

    fn go(&mut self, row: usize, column: usize) {
        self.row = row.min(self.rows.len() - 1);
        self.column = column.min(COLUMNS - 1);
        self.since = self.since.min(self.row);
    }

    fn put(&mut self, letter: char) {
        let row = &mut self.rows[self.row];
        row.resize(row.len().max(self.column + 1), '\0');
        row[self.column] = letter;
        self.column = (self.column + 1).min(COLUMNS - 1);
    }

    fn step_back(&mut self) {
        self.column = self.column.saturating_sub(1);
        if let Some(cell) = self.rows[self.row].get_mut(self.column) {
            *cell = '\0';
        }
    }

    /// Moves to the next row. Returns whether the text scrolled.
    fn feed(&mut self) -> bool {
        self.column = 0;
        self.row += 1;
        if self.row < self.rows.len() {
            return false;
        }
        self.row -= 1;
        self.rows.rotate_left(1);
        self.rows[self.row].clear();
        self.since = self.row;
        true
    }
}

fn selected(code: &Code) -> Option<usize> {
    Some(match code {
        Code::SetCurrentWindow0 => 0,
        Code::SetCurrentWindow1 => 1,
        Code::SetCurrentWindow2 => 2,
        Code::SetCurrentWindow3 => 3,
        Code::SetCurrentWindow4 => 4,
        Code::SetCurrentWindow5 => 5,
        Code::SetCurrentWindow6 => 6,
        Code::SetCurrentWindow7 => 7,
        _ => return None,
    })
}

fn letter(code: &Code) -> Option<char> {
    match code {
        Code::Ext1(Ext1::TransparentSpace | Ext1::NonBreakingTransparentSpace) => Some(' '),
        Code::P16(wide) => char::from_u32(u32::from(*wide)).filter(|c| !c.is_control()),
        code => code.char().filter(|c| !c.is_control()),
    }
}
