//! Tracks in which a camera logged what it measured: kept, left out, or not whole.

use super::*;
use crate::preset::{Metadata, Preset};

/// Adds such a track with these letters to the original, and to the result where it is kept.
fn logged(w: &mut World, letters: &str) {
    let log = Stream { tag: letters.into(), packets: Some(250), ..stream(3, Kind::Data, "bin_data") };
    w.source.streams.push(log.clone());
    w.report.inputs.push(InputStats { index: 3, packets: 250, ..InputStats::default() });
    let spec = JobSpec::of(preset::find("small-hevc").unwrap().clone());
    w.plan = plan(&w.source, &spec, &Abilities::default()).unwrap();
    if w.plan.streams[3].action.keeps() {
        w.output.streams.push(log);
    }
}

#[test]
fn telemetry_that_was_planned_must_be_found_among_other_data() {
    assert!(said_of(|w| logged(w, "gpmd")).is_empty());
    let beside = said_of(|w| {
        logged(w, "gpmd");
        w.output.streams.insert(3, Stream { tag: "tmcd".into(), ..stream(3, Kind::Data, "") });
    });
    assert!(beside.is_empty(), "{beside:?}");
    for change in [
        |w: &mut World| drop(w.output.streams.pop()),
        |w: &mut World| w.output.streams[3].tag = "camm".into(),
    ] {
        let missing = failed(|w| {
            logged(w, "gpmd");
            change(w);
        });
        assert_eq!(missing.said(), "Telemetry is missing in the result.");
    }
}

#[test]
fn telemetry_that_is_left_out_or_not_whole_is_said() {
    let said = said_of(|w| logged(w, "camm"));
    assert_eq!(said, ["Telemetry (camera motion, track 3) was left out: MP4 cannot hold it."]);
    assert!(said_of(|w| logged(w, "tmcd")).is_empty());
    let part = said_of(|w| {
        logged(w, "gpmd");
        w.output.streams[3].packets = Some(200);
    });
    assert_eq!(part, ["Telemetry (GoPro, track 3) is incomplete: 200 of 250 parts remain."]);
    let nothing = said_of(|w| {
        logged(w, "gpmd");
        w.report.inputs[3].packets = 0;
        w.output.streams.pop();
    });
    assert_eq!(nothing, ["Track 3 is empty."], "MP4 keeps no track without a packet");
}

#[test]
fn a_place_that_a_container_cannot_hold_and_files_that_are_no_fonts_are_said_to_be_lost() {
    let located = |w: &mut World| {
        w.source.tags.insert("LATITUDE".into(), "48.8577".into());
        w.plan_again();
    };
    let lost = "Where it was recorded was left out; MP4 cannot hold it.";
    assert_eq!(said_of(located), [lost]);
    let kept = said_of(|w| {
        located(w);
        w.output.tags.insert("location".into(), "+48.8577+002.2950/".into());
    });
    assert!(kept.is_empty(), "{kept:?}");
    let wanted = said_of(|w| {
        w.source.tags.insert("LATITUDE".into(), "48.8577".into());
        let strips =
            Preset { metadata: Metadata::StripLocation, ..preset::find("small-hevc").unwrap().clone() };
        w.plan = plan(&w.source, &JobSpec::of(strips), &Abilities::default()).unwrap();
    });
    assert!(wanted.is_empty(), "{wanted:?}");
    let attached = |name: &str| {
        said_of(|w| {
            let tags = [("filename".to_owned(), name.to_owned())].into();
            w.source.streams.push(Stream { tags, ..stream(3, Kind::Attachment, "") });
            w.plan_again();
        })
    };
    assert!(attached("a.ttf").is_empty());
    assert_eq!(attached("a.gpx"), ["Track 3 was left out: MP4 cannot hold attached files."]);
}
