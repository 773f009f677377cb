//! Detects edit lists of MP4 that change the playback speed, which ffmpeg ignores.
//!
//! Reads only the index; bounded in time for any input.

use super::boxes::{Mp4Box, children};
use std::io::{self, Read, Seek, SeekFrom};

/// The normal rate, 1.0 in 16.16 fixed point.
const NORMAL: [u8; 4] = [0, 1, 0, 0];
/// Maximum number of entries read per list.
const MAX_ENTRIES: u32 = 10_000;

/// True if an edit list shows anything at another speed.
pub fn is_changed(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut ranges = vec![(0, end)];
    for kind in [*b"moov", *b"trak", *b"edts", *b"elst"] {
        let mut next = Vec::new();
        for (start, end) in ranges {
            let found: Vec<Mp4Box> = children(file, start, end)?;
            next.extend(
                found.iter().filter(|(.., name)| *name == kind).map(|(start, end, _)| (*start, *end)),
            );
        }
        ranges = next;
    }
    for (start, end) in ranges {
        if list_changes(file, start, end)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Layout: a version, three bytes of flags, the number of entries; each entry has a duration and a media time, of 8
/// bytes in version 1 and of 4 before, and a rate. A media time of -1 shows nothing.
fn list_changes(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(start))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    let width = if head[0] == 1 { 8 } else { 4 };
    let entry = 2 * width + NORMAL.len();
    let count = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
    let fit = (end - start).saturating_sub(8) / entry as u64;
    for _ in 0..u64::from(count.min(MAX_ENTRIES)).min(fit) {
        let mut bytes = [0; 20];
        let bytes = &mut bytes[..entry];
        file.read_exact(bytes)?;
        let (media_time, rate) = (&bytes[width..2 * width], &bytes[2 * width..]);
        if rate != NORMAL && media_time.iter().any(|byte| *byte != 0xff) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    fn film(version: u8, entries: &[(i64, u32)]) -> Vec<u8> {
        let number = |n: i64| n.to_be_bytes()[if version == 1 { 0 } else { 4 }..].to_vec();
        let entry =
            |(place, rate): &(i64, u32)| [number(100), number(*place), rate.to_be_bytes().to_vec()].concat();
        let list: Vec<u8> = entries.iter().flat_map(entry).collect();
        let head = [&[version, 0, 0, 0][..], &(entries.len() as u32).to_be_bytes()].concat();
        let edits = boxed(b"edts", &boxed(b"elst", &[head, list].concat()));
        [boxed(b"ftyp", b"isom"), boxed(b"moov", &boxed(b"trak", &edits))].concat()
    }

    fn changed(bytes: &[u8]) -> bool {
        is_changed(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn entries_at_another_speed_are_found() {
        for version in [0, 1] {
            assert!(!changed(&film(version, &[(0, 0x1_0000), (900, 0x1_0000)])));
            assert!(!changed(&film(version, &[(-1, 0), (0, 0x1_0000)])), "an empty edit");
            for rate in [0x2_0000, 0x8000, 0] {
                assert!(changed(&film(version, &[(0, 0x1_0000), (900, rate)])), "{rate:x}");
            }
        }
    }

    #[test]
    fn truncated_and_foreign_files_have_no_other_speed() {
        let whole = film(0, &[(0, 0x1_0000), (900, 0x2_0000)]);
        for end in 0..whole.len() {
            let _ = is_changed(&mut Cursor::new(&whole[..end]));
        }
        assert!(!changed(b"") && !changed(b"RIFF....AVI LIST"));
    }
}
