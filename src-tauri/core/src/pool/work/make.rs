//! Making the result: carry out the steps of the plan, and give it a second chance where there is one: hardware that
//! failed hands over to the processor, a picture whose time stamps cannot be copied is converted, a result above its size
//! is made once more.
//!
//! Guarantees that a result is returned only with the verdict it earned, and a failure with the log of all steps.

use super::log::Log;
use super::scratch::Scratch;
use super::steps::Steps;
use super::{End, Work, command, judge};
use crate::failure::{Failure, FailureCode};
use crate::ffmpeg::{Tools, abilities};
use crate::media::MediaInfo;
use crate::output;
use crate::plan::{self, Action, Plan, Step, What};
use crate::preset::CopyRule;
use crate::queue::Note;
use crate::verify::Verdict;

/// What one making works on, and how far it is.
pub(super) struct Making<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) tools: &'a Tools,
    pub(super) info: &'a MediaInfo,
    pub(super) steps: Steps,
    pub(super) log: Log,
    /// Where picture and sound of a result end whose chapters or subtitles go on.
    pub(super) shown: Option<f64>,
    scratch: Scratch,
}

impl Making<'_> {
    /// The next step begins: what is shown of the one before is no longer true of it.
    pub(super) fn enter(&mut self, step: &Step) {
        self.steps.enter(step);
        self.work.keep(self.steps.shown());
    }
}

/// Makes the part file and earns its verdict.
pub(super) fn make(work: &Work<'_>, tools: &Tools, info: &MediaInfo, plan: &Plan) -> Result<Verdict, End> {
    let (scratch, steps, log) = (Scratch::of(work, plan), Steps::default(), Log::default());
    let mut making = Making { work, tools, info, steps, log, shown: None, scratch };
    with_second_chance(&mut making, plan).map_err(|end| match end {
        End::Failed(failure) => Failure { log_tail: making.log.tail(), ..failure }.into(),
        end => end,
    })
}

fn with_second_chance(making: &mut Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let plan = &making.scratch.possible(plan.clone());
    let made = in_size(making, plan);
    if let (Err(End::Failed(_)), Some(shown), None) = (&made, making.shown, &plan.clip) {
        return with_second_chance(making, &plan.clone().clipped(making.info, shown));
    }
    let remark = match made {
        Ok(made) if made.guessed && copies_picture(plan) => {
            "The time stamps of the original are damaged, so the picture was converted rather than copied."
        }
        Ok(made) => return Ok(made.verdict),
        Err(End::Failed(failure)) => remedy(making.work, plan, &failure).ok_or(failure)?,
        Err(other) => return Err(other),
    };
    let safe = making.scratch.possible(safer(making, plan)?);
    let mut verdict = in_size(making, &safe)?.verdict;
    verdict.remarks.push(remark.into());
    Ok(verdict)
}

/// What to say of the safer plan that may help after this failure; `None`: none does.
fn remedy(work: &Work<'_>, plan: &Plan, failure: &Failure) -> Option<&'static str> {
    if failure.code == FailureCode::VerificationFailed && copies_picture(plan) {
        return Some("The picture could not be copied faithfully, so it was converted.");
    }
    if plan.hardware && may_be_the_hardware(failure) {
        tracing::warn!(job = %work.job.id, message = %failure.message, "the hardware failed");
        return Some("The graphics hardware could not encode this; the processor did.");
    }
    None
}

fn copies_picture(plan: &Plan) -> bool {
    plan.picture().is_some_and(|p| matches!(p.action, Action::Copy { .. }))
}

fn may_be_the_hardware(failure: &Failure) -> bool {
    use FailureCode::{EncodeFailed, EncoderMissing, EncoderSession, KilledBySignal, VerificationFailed};
    matches!(
        failure.code,
        EncodeFailed | EncoderMissing | EncoderSession | KilledBySignal | VerificationFailed
    )
}

/// The plan without hardware, or where there was none without a copied picture.
fn safer(making: &Making<'_>, plan: &Plan) -> Result<Plan, Failure> {
    let mut spec = making.work.spec.clone();
    if let Some(video) = spec.preset.video.as_mut().filter(|_| !plan.hardware) {
        video.copy = CopyRule::Never;
    }
    plan::plan(making.info, &spec, &abilities(making.tools, false))
}

/// A part file that passed.
struct Made {
    verdict: Verdict,
    /// Time stamps of the picture were guessed.
    guessed: bool,
}

/// Carries `plan` out; a result above its size is made once more with the statistics of the first pass.
fn in_size(making: &mut Making<'_>, plan: &Plan) -> Result<Made, End> {
    let made = carry_out(making, plan, &steps(making, plan))?;
    let Some(slower) = plan::slower(plan, made.verdict.verification.size) else { return Ok(made) };
    let again = steps(making, &slower);
    let again: Vec<Step> = again.into_iter().skip_while(|step| step.what != What::SecondPass).collect();
    let made = carry_out(making, &slower, &again)?;
    if plan::slower(&slower, made.verdict.verification.size).is_some() {
        let limit = slower.limit.unwrap_or(0) / 1_000_000;
        let message = format!("The result did not come out below {limit} MB, also at a second try.");
        return Err(Failure::new(FailureCode::PlanRefused, message).into());
    }
    Ok(made)
}

fn steps(making: &Making<'_>, plan: &Plan) -> Vec<Step> {
    plan::steps(plan, &making.work.job.source, &making.work.part, &making.scratch.prefix)
}

/// Carries out steps of which the last is the check, for which the report of the one before it counts.
fn carry_out(making: &mut Making<'_>, plan: &Plan, steps: &[Step]) -> Result<Made, End> {
    let nothing = || Failure::new(FailureCode::Internal, "The plan had nothing to run.");
    let [first, rest @ .., check] = steps else { return Err(nothing().into()) };
    prepare(making.work, plan)?;
    making.steps.start(steps);
    let mut report = command::run(making, first)?;
    for step in rest {
        report = command::run(making, step)?;
    }
    let mut verdict = judge::judge(making, plan, &report, check)?;
    verdict.remarks.extend(making.scratch.overlaps(plan));
    Ok(Made { verdict, guessed: report.guessed })
}

/// The plan is written down, the part is there: what is wrong with the folder shows before an encoder starts.
fn prepare(work: &Work<'_>, plan: &Plan) -> Result<(), End> {
    let json = serde_json::to_string(plan).unwrap_or_default();
    work.note(&Note::Plan { plan: json, part: work.part.clone() })?;
    delete_earlier_parts(work);
    output::create_part(&work.part, work.job.output_volume.as_deref())?;
    Ok(())
}

/// Those of attempts that ended while their drive was away.
fn delete_earlier_parts(work: &Work<'_>) {
    let earlier = work.shared.queue.attempts(work.job.id).unwrap_or_default();
    for part in earlier.into_iter().filter_map(|a| a.part).filter(|part| *part != work.part) {
        output::delete_part(&part);
    }
}
