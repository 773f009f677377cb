//! The size or duration that a file declares for itself. A file that holds less was cut, even where the cut lies
//! between two packets and no demuxer reports an error.
//!
//! Reads only headers, bounded in time and memory for any input. Guarantees that placeholders which recorders write
//! first (0, the largest number, a reserved size) are ignored. Whether the film is shorter too is for `verify::cut`
//! to check: a wrong size proves nothing by itself.

mod asf;
mod boxed;
mod flv;
mod others;
mod riff;
#[cfg(test)]
mod tests;

use super::MediaInfo;
use super::segments::element;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// The size and duration that a file declares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stated {
    /// End of its last video or audio, or at least its start, in bytes from the start of the file.
    pub bytes: Option<u64>,
    /// Duration in seconds.
    pub seconds: Option<f64>,
}

/// Tolerance in bytes: writers omit a header, or padding.
const SLACK: u64 = 64;

impl Stated {
    /// True if a file of this size in bytes should be larger; `None` if no size is declared.
    pub fn is_cut(self, size: u64) -> Option<bool> {
        self.bytes.map(|bytes| bytes > size.saturating_add(SLACK))
    }
}

const MATROSKA: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;

/// Reads what the file declares; its first bytes identify the format.
pub fn stated(file: &mut (impl Read + Seek)) -> io::Result<Stated> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut begin = [0; 16];
    file.seek(SeekFrom::Start(0))?;
    if file.read_exact(&mut begin).is_err() {
        return Ok(Stated::default());
    }
    match begin {
        [b'R', b'I', b'F', b'F', ..] | [b'R', b'F', b'6', b'4', ..] => riff::stated(file, end),
        asf::HEADER => asf::stated(file, end),
        [b'F', b'L', b'V', ..] => flv::stated(file),
        [b'.', b'R', b'M', b'F', ..] => others::real(file, end),
        [0x06, 0x0e, 0x2b, 0x34, ..] => others::mxf(file),
        [0xb7, 0xd8, 0x00, 0x20, ..] => others::wtv(file),
        [b'D', b'K', b'I', b'F', ..] => others::ivf(file),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => matroska(file, end),
        _ => boxed::stated(file, end),
    }
}

/// The size of the first Segment; a live recording declares none.
fn matroska(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    file.seek(SeekFrom::Start(0))?;
    let Some(head) = element(file, end)?.filter(|head| head.id == MATROSKA) else {
        return Ok(Stated::default());
    };
    let at = head.head.saturating_add(head.size.unwrap_or(0));
    file.seek(SeekFrom::Start(at.min(end)))?;
    let segment = element(file, end.saturating_sub(at))?.filter(|segment| segment.id == SEGMENT);
    let bytes = segment.and_then(|segment| Some(at + segment.head + known_u64(segment.size?)?));
    Ok(Stated { bytes, seconds: None })
}

impl MediaInfo {
    /// Stores what the file declares, if anything.
    pub(crate) fn take_stated(&mut self, stated: Stated) {
        self.stated = (stated != Stated::default()).then_some(stated);
    }
}

/// A 32-bit size; `None` for placeholders written before the true size is known.
fn known_u32(size: u32) -> Option<u64> {
    let filler = matches!(size, 0 | 0x7fff_0000..=0x8000_0000 | 0xffff_0000..);
    (!filler).then_some(u64::from(size))
}

/// A 64-bit size; `None` if zero or implausible: no file is a million terabytes long.
fn known_u64(size: u64) -> Option<u64> {
    (1..1 << 60).contains(&size).then_some(size)
}

/// Reads `N` bytes at an offset.
fn read<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; N]> {
    super::sizes::read(file, at)
}

/// Reads a chunk header: its type, and its size as stored.
fn head(file: &mut (impl Read + Seek), at: u64) -> io::Result<([u8; 4], [u8; 4])> {
    Ok((read(file, at)?, read(file, at + 4)?))
}

/// Reads at most `max` bytes at an offset, as far as the file goes.
fn block(file: &mut (impl Read + Seek), at: u64, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A little-endian number within a block.
fn le(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let found = bytes.get(at..at.checked_add(width)?)?;
    Some(found.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}
