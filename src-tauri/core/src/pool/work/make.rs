//! Makes the result: runs the steps of the plan, and makes it again with a changed plan if that may help. The CPU
//! replaces failed hardware, a stream whose copy was refused is converted, and a result above its size limit is encoded
//! again.
//!
//! Guarantees that a result is returned only with its verdict, and a failure with the log of all steps.

use super::log::Log;
use super::making::Making;
use super::scratch::Scratch;
use super::{End, Work, captions, command, judged};
use crate::failure::{Failure, FailureCode, Reason};
use crate::ffmpeg::classify::is_over_subtitles;
use crate::ffmpeg::{Tools, abilities, probe};
use crate::media::{CopyFault, Kind, MediaInfo};
use crate::output;
use crate::plan::{self, Plan, Step, StepKind};
use crate::preset::Hardware;
use crate::progress::steps::Steps;
use crate::queue::Note;
use crate::remark::Remark;
use crate::subtitles;
use crate::verify::Verdict;
use crate::words;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Makes the part file and returns its verdict.
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

/// Makes the result, again with a changed plan after each failure that teaches something. Terminates, because each
/// lesson removes one cause: hardware, copied streams, chapters and subtitles beyond the end, subtitles that cannot be
/// written, or unknown properties of the source.
fn with_second_chance(making: &mut Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let (mut remarks, mut hardware) = (Vec::new(), wants_hardware(making.work));
    let plan = with_cues(making, plan, hardware)?;
    let plan = captions::add(making, plan)?;
    let mut plan = making.scratch.possible(plan, &making.info);
    loop {
        match in_size(making, &plan) {
            Ok(mut made) => {
                // Two lessons may give the same remark.
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

/// Returns the plan that considers the cues of converted subtitles. Reads the cues if the plan converts any.
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

/// What an end teaches for the next making.
#[derive(PartialEq)]
enum Lesson {
    /// Encode on the CPU.
    Hardware,
    /// End chapters and subtitles where video and audio end.
    Clip,
    /// Convert these streams.
    Copies(Vec<(Kind, CopyFault)>),
    /// Plan again with the properties of the source that decoding revealed.
    Changes,
    /// Omit subtitles.
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

/// Returns the lesson of an end, and records it in `making`.
///
/// # Errors
/// The end itself if it teaches nothing.
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

/// Checks whether ffmpeg refused a cue, and marks all kept subtitles as refused, as the log does not always name the
/// stream.
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

/// Carries out `plan`. A result above its size limit is encoded once more with the statistics of the first pass.
fn in_size(making: &mut Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let made = carry_out(making, plan, &steps(making, plan))?;
    refuse_big_copy(plan, made.verification.size)?;
    let Some(slower) = plan::slower(plan, made.verification.size) else { return Ok(made) };
    let again = steps(making, &slower);
    let again: Vec<Step> = again.into_iter().skip_while(|step| step.what != StepKind::SecondPass).collect();
    let made = carry_out(making, &slower, &again)?;
    if plan::slower(&slower, made.verification.size).is_some() {
        let limit = slower.limit.unwrap_or(0) / 1_000_000;
        return Err(Failure::from(Reason::StillTooBig { limit }).into());
    }
    Ok(made)
}

/// Refuses a copied video stream if the result is above its size limit, so that the stream is converted.
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

/// Runs the steps that write a result, then those that check it.
fn carry_out(making: &mut Making<'_>, plan: &Plan, steps: &[Step]) -> Result<Verdict, End> {
    let nothing = || End::from(Failure::from(Reason::NothingToRun));
    let check = steps.iter().position(|step| step.what == StepKind::Check).ok_or_else(nothing)?;
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

/// Records the plan and creates the part file, so that a problem with the folder shows before an encoder starts.
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

/// Deletes part files that earlier attempts could not delete because their drive was away.
fn delete_earlier_parts(work: &Work<'_>) {
    let earlier = work.shared.queue.attempts(work.job.id).unwrap_or_default();
    for part in earlier.into_iter().filter_map(|a| a.part).filter(|part| *part != work.part) {
        output::delete_part(&part);
    }
}
