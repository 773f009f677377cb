//! Parses ffprobe's JSON. Implausible values become `None`.

use super::frames::{self, STEREO, known, light, mastering};
use super::programmes::{self, RawProgramme};
use super::{Chapter, Kind, MediaInfo, Picture, Stream, decimal};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    streams: Vec<RawStream>,
    #[serde(default)]
    chapters: Vec<RawChapter>,
    #[serde(default)]
    format: RawFormat,
    #[serde(default)]
    frames: Vec<Value>,
    #[serde(default)]
    programs: Vec<RawProgramme>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawFormat {
    format_name: String,
    start_time: String,
    duration: String,
    size: String,
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawChapter {
    start_time: String,
    end_time: String,
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawStream {
    index: usize,
    codec_type: String,
    codec_name: String,
    codec_tag_string: String,
    width: u32,
    height: u32,
    has_b_frames: u32,
    pix_fmt: String,
    bits_per_raw_sample: String,
    sample_aspect_ratio: String,
    avg_frame_rate: String,
    r_frame_rate: String,
    field_order: String,
    color_range: String,
    color_transfer: String,
    color_primaries: String,
    color_space: String,
    profile: String,
    level: i64,
    bit_rate: String,
    channel_layout: String,
    bits_per_sample: u32,
    sample_fmt: String,
    channels: Option<u32>,
    sample_rate: String,
    start_time: String,
    duration: String,
    nb_frames: String,
    nb_read_packets: String,
    disposition: BTreeMap<String, u8>,
    tags: BTreeMap<String, String>,
    side_data_list: Vec<frames::SideData>,
}

/// Parses ffprobe's output.
///
/// # Errors
/// The parser's message when the text is not JSON of that shape.
pub fn read(text: &str) -> Result<MediaInfo, String> {
    let response: Response = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut info = MediaInfo {
        container: response.format.format_name,
        seconds: seconds(&response.format.duration),
        size: response.format.size.parse().ok(),
        streams: response.streams.into_iter().map(stream).collect(),
        start: response.format.start_time.parse().ok().filter(|s: &f64| s.is_finite()),
        reach: None,
        programmes: programmes::read(response.programs),
        chapters: response.chapters.into_iter().map(chapter).collect(),
        tags: response.format.tags,
        second_recording: false,
        other_speed: false,
        stated: None,
        false_times: false,
        cues_read: false,
        captions: None,
    };
    info.merge_frames(response.frames);
    Ok(info)
}

fn chapter(RawChapter { start_time, end_time, tags }: RawChapter) -> Chapter {
    Chapter { start: seconds(&start_time).unwrap_or(0.0), end: seconds(&end_time).unwrap_or(0.0), tags }
}

/// Longest plausible duration in seconds: a year.
const MAX_SECONDS: f64 = 366.0 * 86_400.0;

fn seconds(text: &str) -> Option<f64> {
    decimal(text).filter(|s| *s > 0.0 && *s < MAX_SECONDS)
}

fn stream(raw: RawStream) -> Stream {
    let kind = if is_text(&raw.codec_tag_string) { Kind::Subtitle } else { kind(&raw.codec_type) };
    let set = |name: &str| raw.disposition.get(name).is_some_and(|on| *on != 0);
    let tag =
        |name: &str| raw.tags.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
    // Matroska declares the end of a stream as text: 00:00:02.020000000
    let start = decimal(&raw.start_time).filter(|s| *s > 0.0).unwrap_or(0.0);
    let to_end = || clock_time(&tag("DURATION")?).map(|end| end - start).filter(|length| *length > 0.0);
    let declared = seconds(&raw.duration).or_else(to_end);
    Stream {
        index: raw.index,
        kind,
        seconds: declared,
        start,
        measured_end: None,
        packets: raw.nb_read_packets.parse().ok().or_else(|| raw.nb_frames.parse().ok()),
        sampled: None,
        bit_rate: raw.bit_rate.parse().ok().filter(|rate| *rate > 0),
        profile: known(&raw.profile),
        level: u32::try_from(raw.level).ok().filter(|level| *level > 0),
        channels: raw.channels,
        layout: known(&raw.channel_layout),
        sample_bits: sample_bits(&raw),
        sample_format: known(&raw.sample_fmt),
        sample_rate: raw.sample_rate.parse().ok(),
        language: tag("language"),
        title: tag("title"),
        default: set("default"),
        roles: roles(&raw.disposition),
        attached_picture: set("attached_pic") || set("timed_thumbnails"),
        // An MP4 subtitle track without lines has one sample with no text and zero duration.
        empty: raw.codec_name == "mov_text" && raw.duration.parse() == Ok(0.0),
        video: (kind == Kind::Video).then(|| picture(&raw)),
        codec: named(&raw.codec_name, &raw.codec_tag_string),
        tag: raw.codec_tag_string,
        copy_fault: None,
        refused: false,
        span: None,
        tags: raw.tags,
        places: false,
        cues: None,
    }
}

/// The dispositions that people set; of two names for one role, the one that all containers know.
fn roles(dispositions: &BTreeMap<String, u8>) -> BTreeSet<String> {
    const ROLES: [&str; 9] = [
        "dub",
        "original",
        "comment",
        "lyrics",
        "karaoke",
        "forced",
        "hearing_impaired",
        "visual_impaired",
        "clean_effects",
    ];
    let word = |name: &String| match name.as_str() {
        "captions" => Some("hearing_impaired"),
        "descriptions" => Some("visual_impaired"),
        name => ROLES.iter().find(|role| **role == name).copied(),
    };
    let set = dispositions.iter().filter(|(_, on)| **on != 0);
    set.filter_map(|(name, _)| word(name)).map(str::to_owned).collect()
}

/// Text that ffprobe reports as data: `WebVTT` and TTML of MP4.
fn is_text(tag: &str) -> bool {
    matches!(tag, "wvtt" | "stpp")
}

/// The codec, by its container tag where this ffprobe has no name for it: a newer ffmpeg may decode it.
fn named(codec: &str, tag: &str) -> String {
    match (codec, tag) {
        ("" | "unknown" | "none", "vvc1" | "vvi1") => "vvc".into(),
        ("" | "unknown" | "none", "apac") => "apac".into(),
        ("" | "unknown" | "none", "ac-4") => "ac4".into(),
        ("" | "unknown" | "none", "wvtt") => "wvtt".into(),
        ("" | "unknown" | "none", "stpp") => "ttml".into(),
        ("unknown" | "none", _) => String::new(),
        (codec, _) => codec.to_owned(),
    }
}

/// Bit depth of lossless audio: PCM declares it directly, FLAC and ALAC as the depth before compression.
fn sample_bits(raw: &RawStream) -> Option<u32> {
    let raw_bits = raw.bits_per_raw_sample.parse().ok().filter(|bits| *bits > 0);
    raw_bits.or_else(|| Some(raw.bits_per_sample).filter(|bits| *bits > 0))
}

fn kind(word: &str) -> Kind {
    match word {
        "video" => Kind::Video,
        "audio" => Kind::Audio,
        "subtitle" => Kind::Subtitle,
        "attachment" => Kind::Attachment,
        _ => Kind::Data,
    }
}

fn picture(raw: &RawStream) -> Picture {
    // Only side data counts: ffmpeg does not rotate for a tag of that name.
    let degrees = raw.side_data_list.iter().find_map(|s| s.rotation).filter(|d| d.is_finite()).unwrap_or(0.0);
    let has_side_data = |name: &str| raw.side_data_list.iter().any(|s| s.name == name);
    Picture {
        width: raw.width,
        height: raw.height,
        pixel_aspect: ratio(&raw.sample_aspect_ratio, ':')
            .filter(|r| (0.05..=20.0).contains(r))
            .unwrap_or(1.0),
        crop: None,
        sizes: Vec::new(),
        fine_clock: false,
        begin: None,
        rotation: (degrees.rem_euclid(360.0) / 90.0).round() as u32 % 4 * 90,
        rate: ratio(&raw.avg_frame_rate, '/'),
        tick_rate: ratio(&raw.r_frame_rate, '/'),
        uneven: ratio(&raw.r_frame_rate, '/')
            .zip(ratio(&raw.avg_frame_rate, '/'))
            .is_some_and(|(first, mean)| (first / mean - 1.0).abs() > 0.001),
        alpha_beside: raw.tags.iter().any(|(k, v)| k.eq_ignore_ascii_case("alpha_mode") && v == "1"),
        pixel_format: raw.pix_fmt.clone(),
        bits: bits(raw),
        field_order: known(&raw.field_order),
        false_fields: false,
        range: known(&raw.color_range),
        transfer: known(&raw.color_transfer),
        primaries: known(&raw.color_primaries),
        matrix: known(&raw.color_space),
        mastering: raw.side_data_list.iter().find_map(mastering),
        light: raw.side_data_list.iter().find_map(light),
        dolby_vision: raw.side_data_list.iter().find_map(|s| s.dv_profile),
        own_colours: raw.side_data_list.iter().any(frames::declares_own_colours),
        seen: false,
        rpu: false,
        hdr10_plus: false,
        hdr_vivid: false,
        reordered: raw.has_b_frames > 0,
        spherical: has_side_data("Spherical Mapping"),
        stereo: has_side_data(STEREO),
        immersive: has_side_data("Spherical Mapping") || has_side_data(STEREO),
    }
}

/// By the name of the pixel format (`yuv420p10le`, `p010le`), which is more reliable than the declared bits.
fn bits(raw: &RawStream) -> u32 {
    let named = [("16", 16), ("14", 14), ("12", 12), ("10", 10), ("9", 9)];
    let ends = |digits: &str| {
        let format = raw.pix_fmt.trim_end_matches("le").trim_end_matches("be");
        format.ends_with(&format!("p{digits}"))
            || format.ends_with(&format!("p0{digits}"))
            || format.ends_with(&format!("gray{digits}"))
    };
    let packed =
        [("rgb48", 16), ("bgr48", 16), ("rgba64", 16), ("bgra64", 16), ("x2rgb10", 10), ("x2bgr10", 10)];
    let packed = packed.iter().find(|(start, _)| raw.pix_fmt.starts_with(start)).map(|(_, bits)| *bits);
    let by_name = packed.or_else(|| named.iter().find(|(digits, _)| ends(digits)).map(|(_, bits)| *bits));
    by_name.or_else(|| raw.bits_per_raw_sample.parse().ok().filter(|b| (8..=16).contains(b))).unwrap_or(8)
}

/// `16:9` or `30000/1001`; `None` where a part is zero.
fn ratio(text: &str, separator: char) -> Option<f64> {
    let (a, b) = text.split_once(separator)?;
    let (a, b) = (a.parse::<f64>().ok()?, b.parse::<f64>().ok()?);
    (a > 0.0 && b > 0.0).then(|| a / b)
}

/// Parses `00:01:02.5` into seconds.
fn clock_time(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(decimal).collect::<Option<_>>()?;
    let [hours, minutes, rest] = parts.as_slice() else { return None };
    Some(hours * 3600.0 + minutes * 60.0 + rest).filter(|s| s.is_finite() && *s > 0.0 && *s < MAX_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_anamorphic_ten_bit_video_is_parsed() {
        let text = r#"{"streams":[{"index":0,"codec_type":"video","codec_name":"hevc","width":720,"height":576,
            "sample_aspect_ratio":"16:15","avg_frame_rate":"30000/1001","pix_fmt":"yuv420p10le","color_transfer":"arib-std-b67",
            "side_data_list":[{"side_data_type":"x"},{"rotation":-90}],"tags":{"DURATION":"00:00:02.500000000"}}],
            "chapters":[{"id":1},{"id":2}],"format":{"format_name":"matroska,webm","duration":"2.5","size":"100"}}"#;
        let info = read(text).unwrap();
        let video = info.video().unwrap();
        let picture = video.video.as_ref().unwrap();
        assert_eq!((picture.displayed(), picture.rotation, picture.bits), ((576.0, 768.0), 270, 10));
        assert!(picture.is_hdr() && (picture.rate.unwrap() - 29.97).abs() < 0.01);
        assert_eq!((video.seconds, info.seconds, info.chapters.len()), (Some(2.5), Some(2.5), 2));
    }

    #[test]
    fn implausible_values_are_absent() {
        let text = r#"{"streams":[{"codec_type":"video","avg_frame_rate":"0/0","sample_aspect_ratio":"0:1","duration":"N/A"},
            {"codec_type":"unknown"}],"format":{"duration":"-5"}}"#;
        let info = read(text).unwrap();
        let picture = info.streams[0].video.clone().unwrap();
        assert_eq!((picture.rate, picture.pixel_aspect, picture.bits), (None, 1.0, 8));
        assert_eq!((info.seconds, info.streams[1].kind), (None, Kind::Data));
        assert_eq!(read("{}").unwrap(), MediaInfo::default());
        assert!(read("no json").is_err());
    }

    #[test]
    fn windows_line_ends_paths_and_decimal_commas_are_parsed() {
        let text = r#"{"streams":[{"codec_type":"video","start_time":"0,500000","tags":{"DURATION":"00:00:02,500000000"}}],
            "format":{"filename":"file:\\\\?\\C:\\v\\a.mkv","duration":"2,500000","size":"100","tags":{"title":"a\nb"}}}"#;
        for text in [text.to_owned(), text.replace('\n', "\r\n"), text.replace("2,5", "2.5")] {
            let info = read(&text).unwrap();
            assert_eq!((info.seconds, info.streams[0].seconds, info.size), (Some(2.5), Some(2.0), Some(100)));
            assert_eq!(info.tags["title"], "a\nb");
        }
    }

    #[test]
    fn subtitles_of_zero_duration_are_empty() {
        let of = |duration: &str| {
            let stream = format!(
                r#"{{"streams":[{{"codec_type":"subtitle","codec_name":"mov_text","duration":"{duration}"}}]}}"#
            );
            read(&stream).unwrap().streams[0].empty
        };
        assert_eq!([of("0.000000"), of("1.500000"), of("N/A")], [true, false, false]);
    }

    #[test]
    fn covers_are_not_the_main_video_and_the_default_stream_is_preferred() {
        let video = |default, cover| Stream {
            kind: Kind::Video,
            default,
            attached_picture: cover,
            ..Stream::default()
        };
        let mut info = MediaInfo {
            streams: vec![video(true, true), video(false, false), video(true, false)],
            ..MediaInfo::default()
        };
        (0..3).for_each(|n| info.streams[n].index = n);
        assert_eq!(info.video().unwrap().index, 2);
        info.streams.pop();
        assert_eq!(info.video().unwrap().index, 1);
    }
}
