//! Where the samples of a track of MP4 lie and when they are shown: by the tables of the film and of its fragments.

use super::MOST_PACKETS;
use super::boxes::{bytes, long, named, word};
use crate::media::boxes::{self, Found};
use std::io::{self, Read, Seek};

/// A track.
pub(super) struct Table {
    pub(super) id: u32,
    /// A second.
    pub(super) ticks: f64,
    /// Seconds by which it is shown later.
    pub(super) shift: f64,
    pub(super) samples: Vec<Sample>,
    /// The first description of its samples; empty where that cannot be read.
    pub(super) description: Vec<u8>,
}

/// When a sample is shown, in ticks, and where it lies.
pub(super) struct Sample {
    pub(super) time: u64,
    pub(super) length: u32,
    pub(super) at: u64,
    pub(super) size: u32,
}

/// The samples of these tables. `None`: they do not fit together.
pub(super) fn samples(file: &mut (impl Read + Seek), tables: &[Found]) -> io::Result<Option<Vec<Sample>>> {
    let mut of = |name| bytes(file, tables, name);
    let (times, chunks, sizes) = (of(*b"stts")?, of(*b"stsc")?, of(*b"stsz")?);
    let (short, wide) = (of(*b"stco")?, of(*b"co64")?);
    let (Some(times), Some(chunks), Some(sizes)) = (times, chunks, sizes) else { return Ok(None) };
    let place = |n: usize| match (&short, &wide) {
        (Some(short), _) => word(short, 8 + n * 4).map(u64::from),
        (None, Some(wide)) => long(wide, 8 + n * 8),
        (None, None) => None,
    };
    let count = word(&sizes, 8).unwrap_or(0) as usize;
    let sizes = |n: usize| match word(&sizes, 4) {
        Some(0) | None => word(&sizes, 12 + n * 4),
        fixed => fixed,
    };
    let mut all = Vec::new();
    let (mut clock, mut places) = (Clock::new(&times), Places::new(&chunks));
    for n in 0..count.min(MOST_PACKETS) {
        let (Some(size), Some((time, length))) = (sizes(n), clock.next()) else { return Ok(None) };
        let Some(at) = places.next(size, place) else { return Ok(None) };
        all.push(Sample { time, length, at, size });
    }
    Ok(Some(all))
}

/// Times in the order of samples.
struct Clock<'a> {
    table: &'a [u8],
    entry: usize,
    left: u32,
    time: u64,
}

impl Clock<'_> {
    fn new(table: &[u8]) -> Clock<'_> {
        Clock { table, entry: 0, left: word(table, 8).unwrap_or(0), time: 0 }
    }

    fn next(&mut self) -> Option<(u64, u32)> {
        while self.left == 0 {
            self.entry += 1;
            self.left = word(self.table, 8 + self.entry * 8)?;
        }
        self.left -= 1;
        let (time, length) = (self.time, word(self.table, 12 + self.entry * 8)?);
        self.time += u64::from(length);
        Some((time, length))
    }
}

/// Places in the order of samples, which lie in chunks.
struct Places<'a> {
    table: &'a [u8],
    /// The entry that says how many samples are in the chunks from one on.
    entry: usize,
    chunk: usize,
    within: u32,
    at: u64,
}

impl Places<'_> {
    fn new(table: &[u8]) -> Places<'_> {
        Places { table, entry: 0, chunk: 0, within: 0, at: 0 }
    }

    fn next(&mut self, size: u32, place: impl Fn(usize) -> Option<u64>) -> Option<u64> {
        let of = |entry: usize, field: usize| word(self.table, 8 + entry * 12 + field * 4);
        if self.within == of(self.entry, 1)? {
            (self.chunk, self.within) = (self.chunk + 1, 0);
            // Chunks are counted from 1.
            let reached = of(self.entry + 1, 0).is_some_and(|first| first as usize <= self.chunk + 1);
            self.entry += usize::from(reached);
        }
        if self.within == 0 {
            self.at = place(self.chunk)?;
        }
        self.within += 1;
        let at = self.at;
        self.at += u64::from(size);
        Some(at)
    }
}

/// Adds the samples of the fragments of a film.
pub(super) fn fragments(
    file: &mut (impl Read + Seek),
    top: &[Found],
    moov: &[Found],
    table: &mut Table,
) -> io::Result<()> {
    let mut usual = (0, 0);
    if let Some((start, end)) = named(moov, *b"mvex") {
        for found in boxes::inside(file, start, end)?.iter().filter(|(.., kind)| kind == b"trex") {
            let defaults = bytes(file, &[*found], *b"trex")?.unwrap_or_default();
            if word(&defaults, 4) == Some(table.id) {
                usual = (word(&defaults, 12).unwrap_or(0), word(&defaults, 16).unwrap_or(0));
            }
        }
    }
    for (start, end, _) in top.iter().filter(|(.., kind)| kind == b"moof") {
        // The place that others are counted from is that of the head of the box.
        let begin = start - 8;
        for (start, end, _) in boxes::inside(file, *start, *end)?.iter().filter(|(.., kind)| kind == b"traf")
        {
            let parts = boxes::inside(file, *start, *end)?;
            fragment(file, &parts, begin, usual, table)?;
        }
    }
    Ok(())
}

/// The samples of one fragment of a track, where it is of this one.
fn fragment(
    file: &mut (impl Read + Seek),
    parts: &[Found],
    begin: u64,
    usual: (u32, u32),
    table: &mut Table,
) -> io::Result<()> {
    let Some(head) = bytes(file, parts, *b"tfhd")? else { return Ok(()) };
    let flags = word(&head, 0).unwrap_or(0);
    if word(&head, 4) != Some(table.id) {
        return Ok(());
    }
    let mut at = 8;
    let mut field = |flag: u32, bytes: usize| {
        let place = (flags & flag != 0).then_some(at);
        at += if place.is_some() { bytes } else { 0 };
        place
    };
    let (base, _, length, size) = (field(1, 8), field(2, 4), field(8, 4), field(16, 4));
    let base = base.and_then(|at| long(&head, at)).unwrap_or(begin);
    let length = length.and_then(|at| word(&head, at)).unwrap_or(usual.0);
    let size = size.and_then(|at| word(&head, at)).unwrap_or(usual.1);
    let after = table.samples.last().map_or(0, |s| s.time + u64::from(s.length));
    let clock = bytes(file, parts, *b"tfdt")?.unwrap_or_default();
    let wide = clock.first() == Some(&1);
    let said = if wide { long(&clock, 4) } else { word(&clock, 4).map(u64::from) };
    let (mut time, mut place) = (said.unwrap_or(after), base);
    for found in parts.iter().filter(|(.., kind)| kind == b"trun") {
        let run = bytes(file, &[*found], *b"trun")?.unwrap_or_default();
        (time, place) = take_run(&run, (base, place, time), (length, size), table);
    }
    Ok(())
}

/// The samples of one run; returns when it ends, and where.
fn take_run(
    run: &[u8],
    (base, place, mut time): (u64, u64, u64),
    (length, size): (u32, u32),
    table: &mut Table,
) -> (u64, u64) {
    let (flags, count) = (word(run, 0).unwrap_or(0), word(run, 4).unwrap_or(0));
    let (mut at, mut place) = (8, place);
    if flags & 1 != 0 {
        let offset = i64::from(word(run, at).unwrap_or(0) as i32);
        (at, place) = (at + 4, base.saturating_add_signed(offset));
    }
    at += if flags & 4 != 0 { 4 } else { 0 };
    for _ in 0..count {
        let mut field = |flag: u32, usual: u32| {
            if flags & flag == 0 {
                return Some(usual);
            }
            at += 4;
            word(run, at - 4)
        };
        let fields = (field(0x100, length), field(0x200, size), field(0x400, 0), field(0x800, 0));
        let (Some(length), Some(size), Some(_), Some(_)) = fields else { break };
        if table.samples.len() >= MOST_PACKETS {
            break;
        }
        table.samples.push(Sample { time, length, at: place, size });
        (time, place) = (time.saturating_add(length.into()), place.saturating_add(size.into()));
    }
    (time, place)
}
