//! Packets of subtitles in Matroska: by its index, where one is known to name each of them, else by the heads of all blocks.
//! <https://www.matroska.org/technical/elements.html> for the elements.

use super::heads::{CLUSTER, CUES, Head, Packed, Track, content, elements, first, head, number};
use super::{LARGEST, MOST_BYTES, MOST_PACKETS, Packet, Packets};
use crate::media::segments::{Element, element};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const POINT: u32 = 0xbb;
const POSITIONS: u32 = 0xb7;
const OF_TRACK: u32 = 0xf7;
const OF_CLUSTER: u32 = 0xf1;
const WITHIN: u32 = 0xf0;
const CLUSTER_TIME: u32 = 0xe7;
const SIMPLE_BLOCK: u32 = 0xa3;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const DURATION: u32 = 0x9b;

/// Blocks looked at: some days of film.
const MOST_BLOCKS: usize = 50_000_000;

/// Those of each track of subtitles, in the order of the tracks; `None` where its blocks cannot be read.
pub(super) fn tracks(file: &mut (impl Read + Seek)) -> io::Result<Vec<Option<Packets>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let Some(head) = head(file, end)? else { return Ok(Vec::new()) };
    let mut gathered = Gathered::of(&head);
    if !by_index(file, &head, end, &mut gathered)? {
        gathered = Gathered::of(&head);
        by_blocks(file, &head, end, &mut gathered)?;
    }
    let readable = |track: &Track| !matches!(track.packed, Packed::Unknown);
    let tracks = head.tracks.iter().zip(gathered.tracks);
    Ok(tracks.map(|(track, packets)| readable(track).then_some(packets)).collect())
}

/// What was found of each track.
struct Gathered<'a> {
    head: &'a Head,
    tracks: Vec<Packets>,
    bytes: usize,
}

impl Gathered<'_> {
    fn of(head: &Head) -> Gathered<'_> {
        let header = |track: &Track| Packets { header: track.private.clone(), all: Vec::new() };
        Gathered { head, tracks: head.tracks.iter().map(header).collect(), bytes: 0 }
    }

    /// Is this the number of a track of subtitles?
    fn wants(&self, number: u64) -> bool {
        self.head.tracks.iter().any(|track| track.number == number)
    }

    /// Takes a block, of a cluster with this time, that is shown for so many ticks.
    fn take(&mut self, block: &[u8], cluster: u64, ticks: u64) -> Option<()> {
        let (number, length) = block_track(block)?;
        let place = self.head.tracks.iter().position(|track| track.number == number)?;
        let (time, rest) = block.get(length..)?.split_first_chunk::<2>()?;
        // Behind the time stand flags.
        let bytes = self.head.tracks[place].packed.open(rest.get(1..)?)?;
        self.bytes += bytes.len();
        let room = self.tracks[place].all.len() < MOST_PACKETS && self.bytes <= MOST_BYTES;
        let begin = (cluster as f64 + f64::from(i16::from_be_bytes(*time))) * self.head.tick;
        let end = begin + ticks as f64 * self.head.tick;
        if room {
            self.tracks[place].all.push(Packet { begin, end, bytes });
        }
        Some(())
    }

    /// Takes an element of a cluster, where it is a block.
    fn take_element(&mut self, id: u32, content: &[u8], cluster: u64) {
        let (block, ticks) = match id {
            GROUP => (first(content, BLOCK).unwrap_or_default(), number(content, DURATION).unwrap_or(0)),
            _ => (content, 0),
        };
        // What is no whole block is passed over.
        let _ = self.take(block, cluster, ticks);
    }
}

/// The number of the track of a block, and its length.
fn block_track(block: &[u8]) -> Option<(u64, usize)> {
    let first = *block.first()?;
    let length = first.leading_zeros() as usize + 1;
    let rest = block.get(1..length).filter(|_| length <= 8)?;
    let begin = u64::from(first) & ((1 << (8 - length)) - 1);
    Some((rest.iter().fold(begin, |all, byte| all << 8 | u64::from(*byte)), length))
}

/// Reads the blocks that the index names. `false`: it does not name some of each track.
fn by_index(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    gathered: &mut Gathered<'_>,
) -> io::Result<bool> {
    let Some(at) = head.index.filter(|at| head.thorough && *at < end) else { return Ok(false) };
    file.seek(SeekFrom::Start(at))?;
    let Some(Element { id: CUES, size, .. }) = element(file, end - at)? else { return Ok(false) };
    let Some(index) = content(file, size)? else { return Ok(false) };
    let points = elements(&index).filter(|(id, _)| *id == POINT).flat_map(|(_, point)| elements(point));
    let mut places = Vec::new();
    for (_, position) in points.filter(|(id, _)| *id == POSITIONS) {
        if number(position, OF_TRACK).is_some_and(|number| gathered.wants(number)) {
            let (cluster, within) = (number(position, OF_CLUSTER), number(position, WITHIN));
            let Some(place) = cluster.zip(within) else { return Ok(false) };
            places.push(place);
        }
    }
    for (cluster, within) in places {
        if at_place(file, head, end, (cluster, within), gathered)?.is_none() {
            return Ok(false);
        }
    }
    Ok(gathered.tracks.iter().all(|track| !track.all.is_empty()))
}

/// Reads the block at this place of a cluster; nothing where there is none.
fn at_place(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    (cluster, within): (u64, u64),
    gathered: &mut Gathered<'_>,
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
    let Some(block) = content(file, size.filter(|size| *size <= LARGEST as u64))? else { return Ok(None) };
    gathered.take_element(id, &block, time);
    Ok(matches!(id, GROUP | SIMPLE_BLOCK).then_some(()))
}

/// Reads the heads of all blocks, and those of subtitles.
fn by_blocks(
    file: &mut (impl Read + Seek),
    head: &Head,
    end: u64,
    gathered: &mut Gathered<'_>,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(head.clusters))?;
    let (mut file, mut at, mut time) = (BufReader::new(file), head.clusters, 0);
    for _ in 0..MOST_BLOCKS {
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
            (&mut file).take((next - at).min(BEGIN)).read_to_end(&mut read)?;
        }
        if id == CLUSTER_TIME {
            time = read.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        } else if may_be_wanted(id, &read, gathered) && next - at <= LARGEST as u64 {
            (&mut file).take(next - at - read.len() as u64).read_to_end(&mut read)?;
            gathered.take_element(id, &read, time);
        }
        file.seek_relative(i64::try_from(next - at - read.len() as u64).unwrap_or(i64::MAX))?;
        at = next;
    }
    Ok(())
}

/// Bytes of a block by which its track is known.
const BEGIN: u64 = 24;

/// Does a block that begins so belong to a track of subtitles? In a group it stands first.
fn may_be_wanted(id: u32, begin: &[u8], gathered: &Gathered<'_>) -> bool {
    let mut bytes = begin;
    let is_block = match id {
        SIMPLE_BLOCK => true,
        GROUP => matches!(element(&mut bytes, begin.len() as u64), Ok(Some(Element { id: BLOCK, .. }))),
        _ => false,
    };
    is_block && block_track(bytes).is_some_and(|(number, _)| gathered.wants(number))
}
