//! What a media file is: streams, lengths, tags, as ffprobe tells them.
//!
//! A pure, tolerant reader: numbers may come as text, be missing or be nonsense; what cannot be believed is
//! absent. Guarantees never to fail on a file that ffprobe could open. Must not know presets.

pub mod attached;
pub mod boxes;
pub mod covers;
pub mod cues;
pub mod declared;
mod ends;
mod facts;
mod frames;
pub mod headers;
mod json;
mod learned;
pub mod metadata;
mod motion;
mod packets;
pub mod places;
mod programmes;
pub mod segments;
pub mod speed;
mod steps;
mod survey;
pub mod telemetry;
pub mod user_data;

use crate::captions::Captions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use ends::Chapter;
pub(crate) use ends::slack;
pub use facts::{Facts, codec_name, running_time};
pub(crate) use frames::ENTRIES as FRAME_ENTRIES;
pub use frames::read_frames;
pub use json::read;
pub use learned::Learned;
pub use packets::{Measured, Measuring, Span};
pub use programmes::Programme;
pub use survey::{Question, Survey};

/// A number as ffmpeg and ffprobe print it: `2.02`, or `2,02` in a locale with a decimal comma.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())
}

/// A media file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Times that ffmpeg works out for packets without one were seen to be wrong.
    #[serde(default)]
    pub false_times: bool,
    /// The captions inside its moving picture, where they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<Vec<Captions>>,
}

/// What a stream carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// Samples per second, for sound.
    pub sample_rate: Option<u32>,
    /// `eng`, `und` ...
    pub language: Option<String>,
    /// Title of the track: text from a stranger.
    pub title: Option<String>,
    /// The track to choose by default.
    pub default: bool,
    /// A cover or thumbnail rather than a moving picture.
    pub attached_picture: bool,
    /// Announced, and not one packet of it is in the file.
    #[serde(default)]
    pub empty: bool,
    /// Why a copy of it was refused, once one was made and judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_fault: Option<CopyFault>,
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
}

/// What is wrong with a copy of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyFault {
    /// It cannot be decoded everywhere.
    Damaged,
    /// Its time stamps had to be guessed.
    Times,
    /// It does not show what the original shows.
    Differs,
}

/// Facts of a picture.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Coded width in pixels.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// Width of a pixel by its height; 1 where unknown.
    pub pixel_aspect: f64,
    /// Other sizes that its pictures have later on, upright and in square pixels, once that was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<(u32, u32)>,
    /// An encoder's clock that ticks once a picture was seen to lose some of them.
    #[serde(default)]
    pub fine_clock: bool,
    /// Degrees by which players turn it: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Mean frames per second; absent where unknown.
    pub rate: Option<f64>,
    /// The rate that its first frames keep is another than the mean: they do not come evenly.
    #[serde(default)]
    pub uneven: bool,
    /// Transparency is stored beside it (`alpha_mode` of `WebM`), which the pixel format does not say.
    #[serde(default)]
    pub alpha_beside: bool,
    /// `yuv420p10le` ...
    pub pixel_format: String,
    /// Bits per sample, 8 where unknown.
    pub bits: u32,
    /// `tt`, `bb`, `tb`, `bt`, `progressive` or empty, as the header says; `tff` or `bff` where it is silent and the
    /// frames tell.
    pub field_order: String,
    /// Its frames are flagged as fields, which they are not.
    #[serde(default)]
    pub false_fields: bool,
    /// `tv`, `pc` or empty.
    pub range: String,
    /// Transfer characteristic: `bt709`, `smpte2084` ... or empty.
    pub transfer: String,
    /// Primaries: `bt709`, `bt2020` ... or empty.
    pub primaries: String,
    /// Matrix: `bt709`, `bt2020nc` ... or empty.
    pub matrix: String,
    /// What the screen it was mastered on could show.
    pub mastering: Option<Mastering>,
    /// Brightest pixel and brightest mean of a frame, in cd/m2.
    pub light: Option<(u32, u32)>,
    /// Profile of Dolby Vision that the container declares.
    pub dolby_vision: Option<u32>,
    /// Its colours are Dolby Vision's own, which no other decoder shows: profile 5 and its like.
    #[serde(default)]
    pub own_colours: bool,
    /// Its first frames were decoded, and what they say is told here.
    #[serde(default)]
    pub seen: bool,
    /// Its frames carry metadata of Dolby Vision.
    #[serde(default)]
    pub rpu: bool,
    /// Its frames carry dynamic metadata of HDR10+ (SMPTE ST 2094-40).
    #[serde(default)]
    pub hdr10_plus: bool,
    /// Its frames carry dynamic metadata of HDR Vivid (CUVA 005.1).
    #[serde(default)]
    pub hdr_vivid: bool,
    /// Frames are stored in another order than shown.
    pub reordered: bool,
    /// To be seen all around, or with two eyes: players must be told.
    #[serde(default)]
    pub immersive: bool,
}

/// A transfer characteristic of high dynamic range: PQ or HLG.
fn is_hdr(transfer: &str) -> bool {
    matches!(transfer, "smpte2084" | "arib-std-b67")
}

/// Primaries, white point and luminance of a mastering screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mastering {
    /// x and y of red, green, blue and white, 0 to 1.
    pub points: [(f64, f64); 4],
    /// Darkest and brightest, in cd/m2.
    pub luminance: (f64, f64),
}

impl Picture {
    /// Width and height in square pixels, as a player shows it.
    pub fn displayed(&self) -> (f64, f64) {
        let (width, height) = (f64::from(self.width) * self.pixel_aspect, f64::from(self.height));
        if self.turned() { (height, width) } else { (width, height) }
    }

    /// Coded width and height after turning.
    pub fn upright(&self) -> (u32, u32) {
        if self.turned() { (self.height, self.width) } else { (self.width, self.height) }
    }

    fn turned(&self) -> bool {
        self.rotation % 180 == 90
    }

    /// The smallest frame that holds all its pictures, in square pixels.
    pub fn frame(&self) -> (f64, f64) {
        let wider = |(w, h): (f64, f64), other: &(u32, u32)| (w.max(other.0.into()), h.max(other.1.into()));
        self.sizes.iter().fold(self.displayed(), wider)
    }

    /// High dynamic range: PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        is_hdr(&self.transfer)
    }

    /// No base layer that a decoder without Dolby Vision could show.
    pub fn has_no_base(&self) -> bool {
        self.own_colours || self.dolby_vision == Some(5)
    }

    /// Red, green and blue rather than brightness and colour.
    pub fn is_rgb(&self) -> bool {
        ["rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr", "x2"]
            .iter()
            .any(|start| self.pixel_format.starts_with(start))
    }

    /// Some of it may be transparent.
    pub fn has_alpha(&self) -> bool {
        self.alpha_beside
            || ["yuva", "rgba", "argb", "bgra", "abgr", "gbrap", "ya8", "ya16"]
                .iter()
                .any(|s| self.pixel_format.starts_with(s))
    }

    /// Two fields a frame.
    pub fn is_interlaced(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bb" | "tb" | "bt" | "tff" | "bff")
    }

    /// Of two fields the upper one is shown first.
    pub fn is_top_first(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bt" | "tff")
    }

    /// Full range: black is 0, not 16.
    pub fn is_full_range(&self) -> bool {
        self.range == "pc" || self.pixel_format.starts_with("yuvj")
    }
}

/// Seconds after which a stream begins late.
const LATE: f64 = 0.5;

/// No moving picture takes fewer bytes a second: 30 black frames are some 300.
const LEAST_RATE: f64 = 50.0;

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

    /// An animation: small, without a length of its own, and its last picture may stand for long.
    pub(crate) fn is_animation(&self) -> bool {
        matches!(self.container.as_str(), "gif" | "apng")
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
