//! The plan that a result was made by, beside the one that would be made of its original today. Pure.
//!
//! Guarantees that a result is held against what was made: today's plan only tells what could be in it, and what of the
//! original is to be known.

use super::finding::{Fault, Track};
use crate::media::{Kind, MediaInfo};
use crate::plan::{Action, Plan, Planned};

/// What the result lacks by its plan.
pub(super) fn fault(made: &Plan, today: &Plan, source: &MediaInfo) -> Option<Fault> {
    if let (Some(shown), Some(film)) = (made.picture(), today.picture())
        && shown.input != film.input
    {
        return Some(Fault::OtherPicture { shown: shown.input, film: film.input });
    }
    let is_in_it = |wanted: &Planned| made.kept().any(|s| s.input == wanted.input);
    // Earlier versions kept no telemetry, which they said.
    let mut lost: Vec<&Planned> = today.kept().filter(|s| s.kind != Kind::Data && !is_in_it(s)).collect();
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

/// The plan to judge by: what was made, with what is known today of how to read the original. Whether its pictures may
/// become fewer is for today's plan to say.
pub(super) fn judged(mut made: Plan, today: &Plan) -> Plan {
    made.places.clone_from(&today.places);
    made.compared = today.compared;
    made.without_places = today.without_places;
    made.reach = today.reach;
    for stream in &mut made.streams {
        let now = today.streams.iter().find(|s| s.input == stream.input).map(|s| &s.action);
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

    fn film() -> MediaInfo {
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
        plan(&film(), &spec, &Abilities::default()).unwrap()
    }

    #[test]
    fn a_track_that_was_left_out_or_never_seen_is_missing_and_one_that_is_left_out_today_is_not() {
        let (today, mut made) = (planned(), planned());
        assert_eq!(fault(&made, &today, &film()), None);
        made.streams[1].action = Action::drop(StreamReason::Empty);
        made.streams.truncate(2);
        let Some(Fault::Missing { tracks }) = fault(&made, &today, &film()) else { panic!() };
        assert_eq!(tracks.iter().map(|t| t.index).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(tracks[0].language.as_deref(), Some("ger"));
        assert_eq!(fault(&today, &made, &film()), None);
    }

    #[test]
    fn a_result_of_before_may_lack_telemetry() {
        let mut source = film();
        source.streams.push(Stream { index: 3, tag: "gpmd".into(), ..Stream::default() });
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let today = plan(&source, &spec, &Abilities::default()).unwrap();
        assert!(today.streams[3].action.keeps());
        assert_eq!(fault(&planned(), &today, &source), None);
    }

    #[test]
    fn another_picture_than_the_film_is_named() {
        let (today, mut made) = (planned(), planned());
        made.streams[0].input = 7;
        assert_eq!(fault(&made, &today, &film()), Some(Fault::OtherPicture { shown: 7, film: 0 }));
    }

    #[test]
    fn pictures_may_become_fewer_only_where_todays_plan_says_so() {
        let fewer = |plan: &Plan| plan.streams[0].action.encoded().is_some_and(|spec| spec.frames_change);
        let today = planned();
        assert!(fewer(&judged(planned(), &today)), "capped");
        let mut slow = today.clone();
        if let Action::Convert(spec) = &mut slow.streams[0].action {
            spec.frames_change = false;
        }
        assert!(!fewer(&judged(planned(), &slow)));
        slow.streams[0].action = Action::Copy { tag: None };
        assert!(!fewer(&judged(planned(), &slow)));
    }
}
