//! Subtitle packets of MP4 and MOV, fragmented or not.

use super::boxes::{bytes, named, u32_at, u64_at};
use super::tables::{Sample, Table, fragments, samples};
use super::{MAX_BYTES, MAX_PACKET, MAX_PACKETS, Packet, Packets};
use crate::media::boxes::{self, Mp4Box};
use std::io::{self, Read, Seek, SeekFrom};

/// The packets of the track at this index. `None` if its tables cannot be read.
pub(super) fn track(file: &mut (impl Read + Seek), index: usize) -> io::Result<Option<Packets>> {
    let end = file.seek(SeekFrom::End(0))?;
    let top = boxes::children(file, 0, end)?;
    let Some((start, end)) = named(&top, *b"moov") else { return Ok(None) };
    let moov = boxes::children(file, start, end)?;
    let mut tracks = moov.iter().filter(|(.., kind)| kind == b"trak");
    let Some((start, end, _)) = tracks.nth(index).copied() else { return Ok(None) };
    let Some(mut table) = table(file, &moov, (start, end))? else { return Ok(None) };
    fragments(file, &top, &moov, &mut table)?;
    packets(file, &table).map(Some)
}

/// The properties of a track, with its samples.
fn table(
    file: &mut (impl Read + Seek),
    moov: &[Mp4Box],
    (start, end): (u64, u64),
) -> io::Result<Option<Table>> {
    let track = boxes::children(file, start, end)?;
    let Some((start, end)) = named(&track, *b"mdia") else { return Ok(None) };
    let media = boxes::children(file, start, end)?;
    let scale = |header: &[u8]| u32_at(header, if header.first() == Some(&1) { 20 } else { 12 });
    let head = bytes(file, &track, *b"tkhd")?.unwrap_or_default();
    let id = u32_at(&head, if head.first() == Some(&1) { 20 } else { 12 });
    let ticks = bytes(file, &media, *b"mdhd")?.as_deref().and_then(scale);
    let movie_ticks = bytes(file, moov, *b"mvhd")?.as_deref().and_then(scale);
    let (Some(id), Some(ticks @ 1..), Some(movie_ticks @ 1..)) = (id, ticks, movie_ticks) else {
        return Ok(None);
    };
    let Some(shift) = shift(file, &track, f64::from(ticks), f64::from(movie_ticks))? else { return Ok(None) };
    let Some((start, end)) = named(&media, *b"minf") else { return Ok(None) };
    let inside = boxes::children(file, start, end)?;
    let Some((start, end)) = named(&inside, *b"stbl") else { return Ok(None) };
    let tables = boxes::children(file, start, end)?;
    let (samples, description) = (samples(file, &tables)?, description(file, &tables)?);
    Ok(samples.map(|samples| Table { id, ticks: f64::from(ticks), shift, samples, description }))
}

/// The content of the first sample description.
fn description(file: &mut (impl Read + Seek), tables: &[Mp4Box]) -> io::Result<Vec<u8>> {
    let Some((start, end)) = named(tables, *b"stsd").filter(|(start, end)| start + 8 <= *end) else {
        return Ok(Vec::new());
    };
    let entries = boxes::children(file, start + 8, end)?;
    let first = entries.first().map(|(.., kind)| *kind);
    Ok(first.map(|kind| bytes(file, &entries, kind)).transpose()?.flatten().unwrap_or_default())
}

/// Seconds by which its edit list delays a track; `None` if it does more than that.
fn shift(
    file: &mut (impl Read + Seek),
    track: &[Mp4Box],
    ticks: f64,
    movie_ticks: f64,
) -> io::Result<Option<f64>> {
    let Some((start, end)) = named(track, *b"edts") else { return Ok(Some(0.0)) };
    let edits = boxes::children(file, start, end)?;
    let Some(list) = bytes(file, &edits, *b"elst")? else { return Ok(Some(0.0)) };
    let wide = list.first() == Some(&1);
    let edit = |n: usize| {
        let at = 8 + n * if wide { 20 } else { 12 };
        let (length, time) = if wide {
            (u64_at(&list, at)?, u64_at(&list, at + 8)? as i64)
        } else {
            (u64::from(u32_at(&list, at)?), i64::from(u32_at(&list, at + 4)? as i32))
        };
        Some((length as f64 / movie_ticks, time))
    };
    let seconds = |time: i64| time as f64 / ticks;
    Ok(match (u32_at(&list, 4), edit(0), edit(1)) {
        (Some(0) | None, ..) => Some(0.0),
        (Some(1), Some((_, time @ 0..)), _) => Some(-seconds(time)),
        (Some(2), Some((empty, -1)), Some((_, time @ 0..))) => Some(empty - seconds(time)),
        _ => None,
    })
}

fn packets(file: &mut (impl Read + Seek), table: &Table) -> io::Result<Packets> {
    let (mut found, mut left) =
        (Packets { header: table.description.clone(), ..Packets::default() }, MAX_BYTES);
    for Sample { time, length, at, size } in table.samples.iter().take(MAX_PACKETS) {
        let size = *size as usize;
        if size > MAX_PACKET || size > left {
            break;
        }
        left -= size;
        let mut bytes = Vec::with_capacity(size);
        file.seek(SeekFrom::Start(*at))?;
        file.take(size as u64).read_to_end(&mut bytes)?;
        let begin = *time as f64 / table.ticks + table.shift;
        found.all.push(Packet { begin, end: begin + f64::from(*length) / table.ticks, bytes });
    }
    Ok(found)
}
