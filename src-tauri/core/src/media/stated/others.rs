//! Containers that declare one number: the offset of the last part of the file, or the number of frames.

use super::{Stated, block, head, known_u32, known_u64, le};
use std::io::{self, Read, Seek};

/// Maximum number of `RealMedia` chunks read.
const MAX_CHUNKS: usize = 100;

/// `RealMedia`: the data chunk declares its size.
pub(super) fn real(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let mut at = 0;
    for _ in 0..MAX_CHUNKS {
        if at + 8 > end {
            break;
        }
        let (kind, size) = head(file, at)?;
        let size = known_u32(u32::from_be_bytes(size)).filter(|size| *size >= 8);
        if kind == *b"DATA" {
            return Ok(Stated { bytes: size.map(|size| at + size), seconds: None });
        }
        let Some(size) = size else { break };
        at += size;
    }
    Ok(Stated::default())
}

/// MXF: the first partition declares the offset of the last one, once that is known.
pub(super) fn mxf(file: &mut (impl Read + Seek)) -> io::Result<Stated> {
    let head = block(file, 0, 64)?;
    let lead =
        head.get(16).map_or(0, |first| if *first < 0x80 { 17 } else { 17 + usize::from(first & 0x7f) });
    let footer = head.get(lead + 24..lead + 32).and_then(|bytes| bytes.try_into().ok());
    Ok(Stated { bytes: footer.map(u64::from_be_bytes).and_then(known_u64), seconds: None })
}

/// WTV: the sector of its directory, without which nothing can be read.
pub(super) fn wtv(file: &mut (impl Read + Seek)) -> io::Result<Stated> {
    let sector = le(&block(file, 0x38, 4)?, 0, 4).filter(|sector| *sector > 0);
    // The directory is longer than the tolerance.
    Ok(Stated { bytes: sector.map(|sector| (sector + 1) << 12), seconds: None })
}

/// IVF: the number of frames, and its time base.
pub(super) fn ivf(file: &mut (impl Read + Seek)) -> io::Result<Stated> {
    let head = block(file, 16, 12)?;
    let number = |at| le(&head, at, 4).and_then(|n| known_u32(n as u32)).map(|n| n as f64);
    let seconds = number(8).zip(number(0)).zip(number(4)).map(|((n, rate), scale)| n * scale / rate);
    Ok(Stated { bytes: None, seconds })
}
