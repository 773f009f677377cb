//! Judges a result: whether the file is what the plan promised. Used before a result is published, and when an
//! existing one is checked again.
//!
//! Guarantees that a verdict is based on the file itself, and that the file is only read. Copied streams are decoded
//! from the result and measured packet by packet; other streams are measured only where headers and decoding leave a
//! doubt.

use crate::captions::Captions;
use crate::failure::{Failure, LocationIn};
use crate::ffmpeg::location::LocationSearch;
use crate::ffmpeg::run::RunReport;
use crate::ffmpeg::{self, CaptionRequest, compare, probe};
use crate::look::{Halt, ProbeContext};
use crate::media::{Measured, MediaInfo};
use crate::plan::{self, Plan, Planned, Step, StepKind};
use crate::subtitles;
use crate::verify::{self, Case, Copies, Refusal, Verdict};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The caller's side of judging a result: runs the steps and reports progress.
pub(crate) trait Judging {
    /// Why it ends without a verdict.
    type End;

    fn asking(&self) -> ProbeContext<'_>;
    fn source(&self) -> &Path;
    fn result(&self) -> &Path;
    /// What is known about the source.
    fn info(&self) -> &MediaInfo;
    /// Accept as much as is readable of a damaged source.
    fn salvage(&self) -> bool;

    /// Announces a step after the known ones.
    fn add(&mut self, step: &Step);
    /// Reports that a step begins.
    fn enter(&mut self, step: &Step);
    /// Runs the command of a step.
    fn run(&mut self, step: &Step) -> Result<RunReport, Self::End>;
    /// Converts a halt.
    fn halted(&self, halt: Halt) -> Self::End;
    /// Handles a result that could not be probed.
    fn unreadable(&mut self, failure: Failure) -> Self::End;
    /// Path prefix of scratch files; `None`: no scratch files can be written.
    fn notes(&self) -> Option<PathBuf> {
        None
    }
    /// Fallback where the packets of a file could not be measured.
    fn unmeasured(&self) -> Result<Measured, Self::End>;
}

/// Runs the steps that read the result. `report`: of the step that wrote it, or that read the source like it. Returns
/// the verdict and the probed result.
pub(crate) fn judge<J: Judging>(
    judging: &mut J,
    plan: &Plan,
    report: &RunReport,
    steps: &[Step],
) -> Result<(Result<Verdict, Refusal>, MediaInfo), J::End> {
    let mut output = look(judging, steps)?;
    if plan.without_places
        && let Some(by) = left_place(judging, &output)?
    {
        return Ok((Err(verify::tells_place(by, plan, report)), output));
    }
    output.captions = captions(judging, plan, &output)?;
    if plan.converts_texts() {
        subtitles::add(judging.result(), &mut output);
    }
    let copies = check_copies(judging, plan, steps)?;
    let (source, salvage) = (judging.info().clone(), judging.salvage());
    let copies = copies.as_ref();
    let case = Case { plan, source: &source, report, output: &output, measured: None, copies, salvage };
    let doubt = match verify::verify(&case) {
        Err(Refusal::Doubtful(failure)) => failure,
        decided => return Ok((decided, output)),
    };
    let (measured, output) = measure_both(judging, &output)?;
    let decided = match verify::verify(&Case { measured: Some(&measured), output: &output, ..case }) {
        Err(Refusal::Doubtful(_)) => Err(Refusal::Failed(doubt)),
        decided => decided,
    };
    Ok((decided, output))
}

/// What in the result still reveals the recording location.
fn left_place<J: Judging>(judging: &J, output: &MediaInfo) -> Result<Option<LocationIn>, J::End> {
    let ProbeContext { tools, policy, orders } = judging.asking();
    let (places, mut seen) =
        (LocationSearch { tools, path: judging.result(), policy, orders }, output.clone());
    places.look(&mut seen);
    let texts = places.texts();
    judging.asking().heed().map_err(|halt| judging.halted(halt))?;
    Ok(verify::left_place(&seen, texts.as_ref()))
}

/// Closed captions of the result, where the video encoder should have preserved the source's.
fn captions<J: Judging>(
    judging: &J,
    plan: &Plan,
    output: &MediaInfo,
) -> Result<Option<Vec<Captions>>, J::End> {
    let Some(notes) = judging.notes().filter(|_| plan.carries_captions(judging.info())) else {
        return Ok(None);
    };
    let ProbeContext { tools, policy, orders } = judging.asking();
    let asked =
        CaptionRequest { tools, policy, orders: Some(orders), notes: &notes, beside: &[], within: u64::MAX };
    let found = ffmpeg::captions(asked, judging.result(), output);
    judging.asking().heed().map_err(|halt| judging.halted(halt))?;
    Ok(Some(found))
}

/// Examines the copied streams in the result.
fn check_copies<J: Judging>(judging: &mut J, plan: &Plan, steps: &[Step]) -> Result<Option<Copies>, J::End> {
    let Some(step) = steps.iter().find(|step| step.what == StepKind::DecodeCopies) else { return Ok(None) };
    let equal = if plan.compared { compare(judging, plan)? } else { BTreeMap::new() };
    let mut plan = Cow::Borrowed(plan);
    let decoded = if !plan.places.is_empty() && plan.copies().any(|copy| !equal.contains_key(&copy.input)) {
        // Streams that cannot be compared packet by packet are decoded completely.
        plan.to_mut().places.clear();
        judging.run(&plan::decode_whole(&plan, judging.result()))?
    } else {
        judging.run(step)?
    };
    let in_question = plan.compared && !decoded.errors.is_empty();
    let source = plan::decode_source(&plan, judging.source());
    let original = in_question.then(|| judging.run(&source)).transpose()?;
    Ok(Some(Copies { decoded, original, equal, at_places: !plan.places.is_empty() }))
}

/// Compares the packets of copies with the original's, by index in the source.
fn compare<J: Judging>(judging: &J, plan: &Plan) -> Result<BTreeMap<usize, bool>, J::End> {
    let asking = judging.asking();
    let all: Vec<&Planned> = plan.copies().filter(|s| compare::is_comparable(&s.codec)).collect();
    let original: Vec<compare::Wanted<'_>> =
        all.iter().map(|s| (s.input.to_string(), s.codec.as_str())).collect();
    let copy: Vec<compare::Wanted<'_>> = all.iter().map(|s| (plan.specifier(s), s.codec.as_str())).collect();
    let original = compare::Side { path: judging.source(), reach: plan.reach, streams: &original };
    let copy = compare::Side { path: judging.result(), reach: None, streams: &copy };
    let equal = compare::packets_equal(asking.tools, original, copy, asking.policy, Some(asking.orders));
    asking.heed().map_err(|halt| judging.halted(halt))?;
    Ok(all.iter().map(|s| s.input).zip(equal.unwrap_or_default()).collect())
}

/// Probes the result, the first step of the check. Measures its packets if there are copies.
fn look<J: Judging>(judging: &mut J, steps: &[Step]) -> Result<MediaInfo, J::End> {
    steps.first().into_iter().for_each(|check| judging.enter(check));
    let ProbeContext { tools, policy, orders } = judging.asking();
    let copies = steps.iter().any(|step| step.what == StepKind::DecodeCopies);
    let mut output = match probe::output(tools, judging.result(), policy, Some(orders), !copies) {
        Ok(output) => output.ok_or_else(|| judging.halted(Halt::Ordered))?,
        Err(failure) => return Err(judging.unreadable(failure)),
    };
    if copies {
        let measured = measure(judging, judging.result())?;
        output.keep(&measured);
        output.count(&measured);
    }
    Ok(output)
}

/// Measures the packets of source and result.
fn measure_both<J: Judging>(judging: &mut J, output: &MediaInfo) -> Result<(Measured, MediaInfo), J::End> {
    let step = plan::measure();
    judging.add(&step);
    judging.enter(&step);
    let source = measure(judging, judging.source())?;
    let output = output.clone().measured(&measure(judging, judging.result())?);
    Ok((source, output))
}

fn measure<J: Judging>(judging: &J, path: &Path) -> Result<Measured, J::End> {
    let asking = judging.asking();
    let measured = probe::packets(asking.tools, path, asking.policy, Some(asking.orders));
    asking.heed().map_err(|halt| judging.halted(halt))?;
    measured.map_or_else(|| judging.unmeasured(), Ok)
}
