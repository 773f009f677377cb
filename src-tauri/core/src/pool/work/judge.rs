//! Judging what the steps of an attempt made: is the part file what the plan promised?
//!
//! Guarantees that a verdict comes from looking at the file itself. The packets of source and result are measured only
//! where headers and what was decoded leave a doubt.

use super::End;
use super::make::Making;
use crate::ffmpeg::probe;
use crate::ffmpeg::run::Report;
use crate::media::{Measured, MediaInfo};
use crate::output;
use crate::plan::{self, Plan, Step};
use crate::verify::{self, Case, Refusal, Verdict};
use std::path::Path;

/// Carries out `check`. `report`: of the step that wrote the result.
pub(super) fn judge(
    making: &mut Making<'_>,
    plan: &Plan,
    report: &Report,
    check: &Step,
) -> Result<Verdict, End> {
    making.enter(check);
    hide_subtitles(making, plan);
    let output = &look(making, check)?;
    let salvage = making.work.spec.preset.salvage;
    let case = Case { plan, source: making.info, report, output, measured: None, salvage };
    let doubt = match verify::verify(&case) {
        Ok(verdict) => return Ok(verdict),
        Err(Refusal::Doubtful(failure)) => failure,
        Err(other) => return Err(refused(making, other)),
    };
    let (measured, output) = measure_both(making, output)?;
    match verify::verify(&Case { measured: Some(&measured), output: &output, ..case }) {
        Ok(verdict) => Ok(verdict),
        Err(Refusal::Doubtful(_)) => Err(doubt.into()),
        Err(other) => Err(refused(making, other)),
    }
}

/// The end of a making that was refused; where what is shown ends sooner than the file, that is noted.
fn refused(making: &mut Making<'_>, refusal: Refusal) -> End {
    match refusal {
        Refusal::Failed(failure) | Refusal::Doubtful(failure) => failure.into(),
        Refusal::Overlong { shown, failure } => {
            making.shown = Some(shown);
            failure.into()
        }
    }
}

fn hide_subtitles(making: &Making<'_>, plan: &Plan) {
    if plan.hides_subtitles()
        && let Err(cause) = output::hide_subtitles(&making.work.part)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "its subtitles stay switched on");
    }
}

fn look(making: &mut Making<'_>, check: &Step) -> Result<MediaInfo, End> {
    let work = making.work;
    match probe::output(making.tools, &work.part, &work.shared.policy, Some(work.orders)) {
        Ok(output) => output.ok_or_else(|| work.ordered()),
        Err(failure) => {
            making.log.add(check.what, &failure.log_tail);
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
