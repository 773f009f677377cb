//! ffmpeg's options of hardware encoders, by family. Pure tables.

use super::Pair;
use crate::plan::encode::{Pixels, Quality};
use crate::plan::encoder::{Encoder, Family, HardwareEncoder};

/// Arguments before the input.
pub(crate) fn set_up(hardware: &HardwareEncoder) -> &'static [&'static str] {
    match hardware.family {
        Family::Vaapi => &["-vaapi_device", "/dev/dri/renderD128"],
        _ => &[],
    }
}

/// Last filter before the encoder, which uploads the frames; `None`: the encoder takes frames in main memory.
pub(crate) fn upload(encoder: Encoder, pixels: Pixels) -> Option<String> {
    let vaapi = encoder.hardware().is_some_and(|hardware| hardware.family == Family::Vaapi);
    let format = if pixels == Pixels::Eight { "nv12" } else { "p010" };
    vaapi.then(|| format!("format={format},hwupload"))
}

/// Options for quality or bit rate.
pub(super) fn quality(hardware: &HardwareEncoder, quality: Quality) -> Vec<Pair> {
    let family = hardware.family;
    let (value, mode) = match quality {
        Quality::Fixed => (None, &[][..]),
        Quality::Kbps(kbps) => (Some(("b", format!("{kbps}k"))), rate_control(family)),
        // Its scale is inverted, 1 to 100.
        Quality::Crf(crf) if family == Family::VideoToolbox => {
            (Some(("q", (100 - u32::from(crf) * 3 / 2).to_string())), constant_mode(family))
        }
        Quality::Crf(crf) => (Some((constant_option(family), crf.to_string())), constant_mode(family)),
    };
    // A software fallback would be slower than x264.
    let fixed: &[(&str, &str)] = if family == Family::VideoToolbox { &[("allow_sw", "0")] } else { &[] };
    let pairs = mode.iter().chain(fixed).map(|(name, value)| (*name, (*value).to_owned()));
    value.into_iter().chain(pairs).collect()
}

/// The family's option for constant quality, on the crf scale of H.264 and H.265.
fn constant_option(family: Family) -> &'static str {
    match family {
        Family::VideoToolbox => "q",
        Family::Nvenc => "cq",
        Family::Qsv => "global_quality",
        Family::Amf => "qp_i",
        Family::Vaapi => "qp",
    }
}

/// Further options for constant quality.
fn constant_mode(family: Family) -> &'static [(&'static str, &'static str)] {
    match family {
        Family::VideoToolbox | Family::Qsv => &[],
        Family::Nvenc => &[("rc", "vbr"), ("b", "0")],
        Family::Amf => &[("rc", "cqp")],
        Family::Vaapi => &[("rc_mode", "CQP")],
    }
}

/// Further options for a bit rate.
fn rate_control(family: Family) -> &'static [(&'static str, &'static str)] {
    match family {
        Family::VideoToolbox | Family::Qsv => &[],
        Family::Nvenc => &[("rc", "vbr")],
        Family::Amf => &[("rc", "vbr_peak")],
        Family::Vaapi => &[("rc_mode", "VBR")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::HARDWARE;

    #[test]
    fn bit_rate_is_not_combined_with_constant_quality() {
        for hardware in HARDWARE {
            let asked = quality(hardware, Quality::Kbps(2500));
            let rates: Vec<&str> =
                asked.iter().filter(|(name, _)| *name == "b").map(|(_, rate)| rate.as_str()).collect();
            assert_eq!(rates, ["2500k"], "{}", hardware.name);
            let constant_mode =
                |(name, value): &Pair| name.starts_with("rc") && value.to_lowercase() == "cqp";
            assert!(!asked.iter().any(constant_mode), "{asked:?}");
        }
    }

    #[test]
    fn ten_bit_frames_are_uploaded_as_ten_bit() {
        let vaapi = HARDWARE.iter().find(|h| h.name == "hevc_vaapi").map(Encoder::Hardware).unwrap();
        assert_eq!(upload(vaapi, Pixels::Ten).as_deref(), Some("format=p010,hwupload"));
        assert_eq!(upload(vaapi, Pixels::Eight).as_deref(), Some("format=nv12,hwupload"));
        assert_eq!(upload(Encoder::X265, Pixels::Ten), None);
    }
}
