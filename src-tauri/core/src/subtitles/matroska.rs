//! Subtitle packets of Matroska: by its index, where that is known to list each of them, else by the headers of all
//! blocks. <https://www.matroska.org/technical/elements.html> for the elements.

use super::heads::{CLUSTER, CUES, Compression, Head, Track, content, elements, first, head, number};
use super::{MAX_BYTES, MAX_PACKET, MAX_PACKETS, Packet, Packets};
use crate::media::segments::{Element, element};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const CUE_POINT: u32 = 0xbb;
const CUE_TRACK_POSITIONS: u32 = 0xb7;
const CUE_TRACK: u32 = 0xf7;
const CUE_CLUSTER_POSITION: u32 = 0xf1;
const CUE_RELATIVE_POSITION: u32 = 0xf0;
const CLUSTER_TIME: u32 = 0xe7;
const SIMPLE_BLOCK: u32 = 0xa3;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const DURATION: u32 = 0x9b;

/// Maximum number of blocks scanned: some days of film.
const MAX_BLOCKS: usize = 50_000_000;

/// The packets of each subtitle track, in track order; `None` where its blocks cannot be decoded.
pub(super) fn tracks(file: &mut (impl Read + Seek)) -> io::Result<Vec<Option<Packets>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let Some(head) = head(file, end)? else { return Ok(Vec::new()) };
    let mut collected = Collected::of(&head);
    if !by_index(file, &head, end, &mut collected)? {
        collected = Collected::of(&head);
        by_blocks(file, &head, end, &mut collected)?;
    }
    let readable = |track: &Track| !matches!(track.compression, Compression::Unknown);
    let tracks = head.tracks.iter().zip(collected.tracks);
    Ok(tracks.map(|(track, packets)| readable(track).then_some(packets)).collect())
}

/// The packets found of each track.
struct Collected<'a> {
    head: &'a Head,
    tracks: Vec<Packets>,
    bytes: usize,
}

impl Collected<'_> {
    fn of(head: &Head) -> Collected<'_> {
        let header = |track: &Track| Packets { header: track.private.clone(), all: Vec::new() };
        Collected { head, tracks: head.tracks.iter().map(header).collect(), bytes: 0 }
    }

    /// True if this is the number of a subtitle track.
    fn wants(&self, number: u64) -> bool {
        self.head.tracks.iter().any(|track| track.number == number)
    }

    /// Takes a block of a cluster with this timestamp that is shown for `ticks` ticks.
    fn take(&mut self, block: &[u8], cluster: u64, ticks: u64) -> Option<()> {
        let (number, length) = block_track(block)?;
        let position = self.head.tracks.iter().position(|track| track.number == number)?;
        let (time, rest) = block.get(length..)?.split_first_chunk::<2>()?;
        // Flags follow the timestamp.
        let bytes = self.head.tracks[position].compression.decompress(rest.get(1..)?)?;
        self.bytes += bytes.len();
        let room = self.tracks[position].all.len() < MAX_PACKETS && self.bytes <= MAX_BYTES;
        let begin = (cluster as f64 + f64::from(i16::from_be_bytes(*time))) * self.head.tick;
        let end = begin + ticks as f64 * self.head.tick;
        if room {
            self.tracks[position].all.push(Packet { begin, end, bytes });
        }
        Some(())
    }

    /// Takes an element of a cluster, if it is a block.
    fn take_element(&mut self, id: u32, content: &[u8], cluster: u64) {
        let (block, ticks) = match id {
            GROUP => (first(content, BLOCK).unwrap_or_default(), number(content, DURATION).unwrap_or(0)),
            _ => (content, 0),
        };
        // Malformed blocks are skipped.
        let _ = self.take(block, cluster, ticks);
    }
}

/// The track number of a block, and the length of that number in bytes.
fn block_track(block: &[u8]) -> Option<(u64, usize)> {
    let first = *block.first()?;
    let length = first.leading_zeros() as usize + 1;
    let rest = block.get(1..length).filter(|_| length <= 8)?;
    let begin = u64::from(first) & ((1 << (8 - length)) - 1);
    Some((rest.iter().fold(begin, |all, byte| all << 8 | u64::from(*byte)), length))
}

/// Reads the blocks that the index lists. Returns false if it does not list some of each track.
fn by_index(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    collected: &mut Collected<'_>,
) -> io::Result<bool> {
    let Some(at) = head.index.filter(|at| head.complete_index && *at < end) else { return Ok(false) };
    file.seek(SeekFrom::Start(at))?;
    let Some(Element { id: CUES, size, .. }) = element(file, end - at)? else { return Ok(false) };
    let Some(index) = content(file, size)? else { return Ok(false) };
    let points = elements(&index).filter(|(id, _)| *id == CUE_POINT).flat_map(|(_, point)| elements(point));
    let mut positions = Vec::new();
    for (_, track_positions) in points.filter(|(id, _)| *id == CUE_TRACK_POSITIONS) {
        if number(track_positions, CUE_TRACK).is_some_and(|number| collected.wants(number)) {
            let (cluster, within) = (
                number(track_positions, CUE_CLUSTER_POSITION),
                number(track_positions, CUE_RELATIVE_POSITION),
            );
            let Some(position) = cluster.zip(within) else { return Ok(false) };
            positions.push(position);
        }
    }
    for (cluster, within) in positions {
        if read_block(file, head, end, (cluster, within), collected)?.is_none() {
            return Ok(false);
        }
    }
    Ok(collected.tracks.iter().all(|track| !track.all.is_empty()))
}

/// Reads the block at this position in a cluster; `None` if there is none.
fn read_block(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    (cluster, within): (u64, u64),
    collected: &mut Collected<'_>,
) -> io::Result<Option<()>> {
    let Some(cluster) = cluster.checked_add(head.segment).filter(|at| *at < end) else { return Ok(None) };
    file.seek(SeekFrom::Start(cluster))?;
    let Some(Element { id: CLUSTER, head: bytes, .. }) = element(file, end - cluster)? else {
        return Ok(None);
    };
    let Some(Element { id: CLUSTER_TIME, size, .. }) = element(file, end)? else { return Ok(None) };
    let Some(time) = content(file, size)?.filter(|time| time.len() <= 8) else { return Ok(None) };
    let time = time.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    let Some(at) = (cluster + bytes).checked_add(within).filter(|at| *at < end) else { return Ok(None) };
    file.seek(SeekFrom::Start(at))?;
    let Some(Element { id, size, .. }) = element(file, end - at)? else { return Ok(None) };
    let Some(block) = content(file, size.filter(|size| *size <= MAX_PACKET as u64))? else { return Ok(None) };
    collected.take_element(id, &block, time);
    Ok(matches!(id, GROUP | SIMPLE_BLOCK).then_some(()))
}

/// Scans the headers of all blocks, and reads those of subtitles.
fn by_blocks(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    collected: &mut Collected<'_>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(head.clusters))?;
    let (mut file, mut at, mut time) = (BufReader::new(file), head.clusters, 0);
    for _ in 0..MAX_BLOCKS {
        let Some(Element { id, head: bytes, size }) = element(&mut file, end.saturating_sub(at))? else {
            break;
        };
        at += bytes;
        if id == CLUSTER {
            continue;
        }
        let Some(next) = size.and_then(|size| at.checked_add(size)).filter(|next| *next <= end) else {
            break;
        };
        let mut read = Vec::new();
        if matches!(id, CLUSTER_TIME | SIMPLE_BLOCK | GROUP) {
            (&mut file).take((next - at).min(BLOCK_START)).read_to_end(&mut read)?;
        }
        if id == CLUSTER_TIME {
            time = read.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        } else if may_be_wanted(id, &read, collected) && next - at <= MAX_PACKET as u64 {
            (&mut file).take(next - at - read.len() as u64).read_to_end(&mut read)?;
            collected.take_element(id, &read, time);
        }
        file.seek_relative(i64::try_from(next - at - read.len() as u64).unwrap_or(i64::MAX))?;
        at = next;
    }
    Ok(())
}

/// Bytes of a block that identify its track.
const BLOCK_START: u64 = 24;

/// True if a block that begins like this may belong to a subtitle track. In a group the block comes first.
fn may_be_wanted(id: u32, begin: &[u8], collected: &Collected<'_>) -> bool {
    let mut bytes = begin;
    let is_block = match id {
        SIMPLE_BLOCK => true,
        GROUP => matches!(element(&mut bytes, begin.len() as u64), Ok(Some(Element { id: BLOCK, .. }))),
        _ => false,
    };
    is_block && block_track(bytes).is_some_and(|(number, _)| collected.wants(number))
}
