//! Embeds CEA-608 and CEA-708 captions in coded video frame by frame, as the encoder of a broadcaster does. The bytes
//! are built here from the standards, so that no code is shared with the reader under test.

/// Three bytes of caption data: a header byte and a pair of data bytes.
pub type Triple = [u8; 3];

/// Codec of the video that carries the captions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// SEI messages of H.264.
    H264,
    /// SEI messages of HEVC.
    Hevc,
}

/// Returns a pair of CEA-608 for the first field, with odd parity.
pub fn pair(bytes: [u8; 2]) -> Triple {
    let [a, b] = bytes.map(|byte| byte | if byte.count_ones().is_multiple_of(2) { 0x80 } else { 0 });
    [0xfc, a, b]
}

/// Returns a pop-on caption of channel CC1 as pairs. It has at most two rows; the last two pairs display it.
pub fn popped(text: &str) -> Vec<[u8; 2]> {
    let mut all = vec![[0x14, 0x20], [0x14, 0x20], [0x14, 0x2e], [0x14, 0x2e]];
    for (row, line) in [0x50, 0x70].into_iter().zip(text.split('\n')) {
        all.extend([[0x14, row]; 2]);
        all.extend(line.as_bytes().chunks(2).map(|two| [two[0], two.get(1).copied().unwrap_or(0)]));
    }
    all.extend([[0x14, 0x2f]; 2]);
    all
}

/// The command that erases the displayed caption.
pub const ERASE: [[u8; 2]; 2] = [[0x14, 0x2c]; 2];

/// Returns a packet of CEA-708 with one block of service 1.
pub fn packet(number: u8, codes: &[u8]) -> Vec<Triple> {
    let mut bytes = vec![0, 0x20 | codes.len() as u8];
    bytes.extend(codes);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes[0] = (number & 3) << 6 | (bytes.len() / 2) as u8;
    let kind = |n| if n == 0 { 0xff } else { 0xfe };
    bytes.chunks(2).enumerate().map(|(n, two)| [kind(n), two[0], two[1]]).collect()
}

/// Returns the codes that define a hidden window of two rows and fill it with `text`.
pub fn window(text: &str) -> Vec<u8> {
    let mut codes = vec![0x98, 0, 70, 20, 0x71, 31, 0x11];
    codes.extend(text.bytes().map(|byte| if byte == b'\n' { 0x0d } else { byte }));
    codes
}

/// The code that displays the window of [`window`].
pub const SHOW: [u8; 2] = [0x89, 0x01];
/// The code that deletes all windows.
pub const DELETE: [u8; 2] = [0x8c, 0xff];

/// Returns the SEI unit that carries these triples.
fn unit(coding: Coding, triples: &[Triple]) -> Vec<u8> {
    let mut data = vec![0xb5, 0, 0x31];
    data.extend(b"GA94\x03");
    data.extend([0x40 | triples.len() as u8, 0xff]);
    data.extend(triples.concat());
    data.push(0xff);
    let message = [vec![4, data.len() as u8], data, vec![0x80]].concat();
    let header: &[u8] = if coding == Coding::H264 { &[6] } else { &[39 << 1, 1] };
    [&[0, 0, 0, 1], header, &with_emulation_prevention(&message)[..]].concat()
}

/// Inserts emulation prevention bytes, because a unit must not contain a start code.
fn with_emulation_prevention(message: &[u8]) -> Vec<u8> {
    let (mut all, mut zeros) = (Vec::new(), 0);
    for byte in message {
        if zeros >= 2 && *byte <= 3 {
            all.push(3);
            zeros = 0;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        all.push(*byte);
    }
    all
}

/// Inserts into each frame of a stream the triples that `frame` returns for its index. The stream must not have
/// B-frames, so that coding order is display order.
pub fn written(coding: Coding, stream: &[u8], mut frame: impl FnMut(usize) -> Vec<Triple>) -> Vec<u8> {
    let starts = stream.windows(3).enumerate().filter(|(_, w)| *w == [0, 0, 1]).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([stream.len()]).collect();
    let (mut all, mut frames) = (Vec::new(), 0);
    for two in starts.windows(2) {
        let unit_bytes = &stream[two[0]..two[1]];
        if begins_frame(coding, &unit_bytes[3..]) {
            let triples = frame(frames);
            if !triples.is_empty() {
                all.extend(unit(coding, &triples));
            }
            frames += 1;
        }
        all.push(0);
        all.extend(unit_bytes);
    }
    all
}

fn begins_frame(coding: Coding, unit: &[u8]) -> bool {
    match coding {
        Coding::H264 => matches!(unit[0] & 31, 1 | 5) && unit[1] & 0x80 != 0,
        Coding::Hevc => unit[0] >> 1 & 0x3f < 32 && unit[2] & 0x80 != 0,
    }
}
