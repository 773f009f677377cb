//! Does a result tell where it was recorded, though that was to be left out? By all that was read back of it. Pure.

use crate::media::metadata::Parts;
use crate::media::places::{runs, tag_tells};
use crate::media::{Kind, MediaInfo, Stream, telemetry};

/// What in this result still tells a place, for people; nothing: nothing does. `texts`: `None` where they could not be
/// read.
pub(crate) fn left(output: &MediaInfo, texts: Option<&Parts>) -> Option<String> {
    let what = telling_tag(output)
        .map(|name| format!("its tag {name}"))
        .or_else(|| output.streams.iter().find_map(stream))
        .or_else(|| texts.is_none_or(tells).then(|| "a text in its metadata".into()))?;
    Some(format!("The result may still tell where it was recorded, by {what}, so it was not kept."))
}

/// The name of a tag that tells a place.
fn telling_tag(info: &MediaInfo) -> Option<&str> {
    let tags = info.all_tags();
    tags.into_iter().find(|(name, value)| tag_tells(name, value)).map(|(name, _)| name.as_str())
}

fn tells(texts: &Parts) -> bool {
    texts.place || runs::bytes_tell(&texts.bytes)
}

fn stream(stream: &Stream) -> Option<String> {
    let what = match stream.kind {
        Kind::Data => telemetry::writer(stream).map(|_| "telemetry"),
        Kind::Video if stream.places && stream.attached_picture => Some("its cover"),
        Kind::Subtitle if stream.places => Some("its subtitles"),
        _ => stream.places.then_some("its picture"),
    };
    what.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Chapter;

    fn by(change: impl FnOnce(&mut MediaInfo, &mut Parts)) -> Option<String> {
        let (mut output, mut texts) = (MediaInfo::default(), Parts::default());
        output.tags.insert("title".into(), "Tower".into());
        output.streams.push(Stream { kind: Kind::Video, ..Stream::default() });
        change(&mut output, &mut texts);
        let said = left(&output, Some(&texts))?;
        said.split(", ").nth(1).map(str::to_owned)
    }

    #[test]
    fn a_place_is_found_wherever_it_stands() {
        assert_eq!(by(|_, _| ()), None);
        let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(by(|o, _| o.tags.extend([tag("LOCATION", "here")])).unwrap(), "by its tag LOCATION");
        let of_stream = by(|o, _| o.streams[0].tags.extend([tag("comment", "+48.8577+002.2950/")]));
        assert_eq!(of_stream.unwrap(), "by its tag comment");
        let tags = [tag("title", "48.8577, 2.2950")].into();
        let of_chapter = by(|o, _| o.chapters.push(Chapter { tags, ..Chapter::default() }));
        assert_eq!(of_chapter.unwrap(), "by its tag title");
        let marked = |kind, attached_picture| {
            by(|o, _| o.streams.push(Stream { kind, places: true, attached_picture, ..Stream::default() }))
        };
        assert_eq!(marked(Kind::Video, true).unwrap(), "by its cover");
        assert_eq!(marked(Kind::Video, false).unwrap(), "by its picture");
        assert_eq!(marked(Kind::Subtitle, false).unwrap(), "by its subtitles");
        let log = Stream { tag: "gpmd".into(), ..Stream::default() };
        assert_eq!(by(|o, _| o.streams.push(log)).unwrap(), "by telemetry");
        assert_eq!(by(|_, t| t.place = true).unwrap(), "by a text in its metadata");
        let text = by(|_, t| t.bytes = b"\0\x11+48.8577+002.295/\0".to_vec());
        assert_eq!(text.unwrap(), "by a text in its metadata");
        assert!(left(&MediaInfo::default(), None).is_some(), "what cannot be read");
    }
}
