//! Measures packets: the duration of each stream as it is shown, what is hidden, and where something is missing.
//!
//! Guarantees that packets hidden by an edit list (flagged *discard*) count neither for duration nor for number, and
//! bounded memory for any input.

use super::steps::{AHEAD, Steps};
use super::{MediaInfo, decimal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Measurements of the packets of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// By stream index.
    pub streams: BTreeMap<usize, Span>,
    /// Number of all packets by stream index: with or without a timestamp, shown or hidden.
    pub counts: BTreeMap<usize, u64>,
}

/// The shown packets of one stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// Start of the first packet, in seconds.
    pub begin: f64,
    /// Seconds from the start of the first packet to the end of the last.
    pub seconds: f64,
    /// Seconds from the start of the first packet to the start of the last, which may be shown for long.
    pub last: f64,
    /// Number of packets.
    pub packets: u64,
    /// Packets before the first keyframe, of a recording that begins between two keyframes.
    pub lead: u64,
    /// Seconds from the first of the leading packets to the first keyframe.
    #[serde(default)]
    pub before: f64,
    /// Packets hidden by an edit list.
    pub hidden: u64,
    /// Hidden packets after the first shown one: a middle or an end is hidden, which a copy would show again.
    pub hidden_later: u64,
    /// Packets that begin with a new codec header, not counting the first header.
    pub headers: u64,
    /// Gaps without packets, in seconds from the start of the first packet: from, to.
    pub gaps: Vec<(f64, f64)>,
    /// Seconds missing in a stream whose packets all have the same duration, however short each hole is. Summed from
    /// timestamps, because MP4 declares the packet before a hole as longer.
    #[serde(default)]
    pub missing: f64,
    /// Seconds of `missing` in holes of one packet or two.
    #[serde(default)]
    pub small: f64,
    /// Seconds in steps between packets of more than ten seconds: also missing, or a change of clock.
    #[serde(default)]
    pub far: f64,
    /// Total seconds of its parts, if timestamps jump as only a new clock makes them: back, or far ahead.
    pub joined: Option<f64>,
}

/// Shortest gap that is reported, in seconds.
const GAP: f64 = 1.0;

/// Timestamps that step back by more than this, in seconds, or ahead by more than `AHEAD` belong to another clock:
/// ffmpeg closes such jumps in broadcast containers.
const BACK: f64 = 0.1;

/// Collects packets as they are read, keeping no more than is needed.
#[derive(Debug, Default)]
pub struct Measuring {
    streams: BTreeMap<usize, Entry>,
}

/// Packets before the first keyframe (not decodable), and the rest.
#[derive(Debug, Default)]
struct Entry {
    total: u64,
    has_keyframe: bool,
    hidden: u64,
    hidden_later: u64,
    headers: u64,
    lead: Track,
    rest: Track,
}

/// State of the packets of one stream, in seconds.
#[derive(Debug, Default)]
struct Track {
    packets: u64,
    /// Start of the last shown packet.
    last: f64,
    /// Ranges covered by packets (from, to), in time order; the gaps between them are reported.
    covered: Vec<(f64, f64)>,
    /// The part under the current clock: start, end, and decode time of its last packet.
    part: Option<(f64, f64, f64)>,
    /// Duration of the parts before it; `None` if there was only one clock.
    parts: Option<f64>,
    /// Time steps from packet to packet.
    steps: Steps,
}

impl Measuring {
    /// Takes a `stream|pts|dts|duration|flags` line, followed by the names of side data; malformed fields are
    /// skipped.
    pub fn take(&mut self, line: &str) {
        let mut fields = line.split('|');
        let Some(index) = fields.next().and_then(|f| f.trim().parse().ok()) else { return };
        let mut number = || fields.next().and_then(decimal);
        let (pts, dts, duration) = (number(), number(), number());
        let flags = fields.next();
        let entry = self.streams.entry(index).or_default();
        entry.total += 1;
        entry.has_keyframe |= flags.is_none_or(|flags| flags.starts_with('K'));
        entry.headers += u64::from(fields.any(|side| side.trim() == "New Extradata"));
        if flags.is_some_and(|flags| flags.contains('D')) {
            return entry.hide();
        }
        if let Some(at) = pts.or(dts) {
            let end = at + duration.unwrap_or(0.0).max(0.0);
            let track = if entry.has_keyframe { &mut entry.rest } else { &mut entry.lead };
            track.take(at, end, dts.unwrap_or(at));
        }
    }

    /// Finishes the measurement.
    pub fn done(self) -> Measured {
        let timed = |entry: &Entry| entry.lead.packets + entry.rest.packets > 0;
        let counts = self.streams.iter().map(|(index, entry)| (*index, entry.total)).collect();
        let timed = self.streams.into_iter().filter(|(_, entry)| timed(entry));
        Measured { streams: timed.map(|(index, entry)| (index, entry.span())).collect(), counts }
    }
}

impl Entry {
    fn hide(&mut self) {
        self.hidden += 1;
        self.hidden_later += u64::from(self.rest.packets > 0);
    }

    /// A stream without keyframes begins with its first packet.
    fn span(self) -> Span {
        let Entry { lead, rest, hidden, hidden_later, headers, .. } = self;
        let before = lead.packets;
        let span = match (lead.span(), rest.packets) {
            (lead, 0) => lead,
            (lead, _) if before > 0 => {
                let rest = rest.span();
                Span { lead: before, before: (rest.begin - lead.begin).max(0.0), ..rest }
            }
            _ => rest.span(),
        };
        Span { hidden, hidden_later, headers, ..span }
    }
}

impl Track {
    /// Takes a packet shown from `at` to `end` and decoded at `decoded`, which gives its position in the file.
    fn take(&mut self, at: f64, end: f64, decoded: f64) {
        if self.packets > 0 {
            self.steps.take((at - self.last) * 1000.0);
        }
        self.last = if self.packets == 0 { at } else { self.last.max(at) };
        self.packets += 1;
        self.cover(at, end);
        self.part = Some(match self.part {
            Some((from, to, before)) if (-BACK..=AHEAD).contains(&(decoded - before)) => {
                (from.min(at), to.max(end), decoded)
            }
            Some((from, to, _)) => {
                *self.parts.get_or_insert_default() += to - from;
                (at, end, decoded)
            }
            None => (at, end, decoded),
        });
    }

    /// Packets come in decode order, so later ones may fill a gap.
    fn cover(&mut self, at: f64, end: f64) {
        let from = self.covered.partition_point(|(_, to)| at - to > GAP);
        let to = self.covered.partition_point(|(from, _)| from - end <= GAP);
        let mut whole = (at, end);
        for (from, to) in self.covered.drain(from..to.max(from)) {
            whole = (whole.0.min(from), whole.1.max(to));
        }
        self.covered.insert(from, whole);
    }

    fn span(self) -> Span {
        let begin = self.covered.first().map_or(0.0, |(from, _)| *from);
        let end = self.covered.last().map_or(begin, |(_, to)| *to);
        let gaps = self.covered.windows(2).map(|pair| (pair[0].1 - begin, pair[1].0 - begin)).collect();
        let (missing, small, far) = (self.steps.missing(), self.steps.small(), self.steps.far());
        let joined = self.parts.zip(self.part).map(|(parts, (from, to, _))| parts + to - from);
        let (seconds, last) = (end - begin, self.last - begin);
        Span {
            begin,
            seconds,
            last,
            packets: self.packets,
            gaps,
            missing,
            small,
            far,
            joined,
            ..Span::default()
        }
    }
}

impl MediaInfo {
    /// Stores the measurements with each stream; a stream without timestamps gets none. In a broadcast the clock may
    /// jump and most packets have no timestamp, so far steps and small holes do not count as missing; elsewhere both
    /// do.
    pub fn keep(&mut self, measured: &Measured) {
        let jumps = matches!(self.container.as_str(), "mpegts" | "mpeg");
        for stream in &mut self.streams {
            let span = measured.streams.get(&stream.index).cloned();
            let missing = |span: &Span| span.missing + if jumps { -span.small } else { span.far };
            stream.span = span.map(|span| Span { missing: missing(&span), ..span });
        }
    }

    /// Replaces the declared packet counts by those read; a stream without packets keeps its count.
    pub(crate) fn count(&mut self, measured: &Measured) {
        for stream in &mut self.streams {
            stream.packets = measured.counts.get(&stream.index).copied().or(stream.packets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Stream;

    fn measure(text: &str) -> Measured {
        let mut measuring = Measuring::default();
        text.lines().for_each(|line| measuring.take(line));
        measuring.done()
    }

    #[test]
    fn packets_without_timestamp_and_hidden_packets_are_counted() {
        let measured =
            measure("0|0.0|0.0|0.5|K__\n0|N/A|N/A|N/A|___\n0|0.5|0.5|0.5|_D_\n2|N/A|N/A|N/A|K__\n");
        assert_eq!(measured.counts, BTreeMap::from([(0, 3), (2, 1)]));
        let stream = |index, packets| Stream { index, packets, ..Stream::default() };
        let streams = vec![stream(0, Some(9)), stream(1, Some(5)), stream(2, None), stream(3, None)];
        let mut info = MediaInfo { streams, ..MediaInfo::default() };
        info.count(&measured);
        let counted: Vec<_> = info.streams.iter().map(|stream| stream.packets).collect();
        assert_eq!(counted, [Some(3), Some(5), Some(1), None], "the declared count where nothing was read");
    }

    #[test]
    fn duration_and_gaps_do_not_depend_on_packet_order() {
        let measured = measure("0|1.5|1.4|0.5\n0|1.0|1.0|0.5\n1|N/A|0.2|0.1\nnonsense\n0|5.0|5.0|0.5\n");
        let video = &measured.streams[&0];
        assert_eq!((video.seconds, video.last, video.packets), (4.5, 4.0, 3));
        assert_eq!(video.gaps, [(1.0, 4.0)]);
        assert!((measured.streams[&1].seconds - 0.1).abs() < 1e-9);
    }

    #[test]
    fn packets_hidden_by_an_edit_list_do_not_count() {
        let head = measure("0|-1|-1|0.5|KD\n0|-0.5|-0.5|0.5|_D\n0|0|0|0.5|__\n0|0.5|0.5|0.5|K_\n");
        let span = &head.streams[&0];
        assert_eq!(
            (span.seconds, span.packets, span.lead),
            (1.0, 2, 0),
            "the hidden keyframe is there to decode"
        );
        assert_eq!((span.hidden, span.hidden_later), (2, 0));
        let tail = measure("0|0|0|0.5|K_\n0|0.5|0.5|0.5|__\n0|1|1|0.5|KD\n0|1.5|1.5|0.5|_D_\n");
        let span = &tail.streams[&0];
        assert_eq!((span.seconds, span.packets, span.hidden, span.hidden_later), (1.0, 2, 2, 2));
    }

    #[test]
    fn new_headers_are_counted_per_stream() {
        let measured = measure(
            "0|0|0|1|K_\n1|0|0|1|K_\n1|1|1|1|K_|New Extradata\n0|1|1|1|K_|Skip Samples|New Extradata\n0|2|2|1|K_\n",
        );
        assert_eq!((measured.streams[&0].headers, measured.streams[&1].headers), (1, 1));
    }

    #[test]
    fn a_stream_begins_with_its_first_keyframe() {
        let measured = measure("0|1.0|1.0|0.5|__\n0|1.5|1.5|0.5|K_\n0|2.0|2.0|0.5|__\n1|1.0|1.0|0.5|__\n");
        assert_eq!((measured.streams[&0].seconds, measured.streams[&0].lead), (1.0, 1));
        assert!((measured.streams[&0].before - 0.5).abs() < 1e-9);
        assert_eq!((measured.streams[&1].seconds, measured.streams[&1].lead), (0.5, 0), "no keyframe");
    }

    #[test]
    fn packets_of_every_version_and_locale_are_read() {
        for line in [
            "0|1.5|1.4|0.5|K_",
            "0|1.5|1.4|0.5\r",
            "0|1.5|1.4|0.5|K__\r",
            "0|1,500000|1,400000|0,500000|K_C",
            " 0|1.5|N/A|0.5|K__",
        ] {
            let measured = measure(line);
            assert_eq!((measured.streams[&0].seconds, measured.streams[&0].lead), (0.5, 0), "{line:?}");
        }
    }

    #[test]
    fn holes_are_measured_from_timestamps_not_durations() {
        let missing = |times: &[(f64, f64)]| {
            let lines: Vec<String> =
                times.iter().map(|(at, long)| format!("0|{at}|{at}|{long}|K_\n")).collect();
            measure(&lines.concat()).streams[&0].missing
        };
        let whole: Vec<(f64, f64)> = (0..90).map(|n| (f64::from(n) * 1024.0 / 48000.0, 0.021)).collect();
        assert!(missing(&whole) < 1e-9, "timestamps are rounded to milliseconds");
        let mut hole = whole.clone();
        hole.iter_mut().skip(40).for_each(|(at, _)| *at += 2.5);
        assert!((missing(&hole) - 2.5).abs() < 0.01);
        hole[39].1 = 2.521;
        assert!((missing(&hole) - 2.5).abs() < 0.01, "MP4 lengthens the packet before it");
        let rates = (0..90).map(|n| (f64::from(n) * 0.021_333 + f64::from(n / 8) * 0.015, 0.021));
        assert!(missing(&rates.collect::<Vec<_>>()) < 1e-9, "less than a packet is no hole");
        let lost: Vec<(f64, f64)> =
            whole.into_iter().enumerate().filter(|(n, _)| n % 30 > 2).map(|(_, p)| p).collect();
        assert!((missing(&lost) - 2.0 * 0.064).abs() < 0.01, "small holes: {}", missing(&lost));
    }

    #[test]
    fn which_holes_count_depends_on_the_container() {
        let spans = Span { missing: 3.0, small: 1.0, far: 20.0, ..Span::default() };
        let measured = Measured { streams: BTreeMap::from([(0, spans)]), ..Measured::default() };
        let missing = |container: &str| {
            let streams = vec![crate::media::Stream::default()];
            let mut info = MediaInfo { container: container.into(), streams, ..MediaInfo::default() };
            info.keep(&measured);
            info.streams.remove(0).span.unwrap().missing
        };
        assert!((missing("mpegts") - 2.0).abs() < 1e-9 && (missing("matroska,webm") - 23.0).abs() < 1e-9);
    }

    #[test]
    fn parts_with_different_clocks_are_joined() {
        let joined = |text: String| measure(&text).streams[&0].joined;
        let part = |from: f64| -> String {
            (0..4)
                .map(|n| format!("0|{0:.3}|{0:.3}|0.5\n", f64::from(n) * 0.5 + from))
                .collect::<Vec<_>>()
                .concat()
        };
        for second in [10.0, 100.0, 0.0] {
            assert_eq!(joined(part(10.0) + &part(second)), Some(4.0));
        }
        assert_eq!(joined(part(10.0) + &part(15.0)), None, "a pause");
    }
}
