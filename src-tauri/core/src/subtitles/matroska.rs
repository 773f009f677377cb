//! Packets of subtitles in Matroska: by its index, where one is known to name each of them, else by the heads of all blocks.
//! <https://www.matroska.org/technical/elements.html> for the elements.

use super::{LARGEST, MOST_BYTES, MOST_PACKETS, Packet, Packets};
use crate::media::segments::{Element, element};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const SEEK_ID: u32 = 0x53ab;
const SEEK_POSITION: u32 = 0x53ac;
const INFO: u32 = 0x1549_a966;
const SCALE: u32 = 0x002a_d7b1;
const WRITER: u32 = 0x4d80;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const NUMBER: u32 = 0xd7;
const TYPE: u32 = 0x83;
const PRIVATE: u32 = 0x63a2;
const ENCODINGS: u32 = 0x6d80;
const ENCODING: u32 = 0x6240;
const COMPRESSION: u32 = 0x5034;
const ENCRYPTION: u32 = 0x5035;
const ALGORITHM: u32 = 0x4254;
const SETTINGS: u32 = 0x4255;
const CUES: u32 = 0x1c53_bb6b;
const POINT: u32 = 0xbb;
const POSITIONS: u32 = 0xb7;
const OF_TRACK: u32 = 0xf7;
const OF_CLUSTER: u32 = 0xf1;
const WITHIN: u32 = 0xf0;
const CLUSTER: u32 = 0x1f43_b675;
const CLUSTER_TIME: u32 = 0xe7;
const SIMPLE_BLOCK: u32 = 0xa3;
const GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const DURATION: u32 = 0x9b;

/// The type of a track of subtitles.
const SUBTITLES: u64 = 0x11;
/// Bytes of a part that is read as a whole.
const LARGEST_PART: u64 = 64 << 20;
/// Blocks looked at: some days of film.
const MOST_BLOCKS: usize = 50_000_000;
/// Programs whose index names each block of subtitles, if it names one.
const THOROUGH: [&str; 2] = ["Lavf", "libebml"];

/// What is said before the first cluster.
#[derive(Default)]
struct Head {
    /// Where the content of the segment begins.
    segment: u64,
    /// Where the first cluster begins.
    clusters: u64,
    /// Where the index is said to be.
    index: Option<u64>,
    /// Seconds of a tick.
    tick: f64,
    thorough: bool,
    tracks: Vec<Track>,
}

/// A track of subtitles.
struct Track {
    number: u64,
    private: Vec<u8>,
    packed: Packed,
}

/// How the bytes of blocks are packed.
enum Packed {
    No,
    Zlib,
    Without(Vec<u8>),
    Unknown,
}

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

/// The elements in these bytes, as far as they fit.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let left = bytes.len() as u64;
        let Element { id, size, .. } = element(&mut bytes, left).ok()??;
        let size = usize::try_from(size?).ok()?;
        let (content, rest) = bytes.split_at_checked(size)?;
        bytes = rest;
        Some((id, content))
    })
}

fn first(bytes: &[u8], id: u32) -> Option<&[u8]> {
    elements(bytes).find(|(found, _)| *found == id).map(|(_, content)| content)
}

fn number(bytes: &[u8], id: u32) -> Option<u64> {
    let content = first(bytes, id).filter(|content| content.len() <= 8)?;
    Some(content.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// The content of the element that begins here, where it is not too large.
fn content(file: &mut impl Read, size: Option<u64>) -> io::Result<Option<Vec<u8>>> {
    let Some(size) = size.filter(|size| *size <= LARGEST_PART) else { return Ok(None) };
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == size).then_some(bytes))
}

fn head(file: &mut (impl Read + Seek), end: u64) -> io::Result<Option<Head>> {
    let (mut head, mut at) = (Head { tick: 0.001, ..Head::default() }, 0);
    while at < end {
        file.seek(SeekFrom::Start(at))?;
        let Some(Element { id, head: bytes, size }) = element(file, end - at)? else { break };
        match id {
            SEGMENT => head.segment = at + bytes,
            CLUSTER => {
                head.clusters = at;
                return Ok((head.segment > 0).then_some(head));
            }
            SEEK_HEAD | INFO | TRACKS => {
                let Some(content) = content(file, size)? else { break };
                head.take(id, &content);
            }
            _ => {}
        }
        let inside = if id == SEGMENT { Some(0) } else { size };
        let Some(next) = inside.and_then(|size| (at + bytes).checked_add(size)) else { break };
        at = next;
    }
    Ok(None)
}

impl Head {
    fn take(&mut self, id: u32, content: &[u8]) {
        let all = |id| elements(content).filter(move |(found, _)| *found == id).map(|(_, content)| content);
        match id {
            SEEK_HEAD => {
                let index = all(SEEK).find(|seek| number(seek, SEEK_ID) == Some(u64::from(CUES)));
                let place = index.and_then(|seek| number(seek, SEEK_POSITION));
                self.index = place.and_then(|place| place.checked_add(self.segment)).or(self.index);
            }
            INFO => {
                let nanoseconds = number(content, SCALE).unwrap_or(1_000_000);
                self.tick = nanoseconds as f64 / 1e9;
                let writer = String::from_utf8_lossy(first(content, WRITER).unwrap_or_default());
                self.thorough = THOROUGH.iter().any(|name| writer.starts_with(name));
            }
            _ => self.tracks.extend(all(TRACK).filter_map(track)),
        }
    }
}

fn track(entry: &[u8]) -> Option<Track> {
    if number(entry, TYPE) != Some(SUBTITLES) {
        return None;
    }
    let private = first(entry, PRIVATE).unwrap_or_default().to_vec();
    Some(Track { number: number(entry, NUMBER)?, private, packed: packed(entry) })
}

fn packed(entry: &[u8]) -> Packed {
    let encodings = first(entry, ENCODINGS).unwrap_or_default();
    let mut all = elements(encodings).filter(|(id, _)| *id == ENCODING).map(|(_, content)| content);
    let (Some(encoding), None) = (all.next(), all.next()) else {
        return if encodings.is_empty() { Packed::No } else { Packed::Unknown };
    };
    let Some(compression) = first(encoding, COMPRESSION).filter(|_| first(encoding, ENCRYPTION).is_none())
    else {
        return Packed::Unknown;
    };
    match number(compression, ALGORITHM).unwrap_or(0) {
        0 => Packed::Zlib,
        3 => Packed::Without(first(compression, SETTINGS).unwrap_or_default().to_vec()),
        _ => Packed::Unknown,
    }
}

impl Packed {
    fn open(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Packed::No => Some(bytes.to_vec()),
            Packed::Zlib => miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, LARGEST).ok(),
            Packed::Without(begin) => Some([begin, bytes].concat()),
            Packed::Unknown => None,
        }
    }
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
