//! Where a film ends, and marks beyond that: chapters and subtitles of a longer work of which it is a cut.
//!
//! Pure. Guarantees that an end comes from packets, never from what a header declares.

use super::{Kind, Measured, MediaInfo, Stream, telemetry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A chapter, in seconds on the file's clock.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    /// Start time.
    pub start: f64,
    /// End time.
    pub end: f64,
    /// Its tags, such as `title`: untrusted text.
    pub tags: BTreeMap<String, String>,
}

/// Tolerance in seconds for marks beyond the end of a film that lasts `seconds`: half that for durations.
pub(crate) fn slack(seconds: f64) -> f64 {
    (seconds * 0.005).max(0.25)
}

impl MediaInfo {
    /// True if marks are declared beyond the end of video and audio, or of the audio alone.
    pub fn may_overrun(&self) -> bool {
        let latest = |streams: &mut dyn Iterator<Item = &Stream>| {
            streams.map(|s| s.end().or(self.seconds).unwrap_or(0.0)).reduce(f64::max)
        };
        let sound = || self.streams.iter().filter(|s| s.kind == Kind::Audio && !s.empty);
        let film = latest(&mut sound().chain(self.video()));
        let Some(end) = latest(&mut sound()).or(film).zip(film).map(|(a, b)| a.min(b)) else { return false };
        // A broadcast's clock may jump, so the end of its packets proves nothing.
        let steady = !matches!(self.container.as_str(), "mpegts" | "mpeg");
        steady && self.marks().any(|mark| mark > end + slack(end))
    }

    /// Declared ends of chapters, subtitles and telemetry.
    fn marks(&self) -> impl Iterator<Item = f64> {
        let tracks = |s: &&Stream| s.kind == Kind::Subtitle || telemetry::writer(s).is_some();
        let tracks = self.streams.iter().filter(tracks);
        self.chapters.iter().map(|c| c.end).chain(tracks.filter_map(Stream::marks_end))
    }

    /// Stores when the packets of each stream end, in seconds after the start of the file.
    pub(crate) fn take_ends(&mut self, measured: &Measured) {
        let begin = self.start.unwrap_or(0.0);
        for stream in &mut self.streams {
            let span = measured.streams.get(&stream.index);
            stream.measured_end = span.map(|span| span.begin + span.seconds - begin);
        }
    }
}

impl Stream {
    /// End of its cues if they were read, else its declared end.
    fn marks_end(&self) -> Option<f64> {
        let cues = self.cues.iter().flat_map(|cues| &cues.list);
        cues.map(|cue| cue.end).reduce(f64::max).or_else(|| self.end())
    }

    /// Declared end in seconds on the file's clock.
    pub fn end(&self) -> Option<f64> {
        self.seconds.map(|seconds| self.start + seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cues::{Cue, Cues};

    fn film(sound: f64, chapter: f64, lines: f64) -> MediaInfo {
        let stream = |kind, seconds| Stream { kind, seconds: Some(seconds), ..Stream::default() };
        MediaInfo {
            streams: vec![
                stream(Kind::Video, 10.0),
                stream(Kind::Audio, sound),
                stream(Kind::Subtitle, lines),
            ],
            chapters: vec![Chapter { end: chapter, ..Chapter::default() }],
            ..MediaInfo::default()
        }
    }

    #[test]
    fn marks_beyond_video_and_audio_may_overrun() {
        assert!(!film(10.0, 10.2, 9.0).may_overrun(), "a frame or two");
        assert!(film(10.0, 3600.0, 9.0).may_overrun() && film(10.0, 10.0, 14.0).may_overrun());
        assert!(film(4.0, 10.0, 4.0).may_overrun(), "beyond the audio, where that alone is kept");
        assert!(!MediaInfo::default().may_overrun());
        let mut read = film(10.0, 10.0, 10.0);
        read.streams[2].seconds = None;
        assert!(!read.may_overrun());
        let mut cues = Cues::default();
        cues.list.push(Cue { end: 300.0, ..Cue::default() });
        read.streams[2].cues = Some(cues);
        assert!(read.may_overrun(), "a cue that is too long, which no header declares");
    }

    #[test]
    fn ends_are_relative_to_the_start_of_the_file() {
        let mut measuring = crate::media::Measuring::default();
        for line in ["0|2.0|2.0|0.5|K", "0|5.5|5.5|0.5|K"] {
            measuring.take(line);
        }
        let mut info = MediaInfo { start: Some(1.5), ..film(10.0, 10.0, 10.0) };
        info.take_ends(&measuring.done());
        assert_eq!(info.streams[0].measured_end, Some(4.5));
    }
}
