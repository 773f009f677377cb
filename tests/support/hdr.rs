//! Creates small HEVC videos of each form of high dynamic range, in each container. No encoder here writes Dolby Vision
//! or HDR10+, so their bytes are inserted: the records of the containers and the metadata of each frame.

use crate::boxes::described;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A form of high dynamic range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PQ with mastering metadata, declared in every header.
    Pq,
    /// HLG, declared in every header.
    Hlg,
    /// HLG that only an SEI message declares (alternative transfer characteristics).
    HlgByMessage,
    /// Dolby Vision of this profile, with this base layer compatibility id: 1 PQ, 4 HLG, 6 PQ of a disc, 0 none.
    Dolby(u8, u8),
    /// PQ with the dynamic metadata of HDR10+.
    Plus,
}

impl Form {
    /// Returns the transfer characteristic of its frames, as ffprobe names it.
    pub fn transfer(self) -> &'static str {
        match self {
            Form::Pq | Form::Plus | Form::Dolby(_, 0 | 1 | 6) => "smpte2084",
            Form::Hlg | Form::HlgByMessage | Form::Dolby(..) => "arib-std-b67",
        }
    }

    /// Returns the x265 parameters.
    fn parameters(self) -> String {
        let (header, more) = match self {
            Form::HlgByMessage => ("bt2020-10", ":atc-sei=18"),
            form if form.transfer() == "smpte2084" => ("smpte2084", MASTERING),
            _ => ("arib-std-b67", ""),
        };
        format!(
            "log-level=error:bframes=0:keyint=10:repeat-headers=1:colorprim=bt2020:transfer={header}:colormatrix=bt2020nc:range=limited{more}"
        )
    }
}

const MASTERING: &str =
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=900,300";

/// The unit inserted after each frame as Dolby Vision metadata: tests can find it, but it is not valid.
pub const RPU: [u8; 6] = [0x7c, 0x01, 0x19, 0x08, 0x5a, 0xa5];

/// Creates 0.48 seconds of video in this form with audio, in the container of this extension: `mp4`, `mkv` or `ts`.
pub fn film(folder: &Path, form: Form, extension: &str) -> PathBuf {
    let scratch = tempfile::tempdir_in(folder).unwrap();
    let path = folder.join(format!("{}.{extension}", name(form)));
    // The record of Matroska is not built here: ffmpeg copies it from an MP4.
    let first = scratch.path().join(if extension == "ts" { "made.ts" } else { "made.mp4" });
    with_audio(&stream(scratch.path(), form), &first);
    if let Form::Dolby(profile, base) = form {
        let made = std::fs::read(&first).unwrap();
        let declare = if extension == "ts" { in_ts } else { in_mp4 };
        std::fs::write(&first, declare(&made, profile, base)).unwrap();
    }
    if extension == "mkv" {
        let first = first.to_str().unwrap();
        ffmpeg(&["-i", first, "-c", "copy", "-strict", "unofficial", path.to_str().unwrap()]);
    } else {
        std::fs::rename(first, &path).unwrap();
    }
    path
}

/// Creates the raw HEVC stream, with the metadata of each frame.
fn stream(scratch: &Path, form: Form) -> PathBuf {
    let path = scratch.join("raw");
    let input = "testsrc2=s=320x180:r=25:d=0.48,format=yuv420p10le";
    let x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", &form.parameters(), "-f", "hevc"];
    ffmpeg(&[&["-f", "lavfi", "-i", input], &x265[..], &[path.to_str().unwrap()]].concat());
    let raw = std::fs::read(&path).unwrap();
    let made = match form {
        Form::Plus => with_units(&raw, &hdr10plus(), &[]),
        Form::Dolby(..) => with_units(&raw, &[], &RPU),
        _ => raw,
    };
    std::fs::write(&path, made).unwrap();
    path
}

fn with_audio(stream: &Path, to: &Path) {
    let read = ["-fflags", "+genpts", "-f", "hevc", "-r", "25", "-i", stream.to_str().unwrap()];
    let audio = ["-f", "lavfi", "-i", "sine=r=48000:d=0.48"];
    let tag = if to.extension().is_some_and(|e| e == "mp4") { &["-tag:v", "hvc1"][..] } else { &[] };
    ffmpeg(&[&read[..], &audio, &["-c:v", "copy", "-c:a", "aac"], tag, &[to.to_str().unwrap()]].concat());
}

/// Returns the name of a form, as used in file names.
pub fn name(form: Form) -> String {
    match form {
        Form::Dolby(profile @ (5 | 7), _) => format!("dv{profile}"),
        Form::Dolby(profile, base) => format!("dv{profile}{base}"),
        Form::HlgByMessage => "hlg-by-message".into(),
        Form::Pq => "pq".into(),
        Form::Hlg => "hlg".into(),
        Form::Plus => "hdr10plus".into(),
    }
}

fn ffmpeg(args: &[&str]) {
    // Uses the ffmpeg of the system even if the tests run with a newer one.
    let path = std::env::var_os("PATH").unwrap();
    let usual = std::env::split_paths(&path).filter(|folder| !folder.ends_with("ffmpeg-new"));
    let path = std::env::join_paths(usual).unwrap();
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]).args(args).env("PATH", path);
    assert!(command.status().unwrap().success(), "{args:?}");
}

/// Inserts these units before and after each frame, which must be one slice.
fn with_units(stream: &[u8], before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut made = Vec::new();
    let put = |made: &mut Vec<u8>, unit: &[u8]| {
        if !unit.is_empty() {
            made.extend([&[0, 0, 0, 1], unit].concat());
        }
    };
    for unit in units(stream) {
        let is_frame = unit.first().is_some_and(|head| head >> 1 < 32);
        put(&mut made, if is_frame { before } else { &[] });
        put(&mut made, unit);
        put(&mut made, if is_frame { after } else { &[] });
    }
    made
}

/// Returns the units between start codes.
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> =
        (0..stream.len() - 3).filter(|at| stream[*at..*at + 3] == [0, 0, 1]).map(|at| at + 3).collect();
    let ends = starts.iter().skip(1).map(|next| next - 3).chain([stream.len()]);
    let trimmed = |unit: &'_ [u8]| unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    starts.iter().zip(ends).map(|(from, to)| &stream[*from..][..trimmed(&stream[*from..to])]).collect()
}

/// Returns an HDR10+ SEI message for one window that covers the whole frame (SMPTE ST 2094-40).
fn hdr10plus() -> Vec<u8> {
    let fields: [(u64, usize); 14] = [
        (1, 8),       // version
        (1, 2),       // windows
        (400, 27),    // luminance of the target display
        (0, 1),       // no peak luminances of that display
        (50_001, 17), // maxima of red, green and blue
        (50_001, 17),
        (50_001, 17),
        (20_001, 17), // mean
        (0, 4),       // no percentiles
        (1, 10),      // fraction of bright pixels
        (0, 1),       // no peak luminances of the mastering display
        (0, 1),       // no tone mapping curve
        (0, 1),       // no saturation mapping
        (1, 1),
    ];
    let bits = fields.iter().fold(String::new(), |bits, (value, width)| bits + &format!("{value:0width$b}"));
    let padded = format!("{bits:0<128}");
    let byte = |at: usize| u8::from_str_radix(&padded[at * 8..at * 8 + 8], 2).unwrap();
    let payload = [vec![0xb5, 0, 0x3c, 0, 1, 4], (0..16).map(byte).collect()].concat();
    with_emulation_prevention(&[&[0x4e, 1, 4, payload.len() as u8][..], &payload, &[0x80]].concat())
}

/// Inserts emulation prevention bytes, because a unit must not contain a start code.
fn with_emulation_prevention(unit: &[u8]) -> Vec<u8> {
    let (mut made, mut zeros) = (Vec::new(), 0);
    for byte in unit {
        if zeros >= 2 && *byte <= 3 {
            made.push(3);
            zeros = 0;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        made.push(*byte);
    }
    made
}

/// Returns the profile, the level, and the flags for metadata, enhancement layer (profile 7 only) and base layer.
fn flags(profile: u8) -> [u8; 2] {
    let enhancement = if profile == 7 { 0b10 } else { 0 };
    (u16::from(profile) << 9 | 3 << 3 | 0b101 | enhancement).to_be_bytes()
}

/// Adds the Dolby Vision record to the sample descriptions of an MP4.
fn in_mp4(mp4: &[u8], profile: u8, base: u8) -> Vec<u8> {
    let record = [&[1, 0][..], &flags(profile), &[base << 4], &[0; 19]].concat();
    described(mp4, if profile > 7 { b"dvvC" } else { b"dvcC" }, &record)
}

/// Adds the Dolby Vision descriptor to each program map table of a transport stream.
fn in_ts(ts: &[u8], profile: u8, base: u8) -> Vec<u8> {
    let mut ts = ts.to_vec();
    let descriptor = [&[0xb0, 5, 1, 0][..], &flags(profile), &[base << 4 | 0xf]].concat();
    for packet in ts.chunks_mut(188).filter(|p| p[1] & 0x5f == 0x50 && p[2] == 0 && p[5] == 2) {
        let section = &packet[5..];
        let length = 3 + (usize::from(section[1] & 0xf) << 8 | usize::from(section[2]));
        let mut list = section[..length - 4].to_vec();
        let mut at = 12 + usize::from(list[11]);
        while list[at] != 0x24 {
            at += 5 + usize::from(list[at + 4]);
        }
        let end = at + 5 + usize::from(list[at + 4]);
        list[at + 4] += descriptor.len() as u8;
        list[2] += descriptor.len() as u8;
        list.splice(end..end, descriptor.iter().copied());
        list.extend(checksum(&list).to_be_bytes());
        packet[5..5 + list.len()].copy_from_slice(&list);
    }
    ts
}

/// Returns the CRC-32 of MPEG-2 systems.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}
