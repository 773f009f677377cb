//! MP4 and its kin: a box of media says how long it is, and the tables of the index where each piece of it lies.

use super::super::boxes::{Found, inside};
use super::{Stated, block, head, long, read};
use std::io::{self, Read, Seek};

/// Boxes at the top that are walked: a recording in fragments has two for each.
const MOST: usize = 1_000_000;
/// Bytes of one table that are read.
const TABLE: u64 = 64 << 20;

/// Boxes that a file may begin with.
const FIRST: [&[u8; 4]; 10] =
    [b"ftyp", b"mdat", b"free", b"wide", b"skip", b"moof", b"styp", b"moov", b"pnot", b"sidx"];

pub(super) fn stated(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let (mut at, mut last) = (0, None);
    for _ in 0..MOST {
        if at + 8 > end {
            break;
        }
        let (size, kind) = head(file, at)?;
        if at == 0 && !FIRST.contains(&&kind) {
            return Ok(Stated::default());
        }
        let size = match u32::from_be_bytes(size) {
            1 if at + 16 <= end => long(u64::from_be_bytes(read(file, at + 8)?)),
            size => Some(u64::from(size)),
        };
        let Some(size) = size.filter(|size| *size >= 8) else { break };
        match &kind {
            b"mdat" => last = last.max(Some(at + size)),
            b"moov" if at + size <= end => last = last.max(pieces(file, at + 8, at + size)?),
            _ => {}
        }
        at += size;
    }
    Ok(Stated { bytes: last, seconds: None })
}

/// Where the last piece of any track begins. Tracks may lie in another file: then there is no way to tell.
fn pieces(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Option<u64>> {
    let mut places = vec![(start, end)];
    for name in [*b"trak", *b"mdia", *b"minf", *b"stbl"] {
        let mut next = Vec::new();
        for (start, end) in places {
            next.extend(of(&inside(file, start, end)?, name));
        }
        places = next;
    }
    let mut last = None;
    for (start, end) in places {
        let tables = inside(file, start, end)?;
        for (name, width) in [(*b"stco", 4), (*b"co64", 8)] {
            for (start, end) in of(&tables, name) {
                let table = block(file, start + 8, (end - start).saturating_sub(8).min(TABLE))?;
                let number = |entry: &[u8]| entry.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
                last = last.max(table.chunks_exact(width).map(number).filter_map(long).max());
            }
        }
    }
    Ok(last)
}

fn of(boxes: &[Found], name: [u8; 4]) -> Vec<(u64, u64)> {
    boxes.iter().filter(|(.., kind)| *kind == name).map(|(start, end, _)| (*start, *end)).collect()
}
