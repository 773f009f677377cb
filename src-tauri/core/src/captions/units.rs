//! Extracts caption data from coded video: SEI messages of H.264 and HEVC, user data of MPEG-2, metadata of AV1.

use super::Triple;

/// How a codec carries captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// H.264.
    H264,
    /// HEVC.
    Hevc,
    /// MPEG-1 and MPEG-2.
    Mpeg2,
    /// AV1.
    Av1,
}

impl Coding {
    /// The coding of a codec by ffmpeg's name; `None` if captions in it are not supported.
    pub fn of(codec: &str) -> Option<Coding> {
        Some(match codec {
            "h264" => Coding::H264,
            "hevc" => Coding::Hevc,
            "mpeg1video" | "mpeg2video" => Coding::Mpeg2,
            "av1" => Coding::Av1,
            _ => return None,
        })
    }

    /// Byte sequences with which captions begin.
    pub fn marks(self) -> &'static [&'static [u8]] {
        const MPEG: &[&[u8]] = &[
            b"GA94\x03",
            b"\x00\x00\x01\xb2CC\x01\xf8",
            b"\x00\x00\x01\xb2\x03\x01",
            b"\x00\x00\x01\xb2\x03\x81",
        ];
        if self == Coding::Mpeg2 { MPEG } else { &MPEG[..1] }
    }

    /// The unit types that may carry captions, as ffmpeg's `filter_units` numbers them.
    pub fn units(self) -> &'static str {
        match self {
            Coding::H264 => "6",
            Coding::Hevc => "39-40",
            Coding::Mpeg2 => "178",
            Coding::Av1 => "5",
        }
    }
}

/// The caption data of a packet, each with the number of frames after it at which it is shown.
pub(super) fn triples(coding: Coding, packet: &[u8]) -> Vec<(u32, Triple)> {
    let at_once = |triple| (0, triple);
    match coding {
        Coding::H264 => split_units(packet).flat_map(|u| messages(&unescaped(u, 1))).map(at_once).collect(),
        Coding::Hevc => split_units(packet).flat_map(|u| messages(&unescaped(u, 2))).map(at_once).collect(),
        Coding::Mpeg2 => split_units(packet).flat_map(user_data).collect(),
        Coding::Av1 => metadata(packet).into_iter().map(at_once).collect(),
    }
}

/// The units: what follows each start code.
fn split_units(packet: &[u8]) -> impl Iterator<Item = &[u8]> {
    let begins: Vec<usize> =
        packet.windows(3).enumerate().filter(|(_, w)| *w == [0, 0, 1]).map(|(at, _)| at).collect();
    let ends: Vec<usize> = begins.iter().skip(1).copied().chain([packet.len()]).collect();
    begins.into_iter().zip(ends).map(|(begin, end)| &packet[begin + 3..end])
}

/// A unit without its header and emulation prevention bytes.
fn unescaped(unit: &[u8], header: usize) -> Vec<u8> {
    let mut zeros = 0;
    let kept = |byte: &u8| {
        let escape = zeros >= 2 && *byte == 3;
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        !escape
    };
    unit.iter().skip(header).copied().filter(kept).collect()
}

/// The captions in SEI messages that are registered user data.
fn messages(mut rest: &[u8]) -> Vec<Triple> {
    const REGISTERED: usize = 4;
    let mut all = Vec::new();
    while let Some((kind, after)) = number(rest)
        && let Some((size, after)) = number(after)
        && let Some((payload, after)) = after.split_at_checked(size)
    {
        if kind == REGISTERED {
            all.extend(registered(payload));
        }
        rest = after;
    }
    all
}

/// A number of an SEI message: 255 is added for each byte of that value.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let full = bytes.iter().take_while(|byte| **byte == 255).count();
    Some((full * 255 + usize::from(*bytes.get(full)?), &bytes[full + 1..]))
}

/// Checks country (United States) and provider (ATSC) of user data, and reads the rest.
fn registered(payload: &[u8]) -> Vec<Triple> {
    payload.strip_prefix(&[0xb5, 0x00, 0x31]).map(atsc).unwrap_or_default()
}

/// ATSC A/53 user data that is caption data.
fn atsc(data: &[u8]) -> Vec<Triple> {
    const PROCESS: u8 = 0x40;
    let Some([flags, _, triples @ ..]) = data.strip_prefix(b"GA94\x03") else { return Vec::new() };
    let count = if flags & PROCESS == 0 { 0 } else { usize::from(flags & 0x1f) };
    triples.chunks_exact(3).take(count).map(|t| [t[0], t[1], t[2]]).collect()
}

/// Captions of MPEG-2, as written by ATSC, by cable (SCTE 20), and by DVDs.
fn user_data(unit: &[u8]) -> Vec<(u32, Triple)> {
    match unit {
        [0xb2, b'C', b'C', 0x01, 0xf8, header, fields @ ..] => dvd(*header, fields),
        [0xb2, 0x03, kind, bits @ ..] if kind & 0x7f == 1 => {
            scte_20(bits).into_iter().map(|t| (0, t)).collect()
        }
        [0xb2, data @ ..] => atsc(data).into_iter().map(|t| (0, t)).collect(),
        _ => Vec::new(),
    }
}

/// A DVD stores captions at the start of a group of pictures for each of its frames, field by field in turn.
fn dvd(header: u8, fields: &[u8]) -> Vec<(u32, Triple)> {
    let (second_first, count) = (header & 0x80 == 0, usize::from(header & 0x3f));
    let all = fields.chunks_exact(3).take(count).zip(0u32..);
    let all = all.take_while(|(field, _)| field[0] & 0xfe == 0xfe);
    let valid = |second: bool| 0b100 | u8::from(second);
    all.map(|(f, n)| (n / 2, [valid((n % 2 == 1) != second_first), f[1], f[2]])).collect()
}

/// SCTE 20: a count, then for each pair its priority, its field, its line, and its bytes with reversed bits.
fn scte_20(bytes: &[u8]) -> Vec<Triple> {
    let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1));
    let mut take = |n: usize| {
        let taken: Vec<u8> = bits.by_ref().take(n).collect();
        (taken.len() == n).then(|| taken.iter().fold(0u8, |number, bit| number << 1 | bit))
    };
    let count = take(5).unwrap_or(0);
    let mut pair = || {
        let (_, field, _) = (take(2)?, take(2)?, take(5)?);
        let (first, second, _) = (take(8)?.reverse_bits(), take(8)?.reverse_bits(), take(1)?);
        // Field 0 is forbidden, 3 is the first one repeated.
        let kind = [0b000, 0b100, 0b101, 0b000][usize::from(field)];
        Some([kind, first, second])
    };
    (0..count).map_while(|_| pair()).collect()
}

/// The captions in AV1 metadata units.
fn metadata(mut rest: &[u8]) -> Vec<Triple> {
    const METADATA: u8 = 5;
    const REGISTERED: u8 = 4;
    let mut all = Vec::new();
    while let Some((kind, unit, after)) = av1_unit(rest) {
        if kind == METADATA
            && let [REGISTERED, payload @ ..] = unit
        {
            all.extend(registered(payload));
        }
        rest = after;
    }
    all
}

/// The first unit: its type, its content, and what follows.
fn av1_unit(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, rest) = bytes.split_first()?;
    let (extended, sized) = (header & 0b100 != 0, header & 0b10 != 0);
    let rest = rest.get(usize::from(extended)..)?;
    let kind = header >> 3 & 0x0f;
    if !sized {
        return Some((kind, rest, &[]));
    }
    let long = rest.iter().take(7).take_while(|byte| **byte & 0x80 != 0).count();
    let size =
        rest.get(..=long)?.iter().rev().fold(0usize, |size, byte| size << 7 | usize::from(byte & 0x7f));
    let (unit, after) = rest[long + 1..].split_at_checked(size)?;
    Some((kind, unit, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATSC: &[u8] = b"GA94\x03\x42\xff\xfc\x94\x20\xfd\x80\x80\xff\x94\x2f";
    const BOTH: [(u32, Triple); 2] = [(0, [0xfc, 0x94, 0x20]), (0, [0xfd, 0x80, 0x80])];

    fn registered() -> Vec<u8> {
        [&[0xb5, 0, 0x31], ATSC].concat()
    }

    #[test]
    fn each_codec_yields_the_same_data() {
        let message = [&[4, registered().len() as u8][..], &registered(), &[0x80]].concat();
        let other = [5, 1, 9];
        let h264 = [&[0, 0, 0, 1, 9, 0xf0, 0, 0, 1, 6], &other[..], &message].concat();
        assert_eq!(triples(Coding::H264, &h264), BOTH);
        let hevc = [&[0, 0, 1, 39 << 1, 1], &message[..], &[0, 0, 1, 40 << 1, 1, 5, 0]].concat();
        assert_eq!(triples(Coding::Hevc, &hevc), BOTH);
        assert_eq!(triples(Coding::Mpeg2, &[&[0, 0, 1, 0xb2], ATSC].concat()), BOTH);
        let av1 = [&[0x12, 0, 0x2a, registered().len() as u8 + 1, 4][..], &registered(), &[0x32, 0]].concat();
        assert_eq!(triples(Coding::Av1, &av1), BOTH);
        assert_eq!(triples(Coding::H264, &av1), []);
    }

    #[test]
    fn emulation_prevention_bytes_are_removed() {
        let data = b"GA94\x03\x43\xff\xfc\x00\x00\xfc\x94\x20\xfc\x00\x00";
        let message = [&[6, 4, 3 + data.len() as u8, 0xb5, 0, 0x31], &data[..]].concat();
        let escaped = [&[0, 0, 1], &message[..], &[3, 1]].concat();
        let third = (0, [0xfc, 0, 0]);
        assert_eq!(triples(Coding::H264, &escaped), [third, (0, [0xfc, 0x94, 0x20]), third]);
        assert_eq!(unescaped(&[6, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3], 1), [0, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn a_dvd_stores_frames_in_advance_and_names_the_first_field() {
        let unit = [0, 0, 1, 0xb2, b'C', b'C', 1, 0xf8, 0x84, 0xff, 0x94, 0x20, 0xfe, 1, 2, 0xff, 0x80, 0x80];
        let [first, second] = [(0, [4, 0x94, 0x20]), (0, [5, 1, 2])];
        assert_eq!(triples(Coding::Mpeg2, &unit), [first, second, (1, [4, 0x80, 0x80])]);
        let other = [&unit[..8], &[0x04], &unit[9..]].concat();
        assert_eq!(triples(Coding::Mpeg2, &other)[..2], [(0, [5, 0x94, 0x20]), (0, [4, 1, 2])]);
    }

    #[test]
    fn scte_20_reverses_bits() {
        // One pair of the first field: 00001 00 01 00000, then 0x94 and 0x20 with reversed bits, and 1.
        let bits = format!("00001000100000{:08b}{:08b}1", 0x94u8.reverse_bits(), 0x20u8.reverse_bits());
        let bits = bits.chars().chain("000000".chars()).collect::<Vec<_>>();
        let byte = |bits: &[char]| bits.iter().fold(0u8, |all, bit| all << 1 | u8::from(*bit == '1'));
        let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
        let unit = [&[0, 0, 1, 0xb2, 3, 0x81], &bytes[..]].concat();
        assert_eq!(triples(Coding::Mpeg2, &unit), [(0, [4, 0x94, 0x20])]);
    }
}
