//! Parses arbitrary text as output of ffprobe: it is accepted or refused without a panic, durations are positive and
//! finite, and frame sizes are finite.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spool_core::media;

fuzz_target!(|text: &str| {
    let mut measuring = media::Measuring::default();
    text.lines().for_each(|line| measuring.take(line));
    let _ = measuring.done();
    let Ok(info) = media::read(text) else { return };
    let _ = (info.facts(), info.length(), info.audio());
    for stream in &info.streams {
        assert!(stream.seconds.is_none_or(|s| s.is_finite() && s > 0.0));
        if let Some(video) = &stream.video {
            let (width, height) = video.displayed();
            assert!(width.is_finite() && height.is_finite());
        }
    }
});
