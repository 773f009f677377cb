//! Classifies an entry of a given folder: a video, or the kind of an omitted entry.
//!
//! Guarantees that the name decides, and the first bytes of a file only if its extension has two common meanings. A
//! file that cannot be classified counts as a video; its job finds out. Must not know its callers.

use crate::output;
use serde::Serialize;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The kind of an omitted entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Not a video by its name or its first bytes.
    Other,
    /// A subtitle file.
    Subtitles,
    /// A hidden file or folder.
    Hidden,
    /// A folder in which a system keeps deleted files or previews.
    System,
}

impl Kind {
    /// The rest of the sentence "FILE ...".
    pub fn reason(self) -> &'static str {
        match self {
            Kind::Other => "is not a video",
            Kind::Subtitles => "is a subtitle file",
            Kind::Hidden => "is hidden",
            Kind::System => "belongs to the system",
        }
    }
}

/// Extensions of videos inside folders. A file that the user gives by itself is accepted with any name, unless
/// it is certainly something else.
pub const VIDEO_EXTENSIONS: &[&str] = &[
    "264", "265", "3g2", "3gp", "3gp2", "3gpp", "asf", "avi", "divx", "dv", "dvr-ms", "evo", "f4v", "flv",
    "gxf", "h264", "h265", "hevc", "insv", "ivf", "m1v", "m2p", "m2t", "m2ts", "m2v", "m4v", "mk3d", "mkv",
    "mod", "mov", "mp4", "mpe", "mpeg", "mpg", "mpv", "mts", "mxf", "nut", "obu", "ogm", "ogv", "ps", "qt",
    "rm", "rmvb", "tod", "tp", "trp", "ts", "vob", "vro", "webm", "wm", "wmv", "wtv", "y4m",
];

/// Those of them that have another meaning: source code, translations, music, documents.
const AMBIGUOUS: &[&str] = &["mod", "mts", "ps", "qt", "rm", "tod", "tp", "trp", "ts"];

/// Extensions of subtitle files.
const SUBTITLES: &[&str] = &[
    "ass", "dfxp", "idx", "lrc", "mks", "sbv", "scc", "smi", "srt", "ssa", "stl", "sub", "sup", "ttml", "vtt",
];

/// Names of system folders and of folders of network storage, in lower case.
const SYSTEM: &[&str] = &[
    "$recycle.bin",
    "recycled",
    "recycler",
    "#recycle",
    "#snapshot",
    "@eadir",
    "@recycle",
    "@recently-snapshot",
    "@sharebin",
    "@tmp",
    "lost+found",
    "network trash folder",
    "system volume information",
    "temporary items",
    "found.000",
];

/// Bytes read of a file whose extension is ambiguous.
const LOOK: u64 = 4096;

/// Returns the kind as which an entry of a folder is omitted; `None` for a video, or a folder to enter.
pub(super) fn left_out(path: &Path, is_folder: bool) -> Option<Kind> {
    let name = path.file_name().unwrap_or_default();
    if is_folder && SYSTEM.contains(&lower(name).as_str()) {
        Some(Kind::System)
    } else if is_hidden(name) {
        Some(Kind::Hidden)
    } else if is_folder || is_video(path) {
        None
    } else if has_extension(path, SUBTITLES) {
        Some(Kind::Subtitles)
    } else {
        Some(Kind::Other)
    }
}

/// Checks the name of a file, and its first bytes if the extension is ambiguous.
fn is_video(path: &Path) -> bool {
    has_extension(path, VIDEO_EXTENSIONS)
        && !path.file_name().is_some_and(output::is_part)
        && !(has_extension(path, AMBIGUOUS) && begin(path).is_some_and(|bytes| is_other_format(&bytes)))
}

/// Checks whether the extension is one of a video.
pub fn is_called_like_a_video(path: &Path) -> bool {
    has_extension(path, VIDEO_EXTENSIONS)
}

/// Checks whether a named file is certainly no video: neither its extension nor its first bytes are those of one. A file
/// that cannot be read is left to its job.
pub(super) fn is_certainly_other(path: &Path) -> bool {
    !has_extension(path, VIDEO_EXTENSIONS) && begin(path).is_some_and(|bytes| is_other_format(&bytes))
}

pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|extension| known.contains(&lower(extension).as_str()))
}

fn lower(name: &OsStr) -> String {
    name.to_string_lossy().to_ascii_lowercase()
}

/// Reads the first bytes; `None` if that fails.
fn begin(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LOOK).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Detects text in common encodings, tracker music, archives, documents and programs, which no video starts with.
fn is_other_format(bytes: &[u8]) -> bool {
    let starts = |magic: &[&[u8]]| magic.iter().any(|magic| bytes.starts_with(magic));
    let utf16 = starts(&[b"\xff\xfe", b"\xfe\xff"]);
    let other = starts(&[b"\x7fELF", b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"%!PS"]);
    let cut = std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none() && e.valid_up_to() > 0);
    let readable = std::str::from_utf8(bytes).is_ok() || cut;
    let control = |b: &u8| *b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r' | b'\x0c');
    let text = !bytes.is_empty() && readable && !bytes.iter().any(control);
    utf16 || other || text || is_tracker_music(bytes)
}

/// Detects the mark of `ProTracker` and similar formats, after the table of 31 instruments.
fn is_tracker_music(bytes: &[u8]) -> bool {
    let Some(mark) = bytes.get(1080..1084) else { return false };
    let channels = |at: usize| mark[at].is_ascii_digit();
    matches!(mark, b"M.K." | b"M!K!" | b"FLT4" | b"FLT8" | b"OCTA" | b"CD81")
        || (mark.ends_with(b"CHN") && channels(0))
        || (mark.ends_with(b"CH") && channels(0) && channels(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> Option<Kind> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        left_out(&path, false)
    }

    /// Packets of an MPEG transport stream.
    fn broadcast() -> Vec<u8> {
        let mut packet = vec![0x47, 0x40, 0x00, 0x10];
        packet.resize(188, 0xff);
        packet.repeat(10)
    }

    #[test]
    fn extensions_of_cameras_recorders_and_discs_are_videos() {
        for name in [
            "a.MOD", "a.tod", "a.TP", "a.trp", "a.dvr-ms", "a.vro", "a.m2p", "a.mk3d", "a.3gpp", "a.insv",
            "a.evo",
        ] {
            assert_eq!(kind(name, b"\x00\x00\x01\xba\x44"), None, "{name}");
        }
        assert_eq!(kind("notes.txt", b"x"), Some(Kind::Other));
        assert_eq!(kind("Thumbs.db", b"x"), Some(Kind::Other));
        assert_eq!(kind("film.en.SRT", b"x"), Some(Kind::Subtitles));
        assert_eq!(kind(".film.mkv", b"x"), Some(Kind::Hidden));
    }

    #[test]
    fn first_bytes_decide_for_ambiguous_extensions() {
        let code = "import { x } from './y';\nexport const z = 1;\n".repeat(200);
        let accents = "<TS version=\"2.1\"><translation>\u{e9}\u{e9}</translation>".repeat(100);
        let utf16: Vec<u8> = "\u{feff}const a".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in
            [code.as_bytes(), accents.as_bytes(), &accents.as_bytes()[..4095], &utf16, b"\xef\xbb\xbf// x"]
        {
            assert_eq!(kind("main.ts", text), Some(Kind::Other));
            assert_eq!(kind("go.mod", text), Some(Kind::Other));
        }
        let mut song = vec![0; 1080];
        song.extend(b"M.K.");
        assert_eq!(kind("song.mod", &song), Some(Kind::Other));
        song.splice(1080.., *b"12CH");
        assert_eq!(kind("song.mod", &song), Some(Kind::Other));
        for bytes in [broadcast(), [&b"\x00\x01\x02\x03"[..], &broadcast()].concat(), Vec::new()] {
            assert_eq!(kind("film.ts", &bytes), None);
            assert_eq!(kind("film.mts", &bytes), None);
        }
        assert_eq!(kind("film.mkv", b"text, but no other meaning is known"), None);
        assert_eq!(left_out(Path::new("/nowhere/film.ts"), false), None, "unreadable files count");
    }

    #[test]
    fn system_folders_are_omitted() {
        for name in
            ["$RECYCLE.BIN", "#recycle", "@eaDir", "System Volume Information", "lost+found", "@Recycle"]
        {
            assert_eq!(left_out(&Path::new("/lib").join(name), true), Some(Kind::System), "{name}");
        }
        assert_eq!(left_out(Path::new("/lib/.Trashes"), true), Some(Kind::Hidden));
        assert_eq!(left_out(Path::new("/lib/day 1.mp4"), true), None, "a folder may be named like a video");
    }
}
