//! The ledger of a file: facts that a person would miss, read by the same code from source and result, and their
//! differences.
//!
//! Pure. Guarantees that a fact of the source that the result lacks is found, whichever code dropped it: nothing here
//! knows how a result is made. `plan` decides which differences are planned.

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

/// What a fact belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Whose")]
pub enum Subject {
    /// The whole file.
    File,
    /// A stream, by its index in the source.
    Stream(usize),
}

/// Kind of fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Property {
    /// The stream itself; its value is the kind of stream.
    Stream,
    /// Unchanged packets, where the preset promises them.
    Packets,
    /// Language, with region and script.
    Language,
    /// Title of a track.
    Title,
    /// Role of a track, such as `forced` or `comment`, by ffprobe's names.
    Role(String),
    /// Number of audio channels; more channels are no loss.
    Channels,
    /// A speaker of the layout, by ffmpeg's name.
    Speaker(String),
    /// Sample rate in Hz.
    SampleRate,
    /// Bits per sample, of lossless audio.
    Samples,
    /// Floating point samples, which may exceed full scale.
    Float,
    /// Displayed width and height, in square pixels.
    Size,
    /// Display aspect ratio (width / height).
    Shape,
    /// Frame rate in Hz.
    Rate,
    /// Field rate in Hz, of interlaced video.
    FieldRate,
    /// Interlaced.
    Fields,
    /// Bits per colour sample.
    Depth,
    /// Range: limited or full.
    Range,
    /// Colour primaries.
    Primaries,
    /// Transfer characteristics.
    Transfer,
    /// Colour matrix.
    Matrix,
    /// Luminance of the mastering display.
    Mastering,
    /// `MaxCLL` and `MaxFALL`.
    Light,
    /// Has an alpha channel.
    Transparency,
    /// Spherical (360°).
    Spherical,
    /// Stereoscopic (3D).
    Stereo,
    /// Time code of the first frame.
    Timecode,
    /// Reel name (tape or card) that goes with the time code.
    Reel,
    /// Chapters, by their titles.
    Chapters,
    /// Default track of a kind.
    Chosen(Kind),
    /// Subtitle cues in the result, compared by text in `verify`.
    Cues,
    /// Possible ASS styling, where the cues were not read.
    Styles,
    /// Bold, italic or underlined subtitles.
    Emphasis,
    /// Subtitles in colours other than white.
    Colours,
    /// Subtitles at other positions than the default.
    Positions,
    /// Fonts, sizes and animations in subtitles.
    Effects,
    /// Drawings in subtitles.
    Drawings,
    /// Name of an attached file.
    FileName,
    /// Media type of an attached file.
    MediaType,
    /// Recording location.
    Place,
    /// A tag of the file, in lower case and without a vendor prefix.
    Tag(String),
}

/// Value of a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
#[ts(rename = "FactValue")]
pub enum Value {
    /// A flag.
    Is(bool),
    /// A quantity, in the unit of its property.
    Number(f64),
    /// A width and a height.
    Pair(f64, f64),
    /// A text.
    Text(String),
}

impl Value {
    fn text(words: &str) -> Value {
        Value::Text(words.to_owned())
    }

    /// Whether two values are equal within rounding.
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
pub struct Ledger(BTreeMap<(Subject, Property), Value>);

/// Why a fact is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "WhyNot")]
pub enum ChangeReason {
    /// The preset does this to every file, as its description states.
    Preset,
    /// The file exceeds a limit of the preset.
    Limit,
    /// This container cannot store it.
    Container(Container),
    /// The encoder cannot keep it.
    Encoder,
    /// Consequence of another difference, which is reported instead.
    Follows,
    /// A reason concerning its stream. Earlier versions stored a text.
    #[serde(alias = "words")]
    Stream(StreamReason),
}

/// A fact of the source that is different in the result or missing, as planned or as found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What the fact belongs to.
    pub of: Subject,
    /// Kind of fact.
    pub property: Property,
    /// Value in the source.
    pub from: Value,
    /// Value in the result; absent if missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub to: Option<Value>,
    /// Why it was planned; absent if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub why: Option<ChangeReason>,
}

impl Difference {
    /// Whether a person would miss it. What a preset does to every file is in its description.
    pub fn is_worth_saying(&self) -> bool {
        self.is_reported() && self.why != Some(ChangeReason::Preset)
    }

    /// Whether it is reported at all, even if only in the details. Consequences are reported with their cause.
    fn is_reported(&self) -> bool {
        self.why != Some(ChangeReason::Follows)
    }
}

impl Ledger {
    /// All facts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Subject, &Property, &Value)> {
        self.0.iter().map(|((of, property), value)| (*of, property, value))
    }

    /// The value of a fact.
    pub fn get(&self, of: Subject, property: &Property) -> Option<&Value> {
        self.0.get(&(of, property.clone()))
    }

    fn put(&mut self, of: Subject, property: Property, value: Value) {
        self.0.insert((of, property), value);
    }

    fn put_some(&mut self, of: Subject, property: Property, value: Option<Value>) {
        if let Some(value) = value {
            self.put(of, property, value);
        }
    }
}

/// Facts of `source` that `result` lacks or has with another value. Facts of a missing stream are omitted, and so are
/// consequences.
pub fn differences(source: &Ledger, result: &Ledger, planned: &[Difference]) -> Vec<Difference> {
    let gone = |of: Subject| {
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
        .filter(Difference::is_reported)
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

/// Reason of the planned change, if the fact came out as planned.
fn why(planned: &[Difference], of: Subject, property: &Property, to: Option<&Value>) -> Option<ChangeReason> {
    let same_fact = |change: &&Difference| change.of == of && change.property == *property;
    let change = planned.iter().find(same_fact)?;
    // Frame rates are verified by counting frames; uneven streams have no constant rate.
    let as_planned = is_rate(property)
        || match (&change.to, to) {
            (Some(planned), Some(found)) => planned.is_alike(found),
            (planned, found) => planned.is_none() && found.is_none(),
        };
    change.why.clone().filter(|_| as_planned)
}
