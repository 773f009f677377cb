//! Decides what happens to a job that a dead engine left running: a crash counts against it; the machine going down
//! does not, unless that repeats without progress.
//!
//! Guarantees that an end of unknown cause counts as a crash. Reads no clock and no file.

use super::Policy;
use crate::failure::{Failure, Reason};
use crate::job::Job;
use crate::progress::Progress;

/// How the engine that ran a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineEnd {
    /// The machine went down.
    pub machine: bool,
    /// Another job ended since the previous crash.
    pub ended_since_crash: bool,
    /// No other job ran.
    pub alone: bool,
}

/// What happens to the job.
#[derive(Debug, Clone, PartialEq)]
pub enum RescueDecision {
    /// Queued again, with this crash count.
    Crashed(u32),
    /// Parked.
    Park(Failure),
    /// Queued again; consecutive times the machine went down without progress.
    MachineDown(u32),
    /// As `MachineDown`, and on hold.
    Hold(u32, Failure),
}

impl Policy {
    /// Decides what happens to a job left running.
    pub fn rescue(&self, job: &Job, ending: EngineEnd) -> RescueDecision {
        if ending.machine {
            let ends = machine_ends(job);
            return if ends > self.machine_limit {
                RescueDecision::Hold(ends, went_down_too_often(ends))
            } else {
                RescueDecision::MachineDown(ends)
            };
        }
        let crashes = Policy::crashes(job, ending.ended_since_crash, ending.alone);
        if crashes >= self.crash_limit {
            RescueDecision::Park(crashed_too_often(crashes))
        } else {
            RescueDecision::Crashed(crashes)
        }
    }
}

/// Did the machine go down since an attempt ran? `then` and `now` are boot ids; if either is unknown, the answer is no.
pub fn went_down(then: Option<&str>, now: Option<&str>) -> bool {
    then.zip(now).is_some_and(|(then, now)| then != now)
}

/// Is this progress better than all before? A machine that makes progress with a job is not brought down by it.
pub(crate) fn is_best(progress: Option<&Progress>, best: Option<&Progress>) -> bool {
    let start = Progress { percent: Some(0.0), ..Progress::default() };
    progress.is_some_and(|now| now.is_beyond(best.unwrap_or(&start)))
}

/// Consecutive times the machine went down without progress, including this one.
fn machine_ends(job: &Job) -> u32 {
    if is_best(job.progress.as_ref(), job.best.as_ref()) { 1 } else { job.machine_ends + 1 }
}

fn went_down_too_often(ends: u32) -> Failure {
    Reason::MachineDown { times: ends }.into()
}

fn crashed_too_often(crashes: u32) -> Failure {
    Reason::Crashed { times: crashes }.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::job;
    use super::*;

    const MACHINE: EngineEnd = EngineEnd { machine: true, ended_since_crash: false, alone: true };

    #[test]
    fn machine_going_down_is_no_crash_and_the_sixth_time_holds_the_job() {
        let policy = Policy::default();
        let after = |machine_ends| policy.rescue(&Job { machine_ends, ..job(1, 2) }, MACHINE);
        assert_eq!(after(0), RescueDecision::MachineDown(1));
        assert_eq!(after(4), RescueDecision::MachineDown(5));
        let RescueDecision::Hold(6, failure) = after(5) else { panic!("the sixth") };
        assert_eq!(
            failure.sentence(),
            "The computer went down 6 times while this video was converted; release it to try again."
        );
        let crash = EngineEnd { machine: false, ..MACHINE };
        assert!(matches!(policy.rescue(&job(1, 2), crash), RescueDecision::Park(_)));
        assert_eq!(policy.rescue(&job(1, 0), crash), RescueDecision::Crashed(1));
    }

    #[test]
    fn progress_beyond_the_best_resets_the_machine_count() {
        let at = |percent| Some(Progress { percent: Some(percent), ..Progress::default() });
        let left = |now, best| {
            let job = Job { progress: now, best, machine_ends: 5, ..job(1, 0) };
            Policy::default().rescue(&job, MACHINE)
        };
        assert_eq!(left(at(31.0), at(30.0)), RescueDecision::MachineDown(1));
        assert_eq!(left(at(31.0), None), RescueDecision::MachineDown(1));
        for (now, best) in [(at(30.0), at(30.0)), (None, at(30.0)), (None, None), (at(0.0), None)] {
            assert!(matches!(left(now, best), RescueDecision::Hold(6, _)));
        }
    }

    #[test]
    fn machine_went_down_only_if_both_boot_ids_are_known_and_differ() {
        assert!(went_down(Some("a"), Some("b")));
        assert!(!went_down(Some("a"), Some("a")));
        assert!(!went_down(None, Some("a")) && !went_down(Some("a"), None) && !went_down(None, None));
    }
}
