//! The steps of one attempt, in their order: look, plan, run, verify, publish. Each may end it.

use super::source::{self, Stamp};
use super::{End, Report, Work};
use crate::event::Event;
use crate::failure::{Failure, FailureCode};
use crate::ffmpeg::run::{self, Ended, Happened, Request};
use crate::ffmpeg::{self, ToolError, Tools, classify, growth, probe};
use crate::media::MediaInfo;
use crate::output;
use crate::plan::{self, Plan};
use crate::queue::{Note, Outcome};
use crate::verify;
use std::ffi::OsString;

/// One attempt; the source is looked at first and last.
pub(super) fn attempt(work: &Work<'_>) -> Result<Outcome, End> {
    let before = source::look(work.job)?;
    let tools = work.shared.tooling.get().map_err(|e| unusable(&e))?;
    let grown = |end: End| match end {
        End::Failed(failure) => source::or_growing(work, before, failure),
        end => end,
    };
    let (info, plan) = look_and_plan(work, &tools).map_err(grown)?;
    let report = encode(work, &tools, &info, &plan)?;
    let remarks = judge(work, &tools, &info, &plan, &report).map_err(grown)?;
    publish(work, before, remarks)
}

fn unusable(error: &ToolError) -> Failure {
    Failure::new(error.code(), error.to_string())
}

fn look_and_plan(work: &Work<'_>, tools: &Tools) -> Result<(MediaInfo, Plan), End> {
    let info = probe::source(tools, &work.job.source, &work.shared.policy, Some(work.orders))?;
    let info = info.ok_or_else(|| work.ordered())?;
    describe(work, &info);
    let plan = plan::plan(&info, &work.job.preset)?;
    if let Some(encoder) = ffmpeg::missing_encoder(tools, plan.encoders()) {
        let message = format!("This ffmpeg cannot encode with {encoder}, which the preset needs.");
        return Err(Failure::new(FailureCode::EncoderMissing, message).into());
    }
    Ok((info, plan))
}

/// Keeps what lists say of the video, where it is news.
fn describe(work: &Work<'_>, info: &MediaInfo) {
    let facts = info.facts();
    if work.job.facts.as_ref() == Some(&facts) {
        return;
    }
    match work.shared.queue.describe(work.job.id, &facts) {
        Ok(()) => work.shared.tell(Event::QueueChanged),
        Err(cause) => tracing::warn!(job = %work.job.id, %cause, "the facts of a video could not be kept"),
    }
}

fn encode(work: &Work<'_>, tools: &Tools, info: &MediaInfo, plan: &Plan) -> Result<run::Report, End> {
    let args = plan::arguments(plan, &work.job.source, &work.part);
    let json = serde_json::to_string(plan).unwrap_or_default();
    work.note(&Note::Plan { plan: json, part: work.part.clone() })?;
    output::create_part(&work.part, work.job.output_volume.as_deref())?;
    work.note(&Note::Command(command_line(tools, &args)))?;
    work.heed()?;
    let request = Request {
        program: &tools.ffmpeg.path,
        args: &args,
        part: Some(&work.part),
        ceiling: growth::ceiling(info.size.unwrap_or(0), info.length()),
        total_us: info.length().map(|seconds| (seconds * 1e6) as u64),
        orders: work.orders,
        policy: &work.shared.policy,
        clock: work.shared.clock.as_ref(),
    };
    let report = run::run(&request, &mut |happened| work.hear(happened));
    match report.ended {
        Ended::Cancelled => Err(End::Cancelled),
        Ended::Stopped => Err(End::Stopped),
        _ => Ok(report),
    }
}

fn command_line(tools: &Tools, args: &[OsString]) -> Vec<String> {
    let program = tools.ffmpeg.path.as_os_str().to_owned();
    std::iter::once(&program).chain(args).map(|a| a.to_string_lossy().into_owned()).collect()
}

fn judge(
    work: &Work<'_>,
    tools: &Tools,
    info: &MediaInfo,
    plan: &Plan,
    report: &run::Report,
) -> Result<Vec<String>, End> {
    output::check_folder(&work.part, work.job.output_volume.as_deref())?;
    let names = [work.job.source.as_path(), work.part.as_path()];
    if let Some(failure) = classify::failure(report, &names) {
        return Err(with_need(work, report, failure).into());
    }
    let made = probe::output(tools, &work.part, &work.shared.policy, Some(work.orders))?;
    let made = made.ok_or_else(|| work.ordered())?;
    Ok(verify::verify(plan, info, report, &made)?)
}

/// A full disk: what the whole result would have taken, by the share that was done.
fn with_need(work: &Work<'_>, report: &run::Report, failure: Failure) -> Failure {
    if failure.code != FailureCode::DiskFull {
        return failure;
    }
    let written = report.progress.bytes.unwrap_or(0);
    let share = work.shared.progress().get(&work.job.id).and_then(|p| p.percent).filter(|p| *p >= 1.0);
    let need = share.map_or(written * 2, |percent| (written as f64 * 100.0 / percent) as u64);
    Failure { need_bytes: Some(need), ..failure }
}

fn publish(work: &Work<'_>, before: Stamp, remarks: Vec<String>) -> Result<Outcome, End> {
    work.heed()?;
    source::unchanged(work.job, before)?;
    let (output, size) = work.publish(before.modified)?;
    Ok(Outcome::Done { output, size, warnings: remarks })
}

impl Work<'_> {
    /// What the order that interrupted a step means.
    fn ordered(&self) -> End {
        self.heed().err().unwrap_or(End::Stopped)
    }

    /// Writes something down. That the queue cannot be written just now is no reason to stop an encode: the
    /// note helps people and rescue, the result does not depend on it.
    fn note(&self, note: &Note) -> Result<(), End> {
        match self.shared.queue.note(self.job.lease(), note) {
            Ok(true) => Ok(()),
            Ok(false) => Err(End::Lost),
            Err(cause) => {
                tracing::warn!(job = %self.job.id, %cause, "a note could not be written");
                Ok(())
            }
        }
    }

    fn hear(&self, happened: Happened) {
        match happened {
            Happened::Started(child) => drop(self.note(&Note::Child(child))),
            Happened::Suspended(still) => drop(self.reports.send(Report::Suspended(self.job.id, still))),
            Happened::Progress(progress) => {
                self.shared.progress().insert(self.job.id, progress);
                self.shared.tell(Event::Progress { id: self.job.id, progress });
            }
        }
    }
}
