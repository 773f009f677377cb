//! Storage and comparison of codes and reasons.

use super::*;

#[test]
fn reasons_of_one_cause_match_whatever_their_values() {
    let killed = |signal| Reason::Killed { tool: "ffmpeg".into(), signal };
    assert!(killed(9).is_like(&killed(11)) && !killed(9).is_like(&Reason::Stalled));
    let wrong = |fault| Reason::WrongResult { fault };
    let count = |found| wrong(Fault::OtherCount { found, expected: 250 });
    assert!(count(247).is_like(&count(248)) && !count(247).is_like(&wrong(Fault::Empty)));
    let unread = |because| Reason::NotReadBack { because: Box::new(because) };
    assert!(!unread(Reason::Stalled).is_like(&unread(Reason::NothingReadable)));
}

#[test]
fn stored_text_matches_any_reason_of_its_code() {
    let text = Reason::stored(FailureCode::Stalled, "ffmpeg made no progress any more and was ended.");
    assert!(text.is_like(&Reason::Stalled) && Reason::Stalled.is_like(&text));
    assert!(!text.is_like(&Reason::OutOfMemory));
    assert_eq!(text.code(), FailureCode::Stalled);
}

#[test]
fn stored_reason_round_trips_and_its_json_is_stable() {
    let early = Reason::EndsEarly { readable: 4.5, whole: 10.0, estimated: true };
    let json = r#"{"kind":"ends_early","readable":4.5,"whole":10.0,"estimated":true}"#;
    assert_eq!(early.to_json(), json);
    assert_eq!(Reason::stored(FailureCode::SourceTruncated, json), early);
    let fault = Fault::TrackMissing { carries: Kind::Video, cover: true };
    let json = r#"{"kind":"wrong_result","fault":{"is":"track_missing","carries":"video","cover":true}}"#;
    assert_eq!(Reason::WrongResult { fault }.to_json(), json);
    let newer = r#"{"kind":"of_a_newer_version"}"#;
    assert_eq!(Reason::stored(FailureCode::Internal, newer).code(), FailureCode::Internal);
}

#[test]
fn every_code_has_a_stable_name() {
    for code in FailureCode::ALL {
        assert_eq!(code.as_str().parse::<FailureCode>().unwrap(), *code);
        let json = serde_json::to_string(code).unwrap();
        assert_eq!(json, format!("\"{code}\""), "JSON and SQL use one name");
    }
}
