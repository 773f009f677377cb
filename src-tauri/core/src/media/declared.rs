//! Finds where a Matroska file declares Dolby Vision: ffmpeg copies the record of the source to the video that
//! it encoded, which is then wrongly declared as Dolby Vision.
//!
//! Guarantees that only element headers and track entries are read, bounded for any input.
//! <https://www.matroska.org/technical/elements.html> for the elements.

use super::segments::{Element, element};
use std::io::{self, Read, Seek, SeekFrom};

pub(super) const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
pub(super) const TRACKS: u32 = 0x1654_ae6b;
pub(super) const TRACK: u32 = 0xae;
const MAPPING: u32 = 0x41e4;
const TYPE: u32 = 0x41e7;
const CHECKSUM: u32 = 0xbf;

/// Mapping types of Dolby Vision.
const DOLBY_VISION: [&[u8; 4]; 4] = [b"dvcC", b"dvvC", b"dvwC", b"hvcE"];

/// The language of a track by BCP 47.
pub(super) const LANGUAGE_BCP47: u32 = 0x0022_b59d;

/// Maximum number of elements read.
const MAX_ELEMENTS: usize = 10_000;

/// An element: its id, its start, the start of its content, its end.
pub(super) type ElementSpan = (u32, u64, u64, u64);

/// Elements to overwrite as void so that Dolby Vision is no longer declared, with the checksums that cover them:
/// start and size in bytes of each.
pub fn dolby_vision(file: &mut (impl Read + Seek)) -> io::Result<Vec<(u64, u64)>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (.., start, end) in elements(file, (0, end), SEGMENT)? {
        for (.., start, end) in elements(file, (start, end), TRACKS)? {
            let before = all.len();
            for (.., start, end) in elements(file, (start, end), TRACK)? {
                all.extend(mappings(file, (start, end))?);
            }
            if all.len() > before {
                all.extend(elements(file, (start, end), CHECKSUM)?.into_iter().map(extent));
            }
        }
    }
    Ok(all)
}

/// The track entries in file order: start and end of the content of each.
pub(super) fn tracks(file: &mut (impl Read + Seek)) -> io::Result<Vec<(u64, u64)>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (.., start, end) in elements(file, (0, end), SEGMENT)? {
        for (.., start, end) in elements(file, (start, end), TRACKS)? {
            all.extend(elements(file, (start, end), TRACK)?.into_iter().map(|(.., start, end)| (start, end)));
        }
    }
    Ok(all)
}

/// The header of a void element of `bytes` bytes in total, whatever its content.
pub fn void(bytes: u64) -> Vec<u8> {
    match bytes.saturating_sub(2) {
        short @ 0..0x7f => vec![0xec, 0x80 | short as u8],
        _ => [&[0xec, 0x01][..], &(bytes - 9).to_be_bytes()[1..]].concat(),
    }
}

fn extent((_, at, _, end): ElementSpan) -> (u64, u64) {
    (at, end - at)
}

/// The Dolby Vision mappings of a track, with its checksum.
fn mappings(file: &mut (impl Read + Seek), within: (u64, u64)) -> io::Result<Vec<(u64, u64)>> {
    let mut all = Vec::new();
    for mapping in elements(file, within, MAPPING)? {
        let (.., start, end) = mapping;
        for (.., start, end) in elements(file, (start, end), TYPE)? {
            let mut kind = [0; 4];
            file.seek(SeekFrom::Start(start))?;
            if end - start == 4 && file.read_exact(&mut kind).is_ok() && DOLBY_VISION.contains(&&kind) {
                all.push(extent(mapping));
            }
        }
    }
    if !all.is_empty() {
        all.extend(elements(file, within, CHECKSUM)?.into_iter().map(extent));
    }
    Ok(all)
}

/// The elements with this id in a range, as far as they fit; stops at the first cluster.
pub(super) fn elements(
    file: &mut (impl Read + Seek),
    (start, end): (u64, u64),
    wanted: u32,
) -> io::Result<Vec<ElementSpan>> {
    let (mut at, mut found) = (start, Vec::new());
    for _ in 0..MAX_ELEMENTS {
        file.seek(SeekFrom::Start(at))?;
        let Some(Element { id, head, size }) = element(file, end - at)? else { break };
        let content = at + head;
        if content > end || id == CLUSTER {
            break;
        }
        let next = size.map_or(end, |size| content.saturating_add(size)).min(end);
        if id == wanted {
            found.push((id, at, content, next));
        }
        at = next;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn made(id: &[u8], content: &[u8]) -> Vec<u8> {
        [id, &[0x80 | content.len() as u8], content].concat()
    }

    fn mapping(kind: &[u8]) -> Vec<u8> {
        made(&[0x41, 0xe4], &[made(&[0x41, 0xe7], kind), made(&[0x41, 0xed], &[1; 24])].concat())
    }

    fn film(mappings: &[u8]) -> Vec<u8> {
        let track = made(&[0xae], &[&made(&[0xd7], &[1])[..], mappings].concat());
        let tracks = made(&[0x16, 0x54, 0xae, 0x6b], &[made(&[0xbf], &[7; 4]), track].concat());
        let cluster = made(&[0x1f, 0x43, 0xb6, 0x75], &[9; 9]);
        let header = made(&[0x1a, 0x45, 0xdf, 0xa3], &[]);
        // A segment of unknown size, as ffmpeg writes it first.
        [header, vec![0x18, 0x53, 0x80, 0x67, 0x01], vec![0xff; 7], tracks, cluster].concat()
    }

    /// The film with its Dolby Vision declarations made void, and how many elements that were.
    fn without(film: &[u8]) -> (Vec<u8>, usize) {
        let places = dolby_vision(&mut Cursor::new(film)).unwrap();
        let mut film = film.to_vec();
        for (at, bytes) in &places {
            let head = void(*bytes);
            film[*at as usize..][..head.len()].copy_from_slice(&head);
        }
        (film, places.len())
    }

    #[test]
    fn only_dolby_vision_and_its_checksum_are_made_void() {
        let film = film(&[mapping(b"dvvC"), mapping(b"mvcC")].concat());
        let (made, voids) = without(&film);
        assert_eq!((made.len(), voids), (film.len(), 2));
        assert_eq!(without(&made), (made.clone(), 0), "nothing is left, and all elements fit");
        assert!(made.windows(4).any(|four| four == b"mvcC"));
        assert_eq!(made.windows(2).filter(|two| *two == [0x41, 0xe4]).count(), 1);
        assert!(!made.windows(6).any(|six| six == [0xbf, 0x84, 7, 7, 7, 7]));
    }

    #[test]
    fn files_without_dolby_vision_and_truncated_files_are_unchanged() {
        let film = film(&mapping(b"mvcC"));
        assert_eq!(without(&film).1, 0);
        let declared = self::film(&mapping(b"dvcC"));
        for end in 0..declared.len() {
            drop(dolby_vision(&mut Cursor::new(&declared[..end])));
        }
    }

    #[test]
    fn a_void_element_has_the_size_it_covers() {
        for bytes in [2_u64, 6, 40, 128, 129, 5000] {
            let head = void(bytes);
            let long = if head.len() == 2 { u64::from(head[1] & 0x7f) } else { bytes - 9 };
            assert_eq!(head.len() as u64 + long, bytes);
        }
    }
}
