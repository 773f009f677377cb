//! What becomes of one file under one preset: per input stream copy, convert or drop, with the reason where
//! something is lost.
//!
//! Pure: no file is touched and nothing is run. The plan is stored with the attempt, so that anyone can see
//! before and after. ffmpeg's own choice of streams is never relied upon: it silently keeps one per kind.

mod arguments;
mod audio;
mod captions;
mod checks;
mod clip;
mod colour;
mod copy;
mod encoder;
mod language;
mod others;
mod rate;
mod refusals;
mod steps;
mod video;

use crate::failure::Failure;
use crate::media::{Kind, MediaInfo, Stream};
use crate::preset::{Container, CopyRule, Hardware, Metadata, Preset, Tracks};
use crate::spec::{JobOptions, JobSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use arguments::cue_file;
pub use captions::caption_file;
pub(crate) use checks::CLOCK;
pub use checks::{decode_copies, decode_originals};
pub use clip::{Clip, chapter_file, chapter_text};
pub use encoder::{HARDWARE, HardwareEncoder, test_arguments};
pub use rate::slower;
pub use steps::{Step, What, measure, steps, steps_of_check};

/// What the ffmpeg that encodes can do. The default: everything but hardware.
#[derive(Debug, Clone, Default)]
pub struct Abilities {
    /// Codecs it can decode, in ffmpeg's words; `None`: unknown, so whatever ffprobe names.
    pub decoders: Option<BTreeSet<String>>,
    /// Hardware encoders that work here, best first.
    pub hardware: Vec<&'static HardwareEncoder>,
}

impl Abilities {
    fn decodes(&self, codec: &str) -> bool {
        let named = !matches!(codec, "" | "none" | "unknown");
        named && self.decoders.as_ref().is_none_or(|known| known.contains(codec))
    }
}

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
    /// The stream whose tags are the film's: Ogg has no tags of the file, ffmpeg reads them as the streams'.
    #[serde(default)]
    pub tags_from: Option<usize>,
    /// Tags that are left out.
    #[serde(default)]
    pub without_tags: Vec<String>,
    /// The packets of copied streams are compared with the original's, whose damage is taken over with them; where not,
    /// what is damaged is converted.
    #[serde(default)]
    pub compared: bool,
    /// Seconds of the result at which compared streams are decoded; empty: they are decoded whole.
    #[serde(default)]
    pub places: Vec<f64>,
    /// Lines of subtitles are counted that are lost where only one is shown at a time.
    #[serde(default)]
    pub count_cues: bool,
    /// Largest result in bytes, aimed at in two passes.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Encodes on graphics hardware.
    #[serde(default)]
    pub hardware: bool,
    /// Arguments that set the hardware up, before the input.
    #[serde(default)]
    pub set_up: Vec<String>,
    /// Bytes to be read before the streams are known, as `MediaInfo::reach`.
    #[serde(default)]
    pub reach: Option<u64>,
    /// What is left of chapters and subtitles that lie beyond the end of the film.
    #[serde(default)]
    pub clip: Option<Clip>,
}

/// What becomes of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// Its language, where the container keeps it in another word.
    #[serde(default)]
    pub language: Option<String>,
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
    /// Encoded anew.
    Convert {
        /// Codec of the result, in ffprobe's words.
        codec: String,
        /// ffmpeg's encoder.
        encoder: String,
        /// Options of this stream, in order.
        options: Vec<(String, String)>,
        /// Filters, in order.
        filters: Vec<String>,
        /// The number of frames changes on purpose.
        frames_change: bool,
        /// What the change costs, in plain words; empty for nothing worth saying.
        loss: String,
    },
    /// Left out.
    Drop {
        /// Why, in plain words.
        reason: String,
    },
}

impl Action {
    fn drop(reason: impl Into<String>) -> Action {
        Action::Drop { reason: reason.into() }
    }

    /// Is it in the result?
    pub fn keeps(&self) -> bool {
        !matches!(self, Action::Drop { .. })
    }
}

impl Plan {
    /// The streams of the result, in its order: moving picture, covers, sound, subtitles, attachments.
    pub fn kept(&self) -> impl Iterator<Item = &Planned> {
        let of = |kind, cover| {
            self.streams.iter().filter(move |s| s.kind == kind && s.cover == cover && s.action.keeps())
        };
        of(Kind::Video, false)
            .chain(of(Kind::Video, true))
            .chain(of(Kind::Audio, false))
            .chain(of(Kind::Subtitle, false))
            .chain(of(Kind::Attachment, false))
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
        self.kept().filter(timed).filter(|s| matches!(s.action, Action::Convert { .. }))
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
    pub fn encoders(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().filter_map(|s| match &s.action {
            // Subtitle encoders are part of every ffmpeg and cannot be tested with a picture.
            Action::Convert { encoder, .. } if s.kind != Kind::Subtitle => Some(encoder.as_str()),
            _ => None,
        })
    }
}

/// Tags that say where a video was recorded, in the words of the containers.
const LOCATION: &[&str] =
    &["location", "location-eng", "com.apple.quicktime.location.ISO6709", "xyz", "GPSCoordinates"];

/// Statistics that some programs leave in Matroska, with or without a language: untrue of the result.
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

/// Seconds decoded at each place.
pub(crate) const PLACE: f64 = 1.0;

/// A preset that copies whatever its container holds promises the same packets.
fn is_compared(preset: &Preset) -> bool {
    preset.video.as_ref().map_or(preset.audio.copy, |v| v.copy) == CopyRule::WhenHeld
}

/// What is compared is decoded at the beginning, at the end and at five places between, unless it is so short that all of
/// it is decoded as quickly.
fn places(info: &MediaInfo, preset: &Preset) -> Vec<f64> {
    let length = info.length().filter(|length| is_compared(preset) && *length > 10.0 * PLACE);
    let Some(length) = length else { return Vec::new() };
    let between = (1..6).map(|n| length * f64::from(n) / 6.0);
    std::iter::once(0.0).chain(between).chain([length - PLACE]).collect()
}

/// Plans a file.
///
/// # Errors
/// `no_video`, `no_audio`, `drm_protected`, `unsupported_codec` or `plan_refused`, with a plain sentence.
pub fn plan(info: &MediaInfo, spec: &JobSpec, abilities: &Abilities) -> Result<Plan, Failure> {
    // Taken apart, so that an option that is added must be thought of here.
    let JobSpec { preset, options: JobOptions {} } = spec;
    refusals::second_recording(info, preset)?;
    refusals::other_speed(info, preset)?;
    let main = refusals::main_stream(info, preset, abilities)?;
    let task = Task { info, preset, abilities, main };
    let streams: Vec<Planned> = info.streams.iter().map(|s| planned(s, &task)).collect::<Result<_, _>>()?;
    let cover = streams.iter().any(|s| s.cover && s.action.keeps());
    let vendor = |key: &String| key.starts_with("com.apple.quicktime.") || key.starts_with("com.android.");
    let hardware = video::hardware(&task);
    let mut plan = Plan {
        container: preset.container,
        chapters: info.chapters.len(),
        // With a cover kept, asking for vendor tags makes the cover vanish (ffmpeg 5.1, exit 0).
        vendor_tags: !cover && preset.container != Container::Mkv && info.tags.keys().any(vendor),
        // Dolby Vision would be declared likewise, of a picture that no longer is any.
        immersive: main.video.as_ref().is_some_and(|p| p.immersive && p.dolby_vision.is_none()),
        tags_from: tags_from(&task),
        without_tags: without_tags(preset),
        compared: is_compared(preset),
        places: places(info, preset),
        count_cues: true,
        limit: None,
        hardware: hardware.is_some_and(|h| streams.iter().any(|s| uses(s, h.name))),
        set_up: Vec::new(),
        reach: info.reach,
        clip: None,
        streams,
    };
    if let Some(hardware) = hardware.filter(|_| plan.hardware) {
        plan.set_up = hardware.set_up.iter().map(|word| (*word).to_owned()).collect();
    }
    let converted = plan.picture().is_some_and(|p| matches!(p.action, Action::Convert { .. }));
    if converted && preset.container == Container::Mkv {
        // No encoder here keeps transparency.
        plan.without_tags.push("alpha_mode".into());
    }
    rate::aim(&mut plan, &task)?;
    Ok(plan.captioned(info, preset).clipped_as_measured(info))
}

fn uses(stream: &Planned, name: &str) -> bool {
    matches!(&stream.action, Action::Convert { encoder, .. } if encoder == name)
}

fn tags_from(task: &Task<'_>) -> Option<usize> {
    (task.info.container == "ogg").then_some(task.main.index)
}

fn without_tags(preset: &Preset) -> Vec<String> {
    let location = if preset.metadata == Metadata::StripLocation { LOCATION } else { &[] };
    let stale = if preset.container == Container::Mkv { STALE } else { &[] };
    location.iter().chain(stale).map(|tag| (*tag).to_owned()).collect()
}

/// Everything a decision about one stream may look at.
struct Task<'a> {
    info: &'a MediaInfo,
    preset: &'a Preset,
    abilities: &'a Abilities,
    /// The stream the preset is about: the moving picture, or the sound of a preset for sound.
    main: &'a Stream,
}

fn planned(stream: &Stream, task: &Task<'_>) -> Result<Planned, Failure> {
    let (cover, container) = (stream.attached_picture, task.preset.container);
    let action = match stream.kind {
        Kind::Video if cover => others::cover(stream, container),
        Kind::Video if task.preset.video.is_none() => Action::drop("only the sound is kept"),
        Kind::Video if stream.index == task.main.index => video::action(task)?,
        Kind::Video => Action::drop("a further picture; one is kept"),
        Kind::Audio if task.preset.audio.tracks == Tracks::First && !is_first_track(stream, task) => {
            Action::drop("a further track; one is kept")
        }
        Kind::Audio => audio::action(stream, task),
        Kind::Subtitle if stream.empty && container != Container::M4a => Action::drop(audio::NOTHING),
        Kind::Subtitle => others::subtitle(stream, task.preset),
        Kind::Attachment if container == Container::Mkv => Action::Copy { tag: None },
        Kind::Attachment => Action::drop(format!("{} cannot hold attached files", container.name())),
        Kind::Data if others::is_chapters(stream, task.info) => {
            Action::drop("the chapters, which are kept as such")
        }
        Kind::Data => Action::drop("data that players do not show"),
    };
    let language = stream.language.as_deref().and_then(|word| language::kept(word, container));
    Ok(Planned {
        input: stream.index,
        kind: stream.kind,
        codec: stream.codec.clone(),
        cover,
        language,
        default: stream.default,
        titled_as_film: tags_from(task).is_some() && stream.title == task.main.title,
        captions: None,
        action,
    })
}

fn is_first_track(stream: &Stream, task: &Task<'_>) -> bool {
    task.info.audio().is_some_and(|first| first.index == stream.index)
}

/// Does this preset want hardware, and which works here for its codec?
fn wanted_hardware<'a>(preset: &Preset, abilities: &Abilities) -> Option<&'a HardwareEncoder> {
    let video = preset.video.as_ref().filter(|v| v.hardware == Hardware::Auto && v.size_mb.is_none())?;
    abilities.hardware.iter().copied().find(|h| h.codec == video.codec)
}

/// Pairs of text, for options.
fn options<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}
