//! Captions embedded in video (CEA-608 and CEA-708), decoded into lines of text with their times.
//!
//! Pure, for untrusted bytes: guarantees that nothing fails, that memory is bounded, and that a line is shown from
//! the frame that makes it visible to the one that erases or replaces it. Positions, colours and fonts are dropped;
//! text mode and data services (XDS) are skipped. Must not know how the bytes are extracted from a file.

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

/// A caption service: usually one per language, or an easier version for children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// A CEA-608 channel, 1 to 4 for CC1 to CC4.
    Channel(u8),
    /// A CEA-708 service, 1 to 63.
    Digital(u8),
}

/// The lines of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Captions {
    /// The service.
    pub service: Service,
    /// In time order; never empty.
    pub lines: Vec<Line>,
}

/// The text shown at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Start time, in seconds after the start of the film.
    pub begin: f64,
    /// End time, likewise.
    pub end: f64,
    /// Its rows, separated by line ends: untrusted text.
    pub text: String,
}

/// Seconds without data after which a receiver erases the screen.
const ERASED_AFTER: f64 = 16.0;

/// Three bytes of caption data: the type, then two bytes of text or commands.
type Triple = [u8; 3];

/// Decodes captions. `times`: ffmpeg's `framecrc` output for the packets; `data`: their bytes, concatenated, each
/// packet reduced to what may carry captions; `end`: end of the film in seconds, if known.
pub fn read(coding: Coding, times: impl BufRead, data: impl Read, end: Option<f64>) -> Vec<Captions> {
    let mut services = Services::default();
    let last = order::each(coding, times, data, |at, triples| services.take(at, triples));
    let declared = end.unwrap_or(last).min(last + ERASED_AFTER);
    preferred(services.done(declared.max(last)))
}

/// Drops CEA-708 services where there are CEA-608 channels, which they mostly repeat.
fn preferred(mut all: Vec<Captions>) -> Vec<Captions> {
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
    /// Takes the data of one frame, shown at `at` seconds.
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
