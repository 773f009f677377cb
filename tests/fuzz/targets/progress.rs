//! What ffmpeg says on its two pipes: bounded memory, no crash, and progress that never goes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spool_core::ffmpeg::report::{MOST_ERRORS, Reader};
use spool_core::progress::Progress;

fuzz_target!(|text: &str| {
    let mut reader = Reader::default();
    let mut told = Progress::default();
    for line in text.lines() {
        reader.take_progress(line);
        reader.take_log(line);
        let now = reader.progress.of_total(Some(10_000_000), &told);
        assert!(now.percent >= told.percent && now.percent.is_none_or(|p| p <= 99.0));
        told = now;
    }
    assert!(reader.errors.len() <= MOST_ERRORS && reader.log_tail().len() <= 16 * 1024);
});
