//! Is an MP4 to be played at another speed than it was recorded? An entry of its edit lists may say so, which ffmpeg
//! does not heed.
//!
//! Reads the index alone; bounded in time whatever the file says.

use super::boxes::{Found, inside};
use std::io::{self, Read, Seek, SeekFrom};

/// A rate of one: 16 bits before the point, 16 behind it.
const NORMAL: [u8; 4] = [0, 1, 0, 0];
/// Entries of one list that are looked at.
const MOST: u32 = 10_000;

/// Does an edit list show anything at another speed?
pub fn is_changed(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut places = vec![(0, end)];
    for kind in [*b"moov", *b"trak", *b"edts", *b"elst"] {
        let mut next = Vec::new();
        for (start, end) in places {
            let found: Vec<Found> = inside(file, start, end)?;
            next.extend(
                found.iter().filter(|(.., name)| *name == kind).map(|(start, end, _)| (*start, *end)),
            );
        }
        places = next;
    }
    for (start, end) in places {
        if list_changes(file, start, end)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A version, three bytes of flags, the number of entries; each entry has a length and a place, of 8 bytes in version 1
/// and of 4 before, and a rate. A place of -1 shows nothing.
fn list_changes(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(start))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    let width = if head[0] == 1 { 8 } else { 4 };
    let entry = 2 * width + NORMAL.len();
    let count = u32::from_be_bytes([head[4], head[5], head[6], head[7]]);
    let fit = (end - start).saturating_sub(8) / entry as u64;
    for _ in 0..u64::from(count.min(MOST)).min(fit) {
        let mut bytes = [0; 20];
        let bytes = &mut bytes[..entry];
        file.read_exact(bytes)?;
        let (place, rate) = (&bytes[width..2 * width], &bytes[2 * width..]);
        if rate != NORMAL && place.iter().any(|byte| *byte != 0xff) {
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
    fn an_entry_that_shows_something_at_another_speed_is_found() {
        for version in [0, 1] {
            assert!(!changed(&film(version, &[(0, 0x1_0000), (900, 0x1_0000)])));
            assert!(!changed(&film(version, &[(-1, 0), (0, 0x1_0000)])), "nothing is shown at no speed");
            for rate in [0x2_0000, 0x8000, 0] {
                assert!(changed(&film(version, &[(0, 0x1_0000), (900, rate)])), "{rate:x}");
            }
        }
    }

    #[test]
    fn what_is_cut_or_no_mp4_has_no_speed() {
        let whole = film(0, &[(0, 0x1_0000), (900, 0x2_0000)]);
        for end in 0..whole.len() {
            let _ = is_changed(&mut Cursor::new(&whole[..end]));
        }
        assert!(!changed(b"") && !changed(b"RIFF....AVI LIST"));
    }
}
