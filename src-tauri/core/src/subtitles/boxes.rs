//! Reads tables of MP4 as a whole, and the numbers in them.

use crate::media::boxes::Mp4Box;
use std::io::{self, Read, Seek, SeekFrom};

/// Maximum bytes of a table that is read as a whole.
const MAX_TABLE: u64 = 32 << 20;

pub(super) fn named(boxes: &[Mp4Box], name: [u8; 4]) -> Option<(u64, u64)> {
    boxes.iter().find(|(.., kind)| *kind == name).map(|(start, end, _)| (*start, *end))
}

/// The content of the box with this name; `None` if there is none, or it is too large.
pub(super) fn bytes(
    file: &mut (impl Read + Seek),
    all: &[Mp4Box],
    name: [u8; 4],
) -> io::Result<Option<Vec<u8>>> {
    let Some((start, end)) = named(all, name).filter(|(a, b)| b - a <= MAX_TABLE) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end - start).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_be_bytes(*eight))
}
