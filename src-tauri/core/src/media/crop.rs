//! What a container declares of a video beside its codec: the part that is shown, transparency, and a second view.
//! ffprobe ignores that, or reports it only in newer versions.
//!
//! Pure parsers of MP4 and Matroska, bounded for any input. Guarantees that a crop that does not fit its picture is
//! ignored. <https://www.matroska.org/technical/elements.html> for the elements.

use super::boxes::{Mp4Box, children};
use super::declared::{SEGMENT, TRACK, TRACKS, elements};
use super::sizes::{CHILDREN_AT, SIZE_AT, descriptions, read};
use super::{Kind, MediaInfo, Picture};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// Edges of the stored picture that players do not show, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Crop {
    /// Columns at the left.
    pub left: u32,
    /// Columns at the right.
    pub right: u32,
    /// Rows at the top.
    pub top: u32,
    /// Rows at the bottom.
    pub bottom: u32,
}

impl Crop {
    /// The edges after rotating clockwise by `degrees`.
    #[must_use]
    pub fn turned(self, degrees: u32) -> Crop {
        let Crop { left, right, top, bottom } = self;
        match degrees % 360 {
            90 => Crop { left: bottom, right: top, top: left, bottom: right },
            180 => Crop { left: right, right: left, top: bottom, bottom: top },
            270 => Crop { left: top, right: bottom, top: right, bottom: left },
            _ => self,
        }
    }
}

/// What a container declares of one video stream.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Declared {
    crop: Crop,
    /// Pixel aspect ratio, if it follows from the part that is shown.
    aspect: Option<f64>,
    alpha: bool,
    stereo: bool,
}

/// Reads the declarations of each video stream in file order. `container`: ffmpeg's name.
pub fn declared(container: &str, file: &mut (impl Read + Seek)) -> io::Result<Vec<Declared>> {
    if container.starts_with("mov") {
        let tracks = descriptions(file)?;
        tracks
            .into_iter()
            .map(|entries| entries.first().map_or(Ok(Declared::default()), |e| entry(file, *e)))
            .collect()
    } else if container.starts_with("matroska") {
        matroska(file)
    } else {
        Ok(Vec::new())
    }
}

/// The first sample description of a track, by its child boxes: `almo` marks HEVC with alpha, `vexu` stereoscopic
/// video.
fn entry(file: &mut (impl Read + Seek), (start, end): (u64, u64)) -> io::Result<Declared> {
    if end < start + CHILDREN_AT {
        return Ok(Declared::default());
    }
    let [a, b, c, d] = read(file, start + SIZE_AT)?;
    let size = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let mut found = Declared::default();
    for (start, end, kind) in children(file, start + CHILDREN_AT, end)? as Vec<Mp4Box> {
        match &kind {
            b"clap" if end - start >= 32 => {
                found.crop = aperture(size, &read(file, start)?).unwrap_or_default();
            }
            b"almo" => found.alpha = true,
            b"vexu" => found.stereo = true,
            _ => {}
        }
    }
    Ok(found)
}

/// Parses `clap`: width, height and the offsets of the centre, each a fraction.
fn aperture((width, height): (u16, u16), bytes: &[u8; 32]) -> Option<Crop> {
    let number = |n: usize| i32::from_be_bytes([0, 1, 2, 3].map(|byte| bytes[n * 4 + byte]));
    let fraction = |n: usize| Some(f64::from(number(n)) / f64::from(number(n + 1))).filter(|f| f.is_finite());
    let edges = |whole: u16, shown: f64, off: f64| {
        let before = (off + (f64::from(whole) - shown) / 2.0).round();
        let after = f64::from(whole) - shown.round() - before;
        let fits = shown >= 2.0 && before >= 0.0 && after >= 0.0;
        fits.then_some((before as u32, after as u32))
    };
    let (left, right) = edges(width, fraction(0)?, fraction(4)?)?;
    let (top, bottom) = edges(height, fraction(2)?, fraction(6)?)?;
    Some(Crop { left, right, top, bottom })
}

const TRACK_TYPE: u32 = 0x83;
const VIDEO: u32 = 0xe0;

fn matroska(file: &mut (impl Read + Seek)) -> io::Result<Vec<Declared>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (.., start, end) in elements(file, (0, end), SEGMENT)?.into_iter().take(1) {
        for (.., start, end) in elements(file, (start, end), TRACKS)? {
            for (.., start, end) in elements(file, (start, end), TRACK)? {
                if number(file, (start, end), TRACK_TYPE)? == Some(1) {
                    all.push(video(file, (start, end))?);
                }
            }
        }
    }
    Ok(all)
}

fn video(file: &mut (impl Read + Seek), track: (u64, u64)) -> io::Result<Declared> {
    let Some((.., start, end)) = elements(file, track, VIDEO)?.pop() else { return Ok(Declared::default()) };
    let mut field =
        |id| Ok::<u32, io::Error>(number(file, (start, end), id)?.unwrap_or(0).try_into().unwrap_or(0));
    let (width, height) = (field(0xb0)?, field(0xba)?);
    let crop =
        Crop { left: field(0x54cc)?, right: field(0x54dd)?, top: field(0x54bb)?, bottom: field(0x54aa)? };
    let (display, unit) = ((field(0x54b0)?, field(0x54ba)?), field(0x54b2)?);
    let (alpha, stereo) = (field(0x53c0)? == 1, field(0x53b8)? != 0);
    let shown = (
        width.saturating_sub(crop.left.saturating_add(crop.right)),
        height.saturating_sub(crop.top.saturating_add(crop.bottom)),
    );
    let fits = shown.0 >= 2 && shown.1 >= 2;
    let crop = if fits { crop } else { Crop::default() };
    let ratio = |(w, h): (u32, u32)| f64::from(w) / f64::from(h);
    let has_display_size = display.0 > 0 && display.1 > 0 && unit < 4;
    let aspect =
        (crop != Crop::default()).then(|| if has_display_size { ratio(display) / ratio(shown) } else { 1.0 });
    Ok(Declared { crop, aspect, alpha, stereo })
}

/// The number in the element with this id.
fn number(file: &mut (impl Read + Seek), within: (u64, u64), id: u32) -> io::Result<Option<u64>> {
    let Some((.., start, end)) =
        elements(file, within, id)?.pop().filter(|(.., start, end)| end - start <= 8)
    else {
        return Ok(None);
    };
    let mut bytes = vec![0; (end - start) as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))))
}

impl MediaInfo {
    /// Stores what the file declares of its video streams.
    pub fn take_declared(&mut self, declared: &[Declared]) {
        let pictures = self.streams.iter_mut().filter(|s| s.kind == Kind::Video && !s.attached_picture);
        for (picture, declared) in pictures.filter_map(|s| s.video.as_mut()).zip(declared) {
            take(picture, declared);
        }
    }
}

/// A newer ffprobe may report the size of the part that is shown.
fn take(picture: &mut Picture, declared: &Declared) {
    picture.alpha_beside |= declared.alpha;
    picture.stereo |= declared.stereo;
    let Crop { left, right, top, bottom } = declared.crop;
    let fits = picture.width > left + right + 1 && picture.height > top + bottom + 1;
    if declared.crop != Crop::default() && fits {
        picture.crop = Some(declared.crop);
        picture.pixel_aspect =
            declared.aspect.filter(|a| (0.05..=20.0).contains(a)).unwrap_or(picture.pixel_aspect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    /// A picture of 320x240 with these boxes in its description.
    fn mp4(inner: &[u8]) -> Vec<u8> {
        let mut fixed = [0; 78];
        fixed[24..28].copy_from_slice(&[1, 64, 0, 240]);
        let stsd = boxed(b"stsd", &[&[0; 8][..], &boxed(b"avc1", &[&fixed, inner].concat())].concat());
        let table = [b"stbl", b"minf"].iter().fold(stsd, |inner, kind| boxed(*kind, &inner));
        let handler = boxed(b"hdlr", &[&[0; 8][..], b"vide"].concat());
        let media = [handler, table].concat();
        let track = [b"mdia", b"trak", b"moov"].iter().fold(media, |inner, kind| boxed(*kind, &inner));
        [boxed(b"ftyp", b"isom"), track].concat()
    }

    fn clap(numbers: [i32; 8]) -> Vec<u8> {
        boxed(b"clap", numbers.map(i32::to_be_bytes).as_flattened())
    }

    fn of(container: &str, film: &[u8]) -> Declared {
        for end in 0..film.len() {
            drop(declared(container, &mut Cursor::new(&film[..end])));
        }
        declared(container, &mut Cursor::new(film)).unwrap().remove(0)
    }

    #[test]
    fn mp4_aperture_is_a_size_and_a_centre_offset() {
        let crop = |numbers| of("mov,mp4", &mp4(&clap(numbers))).crop;
        assert_eq!(crop([320, 1, 160, 1, 0, 1, 0, 1]), Crop { top: 40, bottom: 40, ..Crop::default() });
        assert_eq!(crop([300, 1, 240, 1, -10, 1, 0, 1]), Crop { right: 20, ..Crop::default() });
        assert_eq!(crop([640, 2, 230, 1, 0, 1, 10, 2]), Crop { top: 10, ..Crop::default() });
        for invalid in [[0; 8], [400, 1, 240, 1, 0, 1, 0, 1], [160, 1, 240, 1, 200, 1, 0, 1]] {
            assert_eq!(crop(invalid), Crop::default());
        }
        assert!(
            of("mov,mp4", &mp4(&boxed(b"almo", b"."))).alpha
                && of("mov,mp4", &mp4(&boxed(b"vexu", b"."))).stereo
        );
    }

    #[test]
    fn matroska_crop_also_affects_the_pixel_aspect() {
        let made = |id: &[u8], content: &[u8]| [id, &[0x80 | content.len() as u8], content].concat();
        let film = |more: &[Vec<u8>]| {
            let size = [made(&[0xb0], &[1, 64]), made(&[0xba], &[240])].concat();
            let video = made(&[0xe0], &[size, more.concat()].concat());
            let track = made(&[0xae], &[made(&[0x83], &[1]), video].concat());
            let tracks = made(&[0x16, 0x54, 0xae, 0x6b], &track);
            [made(&[0x1a, 0x45, 0xdf, 0xa3], &[]), made(&[0x18, 0x53, 0x80, 0x67], &tracks)].concat()
        };
        let edge = |id, pixels| made(&[0x54, id], &[pixels]);
        let found = of("matroska,webm", &film(&[edge(0xaa, 40), edge(0xbb, 40), made(&[0x53, 0xc0], &[1])]));
        assert_eq!((found.crop, found.aspect), (Crop { top: 40, bottom: 40, ..Crop::default() }, Some(1.0)));
        assert!(found.alpha && !found.stereo);
        let wide = of("matroska,webm", &film(&[edge(0xcc, 160), edge(0xb0, 16), edge(0xba, 9)]));
        assert!((wide.aspect.unwrap() - 16.0 / 9.0 * 240.0 / 160.0).abs() < 1e-9);
        assert_eq!(of("matroska,webm", &film(&[edge(0xaa, 250)])), Declared::default());
    }

    #[test]
    fn crop_rotates_with_the_picture() {
        let crop = Crop { left: 1, right: 2, top: 3, bottom: 4 };
        assert_eq!(crop.turned(90), Crop { left: 4, right: 3, top: 1, bottom: 2 });
        assert_eq!(crop.turned(90).turned(90), crop.turned(180));
        assert_eq!(crop.turned(90).turned(180), crop.turned(270));
    }
}
