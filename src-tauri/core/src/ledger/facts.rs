//! Reads the facts of a file: the same code for source and result.

use super::{Ledger, Property, Subject, Value, tags};
use crate::cues::Marks;
use crate::media::{Chapter, Kind, MediaInfo, Picture, Stream, language, location, speakers, timecode};
use std::collections::BTreeMap;

impl Ledger {
    /// The ledger of a file. `numbers` maps its stream indices to those of the source; other streams are skipped.
    pub fn of(info: &MediaInfo, numbers: &BTreeMap<usize, usize>) -> Ledger {
        let mut all = Ledger::default();
        for stream in &info.streams {
            if let Some(number) = numbers.get(&stream.index) {
                of_stream(&mut all, Subject::Stream(*number), stream);
            }
        }
        of_file(&mut all, info, numbers);
        all
    }

    /// The ledger of a source.
    pub fn of_source(info: &MediaInfo) -> Ledger {
        Ledger::of(info, &info.streams.iter().map(|s| (s.index, s.index)).collect())
    }
}

fn of_stream(all: &mut Ledger, of: Subject, stream: &Stream) {
    if stream.kind == Kind::Data {
        return;
    }
    all.put(of, Property::Stream, Value::text(kind(stream)));
    if stream.attached_picture {
        return of_attached(all, of, stream);
    }
    let language = stream.language.as_deref().and_then(language::meaning);
    all.put_some(of, Property::Language, language.map(Value::Text));
    match stream.kind {
        Kind::Video => {
            if let Some(picture) = &stream.video {
                of_picture(all, of, picture, &stream.codec);
            }
        }
        Kind::Audio => of_sound(all, of, stream),
        Kind::Attachment => of_attached(all, of, stream),
        Kind::Subtitle => of_subtitles(all, of, stream),
        Kind::Data => {}
    }
    if matches!(stream.kind, Kind::Audio | Kind::Subtitle) {
        all.put_some(of, Property::Title, stream.title.as_deref().filter(|t| !t.is_empty()).map(Value::text));
        for role in &stream.roles {
            all.put(of, Property::Role(role.clone()), Value::Is(true));
        }
    }
}

fn kind(stream: &Stream) -> &'static str {
    match stream.kind {
        Kind::Video if stream.attached_picture => "cover",
        Kind::Video => "video",
        Kind::Audio => "audio",
        Kind::Subtitle => "subtitle",
        Kind::Attachment => "attachment",
        Kind::Data => "data",
    }
}

fn of_sound(all: &mut Ledger, of: Subject, stream: &Stream) {
    all.put_some(of, Property::Channels, stream.channels.map(|n| Value::Number(n.into())));
    let speakers = speakers::of(&stream.layout);
    // A mono channel has a position only where it is named.
    for speaker in speakers.iter().filter(|_| speakers != ["FC"]) {
        all.put(of, Property::Speaker(place(speaker, &speakers).to_owned()), Value::Is(true));
    }
    let lossless = stream.sample_bits.is_some();
    let float = lossless && matches!(stream.sample_format.trim_end_matches('p'), "flt" | "dbl");
    all.put_some(of, Property::Float, float.then_some(Value::Is(true)));
    all.put_some(
        of,
        Property::SampleRate,
        stream.sample_rate.filter(|rate| *rate > 0).map(|rate| Value::Number(rate.into())),
    );
    all.put_some(of, Property::Samples, stream.sample_bits.map(|bits| Value::Number(bits.into())));
}

/// Normalises speakers: a single surround pair is the same at the side and in the back.
pub(crate) fn place<'a>(speaker: &'a str, all: &[&str]) -> &'a str {
    match speaker {
        "SL" if !all.contains(&"BL") => "BL",
        "SR" if !all.contains(&"BR") => "BR",
        speaker => speaker,
    }
}

fn of_subtitles(all: &mut Ledger, of: Subject, stream: &Stream) {
    let Some(cues) = &stream.cues else {
        let styled = matches!(stream.codec.as_str(), "ass" | "ssa");
        return all.put_some(of, Property::Styles, styled.then_some(Value::Is(true)));
    };
    let Marks { emphasis, colours, positions, effects, drawings } = cues.marks;
    for (property, is) in [
        (Property::Emphasis, emphasis),
        (Property::Colours, colours),
        (Property::Positions, positions),
        (Property::Effects, effects),
        (Property::Drawings, drawings > 0),
    ] {
        all.put_some(of, property, is.then_some(Value::Is(true)));
    }
}

fn of_attached(all: &mut Ledger, of: Subject, stream: &Stream) {
    let tag = |name: &str| stream.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    for (name, property) in
        [("filename", Property::FileName), ("mimetype", Property::MediaType), ("title", Property::Title)]
    {
        all.put_some(of, property, tag(name).map(|(_, value)| Value::text(value)));
    }
}

/// Colour tag as a value; `None` for names without a meaning.
fn named_tag(name: &str) -> Option<Value> {
    (!matches!(name, "" | "unknown" | "reserved" | "unspecified")).then(|| Value::text(name))
}

fn of_picture(all: &mut Ledger, of: Subject, picture: &Picture, codec: &str) {
    // Every GIF has an alpha channel, but few use it.
    let transparent = picture.has_alpha() && codec != "gif";
    let (width, height) = picture.frame();
    if width >= 1.0 && height >= 1.0 {
        all.put(of, Property::Size, Value::Pair(width, height));
        all.put(of, Property::Shape, Value::Number(width / height));
    }
    let fields = picture.is_interlaced();
    let (rate, fields_per_frame) = if fields { (Property::FieldRate, 2.0) } else { (Property::Rate, 1.0) };
    all.put_some(of, rate, picture.rate.map(|rate| Value::Number(rate * fields_per_frame)));
    all.put_some(of, Property::Fields, fields.then_some(Value::Is(true)));
    all.put(of, Property::Depth, Value::Number(picture.bits.into()));
    all.put_some(of, Property::Range, picture.is_full_range().then(|| Value::text("full")));
    all.put_some(of, Property::Primaries, named_tag(&picture.primaries));
    all.put_some(of, Property::Transfer, named_tag(&picture.transfer));
    all.put_some(of, Property::Matrix, named_tag(&picture.matrix));
    let mastering = picture.mastering.map(|m| Value::Pair(m.luminance.0, m.luminance.1));
    all.put_some(of, Property::Mastering, mastering);
    let light = picture.light.map(|(content, average)| Value::Pair(content.into(), average.into()));
    all.put_some(of, Property::Light, light);
    all.put_some(of, Property::Transparency, transparent.then_some(Value::Is(true)));
    all.put_some(of, Property::Spherical, picture.spherical.then_some(Value::Is(true)));
    all.put_some(of, Property::Stereo, picture.stereo.then_some(Value::Is(true)));
}

fn of_file(all: &mut Ledger, info: &MediaInfo, numbers: &BTreeMap<usize, usize>) {
    if !info.chapters.is_empty() {
        all.put(Subject::File, Property::Chapters, chapters(&info.chapters));
    }
    for kind in [Kind::Audio, Kind::Subtitle] {
        let default_track = default_track(info, kind).and_then(|index| numbers.get(&index));
        all.put_some(Subject::File, Property::Chosen(kind), default_track.map(|n| Value::Number(*n as f64)));
    }
    all.put_some(Subject::File, Property::Timecode, timecode::of(info).map(Value::text));
    all.put_some(Subject::File, Property::Reel, timecode::reel(info).map(Value::text));
    let place = info.all_tags().any(|(name, value)| location::tag_tells(name, value));
    all.put_some(Subject::File, Property::Place, place.then_some(Value::Is(true)));
    for (tag, value) in &info.tags {
        match tags::name(tag) {
            Some(name) if location::tag_tells(&name, value) => {}
            Some(name) if name == "creation_time" => {
                all.put_some(
                    Subject::File,
                    Property::Tag(name),
                    value.get(..19).map(|date| Value::Text(date.replace(' ', "T"))),
                );
            }
            Some(name) => all.put(Subject::File, Property::Tag(name), Value::text(value.trim())),
            None => {}
        }
    }
}

/// Titles of the chapters, one per line, empty ones included.
pub(crate) fn chapters(all: &[Chapter]) -> Value {
    let title = |chapter: &Chapter| chapter.tags.get("title").cloned().unwrap_or_default();
    Value::Text(all.iter().map(title).collect::<Vec<_>>().join("\n"))
}

/// The track that players select of several: the first one marked as default. Subtitles are not shown unless one is
/// marked.
fn default_track(info: &MediaInfo, kind: Kind) -> Option<usize> {
    let tracks = || info.streams.iter().filter(|s| s.kind == kind && !s.empty);
    let marked = tracks().find(|s| s.default).map(|s| s.index);
    let first = || tracks().next().map(|s| s.index).filter(|_| kind == Kind::Audio);
    (tracks().count() > 1).then(|| marked.or_else(first)).flatten()
}
