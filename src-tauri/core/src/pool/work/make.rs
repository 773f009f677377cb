//! Making the result: carry out the steps of the plan, and give it a further chance where there is one: hardware that
//! failed hands over to the processor, a stream of which a copy was refused is converted, a result above its size is made
//! once more.
//!
//! Guarantees that a result is returned only with the verdict it earned, and a failure with the log of all steps.

use super::log::Log;
use super::making::Making;
use super::scratch::Scratch;
use super::{End, Work, captions, command, judged};
use crate::failure::{Failure, FailureCode, Reason};
use crate::ffmpeg::classify::is_over_subtitles;
use crate::ffmpeg::{Tools, abilities, probe};
use crate::media::{CopyFault, Kind, MediaInfo};
use crate::output;
use crate::plan::{self, Plan, Step, What};
use crate::preset::Hardware;
use crate::progress::steps::Steps;
use crate::queue::Note;
use crate::remark::Remark;
use crate::subtitles;
use crate::verify::Verdict;
use crate::words;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Makes the part file and earns its verdict.
pub(super) fn make(work: &Work<'_>, tools: &Tools, info: MediaInfo, plan: &Plan) -> Result<Verdict, End> {
    let (scratch, steps, log) = (Scratch::of(work, plan), Steps::default(), Log::default());
    let mut making = Making { work, tools, info, steps, log, shown: None, scratch };
    with_second_chance(&mut making, plan).map_err(|end| {
        let failure = match end {
            End::Failed(failure) => failure,
            End::Unfaithful(refused) => refused.0,
            end => return end,
        };
        Failure { log_tail: making.log.tail(), ..failure }.into()
    })
}

/// Each further chance takes away what failed: hardware, streams to be copied, what is marked beyond the end, subtitles
/// that cannot be written, or what was not known of the original. So it ends.
fn with_second_chance(making: &mut Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let (mut remarks, mut hardware) = (Vec::new(), wants_hardware(making.work));
    let plan = with_cues(making, plan, hardware)?;
    let plan = captions::add(making, plan)?;
    let mut plan = making.scratch.possible(plan, &making.info);
    loop {
        match in_size(making, &plan) {
            Ok(mut made) => {
                // What was learned in two steps is said once.
                remarks.dedup();
                made.remarks.extend(remarks);
                return Ok(made);
            }
            Err(end) => {
                let lesson = learn(making, &plan, end)?;
                hardware &= lesson != Lesson::Hardware;
                remarks.extend(lesson.remarks());
                let safer = plan::plan(&making.info, making.work.spec, &abilities(making.tools, hardware))?;
                let safer = making.shown.map_or(safer.clone(), |shown| safer.clipped(&making.info, shown));
                let safer = captions::add(making, safer)?;
                plan = making.scratch.possible(safer, &making.info);
            }
        }
    }
}

/// The plan by the cues of the subtitles that it converts, which are read for that.
fn with_cues(making: &mut Making<'_>, plan: &Plan, hardware: bool) -> Result<Plan, End> {
    if !plan.converts_texts() {
        return Ok(plan.clone());
    }
    let (work, tools) = (making.work, making.tools);
    subtitles::add(&work.job.source, &mut making.info);
    if making.info.streams.iter().all(|stream| stream.measured_end.is_none()) {
        probe::ends(tools, &work.job.source, &work.shared.policy, Some(work.orders), &mut making.info);
        work.heed()?;
    }
    Ok(plan::plan(&making.info, making.work.spec, &abilities(making.tools, hardware))?)
}

/// What an end teaches for the next chance.
#[derive(PartialEq)]
enum Lesson {
    /// The processor is to encode.
    Hardware,
    /// Chapters and subtitles are to end where picture and sound do.
    Clip,
    /// These streams are to be converted.
    Copies(Vec<(Kind, CopyFault)>),
    /// What changes on the way is known now.
    Changes,
    /// Subtitles are to be left out.
    Subtitles,
}

impl Lesson {
    fn remarks(&self) -> Vec<Remark> {
        match self {
            Lesson::Hardware => vec![Remark::HardwareFailed],
            Lesson::Changes => vec![Remark::EncodedAgain],
            Lesson::Clip | Lesson::Subtitles => Vec::new(),
            Lesson::Copies(all) => all
                .iter()
                .map(|(stream, fault)| Remark::NotCopied { stream: *stream, fault: *fault })
                .collect(),
        }
    }
}

/// An end that teaches nothing is final.
fn learn(making: &mut Making<'_>, plan: &Plan, end: End) -> Result<Lesson, End> {
    let faults: BTreeMap<usize, CopyFault> = match &end {
        End::Changed(changed) => {
            making.info.learn(&changed.1);
            return Ok(Lesson::Changes);
        }
        End::Unfaithful(refused) => refused.1.clone(),
        End::Failed(_) if making.shown.is_some() && plan.clip.is_none() => return Ok(Lesson::Clip),
        End::Failed(failure) if refuses_subtitles(making, plan, failure) => return Ok(Lesson::Subtitles),
        End::Failed(failure) if plan.hardware().is_some() && may_be_the_hardware(failure) => {
            tracing::warn!(job = %making.work.job.id, message = %words::reason(&failure.reason), "the hardware failed");
            return Ok(Lesson::Hardware);
        }
        End::Failed(failure) if failure.code() == FailureCode::VerificationFailed => {
            plan.copies().map(|s| (s.input, CopyFault::Differs)).collect()
        }
        _ => return Err(end),
    };
    let refused: Vec<(Kind, CopyFault)> =
        plan.copies().filter_map(|s| Some((s.kind, *faults.get(&s.input)?))).collect();
    if refused.is_empty() {
        return Err(end);
    }
    making.info.refuse_copies(&faults);
    Ok(Lesson::Copies(refused))
}

/// Was a cue refused? Which one is not always said: all subtitles are then left out.
fn refuses_subtitles(making: &mut Making<'_>, plan: &Plan, failure: &Failure) -> bool {
    let kept: Vec<usize> = plan.kept().filter(|s| s.kind == Kind::Subtitle).map(|s| s.input).collect();
    let over = failure.code() == FailureCode::EncodeFailed && is_over_subtitles(&failure.log_tail);
    for stream in making.info.streams.iter_mut().filter(|s| over && kept.contains(&s.index)) {
        stream.refused = true;
    }
    over && !kept.is_empty()
}

fn wants_hardware(work: &Work<'_>) -> bool {
    work.spec.preset.video.as_ref().is_some_and(|v| v.hardware == Hardware::Auto)
}

fn may_be_the_hardware(failure: &Failure) -> bool {
    use FailureCode::{EncodeFailed, EncoderMissing, EncoderSession, KilledBySignal, VerificationFailed};
    matches!(
        failure.code(),
        EncodeFailed | EncoderMissing | EncoderSession | KilledBySignal | VerificationFailed
    )
}

/// Carries `plan` out; a result above its size is made once more with the statistics of the first pass.
fn in_size(making: &mut Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let made = carry_out(making, plan, &steps(making, plan))?;
    refuse_big_copy(plan, made.verification.size)?;
    let Some(slower) = plan::slower(plan, made.verification.size) else { return Ok(made) };
    let again = steps(making, &slower);
    let again: Vec<Step> = again.into_iter().skip_while(|step| step.what != What::SecondPass).collect();
    let made = carry_out(making, &slower, &again)?;
    if plan::slower(&slower, made.verification.size).is_some() {
        let limit = slower.limit.unwrap_or(0) / 1_000_000;
        return Err(Failure::from(Reason::StillTooBig { limit }).into());
    }
    Ok(made)
}

/// A copy cannot be made any smaller: it is converted instead.
fn refuse_big_copy(plan: &Plan, made: u64) -> Result<(), End> {
    let picture = plan.copies().find(|s| s.kind == Kind::Video && plan.limit.is_some_and(|most| made > most));
    let Some(picture) = picture else { return Ok(()) };
    Err(End::Unfaithful(Box::new((
        Reason::CopyTooBig.into(),
        BTreeMap::from([(picture.input, CopyFault::Big)]),
    ))))
}

fn steps(making: &Making<'_>, plan: &Plan) -> Vec<Step> {
    plan::steps(plan, &making.work.job.source, &making.work.part, &making.scratch.prefix)
}

/// Carries out steps that write a result, and behind them those that check it.
fn carry_out(making: &mut Making<'_>, plan: &Plan, steps: &[Step]) -> Result<Verdict, End> {
    let nothing = || End::from(Failure::from(Reason::NothingToRun));
    let check = steps.iter().position(|step| step.what == What::Check).ok_or_else(nothing)?;
    let (writing, checking) = steps.split_at(check);
    prepare(making.work, plan)?;
    making.steps.start(steps);
    let mut report = None;
    for step in writing {
        report = Some(command::run(making, step)?);
    }
    let mut verdict = judged::judge(making, plan, &report.ok_or_else(nothing)?, checking)?;
    verdict.remarks.extend(making.scratch.overlaps(plan));
    Ok(verdict)
}

/// The plan is written down, the part is there: what is wrong with the folder shows before an encoder starts.
fn prepare(work: &Work<'_>, plan: &Plan) -> Result<(), End> {
    let json = serde_json::to_string(plan).unwrap_or_default();
    work.note(&Note::Plan { plan: json, part: work.part.clone() })?;
    delete_earlier_parts(work);
    let (job, volume) = (work.job, work.job.output_volume.as_deref());
    let folder = work.part.parent().unwrap_or(&work.part);
    let announce = |missing: &[PathBuf]| {
        work.shared.folders.enter(work.shared.queue.as_ref(), job.lease(), (folder, volume), missing);
    };
    output::create_part(&work.part, &job.output, volume, &announce)?;
    Ok(())
}

/// Those of attempts that ended while their drive was away.
fn delete_earlier_parts(work: &Work<'_>) {
    let earlier = work.shared.queue.attempts(work.job.id).unwrap_or_default();
    for part in earlier.into_iter().filter_map(|a| a.part).filter(|part| *part != work.part) {
        output::delete_part(&part);
    }
}
