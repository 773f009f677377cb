//! Decides whether a video that was being written is complete. A copy or a recording may take hours, with pauses.
//!
//! Pure; the caller reads the files. Guarantees that a file with an old modification time is released by the first
//! check, and that one which grows in spite of its old time is released again only after it stayed unchanged.

use super::work::Stamp;
use crate::job::{JobId, Millis};
use std::collections::HashMap;
use std::time::Duration;

/// What earlier checks found.
#[derive(Default)]
pub(super) struct UnchangedFiles {
    /// The last stamp of each source, and when it was first seen.
    seen: HashMap<JobId, (Stamp, Duration)>,
}

/// When a check took place.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// Awake time.
    pub(super) awake: Duration,
    /// Wall-clock time, as in modification times of files.
    pub(super) now: Millis,
}

impl UnchangedFiles {
    /// Records a check, and returns whether the source has been unchanged for `still`. `stamp`: `None` if the source is
    /// gone; such a job is released, as its attempt reports the reason.
    pub(super) fn is_unchanged(
        &mut self,
        id: JobId,
        stamp: Option<Stamp>,
        at: Moment,
        still: Duration,
    ) -> bool {
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

    fn at(seconds: u64) -> Moment {
        Moment { awake: Duration::from_secs(seconds), now: 1_000_000 + seconds as Millis * 1000 }
    }

    #[test]
    fn recording_is_complete_after_it_stayed_unchanged() {
        let mut unchanged = UnchangedFiles::default();
        for (seconds, size) in [(0, 1), (60, 2), (120, 3), (121, 3), (179, 3)] {
            let stamp = Some(stamp(size, 1_000 + seconds));
            assert!(!unchanged.is_unchanged(JobId(1), stamp, at(seconds as u64), STILL), "{seconds}");
        }
        let mut unchanged = UnchangedFiles::default();
        assert!(!unchanged.is_unchanged(JobId(1), Some(stamp(3, 1_119)), at(120), STILL));
        assert!(
            !unchanged.is_unchanged(JobId(1), Some(stamp(3, 1_119)), at(121), STILL),
            "checks may follow each other closely"
        );
        assert!(unchanged.is_unchanged(JobId(1), Some(stamp(3, 1_119)), at(180), STILL));
    }

    #[test]
    fn old_file_is_released_at_once_but_only_once_if_it_still_grows() {
        let mut unchanged = UnchangedFiles::default();
        assert!(
            unchanged.is_unchanged(JobId(1), Some(stamp(1, 10)), at(0), STILL),
            "replaced by an old file"
        );
        assert!(
            !unchanged.is_unchanged(JobId(1), Some(stamp(2, 10)), at(90), STILL),
            "a share that sets the time when the file is closed"
        );
        assert!(unchanged.is_unchanged(JobId(1), Some(stamp(2, 10)), at(150), STILL));
        assert!(unchanged.is_unchanged(JobId(2), None, at(0), STILL), "gone");
    }

    #[test]
    fn wrong_clock_does_not_block_a_job_forever() {
        let mut unchanged = UnchangedFiles::default();
        assert!(!unchanged.is_unchanged(JobId(1), Some(stamp(1, 9_000_000)), at(0), STILL));
        assert!(unchanged.is_unchanged(JobId(1), Some(stamp(1, 9_000_000)), at(60), STILL));
    }
}
