//! RIFF: AVI with the further parts of `OpenDML`, and audio in WAVE and RF64.
//!
//! Each list declares its size, a stream its frame count, and the `OpenDML` index the offset of each part, also of
//! one beyond the end of a file that was cut between two parts.

use super::{Stated, block, head, known_u32, known_u64, le, read};
use std::io::{self, Read, Seek};

/// Maximum number of parts read, some 1 GB each.
const MAX_PARTS: usize = 4096;
/// Maximum number of chunks read per part.
const MAX_CHUNKS: usize = 1000;
/// Maximum nesting of lists in the headers.
const MAX_DEPTH: u32 = 4;
/// Maximum bytes of headers read.
const MAX_HEADERS: u64 = 4 << 20;

pub(super) fn stated(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let (mut at, mut all) = (0, Stated::default());
    for _ in 0..MAX_PARTS {
        if at + 12 > end {
            break;
        }
        let (kind, size) = head(file, at)?;
        if ![*b"RIFF", *b"RF64"].contains(&kind) {
            break;
        }
        let size = known_u32(u32::from_le_bytes(size)).map(|size| at + 8 + size);
        let part = match &read::<4>(file, at + 8)? {
            b"AVI " | b"AVIX" => part(file, at + 12, size, end)?,
            b"WAVE" => wave(file, end)?,
            _ => break,
        };
        all.bytes = all.bytes.max(part.bytes);
        all.seconds = all.seconds.or(part.seconds);
        let Some(next) = size else { break };
        at = next + next % 2;
    }
    Ok(all)
}

/// One part of an AVI: the end of its media list, else of the part.
fn part(file: &mut (impl Read + Seek), start: u64, size: Option<u64>, end: u64) -> io::Result<Stated> {
    let (mut at, mut seconds, mut last) = (start, None, None);
    for _ in 0..MAX_CHUNKS {
        if at + 12 > end.min(size.unwrap_or(end)) {
            break;
        }
        let (kind, length) = head(file, at)?;
        let length = u32::from_le_bytes(length);
        match (&kind, &read::<4>(file, at + 8)?) {
            (b"LIST", b"hdrl") => {
                (seconds, last) = headers(&block(file, at + 12, u64::from(length).min(MAX_HEADERS))?);
            }
            (b"LIST", b"movi") => {
                // A list longer than its part was not completed.
                let fits = |movi: &u64| size.is_none_or(|size| *movi <= size + 8);
                let movi = known_u32(length).map(|length| at + 8 + length).filter(fits);
                // Only an index follows, which is not needed to read everything.
                return Ok(Stated { bytes: movi.or(size).max(last), seconds });
            }
            _ => {}
        }
        at += 8 + u64::from(length) + u64::from(length % 2);
    }
    Ok(Stated { bytes: size.max(last), seconds })
}

/// Duration by frame count, and the offset of the last part in the index of parts.
fn headers(bytes: &[u8]) -> (Option<f64>, Option<u64>) {
    let (mut seconds, mut last, mut rate) = (None::<f64>, None, None);
    walk(bytes, MAX_DEPTH, &mut |kind, content| match kind {
        b"strh" => {
            let number = |at| le(content, at, 4).filter(|n| *n > 0);
            let per_second = number(24).zip(number(20)).map(|(rate, scale)| rate as f64 / scale as f64);
            rate = per_second.filter(|_| content.starts_with(b"vids"));
            seconds = longer(seconds, rate, le(content, 32, 4));
        }
        b"indx" if le(content, 3, 1) == Some(0) => {
            let entries = le(content, 4, 4).unwrap_or(0).min(MAX_PARTS as u64) as usize;
            let places = (0..entries).filter_map(|n| le(content, 24 + 16 * n, 8).and_then(known_u64));
            last = last.max(places.max());
        }
        b"dmlh" => seconds = longer(seconds, rate, le(content, 0, 4)),
        _ => {}
    });
    (seconds, last)
}

/// The longer of the known duration and that of this frame count.
fn longer(known: Option<f64>, rate: Option<f64>, frames: Option<u64>) -> Option<f64> {
    let frames = frames.and_then(|frames| known_u32(u32::try_from(frames).ok()?));
    let counted = rate.zip(frames).map(|(rate, frames)| frames as f64 / rate);
    known.into_iter().chain(counted).reduce(f64::max)
}

/// Visits all chunks, including those in lists nested up to `depth`.
fn walk(bytes: &[u8], depth: u32, visit: &mut impl FnMut(&[u8; 4], &[u8])) {
    let mut rest = bytes;
    while let Some((kind, after)) = rest.split_first_chunk::<4>() {
        let Some((length, content)) = after.split_first_chunk::<4>() else { break };
        let length = (u32::from_le_bytes(*length) as usize).min(content.len());
        let inside = &content[..length];
        match kind {
            b"LIST" if depth > 0 => walk(inside.get(4..).unwrap_or_default(), depth - 1, visit),
            kind => visit(kind, inside),
        }
        rest = content.get(length + length % 2..).unwrap_or_default();
    }
}

/// Audio: its one data chunk, whose size is stored in `ds64` where 32 bits cannot hold it.
fn wave(file: &mut (impl Read + Seek), end: u64) -> io::Result<Stated> {
    let (mut at, mut wide) = (12, None);
    for _ in 0..MAX_CHUNKS {
        if at + 8 > end {
            break;
        }
        let (kind, size) = head(file, at)?;
        let size = u32::from_le_bytes(size);
        match &kind {
            b"ds64" => wide = le(&block(file, at + 16, 8)?, 0, 8).and_then(known_u64),
            b"data" => {
                let bytes = if size == u32::MAX { wide } else { known_u32(size) };
                return Ok(Stated { bytes: bytes.map(|bytes| at + 8 + bytes), seconds: None });
            }
            _ => {}
        }
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    Ok(Stated::default())
}
