//! Runs the command of one step: records it before, shows its progress, and explains its failure.
//!
//! Guarantees that the part file is watched only during steps that write it, and that the space needed after a full
//! disk is estimated from the result alone.

use super::End;
use super::making::Making;
use crate::failure::{Failure, FailureCode, Reason};
use crate::ffmpeg::run::{self, Part, Request, RunEnd, RunReport};
use crate::ffmpeg::{Control, Controls, Tools, classify, growth};
use crate::output;
use crate::plan::{Step, StepKind};
use crate::progress::Progress;
use crate::queue::Note;
use std::ffi::OsString;
use std::time::{Duration, Instant};

/// Runs a step to its end. Returns a report only if the step did not fail.
pub(super) fn run(making: &mut Making<'_>, step: &Step) -> Result<RunReport, End> {
    let work = making.work;
    work.note(&Note::Command(command_line(making.tools, &step.arguments)))?;
    work.heed()?;
    making.enter(step);
    let request = Request {
        program: &making.tools.ffmpeg.path,
        args: &step.arguments,
        part: step.writes.then_some(Part { path: &work.part, volumes: &work.shared.volumes }),
        ceiling: growth::ceiling(making.info.size.unwrap_or(0), making.info.length()),
        total_us: making.info.length().map(|seconds| (seconds * 1e6) as u64),
        orders: work.orders,
        policy: &work.shared.policy,
        clock: work.shared.clock.as_ref(),
    };
    let report = run::run(&request, &mut |happened| work.record(happened, &mut making.steps));
    work.keep(making.steps.take(report.progress));
    making.log.add(step.what, &report.log_tail);
    match report.ended {
        RunEnd::Cancelled => Err(End::Cancelled),
        RunEnd::Stopped => Err(End::Stopped),
        _ => refuse_failed(making, step, &report).map(|()| report),
    }
}

fn command_line(tools: &Tools, args: &[OsString]) -> Vec<String> {
    let program = tools.ffmpeg.path.as_os_str().to_owned();
    std::iter::once(&program).chain(args).map(|a| a.to_string_lossy().into_owned()).collect()
}

fn refuse_failed(making: &Making<'_>, step: &Step, report: &RunReport) -> Result<(), End> {
    let work = making.work;
    output::check_folder(&work.part, work.job.output_volume.as_deref())?;
    match classify::failure(report) {
        // A failed decode is judged by its log.
        Some(failure)
            if step.what == StepKind::DecodeCopies && failure.code() == FailureCode::EncodeFailed =>
        {
            Ok(())
        }
        Some(failure) if may_be_the_session(&failure) && stop_follows(work.orders) => Err(End::Stopped),
        Some(failure) => Err(with_need(failure, step.writes, &making.steps.shown()).into()),
        None => Ok(()),
    }
}

/// Checks for HUP, INT and TERM, which the end of a session may have sent.
fn may_be_the_session(failure: &Failure) -> bool {
    failure.code() == FailureCode::KilledBySignal && matches!(failure.signal, Some(1 | 2 | 15))
}

/// How long after the end of its encoder a worker may receive the order to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits for an order to stop. The end of a session signals all its processes, so the encoder may end before the order
/// arrives.
fn stop_follows(orders: &Controls) -> bool {
    let until = Instant::now() + PATIENCE;
    while *orders.borrow() != Control::Stop && Instant::now() < until {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    *orders.borrow() == Control::Stop
}

/// Percentage of the result below which its size is guessed as twice the written bytes.
const MIN_WRITTEN: f64 = 1.0;

/// Adds the size of the whole result to the failure of a full disk. A step that does not write the result filled the
/// disk of the data folder, which does not predict the size of the result.
fn with_need(failure: Failure, writes: bool, progress: &Progress) -> Failure {
    if failure.code() != FailureCode::DiskFull {
        return failure;
    }
    if !writes {
        return Failure { reason: Reason::DataDiskFull, ..failure };
    }
    let twice = || progress.bytes.filter(|bytes| *bytes > 0).map(|bytes| bytes * 2);
    Failure { need_bytes: progress.expected_bytes(MIN_WRITTEN).or_else(twice), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(reason: Reason, writes: bool, bytes: u64, written: Option<f64>) -> Option<u64> {
        let progress = Progress { percent: Some(55.0), bytes: Some(bytes), written, ..Progress::default() };
        with_need(reason.into(), writes, &progress).need_bytes
    }

    #[test]
    fn full_disk_failure_has_the_expected_size_of_the_result() {
        let full = || Reason::DiskFull { folder: None };
        assert_eq!(need(full(), true, 1_000, Some(10.0)), Some(10_000));
        assert_eq!(need(full(), true, 1_000, Some(0.5)), Some(2_000), "too early for an estimate");
        assert_eq!(need(full(), true, 1_000, None), Some(2_000), "of unknown length");
        assert_eq!(need(full(), true, 0, Some(50.0)), None, "not a byte fitted");
        assert_eq!(need(full(), false, 1_000, Some(10.0)), None, "another disk");
        assert_eq!(need(Reason::Stalled, true, 1_000, Some(10.0)), None);
    }
}
