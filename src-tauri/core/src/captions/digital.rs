//! CEA-708: assembles packets from the data of several frames, and splits them into services.

use super::Line;
use super::windows::Windows;
use cea708_types::tables::Code;
use std::collections::BTreeMap;

/// Largest packet in bytes, with its header.
const MAX_PACKET: usize = 128;

/// The packet being received, and the state of each service.
#[derive(Default)]
pub(super) struct Digital {
    packet: Vec<u8>,
    services: BTreeMap<u8, Windows>,
}

impl Digital {
    /// Takes two bytes of the frame shown at `at`; `begins`: they start a packet.
    pub(super) fn take(&mut self, at: f64, begins: bool, pair: [u8; 2]) {
        if begins {
            self.packet.clear();
        } else if self.packet.is_empty() {
            return;
        }
        self.packet.extend(pair);
        if self.packet.len() >= length(self.packet[0]) {
            let packet = std::mem::take(&mut self.packet);
            self.unpack(at, &packet[1..length(packet[0])]);
        }
    }

    fn unpack(&mut self, at: f64, mut rest: &[u8]) {
        while let Some((service, block, after)) = block(rest) {
            // An incomplete block is ignored.
            let codes = Code::from_data(block).unwrap_or_default();
            if !codes.is_empty() {
                self.services.entry(service).or_default().take(at, &codes);
            }
            rest = after;
        }
    }

    /// The lines of each service, for a film that ends at `end`.
    pub(super) fn done(self, end: f64) -> Vec<(u8, Vec<Line>)> {
        self.services.into_iter().map(|(number, windows)| (number, windows.done(end))).collect()
    }
}

/// Size of a packet in bytes, by its header byte.
fn length(header: u8) -> usize {
    match usize::from(header & 0x3f) {
        0 => MAX_PACKET,
        half => half * 2,
    }
}

/// The first block of a packet: its service number, its bytes, and the rest of the packet.
fn block(packet: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = packet.split_first()?;
    let (number, size) = (header >> 5, usize::from(header & 0x1f));
    if number == 0 {
        return None;
    }
    let (number, rest) = match (number, size) {
        (7, 1..) => rest.split_first().map(|(extended, rest)| (extended & 0x3f, rest))?,
        _ => (number, rest),
    };
    let (block, after) = rest.split_at_checked(size)?;
    Some((number, block, after))
}
