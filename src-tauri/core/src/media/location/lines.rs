//! Detects subtitle tracks that are location logs, as drones and cameras write them, in ffprobe's dumps of their
//! packets.
//!
//! Pure. Guarantees that a film with numbers in single lines is not taken for a log.

use super::tells;
use std::collections::{BTreeMap, BTreeSet};

/// Counts the lines of each track.
#[derive(Debug, Default)]
pub struct Lines {
    tracks: BTreeMap<usize, Count>,
}

#[derive(Debug, Default)]
struct Count {
    total: u64,
    with_coordinates: u64,
}

impl Lines {
    /// Takes a packet as ffprobe's `compact` writer prints it, its stream and its bytes; malformed input is skipped.
    pub fn take(&mut self, line: &str) {
        let Some((index, dump)) = line.split_once('|') else { return };
        let (Ok(index), text) = (index.trim().parse(), text(dump)) else { return };
        self.tracks.entry(index).or_default().take(&text);
    }

    /// Indexes of the tracks that are logs.
    pub fn logs(&self) -> BTreeSet<usize> {
        self.tracks.iter().filter(|(_, count)| count.is_log()).map(|(index, _)| *index).collect()
    }
}

/// True if the texts of a track are a location log.
pub fn is_log(texts: &[String]) -> bool {
    let mut count = Count::default();
    for text in texts {
        count.take(text);
    }
    count.is_log()
}

impl Count {
    fn take(&mut self, text: &str) {
        if text.contains(|c: char| c.is_alphanumeric()) {
            self.total += 1;
            self.with_coordinates += u64::from(tells(text));
        }
    }

    /// True if most lines hold coordinates, or many do: the receiver may find no satellites for a while.
    fn is_log(&self) -> bool {
        self.with_coordinates * 2 > self.total
            || (self.with_coordinates > 4 && self.with_coordinates * 10 > self.total)
    }
}

/// Columns of a dump line: the offset (`00000010: `), and the bytes in hexadecimal.
const OFFSET_WIDTH: usize = 10;
const HEX_WIDTH: usize = 40;

/// Decodes the text of a packet from its hexadecimal dump, whose lines end in a backslash and an n.
fn text(dump: &str) -> String {
    let lines = dump.split("\\n").filter(|line| line.get(8..OFFSET_WIDTH) == Some(": "));
    let hex =
        lines.flat_map(|line| line.bytes().skip(OFFSET_WIDTH).take(HEX_WIDTH)).filter(u8::is_ascii_hexdigit);
    let digits: Vec<u32> = hex.filter_map(|digit| char::from(digit).to_digit(16)).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect();
    String::from_utf8_lossy(&bytes).chars().filter(|c| *c != '\0').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(index: usize, text: &str) -> String {
        let mut dump = String::from("\\n");
        for (n, bytes) in text.as_bytes().chunks(16).enumerate() {
            let pair = |two: &[u8]| match two {
                [a, b] => format!("{a:02x}{b:02x}"),
                _ => format!("{:02x}", two[0]),
            };
            let hex = bytes.chunks(2).map(pair).collect::<Vec<_>>().join(" ");
            let shown = String::from_utf8_lossy(bytes).replace('\\', "\\\\").replace('\n', ".");
            let line = format!("{:08x}: {hex:40} {shown}\\n", n * 16);
            dump.push_str(&line);
        }
        format!("{index}|{dump}")
    }

    fn logs(lines: &[String]) -> BTreeSet<usize> {
        let mut all = Lines::default();
        for line in lines {
            all.take(line);
        }
        all.logs()
    }

    #[test]
    fn a_hex_dump_is_decoded() {
        let line = "0,0,Default,,0,0,0,,Hello\\Nworld, deadbeef: 00\\n";
        assert_eq!(text(packet(1, line).split_once('|').unwrap().1), line);
        assert_eq!(
            text("\\n00000000: 0002 4869                                .Hi\\n"),
            "\u{2}Hi".to_owned()
        );
        for malformed in ["", "x", "0", "0|", "0|zz", "a|\\n00000000: 4869\\n"] {
            assert!(logs(&[malformed.to_owned()]).is_empty());
        }
    }

    #[test]
    fn a_log_has_coordinates_in_most_lines_and_a_film_does_not() {
        let place = "GPS (9.0526, 45.6721, 18), D 3.2m";
        let log = [packet(2, place), packet(2, place), packet(2, "Take-off")];
        let film: Vec<String> =
            (0..9).map(|n| packet(1, if n == 4 { "Call 9.0526, 45.6721" } else { "Hello." })).collect();
        assert_eq!(logs(&[&log[..], &film].concat()), [2].into());
        assert_eq!(logs(&[packet(3, place), packet(3, "Hello.")]), BTreeSet::new());
    }

    #[test]
    fn a_log_may_begin_without_satellites() {
        let late: Vec<String> = (0..40)
            .map(|n| packet(1, if n < 30 { "GPS (n/a, n/a)" } else { "GPS (9.0526, 45.6721)" }))
            .collect();
        assert_eq!(logs(&late), [1].into());
        assert!(logs(&late[..33]).is_empty(), "three lines of 33");
    }
}
