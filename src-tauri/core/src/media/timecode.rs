//! The timecode of a recording: the camera's clock at the first frame, `HH:MM:SS:FF`, or `;FF` where numbers are
//! dropped to keep pace with 29.97 frames per second (SMPTE 12M).
//!
//! Pure. Guarantees that impossible values are not taken for a timecode: ffprobe reads one from any track with a
//! camera's container tag.

use super::{Kind, MediaInfo};

/// True for a time of day with a frame number below 120.
pub(crate) fn is_valid(text: &str) -> bool {
    let text = text.trim();
    let parts: Vec<&str> = text.split([':', ';', '.']).collect();
    let below = |part: &str, limit: u32| {
        part.len() >= 2
            && part.bytes().all(|c| c.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|n| n < limit)
    };
    parts.len() == 4 && parts.iter().zip([24, 60, 60, 120]).all(|(part, limit)| below(part, limit))
}

/// The first valid timecode, of the file before that of a track.
pub(crate) fn of(info: &MediaInfo) -> Option<&str> {
    info.all_tags().filter(is_timecode).map(|(_, code)| code.trim()).find(|code| is_valid(code))
}

/// A timecode that only data tracks hold: it is lost if they are left out.
pub(crate) fn of_data_alone(info: &MediaInfo) -> Option<&str> {
    let shown = info.streams.iter().filter(|s| s.kind != Kind::Data).flat_map(|s| &s.tags);
    let elsewhere = info.tags.iter().chain(shown).any(|tag| is_timecode(&tag));
    of(info).filter(|_| !elsewhere)
}

/// Name of the tape or card that the timecode counts.
pub(crate) fn reel(info: &MediaInfo) -> Option<&str> {
    let mut tags = info.all_tags().filter(|(name, _)| name.eq_ignore_ascii_case("reel_name"));
    tags.find_map(|(_, name)| Some(name.trim()).filter(|name| !name.is_empty()))
}

fn is_timecode(tag: &(&String, &String)) -> bool {
    tag.0.eq_ignore_ascii_case("timecode")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Stream;

    #[test]
    fn a_timecode_is_a_time_of_day_and_a_frame_number() {
        for code in ["01:02:03:04", "23:59:59;29", " 10:00:00:00 ", "00:00:00.59", "09:08:07:119"] {
            assert!(is_valid(code), "{code}");
        }
        for code in [
            "50:48:44;71",
            "24:00:00:00",
            "01:60:00:00",
            "01:02:03",
            "1:2:3:4",
            "",
            "01:02:03:04:05",
            "aa:bb:cc:dd",
        ] {
            assert!(!is_valid(code), "{code}");
        }
    }

    #[test]
    fn a_timecode_of_data_alone_is_found_nowhere_else() {
        let tags = |code: &str| [("timecode".to_owned(), code.to_owned())].into();
        let data = |code| Stream { kind: Kind::Data, tags: tags(code), ..Stream::default() };
        let film = |streams| MediaInfo { streams, ..MediaInfo::default() };
        assert_eq!(of_data_alone(&film(vec![data("10:20:30:12")])), Some("10:20:30:12"));
        assert_eq!(of_data_alone(&film(vec![data("50:48:44;71")])), None);
        assert_eq!(of(&film(vec![data("50:48:44;71")])), None);
        let picture = Stream { kind: Kind::Video, tags: tags("01:00:00:00"), ..Stream::default() };
        let both = film(vec![picture, data("10:20:30:12")]);
        assert_eq!((of_data_alone(&both), of(&both)), (None, Some("01:00:00:00")));
    }
}
