//! One field of CEA-608: pairs of bytes, shared by two channels of captions, their text modes, and data (XDS).

use super::Line;
use super::screen::Screen;
use cea608_types::tables::Channel;
use cea608_types::{Cea608, Cea608State};

/// Seconds within which a command that comes again is its repetition, which makes up for errors.
const REPEATED: f64 = 0.15;
const PARITY: u8 = 0x7f;
const NOTHING: [u8; 2] = [0x80, 0x80];

/// What a field has shown so far.
#[derive(Default)]
pub(super) struct Field {
    state: Cea608State,
    screens: [Screen; 2],
    /// When the last pair came.
    last: f64,
    /// Data is sent, until a command of captions.
    data: bool,
    /// Text mode is on, until a command that shows captions.
    text_mode: bool,
}

impl Field {
    /// Takes a pair that came with the frame shown at `at`.
    pub(super) fn take(&mut self, at: f64, pair: [u8; 2]) {
        let plain = pair.map(|byte| byte & PARITY);
        if plain == [0, 0] || self.is_data(plain[0]) {
            return;
        }
        if at - self.last > REPEATED {
            // A pause makes the same command another one.
            let _ = self.state.decode(NOTHING);
        }
        self.last = at;
        self.text_mode |= is_text_mode(plain);
        if let Ok(Some(command)) = self.state.decode(pair) {
            self.obey(at, command);
        }
    }

    fn obey(&mut self, at: f64, command: Cea608) {
        self.text_mode &= !matches!(command, Cea608::NewMode(..) | Cea608::EndOfCaption(_));
        let meant_for_text = self.text_mode && !matches!(command, Cea608::EraseDisplay(_));
        if !meant_for_text {
            self.screens[usize::from(command.channel() == Channel::TWO)].take(at, command);
        }
    }

    /// Data begins or goes on with a byte of its own and ends with another; only commands come between.
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

    /// The lines of both channels, where the film ends so.
    pub(super) fn done(self, end: f64) -> [Vec<Line>; 2] {
        self.screens.map(|screen| screen.done(end))
    }
}

/// Text restart and resume text display, of either channel and field.
fn is_text_mode([first, second]: [u8; 2]) -> bool {
    matches!(first, 0x14 | 0x15 | 0x1c | 0x1d) && matches!(second, 0x2a | 0x2b)
}
