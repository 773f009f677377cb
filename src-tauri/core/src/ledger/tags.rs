//! Tags of a file: which describe its content, and which of those each container stores.

use crate::preset::Container;

/// Tags that programs write for their own use, true only of the file they wrote.
const OF_PROGRAMS: &[&str] = &[
    "major_brand",
    "minor_version",
    "compatible_brands",
    "encoder",
    "handler_name",
    "vendor_id",
    "duration",
    "language",
    "timecode",
    "reel_name",
    "alpha_mode",
    "rotate",
    "stereo_mode",
    "totalduration",
    "datasize",
    "videosize",
    "audiosize",
    "filesize",
    "hasvideo",
    "hasaudio",
    "hasmetadata",
    "haskeyframes",
    "canseektoend",
    "lasttimestamp",
    "lastkeyframetimestamp",
    "keyframes",
    "framerate",
    "videodatarate",
    "audiodatarate",
    "videocodecid",
    "audiocodecid",
    "creationdate",
    "metadatadate",
    "metadatacreator",
    "software",
    "encoding_tool",
    "device_conformance_template",
    "isvbr",
    "wmfsdkversion",
    "wmfsdkneeded",
    "gapless_playback",
    "variant_bitrate",
    "content_type",
    "spool_result",
    "wm/encodingtime",
];

/// Prefixes of such names.
const PREFIXES: &[&str] = &[
    "uid",
    "generation_uid",
    "product_",
    "toolkit_",
    "application_platform",
    "company_name",
    "operational_pattern",
    "material_package",
    "file_package",
    "modification_date",
    "_statistics",
    "bps",
    "number_of_",
    "source_id",
    "com.android.",
    "id3v2_priv.",
    "wm/media",
];

/// Normalised name of a tag; `None` if it does not describe the content.
pub(super) fn name(tag: &str) -> Option<String> {
    let name = tag.to_lowercase();
    if let Some(name) = name.strip_prefix("com.apple.quicktime.") {
        return Some(name.to_owned());
    }
    let of_programs =
        OF_PROGRAMS.contains(&name.as_str()) || PREFIXES.iter().any(|start| name.starts_with(start));
    (!of_programs).then_some(name)
}

/// Tags that ffmpeg writes into MP4 and M4A.
const MP4: &[&str] = &[
    "title",
    "creation_time",
    "artist",
    "album_artist",
    "album",
    "composer",
    "date",
    "comment",
    "genre",
    "copyright",
    "grouping",
    "lyrics",
    "description",
    "synopsis",
    "show",
    "episode_id",
    "network",
    "keywords",
    "season_number",
    "episode_sort",
    "hd_video",
    "media_type",
    "compilation",
    "track",
    "disc",
];

/// Tags that ffmpeg writes into MOV.
const MOV: &[&str] =
    &["title", "creation_time", "artist", "album", "date", "comment", "genre", "copyright", "make", "model"];

/// Whether this container can store a tag of this name.
pub(crate) fn is_held(name: &str, container: Container) -> bool {
    match container {
        Container::Mkv => true,
        Container::Mp4 | Container::M4a => MP4.contains(&name),
        Container::Mov => MOV.contains(&name),
    }
}
