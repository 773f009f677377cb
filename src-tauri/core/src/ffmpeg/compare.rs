//! Are the packets of a copy those of its original? Each is hashed in a form that is the same in every container: an
//! elementary stream without parameter sets, delimiters and headers of a container's own.
//!
//! Guarantees bounded memory: eight bytes for each packet. Reads both files whole.

use super::capture::{Bounds, capture_by};
use super::{Orders, Tools, pipe};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::policy::Policy;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// A stream of a file: how ffmpeg names it there, and its codec in ffmpeg's words.
pub type Wanted<'a> = (String, &'a str);

/// A file, and which of its streams are compared.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Bytes that must be read before its streams are known, as `MediaInfo::reach`.
    pub reach: Option<u64>,
    /// Its streams.
    pub streams: &'a [Wanted<'a>],
}

/// Hashes of packets, by index of the stream.
type Hashes = BTreeMap<usize, Vec<u64>>;

/// Reading two whole files may take this many times as long as a look.
const PATIENCE: u32 = 80;

/// Compares streams of the original with those of its copy, in the same order: one answer for each pair. `None` when it
/// cannot be told.
pub fn packets_equal(
    tools: &Tools,
    original: Side<'_>,
    copy: Side<'_>,
    policy: &Policy,
    orders: Option<&Orders>,
) -> Option<Vec<bool>> {
    let bounds = Bounds { limit: policy.probe_limit * PATIENCE, memory: None, orders, nice: policy.nice };
    let hashes = |side: Side<'_>| {
        let answer = capture_by(&tools.ffmpeg.path, &arguments(side), &bounds, read).ok()?;
        answer.success.then_some(answer.stdout)
    };
    let (mut original, mut copy) = (hashes(original)?, hashes(copy)?);
    let count = original.len().max(copy.len());
    Some((0..count).map(|n| original.remove(&n) == copy.remove(&n)).collect())
}

/// Can packets of this codec be compared? A container cuts PCM into packets as it likes.
pub fn is_comparable(codec: &str) -> bool {
    !codec.starts_with("pcm_")
}

fn arguments(Side { path, reach, streams }: Side<'_>) -> Vec<OsString> {
    let mut all: Vec<OsString> = ["-v", "quiet", "-nostats"].map(OsString::from).into();
    all.extend(guard());
    all.extend(reach_arguments(reach).into_iter().map(OsString::from));
    all.extend(["-i".into(), file_url(path)]);
    for (n, (index, codec)) in streams.iter().enumerate() {
        all.extend(["-map".into(), format!("0:{index}").into()]);
        if let Some(filters) = normal_form(codec) {
            all.extend([format!("-bsf:{n}").into(), filters.into()]);
        }
    }
    all.extend(["-c", "copy", "-f", "framehash", "-hash", "murmur3", "-"].map(OsString::from));
    all
}

/// Numbers of units: in H.264 7 to 9 are parameter sets and delimiters, in H.265 32 to 35, in AV1 2 is a delimiter.
fn normal_form(codec: &str) -> Option<&'static str> {
    match codec {
        "h264" => Some("h264_mp4toannexb,filter_units=remove_types=7-9"),
        "hevc" => Some("hevc_mp4toannexb,filter_units=remove_types=32-35"),
        "av1" => Some("filter_units=remove_types=2"),
        "aac" => Some("aac_adtstoasc"),
        _ => None,
    }
}

fn read(stdout: std::process::ChildStdout) -> Hashes {
    let mut hashes = Hashes::new();
    pipe::each_line(stdout, |line| take(line, &mut hashes));
    hashes
}

/// Takes a line of `stream, dts, pts, duration, size, hash`; further fields are side data.
fn take(line: &str, hashes: &mut Hashes) {
    let mut fields = line.split(',').map(str::trim);
    let Some(index) = fields.next().and_then(|f| f.parse().ok()) else { return };
    let hash = fields.nth(4).and_then(|f| u64::from_str_radix(f.get(..16)?, 16).ok());
    hashes.entry(index).or_default().extend(hash);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_by_stream_and_in_order() {
        let mut hashes = Hashes::new();
        for line in [
            "#format: frame checksums",
            "0,          0,          0,      512,      903, 00000000000000ff11111111111111ff",
            "1,      -1024,      -1024,     1024,      23, 000000000000000a11111111111111ff, S=1,       10, 0",
            "0,        512,        512,      512,       77, 000000000000000111111111111111ff\r",
            "",
            "nonsense, 1",
        ] {
            take(line, &mut hashes);
        }
        assert_eq!(hashes, Hashes::from([(0, vec![255, 1]), (1, vec![10])]));
    }
}
