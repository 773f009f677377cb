//! Named encoding choices as data. The built-in list is in `presets.json`; a job stores the preset it was added with,
//! so that a later edit does not affect it.
//!
//! Guarantees that an unknown field or value is refused by name. What a preset means for one file is decided in `plan`.

mod change;
mod check;
pub(crate) mod fields;
mod meaning;
pub(crate) mod parse_error;

pub use change::{differences, set};
pub(crate) use check::validate;
pub use fields::{FIELDS, Field};
pub(crate) use meaning::meaning_of;
pub use meaning::{earlier_meanings, meaning};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;
use ts_rs::TS;

/// An encoding choice. Serialised camelCase; unknown fields are errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preset {
    /// Short stable name: `web-1080p`.
    pub id: String,
    /// Name on screen.
    pub name: String,
    /// One line on what it is for.
    pub description: String,
    /// Output container.
    pub container: Container,
    /// Treatment of video; `None` to keep only audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoPreset>,
    /// Treatment of audio.
    pub audio: AudioPreset,
    /// Treatment of subtitles.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subtitles: Subtitles,
    /// Treatment of tags.
    #[serde(default, skip_serializing_if = "is_default")]
    pub metadata: Metadata,
    /// What to do with a result that is bigger than its original.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bigger: Bigger,
    /// Convert the readable part of a damaged original, and mark the result as partial.
    #[serde(default, skip_serializing_if = "is_default")]
    pub salvage: bool,
}

impl Preset {
    /// Target size in megabytes.
    pub fn size_mb(&self) -> Option<u32> {
        self.video.as_ref()?.size_mb
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Output containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MPEG-4 part 14.
    Mp4,
    /// Matroska.
    Mkv,
    /// `QuickTime`.
    Mov,
    /// MPEG-4, audio only.
    M4a,
}

impl Container {
    /// File name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Container::Mp4 => "mp4",
            Container::Mkv => "mkv",
            Container::Mov => "mov",
            Container::M4a => "m4a",
        }
    }

    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            Container::Mp4 => "MP4",
            Container::Mkv => "MKV",
            Container::Mov => "MOV",
            Container::M4a => "M4A",
        }
    }
}

/// Treatment of video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VideoPreset {
    /// Codec to encode with, unless copied.
    pub codec: VideoCodec,
    /// Constant quality on the codec's scale: 0-51 for H.264 and H.265, 0-63 for AV1; smaller values mean better
    /// quality and bigger files. Exactly one of `crf`, `kbps` and `size_mb` is set; none for `ProRes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crf: Option<u8>,
    /// Mean bit rate in kilobits per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kbps: Option<u32>,
    /// Target size of the whole result in megabytes (10^6 bytes); H.264 only, in two passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mb: Option<u32>,
    /// Effort, `ultrafast` to `veryslow`.
    pub speed: Speed,
    /// Longer side of the box that the displayed picture must fit, in pixels; `None` for any size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub box_long: Option<u32>,
    /// Shorter side of that box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub box_short: Option<u32>,
    /// Maximum frame rate, in frames per second; `None` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_fps: Option<u32>,
    /// Bits per sample of the result.
    pub depth: Depth,
    /// Treatment of high dynamic range.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hdr: Hdr,
    /// Whether graphics hardware may encode.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hardware: Hardware,
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// Treatment of audio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AudioPreset {
    /// Codec to encode with, unless copied.
    pub codec: AudioCodec,
    /// Kilobits per second for stereo; other layouts in proportion to their channels. Ignored for PCM.
    pub kbps: u32,
    /// Maximum number of channels; more are mixed down. `None` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// Which tracks are kept.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tracks: Tracks,
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// Video codecs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264.
    H264,
    /// H.265.
    Hevc,
    /// AV1.
    Av1,
    /// Apple's `ProRes` 422 HQ.
    ProRes,
}

/// Audio codecs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// AAC-LC.
    Aac,
    /// Opus.
    Opus,
    /// Uncompressed, with the original's sample size.
    Pcm,
}

/// Audio tracks that are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tracks {
    /// Every track that can be decoded.
    #[default]
    All,
    /// The default track, else the first.
    First,
}

/// Treatment of subtitles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subtitles {
    /// Kept as far as the container can hold them.
    #[default]
    Keep,
    /// Left out.
    Drop,
}

/// Treatment of tags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Metadata {
    /// All are kept.
    #[default]
    Keep,
    /// All but the location.
    StripLocation,
}

/// What to do with a result that is bigger than its original.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bigger {
    /// Keep it, with a remark.
    #[default]
    Keep,
    /// Discard it: the original, left in place, counts as the result.
    UseOriginal,
}

/// Treatment of high dynamic range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hdr {
    /// Mapped to standard range.
    #[default]
    ToneMap,
    /// Kept, with its tags and mastering data; needs more than 8 bits.
    Keep,
}

/// Whether graphics hardware may encode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hardware {
    /// The CPU encodes: smallest files.
    #[default]
    Off,
    /// Working hardware encodes; the CPU is the fallback.
    Auto,
}

/// Encoder effort, by the names of x264 and x265; other encoders have numbers for them, see `plan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the encoders' own names, fastest first")]
pub enum Speed {
    Ultrafast,
    Superfast,
    Veryfast,
    Faster,
    Fast,
    Medium,
    Slow,
    Slower,
    Veryslow,
}

impl Speed {
    /// The encoder's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Speed::Ultrafast => "ultrafast",
            Speed::Superfast => "superfast",
            Speed::Veryfast => "veryfast",
            Speed::Faster => "faster",
            Speed::Fast => "fast",
            Speed::Medium => "medium",
            Speed::Slow => "slow",
            Speed::Slower => "slower",
            Speed::Veryslow => "veryslow",
        }
    }
}

/// Bits per sample of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Always 8: plays everywhere.
    Eight,
    /// 10 where the source has more than 8, else 8.
    Source,
    /// Always 10.
    Ten,
}

/// When a stream is copied instead of encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyRule {
    /// Always encode.
    Never,
    /// Copy if the stream already meets the preset (smart copy).
    WhenFits,
    /// Copy if the container can hold it.
    WhenHeld,
}

static BUILT_IN: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "compiled in; a test reads it")]
    serde_json::from_str(include_str!("presets.json")).expect("presets.json is valid")
});

/// The preset used when none is named.
pub const DEFAULT_PRESET: &str = "web-1080p";

/// The built-in presets, in display order.
pub fn built_in() -> &'static [Preset] {
    &BUILT_IN
}

/// The built-in preset with this id.
pub fn find(id: &str) -> Option<&'static Preset> {
    BUILT_IN.iter().find(|p| p.id == id)
}

/// Reads one preset from JSON.
///
/// # Errors
/// One sentence naming the invalid field.
pub fn read(text: &str) -> Result<Preset, String> {
    let refuse = |e: &serde_json::Error| format!("this is not a valid preset: {}", parse_error::plain(e));
    serde_json::from_str(text).map_err(|e| refuse(&e)).and_then(validate)
}

/// Reads presets from JSON: one, several in sequence, or lists of them.
///
/// # Errors
/// One sentence naming the preset and the invalid field.
pub fn read_all(text: &str) -> Result<Vec<Preset>, String> {
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value.map_err(|e| format!("this is not JSON of presets: {}", parse_error::plain(&e)))? {
            Value::Array(list) => found.extend(list),
            value => found.push(value),
        }
    }
    if found.is_empty() {
        return Err("it holds no preset".into());
    }
    let alone = found.len() == 1 && text.trim_start().starts_with('{');
    let one = |(n, value): (usize, &Value)| {
        if alone {
            // Parsed from the text, so that the line of a mistake is known.
            return read(text);
        }
        let refuse = |why: String| match value["id"].as_str() {
            Some(id) => format!("preset \"{id}\": {why}"),
            None => format!("preset {} of {}: {why}", n + 1, found.len()),
        };
        let object = value.as_object().ok_or_else(|| refuse("it must be an object in braces".into()))?;
        let preset =
            serde_json::from_value(object.clone().into()).map_err(|e| refuse(parse_error::plain(&e)))?;
        validate(preset).map_err(refuse)
    };
    found.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_presets_are_valid_and_unique() {
        let ids: Vec<_> = built_in().iter().map(|p| p.id.as_str()).collect();
        assert_eq!(
            ids.join(" "),
            "web-1080p web-720p small-hevc archive-av1 edit-prores remux-mp4 fit-size audio-m4a"
        );
        assert!(find(DEFAULT_PRESET).is_some());
        for preset in built_in() {
            validate(preset.clone()).unwrap();
        }
    }
}
