//! Verification of copies of a ten-second video: each test changes one fact and checks the outcome.

use super::*;
use crate::ffmpeg::run::RunEnd;
use crate::media::{MediaInfo, Picture, Stream};
use crate::plan::{Abilities, EncodeSpec, Encoder, Plan, plan};
use crate::preset;
use crate::progress::Progress;
use crate::spec::JobSpec;
use crate::verification::Evidence;
use crate::verify::{Copies, Verdict, verify};
use crate::words;
use std::collections::BTreeSet;

fn report() -> RunReport {
    let stats = |index| InputStats { index, packets: 250, frames: Some(250), samples: None };
    RunReport {
        ended: RunEnd::Exited(0),
        saw_end: true,
        inputs: vec![stats(0), stats(1)],
        errors: Vec::new(),
        complained: BTreeSet::new(),
        cut_short: false,
        dropped: 0,
        guessed: false,
        given: crate::ffmpeg::filter_input::FilterInput::default(),
        log_tail: String::new(),
        progress: Progress::default(),
    }
}

fn media(seconds: f64) -> MediaInfo {
    let span = Span { seconds, last: seconds - 0.04, packets: (seconds * 25.0) as u64, ..Span::default() };
    let picture = Picture { width: 640, height: 360, pixel_aspect: 1.0, bits: 8, ..Picture::default() };
    let picture = Picture { rate: Some(25.0), pixel_format: "yuv420p".into(), ..picture };
    let of = |index, kind, codec: &str| Stream {
        index,
        kind,
        codec: codec.into(),
        seconds: Some(seconds),
        channels: Some(2),
        sample_rate: Some(48_000),
        level: Some(30),
        bit_rate: Some(900_000),
        span: Some(span.clone()),
        ..Stream::default()
    };
    let video = Stream { video: Some(picture), ..of(0, Kind::Video, "h264") };
    let audio = Stream { bit_rate: Some(128_000), ..of(1, Kind::Audio, "aac") };
    let (container, size) = ("mov,mp4".into(), Some(5_000_000));
    MediaInfo { container, size, seconds: Some(seconds), streams: vec![video, audio], ..MediaInfo::default() }
}

fn planned() -> Plan {
    let web = JobSpec::of(preset::find("web-1080p").unwrap().clone());
    let plan = plan(&media(10.0), &web, &Abilities::default()).unwrap();
    assert_eq!(plan.copies().count(), 2);
    plan
}

/// Verifies a copy of ten seconds, changed by `change`.
fn verified(change: impl FnOnce(&mut MediaInfo, &mut RunReport, &mut Copies)) -> Result<Verdict, Refusal> {
    let (plan, source, mut output, mut written) = (planned(), media(10.0), media(10.0), report());
    let mut copies = Copies { decoded: report(), original: None, equal: BTreeMap::new(), at_places: false };
    change(&mut output, &mut written, &mut copies);
    let (report, output, copies) = (&written, &output, Some(&copies));
    verify(&Case { plan: &plan, source: &source, report, output, measured: None, copies, salvage: false })
}

fn faults(verified: Result<Verdict, Refusal>) -> Vec<(usize, CopyFault)> {
    match verified {
        Err(Refusal::Unfaithful(refused)) => refused.1.into_iter().collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn faithful_copy_passes_with_its_measurements() {
    let verdict = verified(|_, _, _| {}).unwrap();
    let video = &verdict.verification.streams[0];
    assert_eq!((video.frames.expected, video.frames.found), (Some(250), Some(250)));
    assert_eq!(video.decoded.map(|d| (d.of, d.frames)), Some((Side::Result, Some(250))));
    assert_eq!((video.seconds.expected, video.seconds.found), (Some(10.0), Some(10.0)));
    assert_eq!(video.by, Evidence::Packets);
    assert!(verdict.remarks.is_empty() && !video.compared);
    let compared = verified(|_, _, copies| copies.equal.extend([(0, true), (1, true)])).unwrap();
    assert!(compared.verification.streams.iter().all(|stream| stream.compared));
}

#[test]
fn copy_that_shows_more_or_less_is_refused_by_its_stream() {
    use CopyFault::{Damaged, Differs, Times};
    let longer = verified(|output, _, _| output.streams[0].span.as_mut().unwrap().seconds = 10.6);
    assert_eq!(faults(longer), [(0, Differs)]);
    let fewer = verified(|output, _, _| output.streams[0].span.as_mut().unwrap().packets = 248);
    assert_eq!(faults(fewer), [(0, Differs)]);
    let silent = verified(|output, _, _| output.streams[1].span.as_mut().unwrap().packets = 246);
    assert_eq!(faults(silent), [(1, Differs)]);
    let primed = verified(|output, _, _| output.streams[1].span.as_mut().unwrap().packets = 252);
    assert!(primed.is_ok(), "priming packets");
    assert_eq!(faults(verified(|_, _, copies| copies.decoded.inputs[0].frames = Some(240))), [(0, Damaged)]);
    let nearly = verified(|_, _, copies| copies.decoded.inputs[0].frames = Some(248));
    assert!(nearly.is_ok(), "within 1 %");
    let other = verified(|_, _, copies| {
        copies.equal.insert(1, false);
    });
    assert_eq!(faults(other), [(1, Differs)]);
    assert_eq!(faults(verified(|_, written, _| written.guessed = true)), [(0, Times)]);
    let broken = verified(|_, _, copies| copies.decoded.saw_end = false);
    assert_eq!(faults(broken), [(0, Damaged), (1, Damaged)]);
}

#[test]
fn damage_counts_against_the_stream_whose_decoder_logged_it() {
    let of = |components: &[&str]| {
        let complained: BTreeSet<String> = components.iter().map(|c| (*c).to_owned()).collect();
        let errors = vec!["error while decoding MB 3 9".to_owned()];
        let damaged = verified(|_, _, copies| {
            (copies.decoded.errors, copies.decoded.complained) = (errors, complained);
        });
        faults(damaged).into_iter().map(|(input, _)| input).collect::<Vec<_>>()
    };
    assert_eq!(of(&["h264"]), [0]);
    assert_eq!(of(&["aac"]), [1]);
    assert_eq!(of(&["vist#0:0/h264"]), [0]);
    assert_eq!(of(&["aist#0:1/aac"]), [1]);
    assert_eq!(of(&["h264", "aac"]), [0, 1]);
    assert_eq!(of(&[]), [0, 1], "unknown component");
    assert_eq!(of(&["h264", "mov,mp4"]), [0, 1], "not only decoders");
}

#[test]
fn damage_that_the_original_has_too_is_a_remark() {
    let verdict = verified(|_, _, copies| {
        copies.decoded.errors = vec!["error while decoding MB 3 9".into()];
        copies.original = Some(RunReport { errors: copies.decoded.errors.clone(), ..report() });
    });
    let verdict = verdict.unwrap();
    assert_eq!((verdict.verification.damaged, verdict.remarks.len()), (1, 1), "{:?}", verdict.remarks);
}

#[test]
fn copy_that_is_more_damaged_than_its_original_is_refused() {
    let worse = verified(|_, _, copies| {
        copies.decoded.errors = vec!["channel element 1.0 is not allocated".into(); 20];
        copies.decoded.complained = BTreeSet::from(["aac".to_owned()]);
        copies.original = Some(RunReport { errors: vec!["channel element".into()], ..report() });
    });
    assert_eq!(faults(worse), [(1, CopyFault::Differs)]);
}

#[test]
fn a_quarter_more_errors_than_the_original_are_tolerated() {
    let tolerated = |copy: usize, original: usize| {
        let of = |count| RunReport { errors: vec!["cbp too large".into(); count], ..report() };
        let (equal, at_places) = (BTreeMap::new(), false);
        is_equally_damaged(&Copies { decoded: of(copy), original: Some(of(original)), equal, at_places })
    };
    assert!(tolerated(5, 4) && tolerated(3, 3) && tolerated(0, 0) && tolerated(50, 50));
    assert!(!tolerated(6, 4) && !tolerated(1, 0) && !tolerated(9, 7));
}

#[test]
fn failure_names_picture_or_sound() {
    let message = |verified| match verified {
        Err(Refusal::Unfaithful(refused)) => refused.0.sentence(),
        other => panic!("{other:?}"),
    };
    let longer = |index: usize| {
        message(verified(|output, _, _| output.streams[index].span.as_mut().unwrap().seconds = 11.0))
    };
    assert_eq!(longer(0), "The copied picture lasts 11.0 s instead of 10.0 s.");
    assert_eq!(longer(1), "The copied sound lasts 11.0 s instead of 10.0 s.");
    let more = |index: usize, packets| {
        verified(|output, _, _| output.streams[index].span.as_mut().unwrap().packets = packets)
    };
    assert_eq!(message(more(0, 252)), "The copied picture has 252 packets instead of 250.");
    assert_eq!(message(more(1, 254)), "The copied sound has 254 packets instead of 250.");
    assert!(more(0, 251).is_ok() && more(1, 253).is_ok());
    let half = verified(|output, _, _| output.streams[0].span.as_mut().unwrap().seconds = 10.5);
    assert!(half.is_ok(), "the last packet may have no duration");
}

#[test]
fn decoding_at_positions_is_reported_as_such() {
    let verdict = verified(|_, _, copies| copies.at_places = true).unwrap();
    assert_eq!(verdict.verification.streams[0].decoded, Some(Decoded::at(0)));
}

#[test]
fn discontinuities_are_joined_only_in_broadcasts() {
    let copied = |container: &str, joined, copy: f64| {
        let (plan, mut source, mut output) = (planned(), media(10.0), media(10.0));
        source.container = container.into();
        let original = source.streams[0].span.as_mut().unwrap();
        (original.seconds, original.joined) = (104.0, joined);
        source.streams[0].seconds = Some(104.0);
        output.streams[0].span.as_mut().unwrap().seconds = copy;
        let (report, original, at_places) = (report(), None, false);
        let copies = &Copies { decoded: super::tests::report(), original, equal: BTreeMap::new(), at_places };
        let (measured, salvage, copies) = (None, false, Some(copies));
        let case = Case {
            plan: &plan,
            source: &source,
            report: &report,
            output: &output,
            measured,
            copies,
            salvage,
        };
        verify(&case).map(|verdict| verdict.remarks.contains(&Remark::PartsJoined))
    };
    assert!(copied("mpegts", Some(10.0), 10.0).unwrap());
    assert!(copied("mpegts", Some(10.0), 10.5).is_ok() && copied("mpegts", Some(9.0), 10.0).is_err());
    assert!(copied("mpegts", None, 10.0).is_err() && !copied("mpegts", None, 104.0).unwrap());
    assert!(!copied("mov,mp4", Some(10.0), 10.0).unwrap());
}

#[test]
fn decoder_errors_do_not_count_against_converted_streams() {
    let (mut plan, source, mut output) = (planned(), media(10.0), media(10.0));
    plan.streams[1].action = Action::Convert(Box::new(EncodeSpec {
        codec: "aac".into(),
        encoder: Encoder::Aac,
        frames_change: false,
        instead: None,
        settings: None,
    }));
    output.streams[1].span = None;
    let decoded = RunReport {
        errors: vec!["error while decoding MB 3 9".into()],
        complained: BTreeSet::from(["h264".to_owned(), "aac".to_owned()]),
        ..report()
    };
    let (report, original, at_places) = (report(), None, false);
    let copies = &Copies { decoded, original, equal: BTreeMap::new(), at_places };
    let copies = Some(copies);
    let (measured, salvage) = (None, false);
    let (plan, source, report, output) = (&plan, &source, &report, &output);
    let verified = verify(&Case { plan, source, report, output, measured, copies, salvage });
    assert_eq!(faults(verified), [(0, CopyFault::Damaged)]);
}

#[test]
fn copy_without_measured_packets_is_compared_with_packets_read() {
    let counted = |found: u64, lead: Option<u64>| {
        let (plan, mut source, mut output) = (planned(), media(10.0), media(10.0));
        for stream in source.streams.iter_mut().chain(&mut output.streams) {
            stream.span = None;
        }
        output.streams[0].packets = Some(found);
        let measured = lead.map(|lead| {
            let span = Span { lead, seconds: 10.0, ..Span::default() };
            crate::media::Measured { streams: BTreeMap::from([(0, span)]), ..Default::default() }
        });
        let (report, measured, copies, salvage) = (report(), measured.as_ref(), None, false);
        let (plan, source, report, output) = (&plan, &source, &report, &output);
        verify(&Case { plan, source, report, output, measured, copies, salvage })
    };
    assert!(counted(250, None).is_ok() && counted(249, None).is_ok());
    assert!(matches!(counted(200, None), Err(Refusal::Doubtful(_))));
    assert!(counted(200, Some(50)).is_ok(), "the recording begins between two keyframes");
    assert!(matches!(counted(200, Some(10)), Err(Refusal::Failed(_))));
    assert!(matches!(counted(200, Some(0)), Err(Refusal::Failed(_))));
}

#[test]
fn copy_of_the_declared_length_is_complete() {
    let whole = verified(|output, written, _| {
        written.cut_short = true;
        output.streams[0].span.as_mut().unwrap().seconds = 9.8;
    });
    assert!(whole.is_ok(), "within half a second");
}

#[test]
fn truncated_source_is_refused_even_if_its_copy_is_complete() {
    let (plan, mut source, mut output) = (planned(), media(5.0), media(5.0));
    source.streams.iter_mut().for_each(|s| s.seconds = Some(10.0));
    output.streams.iter_mut().for_each(|s| s.seconds = Some(5.0));
    let report = RunReport { cut_short: true, ..report() };
    let copies =
        Copies { decoded: super::tests::report(), original: None, equal: BTreeMap::new(), at_places: false };
    let case = Case {
        plan: &plan,
        source: &source,
        report: &report,
        output: &output,
        measured: None,
        copies: Some(&copies),
        salvage: false,
    };
    let Err(Refusal::Failed(failure)) = verify(&case) else { panic!("refused") };
    assert!(failure.sentence().contains("0:05 of 0:10 can be read"), "{}", failure.sentence());
    let Ok(verdict) = verify(&Case { salvage: true, ..case }) else { panic!("salvaged") };
    let remark = words::sentences(&verdict.remarks)[0].to_string();
    assert!(remark.starts_with("Partial: 0:05 of 0:10"), "{remark}");
}
