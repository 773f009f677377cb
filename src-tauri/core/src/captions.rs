//! Captions inside a picture (CEA-608 and CEA-708): read out of the bytes that carry them, as lines of text with their
//! times.
//!
//! Pure, and made for bytes of strangers: guarantees that nothing fails, that what is kept is bounded, and that a line is
//! shown from the frame that makes it visible to the one that erases or replaces it. Positions, colours and fonts are not
//! kept; text mode and data services (XDS) are passed over. Must not know how the bytes are taken out of a file.

mod cues;
mod digital;
mod line21;
mod order;
mod screen;
mod srt;
mod units;
mod windows;

use serde::{Deserialize, Serialize};
use std::io::{BufRead, Read};

pub use srt::srt;
pub(crate) use srt::{clock, escaped};
pub use units::Coding;

/// Who says the lines: the language, say, or the same for children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// A channel of CEA-608, CC1 to CC4.
    Channel(u8),
    /// A service of CEA-708, 1 to 63.
    Digital(u8),
}

/// The lines of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Captions {
    /// Which.
    pub service: Service,
    /// In the order of their times; never empty.
    pub lines: Vec<Line>,
}

/// What is shown at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// When it appears, in seconds after the beginning of the film.
    pub begin: f64,
    /// When it is gone.
    pub end: f64,
    /// Its rows, separated by line ends: text from a stranger.
    pub text: String,
}

/// Seconds without data after which a receiver erases what is shown.
const ERASED_AFTER: f64 = 16.0;

/// Three bytes of caption data: two of text or commands, and before them what they belong to.
type Triple = [u8; 3];

/// Reads captions. `times`: what ffmpeg's `framecrc` says of packets, `data`: their bytes one behind the other, each packet
/// reduced to what may carry captions. `end`: when the film ends, in seconds, where that is known.
pub fn read(coding: Coding, times: impl BufRead, data: impl Read, end: Option<f64>) -> Vec<Captions> {
    let mut services = Services::default();
    let last = order::each(coding, times, data, |at, triples| services.take(at, triples));
    let declared = end.unwrap_or(last).min(last + ERASED_AFTER);
    chosen(services.done(declared.max(last)))
}

/// CEA-708 mostly repeats what CEA-608 says.
fn chosen(mut all: Vec<Captions>) -> Vec<Captions> {
    let is_channel = |captions: &Captions| matches!(captions.service, Service::Channel(_));
    if all.iter().any(is_channel) {
        all.retain(is_channel);
    }
    all
}

/// All services of a film.
#[derive(Default)]
struct Services {
    fields: [line21::Field; 2],
    digital: digital::Digital,
}

impl Services {
    /// Takes the data of one frame, shown at `at`.
    fn take(&mut self, at: f64, triples: &[Triple]) {
        const VALID: u8 = 0b100;
        for [kind, first, second] in triples.iter().filter(|triple| triple[0] & VALID != 0) {
            match kind & 0b11 {
                field @ (0 | 1) => self.fields[usize::from(field)].take(at, [*first, *second]),
                kind => self.digital.take(at, kind == 0b11, [*first, *second]),
            }
        }
    }

    fn done(self, end: f64) -> Vec<Captions> {
        let channels = self.fields.into_iter().flat_map(|field| field.done(end));
        let channels = channels.zip(1..).map(|(lines, n)| (Service::Channel(n), lines));
        let digital = self.digital.done(end).into_iter().map(|(n, lines)| (Service::Digital(n), lines));
        let all = channels.chain(digital).filter(|(_, lines)| !lines.is_empty());
        all.map(|(service, lines)| Captions { service, lines }).collect()
    }
}

#[cfg(test)]
mod tests;
