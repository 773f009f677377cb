//! How an attempt has its result judged: the commands are noted and shown, and what a refusal teaches is kept for the next
//! chance.

use super::making::Making;
use super::{End, command};
use crate::failure::Failure;
use crate::ffmpeg::probe;
use crate::ffmpeg::run::Report;
use crate::judge::{self, Judging};
use crate::look::{Asking, Halt};
use crate::media::{Measured, MediaInfo};
use crate::output;
use crate::plan::{Plan, Step, What};
use crate::preset::Container;
use crate::verify::{Refusal, Verdict};
use std::path::{Path, PathBuf};

/// The verdict on the part file. `report`: of the step that wrote it.
pub(super) fn judge(
    making: &mut Making<'_>,
    plan: &Plan,
    report: &Report,
    steps: &[Step],
) -> Result<Verdict, End> {
    hide_subtitles(making, plan);
    undeclare(making, plan);
    mark(making, plan);
    let (decided, _) = judge::judge(making, plan, report, steps)?;
    decided.map_err(|refusal| refused(making, refusal))
}

/// The end of a making that was refused; where what is shown ends sooner than the file, that is noted.
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
        tracing::warn!(job = %making.work.job.id, %cause, "its subtitles stay switched on");
    }
}

/// Of Matroska ffmpeg did.
fn mark(making: &Making<'_>, plan: &Plan) {
    if plan.container != Container::Mkv
        && !plan.mark.is_empty()
        && let Err(cause) = output::mark(&making.work.part, &plan.mark)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "it is not marked as a result");
    }
}

/// Matroska declares Dolby Vision of what ffmpeg encoded, too.
fn undeclare(making: &Making<'_>, plan: &Plan) {
    let declared =
        making.info.video().and_then(|s| s.video.as_ref()).is_some_and(|p| p.dolby_vision.is_some());
    if declared
        && plan.container == Container::Mkv
        && plan.converts_picture()
        && let Err(cause) = output::undeclare_dolby_vision(&making.work.part)
    {
        tracing::warn!(job = %making.work.job.id, %cause, "it stays declared to be Dolby Vision");
    }
}

impl Judging for Making<'_> {
    type End = End;

    fn asking(&self) -> Asking<'_> {
        Asking { tools: self.tools, policy: &self.work.shared.policy, orders: self.work.orders }
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

    fn run(&mut self, step: &Step) -> Result<Report, End> {
        command::run(self, step)
    }

    fn halted(&self, halt: Halt) -> End {
        self.work.halted(halt)
    }

    fn unreadable(&mut self, failure: Failure) -> End {
        self.log.add(What::Check, &failure.log_tail);
        probe::not_read_back(failure).into()
    }

    fn notes(&self) -> Option<PathBuf> {
        Some(self.scratch.prefix.clone())
    }

    /// The verdict then rests on what is left.
    fn unmeasured(&self) -> Result<Measured, End> {
        Ok(Measured::default())
    }
}
