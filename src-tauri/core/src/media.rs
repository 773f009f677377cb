//! Media files as ffprobe describes them: streams, durations, tags.
//!
//! A pure, tolerant parser: numbers may come as text, be missing or be nonsense; implausible values become `None`.
//! Guarantees never to fail on a file that ffprobe could open. Must not know presets.

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
pub mod location;
pub(crate) mod marker;
pub mod metadata;
mod motion;
mod packets;
mod picture;
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
pub mod track_labels;
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
pub use survey::{Survey, SurveyRequest};

/// Parses a number as ffmpeg and ffprobe print it: `2.02`, or `2,02` in a locale with a decimal comma.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A media file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct MediaInfo {
    /// ffmpeg's names of the demuxer: `mov,mp4,m4a,3gp,3g2,mj2`.
    pub container: String,
    /// Declared duration in seconds.
    pub seconds: Option<f64>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// All streams, in file order.
    pub streams: Vec<Stream>,
    /// Start time of the first stream, in seconds.
    #[serde(default)]
    pub start: Option<f64>,
    /// Bytes ffmpeg must read to find all streams; `None` if its default is enough.
    #[serde(default)]
    pub reach: Option<u64>,
    /// Its programmes; empty if it declares none.
    #[serde(default)]
    pub programmes: Vec<Programme>,
    /// Its chapters, in file order.
    pub chapters: Vec<Chapter>,
    /// Tags of the file itself.
    pub tags: BTreeMap<String, String>,
    /// A second recording follows the one described here.
    #[serde(default)]
    pub second_recording: bool,
    /// An edit list changes the playback speed.
    #[serde(default)]
    pub other_speed: bool,
    /// Size and duration that the container declares for the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Stated>,
    /// Timestamps that ffmpeg generates for packets without one are known to be wrong.
    #[serde(default)]
    pub false_times: bool,
    /// Reading the cues of its text tracks was attempted.
    #[serde(default)]
    pub cues_read: bool,
    /// Captions embedded in its video; `None` if they were not searched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<Vec<Captions>>,
}

/// The media type of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(rename = "Carries")]
#[expect(missing_docs, reason = "ffprobe's names")]
pub enum Kind {
    Video,
    Audio,
    Subtitle,
    Attachment,
    #[default]
    Data,
}

/// One stream.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stream {
    /// Index in the file.
    pub index: usize,
    /// Its media type.
    pub kind: Kind,
    /// ffmpeg's name of the codec; empty if ffmpeg does not know it.
    pub codec: String,
    /// The container's four-character code: `avc1`, `encv`.
    pub tag: String,
    /// Declared duration in seconds.
    pub seconds: Option<f64>,
    /// Start time in seconds on the file's clock; 0 if not declared.
    #[serde(default)]
    pub start: f64,
    /// End of its last packet, in seconds after the start of the file, if measured.
    #[serde(default)]
    pub measured_end: Option<f64>,
    /// Number of packets: counted, else declared.
    pub packets: Option<u64>,
    /// Packets read in the survey, where several video streams are compared because no index counts their frames.
    #[serde(default)]
    pub sampled: Option<u64>,
    /// Properties of a video stream.
    pub video: Option<Picture>,
    /// Declared mean bit rate, in bits per second.
    pub bit_rate: Option<u64>,
    /// Codec profile as ffmpeg names it: `High`, `LC`; empty if unknown.
    pub profile: String,
    /// Codec level, times 10 for H.264: 41 is 4.1.
    pub level: Option<u32>,
    /// Number of audio channels.
    pub channels: Option<u32>,
    /// Channel layout as ffmpeg names it: `5.1(side)`; empty if unknown.
    pub layout: String,
    /// Bits per sample of lossless audio; `None` for lossy codecs.
    pub sample_bits: Option<u32>,
    /// Sample format of the decoder as ffmpeg names it: `s16`, `fltp`; empty if unknown.
    #[serde(default)]
    pub sample_format: String,
    /// Audio samples per second.
    pub sample_rate: Option<u32>,
    /// Language code: `eng`, `und` ...
    pub language: Option<String>,
    /// Track title: untrusted text.
    pub title: Option<String>,
    /// Flagged as the default track.
    pub default: bool,
    /// Its other dispositions as ffprobe names them: `forced`, `comment`, `original` ...
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    /// A cover or thumbnail rather than a moving picture.
    pub attached_picture: bool,
    /// Declared, but the file holds no packet of it.
    #[serde(default)]
    pub empty: bool,
    /// Why a copy of it was rejected, once one was made and checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_fault: Option<CopyFault>,
    /// ffmpeg failed to write it.
    #[serde(default)]
    pub refused: bool,
    /// Measurements of its packets, if taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Its tags: untrusted text.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Its content reveals a location, or may: subtitle lines, metadata of a cover, data between frames. Set only
    /// where this was checked.
    #[serde(default)]
    pub places: bool,
    /// The cues of a text track, if they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cues: Option<Cues>,
}

/// Why a copy of a stream is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CopyFault {
    /// It makes the result larger than wanted.
    Big,
    /// Parts of it cannot be decoded.
    Damaged,
    /// Its timestamps had to be guessed.
    Times,
    /// Its decoded content differs from the original.
    Differs,
}

/// Below this frame rate, five seconds hold too few frames to show their order: a decoder may hold back 16.
const SLOW_RATE: f64 = 5.0;

/// A stream that starts later than declared by more than this, in seconds, starts late.
const LATE_START: f64 = 0.5;

/// Minimum plausible size of video, in bytes per second: 30 black frames take some 300.
const MIN_BYTE_RATE: f64 = 50.0;

impl Stream {
    /// The `language` tag as ffprobe, and therefore ffmpeg, reports it.
    pub(crate) fn tag_language(&self) -> Option<&str> {
        self.tags
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("language"))
            .map(|(_, value)| value.as_str())
    }
}

impl MediaInfo {
    /// The main audio track: the default one, else the first; an empty track only if there is no other.
    pub fn audio(&self) -> Option<&Stream> {
        self.audio_where(|_| true)
    }

    /// Like [`MediaInfo::audio`], among the tracks that `wanted` accepts.
    pub(crate) fn audio_where(&self, wanted: impl Fn(&Stream) -> bool) -> Option<&Stream> {
        let tracks = self.streams.iter().filter(|s| s.kind == Kind::Audio && wanted(s));
        // `min_by_key` returns the first of equal items.
        tracks.min_by_key(|s| (s.empty, !s.default))
    }

    /// The tags of the file, its streams and its chapters.
    pub(crate) fn all_tags(&self) -> impl Iterator<Item = (&String, &String)> {
        let of_streams = self.streams.iter().flat_map(|s| &s.tags);
        self.tags.iter().chain(of_streams).chain(self.chapters.iter().flat_map(|c| &c.tags))
    }

    /// A GIF or APNG animation: small, without a declared duration, and its last frame may be shown for long.
    pub(crate) fn is_animation(&self) -> bool {
        matches!(self.container.as_str(), "gif" | "apng")
    }

    /// Five seconds of its video hold too few frames to show their display order, which only an MP4 header declares.
    pub(crate) fn is_slow(&self) -> bool {
        let picture =
            self.video().filter(|_| !self.container.starts_with("mov")).and_then(|s| s.video.as_ref());
        picture.is_some_and(|picture| picture.rate.is_none_or(|rate| rate < SLOW_RATE))
    }

    /// Records why copies of these streams were rejected, by stream index.
    pub fn refuse_copies(&mut self, faults: &BTreeMap<usize, CopyFault>) {
        for stream in &mut self.streams {
            stream.copy_fault = faults.get(&stream.index).copied().or(stream.copy_fault);
        }
    }

    /// Corrects durations by those of packets: with B-frames, MP4 declares when the last frame is decoded, not shown,
    /// and for a stream that starts late ffprobe reports the duration of the file.
    #[must_use]
    pub fn measured(mut self, measured: &Measured) -> MediaInfo {
        for stream in &mut self.streams {
            let late = |span: &Span| span.begin > stream.start + LATE_START;
            let wrong = |span: &&Span| stream.seconds.is_some_and(|s| s < span.seconds || late(span));
            if let Some(span) = measured.streams.get(&stream.index).filter(wrong) {
                (stream.start, stream.seconds) = (span.begin, Some(span.seconds));
            }
        }
        self
    }

    /// Replaces the declared durations by those of its packets.
    pub(crate) fn believe(&mut self, measured: &Measured) {
        for stream in &mut self.streams {
            stream.seconds = measured.streams.get(&stream.index).map(|span| span.seconds);
        }
        self.seconds = measured.streams.values().map(|span| span.seconds).max_by(f64::total_cmp);
    }

    /// Duration in seconds for progress: that of the video, else of the file. `None` if the file is too small for it:
    /// broken headers claim days for a second.
    pub fn length(&self) -> Option<f64> {
        let declared = self.video().and_then(|v| v.seconds).or(self.seconds);
        declared.filter(|seconds| self.size.is_none_or(|size| size as f64 / seconds >= MIN_BYTE_RATE))
    }
}
