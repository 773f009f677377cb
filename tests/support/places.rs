//! Films that tell where they were recorded, in each form in which a place can stand.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Texts and bytes of which none may be in a result that tells no place: coordinates, names of fields and of boxes.
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

/// Those of `TELLING` that stand in this file.
pub fn told(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let stands = |what: &&&[u8]| bytes.windows(what.len()).any(|window| window == **what);
    TELLING.iter().filter(stands).map(|what| String::from_utf8_lossy(what).into_owned()).collect()
}

fn ffmpeg(args: &[&str]) {
    let status = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).status();
    assert!(status.unwrap().success(), "{args:?}");
}

fn word(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Fields of a camera with the latitude of a place, as EXIF keeps them.
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

/// A JPEG with a place in EXIF and in XMP.
pub fn jpeg(folder: &Path) -> PathBuf {
    let path = folder.join("place.jpg");
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=64x96", "-frames:v", "1", word(&path)]);
    let picture = std::fs::read(&path).unwrap();
    let segment =
        |content: &[u8]| [&[0xff, 0xe1][..], &(content.len() as u16 + 2).to_be_bytes(), content].concat();
    let fields = segment(&[b"Exif\0\0", &exif()[..]].concat());
    let texts = segment(&[b"http://ns.adobe.com/xap/1.0/\0", XMP].concat());
    std::fs::write(&path, [&picture[..2], &fields, &texts, &picture[2..]].concat()).unwrap();
    path
}

/// A PNG with a place in each chunk that may hold one.
pub fn png(folder: &Path) -> PathBuf {
    let path = folder.join("place.png");
    ffmpeg(&["-f", "lavfi", "-i", "color=blue:s=64x96", "-frames:v", "1", word(&path)]);
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
    // Behind the signature and the head.
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

/// Lines of subtitles, one for each second and a half.
pub fn lines(folder: &Path, name: &str, texts: &[&str]) -> PathBuf {
    let line =
        |(n, text): (usize, &&str)| format!("{}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}\n\n", n + 1);
    let path = folder.join(name);
    std::fs::write(&path, texts.iter().enumerate().map(line).collect::<String>()).unwrap();
    path
}

/// What a drone writes.
pub fn log(folder: &Path) -> PathBuf {
    lines(
        folder,
        "log.srt",
        &["F/2.8, SS 320, GPS (9.0526, 45.6721, 18), D 3.2m", "[latitude : 9.0527] [longtitude : 45.6721]"],
    )
}

/// A film of two seconds of which one line holds numbers.
pub fn spoken(folder: &Path) -> PathBuf {
    lines(folder, "spoken.srt", &["Hello.", "Call 9.0526, 45.6722"])
}

const PICTURE: [&str; 8] =
    ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:r=48000"];

/// The same film with these inputs, and arguments behind them.
pub fn film(path: &Path, inputs: &[&Path], args: &[&str]) {
    let mut all = PICTURE.to_vec();
    all.extend(inputs.iter().flat_map(|input| ["-i", word(input)]));
    // A text file holds tags and chapters, and no streams.
    let maps: Vec<String> = (0..inputs.len() + 2).map(|n| format!("{n}?")).collect();
    all.extend(maps.iter().flat_map(|n| ["-map", n]));
    all.extend(["-c:v:0", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]);
    all.extend(args);
    all.push(word(path));
    ffmpeg(&all);
}

/// An MP4 whose last track of subtitles becomes a track of data with these letters, as cameras write it.
pub fn with_data(path: &Path, letters: &[u8; 4]) {
    let mut bytes = std::fs::read(path).unwrap();
    replace_last(&mut bytes, b"\0\0\0\0sbtl", b"\0\0\0\0meta");
    replace_last(&mut bytes, b"tx3g", letters);
    std::fs::write(path, bytes).unwrap();
}

/// Of such a file the clock that Sony's cameras write 13 bytes into a sample: hours, minutes, seconds, whether numbers are
/// dropped, pictures.
pub fn with_clock(path: &Path, sample: &[u8], clock: [u8; 5]) {
    let mut bytes = std::fs::read(path).unwrap();
    // In front of the text lie the two bytes of its length.
    let at = bytes.windows(sample.len()).position(|window| window == sample).unwrap() + 11;
    bytes[at..at + 5].copy_from_slice(&clock);
    std::fs::write(path, bytes).unwrap();
}

fn replace_last(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).rposition(|window| window == from).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

/// The packets of the tracks of data with these letters, one behind the other.
pub fn packets(path: &Path, letters: &str) -> Vec<u8> {
    let facts = crate::judge::facts(path);
    let all = facts["streams"].as_array().unwrap().clone();
    let index = all.iter().find(|s| s["codec_tag_string"] == letters).map(|s| s["index"].to_string());
    let Some(index) = index else { return Vec::new() };
    let args = ["-map", &format!("0:{index}"), "-c", "copy", "-f", "data", "-"];
    let output =
        Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-i", word(path)]).args(args).output();
    output.unwrap().stdout
}
