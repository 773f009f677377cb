//! The captions inside a picture, taken out of its file: what carries them is copied to two scratch files, the bytes and the
//! times of their packets. A file in which they are not marked is only searched for that mark.
//!
//! Guarantees bounded scratch files, which are gone afterwards, and that without an answer nothing is known. The file
//! itself is only read.

use super::capture::{Bounds, capture};
use super::probe::{MEMORY, PATIENCE};
use super::{Order, Orders, Tools};
use crate::captions::{self, Captions, Coding};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::MediaInfo;
use crate::policy::Policy;
use memchr::memmem::Finder;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes of a scratch file: at 60 frames a second, those of more than a day.
const MOST: &str = "1073741824";

/// What is needed to read captions.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// ffmpeg.
    pub tools: &'a Tools,
    /// Limits.
    pub policy: &'a Policy,
    /// Cancel and stop end it.
    pub orders: Option<&'a Orders>,
    /// How the names of scratch files begin, with their folder.
    pub notes: &'a Path,
    /// Streams that are read with the picture, by their index: of a broadcast, time begins with the first of those that
    /// ffmpeg reads.
    pub beside: &'a [usize],
    /// Bytes of the file in which captions must begin.
    pub within: u64,
}

/// The captions inside the moving picture of a file. Nothing: there are none, or they could not be read.
pub fn captions(asked: Asked<'_>, path: &Path, info: &MediaInfo) -> Vec<Captions> {
    let Some(stream) = info.video() else { return Vec::new() };
    let Some(coding) = Coding::of(&stream.codec) else { return Vec::new() };
    let going_on = || asked.orders.is_none_or(|o| !matches!(*o.borrow(), Order::Cancel | Order::Stop));
    let marked = File::open(path).and_then(|file| is_marked(file.take(asked.within), coding, going_on));
    if !marked.unwrap_or(false) {
        return Vec::new();
    }
    let begin = info.start.unwrap_or(0.0);
    let end = stream.end().or(info.seconds).map(|end| end - begin).filter(|end| *end > 0.0);
    let (data, times) = (beside(asked.notes, "data"), beside(asked.notes, "times"));
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
        tracing::warn!(%cause, "the captions of a picture could not be read");
        Vec::new()
    })
}

fn beside(notes: &Path, name: &str) -> PathBuf {
    let mut file = notes.as_os_str().to_owned();
    file.push(format!(".captions.{name}"));
    file.into()
}

/// What was read until an error is kept: of a damaged file there is no more.
fn run(asked: Asked<'_>, arguments: &[OsString]) -> io::Result<()> {
    let Asked { tools, policy, orders, notes, .. } = asked;
    notes.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    let limit = policy.probe_limit * PATIENCE;
    let bounds = Bounds { limit, memory: Some(MEMORY), orders, nice: policy.nice };
    capture(&tools.ffmpeg.path, arguments, &bounds).map(drop)
}

/// The same times as in an encode of the same streams.
fn arguments(
    asked: Asked<'_>,
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
        let output = ["-map", &map, "-c", "copy", "-bsf:v", &filter, "-fs", MOST, "-f", format];
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

/// Are there bytes in it with which captions begin? One mark in the way of another container's packets is missed, but
/// not all of them.
fn is_marked(mut file: impl Read, coding: Coding, going_on: impl Fn() -> bool) -> io::Result<bool> {
    let finders: Vec<Finder<'_>> = coding.marks().iter().map(Finder::new).collect();
    let mut block = vec![0; OVERLAP + BLOCK];
    let mut kept = 0;
    while going_on() {
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
    fn a_mark_is_found_wherever_it_lies() {
        let found = |at: usize, mark: &[u8], coding| {
            let mut bytes = vec![0x80; BLOCK + 1000];
            bytes.splice(at..at, mark.iter().copied());
            is_marked(&bytes[..], coding, || true).unwrap()
        };
        for at in [0, 500, BLOCK - 3, BLOCK + OVERLAP - 3, BLOCK + OVERLAP, BLOCK + 1000] {
            assert!(found(at, b"GA94\x03", Coding::H264), "{at}");
        }
        assert!(!found(0, b"GA94\x06", Coding::Hevc));
        assert!(found(9, &[0, 0, 1, 0xb2, b'C', b'C', 1, 0xf8], Coding::Mpeg2));
        assert!(!found(9, &[0, 0, 1, 0xb2, b'C', b'C', 1, 0xf8], Coding::H264));
        let stopped = is_marked(&b"GA94\x03"[..], Coding::H264, || false).unwrap();
        assert!(!stopped, "an order ends it");
    }
}
