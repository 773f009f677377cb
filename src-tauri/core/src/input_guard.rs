//! What every call of ffmpeg and ffprobe on a file of strangers is given before its input: no network, no other files, no
//! demuxer that runs scripts or devices, and no picture that takes all memory.
//!
//! Guarantees one place for these options. Must not know what a call is for.

use std::ffi::OsString;
use std::path::Path;

/// The options, to stand before `-i`.
pub(crate) const GUARD: [&str; 6] =
    ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", DEMUXERS, "-max_pixels", MAX_PIXELS];

/// The same as arguments of a process.
pub(crate) fn guard() -> Vec<OsString> {
    GUARD.map(OsString::from).into()
}

/// A path as ffmpeg must be given it: with the protocol, so that no name is taken for an option or a URL.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// How far a file is to be read before its streams are known: by bytes alone, whatever the time stamps say.
pub(crate) fn reach_arguments(reach: Option<u64>) -> Vec<String> {
    let arguments = |bytes: u64| {
        ["-probesize", &bytes.to_string(), "-analyzeduration", "86400000000"].map(str::to_owned).to_vec()
    };
    reach.map(arguments).unwrap_or_default()
}

/// Demuxers that user files may be opened with. Playlists and scripts (hls, dash, concat, image2, lavfi) are
/// not among them: such a file under the name of a video could make ffmpeg read other files or the network.
const DEMUXERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,live_flv,\
asf,ogg,wav,w64,mp3,aac,flac,m4v,h264,hevc,h263,mxf,dv,gif,apng,rm,ivf,nut,wtv,gxf,vc1,av1,obu,yuv4mpegpipe,ac3,eac3,dts,\
caf,aiff,amr,ape,tta,wv";

/// Largest picture that is opened, in pixels: 16K, 15360x8640.
const MAX_PIXELS: &str = "132710400";

/// Protocols for user files.
const PROTOCOLS: &str = "file,pipe";
