//! Examines a result with ffprobe and ffmpeg alone, so that no check relies on the code under test.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Returns the JSON report of ffprobe on a file, with packets counted.
pub fn facts(path: &Path) -> Value {
    let args =
        ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", "-count_packets"];
    let output = Command::new("ffprobe").args(args).arg(path).output().unwrap();
    assert!(output.status.success(), "{} cannot be probed", path.display());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the streams of one kind.
pub fn streams(facts: &Value, kind: &str) -> Vec<Value> {
    let all = facts["streams"].as_array().unwrap();
    all.iter().filter(|s| s["codec_type"] == kind).cloned().collect()
}

/// Parses a number that ffprobe reports as text; NaN if it is none.
pub fn number(value: &Value) -> f64 {
    value.as_str().and_then(|s| s.parse().ok()).unwrap_or(f64::NAN)
}

/// Checks whether a file decodes without an error.
pub fn decodes(path: &Path) -> bool {
    let args = ["-v", "error", "-xerror", "-nostdin", "-i"];
    let output = Command::new("ffmpeg").args(args).arg(path).args(["-f", "null", "-"]).output().unwrap();
    // If frames are closer together than the time base of the container can express, the null muxer of ffmpeg reports
    // timestamps that do not increase; the frames are correct.
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let harmless = ["non monotonically increasing dts", "Last message repeated"];
    output.status.success() && errors.lines().all(|line| harmless.iter().any(|words| line.contains(words)))
}

/// Checks whether the index precedes the media data, so that playback can start before the whole file is loaded.
pub fn is_faststart(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let at = |name: &[u8]| bytes.windows(4).position(|w| w == name);
    at(b"moov") < at(b"mdat")
}

/// Properties of a result that was decoded completely.
#[expect(clippy::struct_excessive_bools, reason = "each is a separate property")]
#[derive(Debug)]
pub struct Judged {
    /// It decodes without an error.
    pub decodes: bool,
    /// Video streams, without attached pictures.
    pub moving: usize,
    /// Frames of the first video stream that decode.
    pub frames: u64,
    /// Seconds from the first frame to the end of the last.
    pub video_seconds: f64,
    /// Duration of the decoded samples of the first audio stream, in seconds.
    pub audio_seconds: f64,
    /// Audio streams.
    pub audio: usize,
    /// Width and height as displayed, in pixels: after aspect ratio and rotation.
    pub display: (f64, f64),
    /// The coded width or height is odd.
    pub odd: bool,
    /// Pixel format, as ffprobe names it.
    pub pixel_format: String,
    /// Ten bits per component.
    pub ten_bits: bool,
    /// Transfer characteristic, as ffprobe names it.
    pub transfer: String,
    /// Text subtitle streams.
    pub text_subtitles: usize,
    /// Chapters.
    pub chapters: usize,
    /// Creation time as stored in the file; empty if absent.
    pub creation_time: String,
    /// The index precedes the media data.
    pub index_first: bool,
}

/// Decodes a result and returns its properties.
pub fn judge(path: &Path) -> Judged {
    let facts = facts(path);
    let moving: Vec<Value> =
        streams(&facts, "video").into_iter().filter(|s| s["disposition"]["attached_pic"] != 1).collect();
    let video = moving.first().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let side = |name: &str| video[name].as_f64().unwrap_or(f64::NAN);
    let aspect = text(&video["sample_aspect_ratio"]);
    let aspect =
        aspect.split_once(':').and_then(|(a, b)| Some(a.parse::<f64>().ok()? / b.parse::<f64>().ok()?));
    let (width, height) = (side("width") * aspect.filter(|a| *a > 0.0).unwrap_or(1.0), side("height"));
    let rotated =
        video["side_data_list"].as_array().into_iter().flatten().find_map(|s| s["rotation"].as_f64());
    let rotated = rotated.is_some_and(|degrees| (degrees.abs() as i64) % 180 == 90);
    let pixel_format = text(&video["pix_fmt"]);
    let (frames, video_seconds) = frames(path, &video);
    Judged {
        decodes: decodes(path),
        moving: moving.len(),
        frames,
        video_seconds,
        audio_seconds: samples(path, &facts),
        audio: streams(&facts, "audio").len(),
        display: if rotated { (height, width) } else { (width, height) },
        odd: [side("width"), side("height")].iter().any(|side| side % 2.0 != 0.0),
        ten_bits: pixel_format.contains("p10"),
        pixel_format,
        transfer: text(&video["color_transfer"]),
        text_subtitles: streams(&facts, "subtitle").iter().filter(|s| is_text(&s["codec_name"])).count(),
        chapters: facts["chapters"].as_array().map_or(0, Vec::len),
        creation_time: creation_time(&facts),
        index_first: is_faststart(path),
    }
}

fn is_text(codec: &Value) -> bool {
    ["mov_text", "subrip", "ass", "webvtt", "text"].iter().any(|name| codec == name)
}

fn creation_time(facts: &Value) -> String {
    let tags = facts["format"]["tags"].as_object();
    let found = tags.and_then(|t| t.iter().find(|(name, _)| name.eq_ignore_ascii_case("creation_time")));
    found.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned()
}

/// Returns the digits of a timestamp up to the second, so that formats can be compared.
pub fn instant(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(14).collect()
}

/// Returns the number of decoded frames of the video stream, and their time span in seconds.
fn frames(path: &Path, video: &Value) -> (u64, f64) {
    let index = video["index"].to_string();
    let args = ["-v", "quiet", "-of", "csv=p=0", "-select_streams", &index, "-show_entries"];
    let output = Command::new("ffprobe")
        .args(args)
        .arg("frame=best_effort_timestamp_time,pkt_duration_time,duration_time")
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let times: Vec<(f64, f64)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(',').filter_map(|f| f.parse::<f64>().ok());
            Some((fields.next()?, fields.next().unwrap_or(0.0)))
        })
        .collect();
    let first = times.iter().map(|t| t.0).fold(f64::INFINITY, f64::min);
    let last = times.iter().map(|t| t.0 + t.1).fold(0.0, f64::max);
    (text.lines().filter(|l| !l.trim().is_empty()).count() as u64, last - first)
}

/// Returns how many seconds of the first audio stream decode.
fn samples(path: &Path, facts: &Value) -> f64 {
    let Some(track) = streams(facts, "audio").first().cloned() else { return 0.0 };
    let args = ["-v", "quiet", "-nostdin", "-i"];
    let raw = ["-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "u8", "-"];
    assert!(track["codec_name"].is_string());
    let output = Command::new("ffmpeg").args(args).arg(path).args(raw).output().unwrap();
    output.stdout.len() as f64 / 8000.0
}

/// Returns a hash of each file in a folder, by path.
pub fn hashes(folder: &Path) -> std::collections::BTreeMap<std::path::PathBuf, u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file());
    let hash = |path: &Path| {
        let mut hasher = DefaultHasher::new();
        std::fs::read(path).unwrap().hash(&mut hasher);
        hasher.finish()
    };
    entries.map(|path| (path.clone(), hash(&path))).collect()
}
