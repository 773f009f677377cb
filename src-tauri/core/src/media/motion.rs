//! Selects the main video stream: frame counts and durations decide, then the default flag, then the order.
//!
//! Pure. Guarantees that a still beside a film is never selected, and that a file of only stills keeps one of them.

use super::{Kind, MediaInfo, Stream};

/// A stream with fewer frames than this share of the largest count, or shorter than this share of the longest, is
/// secondary.
const MIN_SHARE: f64 = 0.1;

impl MediaInfo {
    /// The main video stream; covers do not count.
    pub fn video(&self) -> Option<&Stream> {
        // `min_by_key` returns the first of equal items.
        self.pictures().min_by_key(|s| (self.is_secondary(s), !s.default))
    }

    /// True for an additional moving picture, such as that of a second camera.
    pub fn is_further_picture(&self, stream: &Stream) -> bool {
        let moves = |s: &Stream| s.index == stream.index && !self.is_secondary(s);
        self.pictures().any(moves) && self.video().is_some_and(|main| main.index != stream.index)
    }

    /// True if it has far fewer frames than another stream, or is far shorter.
    fn is_secondary(&self, stream: &Stream) -> bool {
        let most = self.pictures().filter_map(frames).fold(0.0, f64::max);
        let longest = self.pictures().filter_map(|s| s.seconds).fold(0.0, f64::max);
        frames(stream).is_some_and(|n| n < most * MIN_SHARE)
            || stream.seconds.is_some_and(|n| n < longest * MIN_SHARE)
    }

    /// All candidates for the main video stream.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(|s| s.kind == Kind::Video && !s.attached_picture)
    }

    /// Marks stills beside a moving picture as covers, whether flagged as such or not.
    pub fn take_stills_for_covers(&mut self) {
        let Some(film) = self.video().filter(|s| frames(s).is_some_and(|n| n > 1.0)).map(|s| s.index) else {
            return;
        };
        let still = |s: &&mut Stream| s.kind == Kind::Video && s.index != film && frames(s) == Some(1.0);
        self.streams.iter_mut().filter(still).for_each(|s| s.attached_picture = true);
    }
}

/// Frames read in the survey, else those declared.
fn frames(stream: &Stream) -> Option<f64> {
    stream.sampled.or(stream.packets).map(|n| n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(pictures: &[(Option<u64>, Option<f64>, bool)]) -> MediaInfo {
        let stream =
            |(index, (packets, seconds, default)): (usize, &(Option<u64>, Option<f64>, bool))| Stream {
                index,
                kind: Kind::Video,
                packets: *packets,
                seconds: *seconds,
                default: *default,
                ..Stream::default()
            };
        MediaInfo { streams: pictures.iter().enumerate().map(stream).collect(), ..MediaInfo::default() }
    }

    #[test]
    fn frames_and_durations_decide_before_default_flag_and_order() {
        let film = |pictures: &[_]| info(pictures).video().unwrap().index;
        assert_eq!(film(&[(Some(1), Some(4.0), true), (Some(100), Some(4.0), false)]), 1, "frames");
        assert_eq!(film(&[(None, Some(0.04), true), (None, Some(4.0), false)]), 1, "durations");
        assert_eq!(film(&[(Some(90), None, false), (Some(100), None, true)]), 1, "default flag");
        assert_eq!(film(&[(Some(90), None, true), (Some(100), None, true)]), 0, "order");
        assert_eq!(film(&[(None, None, false), (None, None, true)]), 1, "nothing is known");
        assert_eq!(film(&[(Some(1), Some(9.0), false), (Some(1), Some(9.0), false)]), 0, "only stills");
    }

    #[test]
    fn a_still_is_a_cover_only_beside_a_film() {
        let covers = |pictures: &[_]| {
            let mut info = info(pictures);
            info.take_stills_for_covers();
            info.streams.iter().map(|s| s.attached_picture).collect::<Vec<_>>()
        };
        assert_eq!(covers(&[(Some(1), None, true), (Some(100), None, false)]), [true, false]);
        assert_eq!(covers(&[(Some(1), None, true), (Some(1), None, false)]), [false, false]);
        assert_eq!(covers(&[(Some(2), None, true), (Some(100), None, false)]), [false, false]);
        assert_eq!(covers(&[(Some(1), None, true)]), [false]);
    }
}
