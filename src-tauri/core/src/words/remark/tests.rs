//! The sentence of every remark.

use super::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ts_rs::{Config, TS};

fn one(remark: Remark) -> String {
    let all = sentences(&[remark]);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].to_string()
}

fn size(at_seconds: f64, width: u32) -> SizeAt {
    SizeAt { at_seconds, width, height: 180 }
}

fn sound(sample_rate: u32, layout: &str) -> SoundKind {
    SoundKind { sample_rate, layout: layout.into() }
}

/// One sample of each kind in its stored form, each followed by its sentence in the next line.
const SAMPLES: &str = include_str!("samples.txt");

#[test]
fn each_remark_has_a_sentence_and_a_stable_stored_form() {
    let lines: Vec<&str> = SAMPLES.lines().collect();
    let mut sampled = BTreeSet::new();
    for pair in lines.chunks(2) {
        let remark: Remark = serde_json::from_str(pair[0]).unwrap();
        let stored: Value = serde_json::from_str(pair[0]).unwrap();
        assert_eq!(serde_json::to_value(&remark).unwrap(), stored);
        sampled.insert(stored["kind"].as_str().unwrap().to_owned());
        assert_eq!(one(remark), pair[1]);
    }
    let declared = <Remark as TS>::decl(&Config::new());
    let kinds = declared.split("\"kind\": \"").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(sampled, kinds.map(str::to_owned).collect(), "a kind without a sample");
}

#[test]
fn one_is_singular() {
    assert_eq!(
        one(Remark::DamagedSpots { count: 1, at_least: false }),
        "1 damaged spot in the original; it may show in the result."
    );
    let many = one(Remark::DamagedSpots { count: 50, at_least: true });
    assert_eq!(many, "More than 50 damaged spots in the original; they may show in the result.");
    assert_eq!(
        one(Remark::OverlappingLines { count: 1 }),
        "1 line of subtitles overlaps others and is cut short or not shown; MKV keeps it."
    );
    let chapter = one(Remark::ChaptersBeyondEnd { count: 1, of: 3 });
    assert_eq!(chapter, "1 of 3 chapters begins after the end of the video and was left out.");
    let silent = one(Remark::SoundMissing { track: 1, seconds: 0.24, copied: false });
    assert_eq!(
        silent,
        "0.2 s of the sound of track 1 are missing in the original; there is silence instead."
    );
}

#[test]
fn only_differing_audio_properties_are_listed_and_long_lists_are_cut() {
    let of = |kinds: &[SoundKind]| one(Remark::SoundChanges { track: 1, kinds: kinds.to_vec() });
    assert!(of(&[sound(48_000, "mono"), sound(44_100, "mono")]).contains("48000 Hz and 44100 Hz;"));
    let both = of(&[sound(48_000, "mono"), sound(44_100, "stereo")]);
    assert!(both.contains("mono at 48000 Hz and stereo at 44100 Hz;"), "{both}");
    let sizes = (0..6).map(|n| size(f64::from(n) * 10.0, 320 + n % 2)).collect();
    let many = one(Remark::SizeChanges { sizes, more: 3 });
    assert!(many.contains("321x180 at 0:50 and 3 times more."), "{many}");
}

#[test]
fn stream_that_was_not_copied_has_a_reason() {
    let of = |stream, fault| one(Remark::NotCopied { stream, fault });
    assert_eq!(
        of(Kind::Audio, CopyFault::Big),
        "A copy was larger than the target, so the sound was converted."
    );
    assert_eq!(
        of(Kind::Video, CopyFault::Times),
        "The timestamps of the original are damaged, so the picture was converted rather than copied."
    );
    let differs = of(Kind::Audio, CopyFault::Differs);
    assert_eq!(differs, "The sound could not be copied faithfully, so it was converted.");
}

#[test]
fn shared_reasons_and_equal_remarks_appear_once() {
    let track = |n: usize, reason: &str| -> Remark {
        let why = json!({ "stream": { "kind": reason } });
        let left_out = json!({ "of": { "stream": n }, "property": "stream", "from": "subtitle", "why": why });
        Remark::Differs(serde_json::from_value(left_out).unwrap())
    };
    let shorter =
        |readable_seconds| Remark::Incomplete { readable_seconds, declared_seconds: 10.0, gaps: Vec::new() };
    let all = [
        shorter(6.0),
        shorter(6.02),
        track(2, "not_written"),
        track(3, "empty"),
        track(4, "not_written"),
        Remark::EncodedAgain,
    ];
    let lines = remarks(&all);
    let sentences: Vec<String> = lines.iter().map(|item| item.sentence.to_string()).collect();
    assert_eq!(
        sentences,
        [
            "The original is incomplete: 0:06 of 0:10 could be read.",
            "Tracks 2, 4 were left out: ffmpeg could not write it.",
            "Track 3 was left out: it is empty.",
            "It was encoded a second time, using what the first encode showed about the original.",
        ]
    );
    assert_eq!((&lines[0].remark, &lines[1].remark), (&all[0], &all[2]), "the first of them");
}
