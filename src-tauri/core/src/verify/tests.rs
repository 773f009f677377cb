//! Verification of conversions of a ten-second video: each test changes one fact and checks the outcome.

use super::*;
use crate::failure::FailureCode;
use crate::ffmpeg::report::MOST_ERRORS;
use crate::ffmpeg::run::RunEnd;
use crate::media::{Measured, Picture, Span};
use crate::plan::{Abilities, plan};
use crate::preset;
use crate::progress::Progress;
use crate::spec::JobSpec;
use crate::words;
use std::collections::BTreeSet;

mod changes;
mod cut;
mod remarks;
mod telemetry;

/// What a test may change before verification.
struct Setup {
    source: MediaInfo,
    output: MediaInfo,
    report: RunReport,
    measured: Option<Measured>,
    plan: Plan,
    salvage: bool,
}

fn stream(index: usize, kind: Kind, codec: &str) -> Stream {
    Stream { index, kind, codec: codec.into(), seconds: Some(10.0), ..Stream::default() }
}

fn media(video: &str, audio: &str) -> MediaInfo {
    let picture = Picture { width: 640, height: 360, pixel_aspect: 1.0, bits: 8, ..Picture::default() };
    let picture = Picture { rate: Some(25.0), ..picture };
    let video = Stream { video: Some(picture), packets: Some(250), ..stream(0, Kind::Video, video) };
    let audio = Stream {
        channels: Some(2),
        sample_rate: Some(48_000),
        packets: Some(469),
        ..stream(1, Kind::Audio, audio)
    };
    let lines = stream(2, Kind::Subtitle, if video.codec == "hevc" { "mov_text" } else { "subrip" });
    MediaInfo {
        container: "matroska,webm".into(),
        size: Some(1_000_000),
        seconds: Some(10.0),
        streams: vec![video, audio, lines],
        ..MediaInfo::default()
    }
}

fn setup() -> Setup {
    let source = media("mpeg4", "mp3");
    let spec = JobSpec::of(preset::find("small-hevc").unwrap().clone());
    let stats = |index, frames, samples| InputStats { index, packets: 250, frames, samples };
    let report = RunReport {
        ended: RunEnd::Exited(0),
        saw_end: true,
        inputs: vec![stats(0, Some(250), None), stats(1, Some(469), Some(480_000)), stats(2, None, None)],
        errors: Vec::new(),
        complained: BTreeSet::new(),
        cut_short: false,
        dropped: 0,
        guessed: false,
        given: crate::ffmpeg::filter_input::FilterInput::default(),
        log_tail: "[info] the log".into(),
        progress: Progress::default(),
    };
    let plan = plan(&source, &spec, &Abilities::default()).unwrap();
    Setup { source, output: media("hevc", "aac"), report, measured: None, plan, salvage: false }
}

impl Setup {
    /// Plans again, after the source was changed.
    fn plan_again(&mut self) {
        let spec = JobSpec::of(preset::find("small-hevc").unwrap().clone());
        self.plan = plan(&self.source, &spec, &Abilities::default()).unwrap();
    }
}

fn verified(change: impl FnOnce(&mut Setup)) -> Result<Verdict, Refusal> {
    let mut setup = setup();
    change(&mut setup);
    let Setup { source, output, report, measured, plan, salvage } = &setup;
    verify(&Case {
        plan,
        source,
        report,
        output,
        measured: measured.as_ref(),
        copies: None,
        salvage: *salvage,
    })
}

fn failed(change: impl FnOnce(&mut Setup)) -> Failure {
    match verified(change) {
        Err(Refusal::Failed(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

fn is_doubtful(change: impl FnOnce(&mut Setup)) -> bool {
    matches!(verified(change), Err(Refusal::Doubtful(_)))
}

fn remarks_of(change: impl FnOnce(&mut Setup)) -> Vec<String> {
    sentences(&verified(change).unwrap())
}

fn sentences(verdict: &Verdict) -> Vec<String> {
    words::sentences(&verdict.remarks).iter().map(ToString::to_string).collect()
}

fn measured(index: usize, span: Span) -> Measured {
    Measured { streams: BTreeMap::from([(index, span)]), ..Measured::default() }
}

fn span(seconds: f64) -> Span {
    Span { seconds, last: seconds - 0.04, packets: 250, ..Span::default() }
}

#[test]
fn result_of_the_same_length_passes_and_lists_its_checks() {
    let Verdict { remarks, verification } = verified(|_| {}).unwrap();
    assert!(remarks.is_empty(), "{remarks:?}");
    assert_eq!((verification.size, verification.seconds, verification.damaged), (1_000_000, Some(10.0), 0));
    let [video, audio, lines] = &verification.streams[..] else { panic!("{verification:?}") };
    assert_eq!((video.planned.as_str(), video.codec.as_str(), video.copied), ("hevc", "hevc", false));
    assert_eq!((video.frames.expected, video.frames.found), (Some(250), Some(250)));
    assert_eq!((video.seconds.expected, video.seconds.found), (Some(10.0), Some(10.0)));
    assert_eq!((video.by, audio.by, lines.by), (Evidence::Header, Evidence::Header, Evidence::Presence));
    let of_source = |frames, samples| Decoded { of: Side::Source, frames, samples, places: None };
    assert_eq!(video.decoded, Some(of_source(Some(250), None)));
    assert_eq!(audio.decoded, Some(of_source(Some(469), Some(480_000))));
    assert_eq!((lines.decoded, lines.seconds.found), (None, None), "subtitles have no length to check");
    assert!(!video.compared && audio.frames.expected.is_none());
}

#[test]
fn empty_unfinished_or_incomplete_result_fails_with_its_log() {
    for failure in [
        failed(|w| w.output.size = Some(0)),
        failed(|w| w.output.size = None),
        failed(|w| w.output.streams.clear()),
    ] {
        assert_eq!(failure.sentence(), "The result is empty.");
        assert_eq!(
            (failure.code(), failure.log_tail.as_str()),
            (FailureCode::VerificationFailed, "[info] the log")
        );
    }
    let nothing = failed(|w| (w.output.size, w.report.cut_short) = (Some(0), true));
    assert_eq!((nothing.code(), &nothing.reason), (FailureCode::SourceTruncated, &Reason::NothingReadable));
    assert_eq!(nothing.log_tail, "[info] the log");
    let unfinished = failed(|w| w.report.saw_end = false);
    assert_eq!(unfinished.sentence(), "ffmpeg ended without reporting that it had finished.");
    let lacks = |index: usize| failed(|w| drop(w.output.streams.remove(index))).sentence();
    assert_eq!(lacks(0), "The picture is missing in the result.");
    assert_eq!(lacks(1), "A sound track is missing in the result.");
    assert_eq!(lacks(2), "A subtitle track is missing in the result.");
    let other = failed(|w| w.output.streams[0].codec = "h264".into());
    assert_eq!(other.sentence(), "The picture is missing in the result.", "another codec");
}

#[test]
fn missing_cover_or_attachment_is_named() {
    let planned = |kind, cover| {
        let action = Action::Copy { tag: None };
        let codec = String::new();
        let (language, default, titled_as_film, captions) = (None, false, false, None);
        let (further, rewritten) = (false, None);
        Planned {
            input: 9,
            kind,
            codec,
            cover,
            language,
            further,
            default,
            title: None,
            titled_as_film,
            captions,
            rewritten,
            file: BTreeMap::new(),
            action,
        }
    };
    assert_eq!(
        missing(&planned(Kind::Video, true)),
        Fault::TrackMissing { carries: Kind::Video, cover: true }
    );
    assert_eq!(
        missing(&planned(Kind::Attachment, false)),
        Fault::TrackMissing { carries: Kind::Attachment, cover: false }
    );
}

#[test]
fn attachments_match_with_any_codec() {
    let archive = JobSpec::of(preset::find("archive-av1").unwrap().clone());
    let verdict = verified(|w| {
        w.source.streams.push(stream(3, Kind::Attachment, "ttf"));
        w.plan = plan(&w.source, &archive, &Abilities::default()).unwrap();
        w.output = media("av1", "opus");
        w.output.streams[2].codec = "subrip".into();
        w.output.streams.push(stream(3, Kind::Attachment, ""));
    });
    assert_eq!(verdict.unwrap().verification.streams.len(), 4);
}

#[test]
fn different_length_is_inconclusive_until_packets_are_measured() {
    for index in [0, 1] {
        assert!(verified(|w| w.output.streams[index].seconds = Some(9.6)).is_ok(), "within half a second");
        assert!(is_doubtful(|w| w.output.streams[index].seconds = Some(9.4)), "{index}");
        assert!(is_doubtful(|w| w.output.streams[index].seconds = Some(10.6)), "{index}");
    }
    assert!(is_doubtful(|w| {
        w.source.streams[0].seconds = Some(1000.0);
        w.output.streams[0].seconds = Some(989.0);
    }));
    let shorter = |packets: f64| {
        verified(|w| {
            w.output.streams[0].seconds = Some(6.0);
            w.measured = Some(measured(0, span(packets)));
        })
    };
    let verdict = shorter(6.0).unwrap();
    assert_eq!(verdict.verification.streams[0].by, Evidence::Packets);
    let Err(Refusal::Failed(failure)) = shorter(10.0) else { panic!("refused") };
    assert_eq!(failure.sentence(), "The picture of the result lasts 6.0 s instead of 10.0 s.");
    let sound = failed(|w| {
        w.output.streams[1].seconds = Some(6.0);
        w.measured = Some(Measured::default());
    });
    assert_eq!(sound.sentence(), "The sound of the result lasts 6.0 s instead of 10.0 s.");
}

#[test]
fn file_length_is_the_fallback_for_streams_without_one() {
    let without = |w: &mut Setup| w.output.streams[0].seconds = None;
    assert!(verified(without).is_ok());
    let neither = failed(|w| {
        w.output.seconds = None;
        without(w);
    });
    assert_eq!(neither.sentence(), "The length of the result cannot be read.");
    assert!(verified(|w| w.source.streams[0].seconds = None).is_ok(), "the same for the source");
}

#[test]
fn last_frame_may_be_long() {
    let last_frame = |found| {
        verified(|w| {
            w.output.streams[0].seconds = Some(found);
            w.measured = Some(measured(0, Span { seconds: 8.0, last: 5.0, ..span(8.0) }));
        })
    };
    assert!(last_frame(5.0).is_ok() && last_frame(7.0).is_ok() && last_frame(4.9).is_err());
}

#[test]
fn truncated_source_fails_or_is_partial_where_salvage_is_wanted() {
    let cut = |w: &mut Setup| {
        w.report.cut_short = true;
        w.output.streams.iter_mut().for_each(|s| s.seconds = Some(4.0));
        w.output.seconds = Some(4.0);
    };
    let failure = failed(cut);
    assert_eq!(failure.code(), FailureCode::SourceTruncated);
    assert_eq!(failure.sentence(), "The recording ends early: 0:04 of 0:10 can be read.");
    assert_eq!(failure.log_tail, "[info] the log");
    let readable =
        Measured { streams: BTreeMap::from([(0, span(4.0)), (1, span(4.0))]), ..Measured::default() };
    let partial = remarks_of(|w| {
        cut(w);
        (w.salvage, w.measured) = (true, Some(readable.clone()));
        w.report.inputs[1].samples = Some(192_000);
    });
    assert_eq!(partial, ["Partial: 0:04 of 0:10 could be read; what follows is missing."]);
    let broadcast = remarks_of(|w| {
        cut(w);
        w.source.container = "mpegts".into();
        w.report.errors = vec!["Packet corrupt".into()];
        w.report.inputs[1].samples = Some(192_000);
        w.measured = Some(readable.clone());
    });
    assert_eq!(
        broadcast[0], "The original is incomplete: 0:04 of 0:10 could be read.",
        "a transport stream cannot be known to be truncated"
    );
    assert_eq!(broadcast.len(), 2, "{broadcast:?}");
}

#[test]
fn gaps_in_the_readable_part_are_listed() {
    let remarks = remarks_of(|w| {
        w.source.container = "avi".into();
        w.output.streams[0].seconds = Some(6.0);
        w.measured = Some(measured(0, Span { gaps: vec![(1.0, 3.0), (4.0, 5.0)], ..span(6.0) }));
    });
    let gaps = "Missing within: 0:01\u{2013}0:03, 0:04\u{2013}0:05.";
    assert_eq!(remarks, [format!("The original is incomplete: 0:06 of 0:10 could be read. {gaps}")]);
}

#[test]
fn parts_with_separate_clocks_are_joined_only_in_broadcasts() {
    let joined = |container: &str, parts| {
        verified(|w| {
            w.source.container = container.into();
            w.output.streams[0].seconds = Some(8.0);
            w.measured = Some(measured(0, Span { joined: parts, ..span(104.0) }));
        })
    };
    let verdict = joined("mpegts", Some(8.0)).unwrap();
    assert_eq!(verdict.verification.streams[0].by, Evidence::JoinedPackets);
    assert_eq!(verdict.remarks, [Remark::PartsJoined]);
    assert!(joined("mpeg", Some(8.0)).is_ok());
    assert!(joined("mpegts", None).is_err() && joined("mpegts", Some(7.0)).is_err());
    assert!(joined("matroska,webm", Some(8.0)).is_err());
}

#[test]
fn raw_stream_is_verified_by_its_frame_count() {
    let raw = |container: &str, frames| {
        verified(|w| {
            w.source.container = container.into();
            w.source.seconds = None;
            w.source.streams.truncate(1);
            w.source.streams[0].seconds = None;
            w.plan.streams.truncate(1);
            w.report.inputs[0].frames = Some(frames);
            w.output.streams.truncate(1);
            w.output.streams[0].packets = Some(frames);
            w.measured = Some(Measured::default());
        })
    };
    for container in ["h264", "hevc", "h263", "m4v", "mpegvideo", "vc1", "obu"] {
        let verdict = raw(container, 250).unwrap();
        assert_eq!(verdict.verification.streams[0].by, Evidence::AssumedRate, "{container}");
        assert_eq!(verdict.remarks, [Remark::AssumedRate { rate: 25.0 }]);
        assert!(raw(container, 100).is_err(), "{container}");
    }
}

#[test]
fn stream_is_untimed_where_neither_header_nor_packets_have_times() {
    let verified = |container: &str, declared: Option<f64>, packets: Option<f64>, frames: u64| {
        verified(|w| {
            w.source.container = container.into();
            (w.source.seconds, w.source.streams[0].seconds) = (declared, declared);
            w.output.streams[0].seconds = Some(frames as f64 / 25.0);
            (w.report.inputs[0].frames, w.output.streams[0].packets) = (Some(frames), Some(frames));
            w.measured = Some(packets.map_or_else(Measured::default, |seconds| measured(0, span(seconds))));
        })
    };
    assert!(verified("ogg", None, None, 250).is_ok());
    assert!(verified("ogg", None, Some(10.0), 150).is_err(), "its packets have times");
    assert!(verified("h264", Some(20.0), None, 250).is_ok(), "its declared length is a guess");
    assert!(verified("ogg", Some(20.0), None, 250).is_err());
}

#[test]
fn decoded_length_is_evidence_only_for_damaged_sources() {
    let decoded = |errors: &[&str], samples| {
        verified(|w| {
            w.source.container = "avi".into();
            w.output.streams[1].seconds = Some(6.0);
            w.report.inputs[1].samples = Some(samples);
            w.report.errors = errors.iter().map(|e| (*e).to_owned()).collect();
            w.measured = Some(measured(1, span(10.0)));
        })
    };
    let damaged = decoded(&["Header missing"], 288_000).unwrap();
    assert_eq!(damaged.verification.streams[1].by, Evidence::Decoding);
    assert!(sentences(&damaged)[0].contains("0:06 of 0:10"), "{:?}", damaged.remarks);
    assert!(decoded(&[], 288_000).is_err() && decoded(&["Header missing"], 480_000).is_err());
}

#[test]
fn frames_are_counted() {
    let made =
        |found, lost| verified(|w| (w.output.streams[0].packets, w.report.dropped) = (Some(found), lost));
    assert!(made(248, 0).is_ok() && made(252, 0).is_ok());
    let Err(Refusal::Failed(failure)) = made(247, 0) else { panic!("refused") };
    assert_eq!(failure.sentence(), "The result has 247 pictures instead of 250.");
    assert!(made(500, 0).is_err(), "doubled");
    let verdict = made(240, 10).unwrap();
    assert_eq!(verdict.remarks, [Remark::PicturesAtOneTime { count: 10, of: 250 }]);
    assert!(made(248, 2).unwrap().remarks.is_empty(), "too few for a remark");
    assert!(verified(|w| w.output.streams[0].packets = None).is_ok(), "not counted");
    let converted = verified(|w| {
        w.output.streams[0].packets = Some(200);
        w.measured = Some(measured(0, Span { lead: 50, ..span(10.0) }));
    });
    assert!(converted.is_err(), "a lead before the first keyframe does not excuse frames that were decoded");
}
