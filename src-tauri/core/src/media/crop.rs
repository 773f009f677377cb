//! What a container declares of a picture beside its codec: the part of it that is shown, transparency, and a second eye.
//! ffprobe passes over that, or tells it only in newer versions.
//!
//! Pure readers of MP4 and Matroska, bounded whatever a file says. Guarantees that of a crop which does not fit its picture
//! nothing is taken. <https://www.matroska.org/technical/elements.html> for the elements.

use super::boxes::{Found, inside};
use super::declared::{SEGMENT, TRACK, TRACKS, of};
use super::sizes::{INNER_AT, SIZE_AT, descriptions, read};
use super::{Kind, MediaInfo, Picture};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// Pixels at the edges of a picture as it is stored, which players do not show.
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
    /// The edges as they lie after turning clockwise by so many degrees.
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

/// What is declared of one picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Declared {
    crop: Crop,
    /// Width of a pixel by its height, where that follows from the part that is shown.
    aspect: Option<f64>,
    alpha: bool,
    two_eyes: bool,
}

/// What a file declares of each of its pictures, in its order. `container`: ffmpeg's name of it.
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

/// The first sample description of a track, by the boxes within it: `almo` stands beside a picture with transparency in
/// HEVC, `vexu` beside one for two eyes.
fn entry(file: &mut (impl Read + Seek), (start, end): (u64, u64)) -> io::Result<Declared> {
    if end < start + INNER_AT {
        return Ok(Declared::default());
    }
    let [a, b, c, d] = read(file, start + SIZE_AT)?;
    let size = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let mut found = Declared::default();
    for (start, end, kind) in inside(file, start + INNER_AT, end)? as Vec<Found> {
        match &kind {
            b"clap" if end - start >= 32 => {
                found.crop = aperture(size, &read(file, start)?).unwrap_or_default();
            }
            b"almo" => found.alpha = true,
            b"vexu" => found.two_eyes = true,
            _ => {}
        }
    }
    Ok(found)
}

/// Width, height and the offsets of the centre, each a fraction.
fn aperture((width, height): (u16, u16), bytes: &[u8; 32]) -> Option<Crop> {
    let number = |n: usize| i32::from_be_bytes([0, 1, 2, 3].map(|byte| bytes[n * 4 + byte]));
    let fraction = |n: usize| Some(f64::from(number(n)) / f64::from(number(n + 1))).filter(|f| f.is_finite());
    let edges = |whole: u16, shown: f64, off: f64| {
        let before = (off + (f64::from(whole) - shown) / 2.0).round();
        let behind = f64::from(whole) - shown.round() - before;
        let fits = shown >= 2.0 && before >= 0.0 && behind >= 0.0;
        fits.then_some((before as u32, behind as u32))
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
    for (.., start, end) in of(file, (0, end), SEGMENT)?.into_iter().take(1) {
        for (.., start, end) in of(file, (start, end), TRACKS)? {
            for (.., start, end) in of(file, (start, end), TRACK)? {
                if number(file, (start, end), TRACK_TYPE)? == Some(1) {
                    all.push(video(file, (start, end))?);
                }
            }
        }
    }
    Ok(all)
}

fn video(file: &mut (impl Read + Seek), track: (u64, u64)) -> io::Result<Declared> {
    let Some((.., start, end)) = of(file, track, VIDEO)?.pop() else { return Ok(Declared::default()) };
    let mut side =
        |id| Ok::<u32, io::Error>(number(file, (start, end), id)?.unwrap_or(0).try_into().unwrap_or(0));
    let (width, height) = (side(0xb0)?, side(0xba)?);
    let crop = Crop { left: side(0x54cc)?, right: side(0x54dd)?, top: side(0x54bb)?, bottom: side(0x54aa)? };
    let (display, unit) = ((side(0x54b0)?, side(0x54ba)?), side(0x54b2)?);
    let (alpha, two_eyes) = (side(0x53c0)? == 1, side(0x53b8)? != 0);
    let shown = (
        width.saturating_sub(crop.left.saturating_add(crop.right)),
        height.saturating_sub(crop.top.saturating_add(crop.bottom)),
    );
    let fits = shown.0 >= 2 && shown.1 >= 2;
    let crop = if fits { crop } else { Crop::default() };
    let of = |(w, h): (u32, u32)| f64::from(w) / f64::from(h);
    let said = display.0 > 0 && display.1 > 0 && unit < 4;
    let aspect = (crop != Crop::default()).then(|| if said { of(display) / of(shown) } else { 1.0 });
    Ok(Declared { crop, aspect, alpha, two_eyes })
}

/// The number that an element with this id holds.
fn number(file: &mut (impl Read + Seek), within: (u64, u64), id: u32) -> io::Result<Option<u64>> {
    let Some((.., start, end)) = of(file, within, id)?.pop().filter(|(.., start, end)| end - start <= 8)
    else {
        return Ok(None);
    };
    let mut bytes = vec![0; (end - start) as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))))
}

impl MediaInfo {
    /// Takes in what the file declares of its pictures.
    pub fn take_declared(&mut self, declared: &[Declared]) {
        let pictures = self.streams.iter_mut().filter(|s| s.kind == Kind::Video && !s.attached_picture);
        for (picture, declared) in pictures.filter_map(|s| s.video.as_mut()).zip(declared) {
            take(picture, declared);
        }
    }
}

/// A newer ffprobe may tell the size of the part that is shown.
fn take(picture: &mut Picture, declared: &Declared) {
    picture.alpha_beside |= declared.alpha;
    picture.stereo |= declared.two_eyes;
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
    fn the_aperture_of_mp4_is_a_size_and_the_way_of_its_centre() {
        let crop = |numbers| of("mov,mp4", &mp4(&clap(numbers))).crop;
        assert_eq!(crop([320, 1, 160, 1, 0, 1, 0, 1]), Crop { top: 40, bottom: 40, ..Crop::default() });
        assert_eq!(crop([300, 1, 240, 1, -10, 1, 0, 1]), Crop { right: 20, ..Crop::default() });
        assert_eq!(crop([640, 2, 230, 1, 0, 1, 10, 2]), Crop { top: 10, ..Crop::default() });
        for nonsense in [[0; 8], [400, 1, 240, 1, 0, 1, 0, 1], [160, 1, 240, 1, 200, 1, 0, 1]] {
            assert_eq!(crop(nonsense), Crop::default());
        }
        assert!(
            of("mov,mp4", &mp4(&boxed(b"almo", b"."))).alpha
                && of("mov,mp4", &mp4(&boxed(b"vexu", b"."))).two_eyes
        );
    }

    #[test]
    fn the_crop_of_matroska_counts_for_the_shape_of_its_pixels_too() {
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
        assert!(found.alpha && !found.two_eyes);
        let wide = of("matroska,webm", &film(&[edge(0xcc, 160), edge(0xb0, 16), edge(0xba, 9)]));
        assert!((wide.aspect.unwrap() - 16.0 / 9.0 * 240.0 / 160.0).abs() < 1e-9);
        assert_eq!(of("matroska,webm", &film(&[edge(0xaa, 250)])), Declared::default());
    }

    #[test]
    fn edges_turn_with_the_picture() {
        let crop = Crop { left: 1, right: 2, top: 3, bottom: 4 };
        assert_eq!(crop.turned(90), Crop { left: 4, right: 3, top: 1, bottom: 2 });
        assert_eq!(crop.turned(90).turned(90), crop.turned(180));
        assert_eq!(crop.turned(90).turned(180), crop.turned(270));
    }
}
