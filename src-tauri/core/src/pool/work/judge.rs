//! Judging what the steps of an attempt made: is the part file what the plan promised?
//!
//! Guarantees that a verdict comes from looking at the file itself. What was copied is decoded out of the result and
//! measured packet by packet; of the rest, packets are measured only where headers and what was decoded leave a doubt.

use super::make::Making;
use super::{End, command};
use crate::ffmpeg::run::Report;
use crate::ffmpeg::{compare, probe};
use crate::media::{Measured, MediaInfo};
use crate::output;
use crate::plan::{self, Plan, Planned, Step, What};
use crate::verify::{self, Case, Copies, Refusal, Verdict};
use std::collections::BTreeMap;
use std::path::Path;

/// Carries out the steps that read the result. `report`: of the step that wrote it.
pub(super) fn judge(
    making: &mut Making<'_>,
    plan: &Plan,
    report: &Report,
    steps: &[Step],
) -> Result<Verdict, End> {
    let mut output = look(making, plan, steps)?;
    let copies = check_copies(making, plan, &mut output, steps)?;
    let (source, salvage) = (making.info.clone(), making.work.spec.preset.salvage);
    let copies = copies.as_ref();
    let case = Case { plan, source: &source, report, output: &output, measured: None, copies, salvage };
    let doubt = match verify::verify(&case) {
        Err(Refusal::Doubtful(failure)) => failure,
        decided => return decided.map_err(|refusal| refused(making, refusal)),
    };
    let (measured, output) = measure_both(making, &output)?;
    match verify::verify(&Case { measured: Some(&measured), output: &output, ..case }) {
        Err(Refusal::Doubtful(_)) => Err(doubt.into()),
        decided => decided.map_err(|refusal| refused(making, refusal)),
    }
}

/// The end of a making that was refused; where what is shown ends sooner than the file, that is noted.
fn refused(making: &mut Making<'_>, refusal: Refusal) -> End {
    match refusal {
        Refusal::Failed(failure) | Refusal::Doubtful(failure) => failure.into(),
        Refusal::Unfaithful(failure, faults) => End::Unfaithful(failure, faults),
        Refusal::Overlong { shown, failure } => {
            making.shown = Some(shown);
            failure.into()
        }
    }
}

/// Looks at what was copied in the result itself.
fn check_copies(
    making: &mut Making<'_>,
    plan: &Plan,
    output: &mut MediaInfo,
    steps: &[Step],
) -> Result<Option<Copies>, End> {
    let Some(step) = steps.iter().find(|step| step.what == What::DecodeCopies) else { return Ok(None) };
    output.keep(&measure(making, &making.work.part)?);
    let equal = if plan.compared { compare(making, plan)? } else { BTreeMap::new() };
    let mut plan = plan.clone();
    if plan.copies().any(|copy| !equal.contains_key(&copy.input)) {
        // What cannot be compared packet by packet is decoded whole.
        plan.places.clear();
    }
    let arguments = plan::decode_copies(&plan, &making.work.part);
    let decoded = command::run(making, &Step { arguments, ..step.clone() })?;
    let in_question = plan.compared && !decoded.errors.is_empty();
    let original = in_question.then(|| decode_originals(making, &plan)).transpose()?;
    Ok(Some(Copies { decoded, original, equal, at_places: !plan.places.is_empty() }))
}

/// Are the packets of the copies those of the original?
fn compare(making: &Making<'_>, plan: &Plan) -> Result<BTreeMap<usize, bool>, End> {
    let work = making.work;
    let all: Vec<&Planned> = plan.copies().filter(|s| compare::is_comparable(&s.codec)).collect();
    let original: Vec<compare::Wanted<'_>> =
        all.iter().map(|s| (s.input.to_string(), s.codec.as_str())).collect();
    let copy: Vec<compare::Wanted<'_>> = all.iter().map(|s| (plan.specifier(s), s.codec.as_str())).collect();
    let original = compare::Side { path: &work.job.source, reach: plan.reach, streams: &original };
    let copy = compare::Side { path: &work.part, reach: None, streams: &copy };
    let equal = compare::packets_equal(making.tools, original, copy, &work.shared.policy, Some(work.orders));
    work.heed()?;
    Ok(all.iter().map(|s| s.input).zip(equal.unwrap_or_default()).collect())
}

/// Decodes of the original what was decoded of its copy.
fn decode_originals(making: &mut Making<'_>, plan: &Plan) -> Result<Report, End> {
    let arguments = plan::decode_originals(plan, &making.work.job.source);
    let step = Step { what: What::DecodeCopies, weight: 0.0, writes: false, arguments };
    command::run(making, &step)
}

fn hide_subtitles(making: &Making<'_>, plan: &Plan) {
    if plan.hides_subtitles()
        && let Err(cause) = output::hide_subtitles(&making.work.part)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "its subtitles stay switched on");
    }
}

/// Probes the result, the first of the steps that check it.
fn look(making: &mut Making<'_>, plan: &Plan, steps: &[Step]) -> Result<MediaInfo, End> {
    let work = making.work;
    steps.first().into_iter().for_each(|check| making.enter(check));
    hide_subtitles(making, plan);
    match probe::output(making.tools, &work.part, &work.shared.policy, Some(work.orders)) {
        Ok(output) => output.ok_or_else(|| work.ordered()),
        Err(failure) => {
            making.log.add(What::Check, &failure.log_tail);
            Err(failure.into())
        }
    }
}

/// The packets of the source, and the result with those of its own.
fn measure_both(making: &mut Making<'_>, output: &MediaInfo) -> Result<(Measured, MediaInfo), End> {
    let step = plan::measure();
    making.steps.add(&step);
    making.enter(&step);
    let source = measure(making, &making.work.job.source)?;
    let output = output.clone().measured(&measure(making, &making.work.part)?);
    Ok((source, output))
}

fn measure(making: &Making<'_>, path: &Path) -> Result<Measured, End> {
    let work = making.work;
    let measured = probe::packets(making.tools, path, &work.shared.policy, Some(work.orders));
    work.heed()?;
    Ok(measured.unwrap_or_default())
}
