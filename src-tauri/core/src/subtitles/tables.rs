//! Where the samples of an MP4 track lie and when they are shown: by the tables of the index and of fragments.

use super::MAX_PACKETS;
use super::boxes::{bytes, named, u32_at, u64_at};
use crate::media::boxes::{self, Mp4Box};
use std::io::{self, Read, Seek};

/// A track and its samples.
pub(super) struct Table {
    pub(super) id: u32,
    /// Ticks per second.
    pub(super) ticks: f64,
    /// Seconds by which it is delayed.
    pub(super) shift: f64,
    pub(super) samples: Vec<Sample>,
    /// The first sample description; empty if it cannot be read.
    pub(super) description: Vec<u8>,
}

/// A sample: its time and duration in ticks, its offset and size in bytes.
pub(super) struct Sample {
    pub(super) time: u64,
    pub(super) length: u32,
    pub(super) at: u64,
    pub(super) size: u32,
}

/// The samples of these tables. `None` if they are inconsistent.
pub(super) fn samples(file: &mut (impl Read + Seek), tables: &[Mp4Box]) -> io::Result<Option<Vec<Sample>>> {
    let mut of = |name| bytes(file, tables, name);
    let (times, chunks, sizes) = (of(*b"stts")?, of(*b"stsc")?, of(*b"stsz")?);
    let (short, wide) = (of(*b"stco")?, of(*b"co64")?);
    let (Some(times), Some(chunks), Some(sizes)) = (times, chunks, sizes) else { return Ok(None) };
    let offset = |n: usize| match (&short, &wide) {
        (Some(short), _) => u32_at(short, 8 + n * 4).map(u64::from),
        (None, Some(wide)) => u64_at(wide, 8 + n * 8),
        (None, None) => None,
    };
    let count = u32_at(&sizes, 8).unwrap_or(0) as usize;
    let sizes = |n: usize| match u32_at(&sizes, 4) {
        Some(0) | None => u32_at(&sizes, 12 + n * 4),
        fixed => fixed,
    };
    let mut all = Vec::new();
    let (mut clock, mut offsets) = (Clock::new(&times), Offsets::new(&chunks));
    for n in 0..count.min(MAX_PACKETS) {
        let (Some(size), Some((time, length))) = (sizes(n), clock.next()) else { return Ok(None) };
        let Some(at) = offsets.next(size, offset) else { return Ok(None) };
        all.push(Sample { time, length, at, size });
    }
    Ok(Some(all))
}

/// Iterates over the times of samples.
struct Clock<'a> {
    table: &'a [u8],
    entry: usize,
    left: u32,
    time: u64,
}

impl Clock<'_> {
    fn new(table: &[u8]) -> Clock<'_> {
        Clock { table, entry: 0, left: u32_at(table, 8).unwrap_or(0), time: 0 }
    }

    fn next(&mut self) -> Option<(u64, u32)> {
        while self.left == 0 {
            self.entry += 1;
            self.left = u32_at(self.table, 8 + self.entry * 8)?;
        }
        self.left -= 1;
        let (time, length) = (self.time, u32_at(self.table, 12 + self.entry * 8)?);
        self.time += u64::from(length);
        Some((time, length))
    }
}

/// Iterates over the offsets of samples, which lie in chunks.
struct Offsets<'a> {
    table: &'a [u8],
    /// The entry that declares the samples per chunk, from its first chunk on.
    entry: usize,
    chunk: usize,
    within: u32,
    at: u64,
}

impl Offsets<'_> {
    fn new(table: &[u8]) -> Offsets<'_> {
        Offsets { table, entry: 0, chunk: 0, within: 0, at: 0 }
    }

    fn next(&mut self, size: u32, offset: impl Fn(usize) -> Option<u64>) -> Option<u64> {
        let of = |entry: usize, field: usize| u32_at(self.table, 8 + entry * 12 + field * 4);
        if self.within == of(self.entry, 1)? {
            (self.chunk, self.within) = (self.chunk + 1, 0);
            // Chunks are counted from 1.
            let reached = of(self.entry + 1, 0).is_some_and(|first| first as usize <= self.chunk + 1);
            self.entry += usize::from(reached);
        }
        if self.within == 0 {
            self.at = offset(self.chunk)?;
        }
        self.within += 1;
        let at = self.at;
        self.at += u64::from(size);
        Some(at)
    }
}

/// Adds the samples of fragments.
pub(super) fn fragments(
    file: &mut (impl Read + Seek),
    top: &[Mp4Box],
    moov: &[Mp4Box],
    table: &mut Table,
) -> io::Result<()> {
    let mut defaults = (0, 0);
    if let Some((start, end)) = named(moov, *b"mvex") {
        for found in boxes::children(file, start, end)?.iter().filter(|(.., kind)| kind == b"trex") {
            let trex = bytes(file, &[*found], *b"trex")?.unwrap_or_default();
            if u32_at(&trex, 4) == Some(table.id) {
                defaults = (u32_at(&trex, 12).unwrap_or(0), u32_at(&trex, 16).unwrap_or(0));
            }
        }
    }
    for (start, end, _) in top.iter().filter(|(.., kind)| kind == b"moof") {
        // Offsets are relative to the start of the box, including its header.
        let begin = start - 8;
        for (start, end, _) in
            boxes::children(file, *start, *end)?.iter().filter(|(.., kind)| kind == b"traf")
        {
            let parts = boxes::children(file, *start, *end)?;
            fragment(file, &parts, begin, defaults, table)?;
        }
    }
    Ok(())
}

/// Adds the samples of one track fragment, if it belongs to this track.
fn fragment(
    file: &mut (impl Read + Seek),
    parts: &[Mp4Box],
    begin: u64,
    defaults: (u32, u32),
    table: &mut Table,
) -> io::Result<()> {
    let Some(head) = bytes(file, parts, *b"tfhd")? else { return Ok(()) };
    let flags = u32_at(&head, 0).unwrap_or(0);
    if u32_at(&head, 4) != Some(table.id) {
        return Ok(());
    }
    let mut at = 8;
    let mut field = |flag: u32, bytes: usize| {
        let offset = (flags & flag != 0).then_some(at);
        at += if offset.is_some() { bytes } else { 0 };
        offset
    };
    let (base, _, length, size) = (field(1, 8), field(2, 4), field(8, 4), field(16, 4));
    let base = base.and_then(|at| u64_at(&head, at)).unwrap_or(begin);
    let length = length.and_then(|at| u32_at(&head, at)).unwrap_or(defaults.0);
    let size = size.and_then(|at| u32_at(&head, at)).unwrap_or(defaults.1);
    let after = table.samples.last().map_or(0, |s| s.time + u64::from(s.length));
    let clock = bytes(file, parts, *b"tfdt")?.unwrap_or_default();
    let wide = clock.first() == Some(&1);
    let declared = if wide { u64_at(&clock, 4) } else { u32_at(&clock, 4).map(u64::from) };
    let (mut time, mut offset) = (declared.unwrap_or(after), base);
    for found in parts.iter().filter(|(.., kind)| kind == b"trun") {
        let run = bytes(file, &[*found], *b"trun")?.unwrap_or_default();
        (time, offset) = take_run(&run, (base, offset, time), (length, size), table);
    }
    Ok(())
}

/// Adds the samples of one run; returns its end time, and the offset of its end.
fn take_run(
    run: &[u8],
    (base, offset, mut time): (u64, u64, u64),
    (length, size): (u32, u32),
    table: &mut Table,
) -> (u64, u64) {
    let (flags, count) = (u32_at(run, 0).unwrap_or(0), u32_at(run, 4).unwrap_or(0));
    let (mut at, mut offset) = (8, offset);
    if flags & 1 != 0 {
        let relative = i64::from(u32_at(run, at).unwrap_or(0) as i32);
        (at, offset) = (at + 4, base.saturating_add_signed(relative));
    }
    at += if flags & 4 != 0 { 4 } else { 0 };
    for _ in 0..count {
        let mut field = |flag: u32, default: u32| {
            if flags & flag == 0 {
                return Some(default);
            }
            at += 4;
            u32_at(run, at - 4)
        };
        let fields = (field(0x100, length), field(0x200, size), field(0x400, 0), field(0x800, 0));
        let (Some(length), Some(size), Some(_), Some(_)) = fields else { break };
        if table.samples.len() >= MAX_PACKETS {
            break;
        }
        table.samples.push(Sample { time, length, at: offset, size });
        (time, offset) = (time.saturating_add(length.into()), offset.saturating_add(size.into()));
    }
    (time, offset)
}
