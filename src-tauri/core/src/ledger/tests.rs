//! Each missing fact is found, and reasons are given only where they apply.

use super::*;
use crate::cues::{Cues, Marks};
use crate::media::{Chapter, Kind, Mastering, MediaInfo, Picture, Stream};

fn words<'a>(found: impl Iterator<Item = &'a Difference>) -> Vec<String> {
    crate::words::differences(found).iter().map(ToString::to_string).collect()
}

/// A file that has every kind of fact.
fn media() -> MediaInfo {
    let picture = Picture {
        width: 1920,
        height: 1080,
        pixel_aspect: 1.0,
        rate: Some(25.0),
        pixel_format: "yuva444p12le".into(),
        bits: 12,
        field_order: "tt".into(),
        range: "pc".into(),
        transfer: "smpte2084".into(),
        primaries: "bt2020".into(),
        matrix: "bt2020nc".into(),
        mastering: Some(Mastering { luminance: (0.01, 1000.0), ..Mastering::default() }),
        light: Some((1000, 400)),
        spherical: true,
        stereo: true,
        ..Picture::default()
    };
    let stream = |index, kind| Stream { index, kind, language: Some("zh-Hant".into()), ..Stream::default() };
    let sound = |index, default| Stream {
        default,
        title: Some("Director".into()),
        roles: ["comment".to_owned()].into(),
        channels: Some(6),
        layout: "5.1".into(),
        sample_rate: Some(96_000),
        sample_bits: Some(24),
        sample_format: "fltp".into(),
        ..stream(index, Kind::Audio)
    };
    let marks = Marks { emphasis: true, colours: true, positions: true, effects: true, drawings: 1 };
    let cues = Cues { marks, ..Cues::default() };
    let lines = |index, default| Stream { codec: "ass".into(), default, ..stream(index, Kind::Subtitle) };
    let tags = [("filename", "a.txt"), ("mimetype", "text/plain")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let file = Stream { tags: tags.into(), ..stream(6, Kind::Attachment) };
    let read = Stream { cues: Some(cues), ..lines(4, true) };
    let picture = Stream { video: Some(picture), ..stream(0, Kind::Video) };
    let cover = Stream { attached_picture: true, ..stream(5, Kind::Video) };
    let tags =
        [("title", "Tower"), ("DIRECTOR", "Ann"), ("location", "+48.8577+002.2950/"), ("encoder", "x")];
    let clock = [("timecode", "01:00:00:00"), ("reel_name", "A001")];
    MediaInfo {
        streams: vec![picture, sound(1, false), sound(2, true), lines(3, false), read, cover, file],
        chapters: vec![Chapter { end: 1.0, ..Chapter::default() }],
        tags: tags.into_iter().chain(clock).map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        ..MediaInfo::default()
    }
}

#[test]
fn each_missing_fact_is_found_and_nothing_else() {
    let source = Ledger::of_source(&media());
    assert!(differences(&source, &source, &[]).is_empty());
    assert!(source.0.len() > 40, "{source:#?}");
    // Frame rates are verified by counting frames.
    for (of, property, value) in source.iter().filter(|(_, property, _)| !is_rate(property)) {
        let mut result = source.clone();
        result.0.remove(&(of, property.clone()));
        let found = differences(&source, &result, &[]);
        assert_eq!(found.len(), 1, "{of:?} {property:?}: {found:?}");
        assert_eq!((found[0].of, &found[0].property, &found[0].from), (of, property, value));
        let sentences = words(found.iter());
        assert!(
            sentences.len() == 1 && sentences[0].ends_with('.') && !sentences[0].contains("fact"),
            "{sentences:?}"
        );
    }
}

#[test]
fn difference_is_planned_only_where_it_comes_out_as_planned() {
    let source = Ledger::of_source(&media());
    let language = (Subject::Stream(1), Property::Language);
    let planned = Difference {
        of: language.0,
        property: language.1.clone(),
        from: Value::text("zho-Hant"),
        to: Some(Value::text("zho")),
        why: Some(ChangeReason::Container(Container::Mp4)),
    };
    let sentences = |to: Option<&str>| {
        let mut result = source.clone();
        result.0.remove(&language);
        result.put_some(language.0, language.1.clone(), to.map(Value::text));
        let found = differences(&source, &result, std::slice::from_ref(&planned));
        words(found.iter()).concat()
    };
    assert_eq!(sentences(Some("zho")), "Track 1: the language zho-Hant became zho; MP4 cannot hold it.");
    assert_eq!(sentences(Some("eng")), "Track 1: the language zho-Hant became eng.");
    assert_eq!(sentences(None), "Track 1: the language zho-Hant is missing.");
    assert_eq!(sentences(Some("zho-Hant")), "", "a fact that was kept after all is not reported");
}

#[test]
fn facts_of_a_missing_stream_are_omitted_and_tags_share_a_sentence() {
    let source = Ledger::of_source(&media());
    let mut result = source.clone();
    result.0.retain(|(of, property), _| *of != Subject::Stream(1) && !matches!(property, Property::Tag(_)));
    let found = differences(&source, &result, &[]);
    let sentences = words(found.iter());
    assert_eq!(sentences, ["Track 1 was left out.", "The tags director, title were left out."]);
}

#[test]
fn read_subtitles_have_facts_only_for_their_styling() {
    let facts = |cues: Option<Cues>| {
        let lines = Stream { kind: Kind::Subtitle, codec: "ass".into(), cues, ..Stream::default() };
        Ledger::of_source(&MediaInfo { streams: vec![lines], ..MediaInfo::default() }).0.len()
    };
    assert_eq!((facts(None), facts(Some(Cues::default()))), (2, 1), "the track, and possible styling");
}

#[test]
fn tags_of_programs_are_not_facts() {
    let mut info = MediaInfo::default();
    for name in ["BPS-eng", "major_brand", "_STATISTICS_TAGS", "DURATION", "handler_name", "NUMBER_OF_FRAMES"]
    {
        info.tags.insert(name.into(), "x".into());
    }
    assert_eq!(Ledger::of_source(&info), Ledger::default());
}

#[test]
fn single_pair_of_surround_speakers_is_the_same_at_the_side_and_in_the_back() {
    let gone = |source: &str, result: &str| {
        let of = |layout: &str| {
            let sound = Stream { kind: Kind::Audio, layout: layout.into(), ..Stream::default() };
            Ledger::of_source(&MediaInfo { streams: vec![sound], ..MediaInfo::default() })
        };
        differences(&of(source), &of(result), &[])
            .into_iter()
            .map(|change| change.property)
            .collect::<Vec<_>>()
    };
    let speaker = |name: &str| Property::Speaker(name.to_owned());
    assert_eq!(gone("5.1(side)", "5.1"), []);
    assert_eq!(gone("7.1", "5.1"), [speaker("SL"), speaker("SR")]);
    assert_eq!(gone("7.1(wide)", "5.1"), [speaker("FLC"), speaker("FRC")]);
    assert_eq!(gone("1 channels (FL)", "mono"), [speaker("FL")]);
    assert_eq!(gone("", "5.1"), []);
}
