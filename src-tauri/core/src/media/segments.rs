//! Detects concatenated Matroska files (`cat a.mkv b.mkv`): a second Segment, whose clock begins again. ffmpeg reads
//! its packets, but players show only the first.
//!
//! Reads only element headers; bounded in time for any input. <https://www.rfc-editor.org/rfc/rfc8794> for the form
//! of an element.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;

/// Maximum number of elements read: some days of a live recording, whose clusters have unknown sizes.
const MAX_ELEMENTS: usize = 20_000_000;

/// True if a second Segment follows the first.
pub fn has_second(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut file = BufReader::new(file);
    let (mut at, mut segments) = (0, 0);
    for _ in 0..MAX_ELEMENTS {
        let Some(element) = element(&mut file, end - at)? else { return Ok(false) };
        if (at == 0) != (element.id == EBML) {
            // A second EBML header begins another file; a file that does not begin with one is not Matroska.
            return Ok(at > 0 && element.id == EBML);
        }
        segments += usize::from(element.id == SEGMENT);
        if segments > 1 {
            return Ok(true);
        }
        let content_size = element.size.unwrap_or(0);
        if element.size.is_none() && !matches!(element.id, SEGMENT | CLUSTER) {
            return Ok(false);
        }
        at += element.head + content_size;
        if at >= end {
            return Ok(false);
        }
        file.seek_relative(i64::try_from(content_size).unwrap_or(i64::MAX))?;
    }
    Ok(false)
}

/// An element of the first Segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inner {
    pub(super) id: u32,
    /// Start of its content.
    pub(super) start: u64,
    /// End of its content.
    pub(super) end: u64,
}

/// The direct children of the first Segment, up to one of unknown size; empty if this is not Matroska.
pub(super) fn first_segment(file: &mut (impl Read + Seek)) -> io::Result<Vec<Inner>> {
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let (mut file, mut at, mut all) = (BufReader::new(file), 0, Vec::new());
    for n in 0..MAX_ELEMENTS {
        let Some(Element { id, head, size }) = element(&mut file, end.saturating_sub(at))? else { break };
        if (n == 0) != (id == EBML) {
            break;
        }
        at += head;
        if id == SEGMENT {
            continue;
        }
        let Some(after) = size.and_then(|size| at.checked_add(size)).filter(|after| *after <= end) else {
            break;
        };
        all.push(Inner { id, start: at, end: after });
        file.seek_relative(i64::try_from(after - at).unwrap_or(i64::MAX))?;
        at = after;
    }
    Ok(all)
}

pub(crate) struct Element {
    pub(crate) id: u32,
    /// Bytes of its id and size fields.
    pub(crate) head: u64,
    /// Bytes of its content; `None` if unknown.
    pub(crate) size: Option<u64>,
}

/// Reads the header of the element that begins here; `None` if the `left` bytes hold none.
pub(crate) fn element(file: &mut impl Read, left: u64) -> io::Result<Option<Element>> {
    if left < 2 {
        return Ok(None);
    }
    let Some((id, id_bytes)) = vint(file, 4, true)? else { return Ok(None) };
    let Some((size, size_bytes)) = vint(file, 8, false)? else { return Ok(None) };
    let unknown = size == (1 << (7 * size_bytes)) - 1;
    let id = u32::try_from(id).unwrap_or(0);
    Ok(Some(Element { id, head: id_bytes + size_bytes, size: (!unknown).then_some(size) }))
}

/// A variable-length integer, whose leading zero bits give its length in bytes; an id keeps the marker bit.
fn vint(file: &mut impl Read, longest: u32, keep_marker: bool) -> io::Result<Option<(u64, u64)>> {
    let mut first = [0];
    if file.read(&mut first)? == 0 {
        return Ok(None);
    }
    let length = first[0].leading_zeros() + 1;
    if length > longest {
        return Ok(None);
    }
    let marker = if keep_marker { 0 } else { 0x80 >> (length - 1) };
    let mut value = u64::from(first[0] & !marker);
    for _ in 1..length {
        let mut next = [0];
        if file.read(&mut next)? == 0 {
            return Ok(None);
        }
        value = value << 8 | u64::from(next[0]);
    }
    Ok(Some((value, u64::from(length))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn element(id: u32, size: Option<u8>, content: &[u8]) -> Vec<u8> {
        let id: Vec<u8> = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        let size =
            size.map_or(vec![0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], |size| vec![0x80 | size]);
        [&id[..], &size, content].concat()
    }

    fn film(known: bool) -> Vec<u8> {
        let block = element(0xa3, Some(3), b"...");
        let cluster = element(CLUSTER, known.then_some(5), &block);
        let size = known.then_some(cluster.len() as u8);
        [element(EBML, Some(2), b"ok"), element(SEGMENT, size, &cluster)].concat()
    }

    fn second(bytes: &[u8]) -> bool {
        has_second(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_second_recording_is_found_after_known_and_unknown_sizes() {
        for (first, then) in [(true, true), (false, true), (true, false), (false, false)] {
            let both = [film(first), film(then)].concat();
            assert!(!second(&film(first)) && second(&both), "{first} {then}");
        }
        let bare = element(SEGMENT, Some(0), b"");
        assert!(second(&[film(true), bare].concat()), "without its own header");
    }

    #[test]
    fn truncated_and_foreign_files_have_no_second_recording() {
        let both = [film(false), film(true)].concat();
        for end in 0..film(false).len() {
            assert!(!second(&both[..end]), "{end}");
        }
        assert!(!second(b"RIFF....AVI LIST") && !second(b"") && !second(&[0; 64]));
        assert!(!second(&[film(true), vec![0; 40]].concat()), "padding");
    }
}
