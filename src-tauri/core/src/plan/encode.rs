//! What is asked of an encoder for one stream: typed values, from the decision to the command.
//!
//! Plain data that is stored with the plan. Must not know how ffmpeg spells any of it: `render` does.

use super::encoder::Encoder;
use crate::media::Mastering;
use crate::preset::Speed;
use crate::reason::StreamReason;
use serde::{Deserialize, Serialize};

/// How one stream is encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncodeSpec {
    /// Codec of the result, in ffprobe's words.
    pub codec: String,
    /// Who encodes.
    pub encoder: Encoder,
    /// The number of frames changes on purpose.
    pub frames_change: bool,
    /// Why it is not copied, where the preset promises that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<StreamReason>,
    /// What the encoder is to do. `None`: the plan is of an earlier version, which kept arguments instead; such a plan is
    /// compared with its result and never carried out.
    #[serde(default)]
    pub settings: Option<Settings>,
}

/// What an encoder is to do, by what it encodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "of")]
pub enum Settings {
    /// A moving picture.
    Picture(Box<PictureSettings>),
    /// Sound.
    Sound(SoundSettings),
    /// Subtitles.
    Text(TextSettings),
    /// A cover.
    Cover(CoverSettings),
}

/// Settings of a moving picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureSettings {
    /// How good, or how large.
    pub quality: Quality,
    /// Effort, of encoders that have one.
    pub speed: Speed,
    /// Samples that the encoder is given.
    pub pixels: Pixels,
    /// The encoder counts time in the finest unit, not in frames.
    pub fine_clock: bool,
    /// How much longer the last picture of an animation stands than all before it, as a share of its own time.
    pub last_picture: Option<f64>,
    /// Both fields of each frame are kept as they were taken.
    pub interlaced: bool,
    /// Container tag, such as `hvc1`.
    pub tag: Option<String>,
    /// The range becomes a limited one, which is said where the colours are not.
    pub to_limited_range: bool,
    /// Colours that the result is said to have.
    pub colours: Option<Colours>,
    /// The result has high dynamic range.
    pub hdr: Option<Hdr10>,
    /// Filters, in order.
    pub filters: Vec<PictureFilter>,
}

/// How good a picture is to be, or how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Quality {
    /// The encoder has one quality alone.
    Fixed,
    /// Constant quality, on the scale of H.264's and H.265's crf.
    Crf(u8),
    /// Kilobits a second.
    Kbps(u64),
}

/// Samples of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pixels {
    /// 4:2:0 with 8 bits.
    Eight,
    /// 4:2:0 with 10 bits.
    Ten,
    /// 4:2:2 with 10 bits.
    TenWide,
}

impl Pixels {
    /// Bits per sample.
    pub fn bits(self) -> u32 {
        if self == Pixels::Eight { 8 } else { 10 }
    }
}

/// Primaries, transfer and matrix, in ffmpeg's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the terms of the field")]
pub struct Colours {
    pub primaries: String,
    pub transfer: String,
    pub matrix: String,
}

/// What a picture of high dynamic range says of its light.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hdr10 {
    /// The display that it was mastered on.
    pub mastering: Option<Mastering>,
    /// Brightest pixel and brightest mean of a frame, in cd/m2.
    pub light: Option<(u32, u32)>,
}

/// One filter of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "filter")]
pub enum PictureFilter {
    /// Takes off what the container hides: the part of `width` and `height` at `left` and `top` is kept, where a picture is
    /// larger than that.
    Crop {
        /// Columns kept.
        width: u32,
        /// Rows kept.
        height: u32,
        /// Columns taken off at the left.
        left: u32,
        /// Rows taken off at the top.
        top: u32,
        /// Width of a pixel by its height.
        pixel_aspect: f64,
    },
    /// Reports each picture of input stream `input` and lets it pass unchanged.
    Watch {
        /// Index in the input.
        input: usize,
    },
    /// Keeps the first frame of each `1/fps` of a second.
    Cap {
        /// Most frames a second.
        fps: u32,
    },
    /// Marks each frame.
    Fields {
        /// As this.
        order: FieldOrder,
    },
    /// Makes one frame of each pair of fields.
    Deinterlace {
        /// The lower field is the earlier one.
        bottom_first: bool,
    },
    /// Spreads samples of few bits over the whole range.
    Unpack,
    /// Brings the picture to a size.
    Scale {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Sizes change: each picture keeps its shape within that size, with bars.
        within: bool,
        /// Exact colours, at the cost of speed.
        exact: bool,
        /// What becomes of the range.
        range: RangeChange,
        /// Field by field.
        interlaced: bool,
    },
    /// Says the shape of a pixel.
    PixelAspect {
        /// Width by height; `None`: a square.
        aspect: Option<f64>,
    },
    /// Maps high dynamic range to BT.709.
    ToneMap {
        /// Colours of the source.
        from: Colours,
        /// The source is of full range.
        full_range: bool,
        /// The source is of red, green and blue.
        rgb: bool,
        /// Brightest light that is kept apart, in cd/m2.
        peak: f64,
        /// Samples of the result.
        pixels: Pixels,
    },
    /// Says the colours of each frame.
    Tag {
        /// These.
        colours: Colours,
    },
}

/// Order of the fields of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the terms of the field")]
pub enum FieldOrder {
    TopFirst,
    BottomFirst,
    Progressive,
}

/// What scaling does to the range of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RangeChange {
    /// Nothing.
    None,
    /// Full range becomes limited.
    ToLimited,
    /// Red, green and blue become a limited range.
    FromRgb {
        /// By the matrix of BT.2020, not that of BT.709.
        bt2020: bool,
    },
}

/// Settings of sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundSettings {
    /// Kilobits a second; `None`: plain samples.
    pub kbps: Option<u32>,
    /// Filters, in order.
    pub filters: Vec<SoundFilter>,
}

/// One filter of sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "filter")]
pub enum SoundFilter {
    /// Fills what is missing with silence.
    Fill {
        /// Gaps of a frame already.
        exact: bool,
    },
    /// Brings the sound to a layout that ffmpeg knows the way to.
    Layout {
        /// In ffmpeg's words.
        layout: String,
    },
    /// Names the channels, in their order.
    Name {
        /// The layout that they become.
        layout: String,
    },
    /// Mixes channels.
    Mix {
        /// Layout of the result.
        layout: String,
        /// Its channels; those that are not named stay silent.
        channels: Vec<Mixed>,
    },
    /// Makes samples such that nothing is cut off in a mix.
    Float,
    /// Keeps the sound at or below a level, without delay.
    Limit {
        /// Share of full scale.
        level: f64,
    },
    /// Makes the sound come later.
    Delay {
        /// By so much.
        seconds: f64,
    },
}

/// One channel of a mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mixed {
    /// Its name.
    pub to: String,
    /// Levels and names of the channels that it is made of; never empty.
    pub from: Vec<(f64, String)>,
}

/// Settings of subtitles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextSettings {
    /// Marks to set, such as `default` and `forced`; `None`: ffmpeg passes them on by itself.
    pub marks: Option<Vec<String>>,
}

/// Settings of a cover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverSettings {
    /// The picture alone, at the highest quality: whatever stands beside it is left out.
    pub bare: bool,
    /// Container tag.
    pub tag: Option<String>,
}

impl EncodeSpec {
    /// This codec by this encoder, with all frames.
    pub(super) fn new(codec: &str, encoder: Encoder, settings: Settings) -> EncodeSpec {
        let (codec, settings) = (codec.to_owned(), Some(settings));
        EncodeSpec { codec, encoder, frames_change: false, instead: None, settings }
    }

    /// Settings of a moving picture.
    pub fn picture(&self) -> Option<&PictureSettings> {
        match &self.settings {
            Some(Settings::Picture(settings)) => Some(settings),
            _ => None,
        }
    }

    /// Settings of sound.
    pub fn sound(&self) -> Option<&SoundSettings> {
        match &self.settings {
            Some(Settings::Sound(settings)) => Some(settings),
            _ => None,
        }
    }
}
