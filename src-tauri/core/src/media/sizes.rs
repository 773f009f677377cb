//! Frame sizes listed in an MP4: a track may have several sample descriptions, as programs write that join clips
//! without re-encoding.
//!
//! Reads only as far as needed; bounded in time and memory for any input.

use super::boxes::{Mp4Box, children};
use super::{Kind, MediaInfo};
use std::io::{self, Read, Seek, SeekFrom};

/// Maximum number of descriptions read per track.
const MAX_DESCRIPTIONS: usize = 64;
/// Offsets within a sample description: of the frame size, and of its child boxes.
pub(super) const SIZE_AT: u64 = 24;
pub(super) const CHILDREN_AT: u64 = 78;

/// Frame sizes of each video track in file order: in square pixels, before rotation.
pub fn listed(file: &mut (impl Read + Seek)) -> io::Result<Vec<Vec<(u32, u32)>>> {
    let mut all = Vec::new();
    for entries in descriptions(file)? {
        let entries = entries.into_iter().take(MAX_DESCRIPTIONS);
        let sizes = entries.map(|(start, end)| size(file, start, end)).collect::<io::Result<Vec<_>>>()?;
        all.push(sizes.into_iter().flatten().collect());
    }
    Ok(all)
}

/// Ranges of the sample descriptions of each video track.
pub(super) fn descriptions(file: &mut (impl Read + Seek)) -> io::Result<Vec<Vec<(u64, u64)>>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (start, end, _) in of_kind(children(file, 0, end)?, *b"moov") {
        for (start, end, _) in of_kind(children(file, start, end)?, *b"trak") {
            all.extend(track(file, start, end)?);
        }
    }
    Ok(all)
}

/// `None` unless it is a video track.
fn track(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Option<Vec<(u64, u64)>>> {
    let Some((start, end, _)) = of_kind(children(file, start, end)?, *b"mdia").next() else {
        return Ok(None);
    };
    let Some((handler, ..)) = of_kind(children(file, start, end)?, *b"hdlr").next() else { return Ok(None) };
    if read::<4>(file, handler + 8)? != *b"vide" {
        return Ok(None);
    }
    let mut place = Some((start, end));
    for name in [*b"minf", *b"stbl", *b"stsd"] {
        let Some((start, end)) = place else { break };
        place = of_kind(children(file, start, end)?, name).next().map(|(start, end, _)| (start, end));
    }
    let Some((start, end)) = place else { return Ok(Some(Vec::new())) };
    Ok(Some(children(file, start + 8, end)?.into_iter().map(|(start, end, _)| (start, end)).collect()))
}

fn size(file: &mut (impl Read + Seek), start: u64, end: u64) -> io::Result<Option<(u32, u32)>> {
    if end < start + CHILDREN_AT {
        return Ok(None);
    }
    let [a, b, c, d] = read(file, start + SIZE_AT)?;
    let (width, height) = (u32::from(u16::from_be_bytes([a, b])), u32::from(u16::from_be_bytes([c, d])));
    let mut shown = f64::from(width);
    if let Some((start, ..)) = of_kind(children(file, start + CHILDREN_AT, end)?, *b"pasp").next() {
        let [a, b] = [start, start + 4].map(|at| read(file, at).map(u32::from_be_bytes));
        let aspect = f64::from(a?) / f64::from(b?);
        shown *= if (0.05..=20.0).contains(&aspect) { aspect } else { 1.0 };
    }
    Ok((width > 0 && height > 0).then_some((shown.round() as u32, height)))
}

fn of_kind(boxes: Vec<Mp4Box>, kind: [u8; 4]) -> impl Iterator<Item = Mp4Box> {
    boxes.into_iter().filter(move |(.., found)| *found == kind)
}

pub(super) fn read<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl MediaInfo {
    /// Stores the listed sizes of each video stream that has several.
    pub fn take_sizes(&mut self, listed: Vec<Vec<(u32, u32)>>) {
        let pictures = self.streams.iter_mut().filter(|s| s.kind == Kind::Video && !s.attached_picture);
        for (picture, mut sizes) in pictures.filter_map(|s| s.video.as_mut()).zip(listed) {
            if picture.rotation % 180 == 90 {
                sizes = sizes.into_iter().map(|(width, height)| (height, width)).collect();
            }
            sizes.sort_unstable();
            sizes.dedup();
            if sizes.len() > 1 {
                picture.sizes = sizes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Picture, Stream};
    use std::io::Cursor;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    fn description(width: u16, height: u16, inner: &[u8]) -> Vec<u8> {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        boxed(b"avc1", &[&[0; 24][..], &size, &[0; 50], inner].concat())
    }

    fn track(handler: &[u8], descriptions: &[Vec<u8>]) -> Vec<u8> {
        let stsd = boxed(b"stsd", &[&[0; 8][..], &descriptions.concat()].concat());
        let table = [b"stbl", b"minf"].iter().fold(stsd, |inner, kind| boxed(*kind, &inner));
        let media = [boxed(b"hdlr", &[&[0; 8], handler].concat()), table].concat();
        [b"mdia", b"trak"].iter().fold(media, |inner, kind| boxed(*kind, &inner))
    }

    #[test]
    fn every_listed_size_is_found_beside_other_tracks() {
        let pixels = boxed(b"pasp", &[0, 0, 0, 64, 0, 0, 0, 45]);
        let pictures = track(b"vide", &[description(320, 180, &[]), description(720, 576, &pixels)]);
        let sound = track(b"soun", &[boxed(b"mp4a", &[0; 80])]);
        let moov = boxed(b"moov", &[sound, pictures].concat());
        let file = [boxed(b"ftyp", b"isom"), moov].concat();
        for end in 0..file.len() {
            drop(listed(&mut Cursor::new(&file[..end])));
        }
        assert_eq!(listed(&mut Cursor::new(file)).unwrap(), [vec![(320, 180), (1024, 576)]]);
    }

    #[test]
    fn several_sizes_are_stored_and_rotated_with_the_picture() {
        let known = |rotation, sizes: &[(u32, u32)]| {
            let picture = Picture { rotation, ..Picture::default() };
            let stream = Stream { kind: Kind::Video, video: Some(picture), ..Stream::default() };
            let mut info = MediaInfo { streams: vec![stream], ..MediaInfo::default() };
            info.take_sizes(vec![sizes.to_vec()]);
            info.streams.remove(0).video.unwrap().sizes
        };
        assert!(known(0, &[(320, 180), (320, 180)]).is_empty());
        assert_eq!(known(90, &[(320, 180), (640, 360)]), [(180, 320), (360, 640)]);
    }
}
