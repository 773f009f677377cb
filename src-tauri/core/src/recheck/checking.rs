//! Checks one result: probes and plans the original as for an attempt, compares that with the stored plan, then reads
//! both files as far as the verdict requires.
//!
//! Guarantees that no file is written, that a fault is reported only if both files were still those of the job before
//! and after the check, and that a failing tool is not counted as a fault of the result.

use super::decoded::{self, Decoded};
use super::finding::{Fault, Finding, Obstacle};
use super::{files, plans};
use crate::clock::Clock;
use crate::error::Result;
use crate::failure::{Failure, FailureCode, Reason};
use crate::ffmpeg::run::{self, Request, RunEnd, RunEvent, RunReport};
use crate::ffmpeg::{Control, Controls, Tools, classify, probe};
use crate::job::Job;
use crate::judge::{self, Judging};
use crate::look::{self, Halt, ProbeContext};
use crate::media::{Measured, MediaInfo};
use crate::plan::{self, Plan, Step, StepKind};
use crate::policy::Policy;
use crate::progress::Progress;
use crate::progress::steps::Steps;
use crate::queue::Details;
use crate::spec::JobSpec;
use crate::verification::Verification;
use crate::verify::Verdict;
use std::path::Path;

/// Dependencies of a check.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// ffmpeg and ffprobe.
    pub tools: &'a Tools,
    /// Timeouts and limits.
    pub policy: &'a Policy,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Orders that suspend or end it.
    pub orders: &'a Controls,
}

impl Means<'_> {
    /// Waits while suspended; used between steps, when no tool runs that could be suspended. False if an order ends
    /// the check.
    pub(super) fn wait_while_suspended(&self) -> bool {
        while *self.orders.borrow() == Control::Suspend {
            std::thread::park_timeout(self.policy.tick);
        }
        !matches!(*self.orders.borrow(), Control::Cancel | Control::Stop)
    }
}

/// Outcome of checking one result.
#[derive(Debug, PartialEq)]
pub struct CheckOutcome {
    /// The finding.
    pub finding: Finding,
    /// What was checked, if the result is right.
    pub verification: Option<Verification>,
}

/// Why a check ended without a verdict.
enum Stop {
    Ordered,
    Found(Finding),
}

impl Stop {
    fn wrong(fault: impl Into<Fault>) -> Stop {
        Stop::Found(Finding::Wrong { fault: fault.into() })
    }

    fn not_checked(why: impl Into<Obstacle>) -> Stop {
        Stop::Found(Finding::NotChecked { why: why.into() })
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Stop {
        match halt {
            Halt::Failed(failure) => Stop::not_checked(failure),
            Halt::Ordered => Stop::Ordered,
        }
    }
}

/// Checks the result of a finished job. `None`: an order ended the check.
pub fn recheck(
    queue: &dyn Details,
    means: Means<'_>,
    job: &Job,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Option<CheckOutcome>> {
    let attempts = queue.attempts(job.id)?;
    let mut plans = attempts.iter().rev().filter_map(|attempt| attempt.plan.as_deref());
    let made = plans.find_map(|plan| serde_json::from_str(plan).ok());
    let found = match check(means, job, made, on_progress) {
        Ok(Verdict { remarks, verification }) => {
            CheckOutcome { finding: Finding::Right { remarks }, verification: Some(verification) }
        }
        Err(Stop::Found(finding)) => CheckOutcome { finding, verification: None },
        Err(Stop::Ordered) => return Ok(None),
    };
    // If a file was changed while it was read, the finding does not count.
    Ok(Some(match files::obstacle(job) {
        Some(why) => CheckOutcome { finding: Finding::NotChecked { why }, verification: None },
        None => found,
    }))
}

/// `made`: the stored plan of the result, if there is one.
fn check(
    means: Means<'_>,
    job: &Job,
    made: Option<Plan>,
    on_progress: &mut dyn FnMut(Progress),
) -> std::result::Result<Verdict, Stop> {
    if let Some(why) = files::obstacle(job) {
        return Err(Stop::not_checked(why));
    }
    let Some(spec) = &job.spec else { return Err(Stop::not_checked(Obstacle::OtherVersion)) };
    let asking = ProbeContext { tools: means.tools, policy: means.policy, orders: means.orders };
    let (mut info, abilities) = look::look(asking, &job.source, spec, |_| ())?;
    let copies = made.as_ref().is_some_and(|made| made.copies().next().is_some());
    let current = look::plan(asking, &job.source, spec, (&mut info, &abilities), copies);
    let current = current.map_err(planning_halted)?;
    let known = made.is_some();
    let made = made.unwrap_or_else(|| current.clone());
    if let Some(fault) = plans::fault(&made, &current, &info) {
        return Err(Stop::wrong(fault));
    }
    let plan = plans::to_verify(made, &current);
    let checking = Checking { means, job, spec, info, steps: Steps::default(), on_progress };
    verdict_of(checking, &plan).map_err(|stop| match stop {
        // It may have been made with a different plan.
        Stop::Found(Finding::Wrong { .. }) if !known => Stop::not_checked(Obstacle::NoPlan),
        stop => stop,
    })
}

/// The current version would refuse this source. What this ffmpeg cannot decode proves nothing.
fn planning_halted(halt: Halt) -> Stop {
    match halt {
        Halt::Failed(failure) if failure.code() != FailureCode::UnsupportedCodec => Stop::wrong(failure),
        halt => halt.into(),
    }
}

fn verdict_of(mut checking: Checking<'_, '_>, plan: &Plan) -> std::result::Result<Verdict, Stop> {
    let steps = plan::steps_of_check(plan, checking.source(), checking.result());
    checking.steps.start(&steps);
    let (read, rest) = match steps.split_first() {
        Some((read, rest)) => (checking.run(read)?, rest),
        None => return Err(Stop::not_checked(Obstacle::NoPlan)),
    };
    let (verdict, output) = judge::judge(&mut checking, plan, &read, rest)?;
    let verdict = verdict.map_err(|refusal| Stop::wrong(refusal.into_failure()))?;
    if let Some(step) = rest.iter().find(|step| step.what == StepKind::DecodeResult) {
        let result = checking.run(step)?;
        let both = Decoded { source: &read, result: &result };
        let fault = decoded::fault(plan, (&checking.info, &output), &both);
        fault.map_or(Ok(()), |fault| Err(Stop::wrong(fault)))?;
    }
    Ok(verdict)
}

/// A running check.
struct Checking<'a, 'h> {
    means: Means<'a>,
    job: &'a Job,
    spec: &'a JobSpec,
    info: MediaInfo,
    steps: Steps,
    on_progress: &'h mut dyn FnMut(Progress),
}

impl Checking<'_, '_> {
    fn follow(&mut self, step: &Step) -> RunReport {
        let means = self.means;
        let request = Request {
            program: &means.tools.ffmpeg.path,
            args: &step.arguments,
            part: None,
            ceiling: u64::MAX,
            total_us: self.info.length().map(|seconds| (seconds * 1e6) as u64),
            orders: means.orders,
            policy: means.policy,
            clock: means.clock,
        };
        run::run(&request, &mut |happened| {
            if let RunEvent::Progress(reading) = happened {
                (self.on_progress)(self.steps.take(reading));
            }
        })
    }
}

/// Failure of a step that prevents a verdict; decoding errors are part of the verdict.
fn failure(step: &Step, report: &RunReport) -> Option<Failure> {
    let failure = classify::failure(report)?;
    let is_judged = matches!(failure.code(), FailureCode::EncodeFailed | FailureCode::SourceTruncated);
    (step.what == StepKind::ReadSource || !is_judged).then_some(failure)
}

impl Judging for Checking<'_, '_> {
    type End = Stop;

    fn asking(&self) -> ProbeContext<'_> {
        ProbeContext { tools: self.means.tools, policy: self.means.policy, orders: self.means.orders }
    }

    fn source(&self) -> &Path {
        &self.job.source
    }

    fn result(&self) -> &Path {
        &self.job.output
    }

    fn info(&self) -> &MediaInfo {
        &self.info
    }

    fn salvage(&self) -> bool {
        self.spec.preset.salvage
    }

    fn add(&mut self, step: &Step) {
        self.steps.add(step);
    }

    fn enter(&mut self, step: &Step) {
        self.steps.enter(step);
    }

    fn run(&mut self, step: &Step) -> std::result::Result<RunReport, Stop> {
        if !self.means.wait_while_suspended() {
            return Err(Stop::Ordered);
        }
        self.enter(step);
        let report = self.follow(step);
        match report.ended {
            RunEnd::Cancelled | RunEnd::Stopped => Err(Stop::Ordered),
            _ => match failure(step, &report) {
                Some(failure) => Err(Stop::not_checked(failure)),
                None => Ok(report),
            },
        }
    }

    fn halted(&self, halt: Halt) -> Stop {
        halt.into()
    }

    /// A file that is no longer a video is wrong; a failing ffprobe is not the file's fault.
    fn unreadable(&mut self, failure: Failure) -> Stop {
        match failure.code() {
            FailureCode::NotMedia | FailureCode::SourceTruncated | FailureCode::DrmProtected => {
                Stop::wrong(probe::not_read_back(failure))
            }
            _ => Stop::not_checked(failure),
        }
    }

    fn unmeasured(&self) -> std::result::Result<Measured, Stop> {
        Err(Stop::not_checked(Failure::from(Reason::PacketsUnread)))
    }
}
