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
    /// How many there are.
    pub packets: u64,
    /// Places without packets, as seconds from the beginning: from, to.
    pub gaps: Vec<(f64, f64)>,
}

/// A silence between two packets that is worth telling, in seconds.
const GAP: f64 = 1.0;

/// Reads lines of `stream,pts,dts,duration`, in any order of time; what is no number is passed over.
pub fn measure(text: &str) -> Measured {
    let mut all: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.split(',');
        let Some(index) = fields.next().and_then(|f| f.trim().parse().ok()) else { continue };
        let mut number =
            || fields.next().and_then(|f| f.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
        let (pts, dts, duration) = (number(), number(), number());
        if let Some(at) = pts.or(dts) {
            all.entry(index).or_default().push((at, duration.unwrap_or(0.0).max(0.0)));
        }
    }
    Measured { streams: all.into_iter().map(|(index, packets)| (index, span(packets))).collect() }
}

fn span(mut packets: Vec<(f64, f64)>) -> Span {
    packets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let begin = packets.first().map_or(0.0, |p| p.0);
    let mut end = begin;
    let mut gaps = Vec::new();
    for (at, duration) in &packets {
        if at - end > GAP {
            gaps.push((end - begin, at - begin));
        }
        end = end.max(at + duration);
    }
    Span { seconds: end - begin, packets: packets.len() as u64, gaps }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_gaps_follow_from_the_packets_whatever_their_order() {
        let measured = measure("0,1.5,1.4,0.5\n0,1.0,1.0,0.5\n1,N/A,0.2,0.1\nnonsense\n0,5.0,5.0,0.5\n");
        let video = &measured.streams[&0];
        assert_eq!((video.seconds, video.packets), (4.5, 3));
        assert_eq!(video.gaps, [(1.0, 4.0)]);
        assert!((measured.streams[&1].seconds - 0.1).abs() < 1e-9);
    }
}
