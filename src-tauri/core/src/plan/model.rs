//! A plan as data: what is done with a file and each of its streams, and the order of the streams in the result.
//!
//! Plain data that is stored with an attempt: fields that older plans lack have defaults. Must not know how the plan
//! is decided.

use super::Clip;
use super::encode::EncodeSpec;
use super::encoder::{Encoder, HardwareEncoder};
use crate::ledger::Difference;
use crate::media::Kind;
use crate::preset::Container;
use crate::reason::StreamReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The plan of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Plan {
    /// Container of the result.
    pub container: Container,
    /// Every input stream, in input order.
    pub streams: Vec<Planned>,
    /// Number of chapters kept.
    pub chapters: usize,
    /// Keep the tags of phone makers, which the MP4 muxer writes only with an option.
    pub vendor_tags: bool,
    /// The picture is spherical or stereoscopic, which the MP4 muxer declares only with an option.
    #[serde(default)]
    pub immersive: bool,
    /// The picture is copied Dolby Vision, which the MP4 muxer declares only with an option.
    #[serde(default)]
    pub dolby_vision: bool,
    /// The stream whose tags become the file's: Ogg has no file tags, and ffmpeg reads them as stream tags.
    #[serde(default)]
    pub tags_from: Option<usize>,
    /// Facts of the source that are changed or lost, and why; all others are kept.
    #[serde(default)]
    pub changes: Vec<Difference>,
    /// Tags to remove.
    #[serde(default)]
    pub without_tags: Vec<String>,
    /// Tags to remove from chapters, with the chapter's number in the result.
    #[serde(default)]
    pub without_chapter_tags: Vec<(usize, String)>,
    /// The result must not reveal the recording location.
    #[serde(default)]
    pub without_places: bool,
    /// Tags to add, as ffmpeg does not find them itself: recording date and location.
    #[serde(default)]
    pub with_tags: Vec<(String, String)>,
    /// Marker tag that identifies the file as a result; empty in older plans.
    #[serde(default)]
    pub mark: String,
    /// Reel name, which ffmpeg reads from the time code track and writes from the video track.
    #[serde(default)]
    pub reel: Option<String>,
    /// Packets of copied streams are compared with the original's, including its damage. If false, damaged streams
    /// are converted.
    #[serde(default)]
    pub compared: bool,
    /// Positions (seconds) at which compared streams are decoded; empty: they are decoded completely.
    #[serde(default)]
    pub places: Vec<f64>,
    /// Audio with more channels is mixed down; `None`: unknown, in older plans.
    #[serde(default)]
    pub most_channels: Option<u32>,
    /// Count the cues that are lost in formats that show only one at a time.
    #[serde(default)]
    pub count_cues: bool,
    /// Maximum size of the result in bytes, aimed at in two passes.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Bytes to probe, as `MediaInfo::reach`.
    #[serde(default)]
    pub reach: Option<u64>,
    /// How packet timestamps are read.
    #[serde(default)]
    pub timing: Timing,
    /// Limits chapters and subtitles to the end of picture and audio.
    #[serde(default)]
    pub clip: Option<Clip>,
}

/// How packet timestamps are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// Use them as stored, without discontinuity correction.
    pub as_stored: bool,
    /// The demuxer generates missing timestamps.
    pub generated: bool,
    /// Offset added to all timestamps, in seconds; greater than 0.
    pub shift: Option<f64>,
}

/// The plan of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Planned {
    /// Index in the input.
    pub input: usize,
    /// Kind of stream.
    pub kind: Kind,
    /// Codec in the input.
    pub codec: String,
    /// A cover, not a moving picture.
    #[serde(default)]
    pub cover: bool,
    /// Language to write, where the container stores it in another form or ffmpeg does not find it.
    #[serde(default)]
    pub language: Option<String>,
    /// Title to write, where ffmpeg does not find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A moving picture other than the main one.
    #[serde(default)]
    pub further: bool,
    /// Default track in the source.
    #[serde(default)]
    pub default: bool,
    /// Its title is the file's, not its own.
    #[serde(default)]
    pub titled_as_film: bool,
    /// Made from closed captions in the picture: index in `MediaInfo::captions`. The input has no such stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<usize>,
    /// Its cues are read from a file that Spool writes, in this format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewritten: Option<String>,
    /// Tags as an attached file: `filename`, `mimetype`, `title`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub file: BTreeMap<String, String>,
    /// What is done with it.
    pub action: Action,
}

/// What is done with a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "do")]
pub enum Action {
    /// Copied without encoding.
    Copy {
        /// Container tag to set, such as `hvc1`.
        tag: Option<String>,
    },
    /// Encoded.
    Convert(Box<EncodeSpec>),
    /// Dropped.
    Drop {
        /// Why.
        reason: StreamReason,
        /// The preset drops such streams from every file.
        #[serde(default)]
        usual: bool,
    },
}

impl Action {
    pub(crate) fn drop(reason: StreamReason) -> Action {
        Action::Drop { reason, usual: false }
    }

    /// Dropped from every file by the preset.
    pub(super) fn leave_out(reason: StreamReason) -> Action {
        Action::Drop { reason, usual: true }
    }

    /// Whether the stream is in the result.
    pub fn keeps(&self) -> bool {
        !matches!(self, Action::Drop { .. })
    }

    /// Whether the stream is encoded.
    pub fn converts(&self) -> bool {
        matches!(self, Action::Convert(_))
    }

    /// Encoder settings; `None`: not encoded.
    pub fn encoded(&self) -> Option<&EncodeSpec> {
        if let Action::Convert(spec) = self { Some(spec) } else { None }
    }
}

impl Plan {
    /// Streams of the result, in order: moving picture, further ones, covers, audio, subtitles, attachments, data.
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

    /// Streams of the result that are mapped from an input, in order; covers attached as files follow them.
    pub fn written(&self) -> impl Iterator<Item = &Planned> {
        self.kept().filter(|s| !self.attached().any(|cover| cover.input == s.input))
    }

    /// Covers that ffmpeg takes only as files: those of MKV, where they are attachments.
    pub fn attached(&self) -> impl Iterator<Item = &Planned> {
        self.kept().filter(|s| s.cover && self.container == Container::Mkv)
    }

    /// Whether ffmpeg would enable subtitles that the source does not: in MP4 and MOV it enables the first if none is
    /// default.
    pub fn hides_subtitles(&self) -> bool {
        let mut subtitles = self.kept().filter(|s| s.kind == Kind::Subtitle).peekable();
        matches!(self.container, Container::Mp4 | Container::Mov)
            && subtitles.peek().is_some()
            && !subtitles.any(|s| s.default)
    }

    /// Copied video and audio, whose packets must be known and be found in the result.
    pub fn copies(&self) -> impl Iterator<Item = &Planned> {
        let timed = |s: &&Planned| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        self.kept().filter(timed).filter(|s| matches!(s.action, Action::Copy { .. }))
    }

    /// Converted video and audio.
    pub fn converted(&self) -> impl Iterator<Item = &Planned> {
        let timed = |s: &&Planned| matches!(s.kind, Kind::Video | Kind::Audio) && !s.cover;
        self.kept().filter(timed).filter(|s| s.action.converts())
    }

    /// ffmpeg's stream specifier of this video or audio in the result. `V` excludes covers, whose position varies.
    pub fn specifier(&self, stream: &Planned) -> String {
        let same_kind = self.kept().filter(|s| s.kind == stream.kind && !s.cover);
        let index = same_kind.take_while(|s| s.input != stream.input).count();
        format!("{}:{index}", if stream.kind == Kind::Video { "V" } else { "a" })
    }

    /// The moving picture.
    pub fn picture(&self) -> Option<&Planned> {
        self.kept().find(|s| s.kind == Kind::Video && !s.cover)
    }

    /// Encoders that the plan needs and that must be tested.
    pub fn encoders(&self) -> impl Iterator<Item = Encoder> {
        // Encoders of subtitles and covers are part of every ffmpeg; subtitle encoders cannot be tested with a
        // picture.
        let tested = self.streams.iter().filter(|s| s.kind != Kind::Subtitle && !s.cover);
        tested.filter_map(|s| s.action.encoded()).map(|spec| spec.encoder)
    }

    /// Hardware encoder, if one is used.
    pub fn hardware(&self) -> Option<&'static HardwareEncoder> {
        self.encoders().find_map(Encoder::hardware)
    }
}
