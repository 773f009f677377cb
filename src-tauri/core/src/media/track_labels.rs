//! Track titles and languages that ffprobe does not report: names of MP4 tracks (`udta`/`name`), their languages by
//! BCP 47 (`elng`), and those of Matroska.
//!
//! Guarantees that only headers and track entries are read, bounded for any input. ISO/IEC 14496-12, 8.4.6, for
//! `elng`; <https://www.matroska.org/technical/elements.html> for the elements.

use super::boxes::{Mp4Box, children};
use super::{Kind, MediaInfo, Stream, declared};
use std::io::{self, Read, Seek, SeekFrom};

/// Title and language of one track.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackLabels {
    /// Its title.
    pub title: Option<String>,
    /// Its language, with region and script.
    pub language: Option<String>,
}

/// Maximum bytes read of a title or language.
const MAX_BYTES: u64 = 1024;

/// Titles and languages of the tracks of an MP4 or MOV, in file order.
pub fn of_mp4(file: &mut (impl Read + Seek)) -> io::Result<Vec<TrackLabels>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut all = Vec::new();
    for (start, end, _) in named(children(file, 0, end)?, *b"moov") {
        for (start, end, _) in named(children(file, start, end)?, *b"trak") {
            let title = text(file, (start, end), &[*b"udta", *b"name"], 0)?;
            let language = text(file, (start, end), &[*b"mdia", *b"elng"], 4)?;
            all.push(TrackLabels { title, language });
        }
    }
    Ok(all)
}

fn named(boxes: Vec<Mp4Box>, kind: [u8; 4]) -> impl Iterator<Item = Mp4Box> {
    boxes.into_iter().filter(move |(.., found)| *found == kind)
}

/// The text of the box at the end of a path, after `skipped` bytes.
fn text(
    file: &mut (impl Read + Seek),
    within: (u64, u64),
    path: &[[u8; 4]],
    skipped: u64,
) -> io::Result<Option<String>> {
    let mut range = within;
    for kind in path {
        let Some((start, end, _)) = named(children(file, range.0, range.1)?, *kind).next() else {
            return Ok(None);
        };
        range = (start, end);
    }
    read(file, (range.0 + skipped, range.1))
}

/// Languages of the tracks of a Matroska file, in file order.
pub fn of_matroska(file: &mut (impl Read + Seek)) -> io::Result<Vec<TrackLabels>> {
    let mut all = Vec::new();
    for track in declared::tracks(file)? {
        let language = declared::elements(file, track, declared::LANGUAGE_BCP47)?.pop();
        let language = language.map(|(.., start, end)| read(file, (start, end))).transpose()?.flatten();
        all.push(TrackLabels { title: None, language });
    }
    Ok(all)
}

fn read(file: &mut (impl Read + Seek), (start, end): (u64, u64)) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(end.saturating_sub(start).min(MAX_BYTES)).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.split('\0').next().unwrap_or_default().trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

impl MediaInfo {
    /// Stores titles and languages, if there are as many as tracks that ffprobe reports.
    pub fn take_words(&mut self, words: Vec<TrackLabels>) {
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
    fn mp4_names_and_languages_are_read_per_track() {
        let name = boxed(b"udta", &boxed(b"name", "Kommentar ä".as_bytes()));
        let language = boxed(b"mdia", &boxed(b"elng", b"\0\0\0\0pt-BR\0"));
        let tracks = [boxed(b"trak", &name), boxed(b"trak", b""), boxed(b"trak", &language)].concat();
        let film = [boxed(b"ftyp", b"isom"), boxed(b"moov", &tracks)].concat();
        let words = of_mp4(&mut Cursor::new(&film)).unwrap();
        assert_eq!((words.len(), words[0].title.as_deref()), (3, Some("Kommentar ä")));
        assert_eq!((&words[1], words[2].language.as_deref()), (&TrackLabels::default(), Some("pt-BR")));
        for end in 0..film.len() {
            drop(of_mp4(&mut Cursor::new(&film[..end])));
        }
    }

    #[test]
    fn matroska_languages_are_read_per_track() {
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
    fn titles_and_languages_need_a_matching_track_count() {
        let words = |n| vec![TrackLabels { title: Some("T".into()), language: Some("pt-BR".into()) }; n];
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
