//! Truncated originals.

use super::{Setup, failed, remarks_of};
use crate::failure::FailureCode;
use crate::media::Stated;

/// Sets up four of ten seconds of a file of one million bytes that declares this size and length.
fn truncate(w: &mut Setup, stated: Stated, declared: Option<f64>) {
    w.source.stated = Some(stated);
    w.source.seconds = declared;
    w.source.streams.iter_mut().for_each(|s| s.seconds = declared.filter(|_| s.seconds.is_some()));
    w.output.streams.iter_mut().for_each(|s| s.seconds = Some(4.0));
    w.output.seconds = Some(4.0);
}

const LONGER: Option<u64> = Some(3_000_000);

#[test]
fn truncated_original_is_detected_by_its_declared_size_or_length() {
    let by_count = Stated { bytes: LONGER, seconds: Some(10.0) };
    for (stated, declared, sentence) in [
        (by_count, None, "0:04 of 0:10"),
        (Stated { bytes: None, ..by_count }, Some(4.0), "0:04 of 0:10"),
        (Stated { seconds: None, ..by_count }, Some(10.0), "0:04 of 0:10"),
        (Stated { seconds: None, ..by_count }, None, "about 0:04 of 0:12"),
    ] {
        let failure = failed(|w| truncate(w, stated, declared));
        assert_eq!(failure.code(), FailureCode::SourceTruncated, "{failure:?}");
        assert!(failure.sentence().contains(sentence) && failure.reason.keeps_some(), "{failure:?}");
    }
    let remarks = remarks_of(|w| {
        truncate(w, by_count, Some(4.0));
        w.salvage = true;
    });
    assert!(remarks[0].starts_with("Partial: 0:04 of 0:10 could be read"), "{remarks:?}");
}

#[test]
fn wrong_size_or_length_alone_refuses_nothing() {
    let whole = Stated { bytes: Some(1_000_000), seconds: Some(10.0) };
    let remarks = remarks_of(|w| truncate(w, whole, Some(4.0)));
    assert!(remarks.iter().all(|remark| !remark.contains("missing")), "all bytes are there: {remarks:?}");
    let wrong = Stated { bytes: LONGER, seconds: Some(4.0) };
    let remarks = remarks_of(|w| truncate(w, wrong, Some(4.0)));
    assert!(remarks[0].contains("its very end may be missing"), "{remarks:?}");
}
