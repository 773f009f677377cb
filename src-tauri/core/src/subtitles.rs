//! Text subtitles as their container holds them: the cues of Matroska, MP4 and MOV with their times. Read without
//! ffmpeg, which drops what is not UTF-8, writes drawings as text and supports neither `WebVTT` nor TTML in MP4.
//!
//! For untrusted bytes: guarantees bounded time and memory, that nothing fails, and that files are only read. Source
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

/// A subtitle packet: begin and end in seconds, and its bytes.
struct Packet {
    begin: f64,
    end: f64,
    bytes: Vec<u8>,
}

/// The packets of a track and its header: the styles of ASS, the sample description of MP4.
#[derive(Default)]
struct Packets {
    header: Vec<u8>,
    all: Vec<Packet>,
}

/// Maximum number of packets per track; no genuine film has more.
const MAX_PACKETS: usize = 100_000;
/// Maximum bytes of all packets together.
const MAX_BYTES: usize = 32 << 20;
/// Maximum bytes of one packet.
const MAX_PACKET: usize = 1 << 20;

/// True for a text track that ffmpeg cannot read.
pub fn is_foreign(stream: &Stream) -> bool {
    matches!(stream.codec.as_str(), "wvtt" | "ttml")
}

fn is_text(stream: &Stream) -> bool {
    let codecs = ["subrip", "ass", "ssa", "webvtt", "text", "mov_text", "wvtt", "ttml"];
    stream.kind == Kind::Subtitle && codecs.contains(&stream.codec.as_str())
}

/// Reads the cues of the text tracks of a file. Tracks that cannot be read get none.
pub fn add(path: &Path, info: &mut MediaInfo) {
    info.cues_read = true;
    let any = info.streams.iter().any(|stream| is_text(stream) && stream.cues.is_none());
    if any && let Err(cause) = read(path, info) {
        tracing::warn!(%cause, "could not read the cues of a file");
    }
}

fn read(path: &Path, info: &mut MediaInfo) -> io::Result<()> {
    let mut file = File::open(path)?;
    let subtitles = info.streams.iter().enumerate().filter(|(_, s)| s.kind == Kind::Subtitle);
    let positions: Vec<usize> = subtitles.map(|(position, _)| position).collect();
    let mut tracks: Vec<(usize, Packets)> = Vec::new();
    if info.container.starts_with("matroska") {
        let found = matroska::tracks(&mut file)?;
        // Tracks are matched by their order alone.
        tracks.extend(
            positions.iter().copied().zip(found).filter_map(|(position, track)| Some((position, track?))),
        );
    } else if info.container.starts_with("mov") {
        for position in positions {
            tracks
                .extend(mp4::track(&mut file, info.streams[position].index)?.map(|track| (position, track)));
        }
    }
    for (position, packets) in tracks {
        let stream = &mut info.streams[position];
        if !is_text(stream) {
            continue;
        }
        stream.cues = Some(cues(&stream.codec, stream.language.as_deref(), packets));
    }
    Ok(())
}

/// The cues of a track of this codec.
fn cues(codec: &str, language: Option<&str>, Packets { header, all }: Packets) -> Cues {
    let mut decoder = text::TextDecoder::new(language);
    let mut cues = Cues::default();
    let cue = |begin, end, text| Cue { begin, end, text };
    match codec {
        "ass" | "ssa" => {
            cues.form = Form::Ass;
            cues.header = decoder.text(&header);
            cues.marks.add_styles(&cues.header);
            cues.list = all.iter().map(|p| cue(p.begin, p.end, decoder.text(&p.bytes))).collect();
        }
        "mov_text" => {
            cues.marks = text::default_style(&header);
            for packet in &all {
                let (text, marks) = text::timed(&mut decoder, &packet.bytes);
                cues.marks = cues.marks.with(marks);
                cues.list.push(cue(packet.begin, packet.end, text));
            }
            cues.form = Form::Plain;
        }
        "wvtt" => {
            for packet in &all {
                for (text, settings) in webvtt::texts(&mut decoder, &packet.bytes) {
                    cues.marks.positions |= webvtt::sets_position(&settings);
                    cues.list.push(cue(packet.begin, packet.end, text));
                }
            }
            cues.list = webvtt::joined(std::mem::take(&mut cues.list));
        }
        "ttml" => {
            for packet in &all {
                let (found, marks) = ttml::cues(&decoder.text(&packet.bytes), packet.begin, packet.end);
                cues.marks = cues.marks.with(marks);
                cues.list.extend(found);
            }
            cues.list = webvtt::joined(std::mem::take(&mut cues.list));
        }
        _ => cues.list = all.iter().map(|p| cue(p.begin, p.end, decoder.text(&p.bytes))).collect(),
    }
    cues.collect_marks();
    cues.code_page = decoder.code_page();
    cues
}

#[cfg(test)]
mod tests;
