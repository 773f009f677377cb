//! The parts of a result that hold text and neither video nor audio: user data and metadata of MP4 and MOV; tags,
//! tracks, chapters and information of Matroska.
//!
//! Guarantees bounded time and memory for any input, and that it only reads. Must not know what a location is, except
//! for the boxes made for one.

use super::boxes::{self, Mp4Box};
use super::segments;
use std::io::{self, Read, Seek, SeekFrom};

/// Maximum bytes read of all parts together.
const MAX_BYTES: u64 = 64 << 20;

/// The text parts of a file.
#[derive(Debug, Default)]
pub struct Parts {
    /// Their bytes, each part followed by a zero.
    pub bytes: Vec<u8>,
    /// It has an MP4 box made for a location.
    pub place: bool,
}

/// Reads the parts of MP4, MOV or Matroska; other files have none.
pub fn parts(file: &mut (impl Read + Seek)) -> io::Result<Parts> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut parts = Parts::default();
    let elements = segments::first_segment(file)?;
    for (start, end) in elements.iter().filter(|e| TEXT_ELEMENTS.contains(&e.id)).map(|e| (e.start, e.end)) {
        parts.read(file, start, end)?;
    }
    if elements.is_empty() {
        walk(file, 0, end, 0, &mut parts)?;
    }
    Ok(parts)
}

/// Matroska elements that hold text: information, tracks, chapters, tags.
const TEXT_ELEMENTS: [u32; 4] = [0x1549_a966, 0x1654_ae6b, 0x1043_a770, 0x1254_c367];

/// Boxes that contain boxes.
const PARENT_BOXES: [&[u8; 4]; 7] = [b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf", b"udta"];
/// Boxes that hold text.
const TEXT_BOXES: [&[u8; 4]; 4] = [b"meta", b"uuid", b"XMP_", b"\xa9xyz"];
/// Boxes made for a location.
const LOCATION_BOXES: [&[u8; 4]; 2] = [b"\xa9xyz", b"loci"];
/// Maximum nesting depth.
const MAX_DEPTH: usize = 8;

fn walk(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
    depth: usize,
    parts: &mut Parts,
) -> io::Result<()> {
    let of = |kind: &[u8; 4], list: &[&[u8; 4]]| list.contains(&kind);
    for (start, end, kind) in boxes::children(file, start, end)? as Vec<Mp4Box> {
        parts.place |= of(&kind, &LOCATION_BOXES);
        let in_user_data = depth > 0 && !of(&kind, &PARENT_BOXES) && kind[0] == 0xa9;
        if of(&kind, &TEXT_BOXES) || in_user_data {
            parts.read(file, start, end)?;
        } else if of(&kind, &PARENT_BOXES) && depth < MAX_DEPTH {
            walk(file, start, end, depth + 1, parts)?;
        }
    }
    Ok(())
}

impl Parts {
    fn read(&mut self, file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<()> {
        let left = MAX_BYTES.saturating_sub(self.bytes.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        file.take((end - start).min(left)).read_to_end(&mut self.bytes)?;
        // Keeps the texts of two parts apart.
        self.bytes.push(0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    }

    fn read(bytes: &[u8]) -> (String, bool) {
        let parts = parts(&mut Cursor::new(bytes)).unwrap();
        (String::from_utf8_lossy(&parts.bytes).replace('\0', " "), parts.place)
    }

    #[test]
    fn user_data_of_file_and_tracks_is_read_and_media_data_is_not() {
        let place = boxed(b"udta", &boxed(b"\xa9xyz", b"+1.25+2.25/"));
        let named = boxed(b"udta", &boxed(b"meta", b"Tower"));
        let film = |track: &[u8], more: &[u8]| {
            let moov = boxed(b"moov", &[boxed(b"trak", track), more.to_vec()].concat());
            [boxed(b"ftyp", b"isom"), boxed(b"mdat", b"pictures"), moov].concat()
        };
        assert_eq!(read(&film(b"", &named)), ("Tower ".into(), false));
        assert_eq!(read(&film(&place, b"")), ("+1.25+2.25/ ".into(), true));
        assert!(read(&film(&boxed(b"udta", &boxed(b"loci", b"")), b"")).1);
        let xmp = [film(b"", b""), boxed(b"uuid", b"xmp")].concat();
        assert_eq!(read(&xmp).0, "xmp ");
        for end in 0..xmp.len() {
            assert!(parts(&mut Cursor::new(&xmp[..end])).is_ok());
        }
    }

    #[test]
    fn matroska_tags_are_read_and_clusters_are_not() {
        let element = |id: u32, content: &[u8]| {
            let id: Vec<u8> = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            [&id[..], &[0x80 | content.len() as u8], content].concat()
        };
        let inside =
            [element(0x1549_a966, b"info"), element(0x1f43_b675, b"..."), element(0x1254_c367, b"tag")];
        let film = [element(0x1a45_dfa3, b"ok"), element(0x1853_8067, &inside.concat())].concat();
        assert_eq!(read(&film), ("info tag ".into(), false));
    }
}
