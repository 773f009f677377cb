//! What a media file is: streams, lengths, tags, as ffprobe tells them.
//!
//! A pure, tolerant reader: numbers may come as text, be missing or be nonsense; what cannot be believed is
//! absent. Guarantees never to fail on a file that ffprobe could open. Must not know presets.

pub mod attached;
pub mod boxes;
pub mod covers;
pub mod crop;
pub mod cues;
pub mod declared;
mod dense;
mod ends;
mod facts;
mod frames;
pub mod headers;
mod json;
pub(crate) mod language;
mod learned;
pub(crate) mod marker;
pub mod metadata;
mod motion;
mod packets;
mod picture;
pub mod places;
mod programmes;
pub mod segments;
pub mod sizes;
pub mod speakers;
pub mod speed;
pub mod stated;
mod steps;
mod survey;
pub mod telemetry;
pub(crate) mod timecode;
pub mod track_words;
pub mod user_data;

use crate::captions::Captions;
use crate::cues::Cues;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

pub use dense::{Dense, Ticks};
pub use ends::Chapter;
pub(crate) use ends::slack;
pub use facts::{Facts, codec_name, running_time};
pub(crate) use frames::ENTRIES as FRAME_ENTRIES;
pub use frames::read_frames;
pub use json::read;
pub use learned::Learned;
pub use packets::{Measured, Measuring, Span};
pub use picture::{Mastering, Picture};
pub use programmes::Programme;
pub use stated::Stated;
pub use survey::{Question, Survey};

/// A number as ffmpeg and ffprobe print it: `2.02`, or `2,02` in a locale with a decimal comma.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A media file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct MediaInfo {
    /// Names of the demuxer: `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// Declared length in seconds.
    pub seconds: Option<f64>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// All streams, in the file's order.
    pub streams: Vec<Stream>,
    /// When the first of its streams begins, in seconds.
    #[serde(default)]
    pub start: Option<f64>,
    /// Bytes that must be read before all its streams are known, where those are more than ffmpeg reads by itself.
    #[serde(default)]
    pub reach: Option<u64>,
    /// Its programmes, where it names any.
    #[serde(default)]
    pub programmes: Vec<Programme>,
    /// Its chapters, in the file's order.
    pub chapters: Vec<Chapter>,
    /// The file's own tags.
    pub tags: BTreeMap<String, String>,
    /// A second recording stands behind the one that is described here.
    #[serde(default)]
    pub second_recording: bool,
    /// An edit list asks for another speed than that of the recording.
    #[serde(default)]
    pub other_speed: bool,
    /// What its container states of how much of it there should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Stated>,
    /// Times that ffmpeg works out for packets without one were seen to be wrong.
    #[serde(default)]
    pub false_times: bool,
    /// The cues of its tracks of text were to be read.
    #[serde(default)]
    pub cues_read: bool,
    /// The captions inside its moving picture, where they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<Vec<Captions>>,
}

/// What a stream carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(rename = "Carries")]
#[expect(missing_docs, reason = "ffprobe's own words")]
pub enum Kind {
    Video,
    Audio,
    Subtitle,
    Attachment,
    #[default]
    Data,
}

/// One stream.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stream {
    /// Index in the file.
    pub index: usize,
    /// What it carries.
    pub kind: Kind,
    /// ffmpeg's name of the codec; empty when ffmpeg does not know it.
    pub codec: String,
    /// The container's four letters: `avc1`, `encv`.
    pub tag: String,
    /// Declared length in seconds.
    pub seconds: Option<f64>,
    /// When it begins, in seconds as the file counts them; 0 where that is not said.
    #[serde(default)]
    pub start: f64,
    /// When it ends by its packets, in seconds after the beginning of the file, where that was measured.
    #[serde(default)]
    pub measured_end: Option<f64>,
    /// Packets counted, or declared where they were not counted.
    pub packets: Option<u64>,
    /// Packets in the stretch that was read to compare the pictures of a file that does not count them.
    #[serde(default)]
    pub sampled: Option<u64>,
    /// Facts of a picture.
    pub video: Option<Picture>,
    /// Mean bits per second, as declared.
    pub bit_rate: Option<u64>,
    /// Profile of the codec in ffmpeg's words: `High`, `LC`; empty where unknown.
    pub profile: String,
    /// Level of the codec, times 10 for H.264: 41 is 4.1.
    pub level: Option<u32>,
    /// Channels, for sound.
    pub channels: Option<u32>,
    /// Their layout in ffmpeg's words: `5.1(side)`; empty where unknown.
    pub layout: String,
    /// Bits per sample, for sound that is not compressed with loss; else absent.
    pub sample_bits: Option<u32>,
    /// What a decoder makes of its samples, in ffmpeg's words: `s16`, `fltp`; empty where unknown.
    #[serde(default)]
    pub sample_format: String,
    /// Samples per second, for sound.
    pub sample_rate: Option<u32>,
    /// `eng`, `und` ...
    pub language: Option<String>,
    /// Title of the track: text from a stranger.
    pub title: Option<String>,
    /// The track to choose by default.
    pub default: bool,
    /// What else it is marked as, in ffprobe's words: `forced`, `comment`, `original` ...
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// A cover or thumbnail rather than a moving picture.
    pub attached_picture: bool,
    /// Announced, and not one packet of it is in the file.
    #[serde(default)]
    pub empty: bool,
    /// Why a copy of it was refused, once one was made and judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_fault: Option<CopyFault>,
    /// ffmpeg failed to write it.
    #[serde(default)]
    pub refused: bool,
    /// What its packets say, where they were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Its tags: texts from a stranger.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// What it holds tells a place, or may: its lines, what stands beside a cover or between frames. Known where that was
    /// asked.
    #[serde(default)]
    pub places: bool,
    /// The cues of a track of text, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cues: Option<Cues>,
}

/// What is wrong with a copy of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CopyFault {
    /// It makes the result larger than wanted.
    Big,
    /// It cannot be decoded everywhere.
    Damaged,
    /// Its time stamps had to be guessed.
    Times,
    /// It does not show what the original shows.
    Differs,
}

/// Pictures a second of which five seconds tell their order: a decoder may hold back 16.
const TELLING: f64 = 5.0;

/// Seconds after which a stream begins late.
const LATE: f64 = 0.5;

/// No moving picture takes fewer bytes a second: 30 black frames are some 300.
const LEAST_RATE: f64 = 50.0;

impl Stream {
    /// Its language as ffprobe tells it, and so ffmpeg.
    pub(crate) fn tag_language(&self) -> Option<&str> {
        self.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("language")).map(|(_, word)| word.as_str())
    }
}

impl MediaInfo {
    /// The sound: marked as default, else the first; a track that holds nothing only where there is no other.
    pub fn audio(&self) -> Option<&Stream> {
        self.audio_where(|_| true)
    }

    /// The same of some of its tracks.
    pub(crate) fn audio_where(&self, wanted: impl Fn(&Stream) -> bool) -> Option<&Stream> {
        let tracks = self.streams.iter().filter(|s| s.kind == Kind::Audio && wanted(s));
        // Of equal ones the first is the least.
        tracks.min_by_key(|s| (s.empty, !s.default))
    }

    /// The tags of the film, of its tracks and chapters.
    pub(crate) fn all_tags(&self) -> impl Iterator<Item = (&String, &String)> {
        let of_streams = self.streams.iter().flat_map(|s| &s.tags);
        self.tags.iter().chain(of_streams).chain(self.chapters.iter().flat_map(|c| &c.tags))
    }

    /// An animation: small, without a length of its own, and its last picture may stand for long.
    pub(crate) fn is_animation(&self) -> bool {
        matches!(self.container.as_str(), "gif" | "apng")
    }

    /// Five seconds of its moving picture are too few pictures to know in which order they are shown, which no header but
    /// that of MP4 tells.
    pub(crate) fn is_slow(&self) -> bool {
        let picture =
            self.video().filter(|_| !self.container.starts_with("mov")).and_then(|s| s.video.as_ref());
        picture.is_some_and(|picture| picture.rate.is_none_or(|rate| rate < TELLING))
    }

    /// Keeps that copies of these streams were refused.
    pub fn refuse_copies(&mut self, faults: &BTreeMap<usize, CopyFault>) {
        for stream in &mut self.streams {
            stream.copy_fault = faults.get(&stream.index).copied().or(stream.copy_fault);
        }
    }

    /// The same with lengths by packets: MP4 says of pictures with B-frames when the last is decoded, not shown, and of
    /// a stream that begins late ffprobe tells the length of the file.
    #[must_use]
    pub fn measured(mut self, measured: &Measured) -> MediaInfo {
        for stream in &mut self.streams {
            let late = |span: &Span| span.begin > stream.start + LATE;
            let wrong = |span: &&Span| stream.seconds.is_some_and(|s| s < span.seconds || late(span));
            if let Some(span) = measured.streams.get(&stream.index).filter(wrong) {
                (stream.start, stream.seconds) = (span.begin, Some(span.seconds));
            }
        }
        self
    }

    /// Takes the lengths that its packets tell for those that its header declares.
    pub(crate) fn believe(&mut self, measured: &Measured) {
        for stream in &mut self.streams {
            stream.seconds = measured.streams.get(&stream.index).map(|span| span.seconds);
        }
        self.seconds = measured.streams.values().map(|span| span.seconds).max_by(f64::total_cmp);
    }

    /// Length in seconds to reckon progress with: the picture's, else the file's. One that the size of the file
    /// belies is not believed: broken headers claim days for a second.
    pub fn length(&self) -> Option<f64> {
        let declared = self.video().and_then(|v| v.seconds).or(self.seconds);
        declared.filter(|seconds| self.size.is_none_or(|size| size as f64 / seconds >= LEAST_RATE))
    }
}
