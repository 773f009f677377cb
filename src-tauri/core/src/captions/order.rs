//! Reorders packets from decode order to display order.
//!
//! Guarantees that no more frames are kept than can still change places.

use super::Triple;
use super::units::{self, Coding};
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// Maximum number of frames that wait for others; codecs allow 16, or 32 fields.
const MAX_WAITING: usize = 64;
/// Maximum bytes read of one packet; the rest is skipped.
const MAX_PACKET: u64 = 1 << 20;
/// Seconds per frame of television, for which a DVD stores captions.
const FRAME: f64 = 1001.0 / 30_000.0;

/// Passes on the data of each frame in display order, with its time in seconds. Returns when the last frame ends.
pub(super) fn each(
    coding: Coding,
    times: impl BufRead,
    mut data: impl Read,
    mut take: impl FnMut(f64, &[Triple]),
) -> f64 {
    let (mut time_base, mut last, mut waiting) = (1.0 / 90_000.0, 0.0f64, Waiting::new());
    let mut latest = None;
    for line in times.lines().map_while(Result::ok) {
        if let Some(seconds) = line.strip_prefix("#tb 0:").and_then(fraction) {
            time_base = seconds;
        }
        let Some(packet) = Packet::of(&line, latest) else { continue };
        latest = packet.known;
        let Some(bytes) = next(&mut data, packet.size) else { break };
        waiting.add(&packet, time_base, units::triples(coding, &bytes));
        last = last.max((packet.shown + packet.length) as f64 * time_base);
        let due = packet.decoded.map(|decoded| micros(decoded as f64 * time_base));
        waiting.release(due, &mut take);
    }
    waiting.release(Some(i64::MAX), &mut take);
    last
}

/// Seconds as microseconds, by which frames are ordered.
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

/// Frames that may still be preceded by others.
struct Waiting(BTreeMap<i64, Vec<Triple>>);

impl Waiting {
    fn new() -> Waiting {
        Waiting(BTreeMap::new())
    }

    fn add(&mut self, packet: &Packet, time_base: f64, triples: Vec<(u32, Triple)>) {
        for (later, triple) in triples {
            let at = packet.shown as f64 * time_base + f64::from(later) * FRAME;
            self.0.entry(micros(at)).or_default().push(triple);
        }
    }

    /// Passes on the frames that no later packet can precede.
    fn release(&mut self, due: Option<i64>, take: &mut impl FnMut(f64, &[Triple])) {
        while let Some(first) = self.0.first_entry()
            && (due.is_some_and(|due| *first.key() < due) || self.0.len() > MAX_WAITING)
        {
            if let Some((at, triples)) = self.0.pop_first() {
                take(at as f64 / 1e6, &triples);
            }
        }
    }
}

/// A packet by its `framecrc` line: track, decode time, presentation time, duration, bytes.
struct Packet {
    decoded: Option<i64>,
    shown: i64,
    /// The presentation time of this packet, or else of the last one that has any.
    known: Option<i64>,
    length: i64,
    size: u64,
}

impl Packet {
    /// A packet without a presentation time belongs to the frame before, as its second field.
    fn of(line: &str, latest: Option<i64>) -> Option<Packet> {
        let mut fields = line.split(',').map(str::trim);
        if fields.next()? != "0" {
            return None;
        }
        let known = |field: &str| field.parse().ok().filter(|n: &i64| n.unsigned_abs() < 1 << 53);
        let (decoded, shown) = (known(fields.next()?), known(fields.next()?));
        let known_at = shown.or(latest);
        let (length, size) = (known(fields.next()?).unwrap_or(0), fields.next()?.parse().ok()?);
        Some(Packet { decoded, shown: known_at.or(decoded)?, known: known_at, length: length.max(0), size })
    }
}

/// Parses `1/90000`.
fn fraction(text: &str) -> Option<f64> {
    let (numerator, denominator) = text.trim().split_once('/')?;
    let (numerator, denominator): (f64, f64) = (numerator.parse().ok()?, denominator.parse().ok()?);
    (numerator > 0.0 && denominator > 0.0).then_some(numerator / denominator)
}

/// Reads `size` bytes; `None` if they are incomplete.
fn next(data: &mut impl Read, size: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    data.by_ref().take(size.min(MAX_PACKET)).read_to_end(&mut bytes).ok()?;
    let rest =
        std::io::copy(&mut data.by_ref().take(size.saturating_sub(MAX_PACKET)), &mut std::io::sink()).ok()?;
    (bytes.len() as u64 + rest == size).then_some(bytes)
}
