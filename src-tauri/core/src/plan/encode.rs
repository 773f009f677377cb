//! Encoder settings of one stream as typed values, from the decision to the command line.
//!
//! Plain data that is stored with the plan. Must not know ffmpeg's option names; `render` does.

use super::encoder::Encoder;
use crate::media::Mastering;
use crate::preset::Speed;
use crate::reason::StreamReason;
use serde::{Deserialize, Serialize};

/// How one stream is encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncodeSpec {
    /// Codec of the result, by ffprobe's name.
    pub codec: String,
    /// The encoder.
    pub encoder: Encoder,
    /// The plan changes the number of frames.
    pub frames_change: bool,
    /// Why the stream is not copied, where the preset promises a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<StreamReason>,
    /// Settings of the encoder. `None`: the plan is of an earlier version, which stored arguments instead; such a
    /// plan is only compared with its result, never executed.
    #[serde(default)]
    pub settings: Option<Settings>,
}

/// Encoder settings by kind of stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "of")]
pub enum Settings {
    /// A moving picture.
    Picture(Box<PictureSettings>),
    /// Audio.
    Sound(SoundSettings),
    /// Subtitles.
    Text(TextSettings),
    /// A cover.
    Cover(CoverSettings),
}

/// Settings of the moving picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureSettings {
    /// Quality or bit rate.
    pub quality: Quality,
    /// Encoding effort, for encoders that have such a setting.
    pub speed: Speed,
    /// Pixel format given to the encoder.
    pub pixels: Pixels,
    /// The encoder's time base is the finest there is, not one tick per frame.
    pub fine_clock: bool,
    /// Duration of an animation's last frame, as a share of its timestamp.
    pub last_picture: Option<f64>,
    /// Stays interlaced: both fields of each frame are kept.
    pub interlaced: bool,
    /// Container tag, such as `hvc1`.
    pub tag: Option<String>,
    /// Converts full range to limited range, which is tagged where `colours` is `None`.
    pub to_limited_range: bool,
    /// Colour tags of the result.
    pub colours: Option<Colours>,
    /// Metadata of a result with high dynamic range.
    pub hdr: Option<Hdr10>,
    /// Filters, in order.
    pub filters: Vec<PictureFilter>,
}

/// Target quality or bit rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Quality {
    /// The encoder has no quality setting.
    Fixed,
    /// Constant quality, on the scale of H.264's and H.265's crf.
    Crf(u8),
    /// Bit rate in kbit/s.
    Kbps(u64),
}

/// Pixel format.
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

/// Primaries, transfer and matrix, by ffmpeg's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "standard terms")]
pub struct Colours {
    pub primaries: String,
    pub transfer: String,
    pub matrix: String,
}

/// Static metadata of high dynamic range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hdr10 {
    /// Mastering display.
    pub mastering: Option<Mastering>,
    /// `MaxCLL` and `MaxFALL`: brightest pixel and brightest frame average, in cd/m2.
    pub light: Option<(u32, u32)>,
}

/// A video filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "filter")]
pub enum PictureFilter {
    /// Removes what the container hides: keeps `width` × `height` at (`left`, `top`) of frames that are larger than
    /// that.
    Crop {
        /// Width kept, in pixels.
        width: u32,
        /// Height kept, in pixels.
        height: u32,
        /// Columns removed at the left.
        left: u32,
        /// Rows removed at the top.
        top: u32,
        /// Pixel aspect ratio (width / height).
        pixel_aspect: f64,
    },
    /// Reports each frame of input stream `input` and passes it on unchanged.
    Watch {
        /// Index in the input.
        input: usize,
    },
    /// Keeps the first frame of each `1/fps` of a second.
    Cap {
        /// Maximum frame rate.
        fps: u32,
    },
    /// Sets the field order of each frame.
    Fields {
        /// The field order.
        order: FieldOrder,
    },
    /// Makes one frame of each pair of fields.
    Deinterlace {
        /// The bottom field comes first.
        bottom_first: bool,
    },
    /// Expands pixels packed into less than 8 bits per channel to the whole range.
    Unpack,
    /// Scales to a size.
    Scale {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The frame size changes in the stream: each frame is letterboxed or pillarboxed into this size.
        within: bool,
        /// Exact colour conversion, at the cost of speed.
        exact: bool,
        /// Change of the range.
        range: RangeChange,
        /// Field by field.
        interlaced: bool,
    },
    /// Sets the pixel aspect ratio.
    PixelAspect {
        /// Width / height; `None`: square.
        aspect: Option<f64>,
    },
    /// Maps high dynamic range to BT.709.
    ToneMap {
        /// Colours of the source.
        from: Colours,
        /// The source has full range.
        full_range: bool,
        /// The source is RGB.
        rgb: bool,
        /// Peak luminance that is mapped without clipping, in cd/m2.
        peak: f64,
        /// Pixel format of the result.
        pixels: Pixels,
    },
    /// Tags the colours of each frame.
    Tag {
        /// The tags.
        colours: Colours,
    },
}

/// Order of the fields of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "standard terms")]
pub enum FieldOrder {
    TopFirst,
    BottomFirst,
    Progressive,
}

/// Change of the range while scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum RangeChange {
    /// Unchanged.
    None,
    /// Full to limited range.
    ToLimited,
    /// RGB to YUV of limited range.
    FromRgb {
        /// With the matrix of BT.2020 instead of BT.709.
        bt2020: bool,
    },
}

/// Audio settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoundSettings {
    /// Bit rate in kbit/s; `None`: PCM.
    pub kbps: Option<u32>,
    /// Filters, in order.
    pub filters: Vec<SoundFilter>,
}

/// An audio filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "filter")]
pub enum SoundFilter {
    /// Fills gaps with silence.
    Fill {
        /// Fills gaps as short as one frame.
        exact: bool,
    },
    /// Converts to a layout with ffmpeg's own mix.
    Layout {
        /// ffmpeg's name of the layout.
        layout: String,
    },
    /// Assigns a layout to the channels, in their order.
    Name {
        /// The layout.
        layout: String,
    },
    /// Mixes channels.
    Mix {
        /// Layout of the result.
        layout: String,
        /// Channels of the result; those not listed are silent.
        channels: Vec<Mixed>,
    },
    /// Converts to floating point, so that a mix does not clip.
    Float,
    /// Limits the level, without delay.
    Limit {
        /// Level as a share of full scale.
        level: f64,
    },
    /// Delays the audio.
    Delay {
        /// Delay in seconds.
        seconds: f64,
    },
}

/// An output channel of a mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mixed {
    /// Name of the channel.
    pub to: String,
    /// Levels and names of the input channels; never empty.
    pub from: Vec<(f64, String)>,
}

/// Settings of subtitles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextSettings {
    /// Dispositions to set, such as `default` and `forced`; `None`: ffmpeg passes them on.
    pub marks: Option<Vec<String>>,
}

/// Settings of a cover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverSettings {
    /// Encoded at the highest quality, without any metadata of its file.
    pub bare: bool,
    /// Container tag.
    pub tag: Option<String>,
}

impl EncodeSpec {
    /// This codec with this encoder, all frames kept.
    pub(super) fn new(codec: &str, encoder: Encoder, settings: Settings) -> EncodeSpec {
        let (codec, settings) = (codec.to_owned(), Some(settings));
        EncodeSpec { codec, encoder, frames_change: false, instead: None, settings }
    }

    /// Settings of the moving picture, if it is one.
    pub fn picture(&self) -> Option<&PictureSettings> {
        match &self.settings {
            Some(Settings::Picture(settings)) => Some(settings),
            _ => None,
        }
    }

    /// Audio settings, if it is audio.
    pub fn sound(&self) -> Option<&SoundSettings> {
        match &self.settings {
            Some(Settings::Sound(settings)) => Some(settings),
            _ => None,
        }
    }
}
