//! What a media file is: streams, lengths, tags, as ffprobe tells them.
//!
//! A pure, tolerant reader: numbers may come as text, be missing or be nonsense; what cannot be believed is
//! absent. Guarantees never to fail on a file that ffprobe could open. Must not know presets.

mod facts;
mod json;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use facts::{Facts, codec_name, running_time};
pub use json::read;

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
    /// Number of chapters.
    pub chapters: usize,
    /// The file's own tags.
    pub tags: BTreeMap<String, String>,
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
    /// Packets counted, or declared where they were not counted.
    pub packets: Option<u64>,
    /// Facts of a picture.
    pub video: Option<Picture>,
    /// Channels, for sound.
    pub channels: Option<u32>,
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
}

/// Facts of a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Coded width in pixels.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// Width of a pixel by its height; 1 where unknown.
    pub pixel_aspect: f64,
    /// Degrees by which players turn it: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Mean frames per second; absent where unknown.
    pub rate: Option<f64>,
    /// `yuv420p10le` ...
    pub pixel_format: String,
    /// Bits per sample, 8 where unknown.
    pub bits: u32,
    /// `tt`, `bb`, `tb`, `bt`, `progressive` or empty.
    pub field_order: String,
    /// `tv`, `pc` or empty.
    pub range: String,
    /// Transfer characteristic: `bt709`, `smpte2084` ... or empty.
    pub transfer: String,
    /// Frames are stored in another order than shown.
    pub reordered: bool,
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

    /// High dynamic range: PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        matches!(self.transfer.as_str(), "smpte2084" | "arib-std-b67")
    }

    /// Two fields a frame.
    pub fn is_interlaced(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bb" | "tb" | "bt")
    }

    /// Full range: black is 0, not 16.
    pub fn is_full_range(&self) -> bool {
        self.range == "pc" || self.pixel_format.starts_with("yuvj")
    }
}

impl MediaInfo {
    /// The moving picture: marked as default, else the first; covers do not count.
    pub fn video(&self) -> Option<&Stream> {
        let mut moving = self.streams.iter().filter(|s| s.kind == Kind::Video && !s.attached_picture);
        moving.clone().find(|s| s.default).or_else(|| moving.next())
    }

    /// Length in seconds to reckon progress with: the picture's, else the file's.
    pub fn length(&self) -> Option<f64> {
        self.video().and_then(|v| v.seconds).or(self.seconds)
    }
}
