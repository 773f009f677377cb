//! Facts of the source that the plan changes or loses, and why. All others are kept and must be found in the result.
//!
//! Pure. Guarantees to list only what follows from the plan of this file.

mod picture;

use super::{Action, Plan, Planned, SoundFilter, metadata};
use crate::ledger::{self, ChangeReason, Difference, Ledger, Property, Subject, Value};
use crate::media::{Chapter, Kind, MediaInfo, Stream, language, speakers, timecode};
use crate::preset::{Container, Preset};
use crate::reason::StreamReason;

/// The facts of `info` that `plan` does not keep.
pub(super) fn changes(plan: &Plan, info: &MediaInfo, preset: &Preset) -> Vec<Difference> {
    let facts = Ledger::of_source(info);
    let changed = |(of, property, value): (Subject, &Property, &Value)| {
        let outcome = match of {
            Subject::File => of_file(plan, info, preset, property),
            Subject::Stream(n) => {
                let planned = plan.streams.iter().find(|planned| planned.input == n)?;
                let stream = info.streams.iter().find(|stream| stream.index == n)?;
                of_stream(&Track { plan, preset, planned, stream }, property, value)
            }
        };
        let (property, from) = (property.clone(), value.clone());
        let outcome = outcome.filter(|(to, _)| !to.as_ref().is_some_and(|to| to.is_alike(&from)));
        outcome.map(|(to, why)| Difference { of, property, from, to, why: Some(why) })
    };
    facts.iter().filter_map(changed).collect()
}

impl Plan {
    /// Drops a stream that was planned to be kept, and records the change.
    pub(crate) fn leave_out(&mut self, input: usize, reason: StreamReason) {
        let Some(planned) = self.streams.iter_mut().find(|planned| planned.input == input) else { return };
        (planned.rewritten, planned.action) = (None, Action::drop(reason.clone()));
        let from = Value::Text(format!("{:?}", planned.kind).to_lowercase());
        let (of, property, why) =
            (Subject::Stream(input), Property::Stream, Some(ChangeReason::Stream(reason)));
        self.changes.push(Difference { of, property, from, to: None, why });
    }
}

/// New value of a fact (`None`: lost), and why.
type Change = (Option<Value>, ChangeReason);

/// `None`: the fact is kept.
type Outcome = Option<Change>;

fn lost(why: ChangeReason) -> Change {
    (None, why)
}

struct Track<'a> {
    plan: &'a Plan,
    preset: &'a Preset,
    planned: &'a Planned,
    stream: &'a Stream,
}

impl Track<'_> {
    fn is_converted(&self) -> bool {
        self.planned.action.converts()
    }
}

/// Whether ffmpeg's subtitle encoders lose this. They keep bold and italics, and colours where those are ASS styles.
fn is_lost_by_text_encoder(property: &Property, codec: &str) -> bool {
    use Property::{Colours, Drawings, Effects, Positions, Styles};
    let styled = matches!(codec, "ass" | "ssa");
    matches!(property, Styles | Positions | Effects | Drawings) || (*property == Colours && !styled)
}

fn of_file(plan: &Plan, info: &MediaInfo, preset: &Preset, property: &Property) -> Outcome {
    match property {
        Property::Place if metadata::strips(preset) => Some(lost(ChangeReason::Preset)),
        Property::Place if !holds_location(plan, info) => Some(lost(ChangeReason::Container(plan.container))),
        Property::Tag(name) if is_removed(name, plan, info) => Some(lost(ChangeReason::Preset)),
        Property::Tag(name) if plan.vendor_tags && name != "creation_time" => None,
        Property::Tag(name) if !ledger::is_held(name, plan.container) => {
            Some(lost(ChangeReason::Container(plan.container)))
        }
        Property::Timecode | Property::Reel if preset.video.is_none() => Some(lost(ChangeReason::Preset)),
        Property::Reel if !holds_reel(plan, info) => Some(lost(ChangeReason::Container(plan.container))),
        Property::Chosen(kind) => Some(default_track(plan, *kind)),
        Property::Chapters => Some((chapters(plan, info), ChangeReason::Follows)),
        _ => None,
    }
}

/// Whether the container holds the reel name: `QuickTime` in the time code track, Matroska as a tag.
fn holds_reel(plan: &Plan, info: &MediaInfo) -> bool {
    match plan.container {
        Container::Mkv => true,
        Container::Mov => timecode::of(info).is_some(),
        Container::Mp4 | Container::M4a => false,
    }
}

/// Whether the container holds the location: Matroska holds any tag, the others a location under one name.
fn holds_location(plan: &Plan, info: &MediaInfo) -> bool {
    let named = info.tags.keys().any(|tag| tag.to_lowercase().starts_with("location"));
    plan.container == Container::Mkv || plan.vendor_tags || named || metadata::has_place(plan)
}

/// Whether a tag of this name is removed because it reveals the location.
fn is_removed(name: &str, plan: &Plan, info: &MediaInfo) -> bool {
    let listed = plan.without_tags.iter().any(|tag| tag.eq_ignore_ascii_case(name));
    listed && info.tags.keys().any(|tag| tag.eq_ignore_ascii_case(name))
}

/// The kept chapters. ffmpeg skips chapters that end before the start; tags that reveal the location are removed
/// where the preset wants that.
fn chapters(plan: &Plan, info: &MediaInfo) -> Option<Value> {
    let begin = info.start.unwrap_or(0.0);
    let kept = info.chapters.iter().filter(|chapter| chapter.end >= begin);
    let all: Vec<Chapter> = kept.map(|c| Chapter { tags: plan.chapter_tags(c), ..c.clone() }).collect();
    (!all.is_empty()).then(|| ledger::chapters(&all))
}

/// Which track players select by default, given the tracks that are kept.
fn default_track(plan: &Plan, kind: Kind) -> Change {
    let tracks = || plan.kept().filter(|s| s.kind == kind && s.captions.is_none());
    let marked = tracks().find(|s| s.default).or_else(|| tracks().next().filter(|_| kind == Kind::Audio));
    let alone = tracks().count() < 2;
    let to = marked.filter(|_| !alone).map(|s| Value::Number(s.input as f64));
    (to, ChangeReason::Follows)
}

fn of_stream(track: &Track<'_>, property: &Property, value: &Value) -> Outcome {
    if let Action::Drop { reason, usual } = &track.planned.action {
        let why = if *usual { ChangeReason::Preset } else { ChangeReason::Stream(reason.clone()) };
        return (*property == Property::Stream).then_some((None, why));
    }
    match (property, track.stream.kind) {
        (Property::Language, _) => of_language(track.plan.container, value),
        (Property::Role(role), _) => (!holds_role(role, track.plan.container))
            .then_some((None, ChangeReason::Container(track.plan.container))),
        (Property::Title, _) if track.plan.container == Container::M4a => {
            Some(lost(ChangeReason::Container(track.plan.container)))
        }
        (Property::FileName | Property::MediaType | Property::Title, _) if track.planned.cover => {
            Some(file_field(track, property))
        }
        (property, Kind::Subtitle)
            if track.is_converted() && is_lost_by_text_encoder(property, &track.stream.codec) =>
        {
            Some(lost(ChangeReason::Encoder))
        }
        (_, Kind::Video) => picture::outcome(track, property),
        (_, Kind::Audio) => of_sound(track, property),
        _ => None,
    }
}

/// Name, type or title of a cover. Only in Matroska covers are attached files, which have them.
fn file_field(track: &Track<'_>, property: &Property) -> Change {
    let name = match property {
        Property::FileName => "filename",
        Property::MediaType => "mimetype",
        _ => "title",
    };
    let to = track.planned.file.get(name).filter(|_| track.plan.container == Container::Mkv);
    (to.map(|to| Value::Text(to.clone())), ChangeReason::Preset)
}

fn of_language(container: Container, value: &Value) -> Outcome {
    let Value::Text(meaning) = value else { return None };
    let left = language::left(meaning, container);
    (left.as_ref() != Some(meaning)).then(|| (left.map(Value::Text), ChangeReason::Container(container)))
}

/// Whether ffmpeg writes this disposition into this container.
fn holds_role(role: &str, container: Container) -> bool {
    match container {
        Container::Mkv => !matches!(role, "lyrics" | "karaoke" | "clean_effects"),
        Container::Mp4 => {
            matches!(role, "dub" | "comment" | "forced" | "hearing_impaired" | "visual_impaired")
        }
        Container::Mov | Container::M4a => false,
    }
}

fn of_sound(track: &Track<'_>, property: &Property) -> Outcome {
    let spec = track.planned.action.encoded()?;
    let codec = spec.codec.as_str();
    match property {
        Property::Channels | Property::Speaker(_) => {
            channels(track, layout(&spec.sound()?.filters)?, property)
        }
        Property::Float if !codec.starts_with("pcm_f") => Some(lost(ChangeReason::Preset)),
        Property::Samples if !codec.starts_with("pcm") => Some(lost(ChangeReason::Preset)),
        Property::SampleRate if codec == "opus" => {
            Some((Some(Value::Number(48_000.0)), ChangeReason::Preset))
        }
        _ => None,
    }
}

/// Layout after these filters.
fn layout(filters: &[SoundFilter]) -> Option<&str> {
    filters.iter().rev().find_map(|filter| match filter {
        SoundFilter::Layout { layout } | SoundFilter::Name { layout } | SoundFilter::Mix { layout, .. } => {
            Some(layout.as_str())
        }
        _ => None,
    })
}

/// Channels and speakers after a mixdown, which is reported once: as the number of channels.
fn channels(track: &Track<'_>, layout: &str, property: &Property) -> Outcome {
    let target = speakers::of(layout);
    let fewer =
        if track.preset.audio.channels.is_some() { ChangeReason::Limit } else { ChangeReason::Encoder };
    let mixed = track.stream.channels.is_some_and(|had| had as usize > target.len());
    match property {
        Property::Channels => Some((Some(Value::Number(target.len() as f64)), fewer)),
        Property::Speaker(name) => {
            let held = target.iter().any(|speaker| ledger::place(speaker, &target) == name);
            (!held).then_some((
                None,
                if mixed || target.len() == 1 { ChangeReason::Follows } else { ChangeReason::Encoder },
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::spec::JobSpec;
    use crate::words;

    #[test]
    fn rate_change_is_listed_only_where_the_rate_is_capped() {
        let capped = |rate| {
            let picture = crate::media::Picture { width: 64, height: 64, bits: 8, ..Default::default() };
            let picture = crate::media::Picture { rate: Some(rate), pixel_aspect: 1.0, ..picture };
            let video = Stream {
                kind: Kind::Video,
                codec: "mpeg4".into(),
                video: Some(picture),
                ..Stream::default()
            };
            let info = MediaInfo { streams: vec![video], ..MediaInfo::default() };
            let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
            let changes = plan(&info, &spec, &Abilities::default()).unwrap().changes;
            changes.into_iter().find(|change| change.property == Property::Rate).and_then(|change| change.to)
        };
        assert_eq!(capped(240.0), Some(Value::Number(60.0)));
        assert_eq!((capped(25.0), capped(1000.0)), (None, None), "an implausible header value is ignored");
    }

    #[test]
    fn stream_dropped_after_planning_has_a_reason() {
        let stream =
            |index, kind, codec: &str| Stream { index, kind, codec: codec.into(), ..Stream::default() };
        let sound = Stream { channels: Some(2), ..stream(0, Kind::Audio, "aac") };
        let picture = crate::media::Picture { width: 64, height: 64, bits: 8, ..Default::default() };
        let video = Stream { video: Some(picture), ..stream(1, Kind::Video, "h264") };
        let streams = vec![sound, video, stream(2, Kind::Subtitle, "wvtt")];
        let info = MediaInfo { streams, ..MediaInfo::default() };
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let mut plan = plan(&info, &spec, &Abilities::default()).unwrap();
        assert!(plan.streams[2].rewritten.is_some());
        plan.leave_out(2, StreamReason::NoText);
        assert!(plan.kept().all(|s| s.input != 2) && plan.streams[2].rewritten.is_none());
        let sentences =
            words::differences(plan.changes.iter().filter(|change| change.of == Subject::Stream(2)));
        assert_eq!(sentences[0].to_string(), "Track 2 was left out: it holds no text.");
        assert_eq!(sentences.len(), 1);
    }
}
