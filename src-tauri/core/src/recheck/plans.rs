//! Compares the plan of a result with a current plan of its original. Pure.
//!
//! Guarantees that a result is compared with its own plan: the current plan only shows what could be in it and how to
//! read the original.

use super::finding::{Fault, Track};
use crate::media::{Kind, MediaInfo};
use crate::plan::{Action, Plan, Planned};

/// What the result lacks according to its plan.
pub(super) fn fault(made: &Plan, current: &Plan, source: &MediaInfo) -> Option<Fault> {
    if let (Some(shown), Some(main)) = (made.picture(), current.picture())
        && shown.input != main.input
    {
        return Some(Fault::OtherPicture { shown: shown.input, film: main.input });
    }
    let is_included = |wanted: &Planned| made.kept().any(|s| s.input == wanted.input);
    // Earlier versions kept no telemetry, and reported that.
    let mut lost: Vec<&Planned> =
        current.kept().filter(|s| s.kind != Kind::Data && !is_included(s)).collect();
    lost.sort_by_key(|s| s.input);
    let tracks: Vec<Track> = lost.into_iter().map(|s| track(s, source)).collect();
    (!tracks.is_empty()).then_some(Fault::Missing { tracks })
}

fn track(planned: &Planned, source: &MediaInfo) -> Track {
    let stream = source.streams.iter().find(|s| s.index == planned.input);
    Track {
        index: planned.input,
        kind: planned.kind,
        cover: planned.cover,
        codec: planned.codec.clone(),
        language: stream.and_then(|s| s.language.clone()).filter(|language| language != "und"),
    }
}

/// The plan to verify against: the stored one, with current knowledge of how to read the original. The current plan
/// decides whether the number of frames may change.
pub(super) fn to_verify(mut made: Plan, current: &Plan) -> Plan {
    made.places.clone_from(&current.places);
    made.compared = current.compared;
    made.without_places = current.without_places;
    made.reach = current.reach;
    for stream in &mut made.streams {
        let now = current.streams.iter().find(|s| s.input == stream.input).map(|s| &s.action);
        if let Action::Convert(spec) = &mut stream.action {
            spec.frames_change = now.and_then(Action::encoded).is_some_and(|now| now.frames_change);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Picture, Stream};
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::reason::StreamReason;
    use crate::spec::JobSpec;

    fn media() -> MediaInfo {
        let picture = Picture { width: 640, height: 360, bits: 8, rate: Some(120.0), ..Picture::default() };
        let of = |index, kind, codec: &str| Stream {
            index,
            kind,
            codec: codec.into(),
            channels: Some(2),
            language: Some("ger".into()),
            ..Stream::default()
        };
        let video = Stream { video: Some(picture), ..of(0, Kind::Video, "mpeg4") };
        let streams = vec![video, of(1, Kind::Audio, "mp3"), of(2, Kind::Audio, "mp3")];
        MediaInfo { streams, ..MediaInfo::default() }
    }

    fn planned() -> Plan {
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        plan(&media(), &spec, &Abilities::default()).unwrap()
    }

    #[test]
    fn track_that_the_current_plan_keeps_is_missing_and_others_are_not() {
        let (current, mut made) = (planned(), planned());
        assert_eq!(fault(&made, &current, &media()), None);
        made.streams[1].action = Action::drop(StreamReason::Empty);
        made.streams.truncate(2);
        let Some(Fault::Missing { tracks }) = fault(&made, &current, &media()) else { panic!() };
        assert_eq!(tracks.iter().map(|t| t.index).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(tracks[0].language.as_deref(), Some("ger"));
        assert_eq!(fault(&current, &made, &media()), None);
    }

    #[test]
    fn result_of_an_earlier_version_may_lack_telemetry() {
        let mut source = media();
        source.streams.push(Stream { index: 3, tag: "gpmd".into(), ..Stream::default() });
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let current = plan(&source, &spec, &Abilities::default()).unwrap();
        assert!(current.streams[3].action.keeps());
        assert_eq!(fault(&planned(), &current, &source), None);
    }

    #[test]
    fn other_picture_than_the_main_one_is_named() {
        let (current, mut made) = (planned(), planned());
        made.streams[0].input = 7;
        assert_eq!(fault(&made, &current, &media()), Some(Fault::OtherPicture { shown: 7, film: 0 }));
    }

    #[test]
    fn frames_may_be_dropped_only_where_the_current_plan_allows_it() {
        let fewer = |plan: &Plan| plan.streams[0].action.encoded().is_some_and(|spec| spec.frames_change);
        let current = planned();
        assert!(fewer(&to_verify(planned(), &current)), "capped");
        let mut slow = current.clone();
        if let Action::Convert(spec) = &mut slow.streams[0].action {
            spec.frames_change = false;
        }
        assert!(!fewer(&to_verify(planned(), &slow)));
        slow.streams[0].action = Action::Copy { tag: None };
        assert!(!fewer(&to_verify(planned(), &slow)));
    }
}
