//! Remarks on a result that passes, and limits on the length of the file.

use super::*;
use crate::ledger::{ChangeReason, Difference, Property, Subject, Value};
use crate::reason::StreamReason;

#[test]
fn audio_with_damaged_timestamps_gets_a_remark() {
    let squeezed = remarks_of(|w| w.report.inputs[1].samples = Some(720_000));
    assert_eq!(squeezed, ["The timestamps of the sound are damaged: 0:15 of it became 0:10."]);
    assert!(
        remarks_of(|w| w.report.inputs[1].samples = Some(528_000)).is_empty(),
        "one second more is tolerated"
    );
    assert_eq!(remarks_of(|w| w.report.inputs[1].samples = Some(540_000)).len(), 1);
    assert!(remarks_of(|w| w.source.streams[1].sample_rate = Some(0)).is_empty(), "unknown length");
}

#[test]
fn damage_is_counted_and_sizes_are_compared() {
    let after = |count: usize| remarks_of(|w| w.report.errors = vec!["cbp too large".into(); count]);
    assert!(after(0).is_empty());
    assert_eq!(after(1), ["1 damaged spot in the original; it may show in the result."]);
    assert_eq!(after(2), ["2 damaged spots in the original; they may show in the result."]);
    let again = "Error while decoding stream #0:0: Invalid data found when processing input";
    let spots = |errors: &[&str]| {
        let verdict = verified(|w| w.report.errors = errors.iter().map(|e| (*e).to_owned()).collect());
        verdict.unwrap().verification.damaged
    };
    assert_eq!(
        (spots(&["cbp too large", again]), spots(&["cbp too large", again, "mb_type", again])),
        (1, 2)
    );
    assert_eq!(
        (spots(&[again]), spots(&[again, again]), spots(&[])),
        (1, 1, 0),
        "repeats alone are one spot"
    );
    let most = format!("More than {MOST_ERRORS} damaged spots in the original; they may show in the result.");
    assert_eq!(after(MOST_ERRORS), [most]);
    assert!(remarks_of(|w| w.output.size = Some(1_009_000)).is_empty());
    assert_eq!(
        remarks_of(|w| w.output.size = Some(1_010_000)),
        ["The result is 1 % bigger than the original."]
    );
    assert_eq!(
        remarks_of(|w| w.output.size = Some(2_500_000)),
        ["The result is 150 % bigger than the original."]
    );
}

#[test]
fn dropped_tracks_and_lost_facts_get_remarks() {
    let remarks = remarks_of(|w| {
        w.plan.streams[1].action = Action::drop(StreamReason::FurtherTrack);
        w.plan.changes.push(Difference {
            of: Subject::Stream(1),
            property: Property::Stream,
            from: Value::Text("audio".into()),
            to: None,
            why: Some(ChangeReason::Stream(StreamReason::FurtherTrack)),
        });
        w.source.streams[2].language = Some("pt-BR".into());
        w.output.streams[2].language = Some("por".into());
        w.output.streams.remove(1);
        (w.source.second_recording, w.source.other_speed) = (true, true);
    });
    assert_eq!(remarks.len(), 4, "{remarks:?}");
    assert!(
        remarks[0].starts_with("Partial: a second recording")
            && remarks[1].starts_with("Partial: the original")
    );
    assert_eq!(
        remarks[2..],
        ["Track 1 was left out: a further track; one is kept.", "Track 2: the language por-BR became por."]
    );
}

#[test]
fn capture_that_begins_between_keyframes_is_not_damage() {
    let capture = |w: &mut Setup, container: &str| {
        w.source.container = container.into();
        let repeated = "Error while decoding stream #0:0: Invalid data found when processing input";
        w.report.errors = ["non-existing PPS 0 referenced", "no frame!", repeated].map(Into::into).to_vec();
        w.output.streams[0].seconds = Some(6.0);
    };
    assert!(is_doubtful(|w| {
        capture(w, "mpegts");
        w.output.streams[0].seconds = Some(10.0);
    }));
    let damaged = remarks_of(|w| {
        w.source.container = "mpegts".into();
        w.report.errors =
            vec!["Error while decoding stream #0:0: Invalid data found when processing input".into()];
    });
    assert_eq!(damaged.len(), 1, "other damage does not require reading the whole file");
    let lead = |seconds: f64| Span { lead: 100, before: seconds, ..span(10.0 - seconds) };
    let late = remarks_of(|w| {
        capture(w, "mpegts");
        w.measured = Some(measured(0, lead(4.0)));
    });
    assert_eq!(
        late,
        ["The recording begins 4.0 s before its first keyframe; the picture is shown from there on."]
    );
    let more = remarks_of(|w| {
        capture(w, "mpegts");
        w.report.errors.push("error while decoding MB 3 9".into());
        w.measured = Some(measured(0, lead(4.0)));
    });
    assert_eq!(more.len(), 2, "{more:?}");
    let none = remarks_of(|w| {
        capture(w, "mpegts");
        w.output.streams[0].seconds = Some(10.0);
        w.measured = Some(measured(0, span(10.0)));
    });
    assert_eq!(none, ["2 damaged spots in the original; they may show in the result."]);
    let cut = remarks_of(|w| {
        capture(w, "mpegts");
        w.measured = Some(measured(0, Span { lead: 25, before: 1.0, ..span(6.0) }));
    });
    assert_eq!(cut[0], "The original is incomplete: 0:06 of 0:10 could be read.", "{cut:?}");
    let known = remarks_of(|w| {
        capture(w, "mpegts");
        w.source.streams[0].span = Some(lead(4.0));
        w.output.streams[0].seconds = Some(10.0);
    });
    assert_eq!(known, late, "its packets were measured earlier");
    let file = remarks_of(|w| {
        capture(w, "matroska,webm");
        w.output.streams[0].seconds = Some(10.0);
    });
    assert_eq!(file.len(), 1, "not a broadcast: {file:?}");
}

#[test]
fn file_may_not_be_longer_than_picture_and_audio() {
    let longer = |change: fn(&mut Setup)| match verified(change) {
        Err(Refusal::Overlong { shown, failure }) => (shown, failure.sentence()),
        other => panic!("{other:?}"),
    };
    for (shown, message) in [
        longer(|w| w.output.seconds = Some(3600.0)),
        longer(|w| w.output.streams[2].seconds = Some(3600.0)),
        longer(|w| w.output.chapters.push(media::Chapter { end: 3600.0, ..media::Chapter::default() })),
    ] {
        assert!((shown - 10.0).abs() < 1e-9);
        assert_eq!(message, "The result lasts 1:00:00, though its picture and sound end at 0:10.");
    }
    assert!(verified(|w| w.output.seconds = Some(10.4)).is_ok());
    assert!(verified(|w| w.output.seconds = Some(10.6)).is_err(), "more than half a second");
}

#[test]
fn after_clipping_only_a_cue_may_extend_beyond_the_end() {
    let clipped = |w: &mut Setup| w.plan = w.plan.clone().clipped(&w.source, 10.0);
    let failure = failed(|w| {
        clipped(w);
        w.output.seconds = Some(3600.0);
    });
    assert!(failure.sentence().contains("1:00:00"), "{}", failure.sentence());
    let line = remarks_of(|w| {
        clipped(w);
        w.output.streams[2].seconds = Some(60.0);
        w.output.seconds = Some(60.0);
    });
    assert_eq!(line, ["The result lasts 1:00, though its picture and sound end at 0:10."]);
    let chapter = |start, end| media::Chapter { start, end, ..media::Chapter::default() };
    let lost = remarks_of(|w| {
        w.source.chapters = vec![chapter(0.0, 5.0), chapter(500.0, 600.0), chapter(600.0, 900.0)];
        clipped(w);
        w.output.chapters = vec![chapter(0.0, 5.0)];
    });
    assert_eq!(lost, ["2 of 3 chapters begin after the end of the video and were left out."]);
}
