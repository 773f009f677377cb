//! A ledger of a file: the facts that a person would miss, read by the same code from the source and from its result, and
//! what differs between the two.
//!
//! Pure. Guarantees that a fact of the source which the result lacks is found, whichever code dropped it: nothing here
//! knows how a result is made. What was planned of a difference is said by `plan`.

mod facts;
mod tags;
#[cfg(test)]
mod tests;

use crate::media::Kind;
use crate::preset::Container;
use crate::reason::StreamReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

pub(crate) use facts::{chapters, place};
pub(crate) use tags::is_held;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Whose")]
pub enum Of {
    /// The whole file's.
    File,
    /// That of a stream, by its index in the source.
    Stream(usize),
}

/// Which fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Property {
    /// The stream itself; its value is what it carries.
    Stream,
    /// Its packets as they are, where the preset promises that.
    Packets,
    /// Language, with region and script.
    Language,
    /// Title of a track.
    Title,
    /// What a track is for, such as `forced` or `comment`, in ffprobe's words.
    Role(String),
    /// How many channels of sound there are; more of them lose nothing.
    Channels,
    /// A speaker of its layout, in ffmpeg's words.
    Speaker(String),
    /// Samples a second.
    SampleRate,
    /// Bits of a sample, of sound without loss.
    Samples,
    /// Samples with a point, which may exceed full scale.
    Float,
    /// Width and height as shown, in square pixels.
    Size,
    /// Width by height, as shown.
    Shape,
    /// Pictures a second.
    Rate,
    /// Fields a second, of interlaced pictures.
    FieldRate,
    /// Two fields a picture.
    Fields,
    /// Bits a sample of a picture.
    Depth,
    /// Limited or full.
    Range,
    /// Primaries of its colours.
    Primaries,
    /// Transfer characteristic.
    Transfer,
    /// Matrix of its colours.
    Matrix,
    /// What the screen could show that it was mastered on.
    Mastering,
    /// Brightest pixel and brightest mean of a frame.
    Light,
    /// It may be transparent.
    Transparency,
    /// To be seen all around.
    Spherical,
    /// To be seen with two eyes.
    Stereo,
    /// The time code of its first picture.
    Timecode,
    /// The name of its tape or card, beside the time code.
    Reel,
    /// Chapters, by what they are called.
    Chapters,
    /// The track of a kind that players choose.
    Chosen(Kind),
    /// Cues of subtitles whose text is in the result: judged by their texts, in `verify`.
    Cues,
    /// What ASS may say beside its texts, where those were not read.
    Styles,
    /// Subtitles in bold, italic or underlined.
    Emphasis,
    /// Subtitles in a colour other than white.
    Colours,
    /// Subtitles in places other than the usual one.
    Positions,
    /// Fonts, sizes and movements of subtitles.
    Effects,
    /// Drawings among subtitles.
    Drawings,
    /// Name of an attached file.
    FileName,
    /// Media type of an attached file.
    MediaType,
    /// Where it was recorded.
    Place,
    /// A tag of the file, in lower case and without the prefix of its maker.
    Tag(String),
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
#[ts(rename = "FactValue")]
pub enum Value {
    /// That it is so.
    Is(bool),
    /// A quantity, in the unit of its property.
    Number(f64),
    /// A width and a height.
    Pair(f64, f64),
    /// A word.
    Text(String),
}

impl Value {
    fn text(words: &str) -> Value {
        Value::Text(words.to_owned())
    }

    /// Are they the same, but for what rounding makes?
    pub(crate) fn is_alike(&self, other: &Value) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * a.abs().max(b.abs());
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => near(*a, *b),
            (Value::Pair(a, b), Value::Pair(c, d)) => {
                (near(*a, *c) || (a - c).abs() < 2.0) && (near(*b, *d) || (b - d).abs() < 2.0)
            }
            _ => self == other,
        }
    }
}

/// The facts of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger(BTreeMap<(Of, Property), Value>);

/// Why a fact is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "WhyNot")]
pub enum Why {
    /// The preset does that with every file, and its description says so.
    Preset,
    /// The preset has a limit that this file exceeds.
    Limit,
    /// This container has no room for it.
    Container(Container),
    /// The encoder cannot keep it.
    Encoder,
    /// It belongs to something else that is changed or left out, and is said there.
    Follows,
    /// What concerns its stream. Earlier versions stored words.
    #[serde(alias = "words")]
    Stream(StreamReason),
}

/// A fact of the source that is another in the result, or missing: as it is planned, or as it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Whose fact.
    pub of: Of,
    /// Which.
    pub property: Property,
    /// In the source.
    pub from: Value,
    /// In the result; absent: it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub to: Option<Value>,
    /// Why that was planned; absent: it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub why: Option<Why>,
}

impl Difference {
    /// Would a person miss it? What a preset does with every file is said in its description.
    pub fn is_worth_saying(&self) -> bool {
        self.is_said() && self.why != Some(Why::Preset)
    }

    /// Is it said at all, if only among the details? What follows from something else is said with that.
    fn is_said(&self) -> bool {
        self.why != Some(Why::Follows)
    }
}

impl Ledger {
    /// The facts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Of, &Property, &Value)> {
        self.0.iter().map(|((of, property), value)| (*of, property, value))
    }

    /// One of them.
    pub fn get(&self, of: Of, property: &Property) -> Option<&Value> {
        self.0.get(&(of, property.clone()))
    }

    fn put(&mut self, of: Of, property: Property, value: Value) {
        self.0.insert((of, property), value);
    }

    fn put_some(&mut self, of: Of, property: Property, value: Option<Value>) {
        if let Some(value) = value {
            self.put(of, property, value);
        }
    }
}

/// What of `source` is not in `result`. Facts of a stream that is missing go with it, and so does what follows from
/// something else.
pub fn differences(source: &Ledger, result: &Ledger, planned: &[Difference]) -> Vec<Difference> {
    let gone = |of: Of| {
        let is = |ledger: &Ledger| ledger.get(of, &Property::Stream).is_some();
        is(source) && !is(result)
    };
    let found = source.iter().filter(|(of, property, _)| **property == Property::Stream || !gone(*of));
    let changed = found.filter_map(|(of, property, from)| {
        let to = result.get(of, property);
        (!to.is_some_and(|to| is_kept(property, from, to))).then(|| Difference {
            of,
            property: property.clone(),
            from: from.clone(),
            to: to.cloned(),
            why: why(planned, of, property, to),
        })
    });
    changed
        .filter(Difference::is_said)
        .filter(|change| !is_rate(&change.property) || change.why.is_some())
        .collect()
}

fn is_rate(property: &Property) -> bool {
    matches!(property, Property::Rate | Property::FieldRate)
}

fn is_kept(property: &Property, from: &Value, to: &Value) -> bool {
    match (property, from, to) {
        (Property::Channels, Value::Number(from), Value::Number(to)) => to >= from,
        _ => to.is_alike(from),
    }
}

/// Why it was planned that this fact becomes just that.
fn why(planned: &[Difference], of: Of, property: &Property, to: Option<&Value>) -> Option<Why> {
    let meant = |change: &&Difference| change.of == of && change.property == *property;
    let change = planned.iter().find(meant)?;
    // How many pictures there are is checked by counting them; uneven ones have no rate of their own.
    let as_planned = is_rate(property)
        || match (&change.to, to) {
            (Some(planned), Some(found)) => planned.is_alike(found),
            (planned, found) => planned.is_none() && found.is_none(),
        };
    change.why.clone().filter(|_| as_planned)
}
