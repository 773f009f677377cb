//! Packets, measured: how long each stream is in truth, and where something is missing.

use std::collections::BTreeMap;

/// What the packets of a file say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// By index of the stream.
    pub streams: BTreeMap<usize, Span>,
}

/// The packets of one stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    /// Seconds from the beginning of the first to the end of the last.
    pub seconds: f64,
    /// Seconds from the beginning of the first to that of the last, which may stand for long.
    pub last: f64,
    /// How many there are.
    pub packets: u64,
    /// Places without packets, as seconds from the beginning: from, to.
    pub gaps: Vec<(f64, f64)>,
    /// Seconds of its parts put together, where time stamps jump as only a new clock makes them: back, or far ahead.
    pub joined: Option<f64>,
}

/// A silence between two packets that is worth telling, in seconds.
const GAP: f64 = 1.0;

/// Time stamps that step back so far, or ahead so far, in seconds, are those of another clock: what ffmpeg closes in
/// containers of broadcasts.
const BACK: f64 = 0.1;
const AHEAD: f64 = 10.0;

/// One packet, in seconds.
struct Packet {
    /// When it is shown.
    at: f64,
    /// When it is decoded: its place in the file.
    turn: f64,
    duration: f64,
}

/// Reads lines of `stream,pts,dts,duration`, in any order of time; what is no number is passed over.
pub fn measure(text: &str) -> Measured {
    let mut all: BTreeMap<usize, Vec<Packet>> = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.split(',');
        let Some(index) = fields.next().and_then(|f| f.trim().parse().ok()) else { continue };
        let mut number =
            || fields.next().and_then(|f| f.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
        let (pts, dts, duration) = (number(), number(), number());
        if let Some(at) = pts.or(dts) {
            let duration = duration.unwrap_or(0.0).max(0.0);
            all.entry(index).or_default().push(Packet { at, turn: dts.unwrap_or(at), duration });
        }
    }
    Measured { streams: all.into_iter().map(|(index, packets)| (index, span(packets))).collect() }
}

fn span(mut packets: Vec<Packet>) -> Span {
    let joined = joined(&packets);
    packets.sort_by(|a, b| a.at.total_cmp(&b.at));
    let begin = packets.first().map_or(0.0, |p| p.at);
    let mut end = begin;
    let mut gaps = Vec::new();
    for Packet { at, duration, .. } in &packets {
        if at - end > GAP {
            gaps.push((end - begin, at - begin));
        }
        end = end.max(at + duration);
    }
    let last = packets.last().map_or(0.0, |p| p.at - begin);
    Span { seconds: end - begin, last, packets: packets.len() as u64, gaps, joined }
}

/// The parts between jumps, each as long as its packets, in the order of the file.
fn joined(packets: &[Packet]) -> Option<f64> {
    let same_clock = |a: &Packet, b: &Packet| (-BACK..=AHEAD).contains(&(b.turn - a.turn));
    let parts: Vec<&[Packet]> = packets.chunk_by(same_clock).collect();
    let length = |part: &&[Packet]| {
        let begin = part.iter().map(|p| p.at).fold(f64::INFINITY, f64::min);
        part.iter().map(|p| p.at + p.duration).fold(begin, f64::max) - begin
    };
    (parts.len() > 1).then(|| parts.iter().map(length).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_gaps_follow_from_the_packets_whatever_their_order() {
        let measured = measure("0,1.5,1.4,0.5\n0,1.0,1.0,0.5\n1,N/A,0.2,0.1\nnonsense\n0,5.0,5.0,0.5\n");
        let video = &measured.streams[&0];
        assert_eq!((video.seconds, video.last, video.packets), (4.5, 4.0, 3));
        assert_eq!(video.gaps, [(1.0, 4.0)]);
        assert!((measured.streams[&1].seconds - 0.1).abs() < 1e-9);
    }

    #[test]
    fn parts_with_clocks_of_their_own_are_put_together() {
        let joined = |text: String| measure(&text).streams[&0].joined;
        let part = |from: f64| -> String {
            (0..4)
                .map(|n| format!("0,{0:.3},{0:.3},0.5\n", f64::from(n) * 0.5 + from))
                .collect::<Vec<_>>()
                .concat()
        };
        for second in [10.0, 100.0, 0.0] {
            assert_eq!(joined(part(10.0) + &part(second)), Some(4.0));
        }
        assert_eq!(joined(part(10.0) + &part(15.0)), None, "a pause");
    }
}
