//! Detects a stalled process: one for which nothing grows, neither frames, time, size, part file, CPU time nor I/O
//! bytes. (Moving the index of a large file to its front makes no progress but much I/O.)

use super::process;
use super::report::Reader;
use crate::policy::Policy;
use std::time::{Duration, SystemTime};

/// Size in bytes and time of the last write of the part file.
type Part = Option<(u64, Option<SystemTime>)>;

/// The values that checks compare.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    frame: u64,
    done_us: u64,
    bytes: Option<u64>,
    part: Part,
    activity: u64,
}

/// Reads the current values of a process.
pub(super) fn signs(reader: &Reader, part: Part, pid: u32) -> Signs {
    Signs {
        frame: reader.frame,
        done_us: reader.progress.done_us,
        bytes: reader.progress.bytes,
        part,
        activity: process::activity(pid),
    }
}

/// The last signs, and since when they have been unchanged, in awake time.
#[derive(Debug)]
pub(super) struct Watchdog {
    last: Signs,
    since: Duration,
    looked: Duration,
}

impl Watchdog {
    pub(super) fn new(awake: Duration) -> Watchdog {
        Watchdog { last: Signs::default(), since: awake, looked: awake }
    }

    /// Checks whether a check is due: once per second, or more often with the short limits of tests.
    pub(super) fn wants_a_look(&self, awake: Duration, policy: &Policy) -> bool {
        awake.saturating_sub(self.looked) >= Duration::from_secs(1).min(policy.stall / 10)
    }

    /// Records the signs at `awake`, and returns whether the process has stalled.
    pub(super) fn look(&mut self, signs: Signs, awake: Duration, policy: &Policy) -> bool {
        self.looked = awake;
        if signs != self.last {
            (self.last, self.since) = (signs, awake);
            return false;
        }
        let limit =
            if self.last.done_us == 0 && self.last.frame == 0 { policy.stall_first } else { policy.stall };
        awake.saturating_sub(self.since) >= limit
    }

    /// Restarts the measurement, as suspended time does not count.
    pub(super) fn restart(&mut self, awake: Duration) {
        self.since = awake;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_standstill_counts_and_the_limit_at_the_start_is_longer() {
        let (s, policy) = (Duration::from_secs, Policy::default());
        let mut watchdog = Watchdog::new(s(0));
        let at = |frame, activity| Signs { frame, activity, ..Signs::default() };
        assert!(!watchdog.look(at(0, 1), s(1), &policy));
        assert!(!watchdog.look(at(0, 1), s(200), &policy), "300 s before the first progress");
        assert!(!watchdog.look(at(9, 1), s(210), &policy));
        assert!(!watchdog.look(at(9, 2), s(320), &policy), "CPU time grew");
        assert!(!watchdog.look(at(9, 2), s(439), &policy));
        assert!(watchdog.look(at(9, 2), s(440), &policy));
        watchdog.restart(s(440));
        assert!(!watchdog.look(at(9, 2), s(441), &policy), "suspended meanwhile");
    }
}
