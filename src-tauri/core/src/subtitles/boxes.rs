//! Reading boxes of MP4: a table as a whole, and the numbers in it.

use crate::media::boxes::Found;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a table that is read as a whole.
const LARGEST_TABLE: u64 = 32 << 20;

pub(super) fn named(boxes: &[Found], name: [u8; 4]) -> Option<(u64, u64)> {
    boxes.iter().find(|(.., kind)| *kind == name).map(|(start, end, _)| (*start, *end))
}

/// The bytes of such a box; nothing where there is none, or a larger one.
pub(super) fn bytes(
    file: &mut (impl Read + Seek),
    all: &[Found],
    name: [u8; 4],
) -> io::Result<Option<Vec<u8>>> {
    let Some((start, end)) = named(all, name).filter(|(a, b)| b - a <= LARGEST_TABLE) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end - start).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

pub(super) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_be_bytes(*eight))
}
