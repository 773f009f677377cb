//! FLV: its first tag declares the size in bytes and the duration in seconds; a live recording has zeros there, or
//! nothing.

use super::{Stated, block};
use std::io::{self, Read, Seek};

/// Bytes that hold the description; a keyframe index may follow it.
const DESCRIPTION: u64 = 64 << 10;

pub(super) fn stated(file: &mut (impl Read + Seek)) -> io::Result<Stated> {
    let bytes = block(file, 0, DESCRIPTION)?;
    let size = number(&bytes, b"filesize").filter(|size| *size < (1_u64 << 60) as f64);
    Ok(Stated { bytes: size.map(|size| size as u64), seconds: number(&bytes, b"duration") })
}

/// The number of this name: two bytes for the length of the name, the name, a zero for the type number, eight bytes.
fn number(bytes: &[u8], name: &[u8]) -> Option<f64> {
    let at = bytes.windows(11).position(|w| w[..2] == [0, 8] && w[2..10] == *name && w[10] == 0)?;
    let value = f64::from_be_bytes(bytes.get(at + 11..at + 19)?.try_into().ok()?);
    (value.is_finite() && value >= 1e-3).then_some(value)
}
