//! The known encoders, and which one encodes a codec. Plain tables.

use crate::preset::{VideoCodec, VideoPreset};
use serde::{Deserialize, Serialize};

/// An encoder of ffmpeg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(missing_docs, reason = "the encoders' own names")]
pub enum Encoder {
    X264,
    X265,
    SvtAv1,
    Aom,
    ProRes,
    Hardware(&'static HardwareEncoder),
    Aac,
    Opus,
    Pcm(Samples),
    MovText,
    Subrip,
    Png,
    Mjpeg,
}

/// Sample formats of PCM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "integers or floating point, and their bits")]
pub enum Samples {
    Int16,
    Int24,
    Int32,
    Float32,
    Float64,
}

/// Encoders that are part of ffmpeg or its common libraries.
const SOFTWARE: [Encoder; 16] = [
    Encoder::X264,
    Encoder::X265,
    Encoder::SvtAv1,
    Encoder::Aom,
    Encoder::ProRes,
    Encoder::Aac,
    Encoder::Opus,
    Encoder::Pcm(Samples::Int16),
    Encoder::Pcm(Samples::Int24),
    Encoder::Pcm(Samples::Int32),
    Encoder::Pcm(Samples::Float32),
    Encoder::Pcm(Samples::Float64),
    Encoder::MovText,
    Encoder::Subrip,
    Encoder::Png,
    Encoder::Mjpeg,
];

impl Encoder {
    /// ffmpeg's name.
    pub fn name(self) -> &'static str {
        match self {
            Encoder::X264 => "libx264",
            Encoder::X265 => "libx265",
            Encoder::SvtAv1 => "libsvtav1",
            Encoder::Aom => "libaom-av1",
            Encoder::ProRes => "prores_ks",
            Encoder::Hardware(hardware) => hardware.name,
            Encoder::Aac => "aac",
            Encoder::Opus => "libopus",
            Encoder::Pcm(Samples::Int16) => "pcm_s16le",
            Encoder::Pcm(Samples::Int24) => "pcm_s24le",
            Encoder::Pcm(Samples::Int32) => "pcm_s32le",
            Encoder::Pcm(Samples::Float32) => "pcm_f32le",
            Encoder::Pcm(Samples::Float64) => "pcm_f64le",
            Encoder::MovText => "mov_text",
            Encoder::Subrip => "srt",
            Encoder::Png => "png",
            Encoder::Mjpeg => "mjpeg",
        }
    }

    /// The encoder with this ffmpeg name.
    pub fn named(name: &str) -> Option<Encoder> {
        let software = SOFTWARE.into_iter().find(|encoder| encoder.name() == name);
        software.or_else(|| HARDWARE.iter().find(|h| h.name == name).map(Encoder::Hardware))
    }

    /// Whether it encodes audio.
    pub fn is_of_sound(self) -> bool {
        matches!(self, Encoder::Aac | Encoder::Opus | Encoder::Pcm(_))
    }

    /// The hardware encoder, if it is one.
    pub fn hardware(self) -> Option<&'static HardwareEncoder> {
        if let Encoder::Hardware(hardware) = self { Some(hardware) } else { None }
    }
}

impl From<Encoder> for String {
    fn from(encoder: Encoder) -> String {
        encoder.name().to_owned()
    }
}

impl TryFrom<String> for Encoder {
    type Error = String;

    fn try_from(name: String) -> Result<Encoder, String> {
        Encoder::named(&name).ok_or_else(|| format!("no encoder is called {name}"))
    }
}

/// A hardware encoder. None of them is run where Spool is tested; a stand-in is.
#[derive(Debug, PartialEq, Eq)]
pub struct HardwareEncoder {
    /// ffmpeg's name.
    pub name: &'static str,
    /// Codec of its output.
    pub codec: VideoCodec,
    /// Family whose options it takes.
    pub(super) family: Family,
}

/// Hardware encoders that take the same options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    VideoToolbox,
    Nvenc,
    Qsv,
    Amf,
    Vaapi,
}

const fn of(family: Family, name: &'static str, codec: VideoCodec) -> HardwareEncoder {
    HardwareEncoder { name, codec, family }
}

/// All hardware encoders that are tried, best first.
pub const HARDWARE: &[HardwareEncoder] = &[
    of(Family::VideoToolbox, "h264_videotoolbox", VideoCodec::H264),
    of(Family::VideoToolbox, "hevc_videotoolbox", VideoCodec::Hevc),
    of(Family::Nvenc, "h264_nvenc", VideoCodec::H264),
    of(Family::Nvenc, "hevc_nvenc", VideoCodec::Hevc),
    of(Family::Nvenc, "av1_nvenc", VideoCodec::Av1),
    of(Family::Qsv, "h264_qsv", VideoCodec::H264),
    of(Family::Qsv, "hevc_qsv", VideoCodec::Hevc),
    of(Family::Amf, "h264_amf", VideoCodec::H264),
    of(Family::Amf, "hevc_amf", VideoCodec::Hevc),
    of(Family::Vaapi, "h264_vaapi", VideoCodec::H264),
    of(Family::Vaapi, "hevc_vaapi", VideoCodec::Hevc),
];

/// Limits of SVT-AV1: smallest side in pixels, highest frame rate. libaom has neither.
const SVT_MIN_SIDE: u32 = 64;
const SVT_MAX_RATE: f64 = 240.0;

/// Software encoder for a picture of this size and frame rate (Hz, as declared).
pub(super) fn software(preset: &VideoPreset, (width, height): (u32, u32), rate: Option<f64>) -> Encoder {
    match preset.codec {
        VideoCodec::H264 => Encoder::X264,
        VideoCodec::Hevc => Encoder::X265,
        VideoCodec::Av1 if width.min(height) < SVT_MIN_SIDE => Encoder::Aom,
        VideoCodec::Av1 if rate.is_some_and(|rate| rate > SVT_MAX_RATE) => Encoder::Aom,
        VideoCodec::Av1 => Encoder::SvtAv1,
        VideoCodec::ProRes => Encoder::ProRes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoder_is_found_by_its_name() {
        let all = SOFTWARE.into_iter().chain(HARDWARE.iter().map(Encoder::Hardware));
        assert!(all.into_iter().all(|encoder| Encoder::named(encoder.name()) == Some(encoder)));
        assert_eq!(Encoder::named("libx266"), None);
    }
}
