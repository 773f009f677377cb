//! Has a video come to rest that was being written? A copy or a recording may go on for hours, and pause.
//!
//! Pure: what was seen of files comes in. Guarantees that a file which nothing tells of having been written lately is
//! waited for no longer than one look, and one that grows without such a sign is not taken up a second time before it
//! has stood still.

use super::work::Stamp;
use crate::job::{JobId, Millis};
use std::collections::HashMap;
use std::time::Duration;

/// What the looks saw.
#[derive(Default)]
pub(super) struct Resting {
    /// The last stamp of each video, and when it was seen first.
    seen: HashMap<JobId, (Stamp, Duration)>,
}

/// When a look took place.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// By the clock that counts awake time.
    pub(super) awake: Duration,
    /// By the clock on the wall, as files are dated.
    pub(super) now: Millis,
}

impl Resting {
    /// Takes a look in: has the video been still for so long? `stamp`: nothing of one that is gone, which an attempt
    /// tells better.
    pub(super) fn rests(&mut self, id: JobId, stamp: Option<Stamp>, at: At, still: Duration) -> bool {
        let Some(stamp) = stamp else { return true };
        match self.seen.get(&id) {
            Some((seen, since)) if *seen == stamp => at.awake.saturating_sub(*since) >= still,
            seen => {
                let first = seen.is_none();
                self.seen.insert(id, (stamp, at.awake));
                let age = at.now - stamp.modified.unix_seconds() * 1000;
                first && age >= still.as_millis() as Millis
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use filetime::FileTime;

    const STILL: Duration = Duration::from_mins(1);

    fn stamp(size: u64, modified: i64) -> Stamp {
        Stamp { size, modified: FileTime::from_unix_time(modified, 0) }
    }

    fn at(seconds: u64) -> At {
        At { awake: Duration::from_secs(seconds), now: 1_000_000 + seconds as Millis * 1000 }
    }

    #[test]
    fn a_recording_is_waited_for_until_it_has_stood_still() {
        let mut resting = Resting::default();
        for (seconds, size) in [(0, 1), (60, 2), (120, 3), (121, 3), (179, 3)] {
            let stamp = Some(stamp(size, 1_000 + seconds));
            assert!(!resting.rests(JobId(1), stamp, at(seconds as u64), STILL), "{seconds}");
        }
        let mut resting = Resting::default();
        assert!(!resting.rests(JobId(1), Some(stamp(3, 1_119)), at(120), STILL));
        assert!(
            !resting.rests(JobId(1), Some(stamp(3, 1_119)), at(121), STILL),
            "looks may come close together"
        );
        assert!(resting.rests(JobId(1), Some(stamp(3, 1_119)), at(180), STILL));
    }

    #[test]
    fn what_was_written_long_ago_goes_on_at_once_and_only_once_where_it_grows_all_the_same() {
        let mut resting = Resting::default();
        assert!(resting.rests(JobId(1), Some(stamp(1, 10)), at(0), STILL), "replaced by an old file");
        assert!(
            !resting.rests(JobId(1), Some(stamp(2, 10)), at(90), STILL),
            "a share that dates files at their end"
        );
        assert!(resting.rests(JobId(1), Some(stamp(2, 10)), at(150), STILL));
        assert!(resting.rests(JobId(2), None, at(0), STILL), "gone");
    }

    #[test]
    fn a_clock_that_is_wrong_does_not_hold_it_up_for_ever() {
        let mut resting = Resting::default();
        assert!(!resting.rests(JobId(1), Some(stamp(1, 9_000_000)), at(0), STILL));
        assert!(resting.rests(JobId(1), Some(stamp(1, 9_000_000)), at(60), STILL));
    }
}
