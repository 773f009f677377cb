//! Checks whether the codec header changes within a file. ffprobe reports that a header is repeated or replaced, not
//! which of both: live streams repeat theirs, and a list of sample descriptions may hold one twice.
//!
//! Parses MP4 and FLV only as far as needed; bounded in time and memory for any input.

use super::boxes::{Mp4Box, children};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Media types whose headers differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differ {
    /// Video.
    pub picture: bool,
    /// Audio.
    pub sound: bool,
}

/// Compares the headers. `container`: ffmpeg's name. In containers other than MP4 and FLV all headers count as
/// different.
pub fn differ(container: &str, file: &mut (impl Read + Seek)) -> io::Result<Differ> {
    if container.starts_with("mov") {
        descriptions_differ(file)
    } else if container.contains("flv") {
        flv_headers_differ(file)
    } else {
        Ok(Differ { picture: true, sound: true })
    }
}

/// Largest header or sample description that is compared, in bytes; a larger sample description counts as different.
const MAX_HEADER: u64 = 1 << 20;

/// MP4: compares the sample descriptions of each track.
fn descriptions_differ(file: &mut (impl Read + Seek)) -> io::Result<Differ> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut found = Differ::default();
    for (start, end, _) in of_kind(children(file, 0, end)?, *b"moov") {
        for (start, end, _) in of_kind(children(file, start, end)?, *b"trak") {
            let (kind, differ) = track(file, start, end)?;
            found.picture |= differ && &kind == b"vide";
            found.sound |= differ && &kind == b"soun";
        }
    }
    Ok(found)
}

/// The handler type of a track, and whether its descriptions differ.
fn track(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<([u8; 4], bool)> {
    let mut kind = [0; 4];
    let Some((start, end, _)) = of_kind(children(file, start, end)?, *b"mdia").next() else {
        return Ok((kind, false));
    };
    if let Some((handler, ..)) = of_kind(children(file, start, end)?, *b"hdlr").next() {
        // The handler type follows a version, three bytes of flags and four reserved bytes.
        file.seek(SeekFrom::Start(handler + 8))?;
        file.read_exact(&mut kind)?;
    }
    let mut place = Some((start, end));
    for name in [*b"minf", *b"stbl", *b"stsd"] {
        let Some((start, end)) = place else { break };
        place = of_kind(children(file, start, end)?, name).next().map(|(start, end, _)| (start, end));
    }
    // The descriptions follow a version, three bytes of flags and their count.
    let differ = place.map_or(Ok(false), |(start, end)| entries_differ(file, start + 8, end))?;
    Ok((kind, differ))
}

fn of_kind(boxes: Vec<Mp4Box>, kind: [u8; 4]) -> impl Iterator<Item = Mp4Box> {
    boxes.into_iter().filter(move |(.., found)| *found == kind)
}

fn entries_differ(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<bool> {
    let mut first: Option<Vec<u8>> = None;
    for (from, to, _) in children(file, start, end)? {
        if to - from > MAX_HEADER {
            return Ok(true);
        }
        let mut entry = vec![0; (to - from) as usize];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut entry)?;
        match &first {
            Some(first) if *first != entry => return Ok(true),
            Some(_) => {}
            None => first = Some(entry),
        }
    }
    Ok(false)
}

/// FLV: a header of nine bytes and a tag size of zero; then tags of a type, a size in three bytes, seven bytes of
/// timestamp and stream id, the content, and the size of the tag.
fn flv_headers_differ(file: &mut (impl Read + Seek)) -> io::Result<Differ> {
    const TAGS: u64 = 9 + 4;
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(TAGS))?;
    let mut file = BufReader::new(file);
    let (mut at, mut firsts, mut found) = (TAGS, [const { None::<Vec<u8>> }; 2], Differ::default());
    while at + 13 <= end {
        let mut head = [0; 13];
        file.read_exact(&mut head)?;
        let size = u64::from(u32::from_be_bytes([0, head[1], head[2], head[3]]));
        let next = at + 11 + size + 4;
        if next > end {
            break;
        }
        let mut read = 13;
        if let Some(index) =
            header_of(head[0], [head[11], head[12]]).filter(|_| (2..=MAX_HEADER).contains(&size))
        {
            let mut header = vec![0; size as usize];
            header[..2].copy_from_slice(&head[11..]);
            file.read_exact(&mut header[2..])?;
            read = 11 + size;
            match &firsts[index] {
                Some(first) if *first == header => {}
                Some(_) if index == 1 => found.picture = true,
                Some(_) => found.sound = true,
                None => firsts[index] = Some(header),
            }
        }
        file.seek_relative((next - at - read) as i64)?;
        at = next;
    }
    Ok(found)
}

/// Index of the header that a tag holds: 0 for audio (AAC), 1 for video (H.264, or any codec in enhanced FLV); `None`
/// if it holds no header.
fn header_of(kind: u8, content: [u8; 2]) -> Option<usize> {
    let [first, second] = content;
    match kind & 0x1f {
        8 if first >> 4 == 10 && second == 0 => Some(0),
        9 if first & 0x8f == 0x80 => Some(1),
        9 if first & 0x8f == 7 && second == 0 => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const SAME: Differ = Differ { picture: false, sound: false };
    const PICTURE: Differ = Differ { picture: true, sound: false };

    fn tag(kind: u8, content: &[u8]) -> Vec<u8> {
        let size = content.len() as u32;
        let head = [&[kind][..], &size.to_be_bytes()[1..], &[0; 7]].concat();
        [&head[..], content, &(size + 11).to_be_bytes()].concat()
    }

    fn flv(tags: &[Vec<u8>]) -> Differ {
        let bytes = [b"FLV\x01\x05\0\0\0\x09\0\0\0\0".to_vec(), tags.concat()].concat();
        for end in 0..bytes.len() {
            drop(differ("flv", &mut Cursor::new(&bytes[..end])));
        }
        differ("flv", &mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_repeated_flv_header_does_not_differ() {
        let (avc, aac) = (tag(9, b"\x17\0\0\0\0one"), tag(8, b"\xaf\0ab"));
        let (picture, sound) = (tag(9, b"\x27\x01\0\0\0..."), tag(8, b"\xaf\x01..."));
        let once = [avc.clone(), aac.clone(), picture.clone(), sound.clone()];
        assert_eq!(flv(&once), SAME);
        assert_eq!(flv(&[&once[..], &[avc.clone(), aac.clone(), picture.clone()]].concat()), SAME);
        assert_eq!(flv(&[&once[..], &[tag(9, b"\x17\0\0\0\0two")]].concat()), PICTURE);
        assert_eq!(
            flv(&[&once[..], &[tag(8, b"\xaf\0cd")]].concat()),
            Differ { picture: false, sound: true }
        );
        assert_eq!(flv(&[tag(9, b"\x90hvc1one"), sound, tag(9, b"\x90hvc1two")]), PICTURE);
    }

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    fn mp4(descriptions: &[&[u8]]) -> Differ {
        let entries: Vec<u8> = descriptions.iter().flat_map(|d| boxed(b"avc1", d)).collect();
        let stsd = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 2][..], &entries].concat());
        let table = [b"stbl", b"minf"].iter().fold(stsd, |inner, kind| boxed(*kind, &inner));
        let handler = boxed(b"hdlr", &[&[0; 8][..], b"vide"].concat());
        let media = [handler, table].concat();
        let track = [b"mdia", b"trak", b"moov"].iter().fold(media, |inner, kind| boxed(*kind, &inner));
        let film = [boxed(b"ftyp", b"isom"), track].concat();
        for end in 0..film.len() {
            drop(differ("mov,mp4", &mut Cursor::new(&film[..end])));
        }
        differ("mov,mp4", &mut Cursor::new(film)).unwrap()
    }

    #[test]
    fn sample_descriptions_are_compared_by_bytes() {
        for same in [&[&b"one"[..]][..], &[b"one", b"one"]] {
            assert_eq!(mp4(same), Differ::default());
        }
        for other in [&[&b"one"[..], b"two"][..], &[b"one", b"one", b"other"]] {
            assert_eq!(mp4(other), Differ { picture: true, sound: false });
        }
    }

    #[test]
    fn headers_of_other_containers_count_as_different() {
        let unknown = differ("matroska,webm", &mut Cursor::new(b"")).unwrap();
        assert_eq!(unknown, Differ { picture: true, sound: true });
    }
}
