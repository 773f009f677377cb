//! Telemetry tracks: kept, dropped, or incomplete.

use super::*;
use crate::preset::{Metadata, Preset};

/// Adds a telemetry track with this tag to the original, and to the result where it is kept.
fn add_telemetry(w: &mut Setup, tag: &str) {
    let log = Stream { tag: tag.into(), packets: Some(250), ..stream(3, Kind::Data, "bin_data") };
    w.source.streams.push(log.clone());
    w.report.inputs.push(InputStats { index: 3, packets: 250, ..InputStats::default() });
    let spec = JobSpec::of(preset::find("small-hevc").unwrap().clone());
    w.plan = plan(&w.source, &spec, &Abilities::default()).unwrap();
    if w.plan.streams[3].action.keeps() {
        w.output.streams.push(log);
    }
}

#[test]
fn planned_telemetry_must_be_found_among_other_data() {
    assert!(remarks_of(|w| add_telemetry(w, "gpmd")).is_empty());
    let beside = remarks_of(|w| {
        add_telemetry(w, "gpmd");
        w.output.streams.insert(3, Stream { tag: "tmcd".into(), ..stream(3, Kind::Data, "") });
    });
    assert!(beside.is_empty(), "{beside:?}");
    for change in [
        |w: &mut Setup| drop(w.output.streams.pop()),
        |w: &mut Setup| w.output.streams[3].tag = "camm".into(),
    ] {
        let missing = failed(|w| {
            add_telemetry(w, "gpmd");
            change(w);
        });
        assert_eq!(missing.sentence(), "Telemetry is missing in the result.");
    }
}

#[test]
fn dropped_or_incomplete_telemetry_gets_a_remark() {
    let dropped = remarks_of(|w| add_telemetry(w, "camm"));
    assert_eq!(dropped, ["Telemetry (camera motion, track 3) was left out: MP4 cannot hold it."]);
    assert!(remarks_of(|w| add_telemetry(w, "tmcd")).is_empty());
    let part = remarks_of(|w| {
        add_telemetry(w, "gpmd");
        w.output.streams[3].packets = Some(200);
    });
    assert_eq!(part, ["Telemetry (GoPro, track 3) is incomplete: 200 of 250 parts remain."]);
    let nothing = remarks_of(|w| {
        add_telemetry(w, "gpmd");
        w.report.inputs[3].packets = 0;
        w.output.streams.pop();
    });
    assert_eq!(nothing, ["Track 3 is empty."], "MP4 keeps no track without a packet");
}

#[test]
fn lost_locations_and_attachments_other_than_fonts_get_a_remark() {
    let located = |w: &mut Setup| {
        w.source.tags.insert("LATITUDE".into(), "48.8577".into());
        w.plan_again();
    };
    let lost = "Where it was recorded was left out; MP4 cannot hold it.";
    assert_eq!(remarks_of(located), [lost]);
    let kept = remarks_of(|w| {
        located(w);
        w.output.tags.insert("location".into(), "+48.8577+002.2950/".into());
    });
    assert!(kept.is_empty(), "{kept:?}");
    let wanted = remarks_of(|w| {
        w.source.tags.insert("LATITUDE".into(), "48.8577".into());
        let strips =
            Preset { metadata: Metadata::StripLocation, ..preset::find("small-hevc").unwrap().clone() };
        w.plan = plan(&w.source, &JobSpec::of(strips), &Abilities::default()).unwrap();
    });
    assert!(wanted.is_empty(), "{wanted:?}");
    let attached = |name: &str| {
        remarks_of(|w| {
            let tags = [("filename".to_owned(), name.to_owned())].into();
            w.source.streams.push(Stream { tags, ..stream(3, Kind::Attachment, "") });
            w.plan_again();
        })
    };
    assert!(attached("a.ttf").is_empty());
    assert_eq!(attached("a.gpx"), ["Track 3 was left out: MP4 cannot hold attached files."]);
}
