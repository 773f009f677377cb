//! Shifts all streams so that the first frame falls on a tick of the encoder's time base.
//!
//! The encoder's time base has one tick per frame, counted from the start of the file. A first frame between two
//! ticks would be rounded to one of them, by up to half a frame, while the audio would not move.
//!
//! Pure. Guarantees that all streams shift by the same time, forwards, and by less than a frame.

use super::Plan;
use crate::media::{Kind, MediaInfo, Picture};

/// Shift that is not noticeable, and that containers round timestamps by, in seconds.
const ROUNDING: f64 = 0.002;

/// ffmpeg distrusts a tick rate above `DOUBTED` where the mean frame rate is below `MEAN` (both in Hz).
const DOUBTED: f64 = 210.0;
const MEAN: f64 = 70.0;

impl Plan {
    /// Shifts the streams where video and audio would drift apart otherwise.
    pub(super) fn in_phase(mut self, info: &MediaInfo) -> Plan {
        if let Some(seconds) = shift(&self, info) {
            self.timing.shift = Some(seconds);
        }
        self
    }
}

fn shift(plan: &Plan, info: &MediaInfo) -> Option<f64> {
    let planned = plan.picture()?;
    let fine = planned.action.encoded()?.picture()?.fine_clock;
    let has_audio = plan.kept().any(|s| s.kind == Kind::Audio);
    let stream = info.streams.iter().find(|s| s.index == planned.input).filter(|_| has_audio && !fine)?;
    let picture = stream.video.as_ref()?;
    let rate = ticks(picture)?;
    let first = (picture.begin.unwrap_or(stream.start) - info.start.unwrap_or(0.0)) * rate;
    let off = (first - first.round()).abs() / rate > ROUNDING;
    off.then(|| (first.ceil() - first) / rate)
}

/// Ticks per second of the time base that ffmpeg gives the encoder.
fn ticks(picture: &Picture) -> Option<f64> {
    let mean = picture.rate.filter(|mean| *mean < MEAN);
    let doubted = |tick: &f64| *tick > DOUBTED && mean.is_some();
    picture.tick_rate.filter(|tick| !doubted(tick)).or(picture.rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Stream;
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::spec::JobSpec;

    fn shift(start: f64, rate: f64, preset: &str, more: &[Stream]) -> Option<f64> {
        let picture = Picture { width: 64, height: 64, bits: 8, ..Picture::default() };
        let picture = Picture { rate: Some(rate), tick_rate: Some(rate), pixel_aspect: 1.0, ..picture };
        // The header's start time is ignored.
        let picture = Picture { begin: Some(start), ..picture };
        let video =
            Stream { kind: Kind::Video, codec: "h264".into(), video: Some(picture), ..Stream::default() };
        let streams = [&[video], more].concat();
        let info = MediaInfo { streams, start: Some(1.4), seconds: Some(9.0), ..MediaInfo::default() };
        let spec = JobSpec::of(preset::find(preset).unwrap().clone());
        plan(&info, &spec, &Abilities::default()).unwrap().timing.shift
    }

    #[test]
    fn streams_shift_to_the_next_tick_of_the_video() {
        let sound = Stream {
            index: 1,
            kind: Kind::Audio,
            codec: "aac".into(),
            channels: Some(2),
            ..Stream::default()
        };
        let with_sound = |start, rate, preset| shift(start, rate, preset, std::slice::from_ref(&sound));
        let is = |found: Option<f64>, seconds: f64| found.is_some_and(|found| (found - seconds).abs() < 1e-6);
        assert!(is(with_sound(1.421, 25.0, "small-hevc"), 0.019));
        assert!(is(with_sound(1.45, 30_000.0 / 1001.0, "small-hevc"), 0.016_733_3));
        assert_eq!(with_sound(1.401, 25.0, "small-hevc"), None, "rounded by its container");
        assert_eq!(with_sound(1.44, 25.0, "edit-prores"), None);
        assert_eq!(with_sound(1.421, 12.0, "small-hevc"), None, "a fine time base");
        assert_eq!(with_sound(1.421, 25.0, "remux-mp4"), None, "a copy");
        assert_eq!(shift(1.421, 25.0, "small-hevc", &[]), None, "no sound");
    }
}
