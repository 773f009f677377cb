//! Videos and pictures that contain their recording location, in each form in which a file can store it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Texts and bytes that a result without a location must not contain: coordinates, and names of fields and boxes.
pub const TELLING: [&[u8]; 12] = [
    b"48.8577",
    b"002.295",
    b"45.6721",
    b"47.1234",
    b"GPSLat",
    b"Exif\0",
    b"eXIf",
    b"\xa9xyz",
    b"loci",
    b"<gpx",
    b"gpmd",
    b"Montmartre",
];

/// Returns the entries of `TELLING` that this file contains.
pub fn locations_in(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let is_contained = |what: &&&[u8]| bytes.windows(what.len()).any(|window| window == **what);
    TELLING.iter().filter(is_contained).map(|what| String::from_utf8_lossy(what).into_owned()).collect()
}

fn ffmpeg(args: &[&str]) {
    let status = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).status();
    assert!(status.unwrap().success(), "{args:?}");
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Returns an EXIF block with a GPS latitude.
fn exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let north = u32::from_le_bytes(*b"N\0\0\0");
    let fields = [entry(1, 2, 2, north), entry(2, 5, 3, 56)].concat();
    let degrees: Vec<u8> = [48_u32, 1, 51, 1, 277, 10].iter().flat_map(|n| n.to_le_bytes()).collect();
    [&b"II*\0\x08\0\0\0\x01\0"[..], &entry(0x8825, 4, 1, 26), &[0; 4], &[2, 0], &fields, &[0; 4], &degrees]
        .concat()
}

const XMP: &[u8] = b"<x:xmpmeta><rdf:Description exif:GPSLatitude=\"48,51.4628N\"/></x:xmpmeta>";

/// Creates a JPEG with a location in EXIF and in XMP.
pub fn jpeg(folder: &Path) -> PathBuf {
    let path = folder.join("place.jpg");
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=64x96", "-frames:v", "1", utf8(&path)]);
    let picture = std::fs::read(&path).unwrap();
    let segment =
        |content: &[u8]| [&[0xff, 0xe1][..], &(content.len() as u16 + 2).to_be_bytes(), content].concat();
    let fields = segment(&[b"Exif\0\0", &exif()[..]].concat());
    let texts = segment(&[b"http://ns.adobe.com/xap/1.0/\0", XMP].concat());
    std::fs::write(&path, [&picture[..2], &fields, &texts, &picture[2..]].concat()).unwrap();
    path
}

/// Creates a PNG with a location in each kind of chunk that can contain one.
pub fn png(folder: &Path) -> PathBuf {
    let path = folder.join("place.png");
    ffmpeg(&["-f", "lavfi", "-i", "color=blue:s=64x96", "-frames:v", "1", utf8(&path)]);
    let picture = std::fs::read(&path).unwrap();
    let chunk = |kind: &[u8], content: &[u8]| {
        let all = [kind, content].concat();
        [&(content.len() as u32).to_be_bytes()[..], &all, &crc(&all).to_be_bytes()].concat()
    };
    let more = [
        chunk(b"eXIf", &exif()),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", XMP].concat()),
        chunk(b"tEXt", b"Comment\0+48.8577+002.295/"),
    ];
    // After the signature and the header chunk.
    std::fs::write(&path, [&picture[..33], &more.concat(), &picture[33..]].concat()).unwrap();
    path
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8)
            .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (0u32.wrapping_sub(sum & 1))))
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// Creates an SRT file with a cue of 0.9 seconds at the start of each second; at most ten.
pub fn lines(folder: &Path, name: &str, texts: &[&str]) -> PathBuf {
    let line =
        |(n, text): (usize, &&str)| format!("{}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}\n\n", n + 1);
    let path = folder.join(name);
    std::fs::write(&path, texts.iter().enumerate().map(line).collect::<String>()).unwrap();
    path
}

/// Creates the flight log of a drone, as an SRT file.
pub fn log(folder: &Path) -> PathBuf {
    lines(
        folder,
        "log.srt",
        &["F/2.8, SS 320, GPS (9.0526, 45.6721, 18), D 3.2m", "[latitude : 9.0527] [longtitude : 45.6721]"],
    )
}

/// Creates an SRT file of two spoken lines, one of which contains numbers but no location.
pub fn spoken(folder: &Path) -> PathBuf {
    lines(folder, "spoken.srt", &["Hello.", "Call 9.0526, 45.6722"])
}

const INPUTS: [&str; 8] =
    ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"];

/// Encodes a video of two seconds with audio, these additional inputs and these output arguments.
pub fn film(path: &Path, inputs: &[&Path], args: &[&str]) {
    let mut all = INPUTS.to_vec();
    all.extend(inputs.iter().flat_map(|input| ["-i", utf8(input)]));
    // A metadata file has tags and chapters but no streams, so the maps are optional.
    let maps: Vec<String> = (0..inputs.len() + 2).map(|n| format!("{n}?")).collect();
    all.extend(maps.iter().flat_map(|n| ["-map", n]));
    all.extend(["-c:v:0", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]);
    all.extend(args);
    all.push(utf8(path));
    ffmpeg(&all);
}

/// Turns the last subtitle track of an MP4 into a data track with this codec tag, as cameras write it.
pub fn with_data(path: &Path, codec_tag: &[u8; 4]) {
    let mut bytes = std::fs::read(path).unwrap();
    replace_last(&mut bytes, b"\0\0\0\0sbtl", b"\0\0\0\0meta");
    replace_last(&mut bytes, b"tx3g", codec_tag);
    std::fs::write(path, bytes).unwrap();
}

/// Overwrites the time code in the sample of such a track whose text starts with `sample`. Sony's cameras store it 13
/// bytes into the sample: hours, minutes, seconds, the drop-frame flag, frames.
pub fn with_clock(path: &Path, sample: &[u8], clock: [u8; 5]) {
    let mut bytes = std::fs::read(path).unwrap();
    // A sample starts with the length of its text, in two bytes.
    let at = bytes.windows(sample.len()).position(|window| window == sample).unwrap() + 11;
    bytes[at..at + 5].copy_from_slice(&clock);
    std::fs::write(path, bytes).unwrap();
}

fn replace_last(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

/// Returns the packets of the first track with this codec tag, concatenated; empty if there is none.
pub fn packets(path: &Path, codec_tag: &str) -> Vec<u8> {
    let facts = crate::judge::facts(path);
    let all = facts["streams"].as_array().unwrap().clone();
    let index = all.iter().find(|s| s["codec_tag_string"] == codec_tag).map(|s| s["index"].to_string());
    let Some(index) = index else { return Vec::new() };
    let args = ["-map", &format!("0:{index}"), "-c", "copy", "-f", "data", "-"];
    let output =
        Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-i", utf8(path)]).args(args).output();
    output.unwrap().stdout
}
