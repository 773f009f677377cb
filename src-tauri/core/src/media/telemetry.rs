//! Telemetry tracks, in which cameras log motion, exposure and usually the location. Recognised by container tag,
//! handler name and codec.
//!
//! Pure. Guarantees that timecodes and chapters, which are data too, are not taken for telemetry.

use super::{Kind, Stream};

/// Container tags, and who writes such a track.
const TAGS: [(&str, &str); 13] = [
    (GOPRO, "GoPro"),
    ("fdsc", "GoPro"),
    ("camm", "camera motion"),
    ("djmd", "DJI"),
    ("dbgi", "DJI"),
    ("rtmd", "Sony"),
    ("mebx", "Apple"),
    ("CTMD", "Canon"),
    ("mett", "timed metadata"),
    ("metx", "timed metadata"),
    ("urim", "timed metadata"),
    ("gps ", "GPS"),
    ("nmea", "GPS"),
];

/// Parts of handler names in lower case, and who writes such a track.
const HANDLERS: [(&str, &str); 8] = [
    ("gopro met", "GoPro"),
    ("gopro sos", "GoPro"),
    ("cameram", "camera motion"),
    ("dji", "DJI"),
    ("timed metadata", "timed metadata"),
    ("core media metadata", "Apple"),
    ("gps", "GPS"),
    ("telemetry", "a camera"),
];

/// Container tag of `GoPro` telemetry, the only kind that is written to MP4 and MOV.
pub const GOPRO: &str = "gpmd";

/// Who wrote this telemetry track; `None` if it is none.
pub fn writer(stream: &Stream) -> Option<&'static str> {
    if stream.kind != Kind::Data || matches!(stream.tag.as_str(), "tmcd" | "text") {
        return None;
    }
    let handler = stream.tags.get("handler_name").map(|name| name.to_lowercase()).unwrap_or_default();
    let by_tag = TAGS.iter().find(|(tag, _)| *tag == stream.tag);
    let by_handler = || HANDLERS.iter().find(|(part, _)| handler.contains(part));
    let by_codec = || (stream.codec == "klv").then_some(&("klv", "KLV"));
    by_tag.or_else(by_handler).or_else(by_codec).map(|(_, writer)| *writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telemetry_is_recognised_by_tag_handler_or_codec_and_timecodes_are_not() {
        let of = |codec: &str, tag: &str, handler: &str| {
            let tags = [("handler_name".to_owned(), handler.to_owned())].into();
            writer(&Stream { codec: codec.into(), tag: tag.into(), tags, ..Stream::default() })
        };
        assert_eq!(of("bin_data", "gpmd", "SubtitleHandler"), Some("GoPro"));
        assert_eq!(of("", "xxxx", "\u{b}GoPro MET  "), Some("GoPro"));
        assert_eq!(of("", "abcd", "CameraMetadataMotionHandler"), Some("camera motion"));
        assert_eq!(of("klv", "KLVA", ""), Some("KLV"));
        assert_eq!((of("", "tmcd", "GoPro TCD"), of("", "tmcd", "GoPro MET")), (None, None));
        assert_eq!(of("bin_data", "text", "SubtitleHandler"), None);
        assert_eq!(of("scte_35", "", ""), None);
        let film = Stream { kind: Kind::Video, tag: "djmd".into(), ..Stream::default() };
        assert_eq!(writer(&film), None);
    }
}
