//! ASF, the container of WMV and WMA: its data object declares a size, its properties the number of packets and the
//! duration. A live broadcast declares nothing, and is flagged.

use super::{Stated, block, known_u64, le};
use std::io::{self, Read, Seek};

/// GUID of the header object, with which a file begins.
pub(super) const HEADER: [u8; 16] =
    [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0, 0xaa, 0, 0x62, 0xce, 0x6c];
const DATA: [u8; 4] = [0x36, 0x26, 0xb2, 0x75];
const PROPERTIES: [u8; 4] = [0xa1, 0xdc, 0xab, 0x8c];

/// Maximum number of header objects read.
const MAX_OBJECTS: usize = 1000;
/// Bytes of an object header: its GUID and size.
const HEAD: u64 = 24;

pub(super) fn stated(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let header = le(&block(file, 16, 8)?, 0, 8).and_then(known_u64).unwrap_or(0);
    let (mut at, mut all) = (HEAD + 6, Stated::default());
    for _ in 0..MAX_OBJECTS {
        if at + HEAD > end.min(header) {
            break;
        }
        let object = block(file, at, 128)?;
        let size = le(&object, 16, 8).unwrap_or(0);
        if object.starts_with(&PROPERTIES) {
            all = properties(&object, header).unwrap_or_default();
        }
        at = at.saturating_add(size.max(HEAD));
    }
    let data = block(file, header.min(end), HEAD)?;
    let size = le(&data, 16, 8).and_then(known_u64).filter(|size| *size > 50 && data.starts_with(&DATA));
    let live = all == Stated::default();
    Ok(Stated { bytes: size.filter(|_| !live).map(|size| header + size).or(all.bytes), ..all })
}

/// `None` for a broadcast.
fn properties(object: &[u8], header: u64) -> Option<Stated> {
    let number = |at, width| le(object, at, width).and_then(known_u64);
    if le(object, 88, 4)? & 1 == 1 {
        return None;
    }
    let played = number(64, 8)? as f64 / 1e7 - le(object, 80, 8)? as f64 / 1e3;
    let packets = number(56, 8).zip(number(92, 4)).filter(|(_, size)| le(object, 96, 4) == Some(*size));
    Some(Stated {
        bytes: packets.map(|(packets, size)| header + 50 + packets.saturating_mul(size)),
        seconds: (played > 0.0).then_some(played),
    })
}
