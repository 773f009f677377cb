//! Extracts the captions embedded in a video stream: the units that carry them, and the times of their packets, are
//! copied to two scratch files. Most files have none, so the file is first searched for a caption mark.
//!
//! Guarantees that scratch files are bounded and deleted afterwards, and that a failed call counts as no captions. The
//! source is only read.

use super::capture::{Bounds, capture};
use super::probe::{MEMORY, PATIENCE};
use super::{Control, Controls, Tools};
use crate::captions::{self, Captions, Coding};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::MediaInfo;
use crate::policy::Policy;
use memchr::memmem::Finder;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// Largest scratch file, in bytes: more than a day at 60 frames a second.
const SCRATCH_LIMIT: &str = "1073741824";

/// What a search for captions needs.
#[derive(Clone, Copy)]
pub struct CaptionRequest<'a> {
    /// ffmpeg.
    pub tools: &'a Tools,
    /// Limits.
    pub policy: &'a Policy,
    /// Cancel and stop end the search.
    pub orders: Option<&'a Controls>,
    /// Path prefix of the scratch files.
    pub notes: &'a Path,
    /// Indices of streams that are read with the video: in a broadcast, time begins with the first of those that ffmpeg
    /// reads.
    pub beside: &'a [usize],
    /// Bytes of the file within which captions must start.
    pub within: u64,
}

/// The captions embedded in the video stream of a file. Empty where there are none, or they could not be read.
pub fn captions(asked: CaptionRequest<'_>, path: &Path, info: &MediaInfo) -> Vec<Captions> {
    let Some(stream) = info.video() else { return Vec::new() };
    let Some(coding) = Coding::of(&stream.codec) else { return Vec::new() };
    let continues = || asked.orders.is_none_or(|o| !matches!(*o.borrow(), Control::Cancel | Control::Stop));
    let has_mark =
        File::open(path).and_then(|file| contains_mark(file.take(asked.within), coding, continues));
    if !has_mark.unwrap_or(false) {
        return Vec::new();
    }
    let start = info.start.unwrap_or(0.0);
    let end = stream.end().or(info.seconds).map(|end| end - start).filter(|end| *end > 0.0);
    let (data, times) = (scratch(asked.notes, "data"), scratch(asked.notes, "times"));
    let extract = || -> io::Result<Vec<Captions>> {
        run(asked, &arguments(asked, path, (stream.index, coding), info.reach, (&data, &times)))?;
        let open = |path: &Path| File::open(path).map(BufReader::new);
        Ok(captions::read(coding, open(&times)?, open(&data)?, end))
    };
    let found = extract();
    for file in [data, times] {
        let _ = std::fs::remove_file(file);
    }
    found.unwrap_or_else(|cause| {
        tracing::warn!(%cause, "embedded captions could not be read");
        Vec::new()
    })
}

fn scratch(notes: &Path, name: &str) -> PathBuf {
    let mut file = notes.as_os_str().to_owned();
    file.push(format!(".captions.{name}"));
    file.into()
}

/// Ignores the exit status: of a damaged file, what was read before the error is used.
fn run(asked: CaptionRequest<'_>, arguments: &[OsString]) -> io::Result<()> {
    let CaptionRequest { tools, policy, orders, notes, .. } = asked;
    notes.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    let limit = policy.probe_limit * PATIENCE;
    let bounds = Bounds { limit, memory: Some(MEMORY), orders, nice: policy.nice };
    capture(&tools.ffmpeg.path, arguments, &bounds).map(drop)
}

/// The timestamps are those of an encode of the same streams.
fn arguments(
    asked: CaptionRequest<'_>,
    path: &Path,
    (index, coding): (usize, Coding),
    reach: Option<u64>,
    (data, times): (&Path, &Path),
) -> Vec<OsString> {
    let before = ["-v", "error", "-nostdin", "-y"];
    let mut all: Vec<OsString> = before.map(OsString::from).into();
    all.extend(guard());
    all.extend(["-fflags", "+genpts"].map(OsString::from));
    all.extend(reach_arguments(reach).into_iter().map(OsString::from));
    all.extend(["-i".into(), file_url(path)]);
    let (map, filter) = (format!("0:{index}"), format!("filter_units=pass_types={}", coding.units()));
    for (format, file) in [("data", data), ("framecrc", times)] {
        let output = ["-map", &map, "-c", "copy", "-bsf:v", &filter, "-fs", SCRATCH_LIMIT, "-f", format];
        all.extend(output.map(OsString::from));
        all.push(file_url(file));
    }
    let beside = asked.beside.iter().flat_map(|n| ["-map".to_owned(), format!("0:{n}")]);
    all.extend(beside.map(OsString::from));
    if !asked.beside.is_empty() {
        all.extend(["-c", "copy", "-f", "null", "-"].map(OsString::from));
    }
    all
}

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;
/// A mark may lie across two blocks.
const OVERLAP: usize = 16;

/// Does the file contain the bytes that captions start with? A mark split by a packet header of the container is
/// missed, but not all of them are.
fn contains_mark(mut file: impl Read, coding: Coding, continues: impl Fn() -> bool) -> io::Result<bool> {
    let finders: Vec<Finder<'_>> = coding.marks().iter().map(Finder::new).collect();
    let mut block = vec![0; OVERLAP + BLOCK];
    let mut kept = 0;
    while continues() {
        let read = match file.read(&mut block[kept..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let filled = kept + read;
        if finders.iter().any(|finder| finder.find(&block[..filled]).is_some()) {
            return Ok(true);
        }
        if read == 0 {
            break;
        }
        kept = filled.min(OVERLAP);
        block.copy_within(filled - kept..filled, 0);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_is_found_at_any_position() {
        let found = |at: usize, mark: &[u8], coding| {
            let mut bytes = vec![0x80; BLOCK + 1000];
            bytes.splice(at..at, mark.iter().copied());
            contains_mark(&bytes[..], coding, || true).unwrap()
        };
        for at in [0, 500, BLOCK - 3, BLOCK + OVERLAP - 3, BLOCK + OVERLAP, BLOCK + 1000] {
            assert!(found(at, b"GA94\x03", Coding::H264), "{at}");
        }
        assert!(!found(0, b"GA94\x06", Coding::Hevc));
        assert!(found(9, &[0, 0, 1, 0xb2, b'C', b'C', 1, 0xf8], Coding::Mpeg2));
        assert!(!found(9, &[0, 0, 1, 0xb2, b'C', b'C', 1, 0xf8], Coding::H264));
        let stopped = contains_mark(&b"GA94\x03"[..], Coding::H264, || false).unwrap();
        assert!(!stopped, "an order ends it");
    }
}
