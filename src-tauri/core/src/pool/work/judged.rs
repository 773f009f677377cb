//! Judges the result of an attempt: commands are recorded and shown, and what a refusal reveals is kept for the next
//! making.

use super::making::Making;
use super::{End, command};
use crate::failure::Failure;
use crate::ffmpeg::probe;
use crate::ffmpeg::run::RunReport;
use crate::judge::{self, Judging};
use crate::look::{Halt, ProbeContext};
use crate::media::{Measured, MediaInfo};
use crate::output;
use crate::plan::{Plan, Step, StepKind};
use crate::preset::Container;
use crate::verify::{Refusal, Verdict};
use std::path::{Path, PathBuf};

/// Returns the verdict on the part file. `report`: of the step that wrote it.
pub(super) fn judge(
    making: &mut Making<'_>,
    plan: &Plan,
    report: &RunReport,
    steps: &[Step],
) -> Result<Verdict, End> {
    hide_subtitles(making, plan);
    undeclare(making, plan);
    mark(making, plan);
    let (decided, _) = judge::judge(making, plan, report, steps)?;
    decided.map_err(|refusal| refused(making, refusal))
}

/// Returns the end of a refused making. Records where audio and video end if the file is longer.
fn refused(making: &mut Making<'_>, refusal: Refusal) -> End {
    match refusal {
        Refusal::Failed(failure) | Refusal::Doubtful(failure) => failure.into(),
        Refusal::Unfaithful(refused) => End::Unfaithful(refused),
        Refusal::Changed(changed) => End::Changed(changed),
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
        tracing::warn!(job = %making.work.job.id, %cause, "the subtitles could not be disabled by default");
    }
}

/// Marks the file as a result. In Matroska, ffmpeg wrote the mark.
fn mark(making: &Making<'_>, plan: &Plan) {
    if plan.container != Container::Mkv
        && !plan.mark.is_empty()
        && let Err(cause) = output::mark(&making.work.part, &plan.mark)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "the file could not be marked as a result");
    }
}

/// Removes the Dolby Vision declaration, which ffmpeg writes to Matroska also for an encoded stream.
fn undeclare(making: &Making<'_>, plan: &Plan) {
    let declared =
        making.info.video().and_then(|s| s.video.as_ref()).is_some_and(|p| p.dolby_vision.is_some());
    if declared
        && plan.container == Container::Mkv
        && plan.converts_picture()
        && let Err(cause) = output::undeclare_dolby_vision(&making.work.part)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "the Dolby Vision declaration could not be removed");
    }
}

impl Judging for Making<'_> {
    type End = End;

    fn asking(&self) -> ProbeContext<'_> {
        ProbeContext { tools: self.tools, policy: &self.work.shared.policy, orders: self.work.orders }
    }

    fn source(&self) -> &Path {
        &self.work.job.source
    }

    fn result(&self) -> &Path {
        &self.work.part
    }

    fn info(&self) -> &MediaInfo {
        &self.info
    }

    fn salvage(&self) -> bool {
        self.work.spec.preset.salvage
    }

    fn add(&mut self, step: &Step) {
        self.steps.add(step);
    }

    fn enter(&mut self, step: &Step) {
        Making::enter(self, step);
    }

    fn run(&mut self, step: &Step) -> Result<RunReport, End> {
        command::run(self, step)
    }

    fn halted(&self, halt: Halt) -> End {
        self.work.halted(halt)
    }

    fn unreadable(&mut self, failure: Failure) -> End {
        self.log.add(StepKind::Check, &failure.log_tail);
        probe::not_read_back(failure).into()
    }

    fn notes(&self) -> Option<PathBuf> {
        Some(self.scratch.prefix.clone())
    }

    /// The verdict then uses the remaining checks.
    fn unmeasured(&self) -> Result<Measured, End> {
        Ok(Measured::default())
    }
}
