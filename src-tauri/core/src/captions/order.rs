//! Packets as they are coded, put into the order in which their frames are shown.
//!
//! Guarantees that only as many are kept as may still change places.

use super::Triple;
use super::units::{self, Coding};
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// Frames that may wait for others at most; codecs allow 16, or 32 fields.
const MOST_WAITING: usize = 64;
/// Bytes of one packet; what is more is passed over.
const LARGEST: u64 = 1 << 20;
/// Seconds of a frame of television, for which a DVD gives captions.
const FRAME: f64 = 1001.0 / 30_000.0;

/// Hands on the data of each frame in order, with its time in seconds. The answer is when the last frame ends.
pub(super) fn each(
    coding: Coding,
    times: impl BufRead,
    mut data: impl Read,
    mut take: impl FnMut(f64, &[Triple]),
) -> f64 {
    let (mut unit, mut last, mut waiting) = (1.0 / 90_000.0, 0.0f64, Waiting::new());
    let mut latest = None;
    for line in times.lines().map_while(Result::ok) {
        if let Some(seconds) = line.strip_prefix("#tb 0:").and_then(fraction) {
            unit = seconds;
        }
        let Some(packet) = Packet::of(&line, latest) else { continue };
        latest = packet.known;
        let Some(bytes) = next(&mut data, packet.size) else { break };
        waiting.add(&packet, unit, units::triples(coding, &bytes));
        last = last.max((packet.shown + packet.length) as f64 * unit);
        let due = packet.decoded.map(|decoded| ticks(decoded as f64 * unit));
        waiting.release(due, &mut take);
    }
    waiting.release(Some(i64::MAX), &mut take);
    last
}

/// Microseconds, by which frames are put in order.
fn ticks(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

/// Frames whose turn is still to come.
struct Waiting(BTreeMap<i64, Vec<Triple>>);

impl Waiting {
    fn new() -> Waiting {
        Waiting(BTreeMap::new())
    }

    fn add(&mut self, packet: &Packet, unit: f64, triples: Vec<(u32, Triple)>) {
        for (later, triple) in triples {
            let at = packet.shown as f64 * unit + f64::from(later) * FRAME;
            self.0.entry(ticks(at)).or_default().push(triple);
        }
    }

    /// Hands on the frames that no later packet can come before.
    fn release(&mut self, due: Option<i64>, take: &mut impl FnMut(f64, &[Triple])) {
        while let Some(first) = self.0.first_entry()
            && (due.is_some_and(|due| *first.key() < due) || self.0.len() > MOST_WAITING)
        {
            if let Some((at, triples)) = self.0.pop_first() {
                take(at as f64 / 1e6, &triples);
            }
        }
    }
}

/// A packet by its line of `framecrc`: track, when decoded, when shown, how long, bytes.
struct Packet {
    decoded: Option<i64>,
    shown: i64,
    /// Where that is said of it or of one before.
    known: Option<i64>,
    length: i64,
    size: u64,
}

impl Packet {
    /// One that does not say when it is shown belongs to the frame of that before, as its second field.
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

/// `1/90000`
fn fraction(text: &str) -> Option<f64> {
    let (over, under) = text.trim().split_once('/')?;
    let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
    (over > 0.0 && under > 0.0).then_some(over / under)
}

/// So many bytes; nothing where they are not all there.
fn next(data: &mut impl Read, size: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    data.by_ref().take(size.min(LARGEST)).read_to_end(&mut bytes).ok()?;
    let rest =
        std::io::copy(&mut data.by_ref().take(size.saturating_sub(LARGEST)), &mut std::io::sink()).ok()?;
    (bytes.len() as u64 + rest == size).then_some(bytes)
}
