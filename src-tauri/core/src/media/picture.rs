//! Properties of a video stream: size, shape, rate, fields, colours; and what follows from them for display.
//!
//! Plain data that is stored with an attempt: a field missing in older data has a default. Must not know presets.

use super::crop::Crop;
use serde::{Deserialize, Serialize};

/// Properties of a video stream.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Coded width in pixels.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// Pixel aspect ratio, width by height; 1 if unknown.
    pub pixel_aspect: f64,
    /// Edges hidden by the container; `None` if all of it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// All frame sizes, upright and in square pixels, if several were found; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<(u32, u32)>,
    /// An encoder clock that ticks once per frame was found to lose frames.
    #[serde(default)]
    pub fine_clock: bool,
    /// Presentation time of the first decoded frame, in seconds on the file's clock; more reliable than headers.
    #[serde(default)]
    pub begin: Option<f64>,
    /// Rotation that players apply, in degrees: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Mean frames per second; `None` if unknown.
    pub rate: Option<f64>,
    /// Frames per second of its first frames, at which an encoder's clock would tick.
    #[serde(default)]
    pub tick_rate: Option<f64>,
    /// The rate of its first frames differs from the mean: they are unevenly spaced.
    #[serde(default)]
    pub uneven: bool,
    /// Transparency is stored separately (`alpha_mode` of `WebM`), which the pixel format does not show.
    #[serde(default)]
    pub alpha_beside: bool,
    /// ffmpeg's name of the pixel format: `yuv420p10le` ...
    pub pixel_format: String,
    /// Bits per sample; 8 if unknown.
    pub bits: u32,
    /// `tt`, `bb`, `tb`, `bt`, `progressive` or empty, as the header declares; `tff` or `bff` where it declares none
    /// and the frames show it.
    pub field_order: String,
    /// Its frames are flagged as interlaced but are not.
    #[serde(default)]
    pub false_fields: bool,
    /// Range: `tv`, `pc` or empty.
    pub range: String,
    /// Transfer characteristic: `bt709`, `smpte2084` ... or empty.
    pub transfer: String,
    /// Primaries: `bt709`, `bt2020` ... or empty.
    pub primaries: String,
    /// Matrix: `bt709`, `bt2020nc` ... or empty.
    pub matrix: String,
    /// Mastering display metadata.
    pub mastering: Option<Mastering>,
    /// Content light level: brightest pixel and brightest mean of a frame, in cd/m2.
    pub light: Option<(u32, u32)>,
    /// Dolby Vision profile that the container declares.
    pub dolby_vision: Option<u32>,
    /// Its colours are those of Dolby Vision, which no other decoder shows: profile 5 and similar.
    #[serde(default)]
    pub own_colours: bool,
    /// Its first frames were decoded, and their facts are included here.
    #[serde(default)]
    pub seen: bool,
    /// Its frames carry Dolby Vision metadata (RPU).
    #[serde(default)]
    pub rpu: bool,
    /// Its frames carry HDR10+ dynamic metadata (SMPTE ST 2094-40).
    #[serde(default)]
    pub hdr10_plus: bool,
    /// Its frames carry HDR Vivid dynamic metadata (CUVA 005.1).
    #[serde(default)]
    pub hdr_vivid: bool,
    /// Frames are not stored in display order.
    pub reordered: bool,
    /// Spherical (360°), as its container declares.
    #[serde(default)]
    pub spherical: bool,
    /// Stereoscopic (3D), as its container or its frames declare.
    #[serde(default)]
    pub stereo: bool,
    /// Spherical (360°) or stereoscopic (3D): players need to know.
    #[serde(default)]
    pub immersive: bool,
}

/// True for the transfer characteristics of high dynamic range: PQ and HLG.
pub(super) fn is_hdr(transfer: &str) -> bool {
    matches!(transfer, "smpte2084" | "arib-std-b67")
}

/// Primaries, white point and luminance of a mastering display.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mastering {
    /// x and y of red, green, blue and white, 0 to 1.
    pub points: [(f64, f64); 4],
    /// Darkest and brightest, in cd/m2.
    pub luminance: (f64, f64),
}

impl Picture {
    /// Width and height as a player shows them, in square pixels.
    pub fn displayed(&self) -> (f64, f64) {
        let (width, height) = self.shown();
        let (width, height) = (f64::from(width) * self.pixel_aspect, f64::from(height));
        if self.is_sideways() { (height, width) } else { (width, height) }
    }

    /// Width and height of the shown part, after rotation.
    pub fn upright(&self) -> (u32, u32) {
        let (width, height) = self.shown();
        if self.is_sideways() { (height, width) } else { (width, height) }
    }

    /// Width and height of the shown part, as stored.
    pub fn shown(&self) -> (u32, u32) {
        let Crop { left, right, top, bottom } = self.crop.unwrap_or_default();
        (self.width.saturating_sub(left + right), self.height.saturating_sub(top + bottom))
    }

    fn is_sideways(&self) -> bool {
        self.rotation % 180 == 90
    }

    /// The smallest frame that holds all its frame sizes, in square pixels.
    pub fn frame(&self) -> (f64, f64) {
        let wider = |(w, h): (f64, f64), other: &(u32, u32)| (w.max(other.0.into()), h.max(other.1.into()));
        let seen = self.sizes.iter().fold((0.0, 0.0), wider);
        if self.sizes.is_empty() { self.displayed() } else { seen }
    }

    /// High dynamic range: PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        is_hdr(&self.transfer)
    }

    /// True without a base layer that a decoder without Dolby Vision could show.
    pub fn has_no_base(&self) -> bool {
        self.own_colours || self.dolby_vision == Some(5)
    }

    /// RGB rather than luma and chroma.
    pub fn is_rgb(&self) -> bool {
        ["rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr", "x2"]
            .iter()
            .any(|start| self.pixel_format.starts_with(start))
    }

    /// RGB with fewer than eight bits per component.
    pub fn is_packed_in_few_bits(&self) -> bool {
        let of = |start: &str| self.pixel_format.strip_prefix(start).unwrap_or_default();
        let layout = [of("rgb"), of("bgr")].concat();
        ["444", "555", "565", "4", "8"].iter().any(|bits| {
            layout.strip_prefix(bits).is_some_and(|rest| matches!(rest, "" | "le" | "be" | "_byte"))
        })
    }

    /// May be partly transparent.
    pub fn has_alpha(&self) -> bool {
        self.alpha_beside
            || ["yuva", "rgba", "argb", "bgra", "abgr", "gbrap", "ya8", "ya16", "ayuv", "vuya"]
                .iter()
                .any(|s| self.pixel_format.starts_with(s))
    }

    /// Two fields per frame.
    pub fn is_interlaced(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bb" | "tb" | "bt" | "tff" | "bff")
    }

    /// The upper field is shown first.
    pub fn is_top_first(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bt" | "tff")
    }

    /// Full range: black is 0, not 16.
    pub fn is_full_range(&self) -> bool {
        self.range == "pc" || self.pixel_format.starts_with("yuvj")
    }
}
