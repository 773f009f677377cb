//! Options for every call of ffmpeg and ffprobe on an untrusted file, before its input: no network, no other files,
//! no demuxers that run scripts or devices, and a limit on the frame size.
//!
//! Guarantees that these options are defined in one place. Must not know what a call is for.

use std::ffi::OsString;
use std::path::Path;

/// The options, placed before `-i`.
pub(crate) const GUARD: [&str; 6] =
    ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", DEMUXERS, "-max_pixels", MAX_PIXELS];

/// [`GUARD`] as process arguments.
pub(crate) fn guard() -> Vec<OsString> {
    GUARD.map(OsString::from).into()
}

/// A path for ffmpeg, with the protocol, so that no name is parsed as an option or a URL.
pub(crate) fn file_url(path: &Path) -> OsString {
    let mut url = OsString::from("file:");
    url.push(path);
    url
}

/// Limits probing of a file by bytes only, whatever the timestamps are.
pub(crate) fn reach_arguments(reach: Option<u64>) -> Vec<String> {
    let arguments = |bytes: u64| {
        ["-probesize", &bytes.to_string(), "-analyzeduration", "86400000000"].map(str::to_owned).to_vec()
    };
    reach.map(arguments).unwrap_or_default()
}

/// Allowed demuxers. Playlists and scripts (hls, dash, concat, image2, lavfi) are excluded: such a file under the
/// name of a video could make ffmpeg read other files or the network.
const DEMUXERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,live_flv,\
asf,ogg,wav,w64,mp3,aac,flac,m4v,h264,hevc,h263,mxf,dv,gif,apng,rm,ivf,nut,wtv,gxf,vc1,av1,obu,yuv4mpegpipe,ac3,eac3,dts,\
caf,aiff,amr,ape,tta,wv";

/// Largest frame that is decoded, in pixels: 16K, 15360x8640.
const MAX_PIXELS: &str = "132710400";

/// Allowed protocols.
const PROTOCOLS: &str = "file,pipe";
