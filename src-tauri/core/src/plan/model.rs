//! A plan as data: what becomes of a file and of each of its streams, and in which order the result has them.
//!
//! Plain data that is stored with an attempt: a field that older plans lack has a default. Must not know how it is decided.

use super::Clip;
use super::encode::EncodeSpec;
use super::encoder::{Encoder, HardwareEncoder};
use crate::ledger::Difference;
use crate::media::Kind;
use crate::preset::Container;
use crate::reason::StreamReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Plan {
    /// Kind of file written.
    pub container: Container,
    /// Every input stream, in the file's order.
    pub streams: Vec<Planned>,
    /// Chapters kept.
    pub chapters: usize,
    /// Tags of phone makers, which MP4 keeps only when asked.
    pub vendor_tags: bool,
    /// The picture is all around, or for two eyes, which MP4 says only when asked.
    #[serde(default)]
    pub immersive: bool,
    /// The copied picture is declared to be Dolby Vision, which MP4 says only when asked.
    #[serde(default)]
    pub dolby_vision: bool,
    /// The stream whose tags are the film's: Ogg has no tags of the file, ffmpeg reads them as the streams'.
    #[serde(default)]
    pub tags_from: Option<usize>,
    /// The facts of the source that are changed or lost, and why; all others are kept.
    #[serde(default)]
    pub changes: Vec<Difference>,
    /// Tags that are left out.
    #[serde(default)]
    pub without_tags: Vec<String>,
    /// The same of chapters, by their number in the result.
    #[serde(default)]
    pub without_chapter_tags: Vec<(usize, String)>,
    /// Nothing of the result may tell where it was recorded.
    #[serde(default)]
    pub without_places: bool,
    /// Tags that ffmpeg does not find by itself: when the film was made, and where.
    #[serde(default)]
    pub with_tags: Vec<(String, String)>,
    /// The mark by which the file is known as a result; empty of older plans.
    #[serde(default)]
    pub mark: String,
    /// The reel of the time code, which ffmpeg reads from the track of the time code and writes from that of the picture.
    #[serde(default)]
    pub reel: Option<String>,
    /// The packets of copied streams are compared with the original's, whose damage is taken over with them; where not,
    /// what is damaged is converted.
    #[serde(default)]
    pub compared: bool,
    /// Seconds of the result at which compared streams are decoded; empty: they are decoded whole.
    #[serde(default)]
    pub places: Vec<f64>,
    /// Channels of sound beyond which they are mixed; `None`: not known, of an older plan.
    #[serde(default)]
    pub most_channels: Option<u32>,
    /// Lines of subtitles are counted that are lost where only one is shown at a time.
    #[serde(default)]
    pub count_cues: bool,
    /// Largest result in bytes, aimed at in two passes.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Bytes to be read before the streams are known, as `MediaInfo::reach`.
    #[serde(default)]
    pub reach: Option<u64>,
    /// How the times of packets are read.
    #[serde(default)]
    pub timing: Timing,
    /// What is left of chapters and subtitles that lie beyond the end of the film.
    #[serde(default)]
    pub clip: Option<Clip>,
}

/// How the times of packets are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// As they are stored: none is taken for a jump of the clock.
    pub as_stored: bool,
    /// Packets that have none get one from the demuxer.
    pub generated: bool,
    /// Seconds by which all of them are later, more than 0.
    pub shift: Option<f64>,
}

/// What becomes of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Planned {
    /// Index in the input.
    pub input: usize,
    /// What it carries.
    pub kind: Kind,
    /// Its codec in the input.
    pub codec: String,
    /// A cover rather than the moving picture.
    #[serde(default)]
    pub cover: bool,
    /// Its language, where the container keeps it in another word, or ffmpeg does not find it.
    #[serde(default)]
    pub language: Option<String>,
    /// Its title, where ffmpeg does not find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A moving picture beside the one that the plan is about.
    #[serde(default)]
    pub further: bool,
    /// The source has players choose it by default.
    #[serde(default)]
    pub default: bool,
    /// Its title is the film's, not one of its own.
    #[serde(default)]
    pub titled_as_film: bool,
    /// It is made of captions inside the picture: their place in `MediaInfo::captions`. There is no such stream in the
    /// input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<usize>,
    /// Its cues are read from a file of our own, in this format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewritten: Option<String>,
    /// What it is called as an attached file: `filename`, `mimetype`, `title`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub file: BTreeMap<String, String>,
    /// What is done.
    pub action: Action,
}

/// What is done with a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "do")]
pub enum Action {
    /// Taken over as it is.
    Copy {
        /// Container tag to set, such as `hvc1`.
        tag: Option<String>,
    },
    /// Encoded again.
    Convert(Box<EncodeSpec>),
    /// Left out.
    Drop {
        /// Why.
        reason: StreamReason,
        /// The preset leaves such streams out of every file.
        #[serde(default)]
        usual: bool,
    },
}

impl Action {
    pub(crate) fn drop(reason: StreamReason) -> Action {
        Action::Drop { reason, usual: false }
    }

    /// Left out of every file.
    pub(super) fn leave_out(reason: StreamReason) -> Action {
        Action::Drop { reason, usual: true }
    }

    /// Is it in the result?
    pub fn keeps(&self) -> bool {
        !matches!(self, Action::Drop { .. })
    }

    /// Is it encoded again?
    pub fn converts(&self) -> bool {
        matches!(self, Action::Convert(_))
    }

    /// How it is encoded; `None`: it is not.
    pub fn encoded(&self) -> Option<&EncodeSpec> {
        if let Action::Convert(spec) = self { Some(spec) } else { None }
    }
}

impl Plan {
    /// The streams of the result, in its order: moving picture, further ones, covers, sound, subtitles, attachments, data.
    pub fn kept(&self) -> impl Iterator<Item = &Planned> {
        let of = |kind, cover| {
            self.streams.iter().filter(move |s| s.kind == kind && s.cover == cover && s.action.keeps())
        };
        of(Kind::Video, false)
            .filter(|s| !s.further)
            .chain(of(Kind::Video, false).filter(|s| s.further))
            .chain(of(Kind::Video, true))
            .chain(of(Kind::Audio, false))
            .chain(of(Kind::Subtitle, false))
            .chain(of(Kind::Attachment, false))
            .chain(of(Kind::Data, false))
    }

    /// The streams of the result that are taken from the source one by one, in its order; covers that are attached as
    /// files come behind them.
    pub fn written(&self) -> impl Iterator<Item = &Planned> {
        self.kept().filter(|s| !self.attached().any(|cover| cover.input == s.input))
    }

    /// Covers that ffmpeg takes as files alone: those of MKV, where they are attached files.
    pub fn attached(&self) -> impl Iterator<Item = &Planned> {
        self.kept().filter(|s| s.cover && self.container == Container::Mkv)
    }

    /// Subtitles that ffmpeg shows against the source: of MP4 and MOV, where it enables the first if none is.
    pub fn hides_subtitles(&self) -> bool {
        let mut subtitles = self.kept().filter(|s| s.kind == Kind::Subtitle).peekable();
        matches!(self.container, Container::Mp4 | Container::Mov)
            && subtitles.peek().is_some()
            && !subtitles.any(|s| s.default)
    }

    /// Copied pictures and sound: what they show must be known by their packets, and be found again in the result.
    pub fn copies(&self) -> impl Iterator<Item = &Planned> {
        let timed = |s: &&Planned| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        self.kept().filter(timed).filter(|s| matches!(s.action, Action::Copy { .. }))
    }

    /// Converted pictures and sound.
    pub fn converted(&self) -> impl Iterator<Item = &Planned> {
        let timed = |s: &&Planned| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        self.kept().filter(timed).filter(|s| s.action.converts())
    }

    /// How ffmpeg names this picture or sound in the result: covers may stand before or behind all others there.
    pub fn specifier(&self, stream: &Planned) -> String {
        let alike = self.kept().filter(|s| s.kind == stream.kind && !s.cover);
        let place = alike.take_while(|s| s.input != stream.input).count();
        format!("{}:{place}", if stream.kind == Kind::Video { "V" } else { "a" })
    }

    /// The moving picture.
    pub fn picture(&self) -> Option<&Planned> {
        self.kept().find(|s| s.kind == Kind::Video && !s.cover)
    }

    /// Encoders the plan needs.
    pub fn encoders(&self) -> impl Iterator<Item = Encoder> {
        // Encoders of subtitles and covers are part of every ffmpeg; the former cannot be tested with a picture.
        let tested = self.streams.iter().filter(|s| s.kind != Kind::Subtitle && !s.cover);
        tested.filter_map(|s| s.action.encoded()).map(|spec| spec.encoder)
    }

    /// The graphics hardware that encodes.
    pub fn hardware(&self) -> Option<&'static HardwareEncoder> {
        self.encoders().find_map(Encoder::hardware)
    }
}
