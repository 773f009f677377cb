//! Parses arbitrary text as output of ffmpeg on both pipes: memory is bounded, nothing panics, and progress never goes
//! back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spool_core::ffmpeg::report::{MOST_ERRORS, Reader};
use spool_core::progress::Progress;

fuzz_target!(|text: &str| {
    let mut reader = Reader::default();
    let mut reported = Progress::default();
    for line in text.lines() {
        reader.take_progress(line);
        reader.take_log(line);
        let now = reader.progress.of_total(Some(10_000_000), &reported);
        assert!(now.percent >= reported.percent && now.percent.is_none_or(|p| p <= 99.0));
        reported = now;
    }
    assert!(reader.errors.len() <= MOST_ERRORS && reader.log_tail().len() <= 16 * 1024);
});
