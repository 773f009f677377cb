//! MP4 and related formats: a media data box declares its size, and the tables of the index the offset of each chunk.

use super::super::boxes::{Mp4Box, children};
use super::{Stated, block, head, known_u64, read};
use std::io::{self, Read, Seek};

/// Maximum number of top-level boxes read: a fragmented recording has two per fragment.
const MAX_BOXES: usize = 1_000_000;
/// Maximum bytes read of one table.
const MAX_TABLE: u64 = 64 << 20;

/// Boxes that a file may begin with.
const FIRST: [&[u8; 4]; 10] =
    [b"ftyp", b"mdat", b"free", b"wide", b"skip", b"moof", b"styp", b"moov", b"pnot", b"sidx"];

pub(super) fn stated(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let (mut at, mut last) = (0, None);
    for _ in 0..MAX_BOXES {
        if at + 8 > end {
            break;
        }
        let (size, kind) = head(file, at)?;
        if at == 0 && !FIRST.contains(&&kind) {
            return Ok(Stated::default());
        }
        let size = match u32::from_be_bytes(size) {
            1 if at + 16 <= end => known_u64(u64::from_be_bytes(read(file, at + 8)?)),
            size => Some(u64::from(size)),
        };
        let Some(size) = size.filter(|size| *size >= 8) else { break };
        match &kind {
            b"mdat" => last = last.max(Some(at + size)),
            b"moov" if at + size <= end => last = last.max(last_chunk(file, at + 8, at + size)?),
            _ => {}
        }
        at += size;
    }
    Ok(Stated { bytes: last, seconds: None })
}

/// Offset of the last chunk of any track. Tracks may lie in another file, which cannot be detected here.
fn last_chunk(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut ranges = vec![(start, end)];
    for name in [*b"trak", *b"mdia", *b"minf", *b"stbl"] {
        let mut next = Vec::new();
        for (start, end) in ranges {
            next.extend(of(&children(file, start, end)?, name));
        }
        ranges = next;
    }
    let mut last = None;
    for (start, end) in ranges {
        let tables = children(file, start, end)?;
        for (name, width) in [(*b"stco", 4), (*b"co64", 8)] {
            for (start, end) in of(&tables, name) {
                let table = block(file, start + 8, (end - start).saturating_sub(8).min(MAX_TABLE))?;
                let number = |entry: &[u8]| entry.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
                last = last.max(table.chunks_exact(width).map(number).filter_map(known_u64).max());
            }
        }
    }
    Ok(last)
}

fn of(boxes: &[Mp4Box], name: [u8; 4]) -> Vec<(u64, u64)> {
    boxes.iter().filter(|(.., kind)| *kind == name).map(|(start, end, _)| (*start, *end)).collect()
}
