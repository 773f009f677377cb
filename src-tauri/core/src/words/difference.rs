//! Differences between two files, in English.
//!
//! Pure. Guarantees that a reason is given only if the plan has it. Must not know which differences are worth showing:
//! `ledger` does.

use super::numbers::{in_a_line, number};
use super::{Sentence, stream_reason};
use crate::ledger::{ChangeReason, Difference, Property, Subject, Value};

/// A sentence for each difference; tracks left out for one reason share one, and so do tags.
pub fn differences<'a>(differences: impl Iterator<Item = &'a Difference>) -> Vec<Sentence> {
    grouped(differences).into_iter().map(|(_, text)| Sentence::new(text)).collect()
}

/// The sentences, each with its first difference.
pub(super) fn grouped<'a>(
    differences: impl Iterator<Item = &'a Difference>,
) -> Vec<(&'a Difference, String)> {
    let (mut tracks, mut tags, mut all) = (Groups::new(), Groups::new(), Vec::new());
    for difference in differences {
        match (&difference.property, difference.of, &difference.to) {
            (Property::Tag(name), _, None) => group(&mut tags, difference, in_a_line(name)),
            (Property::Stream, Subject::Stream(n), _) => group(&mut tracks, difference, n.to_string()),
            _ => all.push((difference, sentence(difference))),
        }
    }
    let left_out = |what: &str, groups: Groups<'a>| {
        let sentence = |(first, names): (&'a Difference, Vec<String>)| {
            (first, left_out(what, first.why.as_ref(), &names))
        };
        groups.into_iter().map(sentence).collect::<Vec<_>>()
    };
    [left_out("Track", tracks), all, left_out("The tag", tags)].concat()
}

/// Names of items left out for one reason, with the first such difference, in order.
type Groups<'a> = Vec<(&'a Difference, Vec<String>)>;

fn group<'a>(groups: &mut Groups<'a>, difference: &'a Difference, name: String) {
    match groups.iter_mut().find(|(first, _)| first.why == difference.why) {
        Some((_, names)) => names.push(name),
        None => groups.push((difference, vec![name])),
    }
}

fn left_out(what: &str, why: Option<&ChangeReason>, names: &[String]) -> String {
    let (s, were) = if names.len() == 1 { ("", "was") } else { ("s", "were") };
    format!("{what}{s} {} {were} left out{}.", names.join(", "), because(why, names.len() > 1))
}

fn sentence(difference: &Difference) -> String {
    let many = matches!(
        difference.property,
        Property::Channels
            | Property::Drawings
            | Property::Styles
            | Property::Emphasis
            | Property::Colours
            | Property::Positions
            | Property::Effects
            | Property::Mastering
            | Property::Light
            | Property::Fields
    );
    let reason = because(difference.why.as_ref(), many);
    let what = what(difference);
    match difference.of {
        Subject::Stream(n) => format!("Track {n}: {what}{reason}."),
        Subject::File => {
            let mut letters = what.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}{reason}.", letters.as_str())
        }
    }
}

fn because(why: Option<&ChangeReason>, many: bool) -> String {
    let it = if many { "them" } else { "it" };
    match why {
        None | Some(ChangeReason::Preset | ChangeReason::Follows) => String::new(),
        Some(ChangeReason::Limit) => "; the preset has this limit".to_owned(),
        Some(ChangeReason::Container(container)) => format!("; {} cannot hold {it}", container.name()),
        Some(ChangeReason::Encoder) => format!("; its encoder cannot keep {it}"),
        Some(ChangeReason::Stream(reason)) => format!(": {}", stream_reason::words(reason)),
    }
}

fn what(difference: &Difference) -> String {
    let Difference { property, from, to, .. } = difference;
    match (property, to) {
        (Property::Packets, _) => "it was encoded again".into(),
        (Property::Role(role), _) => format!("it is no longer marked as {}", plain(role)),
        (Property::Chosen(kind), _) => {
            format!("players may choose another {} track than before", format!("{kind:?}").to_lowercase())
        }
        (Property::Rate, Some(rate)) => format!("{} frames per second became {}", shown(from), shown(rate)),
        (Property::Cues, Some(to)) => format!("{} cues became {}", shown(from), shown(to)),
        (Property::Drawings, _) => "drawings are left out".into(),
        (Property::Styles, _) => "styles and positions are lost".into(),
        (Property::Emphasis, _) => "bold and italics are lost".into(),
        (Property::Colours, _) => "colours are lost".into(),
        (Property::Positions, _) => "positions are lost".into(),
        (Property::Effects, _) => "fonts, sizes and movements are lost".into(),
        (Property::Transfer, _) if is_hdr(from) => "high dynamic range becomes standard range".into(),
        (Property::FieldRate, _) => match from {
            Value::Number(fields) => {
                format!("{} fields a second became {} pictures", number(*fields), number(fields / 2.0))
            }
            _ => "fields became pictures".into(),
        },
        (Property::Transparency, _) => "transparency is lost".into(),
        (Property::Spherical, _) => "it is no longer marked as spherical".into(),
        (Property::Stereo, _) => "it is no longer marked as stereoscopic".into(),
        (Property::Place, _) => "where it was recorded was left out".into(),
        (Property::Mastering | Property::Light | Property::Fields, None) => {
            format!("the {} are lost", name(property))
        }
        (Property::Chapters, None) => "the chapters are missing".into(),
        (Property::Chapters, Some(_)) => "the chapters differ from before".into(),
        (Property::Channels, Some(to)) => format!("{} channels became {}", shown(from), shown(to)),
        (Property::Speaker(speaker), _) => format!("the speaker {speaker} has no channel of its own"),
        (Property::Float, _) => "samples beyond full scale are cut off".into(),
        (Property::Tag(tag), Some(to)) => {
            format!("the tag {} ({}) became {}", in_a_line(tag), shown(from), shown(to))
        }
        (property, Some(to)) => format!("the {} {} became {}", name(property), shown(from), shown(to)),
        (property, None) => format!("the {} {} is missing", name(property), shown(from)),
    }
}

fn is_hdr(transfer: &Value) -> bool {
    matches!(transfer, Value::Text(word) if matches!(word.as_str(), "smpte2084" | "arib-std-b67"))
}

fn plain(role: &str) -> &str {
    match role {
        "dub" => "dubbed",
        "original" => "the original language",
        "comment" => "a commentary",
        "hearing_impaired" => "for the hard of hearing",
        "visual_impaired" => "for the visually impaired",
        "clean_effects" => "without speech",
        role => role,
    }
}

fn name(property: &Property) -> &'static str {
    match property {
        Property::Language => "language",
        Property::Title => "title",
        Property::Channels => "number of channels",
        Property::SampleRate => "sample rate",
        Property::Samples => "sample size in bits",
        Property::Size => "size",
        Property::Shape => "shape",
        Property::Rate | Property::FieldRate => "rate",
        Property::Fields => "fields",
        Property::Depth => "depth in bits",
        Property::Range => "range of its brightness",
        Property::Primaries => "primaries",
        Property::Transfer => "transfer characteristic",
        Property::Matrix => "colour matrix",
        Property::Mastering => "mastering data",
        Property::Light => "light levels",
        Property::Timecode => "time code",
        Property::Reel => "reel name",
        Property::FileName => "file name",
        Property::MediaType => "media type",
        _ => "fact",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Is(true) => "yes".into(),
        Value::Is(false) => "no".into(),
        Value::Number(n) => number(*n),
        Value::Pair(a, b) => format!("{}x{}", number(*a), number(*b)),
        Value::Text(text) => in_a_line(text),
    }
}
