//! Facts of a video that only decoded frames show: HLG signalled in the stream, colours missing in headers, mastering
//! data, dynamic metadata.
//!
//! Pure. Guarantees that the stricter of header and frames counts: a video is HDR if either declares it. Must not
//! know how frames are decoded.

use super::picture::is_hdr;
use super::{Mastering, MediaInfo, Picture, decimal};
use serde::Deserialize;
use serde_json::Value;

/// Side data of a stream or frame, as ffprobe prints it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SideData {
    #[serde(rename = "side_data_type")]
    pub(super) name: String,
    pub(super) rotation: Option<f64>,
    pub(super) dv_profile: Option<u32>,
    dv_bl_signal_compatibility_id: Option<u32>,
    vdr_rpu_profile: Option<u32>,
    bl_video_full_range_flag: Option<u32>,
    max_content: Option<u32>,
    max_average: Option<u32>,
    red_x: String,
    red_y: String,
    green_x: String,
    green_y: String,
    blue_x: String,
    blue_y: String,
    white_point_x: String,
    white_point_y: String,
    min_luminance: String,
    max_luminance: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Frame {
    media_type: String,
    stream_index: usize,
    best_effort_timestamp_time: String,
    color_range: String,
    color_space: String,
    color_primaries: String,
    color_transfer: String,
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Response {
    frames: Vec<Value>,
}

/// ffprobe's name for stereoscopic (3D) side data.
pub(super) const STEREO: &str = "Stereo 3D";

/// The frame fields to request from ffprobe, in its syntax.
pub(crate) const ENTRIES: &str = "frame=media_type,stream_index,best_effort_timestamp_time,color_range,color_space,color_primaries,color_transfer\
    :frame_side_data=side_data_type,max_content,max_average,red_x,red_y,green_x,green_y,blue_x,blue_y,white_point_x,\
    white_point_y,min_luminance,max_luminance,vdr_rpu_profile,bl_video_full_range_flag";

/// Merges ffprobe's output about frames.
///
/// # Errors
/// The parser's message when the text is not JSON of that shape.
pub fn read_frames(text: &str, info: &mut MediaInfo) -> Result<(), String> {
    let response: Response = serde_json::from_str(text).map_err(|e| e.to_string())?;
    info.merge_frames(response.frames);
    Ok(())
}

impl MediaInfo {
    /// Merges these frames; those of another shape are skipped.
    pub(super) fn merge_frames(&mut self, frames: Vec<Value>) {
        let frames = frames.into_iter().filter_map(|value| serde_json::from_value::<Frame>(value).ok());
        for frame in frames.filter(|frame| frame.media_type == "video") {
            let stream = self.streams.iter_mut().find(|s| s.index == frame.stream_index);
            if let Some(picture) = stream.and_then(|s| s.video.as_mut()) {
                add(picture, &frame);
            }
        }
    }
}

fn add(picture: &mut Picture, frame: &Frame) {
    picture.seen = true;
    picture.begin = picture.begin.or_else(|| decimal(&frame.best_effort_timestamp_time));
    let transfer = known(&frame.color_transfer);
    // If the header's transfer is wrong, its other colours are not trusted either.
    let stricter = is_hdr(&transfer) && picture.transfer != transfer;
    let take = |known: &mut String, value: String| {
        if !value.is_empty() && (stricter || known.is_empty()) {
            *known = value;
        }
    };
    take(&mut picture.transfer, transfer);
    take(&mut picture.primaries, known(&frame.color_primaries));
    take(&mut picture.matrix, known(&frame.color_space));
    take(&mut picture.range, known(&frame.color_range));
    add_metadata(picture, &frame.side_data_list);
}

fn add_metadata(picture: &mut Picture, side: &[SideData]) {
    let is = |name: &str| side.iter().any(|s| s.name.contains(name));
    picture.mastering = picture.mastering.or_else(|| side.iter().find_map(mastering));
    picture.light = picture.light.or_else(|| side.iter().find_map(light));
    picture.stereo |= is(STEREO);
    picture.rpu |= is("Dolby Vision");
    picture.hdr10_plus |= is("2094-40");
    picture.hdr_vivid |= is("CUVA");
    picture.own_colours |= picture.dolby_vision.is_none() && side.iter().any(has_own_colours);
}

/// True if a Dolby Vision record declares a picture without a base layer. Profiles 10 and 20 also have other forms.
pub(super) fn declares_own_colours(record: &SideData) -> bool {
    let alone = record.dv_bl_signal_compatibility_id == Some(0);
    matches!((record.dv_profile, alone), (Some(5), _) | (Some(10 | 20), true))
}

/// Like [`declares_own_colours`], by the metadata of a frame, which identifies profile 5 by these two fields.
fn has_own_colours(metadata: &SideData) -> bool {
    (metadata.vdr_rpu_profile, metadata.bl_video_full_range_flag) == (Some(0), Some(1))
}

pub(super) fn light(side: &SideData) -> Option<(u32, u32)> {
    Some((side.max_content.filter(|n| *n > 0)?, side.max_average.unwrap_or(0)))
}

pub(super) fn mastering(side: &SideData) -> Option<Mastering> {
    let part = |text: &str| {
        let (a, b) = text.split_once('/')?;
        Some(a.parse::<f64>().ok()? / b.parse::<f64>().ok().filter(|b| *b > 0.0)?)
    };
    let point = |x: &str, y: &str| Some((part(x)?, part(y)?));
    let points = [
        point(&side.red_x, &side.red_y)?,
        point(&side.green_x, &side.green_y)?,
        point(&side.blue_x, &side.blue_y)?,
        point(&side.white_point_x, &side.white_point_y)?,
    ];
    let luminance = (part(&side.min_luminance)?, part(&side.max_luminance)?);
    (luminance.1 > 0.0).then_some(Mastering { points, luminance })
}

/// A value of ffprobe's; `unknown` becomes empty.
pub(super) fn known(value: &str) -> String {
    if value == "unknown" { String::new() } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::read;

    /// A picture with this header and these frames.
    fn seen(header: &str, frames: &str) -> Picture {
        let stream = format!(r#"{{"index":1,"codec_type":"video"{header}}}"#);
        let text = format!(r#"{{"streams":[{{"codec_type":"audio"}},{stream}],"frames":[{frames}]}}"#);
        read(&text).unwrap().streams.remove(1).video.unwrap()
    }

    fn frame(transfer: &str, side: &str) -> String {
        let colours = r#""color_space":"bt2020nc","color_primaries":"bt2020","color_range":"tv""#;
        format!(
            r#"{{"media_type":"video","stream_index":1,{colours},"color_transfer":"{transfer}","side_data_list":[{side}]}}"#
        )
    }

    #[test]
    fn the_stricter_of_header_and_frames_counts() {
        let of = |header: &str, transfer: &str| {
            let header = format!(r#","color_transfer":"{header}","color_primaries":"bt709""#);
            let picture = seen(&header, &frame(transfer, ""));
            (picture.transfer, picture.primaries)
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of("bt2020-10", "arib-std-b67"), pair("arib-std-b67", "bt2020"));
        assert_eq!(of("smpte2084", "arib-std-b67"), pair("arib-std-b67", "bt2020"));
        assert_eq!(of("smpte2084", "bt709"), pair("smpte2084", "bt709"));
        assert_eq!(of("bt709", "bt2020-10"), pair("bt709", "bt709"));
        assert_eq!(of("unknown", "bt2020-10"), pair("bt2020-10", "bt709"), "the header declares none");
    }

    #[test]
    fn later_frames_add_facts_and_malformed_frames_are_skipped() {
        let sound = r#"{"media_type":"audio","stream_index":0},{"media_type":"subtitle","pts":"x"},7,"#;
        let later = frame("smpte2084", "");
        let picture = seen("", &format!("{sound}{},{later}", frame("bt2020-10", "")));
        assert_eq!((picture.transfer.as_str(), picture.seen), ("smpte2084", true));
        assert!(!seen("", r#"{"media_type":"audio","stream_index":1}"#).seen);
    }

    #[test]
    fn dynamic_metadata_is_recognised_by_name() {
        let of = |name: &str| {
            let side = format!(r#"{{"side_data_type":"{name}","max_content":900}}"#);
            let p = seen("", &frame("smpte2084", &side));
            (p.rpu, p.hdr10_plus, p.hdr_vivid)
        };
        assert_eq!(of("HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"), (false, true, false));
        assert_eq!(of("HDR Dynamic Metadata CUVA 005.1 2021 (Vivid)"), (false, false, true));
        assert_eq!(of("Dolby Vision RPU Data"), (true, false, false));
        assert_eq!(of("Content light level metadata"), (false, false, false));
    }

    #[test]
    fn a_missing_base_layer_is_detected_by_record_or_frames() {
        let declared = |profile: u32, base: u32| {
            let record = format!(r#"{{"dv_profile":{profile},"dv_bl_signal_compatibility_id":{base}}}"#);
            seen(&format!(r#","side_data_list":[{record}]"#), "").has_no_base()
        };
        assert!(declared(5, 0) && declared(10, 0) && declared(20, 0));
        assert!(!declared(8, 1) && !declared(8, 4) && !declared(7, 6) && !declared(10, 1) && !declared(7, 0));
        let by_frame = |profile: u32, range: u32| {
            let side = format!(r#"{{"vdr_rpu_profile":{profile},"bl_video_full_range_flag":{range}}}"#);
            seen("", &frame("unknown", &side)).has_no_base()
        };
        assert!(by_frame(0, 1) && !by_frame(1, 0) && !by_frame(1, 1));
    }

    #[test]
    fn mastering_data_is_read_from_frames() {
        let points = r#""red_x":"34000/50000","red_y":"16000/50000","green_x":"13250/50000","green_y":"34500/50000",
            "blue_x":"7500/50000","blue_y":"3000/50000","white_point_x":"15635/50000","white_point_y":"16450/50000""#;
        let side = format!(
            r#"{{{points},"min_luminance":"1/10000","max_luminance":"10000000/10000"}},{{"max_content":900,"max_average":300}}"#
        );
        let picture = seen("", &frame("smpte2084", &side));
        assert_eq!(picture.mastering.unwrap().luminance, (0.0001, 1000.0));
        assert_eq!(picture.light, Some((900, 300)));
    }
}
