//! One attempt from start to end: inspect, plan, make, publish. Each step may end it.

use super::connection;
use super::make;
use super::source::{self, Stamp};
use super::{End, Work, WorkerReport};
use crate::event::Event;
use crate::failure::{Failure, Reason};
use crate::ffmpeg::run::RunEvent;
use crate::ffmpeg::{self, Tools};
use crate::intake::nanoseconds;
use crate::job::Origin;
use crate::look::{self, Halt, ProbeContext};
use crate::media::{MediaInfo, marker};
use crate::output::{self, Published};
use crate::plan::{Abilities, Plan};
use crate::pool::admission::{self, Refused};
use crate::preset::Bigger;
use crate::progress::Progress;
use crate::progress::steps::Steps;
use crate::queue::{Note, Outcome};
use crate::remark::Remark;
use crate::verify::Verdict;
use std::path::Path;

/// Deletes the part file on drop. Created only after the drive of the result has responded.
struct Part<'a>(&'a Path);

impl Drop for Part<'_> {
    fn drop(&mut self) {
        output::delete_part(self.0);
    }
}

/// Runs one attempt. Checks the source at the start and before publishing.
pub(super) fn attempt(work: &Work<'_>) -> Result<Outcome, End> {
    if let Some((output, size)) = output::published(work.job)? {
        return Ok(Outcome::Done { output, size, warnings: work.job.warnings.clone() });
    }
    let _room = admission::admit(work.shared, work.job, || work.heed().is_ok())
        .map_err(|why| work.not_admitted(why))?;
    let _part = Part(&work.part);
    let before = source::look(work.job)?;
    remember(work, before)?;
    let tools = work.shared.tooling.get().map_err(|e| Failure::from(e.reason()))?;
    let explained = |end: End| match end {
        End::Failed(failure) => match connection::explain(work, failure) {
            Ok(failure) => source::by_source(work, before, failure),
            Err(end) => end,
        },
        end => end,
    };
    let (info, abilities) = looked(work, &tools).map_err(explained)?;
    if work.job.origin == Origin::Folder && marker::is_result(&work.job.source, &info) {
        return Ok(left_as_it_is(work, before));
    }
    let (info, plan) = planned(work, &tools, info, &abilities).map_err(explained)?;
    source::at_rest(work.job, before)?;
    let verdict = make::make(work, &tools, info, &plan).map_err(explained)?;
    publish(work, before, verdict)
}

/// Stores size and modification time, which identify the source, if they changed since the job was added.
fn remember(work: &Work<'_>, now: Stamp) -> Result<(), End> {
    let (size, mtime_ns) = (now.size, nanoseconds(now.modified));
    if (work.job.source_size, work.job.source_mtime_ns) == (Some(size), mtime_ns) {
        return Ok(());
    }
    work.note(&Note::Source { size, mtime_ns })
}

/// Returns the outcome for a source that is itself a result, for example of another queue, found in a folder. Writes no
/// file.
fn left_as_it_is(work: &Work<'_>, before: Stamp) -> Outcome {
    let warnings = vec![Remark::OwnResult];
    Outcome::Done { output: work.job.source.clone(), size: before.size, warnings }
}

fn asking<'a>(work: &'a Work<'_>, tools: &'a Tools) -> ProbeContext<'a> {
    ProbeContext { tools, policy: &work.shared.policy, orders: work.orders }
}

fn looked(work: &Work<'_>, tools: &Tools) -> Result<(MediaInfo, Abilities), End> {
    let looked = look::look(asking(work, tools), &work.job.source, work.spec, |info| describe(work, info));
    looked.map_err(|halt| work.halted(halt))
}

fn planned(
    work: &Work<'_>,
    tools: &Tools,
    mut info: MediaInfo,
    abilities: &Abilities,
) -> Result<(MediaInfo, Plan), End> {
    let (asking, source) = (asking(work, tools), work.job.source.as_path());
    let planned = look::plan(asking, source, work.spec, (&mut info, abilities), false);
    let plan = planned.map_err(|halt| work.halted(halt))?;
    if let Some(encoder) = ffmpeg::missing_encoder(tools, plan.encoders()) {
        let encoder = Some(encoder.name().to_owned());
        return Err(Failure::from(Reason::NoEncoder { encoder }).into());
    }
    Ok((info, plan))
}

/// Stores the facts that lists show of the video, if they changed.
fn describe(work: &Work<'_>, info: &MediaInfo) {
    let facts = info.facts();
    if work.job.facts.as_ref() == Some(&facts) {
        return;
    }
    match work.shared.queue.describe(work.job.id, &facts) {
        Ok(()) => work.shared.emit(Event::QueueChanged),
        Err(cause) => tracing::warn!(job = %work.job.id, %cause, "the facts of a video could not be stored"),
    }
}

fn publish(work: &Work<'_>, before: Stamp, verdict: Verdict) -> Result<Outcome, End> {
    work.heed()?;
    source::unchanged(work.job, before)?;
    if work.spec.preset.bigger == Bigger::UseOriginal && verdict.verification.size > before.size {
        let (source_bytes, result_bytes) = (before.size, verdict.verification.size);
        let warnings = vec![Remark::OriginalKept { source_bytes, result_bytes }];
        return Ok(Outcome::Done { output: work.job.source.clone(), size: before.size, warnings });
    }
    work.note(&Note::Verified(verdict.verification))?;
    let Published { output, size, warnings } = work.publish(before.modified, &verdict.remarks)?;
    Ok(Outcome::Done { output, size, warnings })
}

impl Work<'_> {
    /// Returns the end for a failed step, or for the order that interrupted it.
    pub(super) fn halted(&self, halt: Halt) -> End {
        match halt {
            Halt::Failed(failure) => failure.into(),
            Halt::Ordered => self.heed().err().unwrap_or(End::Stopped),
        }
    }

    fn not_admitted(&self, why: Refused) -> End {
        match why {
            Refused::Failed(failure) => End::Failed(failure),
            Refused::NoSpace(failure) => End::NoSpace(failure),
            Refused::Ordered => self.halted(Halt::Ordered),
        }
    }

    /// Stores a note. If the queue cannot be written, the encode continues: notes help users and the rescue, but the
    /// result does not depend on them.
    pub(super) fn note(&self, note: &Note) -> Result<(), End> {
        match self.shared.queue.note(self.job.lease(), note) {
            Ok(true) => Ok(()),
            Ok(false) => Err(End::Lost),
            Err(cause) => {
                tracing::warn!(job = %self.job.id, %cause, "a note could not be stored");
                Ok(())
            }
        }
    }

    /// Handles an event of a running command, which is the current one of `steps`.
    pub(super) fn record(&self, happened: RunEvent, steps: &mut Steps) {
        match happened {
            RunEvent::Started(child) => drop(self.note(&Note::Child(child))),
            // An attempt that was left behind has the order to stop; another one may be shown.
            _ if self.heed().is_err() => {}
            RunEvent::Suspended(still) => {
                drop(self.reports.send(WorkerReport::Suspended(self.job.id, still)));
            }
            RunEvent::Progress(reading) => self.show(steps.take(reading)),
        }
    }

    /// Stores the progress of the attempt, and sends its event.
    fn show(&self, progress: Progress) {
        self.shared.progress().insert(self.job.id, progress);
        self.shared.emit(Event::Progress { id: self.job.id, progress });
    }

    /// Replaces the last progress, if there is any, without an event.
    pub(super) fn keep(&self, progress: Progress) {
        if self.heed().is_ok()
            && let Some(latest) = self.shared.progress().get_mut(&self.job.id)
        {
            *latest = progress;
        }
    }
}
