//! One field of CEA-608: byte pairs, shared by two caption channels, their text modes, and data (XDS).

use super::Line;
use super::screen::Screen;
use cea608_types::tables::Channel;
use cea608_types::{Cea608, Cea608State};

/// A command repeated within so many seconds is redundancy against errors, not a new command.
const REPETITION: f64 = 0.15;
const DATA_BITS: u8 = 0x7f;
const PADDING: [u8; 2] = [0x80, 0x80];

/// The state of a field.
#[derive(Default)]
pub(super) struct Field {
    state: Cea608State,
    screens: [Screen; 2],
    /// Time of the last pair.
    last: f64,
    /// Data is being sent, until a caption command.
    data: bool,
    /// Text mode is on, until a command that shows captions.
    text_mode: bool,
}

impl Field {
    /// Takes a pair of the frame shown at `at`.
    pub(super) fn take(&mut self, at: f64, pair: [u8; 2]) {
        let plain = pair.map(|byte| byte & DATA_BITS);
        if plain == [0, 0] || self.is_data(plain[0]) {
            return;
        }
        if at - self.last > REPETITION {
            // After a pause the same command is a new one.
            let _ = self.state.decode(PADDING);
        }
        self.last = at;
        self.text_mode |= is_text_mode(plain);
        if let Ok(Some(command)) = self.state.decode(pair) {
            self.execute(at, command);
        }
    }

    fn execute(&mut self, at: f64, command: Cea608) {
        self.text_mode &= !matches!(command, Cea608::NewMode(..) | Cea608::EndOfCaption(_));
        let meant_for_text = self.text_mode && !matches!(command, Cea608::EraseDisplay(_));
        if !meant_for_text {
            self.screens[usize::from(command.channel() == Channel::TWO)].take(at, command);
        }
    }

    /// Data begins or continues with its own byte and ends with another; only commands come between.
    fn is_data(&mut self, first: u8) -> bool {
        match first {
            0x01..=0x0e => self.data = true,
            0x0f => {
                self.data = false;
                return true;
            }
            0x10..=0x1f => self.data = false,
            _ => {}
        }
        self.data
    }

    /// The lines of both channels, for a film that ends at `end`.
    pub(super) fn done(self, end: f64) -> [Vec<Line>; 2] {
        self.screens.map(|screen| screen.done(end))
    }
}

/// Text restart and resume text display, of either channel and field.
fn is_text_mode([first, second]: [u8; 2]) -> bool {
    matches!(first, 0x14 | 0x15 | 0x1c | 0x1d) && matches!(second, 0x2a | 0x2b)
}
