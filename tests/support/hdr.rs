//! Small HEVC films of each form of high dynamic range, in each container. No encoder here writes Dolby Vision or HDR10+,
//! so their bytes are put in: the records of containers and the messages beside each picture.

use crate::boxes::described;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A form of high dynamic range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PQ with mastering data, as every header says.
    Pq,
    /// HLG, as every header says.
    Hlg,
    /// HLG that a message in the stream alone announces (alternative transfer characteristics).
    HlgByMessage,
    /// Dolby Vision of this profile, on this base: 1 PQ, 4 HLG, 6 PQ of a disc, 0 none.
    Dolby(u8, u8),
    /// PQ with dynamic metadata of HDR10+.
    Plus,
}

impl Form {
    /// The transfer that its frames have, in ffprobe's words.
    pub fn transfer(self) -> &'static str {
        match self {
            Form::Pq | Form::Plus | Form::Dolby(_, 0 | 1 | 6) => "smpte2084",
            Form::Hlg | Form::HlgByMessage | Form::Dolby(..) => "arib-std-b67",
        }
    }

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

/// Begins what is put in as metadata of Dolby Vision beside each picture: enough to be found again, not to be read.
pub const RPU: [u8; 6] = [0x7c, 0x01, 0x19, 0x08, 0x5a, 0xa5];

/// Half a second in this form with sound, in the container that the extension names: `mp4`, `mkv` or `ts`.
pub fn film(folder: &Path, form: Form, extension: &str) -> PathBuf {
    let scratch = tempfile::tempdir_in(folder).unwrap();
    let path = folder.join(format!("{}.{extension}", name(form)));
    // Of Matroska the record is not written here: it is taken over from an MP4.
    let first = scratch.path().join(if extension == "ts" { "made.ts" } else { "made.mp4" });
    with_sound(&stream(scratch.path(), form), &first);
    if let Form::Dolby(profile, base) = form {
        let made = std::fs::read(&first).unwrap();
        let declared = if extension == "ts" { in_ts } else { in_mp4 };
        std::fs::write(&first, declared(&made, profile, base)).unwrap();
    }
    if extension == "mkv" {
        let first = first.to_str().unwrap();
        ffmpeg(&["-i", first, "-c", "copy", "-strict", "unofficial", path.to_str().unwrap()]);
    } else {
        std::fs::rename(first, &path).unwrap();
    }
    path
}

/// The bare picture, with what stands beside each of its frames.
fn stream(scratch: &Path, form: Form) -> PathBuf {
    let path = scratch.join("raw");
    let picture = "testsrc2=s=320x180:r=25:d=0.48,format=yuv420p10le";
    let x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", &form.parameters(), "-f", "hevc"];
    ffmpeg(&[&["-f", "lavfi", "-i", picture], &x265[..], &[path.to_str().unwrap()]].concat());
    let raw = std::fs::read(&path).unwrap();
    let made = match form {
        Form::Plus => dressed(&raw, &plus(), &[]),
        Form::Dolby(..) => dressed(&raw, &[], &RPU),
        _ => raw,
    };
    std::fs::write(&path, made).unwrap();
    path
}

fn with_sound(stream: &Path, to: &Path) {
    let read = ["-fflags", "+genpts", "-f", "hevc", "-r", "25", "-i", stream.to_str().unwrap()];
    let sound = ["-f", "lavfi", "-i", "sine=r=48000:d=0.48"];
    let tag = if to.extension().is_some_and(|e| e == "mp4") { &["-tag:v", "hvc1"][..] } else { &[] };
    ffmpeg(&[&read[..], &sound, &["-c:v", "copy", "-c:a", "aac"], tag, &[to.to_str().unwrap()]].concat());
}

/// Names a form.
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
    // Made by the system's ffmpeg, also where a newer one is under test.
    let path = std::env::var_os("PATH").unwrap();
    let usual = std::env::split_paths(&path).filter(|folder| !folder.ends_with("ffmpeg-new"));
    let path = std::env::join_paths(usual).unwrap();
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]).args(args).env("PATH", path);
    assert!(command.status().unwrap().success(), "{args:?}");
}

/// The stream with these units before and behind each picture, which must be one slice.
fn dressed(stream: &[u8], before: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut made = Vec::new();
    let put = |made: &mut Vec<u8>, unit: &[u8]| {
        if !unit.is_empty() {
            made.extend([&[0, 0, 0, 1], unit].concat());
        }
    };
    for unit in units(stream) {
        let picture = unit.first().is_some_and(|head| head >> 1 < 32);
        put(&mut made, if picture { before } else { &[] });
        put(&mut made, unit);
        put(&mut made, if picture { behind } else { &[] });
    }
    made
}

/// The units between start codes.
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> =
        (0..stream.len() - 3).filter(|at| stream[*at..*at + 3] == [0, 0, 1]).map(|at| at + 3).collect();
    let ends = starts.iter().skip(1).map(|next| next - 3).chain([stream.len()]);
    let trimmed = |unit: &'_ [u8]| unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    starts.iter().zip(ends).map(|(from, to)| &stream[*from..][..trimmed(&stream[*from..to])]).collect()
}

/// A message of HDR10+ for one window that covers all (SMPTE ST 2094-40).
fn plus() -> Vec<u8> {
    let fields: [(u64, usize); 14] = [
        (1, 8),       // version
        (1, 2),       // windows
        (400, 27),    // brightness of the screen that is aimed at
        (0, 1),       // its peaks are not given
        (50_001, 17), // brightest of red, green and blue
        (50_001, 17),
        (50_001, 17),
        (20_001, 17), // mean
        (0, 4),       // no percentiles
        (1, 10),      // bright pixels
        (0, 1),       // peaks of mastering are not given
        (0, 1),       // no curve
        (0, 1),       // no saturation
        (1, 1),
    ];
    let bits = fields.iter().fold(String::new(), |bits, (value, width)| bits + &format!("{value:0width$b}"));
    let padded = format!("{bits:0<128}");
    let byte = |at: usize| u8::from_str_radix(&padded[at * 8..at * 8 + 8], 2).unwrap();
    let payload = [vec![0xb5, 0, 0x3c, 0, 1, 4], (0..16).map(byte).collect()].concat();
    escaped(&[&[0x4e, 1, 4, payload.len() as u8][..], &payload, &[0x80]].concat())
}

/// No start code may stand in a unit.
fn escaped(unit: &[u8]) -> Vec<u8> {
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

/// Profile, level, and which of metadata, second layer and base there are.
fn flags(profile: u8) -> [u8; 2] {
    let second = if profile == 7 { 0b10 } else { 0 };
    (u16::from(profile) << 9 | 3 << 3 | 0b101 | second).to_be_bytes()
}

fn in_mp4(film: &[u8], profile: u8, base: u8) -> Vec<u8> {
    let record = [&[1, 0][..], &flags(profile), &[base << 4], &[0; 19]].concat();
    described(film, if profile > 7 { b"dvvC" } else { b"dvcC" }, &record)
}

/// The same in each list of streams of a transport stream.
fn in_ts(film: &[u8], profile: u8, base: u8) -> Vec<u8> {
    let mut film = film.to_vec();
    let descriptor = [&[0xb0, 5, 1, 0][..], &flags(profile), &[base << 4 | 0xf]].concat();
    for packet in film.chunks_mut(188).filter(|p| p[1] & 0x5f == 0x50 && p[2] == 0 && p[5] == 2) {
        let section = &packet[5..];
        let length = 3 + (usize::from(section[1] & 0xf) << 8 | usize::from(section[2]));
        let mut list = section[..length - 4].to_vec();
        let mut at = 12 + usize::from(list[11]);
        while list[at] != 0x24 {
            at += 5 + usize::from(list[at + 4]);
        }
        let behind = at + 5 + usize::from(list[at + 4]);
        list[at + 4] += descriptor.len() as u8;
        list[2] += descriptor.len() as u8;
        list.splice(behind..behind, descriptor.iter().copied());
        list.extend(checksum(&list).to_be_bytes());
        packet[5..5 + list.len()].copy_from_slice(&list);
    }
    film
}

/// CRC-32 as MPEG counts it.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
            sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}
