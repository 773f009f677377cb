//! Packets of subtitles in MP4 and MOV, whole or in fragments.

use super::boxes::{bytes, long, named, word};
use super::tables::{Sample, Table, fragments, samples};
use super::{LARGEST, MOST_BYTES, MOST_PACKETS, Packet, Packets};
use crate::media::boxes::{self, Found};
use std::io::{self, Read, Seek, SeekFrom};

/// Those of the track at this place in the file. `None`: its table cannot be read.
pub(super) fn track(file: &mut (impl Read + Seek), place: usize) -> io::Result<Option<Packets>> {
    let end = file.seek(SeekFrom::End(0))?;
    let top = boxes::inside(file, 0, end)?;
    let Some((start, end)) = named(&top, *b"moov") else { return Ok(None) };
    let moov = boxes::inside(file, start, end)?;
    let mut tracks = moov.iter().filter(|(.., kind)| kind == b"trak");
    let Some((start, end, _)) = tracks.nth(place).copied() else { return Ok(None) };
    let Some(mut table) = table(file, &moov, (start, end))? else { return Ok(None) };
    fragments(file, &top, &moov, &mut table)?;
    packets(file, &table).map(Some)
}

/// What is said of a track, with its samples.
fn table(
    file: &mut (impl Read + Seek),
    moov: &[Found],
    (start, end): (u64, u64),
) -> io::Result<Option<Table>> {
    let track = boxes::inside(file, start, end)?;
    let Some((start, end)) = named(&track, *b"mdia") else { return Ok(None) };
    let media = boxes::inside(file, start, end)?;
    let scale = |header: &[u8]| word(header, if header.first() == Some(&1) { 20 } else { 12 });
    let head = bytes(file, &track, *b"tkhd")?.unwrap_or_default();
    let id = word(&head, if head.first() == Some(&1) { 20 } else { 12 });
    let ticks = bytes(file, &media, *b"mdhd")?.as_deref().and_then(scale);
    let whole = bytes(file, moov, *b"mvhd")?.as_deref().and_then(scale);
    let (Some(id), Some(ticks @ 1..), Some(whole @ 1..)) = (id, ticks, whole) else { return Ok(None) };
    let Some(shift) = shift(file, &track, f64::from(ticks), f64::from(whole))? else { return Ok(None) };
    let Some((start, end)) = named(&media, *b"minf") else { return Ok(None) };
    let inside = boxes::inside(file, start, end)?;
    let Some((start, end)) = named(&inside, *b"stbl") else { return Ok(None) };
    let tables = boxes::inside(file, start, end)?;
    let (samples, description) = (samples(file, &tables)?, description(file, &tables)?);
    Ok(samples.map(|samples| Table { id, ticks: f64::from(ticks), shift, samples, description }))
}

/// The content of the first sample description.
fn description(file: &mut (impl Read + Seek), tables: &[Found]) -> io::Result<Vec<u8>> {
    let Some((start, end)) = named(tables, *b"stsd").filter(|(start, end)| start + 8 <= *end) else {
        return Ok(Vec::new());
    };
    let entries = boxes::inside(file, start + 8, end)?;
    let first = entries.first().map(|(.., kind)| *kind);
    Ok(first.map(|kind| bytes(file, &entries, kind)).transpose()?.flatten().unwrap_or_default())
}

/// Seconds by which its edit list shows a track later; `None`: it asks for more than that.
fn shift(file: &mut (impl Read + Seek), track: &[Found], ticks: f64, whole: f64) -> io::Result<Option<f64>> {
    let Some((start, end)) = named(track, *b"edts") else { return Ok(Some(0.0)) };
    let edits = boxes::inside(file, start, end)?;
    let Some(list) = bytes(file, &edits, *b"elst")? else { return Ok(Some(0.0)) };
    let wide = list.first() == Some(&1);
    let edit = |n: usize| {
        let at = 8 + n * if wide { 20 } else { 12 };
        let (length, time) = if wide {
            (long(&list, at)?, long(&list, at + 8)? as i64)
        } else {
            (u64::from(word(&list, at)?), i64::from(word(&list, at + 4)? as i32))
        };
        Some((length as f64 / whole, time))
    };
    let seconds = |time: i64| time as f64 / ticks;
    Ok(match (word(&list, 4), edit(0), edit(1)) {
        (Some(0) | None, ..) => Some(0.0),
        (Some(1), Some((_, time @ 0..)), _) => Some(-seconds(time)),
        (Some(2), Some((empty, -1)), Some((_, time @ 0..))) => Some(empty - seconds(time)),
        _ => None,
    })
}

fn packets(file: &mut (impl Read + Seek), table: &Table) -> io::Result<Packets> {
    let (mut found, mut room) =
        (Packets { header: table.description.clone(), ..Packets::default() }, MOST_BYTES);
    for Sample { time, length, at, size } in table.samples.iter().take(MOST_PACKETS) {
        let size = *size as usize;
        if size > LARGEST || size > room {
            break;
        }
        room -= size;
        let mut bytes = Vec::with_capacity(size);
        file.seek(SeekFrom::Start(*at))?;
        file.take(size as u64).read_to_end(&mut bytes)?;
        let begin = *time as f64 / table.ticks + table.shift;
        found.all.push(Packet { begin, end: begin + f64::from(*length) / table.ticks, bytes });
    }
    Ok(found)
}
