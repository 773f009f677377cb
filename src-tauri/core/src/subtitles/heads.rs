//! Parses what a Matroska file declares before its first cluster: where its index is, its time scale, and how each
//! subtitle track is compressed. <https://www.matroska.org/technical/elements.html> for the elements.

use super::MAX_PACKET;
use crate::media::segments::{Element, element};
use std::io::{self, Read, Seek, SeekFrom};

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
pub(super) const CUES: u32 = 0x1c53_bb6b;
pub(super) const CLUSTER: u32 = 0x1f43_b675;

/// The type of a subtitle track.
const SUBTITLES: u64 = 0x11;
/// Maximum bytes of an element that is read as a whole.
const MAX_PART: u64 = 64 << 20;
/// Writers whose index lists every block of subtitles, if it lists any.
const COMPLETE_INDEX: [&str; 2] = ["Lavf", "libebml"];

/// What is declared before the first cluster.
#[derive(Default)]
pub(super) struct Head {
    /// Start of the content of the segment.
    pub(super) segment: u64,
    /// Start of the first cluster.
    pub(super) clusters: u64,
    /// Declared offset of the index.
    pub(super) index: Option<u64>,
    /// Seconds per tick.
    pub(super) tick: f64,
    /// The index lists every block of subtitles, if it lists any.
    pub(super) complete_index: bool,
    pub(super) tracks: Vec<Track>,
}

/// A subtitle track.
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) private: Vec<u8>,
    pub(super) compression: Compression,
}

/// How the content of blocks is compressed.
pub(super) enum Compression {
    Off,
    Zlib,
    HeaderStripped(Vec<u8>),
    Unknown,
}

/// The elements in these bytes, as far as they fit.
pub(super) fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let left = bytes.len() as u64;
        let Element { id, size, .. } = element(&mut bytes, left).ok()??;
        let size = usize::try_from(size?).ok()?;
        let (content, rest) = bytes.split_at_checked(size)?;
        bytes = rest;
        Some((id, content))
    })
}

pub(super) fn first(bytes: &[u8], id: u32) -> Option<&[u8]> {
    elements(bytes).find(|(found, _)| *found == id).map(|(_, content)| content)
}

pub(super) fn number(bytes: &[u8], id: u32) -> Option<u64> {
    let content = first(bytes, id).filter(|content| content.len() <= 8)?;
    Some(content.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// The content of the element that begins here; `None` if it is too large or truncated.
pub(super) fn content(file: &mut impl Read, size: Option<u64>) -> io::Result<Option<Vec<u8>>> {
    let Some(size) = size.filter(|size| *size <= MAX_PART) else { return Ok(None) };
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == size).then_some(bytes))
}

pub(super) fn head(file: &mut (impl Read + Seek), end: u64) -> io::Result<Option<Head>> {
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
                let offset = index.and_then(|seek| number(seek, SEEK_POSITION));
                self.index = offset.and_then(|offset| offset.checked_add(self.segment)).or(self.index);
            }
            INFO => {
                let nanoseconds = number(content, SCALE).unwrap_or(1_000_000);
                self.tick = nanoseconds as f64 / 1e9;
                let writer = String::from_utf8_lossy(first(content, WRITER).unwrap_or_default());
                self.complete_index = COMPLETE_INDEX.iter().any(|name| writer.starts_with(name));
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
    Some(Track { number: number(entry, NUMBER)?, private, compression: compression(entry) })
}

fn compression(entry: &[u8]) -> Compression {
    let encodings = first(entry, ENCODINGS).unwrap_or_default();
    let mut all = elements(encodings).filter(|(id, _)| *id == ENCODING).map(|(_, content)| content);
    let (Some(encoding), None) = (all.next(), all.next()) else {
        return if encodings.is_empty() { Compression::Off } else { Compression::Unknown };
    };
    let Some(compression) = first(encoding, COMPRESSION).filter(|_| first(encoding, ENCRYPTION).is_none())
    else {
        return Compression::Unknown;
    };
    match number(compression, ALGORITHM).unwrap_or(0) {
        0 => Compression::Zlib,
        3 => Compression::HeaderStripped(first(compression, SETTINGS).unwrap_or_default().to_vec()),
        _ => Compression::Unknown,
    }
}

impl Compression {
    pub(super) fn decompress(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Compression::Off => Some(bytes.to_vec()),
            Compression::Zlib => {
                miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(bytes, MAX_PACKET).ok()
            }
            Compression::HeaderStripped(begin) => Some([begin, bytes].concat()),
            Compression::Unknown => None,
        }
    }
}
