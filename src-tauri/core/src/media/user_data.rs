//! Camera data between the frames of H.264 and H.265: SEI messages of the type *user data unregistered*, in which
//! some cameras write where a frame was recorded. A copy would keep them.
//!
//! Pure. Guarantees that a message of an unknown writer counts as one of a camera: its binary content cannot be
//! interpreted.

/// UUIDs of writers that store settings or the time and never a location: x264, x265, Apple's encoders, MISB clocks
/// in micro- and nanoseconds.
const KNOWN_WRITERS: [[u8; 16]; 5] = [
    *b"\xdc\x45\xe9\xbd\xe6\xd9\x48\xb7\x96\x2c\xd8\x20\xd9\x23\xee\xef",
    *b"\x2c\xa2\xde\x09\xb5\x17\x47\xdb\xbb\x55\xa4\xfe\x7f\xc2\xfc\x4e",
    *b"\x47\x56\x4a\xdc\x5c\x4c\x43\x3f\x94\xef\xc5\x11\x3c\xd1\x43\xa8",
    *b"MISPmicrosectime",
    *b"MISPnanosectime\0",
];

/// SEI payload type of *user data unregistered*.
const UNREGISTERED: usize = 5;

/// True if these units, each after a start code (0, 0, 1), hold a message of a camera.
pub fn is_of_camera(codec: &str, units: &[u8]) -> bool {
    let head = if codec == "hevc" { 2 } else { 1 };
    split_units(units).any(|unit| unit.get(head..).is_some_and(|messages| has_foreign(&unescaped(messages))))
}

/// The units: what follows each start code, up to the next.
fn split_units(units: &[u8]) -> impl Iterator<Item = &[u8]> {
    let codes = units.windows(3).enumerate().filter(|(_, three)| *three == [0, 0, 1]);
    let begins: Vec<usize> = codes.map(|(at, _)| at + 3).collect();
    let ends: Vec<usize> = begins.iter().skip(1).map(|next| next - 3).chain([units.len()]).collect();
    begins.into_iter().zip(ends).filter_map(|(begin, end)| units.get(begin..end))
}

/// Removes the emulation prevention bytes, which keep two zeros from becoming a start code.
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        all.push(*byte);
    }
    all
}

fn has_foreign(mut messages: &[u8]) -> bool {
    while messages.len() > 2 {
        let (kind, rest) = number(messages);
        let (size, rest) = number(rest);
        let content = rest.get(..size).unwrap_or(rest);
        if kind == UNREGISTERED && !KNOWN_WRITERS.iter().any(|writer| content.starts_with(writer)) {
            return true;
        }
        messages = rest.get(size..).unwrap_or_default();
    }
    false
}

/// A number in which each byte of 255 means that more follows.
fn number(bytes: &[u8]) -> (usize, &[u8]) {
    let full = bytes.iter().take_while(|byte| **byte == 0xff).count();
    let last = bytes.get(full).map_or(0, |byte| usize::from(*byte));
    (full * 255 + last, bytes.get(full + 1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        [&[kind, content.len() as u8][..], content].concat()
    }

    fn unit(head: &[u8], messages: &[Vec<u8>]) -> Vec<u8> {
        [&[0, 0, 0, 1][..], head, &messages.concat(), &[0x80]].concat()
    }

    #[test]
    fn messages_of_unknown_writers_count_as_those_of_a_camera() {
        let known = message(5, &[&KNOWN_WRITERS[0][..], b"x264 - core 164"].concat());
        let camera = message(5, b"0123456789abcdef lat 48.8577");
        let timing = message(1, &[1, 2, 3]);
        for (codec, head) in [("h264", &[6][..]), ("hevc", &[0x4e, 1])] {
            let of =
                |all: &[Vec<u8>]| is_of_camera(codec, &[unit(head, &all[..1]), unit(head, all)].concat());
            assert!(!of(&[known.clone(), timing.clone()]), "{codec}");
            assert!(of(&[timing.clone(), camera.clone()]) && of(std::slice::from_ref(&camera)), "{codec}");
        }
        assert!(!is_of_camera("h264", b"") && !is_of_camera("h264", &[0, 0, 1, 6]));
    }

    #[test]
    fn emulation_prevention_bytes_are_removed() {
        assert_eq!(unescaped(&[1, 0, 0, 3, 1, 0, 0, 3]), [1, 0, 0, 1, 0, 0]);
        assert_eq!(number(&[255, 255, 4, 9]), (514, &[9][..]));
    }
}
