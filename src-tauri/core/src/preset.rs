//! Named encoding choices, as data: the built-in list stands in `presets.json`, and a job keeps the preset it
//! was added with, so that a later edit changes nothing behind the user's back.
//!
//! Guarantees that an unknown field or word is refused with its name. What a preset means for one file is
//! decided in `plan`.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

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
    /// What happens to the picture.
    pub video: VideoPreset,
    /// What happens to sound.
    pub audio: AudioPreset,
}

/// Kinds of file that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MPEG-4 part 14.
    Mp4,
}

impl Container {
    /// File name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Container::Mp4 => "mp4",
        }
    }
}

/// What happens to the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VideoPreset {
    /// Codec to encode with, where it is not copied.
    pub codec: VideoCodec,
    /// Constant rate factor of the codec, 0-51; smaller is better and bigger.
    pub crf: u8,
    /// The encoder's own speed word, `ultrafast` to `veryslow`.
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
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// What happens to sound: every decodable track is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AudioPreset {
    /// Codec to encode with, where it is not copied.
    pub codec: AudioCodec,
    /// Kilobits per second for stereo; other layouts in proportion to their channels.
    pub kbps: u32,
    /// Whether a stream may be copied instead.
    pub copy: CopyRule,
}

/// Codecs for the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264 by libx264.
    H264,
    /// H.265 by libx265.
    Hevc,
}

/// Codecs for sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// ffmpeg's own AAC-LC.
    Aac,
}

/// Effort of an encoder, in x264's and x265's words.
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
}

/// When a stream is copied instead of encoded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyRule {
    /// Always encode.
    Never,
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

/// The preset with one field changed: `path` is its dotted name in JSON, such as `video.crf`.
///
/// # Errors
/// One sentence naming the field or value that does not fit.
pub fn set(preset: &Preset, path: &str, value: &str) -> Result<Preset, String> {
    let mut json = serde_json::to_value(preset).map_err(|e| e.to_string())?;
    let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
    let group = json.pointer_mut(&pointer).and_then(|v| v.as_object_mut());
    let group = group.ok_or_else(|| format!("\"{path}\" is not a setting of the preset {}", preset.id))?;
    // A word is a string, anything else that parses is itself: 23, true, null.
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    group.insert(field.to_owned(), value);
    serde_json::from_value::<Preset>(json)
        .map_err(|e| format!("{path} cannot be set so: {e}"))
        .and_then(validate)
}

/// Reads one preset from JSON.
///
/// # Errors
/// One sentence naming the field that does not fit.
pub fn read(text: &str) -> Result<Preset, String> {
    serde_json::from_str(text).map_err(|e| format!("this is not a valid preset: {e}")).and_then(validate)
}

/// Bounds that the types alone do not say.
fn validate(preset: Preset) -> Result<Preset, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if preset.id.is_empty() || preset.id.len() > 40 || !preset.id.chars().all(plain) {
        return Err("id must be 1 to 40 letters, digits, - or _".into());
    }
    // The name becomes part of file names.
    if preset.name.is_empty() || preset.name.len() > 60 || preset.name.contains(['/', '\\', ':', '\0', '\n'])
    {
        return Err("name must be 1 to 60 characters without / \\ : or line breaks".into());
    }
    if preset.video.crf > 51 {
        return Err(format!("video.crf must be 0 to 51, not {}", preset.video.crf));
    }
    if !(8..=1024).contains(&preset.audio.kbps) {
        return Err(format!("audio.kbps must be 8 to 1024, not {}", preset.audio.kbps));
    }
    if preset.video.box_long.is_some_and(|n| n < 16) || preset.video.box_short.is_some_and(|n| n < 16) {
        return Err("video.boxLong and video.boxShort must be at least 16".into());
    }
    if preset.video.max_fps == Some(0) {
        return Err("video.maxFps must be at least 1".into());
    }
    Ok(preset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_presets_are_valid_and_named_once() {
        let ids: Vec<_> = built_in().iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["web-1080p", "web-720p", "small-hevc", "remux-mp4"]);
        assert!(find(DEFAULT_PRESET).is_some());
        for preset in built_in() {
            validate(preset.clone()).unwrap();
        }
    }

    #[test]
    fn a_setting_is_changed_by_its_dotted_name_and_nonsense_is_refused_by_name() {
        let web = find("web-1080p").unwrap();
        assert_eq!(set(web, "video.crf", "30").unwrap().video.crf, 30);
        assert_eq!(set(web, "video.speed", "ultrafast").unwrap().video.speed, Speed::Ultrafast);
        assert_eq!(set(web, "video.maxFps", "null").unwrap().video.max_fps, None);
        for (path, value, word) in [
            ("video.crf", "99", "0 to 51"),
            ("video.speed", "warp", "warp"),
            ("video.colour", "1", "colour"),
            ("nothing.here", "1", "nothing.here"),
            ("video.maxFps", "0", "at least 1"),
        ] {
            let refusal = set(web, path, value).unwrap_err();
            assert!(refusal.contains(word), "{path}={value}: {refusal}");
        }
    }
}
