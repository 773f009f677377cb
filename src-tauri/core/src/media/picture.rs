//! What is known of a picture: size, shape, rate, fields, colours; and what follows from that for those who show it.
//!
//! Plain data that is stored with an attempt: a field that older data lacks has a default. Must not know presets.

use super::crop::Crop;
use serde::{Deserialize, Serialize};

/// Facts of a picture.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// Coded width in pixels.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// Width of a pixel by its height; 1 where unknown.
    pub pixel_aspect: f64,
    /// Edges that its container hides; absent where all of it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// The sizes that its pictures have, upright and in square pixels, once they were seen to be others than its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<(u32, u32)>,
    /// An encoder's clock that ticks once a picture was seen to lose some of them.
    #[serde(default)]
    pub fine_clock: bool,
    /// When the first picture that was decoded is shown, in seconds as the file counts them; headers are not as sure.
    #[serde(default)]
    pub begin: Option<f64>,
    /// Degrees by which players turn it: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Mean frames per second; absent where unknown.
    pub rate: Option<f64>,
    /// Frames per second by which an encoder's clock would tick: those of its first ones.
    #[serde(default)]
    pub tick_rate: Option<f64>,
    /// The rate that its first frames keep is another than the mean: they do not come evenly.
    #[serde(default)]
    pub uneven: bool,
    /// Transparency is stored beside it (`alpha_mode` of `WebM`), which the pixel format does not say.
    #[serde(default)]
    pub alpha_beside: bool,
    /// `yuv420p10le` ...
    pub pixel_format: String,
    /// Bits per sample, 8 where unknown.
    pub bits: u32,
    /// `tt`, `bb`, `tb`, `bt`, `progressive` or empty, as the header says; `tff` or `bff` where it is silent and the
    /// frames tell.
    pub field_order: String,
    /// Its frames are flagged as fields, which they are not.
    #[serde(default)]
    pub false_fields: bool,
    /// `tv`, `pc` or empty.
    pub range: String,
    /// Transfer characteristic: `bt709`, `smpte2084` ... or empty.
    pub transfer: String,
    /// Primaries: `bt709`, `bt2020` ... or empty.
    pub primaries: String,
    /// Matrix: `bt709`, `bt2020nc` ... or empty.
    pub matrix: String,
    /// What the screen it was mastered on could show.
    pub mastering: Option<Mastering>,
    /// Brightest pixel and brightest mean of a frame, in cd/m2.
    pub light: Option<(u32, u32)>,
    /// Profile of Dolby Vision that the container declares.
    pub dolby_vision: Option<u32>,
    /// Its colours are Dolby Vision's own, which no other decoder shows: profile 5 and its like.
    #[serde(default)]
    pub own_colours: bool,
    /// Its first frames were decoded, and what they say is told here.
    #[serde(default)]
    pub seen: bool,
    /// Its frames carry metadata of Dolby Vision.
    #[serde(default)]
    pub rpu: bool,
    /// Its frames carry dynamic metadata of HDR10+ (SMPTE ST 2094-40).
    #[serde(default)]
    pub hdr10_plus: bool,
    /// Its frames carry dynamic metadata of HDR Vivid (CUVA 005.1).
    #[serde(default)]
    pub hdr_vivid: bool,
    /// Frames are stored in another order than shown.
    pub reordered: bool,
    /// To be seen all around, as its container says.
    #[serde(default)]
    pub spherical: bool,
    /// To be seen with two eyes, as its container or its frames say.
    #[serde(default)]
    pub stereo: bool,
    /// To be seen all around, or with two eyes: players must be told.
    #[serde(default)]
    pub immersive: bool,
}

/// A transfer characteristic of high dynamic range: PQ or HLG.
pub(super) fn is_hdr(transfer: &str) -> bool {
    matches!(transfer, "smpte2084" | "arib-std-b67")
}

/// Primaries, white point and luminance of a mastering screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mastering {
    /// x and y of red, green, blue and white, 0 to 1.
    pub points: [(f64, f64); 4],
    /// Darkest and brightest, in cd/m2.
    pub luminance: (f64, f64),
}

impl Picture {
    /// Width and height in square pixels, as a player shows it.
    pub fn displayed(&self) -> (f64, f64) {
        let (width, height) = self.shown();
        let (width, height) = (f64::from(width) * self.pixel_aspect, f64::from(height));
        if self.turned() { (height, width) } else { (width, height) }
    }

    /// Width and height of the part that is shown, after turning.
    pub fn upright(&self) -> (u32, u32) {
        let (width, height) = self.shown();
        if self.turned() { (height, width) } else { (width, height) }
    }

    /// Width and height of the part that is shown, as it is stored.
    pub fn shown(&self) -> (u32, u32) {
        let Crop { left, right, top, bottom } = self.crop.unwrap_or_default();
        (self.width.saturating_sub(left + right), self.height.saturating_sub(top + bottom))
    }

    fn turned(&self) -> bool {
        self.rotation % 180 == 90
    }

    /// The smallest frame that holds all its pictures, in square pixels.
    pub fn frame(&self) -> (f64, f64) {
        let wider = |(w, h): (f64, f64), other: &(u32, u32)| (w.max(other.0.into()), h.max(other.1.into()));
        let seen = self.sizes.iter().fold((0.0, 0.0), wider);
        if self.sizes.is_empty() { self.displayed() } else { seen }
    }

    /// High dynamic range: PQ or HLG.
    pub fn is_hdr(&self) -> bool {
        is_hdr(&self.transfer)
    }

    /// No base layer that a decoder without Dolby Vision could show.
    pub fn has_no_base(&self) -> bool {
        self.own_colours || self.dolby_vision == Some(5)
    }

    /// Red, green and blue rather than brightness and colour.
    pub fn is_rgb(&self) -> bool {
        ["rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr", "x2"]
            .iter()
            .any(|start| self.pixel_format.starts_with(start))
    }

    /// Red, green and blue of fewer than eight bits each.
    pub fn is_packed_in_few_bits(&self) -> bool {
        let of = |start: &str| self.pixel_format.strip_prefix(start).unwrap_or_default();
        let layout = [of("rgb"), of("bgr")].concat();
        ["444", "555", "565", "4", "8"].iter().any(|bits| {
            layout.strip_prefix(bits).is_some_and(|rest| matches!(rest, "" | "le" | "be" | "_byte"))
        })
    }

    /// Some of it may be transparent.
    pub fn has_alpha(&self) -> bool {
        self.alpha_beside
            || ["yuva", "rgba", "argb", "bgra", "abgr", "gbrap", "ya8", "ya16", "ayuv", "vuya"]
                .iter()
                .any(|s| self.pixel_format.starts_with(s))
    }

    /// Two fields a frame.
    pub fn is_interlaced(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bb" | "tb" | "bt" | "tff" | "bff")
    }

    /// Of two fields the upper one is shown first.
    pub fn is_top_first(&self) -> bool {
        matches!(self.field_order.as_str(), "tt" | "bt" | "tff")
    }

    /// Full range: black is 0, not 16.
    pub fn is_full_range(&self) -> bool {
        self.range == "pc" || self.pixel_format.starts_with("yuvj")
    }
}
