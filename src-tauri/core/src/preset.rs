//! Named encoding choices, as data: the built-in list stands in `presets.json`, and a job keeps the preset it
//! was added with, so that a later edit changes nothing behind the user's back.
//!
//! Guarantees that an unknown field or word is refused with its name. What a preset means for one file is
//! decided in `plan`.

mod change;
mod check;
pub(crate) mod fields;
mod meaning;
pub(crate) mod words;

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
    /// Kind of file written.
    pub container: Container,
    /// What happens to the picture; absent: only the sound is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoPreset>,
    /// What happens to sound.
    pub audio: AudioPreset,
    /// What happens to subtitles.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subtitles: Subtitles,
    /// What happens to tags.
    #[serde(default, skip_serializing_if = "is_default")]
    pub metadata: Metadata,
    /// What happens to a result that is bigger than its original.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bigger: Bigger,
    /// Finish what is readable of a damaged original, and say that the result is partial.
    #[serde(default, skip_serializing_if = "is_default")]
    pub salvage: bool,
}

impl Preset {
    /// Megabytes below which the result is to stay.
    pub fn size_mb(&self) -> Option<u32> {
        self.video.as_ref()?.size_mb
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Kinds of file that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MPEG-4 part 14.
    Mp4,
    /// Matroska.
    Mkv,
    /// `QuickTime`.
    Mov,
    /// MPEG-4 with sound alone.
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

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Container::Mp4 => "MP4",
            Container::Mkv => "MKV",
            Container::Mov => "MOV",
            Container::M4a => "M4A",
        }
    }
}

/// What happens to the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VideoPreset {
    /// Codec to encode with, where it is not copied.
    pub codec: VideoCodec,
    /// Constant quality, in the codec's own measure: 0-51 for H.264 and H.265, 0-63 for AV1; smaller is better
    /// and bigger. Exactly one of `crf`, `kbps` and `size_mb`; none for `ProRes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crf: Option<u8>,
    /// Mean rate in kilobits per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kbps: Option<u32>,
    /// Largest size of the whole result in megabytes (10^6 bytes); H.264 alone, in two passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mb: Option<u32>,
    /// Effort, `ultrafast` to `veryslow`.
    pub speed: Speed,
    /// Longer side of the box the displayed picture must fit, in pixels; absent: any size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub box_long: Option<u32>,
    /// Shorter side of that box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub box_short: Option<u32>,
    /// Highest frame rate kept, in frames per second; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_fps: Option<u32>,
    /// Bits per sample of the result.
    pub depth: Depth,
    /// What happens to high dynamic range.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hdr: Hdr,
    /// Whether graphics hardware may encode.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hardware: Hardware,
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// What happens to sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AudioPreset {
    /// Codec to encode with, where it is not copied.
    pub codec: AudioCodec,
    /// Kilobits per second for stereo; other layouts in proportion to their channels. Without meaning for PCM.
    pub kbps: u32,
    /// Most channels kept; more are mixed down. Absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
    /// Which tracks are kept.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tracks: Tracks,
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// Codecs for the picture.
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

/// Codecs for sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// AAC-LC.
    Aac,
    /// Opus.
    Opus,
    /// Uncompressed, as deep as the original.
    Pcm,
}

/// Sound tracks kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tracks {
    /// Every track that can be decoded.
    #[default]
    All,
    /// The default one, else the first.
    First,
}

/// What happens to subtitles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subtitles {
    /// Kept as far as the container can hold them.
    #[default]
    Keep,
    /// Left out.
    Drop,
}

/// What happens to tags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Metadata {
    /// All are kept.
    #[default]
    Keep,
    /// All but where it was recorded.
    StripLocation,
}

/// What happens to a result that is bigger than its original.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bigger {
    /// It is kept, with a remark.
    #[default]
    Keep,
    /// It is discarded: the original, which stays where it is, is the result.
    UseOriginal,
}

/// What happens to high dynamic range.
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
    /// The processor encodes: smallest files.
    #[default]
    Off,
    /// Hardware that works here encodes, where it fails the processor.
    Auto,
}

/// Effort of an encoder, in x264's and x265's words; other encoders have numbers for them, see `plan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the encoders' own words, fastest first")]
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
    /// The word the encoder takes.
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

/// When a stream is copied instead of encoded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyRule {
    /// Always encode.
    Never,
    /// Copy what already is as the preset wants it (smart copy).
    WhenFits,
    /// Copy whatever the container can hold.
    WhenHeld,
}

static BUILT_IN: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "compiled in; a test reads it")]
    serde_json::from_str(include_str!("presets.json")).expect("presets.json is valid")
});

/// The preset used when none is named.
pub const DEFAULT_PRESET: &str = "web-1080p";

/// The presets that come with the program, in the order they are shown.
pub fn built_in() -> &'static [Preset] {
    &BUILT_IN
}

/// The preset with this id.
pub fn find(id: &str) -> Option<&'static Preset> {
    BUILT_IN.iter().find(|p| p.id == id)
}

/// Reads one preset from JSON.
///
/// # Errors
/// One sentence naming the field that does not fit.
pub fn read(text: &str) -> Result<Preset, String> {
    let refuse = |e: &serde_json::Error| format!("this is not a valid preset: {}", words::plain(e));
    serde_json::from_str(text).map_err(|e| refuse(&e)).and_then(validate)
}

/// Reads presets from JSON: one, one after the other, or lists of them.
///
/// # Errors
/// One sentence naming the preset and the field that does not fit.
pub fn read_all(text: &str) -> Result<Vec<Preset>, String> {
    let mut found = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value.map_err(|e| format!("this is not JSON of presets: {}", words::plain(&e)))? {
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
            // Read out of the text, so that the line of a mistake is known.
            return read(text);
        }
        let refuse = |why: String| match value["id"].as_str() {
            Some(id) => format!("preset \"{id}\": {why}"),
            None => format!("preset {} of {}: {why}", n + 1, found.len()),
        };
        let object = value.as_object().ok_or_else(|| refuse("it must be an object in braces".into()))?;
        let preset = serde_json::from_value(object.clone().into()).map_err(|e| refuse(words::plain(&e)))?;
        validate(preset).map_err(refuse)
    };
    found.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_presets_are_valid_and_named_once() {
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
