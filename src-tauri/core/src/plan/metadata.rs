//! Tags of the result: which stream they come from, which are removed, and the recording date.
//!
//! Pure. Guarantees that, where the preset wants it, each tag that reveals the location is removed by the name it has
//! in this file.

use super::{Plan, Task};
use crate::media::{Chapter, MediaInfo, location, timecode};
use crate::preset::{Container, Metadata, Preset};
use std::collections::BTreeSet;

/// Names of location tags in the containers: another version of ffmpeg may read them under another name than ffprobe
/// does.
const LOCATION: &[&str] =
    &["location", "location-eng", "com.apple.quicktime.location.ISO6709", "xyz", "GPSCoordinates", "xmp"];

/// Statistics tags that some programs write into Matroska, with or without a language: wrong for the result.
const STALE: &[&str] = &[
    "BPS",
    "BPS-eng",
    "DURATION",
    "DURATION-eng",
    "NUMBER_OF_FRAMES",
    "NUMBER_OF_FRAMES-eng",
    "NUMBER_OF_BYTES",
    "NUMBER_OF_BYTES-eng",
    "_STATISTICS_TAGS",
    "_STATISTICS_TAGS-eng",
    "_STATISTICS_WRITING_APP",
    "_STATISTICS_WRITING_APP-eng",
    "_STATISTICS_WRITING_DATE_UTC",
    "_STATISTICS_WRITING_DATE_UTC-eng",
];

pub(super) fn tags_from(task: &Task<'_>) -> Option<usize> {
    (task.info.container == "ogg").then_some(task.main.index)
}

pub(super) fn strips(preset: &Preset) -> bool {
    preset.metadata == Metadata::StripLocation
}

/// Tags to remove from the file and from each track.
pub(super) fn without_tags(info: &MediaInfo, preset: &Preset) -> Vec<String> {
    let stale = if preset.container == Container::Mkv { STALE } else { &[] };
    let mut all: Vec<String> = stale.iter().map(|tag| (*tag).to_owned()).collect();
    if strips(preset) {
        let tags = info.streams.iter().flat_map(|s| &s.tags).chain(&info.tags);
        let revealing =
            tags.filter(|(name, value)| location::tag_tells(name, value)).map(|(name, _)| name.clone());
        let usual = LOCATION.iter().map(|tag| (*tag).to_owned());
        all.extend(usual.chain(revealing).collect::<BTreeSet<_>>());
    }
    all
}

/// Tags to remove from chapters, with the chapter's number in the result: ffmpeg skips chapters that end before the
/// start.
pub(super) fn without_chapter_tags(info: &MediaInfo, preset: &Preset) -> Vec<(usize, String)> {
    let begin = info.start.unwrap_or(0.0);
    let kept = info.chapters.iter().filter(|c| strips(preset) && c.end >= begin).enumerate();
    let revealing = |(n, chapter): (usize, &Chapter)| {
        let names = chapter.tags.iter().filter(|(name, value)| location::tag_tells(name, value));
        names.map(|(name, _)| (n, name.clone())).collect::<Vec<_>>()
    };
    kept.flat_map(revealing).collect()
}

/// Tags to add under names that ffmpeg knows, from values that the file has under other names.
pub(super) fn with_tags(info: &MediaInfo, preset: &Preset) -> Vec<(String, String)> {
    let date = date(info).map(|date| ("creation_time".to_owned(), date));
    let place = place(info, preset).map(|place| ("location".to_owned(), place));
    let language = location_with_language(info, preset, place.as_ref().map(|(_, place)| place.as_str()));
    let timecode = timecode::of_data_alone(info).map(|code| ("timecode".to_owned(), code.to_owned()));
    date.into_iter().chain(place).chain(language).chain(timecode).collect()
}

/// MP4 stores a location with a language, and readers fail at an invalid one, which ffmpeg writes where no tag names
/// a language.
fn location_with_language(
    info: &MediaInfo,
    preset: &Preset,
    found: Option<&str>,
) -> Option<(String, String)> {
    let in_mp4 = matches!(preset.container, Container::Mp4 | Container::M4a);
    let has_one = info.tags.keys().any(|key| key.to_lowercase().starts_with("location-"));
    let place =
        found.or_else(|| named(info, "location")).filter(|_| in_mp4 && !has_one && !strips(preset))?;
    Some(("location-eng".into(), place.to_owned()))
}

/// Whether the plan adds a location that ffmpeg does not find itself.
pub(super) fn has_place(plan: &Plan) -> bool {
    plan.with_tags.iter().any(|(name, _)| name == "location")
}

fn named<'a>(info: &'a MediaInfo, name: &str) -> Option<&'a str> {
    info.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Recording location for MP4 and MOV, which hold it under one name only, as ISO 6709.
fn place(info: &MediaInfo, preset: &Preset) -> Option<String> {
    if strips(preset) || preset.container == Container::Mkv || named(info, "location").is_some() {
        return None;
    }
    info.tags.values().find(|value| location::is_coordinates(value)).cloned()
}

/// Names of Flash's tags for the recording date.
const DATES: [&str; 2] = ["creationdate", "metadatadate"];

/// Recording date, where the file has it only under a name that ffmpeg does not know.
fn date(info: &MediaInfo) -> Option<String> {
    if named(info, "creation_time").is_some() {
        return None;
    }
    DATES.iter().filter_map(|name| named(info, name)).find_map(parse_date)
}

/// Normalises a date to ISO 8601: accepts `2016-05-31 17:01:35` and `Tue May 31 17:01:35 GMT+0200 2016`. UTC where no
/// time zone is given.
fn parse_date(date: &str) -> Option<String> {
    let in_order = |c: (char, char)| if c.1 == '0' { c.0.is_ascii_digit() } else { c.0 == c.1 };
    let (day, time) = date.trim().split_at_checked(10)?;
    let is_day = day.chars().zip("0000-00-00".chars()).all(in_order);
    let clock = time.get(1..9).filter(|clock| is_clock(clock));
    if let Some(clock) = clock.filter(|_| is_day) {
        let fraction = |c: char| c == '.' || c.is_ascii_digit();
        let zone = time.get(9..)?.trim_start_matches(fraction);
        return Some(format!("{day}T{clock}{}", if zone.is_empty() { "Z" } else { zone }));
    }
    parse_worded_date(date)
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn parse_worded_date(date: &str) -> Option<String> {
    let date = date.to_lowercase();
    let words: Vec<&str> =
        date.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let month = |word: &&str| MONTHS.iter().position(|month| word.starts_with(month));
    let month = words.iter().find_map(month)? + 1;
    let number = |digits: std::ops::RangeInclusive<usize>, most: u32| {
        let fits = words.iter().filter(|word| digits.contains(&word.len()));
        fits.filter_map(|word| word.parse::<u32>().ok()).find(|n| (1..=most).contains(n))
    };
    let (day, year) = (number(1..=2, 31)?, number(4..=4, 9999)?);
    let clock = words.iter().find(|word| is_clock(word))?;
    let zones = words.iter().map(|word| word.trim_start_matches("gmt").trim_start_matches("utc"));
    let zone = zones.into_iter().find(|zone| zone.starts_with(['+', '-']) && zone.len() == 5);
    Some(format!("{year:04}-{month:02}-{day:02}T{clock}{}", zone.unwrap_or("Z")))
}

/// `17:01:35`
fn is_clock(word: &str) -> bool {
    word.len() == 8
        && word.split(':').count() == 3
        && word.split(':').all(|n| n.len() == 2 && n.parse::<u8>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Stream;
    use crate::preset;

    fn tag(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn video() -> MediaInfo {
        let stream =
            Stream { tags: [tag("LATITUDE", "48"), tag("title", "Tower")].into(), ..Stream::default() };
        let chapter =
            |end, tags: Vec<_>| Chapter { end, tags: tags.into_iter().collect(), ..Chapter::default() };
        let chapters = vec![
            chapter(1.0, vec![tag("title", "+48.8577+002.2950/")]),
            chapter(9.0, vec![tag("title", "Tower"), tag("LOCATION", "here")]),
        ];
        let tags = [tag("comment", "at 48.8577, 2.2950"), tag("title", "Tower")].into();
        MediaInfo { streams: vec![stream], chapters, tags, start: Some(2.0), ..MediaInfo::default() }
    }

    #[test]
    fn location_tags_are_removed_by_the_names_they_have_in_this_file() {
        let keep = preset::find("remux-mp4").unwrap();
        let strip = Preset { metadata: Metadata::StripLocation, ..keep.clone() };
        let named = without_tags(&video(), &strip);
        assert!(["LATITUDE", "comment", "location"].iter().all(|name| named.contains(&(*name).into())));
        assert!(!named.contains(&"title".into()), "{named:?}");
        assert_eq!(without_chapter_tags(&video(), &strip), [(0, "LOCATION".into())]);
        assert!(without_tags(&video(), keep).is_empty() && without_chapter_tags(&video(), keep).is_empty());
    }

    #[test]
    fn location_gets_a_language_in_mp4_where_no_tag_names_one() {
        let of = |tags: &[(&str, &str)], preset: &str| {
            let tags = tags.iter().map(|(name, value)| tag(name, value)).collect();
            with_tags(&MediaInfo { tags, ..MediaInfo::default() }, preset::find(preset).unwrap())
        };
        let place = ("LOCATION", "+48.8577+002.2950/");
        assert_eq!(of(&[place], "remux-mp4"), [tag("location-eng", place.1)]);
        assert!(of(&[place, ("location-ger", place.1)], "remux-mp4").is_empty(), "it has one");
        assert!(of(&[place], "archive-av1").is_empty() && of(&[place], "edit-prores").is_empty());
    }

    #[test]
    fn location_under_another_name_gets_the_name_that_mp4_knows() {
        let of = |tags: &[(&str, &str)], preset: &str| {
            let tags = tags.iter().map(|(name, value)| tag(name, value)).collect();
            place(&MediaInfo { tags, ..MediaInfo::default() }, preset::find(preset).unwrap())
        };
        let apple = ("com.apple.quicktime.location.ISO6709", "+48.8577+002.2950+035.000/");
        assert_eq!(of(&[apple], "web-1080p").as_deref(), Some(apple.1));
        assert_eq!(of(&[apple], "archive-av1"), None);
        assert_eq!(of(&[apple, ("LOCATION", "x")], "web-1080p"), None);
        assert_eq!(of(&[("comment", "at +48.8577+002.2950/")], "web-1080p"), None);
    }

    #[test]
    fn recording_date_of_flash_is_parsed_in_each_format() {
        let of = |tags: &[(&str, &str)]| {
            let tags = tags.iter().map(|(name, value)| tag(name, value)).collect();
            date(&MediaInfo { tags, ..MediaInfo::default() })
        };
        for (written, read) in [
            ("2016-05-31T17:01:35.000000Z", Some("2016-05-31T17:01:35Z")),
            ("2016-05-31 17:01:35", Some("2016-05-31T17:01:35Z")),
            ("2016-05-31T17:01:35+02:00", Some("2016-05-31T17:01:35+02:00")),
            ("Tue May 31 17:01:35 2016\n", Some("2016-05-31T17:01:35Z")),
            ("Tue May 31 17:01:35 GMT+0200 2016", Some("2016-05-31T17:01:35+0200")),
            ("Tue, 31 May 2016 17:01:35 GMT", Some("2016-05-31T17:01:35Z")),
            ("yesterday", None),
            ("", None),
            ("31 May 2016", None),
        ] {
            assert_eq!(of(&[("creationdate", written)]).as_deref(), read, "{written}");
        }
        let both = [("metadatadate", "2016-05-31 17:01:35"), ("creationdate", "?")];
        assert_eq!(of(&both).as_deref(), Some("2016-05-31T17:01:35Z"));
        assert_eq!(of(&[both[0], ("creation_time", "2015-01-01T00:00:00Z")]), None);
    }
}
