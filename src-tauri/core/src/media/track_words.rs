//! Titles and languages of tracks that ffprobe does not show: the names of the tracks of an MP4 (`udta`/`name`), its
//! languages by BCP 47 (`elng`), and those of Matroska.
//!
//! Guarantees that only heads and the descriptions of tracks are read, bounded whatever the file says.
//! ISO/IEC 14496-12, 8.4.6, for `elng`; <https://www.matroska.org/technical/elements.html> for the elements.

use super::boxes::{Found, inside};
use super::{Kind, MediaInfo, Stream, declared};
use std::io::{self, Read, Seek, SeekFrom};

/// What a file says of one of its tracks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Its title.
    pub title: Option<String>,
    /// Its language, with region and script.
    pub language: Option<String>,
}

/// Bytes of a title or language that are read.
const MOST: u64 = 1024;

/// Those of the tracks of an MP4 or MOV, in the file's order.
pub fn of_mp4(file: &mut (impl Read + Seek)) -> io::Result<Vec<Words>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (start, end, _) in named(inside(file, 0, end)?, *b"moov") {
        for (start, end, _) in named(inside(file, start, end)?, *b"trak") {
            let title = text(file, (start, end), &[*b"udta", *b"name"], 0)?;
            let language = text(file, (start, end), &[*b"mdia", *b"elng"], 4)?;
            all.push(Words { title, language });
        }
    }
    Ok(all)
}

fn named(boxes: Vec<Found>, kind: [u8; 4]) -> impl Iterator<Item = Found> {
    boxes.into_iter().filter(move |(.., found)| *found == kind)
}

/// The text of the box at the end of a path, behind so many bytes.
fn text(
    file: &mut (impl Read + Seek),
    within: (u64, u64),
    path: &[[u8; 4]],
    skipped: u64,
) -> io::Result<Option<String>> {
    let mut place = within;
    for kind in path {
        let Some((start, end, _)) = named(inside(file, place.0, place.1)?, *kind).next() else {
            return Ok(None);
        };
        place = (start, end);
    }
    read(file, (place.0 + skipped, place.1))
}

/// Those of the tracks of a Matroska file, in its order.
pub fn of_matroska(file: &mut (impl Read + Seek)) -> io::Result<Vec<Words>> {
    let mut all = Vec::new();
    for track in declared::tracks(file)? {
        let language = declared::of(file, track, declared::LANGUAGE_BCP47)?.pop();
        let language = language.map(|(.., start, end)| read(file, (start, end))).transpose()?.flatten();
        all.push(Words { title: None, language });
    }
    Ok(all)
}

fn read(file: &mut (impl Read + Seek), (start, end): (u64, u64)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end.saturating_sub(start).min(MOST)).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.split('\0').next().unwrap_or_default().trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

impl MediaInfo {
    /// Takes in what the file says of its tracks, as long as they are those that ffprobe shows.
    pub fn take_words(&mut self, words: Vec<Words>) {
        let track = |s: &&mut Stream| s.kind != Kind::Attachment && !s.attached_picture;
        if self.streams.iter_mut().filter(track).count() != words.len() {
            return;
        }
        for (stream, words) in self.streams.iter_mut().filter(track).zip(words) {
            stream.title = stream.title.take().or(words.title);
            stream.language = words.language.or(stream.language.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
    }

    #[test]
    fn names_and_languages_of_an_mp4_are_found_by_track() {
        let name = boxed(b"udta", &boxed(b"name", "Kommentar ä".as_bytes()));
        let language = boxed(b"mdia", &boxed(b"elng", b"\0\0\0\0pt-BR\0"));
        let tracks = [boxed(b"trak", &name), boxed(b"trak", b""), boxed(b"trak", &language)].concat();
        let film = [boxed(b"ftyp", b"isom"), boxed(b"moov", &tracks)].concat();
        let words = of_mp4(&mut Cursor::new(&film)).unwrap();
        assert_eq!((words.len(), words[0].title.as_deref()), (3, Some("Kommentar ä")));
        assert_eq!((&words[1], words[2].language.as_deref()), (&Words::default(), Some("pt-BR")));
        for end in 0..film.len() {
            drop(of_mp4(&mut Cursor::new(&film[..end])));
        }
    }

    #[test]
    fn languages_of_matroska_are_found_by_track() {
        let made = |id: &[u8], content: &[u8]| [id, &[0x80 | content.len() as u8], content].concat();
        let track = |inner: &[u8]| made(&[0xae], inner);
        let named = track(&made(&[0x22, 0xb5, 0x9d], b"zh-Hant"));
        let tracks = made(&[0x16, 0x54, 0xae, 0x6b], &[track(&[]), named].concat());
        let film = [made(&[0x1a, 0x45, 0xdf, 0xa3], &[]), made(&[0x18, 0x53, 0x80, 0x67], &tracks)].concat();
        let words = of_matroska(&mut Cursor::new(&film)).unwrap();
        assert_eq!(words.len(), 2);
        assert_eq!((words[0].language.as_deref(), words[1].language.as_deref()), (None, Some("zh-Hant")));
        for end in 0..film.len() {
            drop(of_matroska(&mut Cursor::new(&film[..end])));
        }
    }

    #[test]
    fn words_are_taken_only_where_all_tracks_are_known() {
        let words = |n| vec![Words { title: Some("T".into()), language: Some("pt-BR".into()) }; n];
        let stream = Stream { kind: Kind::Audio, language: Some("por".into()), ..Stream::default() };
        let mut info = MediaInfo { streams: vec![stream], ..MediaInfo::default() };
        info.take_words(words(2));
        assert_eq!(info.streams[0].title, None);
        info.take_words(words(1));
        assert_eq!(
            (info.streams[0].title.as_deref(), info.streams[0].language.as_deref()),
            (Some("T"), Some("pt-BR"))
        );
    }
}
