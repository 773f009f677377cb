//! Plans one file under one preset: each input stream is copied, converted or dropped, with the reason where
//! something is lost.
//!
//! Pure: touches no file and runs nothing. The plan is stored with the attempt, so that it can be inspected before
//! and after. It never relies on ffmpeg's own stream selection, which silently keeps one stream per kind.

mod audio;
mod captions;
mod changes;
mod channels;
mod clip;
mod colour;
mod copy;
mod data;
mod encode;
mod encoder;
mod filters;
mod layouts;
mod metadata;
mod model;
mod notes;
mod other_streams;
mod phase;
mod rate;
mod refusals;
mod render;
mod rewritten;
mod shape;
mod steps;
mod video;

use crate::failure::Failure;
use crate::media::{Kind, MediaInfo, Stream, language, marker, timecode};
use crate::preset::{Container, CopyRule, Hardware, Preset, Tracks};
use crate::reason::StreamReason;
use crate::spec::{JobOptions, JobSpec};
use std::collections::{BTreeMap, BTreeSet};

pub use clip::{Clip, chapter_text};
pub(crate) use copy::missing;
pub use encode::{
    Colours, CoverSettings, EncodeSpec, FieldOrder, Hdr10, Mixed, PictureFilter, PictureSettings, Pixels,
    Quality, RangeChange, Settings, SoundFilter, SoundSettings, TextSettings,
};
pub use encoder::{Encoder, HARDWARE, HardwareEncoder, Samples};
pub use model::{Action, Plan, Planned, Timing};
pub use notes::{caption_file, chapter_file, cue_file, rewritten_file};
pub use rate::slower;
pub(crate) use render::hardware;
pub use shape::within;
pub use steps::{Step, StepKind, decode_source, decode_whole, measure, steps, steps_of_check};

/// Capabilities of the ffmpeg in use. Default: everything but hardware encoding.
#[derive(Debug, Clone, Default)]
pub struct Abilities {
    /// Codecs it can decode, by ffmpeg's names. `None`: unknown, so any codec that ffprobe names.
    pub decoders: Option<BTreeSet<String>>,
    /// Hardware encoders that work here, best first.
    pub hardware: Vec<&'static HardwareEncoder>,
    /// Its Matroska muxer ignores Opus's encoder delay, so that such audio would be early.
    pub early_opus: bool,
}

impl Abilities {
    fn decodes(&self, codec: &str) -> bool {
        let named = !matches!(codec, "" | "none" | "unknown");
        named && self.decoders.as_ref().is_none_or(|known| known.contains(codec))
    }
}

/// Seconds decoded at each position.
pub(crate) const PLACE: f64 = 1.0;

/// Whether copies are compared packet by packet: a preset that copies whatever its container holds promises that.
fn is_compared(preset: &Preset) -> bool {
    preset.video.as_ref().map_or(preset.audio.copy, |v| v.copy) == CopyRule::WhenHeld
}

/// Positions (seconds) at which compared copies are decoded: start, end and five between. Empty where the file is so
/// short that decoding all of it is as fast.
fn places(info: &MediaInfo, preset: &Preset) -> Vec<f64> {
    let length = info.length().filter(|length| is_compared(preset) && *length > 10.0 * PLACE);
    let Some(length) = length else { return Vec::new() };
    let inner = (1..6).map(|n| length * f64::from(n) / 6.0);
    std::iter::once(0.0).chain(inner).chain([length - PLACE]).collect()
}

/// Plans a file.
///
/// # Errors
/// `no_video`, `no_audio`, `drm_protected`, `unsupported_codec` or `plan_refused`, with a plain sentence.
pub fn plan(info: &MediaInfo, spec: &JobSpec, abilities: &Abilities) -> Result<Plan, Failure> {
    // Destructured, so that a new option is a compile error here.
    let JobSpec { preset, options: JobOptions {} } = spec;
    refusals::second_recording(info, preset)?;
    refusals::other_speed(info, preset)?;
    let main = refusals::main_stream(info, preset, abilities)?;
    let task = Task { info, preset, abilities, main };
    let streams: Vec<Planned> = info.streams.iter().map(|s| planned(s, &task)).collect::<Result<_, _>>()?;
    let cover = streams.iter().any(|s| s.cover && s.action.keeps());
    let copied = streams.iter().any(|s| s.input == main.index && matches!(s.action, Action::Copy { .. }));
    let vendor = |key: &String| key.starts_with("com.apple.quicktime.") || key.starts_with("com.android.");
    let mut plan = Plan {
        container: preset.container,
        chapters: info.chapters.len(),
        // With a cover kept, the option for vendor tags makes the cover vanish (ffmpeg 5.1, exit 0).
        vendor_tags: !cover && preset.container != Container::Mkv && info.tags.keys().any(vendor),
        // The same muxer option would also declare Dolby Vision, which an encoded picture no longer has.
        immersive: main.video.as_ref().is_some_and(|p| p.immersive && (p.dolby_vision.is_none() || copied)),
        dolby_vision: main.video.as_ref().is_some_and(|p| p.dolby_vision.is_some() && copied),
        tags_from: metadata::tags_from(&task),
        changes: Vec::new(),
        without_tags: metadata::without_tags(info, preset),
        without_chapter_tags: metadata::without_chapter_tags(info, preset),
        without_places: metadata::strips(preset),
        with_tags: metadata::with_tags(info, preset),
        mark: marker::of(preset),
        reel: preset.video.as_ref().and_then(|_| timecode::reel(info)).map(str::to_owned),
        compared: is_compared(preset),
        places: places(info, preset),
        most_channels: Some(audio::most_channels(preset)),
        count_cues: true,
        limit: None,
        reach: info.reach,
        timing: Timing::default(),
        clip: None,
        streams,
    };
    plan.timing = timing(info, &plan);
    if plan.converts_picture() && preset.container == Container::Mkv {
        // No encoder used here keeps transparency.
        plan.without_tags.push("alpha_mode".into());
    }
    rate::aim(&mut plan, &task)?;
    plan.changes = changes::changes(&plan, info, preset);
    Ok(plan.in_phase(info).captioned(info, preset).clipped_as_measured(info))
}

/// How packet timestamps are read. Decoders derive the timestamps of frames that lack them; for copies the demuxer
/// does. It must not where a decoder does better: of `XviD`'s packed frames it makes one frame too few, and all of
/// them late. Where false timestamps look like discontinuities, none is corrected.
fn timing(info: &MediaInfo, plan: &Plan) -> Timing {
    let as_stored = info.false_times;
    let generated = !as_stored && plan.copies().any(|s| s.kind == Kind::Video);
    Timing { as_stored, generated, shift: None }
}

/// Input of the decision about one stream.
struct Task<'a> {
    info: &'a MediaInfo,
    preset: &'a Preset,
    abilities: &'a Abilities,
    /// The main stream: the moving picture, or the audio track of an audio preset.
    main: &'a Stream,
}

fn planned(stream: &Stream, task: &Task<'_>) -> Result<Planned, Failure> {
    let (cover, container) = (stream.attached_picture, task.preset.container);
    let mut action = match stream.kind {
        _ if task.info.are_of_different_programmes(stream.index, task.main.index) => {
            Action::drop(StreamReason::OtherProgramme)
        }
        Kind::Video if cover => other_streams::cover(stream, container, metadata::strips(task.preset)),
        Kind::Video if task.preset.video.is_none() => Action::leave_out(StreamReason::SoundOnly),
        Kind::Video if stream.index == task.main.index => video::action(task)?,
        Kind::Video if container == Container::Mkv && task.info.is_further_picture(stream) => {
            further_picture(stream, task)
        }
        Kind::Video => Action::drop(StreamReason::FurtherPicture),
        Kind::Audio if task.preset.audio.tracks == Tracks::First && !is_first_track(stream, task) => {
            Action::drop(StreamReason::FurtherTrack)
        }
        Kind::Audio => audio::action(stream, task),
        Kind::Subtitle if stream.empty && container != Container::M4a => Action::drop(StreamReason::Empty),
        Kind::Subtitle => other_streams::subtitle(stream, task.preset, task.info.cues_read),
        Kind::Attachment => data::attachment(stream, task),
        Kind::Data => data::action(stream, task),
    };
    let rewritten = rewritten::format(stream, &action);
    let own = rewritten.is_some();
    if own {
        rewritten::mark(&mut action, stream);
    }
    let not_read = |tag: &str| own || !stream.tags.keys().any(|key| key.eq_ignore_ascii_case(tag));
    let language = stream.language.as_deref().and_then(|word| {
        let unchanged = || (own || stream.tag_language() != Some(word)).then(|| word.to_owned());
        language::kept(word, container).or_else(unchanged)
    });
    Ok(Planned {
        input: stream.index,
        kind: stream.kind,
        codec: stream.codec.clone(),
        cover,
        language,
        title: stream.title.clone().filter(|_| not_read("title")),
        further: stream.kind == Kind::Video && !cover && stream.index != task.main.index,
        default: stream.default,
        titled_as_film: metadata::tags_from(task).is_some() && stream.title == task.main.title,
        captions: None,
        rewritten,
        file: if cover { other_streams::file(stream, &action, task.preset) } else { BTreeMap::new() },
        action,
    })
}

/// A further picture that cannot be kept is dropped; the file is not refused for it.
fn further_picture(stream: &Stream, task: &Task<'_>) -> Action {
    if refusals::unreadable(stream, task.abilities).is_some() {
        return Action::drop(StreamReason::FurtherPictureUndecoded);
    }
    let action = video::action(&Task { main: stream, ..*task });
    action.unwrap_or_else(|_| Action::drop(StreamReason::FurtherPictureSize))
}

fn is_first_track(stream: &Stream, task: &Task<'_>) -> bool {
    let info = task.info;
    let first = info.audio_where(|s| !info.are_of_different_programmes(s.index, task.main.index));
    first.is_some_and(|first| first.index == stream.index)
}

/// The hardware encoder for this preset's codec, if the preset wants one and one works here.
fn wanted_hardware(preset: &Preset, abilities: &Abilities) -> Option<&'static HardwareEncoder> {
    let video = preset.video.as_ref().filter(|v| v.hardware == Hardware::Auto && v.size_mb.is_none())?;
    abilities.hardware.iter().copied().find(|h| h.codec == video.codec)
}
