//! Encoders: which one serves a codec, and what quality, speed and depth are called by it. Plain tables.

use super::options;
use crate::preset::{Speed, VideoCodec, VideoPreset};

/// An encoder of graphics hardware. None of them was ever run where Spool is tested, but through a stand-in.
#[derive(Debug, PartialEq, Eq)]
pub struct HardwareEncoder {
    /// ffmpeg's name of it.
    pub name: &'static str,
    /// What it encodes.
    pub codec: VideoCodec,
    /// Its word for constant quality, on the scale of H.264's and H.265's crf; `None`: it has none.
    quality: Option<&'static str>,
    /// Further options.
    fixed: &'static [(&'static str, &'static str)],
    /// Last filter before it.
    filter: Option<&'static str>,
    /// Arguments before the input.
    pub(super) set_up: &'static [&'static str],
}

const fn plain(
    name: &'static str,
    codec: VideoCodec,
    quality: &'static str,
    fixed: &'static [(&'static str, &'static str)],
) -> HardwareEncoder {
    HardwareEncoder { name, codec, quality: Some(quality), fixed, filter: None, set_up: &[] }
}

const fn vaapi(name: &'static str, codec: VideoCodec) -> HardwareEncoder {
    HardwareEncoder {
        name,
        codec,
        quality: Some("qp"),
        fixed: &[("rc_mode", "CQP")],
        filter: Some("format=nv12,hwupload"),
        set_up: &["-vaapi_device", "/dev/dri/renderD128"],
    }
}

/// All that are tried, best first.
pub const HARDWARE: &[HardwareEncoder] = &[
    plain("h264_videotoolbox", VideoCodec::H264, "q", &[("allow_sw", "0")]),
    plain("hevc_videotoolbox", VideoCodec::Hevc, "q", &[("allow_sw", "0")]),
    plain("h264_nvenc", VideoCodec::H264, "cq", &[("rc", "vbr"), ("b", "0")]),
    plain("hevc_nvenc", VideoCodec::Hevc, "cq", &[("rc", "vbr"), ("b", "0")]),
    plain("av1_nvenc", VideoCodec::Av1, "cq", &[("rc", "vbr"), ("b", "0")]),
    plain("h264_qsv", VideoCodec::H264, "global_quality", &[]),
    plain("hevc_qsv", VideoCodec::Hevc, "global_quality", &[]),
    plain("h264_amf", VideoCodec::H264, "qp_i", &[("rc", "cqp")]),
    plain("hevc_amf", VideoCodec::Hevc, "qp_i", &[("rc", "cqp")]),
    vaapi("h264_vaapi", VideoCodec::H264),
    vaapi("hevc_vaapi", VideoCodec::Hevc),
];

/// The arguments of a test encode of three frames to nowhere, or of a tenth of a second of sound.
pub fn test_arguments(encoder: &str) -> Vec<String> {
    let hardware = HARDWARE.iter().find(|h| h.name == encoder);
    let sound = matches!(encoder, "aac" | "libopus") || encoder.starts_with("pcm_");
    let source = if sound { "sine=d=0.1" } else { "color=s=256x256:d=0.12:r=25" };
    let mut all: Vec<&str> = vec!["-v", "error", "-nostdin"];
    all.extend(hardware.iter().flat_map(|h| h.set_up));
    all.extend(["-f", "lavfi", "-i", source]);
    all.extend(hardware.and_then(|h| h.filter).iter().flat_map(|filter| ["-vf", filter]));
    all.extend([if sound { "-c:a" } else { "-c:v" }, encoder, "-f", "null", "-"]);
    all.into_iter().map(str::to_owned).collect()
}

/// What is asked of an encoder.
pub(super) struct Wish<'a> {
    pub(super) preset: &'a VideoPreset,
    pub(super) size: (u32, u32),
    /// More than 8 bits.
    pub(super) deep: bool,
    /// Frames per second, as claimed.
    pub(super) rate: Option<f64>,
    pub(super) hardware: Option<&'a HardwareEncoder>,
}

/// SVT-AV1 takes no smaller side and no faster rate than these; libaom does.
const SMALLEST_SVT: u32 = 64;
const FASTEST_SVT: f64 = 240.0;

impl Wish<'_> {
    pub(super) fn name(&self) -> &'static str {
        match (self.hardware, self.preset.codec) {
            (Some(hardware), _) => hardware.name,
            (None, VideoCodec::H264) => "libx264",
            (None, VideoCodec::Hevc) => "libx265",
            (None, VideoCodec::Av1) if self.size.0.min(self.size.1) < SMALLEST_SVT => "libaom-av1",
            (None, VideoCodec::Av1) if self.rate.is_some_and(|rate| rate > FASTEST_SVT) => "libaom-av1",
            (None, VideoCodec::Av1) => "libsvtav1",
            (None, VideoCodec::ProRes) => "prores_ks",
        }
    }

    /// The filter that hands frames to it, where it needs one.
    pub(super) fn filter(&self) -> Option<&'static str> {
        self.hardware.and_then(|h| h.filter)
    }

    pub(super) fn pixel_format(&self) -> &'static str {
        match (self.preset.codec, self.deep) {
            (VideoCodec::ProRes, _) => "yuv422p10le",
            (_, true) if self.hardware.is_some() => "p010le",
            (_, true) => "yuv420p10le",
            (_, false) => "yuv420p",
        }
    }

    /// Quality and speed in the encoder's words.
    pub(super) fn options(&self) -> Vec<(String, String)> {
        let mut all = self.quality();
        if let Some(hardware) = self.hardware {
            all.extend(hardware.fixed.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
            return all;
        }
        let speed = self.preset.speed;
        all.extend(match self.name() {
            "libx264" => {
                options([("preset", speed.as_str()), ("profile", if self.deep { "high10" } else { "high" })])
            }
            "libx265" => options([("preset", speed.as_str())]),
            "libsvtav1" => options([("preset", &svt_preset(speed).to_string())]),
            "libaom-av1" => {
                options([("cpu-used", &(svt_preset(speed) * 2 / 3).to_string()), ("row-mt", "1")])
            }
            _ => options([("profile", "3"), ("vendor", "apl0")]),
        });
        all
    }

    fn quality(&self) -> Vec<(String, String)> {
        let preset = self.preset;
        if let Some(kbps) = preset.kbps {
            return options([("b", &format!("{kbps}k"))]);
        }
        let Some(crf) = preset.crf else { return Vec::new() };
        match (self.hardware, self.name()) {
            // Its scale goes the other way, 1 to 100.
            (Some(h), _) if h.name.ends_with("videotoolbox") => {
                options([("q", &(100 - u32::from(crf) * 3 / 2).to_string())])
            }
            (Some(h), _) => h.quality.iter().map(|word| ((*word).to_owned(), crf.to_string())).collect(),
            // Without a rate of 0 it would be a ceiling for libaom's 256 kbit/s.
            (None, "libaom-av1") => options([("crf", &crf.to_string()), ("b", "0")]),
            (None, _) => options([("crf", &crf.to_string())]),
        }
    }
}

/// SVT-AV1's presets, 0 to 13, where 6 is about as thorough as x264's `medium` is for H.264.
fn svt_preset(speed: Speed) -> u8 {
    match speed {
        Speed::Ultrafast => 12,
        Speed::Superfast => 11,
        Speed::Veryfast => 10,
        Speed::Faster => 8,
        Speed::Fast => 7,
        Speed::Medium => 6,
        Speed::Slow => 4,
        Speed::Slower => 3,
        Speed::Veryslow => 2,
    }
}
