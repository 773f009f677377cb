//! Changes inside a stream that decoding showed and the plan did not know.

use super::super::*;
use super::{sentences, verified};
use crate::ffmpeg::filter_input::FilterInput;
use crate::plan::Settings;

/// Frames of this size at these times, in milliseconds.
fn shown(given: &mut FilterInput, times: impl Iterator<Item = u64>, size: &str) {
    for at in times {
        let seconds = at as f64 / 1000.0;
        given
            .take_picture("showinfo@0", &format!("n:   0 pts: {at} pts_time:{seconds} sar:1/1 s:{size} i:P"));
    }
}

fn regular(given: &mut FilterInput) {
    shown(given, (0..250).map(|n| n * 40), "640x360");
}

fn sounds(given: &mut FilterInput, kinds: &[(u32, &str)]) {
    for (rate, layout) in kinds {
        given.take_sound("graph_0_in_0_1", &format!("samplerate:{rate} chlayout:{layout}"));
    }
}

fn learned(refusal: Result<Verdict, Refusal>) -> Learned {
    let Err(Refusal::Changed(changed)) = refusal else { panic!("{refusal:?}") };
    changed.1
}

#[test]
fn frame_count_is_exact_where_filters_counted() {
    let made = |found, dropped| {
        verified(|w| {
            regular(&mut w.report.given);
            shown(&mut w.report.given, [9960, 9960, 5000].into_iter(), "640x360");
            (w.output.streams[0].packets, w.report.dropped) = (Some(found), dropped);
        })
    };
    for found in [249, 250, 253] {
        assert!(made(found, 3).is_ok(), "{found}: two share a timestamp, one goes back");
    }
    let Err(Refusal::Failed(failure)) = made(248, 3) else { panic!("refused") };
    assert_eq!(failure.sentence(), "The result has 248 pictures instead of 250.");
    assert!(made(255, 0).is_err(), "doubled");
}

#[test]
fn dropped_frames_with_distinct_timestamps_require_a_fine_time_base() {
    let lost = |clock: bool| {
        verified(|w| {
            regular(&mut w.report.given);
            (w.output.streams[0].packets, w.report.dropped) = (Some(240), 10);
            if let Action::Convert(spec) = &mut w.plan.streams[0].action
                && let Some(Settings::Picture(settings)) = &mut spec.settings
            {
                settings.fine_clock = clock;
            }
        })
    };
    assert_eq!(learned(lost(false)).dense, [0]);
    assert!(matches!(lost(true), Err(Refusal::Failed(_))), "nothing new to learn");
}

#[test]
fn frames_of_another_shape_require_another_frame_size_once() {
    let turned = |known: &[(u32, u32)]| {
        verified(|w| {
            shown(&mut w.report.given, (0..125).map(|n| n * 40), "640x360");
            shown(&mut w.report.given, (125..250).map(|n| n * 40), "360x640");
            w.source.streams[0].video.as_mut().unwrap().sizes = known.to_vec();
            w.plan_again();
            if !known.is_empty() {
                w.output.streams[0].video.as_mut().unwrap().height = 640;
            }
        })
    };
    let sizes = vec![(360, 640), (640, 360)];
    assert_eq!(learned(turned(&[])).sizes[&0], sizes);
    assert_eq!(
        sentences(&turned(&sizes).unwrap()),
        ["The picture changes its size: 640x360, then 360x640 at 0:05. Each part keeps its shape."]
    );
}

#[test]
fn more_channels_are_required_as_far_as_the_result_can_hold_them() {
    let widened = |most: Option<u32>, kinds: &[(u32, &str)]| {
        verified(|w| {
            sounds(&mut w.report.given, kinds);
            w.plan.most_channels = most;
        })
    };
    let both = [(48_000, "stereo"), (48_000, "5.1(side)")];
    assert_eq!(learned(widened(Some(8), &both)).channels[&1], (6, "5.1(side)".into()));
    assert_eq!(
        sentences(&widened(Some(2), &both).unwrap()),
        ["Track 1 changes between stereo and 5.1(side); in the result it is the same throughout."]
    );
    assert!(widened(Some(8), &both[..1]).unwrap().remarks.is_empty());
}

#[test]
fn wrong_length_from_false_timestamps_requires_stored_timestamps() {
    let long = |container: &str, kinds: &[(u32, &str)], known: bool| {
        verified(|w| {
            sounds(&mut w.report.given, kinds);
            (w.source.container, w.source.false_times) = (container.into(), known);
            w.output.streams[1].seconds = Some(14.0);
        })
    };
    let rates = [(32_000, "stereo"), (48_000, "stereo")];
    assert!(learned(long("mpegts", &rates, false)).false_times);
    assert!(matches!(long("mpegts", &rates, true), Err(Refusal::Doubtful(_))), "already tried");
    assert!(matches!(long("mpegts", &rates[..1], false), Err(Refusal::Doubtful(_))), "one sample rate");
    assert!(
        matches!(long("matroska,webm", &rates, false), Err(Refusal::Doubtful(_))),
        "no discontinuities in this container"
    );
}
