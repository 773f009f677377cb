//! Compares the packets of a copy with those of its original. Packets are hashed in a form that does not depend on the
//! container: an elementary stream without parameter sets, delimiters and container headers.
//!
//! Guarantees bounded memory: eight bytes for each packet. Reads both files whole.

use super::capture::{Bounds, capture_by};
use super::{Controls, Tools, pipe};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::policy::Policy;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// A stream: its ffmpeg stream specifier, and ffmpeg's name of its codec.
pub type Wanted<'a> = (String, &'a str);

/// A file, and the streams of it to compare.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// Its path.
    pub path: &'a Path,
    /// Bytes to read before the streams are known, as in `MediaInfo::reach`.
    pub reach: Option<u64>,
    /// The streams, in the order of the other side.
    pub streams: &'a [Wanted<'a>],
}

/// Packet hashes by stream index.
type Hashes = BTreeMap<usize, Vec<u64>>;

/// Time limit as a multiple of `Policy::probe_limit`, since two whole files are read.
const PATIENCE: u32 = 80;

/// Compares streams of the original with those of its copy, in the same order: one result for each pair. `None` where a
/// file cannot be read.
pub fn packets_equal(
    tools: &Tools,
    original: Side<'_>,
    copy: Side<'_>,
    policy: &Policy,
    orders: Option<&Controls>,
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

/// Can packets of this codec be compared? Containers split PCM into packets of any size.
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

/// Bitstream filters. Unit types: in H.264 7 to 9 are parameter sets and delimiters, in H.265 32 to 35; in AV1 2 is a
/// delimiter.
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
    fn hashes_are_read_by_stream_in_order() {
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
