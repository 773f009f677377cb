//! Checks that a result does not reveal the recording location, where that must be removed: by everything that was
//! read back from it. Pure.

use crate::failure::LocationIn;
use crate::media::location::{runs, tag_tells};
use crate::media::metadata::Parts;
use crate::media::{Kind, MediaInfo, Stream, telemetry};

/// What in this result still reveals a location; `None`: nothing does. `texts`: `None` where they could not be read.
pub(crate) fn left(output: &MediaInfo, texts: Option<&Parts>) -> Option<LocationIn> {
    revealing_tag(output)
        .map(|name| LocationIn::Tag { name: name.to_owned() })
        .or_else(|| output.streams.iter().find_map(stream))
        .or_else(|| texts.is_none_or(text_reveals).then_some(LocationIn::Text))
}

/// Name of a tag that reveals a location.
fn revealing_tag(info: &MediaInfo) -> Option<&str> {
    let tags = info.all_tags();
    tags.into_iter().find(|(name, value)| tag_tells(name, value)).map(|(name, _)| name.as_str())
}

fn text_reveals(texts: &Parts) -> bool {
    texts.place || runs::bytes_tell(&texts.bytes)
}

fn stream(stream: &Stream) -> Option<LocationIn> {
    match stream.kind {
        Kind::Data => telemetry::writer(stream).map(|_| LocationIn::Telemetry),
        Kind::Video if stream.places && stream.attached_picture => Some(LocationIn::Cover),
        Kind::Subtitle if stream.places => Some(LocationIn::Subtitles),
        _ => stream.places.then_some(LocationIn::Picture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Chapter;

    fn found_by(change: impl FnOnce(&mut MediaInfo, &mut Parts)) -> Option<LocationIn> {
        let (mut output, mut texts) = (MediaInfo::default(), Parts::default());
        output.tags.insert("title".into(), "Tower".into());
        output.streams.push(Stream { kind: Kind::Video, ..Stream::default() });
        change(&mut output, &mut texts);
        left(&output, Some(&texts))
    }

    fn named(name: &str) -> LocationIn {
        LocationIn::Tag { name: name.into() }
    }

    #[test]
    fn location_is_found_in_each_part_of_a_file() {
        assert_eq!(found_by(|_, _| ()), None);
        let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found_by(|o, _| o.tags.extend([tag("LOCATION", "here")])).unwrap(), named("LOCATION"));
        let of_stream = found_by(|o, _| o.streams[0].tags.extend([tag("comment", "+48.8577+002.2950/")]));
        assert_eq!(of_stream.unwrap(), named("comment"));
        let tags = [tag("title", "48.8577, 2.2950")].into();
        let of_chapter = found_by(|o, _| o.chapters.push(Chapter { tags, ..Chapter::default() }));
        assert_eq!(of_chapter.unwrap(), named("title"));
        let marked = |kind, attached_picture| {
            let stream = Stream { kind, places: true, attached_picture, ..Stream::default() };
            found_by(|o, _| o.streams.push(stream))
        };
        assert_eq!(marked(Kind::Video, true).unwrap(), LocationIn::Cover);
        assert_eq!(marked(Kind::Video, false).unwrap(), LocationIn::Picture);
        assert_eq!(marked(Kind::Subtitle, false).unwrap(), LocationIn::Subtitles);
        let log = Stream { tag: "gpmd".into(), ..Stream::default() };
        assert_eq!(found_by(|o, _| o.streams.push(log)).unwrap(), LocationIn::Telemetry);
        assert_eq!(found_by(|_, t| t.place = true).unwrap(), LocationIn::Text);
        let text = found_by(|_, t| t.bytes = b"\0\x11+48.8577+002.295/\0".to_vec());
        assert_eq!(text.unwrap(), LocationIn::Text);
        assert!(left(&MediaInfo::default(), None).is_some(), "unreadable texts are refused");
    }
}
