//! The few facts of a video that a list shows, small enough to store with its job.

use super::MediaInfo;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Facts of a video for lists. Unknown sizes are 0, unknown names empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(rename = "VideoFacts")]
pub struct Facts {
    /// Displayed width in pixels.
    pub width: u32,
    /// Displayed height in pixels.
    pub height: u32,
    /// Display name of the video codec: `H.264`, `HEVC`.
    pub codec: String,
    /// High dynamic range.
    pub hdr: bool,
    /// Bits per sample.
    pub bits: u32,
    /// Two fields per frame.
    pub interlaced: bool,
    /// Duration in seconds.
    pub seconds: Option<f64>,
}

impl MediaInfo {
    /// The facts of its main video stream.
    pub fn facts(&self) -> Facts {
        let facts = Facts { seconds: self.length(), ..Facts::default() };
        let Some(stream) = self.video() else { return facts };
        let facts = Facts { codec: codec_name(&stream.codec), ..facts };
        let Some(picture) = &stream.video else { return facts };
        let (width, height) = picture.upright();
        let (hdr, interlaced) = (picture.is_hdr(), picture.is_interlaced());
        Facts { width, height, hdr, bits: picture.bits, interlaced, ..facts }
    }
}

/// Display name of a codec; an unknown one is ffmpeg's name in capitals.
pub fn codec_name(codec: &str) -> String {
    let known = match codec {
        "h264" => "H.264",
        "hevc" => "HEVC",
        "vvc" => "VVC",
        "av1" => "AV1",
        "mpeg1video" => "MPEG-1",
        "mpeg2video" => "MPEG-2",
        "mpeg4" | "msmpeg4v3" | "msmpeg4v2" => "MPEG-4",
        "prores" => "ProRes",
        "dnxhd" => "DNxHD",
        "dvvideo" => "DV",
        "mjpeg" => "Motion JPEG",
        "theora" => "Theora",
        "wmv1" | "wmv2" | "wmv3" => "WMV",
        "vc1" => "VC-1",
        "h263" => "H.263",
        "rawvideo" => "Uncompressed",
        "eia_608" => "CEA-608",
        "cea_708" => "CEA-708",
        "opus" => "Opus",
        "vorbis" => "Vorbis",
        other => return other.to_uppercase(),
    };
    known.to_owned()
}

/// A duration as players show it: 3:07, 1:02:10.
pub fn running_time(seconds: f64) -> String {
    let all = seconds.round() as u64;
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Kind, Picture, Stream};

    #[test]
    fn facts_of_a_rotated_video_are_as_displayed() {
        let picture = Picture {
            width: 1920,
            height: 1080,
            rotation: 90,
            bits: 10,
            transfer: "arib-std-b67".into(),
            ..Picture::default()
        };
        let stream = Stream {
            kind: Kind::Video,
            codec: "hevc".into(),
            seconds: Some(12.5),
            video: Some(picture),
            ..Stream::default()
        };
        let facts = MediaInfo { streams: vec![stream], ..MediaInfo::default() }.facts();
        assert_eq!((facts.width, facts.height, facts.codec.as_str()), (1080, 1920, "HEVC"));
        assert_eq!((facts.hdr, facts.bits, facts.interlaced, facts.seconds), (true, 10, false, Some(12.5)));
        assert_eq!(MediaInfo::default().facts(), Facts::default());
        assert_eq!([running_time(186.6), running_time(3730.0)], ["3:07", "1:02:10"]);
    }
}
