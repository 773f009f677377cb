//! Originals that were cut.

use super::{World, failed, said_of};
use crate::failure::FailureCode;
use crate::media::Stated;

/// Four of ten seconds, of a file that states so many bytes and seconds and has a million bytes.
fn third(w: &mut World, stated: Stated, declared: Option<f64>) {
    w.source.stated = Some(stated);
    w.source.seconds = declared;
    w.source.streams.iter_mut().for_each(|s| s.seconds = declared.filter(|_| s.seconds.is_some()));
    w.output.streams.iter_mut().for_each(|s| s.seconds = Some(4.0));
    w.output.seconds = Some(4.0);
}

const LONGER: Option<u64> = Some(3_000_000);

#[test]
fn an_original_that_was_cut_is_told_by_what_its_container_states() {
    let by_count = Stated { bytes: LONGER, seconds: Some(10.0) };
    for (stated, declared, said) in [
        (by_count, None, "0:04 of 0:10"),
        (Stated { bytes: None, ..by_count }, Some(4.0), "0:04 of 0:10"),
        (Stated { seconds: None, ..by_count }, Some(10.0), "0:04 of 0:10"),
        (Stated { seconds: None, ..by_count }, None, "about 0:04 of 0:12"),
    ] {
        let failure = failed(|w| third(w, stated, declared));
        assert_eq!(failure.code(), FailureCode::SourceTruncated, "{failure:?}");
        assert!(failure.said().contains(said) && failure.reason.keeps_some(), "{failure:?}");
    }
    let said = said_of(|w| {
        third(w, by_count, Some(4.0));
        w.salvage = true;
    });
    assert!(said[0].starts_with("Partial: 0:04 of 0:10 could be read"), "{said:?}");
}

#[test]
fn a_size_or_a_count_alone_that_is_wrong_refuses_nothing() {
    let whole = Stated { bytes: Some(1_000_000), seconds: Some(10.0) };
    let said = said_of(|w| third(w, whole, Some(4.0)));
    assert!(said.iter().all(|said| !said.contains("missing")), "all bytes are there: {said:?}");
    let wrong = Stated { bytes: LONGER, seconds: Some(4.0) };
    let said = said_of(|w| third(w, wrong, Some(4.0)));
    assert!(said[0].contains("its very end may be missing"), "{said:?}");
}
