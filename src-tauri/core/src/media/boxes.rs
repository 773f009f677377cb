//! Reads the boxes of an MP4 just far enough to detect what ffprobe does not report: copy protection, or a missing
//! end. Bounded in time and memory for any input.

use std::io::{self, Read, Seek, SeekFrom};

/// What the boxes show of a file that ffprobe could not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boxes {
    /// No MP4 boxes, or they do not fit together.
    None,
    /// Every box is complete.
    Whole,
    /// The last box is larger than the rest of the file.
    CutShort,
    /// Its content is encrypted.
    Protected,
}

/// Maximum number of boxes read.
const MAX_BOXES: usize = 10_000;
/// Maximum bytes of an index that are searched.
const MAX_INDEX: u64 = 16 << 20;
/// Boxes that a file may begin with.
const FIRST: [&[u8; 4]; 8] = [b"ftyp", b"mdat", b"free", b"wide", b"skip", b"moof", b"styp", b"moov"];

/// Walks the top-level boxes of a file.
pub fn look(file: &mut (impl Read + Seek)) -> io::Result<Boxes> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut at, mut found) = (0, Boxes::None);
    for _ in 0..MAX_BOXES {
        if at + 8 > end {
            return Ok(found);
        }
        let (size, kind) = header(file, at, end)?;
        if (at == 0 && !FIRST.contains(&&kind)) || size < 8 {
            return Ok(Boxes::None);
        }
        if matches!(&kind, b"moov" | b"moof") && is_protected(file, at, size)? {
            return Ok(Boxes::Protected);
        }
        if at + size > end {
            return Ok(Boxes::CutShort);
        }
        (at, found) = (at + size, Boxes::Whole);
    }
    Ok(found)
}

/// A box: start of its content, its end, its type.
pub(crate) type Mp4Box = (u64, u64, [u8; 4]);

/// Offset of the byte whose bit 0 enables the track, for each subtitle track.
pub fn subtitle_switches(file: &mut (impl Read + Seek)) -> io::Result<Vec<u64>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut flags = Vec::new();
    for (start, end, _) in children(file, 0, end)?.into_iter().filter(|(.., kind)| kind == b"moov") {
        for (start, end, _) in children(file, start, end)?.into_iter().filter(|(.., kind)| kind == b"trak") {
            flags.extend(enabled_flag(file, start, end)?);
        }
    }
    Ok(flags)
}

/// The offset for the track in this range; `None` unless it carries subtitles.
fn enabled_flag(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Option<u64>> {
    let track = children(file, start, end)?;
    let of = |boxes: &[Mp4Box], name: &[u8; 4]| boxes.iter().find(|(.., kind)| kind == name).copied();
    let (Some((head, ..)), Some((start, end, _))) = (of(&track, b"tkhd"), of(&track, b"mdia")) else {
        return Ok(None);
    };
    let Some((handler, ..)) = of(&children(file, start, end)?, b"hdlr") else { return Ok(None) };
    // The handler type follows a version, three bytes of flags and four reserved bytes.
    let mut kind = [0; 4];
    file.seek(SeekFrom::Start(handler + 8))?;
    file.read_exact(&mut kind)?;
    Ok(matches!(&kind, b"sbtl" | b"text" | b"subt").then_some(head + 3))
}

/// The boxes in this range, as far as they fit.
pub(crate) fn children(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Vec<Mp4Box>> {
    let (mut at, mut found) = (start, Vec::new());
    while at + 8 <= end && found.len() < MAX_BOXES {
        let (size, kind) = header(file, at, end)?;
        let long = file.stream_position()? - at;
        if size < long || size > end - at {
            break;
        }
        found.push((at + long, at + size, kind));
        at += size;
    }
    Ok(found)
}

/// Size and type of the box at `at`; a size of zero extends to the end.
fn header(file: &mut (impl Read + Seek), at: u64, end: u64) -> io::Result<(u64, [u8; 4])> {
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut head)?;
    let [a, b, c, d, kind @ ..] = head;
    let size = match u32::from_be_bytes([a, b, c, d]) {
        0 => end - at,
        1 if at + 16 <= end => {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            // Capped, so that adding an offset does not overflow.
            u64::from_be_bytes(long).min(u64::MAX / 2)
        }
        size => u64::from(size),
    };
    Ok((size, kind))
}

fn is_protected(file: &mut (impl Read + Seek), at: u64, size: u64) -> io::Result<bool> {
    let mut index = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(size.min(MAX_INDEX)).read_to_end(&mut index)?;
    let marks: [&[u8]; 3] = [b"pssh", b"encv", b"enca"];
    Ok(index.windows(4).any(|four| marks.contains(&four)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn of(boxes: &[(u32, &[u8; 4], &[u8])]) -> Boxes {
        let bytes: Vec<u8> = boxes
            .iter()
            .flat_map(|(size, kind, content)| [&size.to_be_bytes()[..], *kind, content].concat())
            .collect();
        look(&mut Cursor::new(bytes)).unwrap()
    }

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    fn track(handler: &[u8]) -> Vec<u8> {
        let hdlr = boxed(b"hdlr", &[&[0; 8][..], handler].concat());
        boxed(b"trak", &[boxed(b"tkhd", &[0, 0, 0, 3, 9, 9]), boxed(b"mdia", &hdlr)].concat())
    }

    #[test]
    fn only_subtitle_tracks_have_their_flags_found() {
        let moov = boxed(b"moov", &[track(b"vide"), track(b"sbtl"), track(b"text")].concat());
        let film = [boxed(b"ftyp", b"isom"), moov, boxed(b"mdat", b"1234")].concat();
        let places = subtitle_switches(&mut Cursor::new(&film)).unwrap();
        assert_eq!(places.len(), 2);
        assert!(places.iter().all(|at| film[*at as usize..][..3] == [3, 9, 9]), "{places:?}");
        for end in 0..film.len() {
            drop(subtitle_switches(&mut Cursor::new(&film[..end])));
        }
    }

    #[test]
    fn complete_truncated_protected_and_foreign_files_are_distinguished() {
        assert_eq!(of(&[(8, b"ftyp", b""), (12, b"mdat", b"1234")]), Boxes::Whole);
        assert_eq!(of(&[(8, b"ftyp", b""), (900, b"mdat", b"1234")]), Boxes::CutShort);
        assert_eq!(
            of(&[(8, b"ftyp", b""), (1, b"mdat", b"\xff\xff\xff\xff\xff\xff\xff\xff")]),
            Boxes::CutShort
        );
        assert_eq!(of(&[(8, b"ftyp", b""), (16, b"moov", b"....encv")]), Boxes::Protected);
        assert_eq!(
            of(&[(8, b"ftyp", b""), (3, b"free", b"12345")]),
            Boxes::None,
            "a box smaller than its header"
        );
        assert_eq!(of(&[(0x4465_6172, b" rea", b"der, this is a letter")]), Boxes::None);
        assert_eq!(of(&[]), Boxes::None);
    }
}
