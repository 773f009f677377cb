//! Subtitles made of text as their container holds them: the cues of Matroska, MP4 and MOV with their times, read without
//! ffmpeg, which leaves out what is not UTF-8, writes drawings as text and knows neither `WebVTT` nor TTML in MP4.
//!
//! Made for bytes of strangers: guarantees bounded time and memory, that nothing fails, and that files are only read. Source
//! and result are read by the same code, so that their cues can be compared. Must not know plans.

mod boxes;
mod code_page;
mod heads;
mod matroska;
mod mp4;
mod tables;
mod text;
mod ttml;
mod webvtt;

use crate::cues::{Cue, Cues, Form, Marks};
use crate::media::{Kind, MediaInfo, Stream};
use std::fs::File;
use std::io;
use std::path::Path;

/// A packet of subtitles: when it begins and ends, in seconds, and its bytes.
struct Packet {
    begin: f64,
    end: f64,
    bytes: Vec<u8>,
}

/// The packets of a track and what stands before them: the styles of ASS, the sample description of MP4.
#[derive(Default)]
struct Packets {
    header: Vec<u8>,
    all: Vec<Packet>,
}

/// Packets of a track; more has no honest film.
const MOST_PACKETS: usize = 100_000;
/// Bytes of all of them.
const MOST_BYTES: usize = 32 << 20;
/// Bytes of one.
const LARGEST: usize = 1 << 20;

/// Is this a track of text that ffmpeg cannot read?
pub fn is_foreign(stream: &Stream) -> bool {
    matches!(stream.codec.as_str(), "wvtt" | "ttml")
}

fn is_text(stream: &Stream) -> bool {
    let codecs = ["subrip", "ass", "ssa", "webvtt", "text", "mov_text", "wvtt", "ttml"];
    stream.kind == Kind::Subtitle && codecs.contains(&stream.codec.as_str())
}

/// Adds the cues of its tracks of text to what is known of a file. What cannot be read stays unknown.
pub fn add(path: &Path, info: &mut MediaInfo) {
    info.cues_read = true;
    let any = info.streams.iter().any(|stream| is_text(stream) && stream.cues.is_none());
    if any && let Err(cause) = read(path, info) {
        tracing::warn!(%cause, "the cues of a file could not be read");
    }
}

fn read(path: &Path, info: &mut MediaInfo) -> io::Result<()> {
    let mut file = File::open(path)?;
    let subtitles = info.streams.iter().enumerate().filter(|(_, s)| s.kind == Kind::Subtitle);
    let places: Vec<usize> = subtitles.map(|(place, _)| place).collect();
    let mut tracks: Vec<(usize, Packets)> = Vec::new();
    if info.container.starts_with("matroska") {
        let found = matroska::tracks(&mut file)?;
        // Which is which is known by their number alone.
        tracks.extend(places.iter().copied().zip(found).filter_map(|(place, track)| Some((place, track?))));
    } else if info.container.starts_with("mov") {
        for place in places {
            tracks.extend(mp4::track(&mut file, info.streams[place].index)?.map(|track| (place, track)));
        }
    }
    for (place, packets) in tracks {
        let stream = &mut info.streams[place];
        if !is_text(stream) {
            continue;
        }
        stream.cues = Some(cues(&stream.codec, stream.language.as_deref(), packets));
    }
    Ok(())
}

/// The cues of a track of this codec.
fn cues(codec: &str, language: Option<&str>, Packets { header, all }: Packets) -> Cues {
    let mut reading = text::Reading::new(language);
    let mut cues = Cues::default();
    let begin = |begin, end, text| Cue { begin, end, text };
    match codec {
        "ass" | "ssa" => {
            cues.form = Form::Ass;
            cues.header = reading.text(&header);
            cues.marks.see_styles(&cues.header);
            cues.list = all.iter().map(|p| begin(p.begin, p.end, reading.text(&p.bytes))).collect();
        }
        "mov_text" => {
            cues.marks = text::usual_style(&header);
            for packet in &all {
                let (text, marks) = text::timed(&mut reading, &packet.bytes);
                cues.marks = cues.marks.with(marks);
                cues.list.push(begin(packet.begin, packet.end, text));
            }
            cues.form = Form::Plain;
        }
        "wvtt" => {
            for packet in &all {
                for (text, settings) in webvtt::texts(&mut reading, &packet.bytes) {
                    cues.marks.positions |= webvtt::places(&settings);
                    cues.list.push(begin(packet.begin, packet.end, text));
                }
            }
            cues.list = webvtt::joined(std::mem::take(&mut cues.list));
        }
        "ttml" => {
            for packet in &all {
                let (found, marks) = ttml::cues(&reading.text(&packet.bytes), packet.begin, packet.end);
                cues.marks = cues.marks.with(marks);
                cues.list.extend(found);
            }
            cues.list = webvtt::joined(std::mem::take(&mut cues.list));
        }
        _ => cues.list = all.iter().map(|p| begin(p.begin, p.end, reading.text(&p.bytes))).collect(),
    }
    cues.see();
    cues.code_page = reading.code_page();
    cues
}

#[cfg(test)]
mod tests;
