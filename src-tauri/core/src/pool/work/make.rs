//! Making the result: run the plan's commands, judge what came out, and give it a second chance where there is one:
//! hardware that failed hands over to the processor, a picture whose time stamps cannot be copied is converted, a
//! result above its size is made once more.

use super::{End, Work};
use crate::failure::{Failure, FailureCode};
use crate::ffmpeg::run::{self, Ended, Happened, Report, Request};
use crate::ffmpeg::{Tools, classify, growth, probe};
use crate::media::{Measured, MediaInfo, cues};
use crate::output;
use crate::plan::{self, Action, Plan};
use crate::preset::CopyRule;
use crate::queue::Note;
use crate::verify::{self, Case, Refusal, Verdict};
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What one making works on.
pub(super) struct Making<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) tools: &'a Tools,
    pub(super) info: &'a MediaInfo,
}

/// Makes the part file and earns its verdict.
pub(super) fn make(making: &Making<'_>, plan: &Plan) -> Result<Verdict, End> {
    let notes = Notes::of(making.work, plan);
    let plan = &notes.possible(plan.clone());
    let preset = &making.work.job.preset;
    let remark = match in_size(making, plan, &notes) {
        Ok(made) if made.guessed && copies_picture(plan) => {
            "The time stamps of the original are damaged, so the picture was converted rather than copied."
        }
        Ok(made) => return Ok(made.verdict),
        Err(End::Failed(failure))
            if failure.code == FailureCode::VerificationFailed && copies_picture(plan) =>
        {
            "The picture could not be copied faithfully, so it was converted."
        }
        Err(End::Failed(failure)) if plan.hardware && may_be_the_hardware(&failure) => {
            tracing::warn!(job = %making.work.job.id, message = %failure.message, "the hardware failed");
            "The graphics hardware could not encode this; the processor did."
        }
        Err(other) => return Err(other),
    };
    let mut safe = preset.clone();
    if let Some(video) = safe.video.as_mut().filter(|_| !plan.hardware) {
        video.copy = CopyRule::Never;
    }
    let plan = plan::plan(making.info, &safe, &crate::ffmpeg::abilities(making.tools, false))?;
    let plan = notes.possible(plan);
    let mut verdict = in_size(making, &plan, &notes)?.verdict;
    verdict.remarks.push(remark.into());
    Ok(verdict)
}

fn copies_picture(plan: &Plan) -> bool {
    plan.picture().is_some_and(|p| matches!(p.action, Action::Copy { .. }))
}

/// A part file that passed.
struct Made {
    verdict: Verdict,
    /// Time stamps of the picture were guessed.
    guessed: bool,
}

fn may_be_the_hardware(failure: &Failure) -> bool {
    use FailureCode::{EncodeFailed, EncoderMissing, EncoderSession, KilledBySignal, VerificationFailed};
    matches!(
        failure.code,
        EncodeFailed | EncoderMissing | EncoderSession | KilledBySignal | VerificationFailed
    )
}

/// Runs and judges; a result above its size is made once more with the statistics of the first pass.
fn in_size(making: &Making<'_>, plan: &Plan, notes: &Notes) -> Result<Made, End> {
    let work = making.work;
    let commands = plan::commands(plan, &work.job.source, &work.part, &notes.prefix);
    let made = run_all(making, plan, &commands, notes)?;
    let Some(slower) = plan::slower(plan, made.verdict.size) else { return Ok(made) };
    let again = plan::commands(&slower, &work.job.source, &work.part, &notes.prefix);
    let made = run_all(making, &slower, &again[again.len() - 1..], notes)?;
    if plan::slower(&slower, made.verdict.size).is_some() {
        let limit = slower.limit.unwrap_or(0) / 1_000_000;
        let message = format!("The result did not come out below {limit} MB, also at a second try.");
        return Err(Failure::new(FailureCode::PlanRefused, message).into());
    }
    Ok(made)
}

fn run_all(making: &Making<'_>, plan: &Plan, commands: &[Vec<OsString>], notes: &Notes) -> Result<Made, End> {
    prepare(making, plan, notes)?;
    let (work, passes) = (making.work, commands.len());
    for (n, args) in commands.iter().enumerate() {
        let report = run_one(making, args, &mut |happened| work.hear(happened, n, passes))?;
        if n + 1 == passes {
            let mut verdict = judge(making, plan, &report)?;
            verdict.remarks.extend(notes.overlaps(plan));
            return Ok(Made { verdict, guessed: report.guessed });
        }
        refuse_failed(making, &report)?;
    }
    Err(Failure::new(FailureCode::Internal, "The plan had nothing to run.").into())
}

/// The plan is written down, the part is there: what is wrong with the folder shows before an encoder starts.
fn prepare(making: &Making<'_>, plan: &Plan, notes: &Notes) -> Result<(), End> {
    let work = making.work;
    let json = serde_json::to_string(plan).unwrap_or_default();
    work.note(&Note::Plan { plan: json, part: work.part.clone() })?;
    delete_earlier_parts(work);
    output::create_part(&work.part, work.job.output_volume.as_deref())?;
    let Some(args) = plan::take_covers(plan, &work.job.source, &notes.prefix) else { return Ok(()) };
    // A moment's work, of which nobody needs to see progress.
    let mut heed = |happened| match happened {
        Happened::Progress(_) => {}
        other => work.hear(other, 0, 1),
    };
    let report = run_one(making, &args, &mut heed)?;
    refuse_failed(making, &report)
}

/// Those of attempts that ended while their drive was away.
fn delete_earlier_parts(work: &Work<'_>) {
    let earlier = work.shared.queue.attempts(work.job.id).unwrap_or_default();
    for part in earlier.into_iter().filter_map(|a| a.part).filter(|part| *part != work.part) {
        output::delete_part(&part);
    }
}

fn run_one(making: &Making<'_>, args: &[OsString], hear: &mut dyn FnMut(Happened)) -> Result<Report, End> {
    let work = making.work;
    work.note(&Note::Command(command_line(making.tools, args)))?;
    work.heed()?;
    let request = Request {
        program: &making.tools.ffmpeg.path,
        args,
        part: Some(&work.part),
        ceiling: growth::ceiling(making.info.size.unwrap_or(0), making.info.length()),
        total_us: making.info.length().map(|seconds| (seconds * 1e6) as u64),
        orders: work.orders,
        policy: &work.shared.policy,
        clock: work.shared.clock.as_ref(),
    };
    let report = run::run(&request, hear);
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

fn refuse_failed(making: &Making<'_>, report: &Report) -> Result<(), End> {
    output::check_folder(&making.work.part, making.work.job.output_volume.as_deref())?;
    match classify::failure(report) {
        Some(failure) => Err(with_need(making.work, report, failure).into()),
        None => Ok(()),
    }
}

/// The packets of source and result are measured only where headers and what was decoded leave a doubt.
fn judge(making: &Making<'_>, plan: &Plan, report: &Report) -> Result<Verdict, End> {
    let work = making.work;
    refuse_failed(making, report)?;
    if plan.hides_subtitles()
        && let Err(cause) = output::hide_subtitles(&work.part)
    {
        tracing::warn!(job = %work.job.id, %cause, "its subtitles stay switched on");
    }
    let made = probe::output(making.tools, &work.part, &work.shared.policy, Some(work.orders))?;
    let made = made.ok_or_else(|| work.ordered())?;
    let salvage = work.job.preset.salvage;
    let case = Case { plan, source: making.info, report, output: &made, measured: None, salvage };
    let doubt = match verify::verify(&case) {
        Ok(verdict) => return Ok(verdict),
        Err(Refusal::Failed(failure)) => return Err(failure.into()),
        Err(Refusal::Doubtful(failure)) => failure,
    };
    let measured = measure(making, &work.job.source).unwrap_or_default();
    work.heed()?;
    let made = made.clone().measured(&measure(making, &work.part).unwrap_or_default());
    work.heed()?;
    match verify::verify(&Case { measured: Some(&measured), output: &made, ..case }) {
        Ok(verdict) => Ok(verdict),
        Err(Refusal::Failed(failure)) => Err(failure.into()),
        Err(Refusal::Doubtful(_)) => Err(doubt.into()),
    }
}

fn measure(making: &Making<'_>, path: &Path) -> Option<Measured> {
    let work = making.work;
    probe::packets(making.tools, path, &work.shared.policy, Some(work.orders))
}

/// A full disk: what the whole result would have taken, by the share that was done.
fn with_need(work: &Work<'_>, report: &Report, failure: Failure) -> Failure {
    if failure.code != FailureCode::DiskFull {
        return failure;
    }
    let written = report.progress.bytes.unwrap_or(0);
    let share = work.shared.progress().get(&work.job.id).and_then(|p| p.percent).filter(|p| *p >= 1.0);
    let need = share.map_or(written * 2, |percent| (written as f64 * 100.0 / percent) as u64);
    Failure { need_bytes: Some(need), ..failure }
}

/// Bytes of notes that are read, whatever is there.
const MOST_NOTES: u64 = 8 << 20;

/// Where the first of two passes leaves its statistics, covers lie that are to be attached, and the times of subtitles
/// are noted; removed when dropped, and so is what a crash left.
struct Notes {
    folder: PathBuf,
    uid: String,
    prefix: PathBuf,
}

impl Notes {
    fn of(work: &Work<'_>, plan: &Plan) -> Notes {
        let (folder, uid) = (work.shared.data.join("passes"), work.job.uid.to_string());
        let notes = Notes { prefix: folder.join(format!("{uid}.{}", work.job.epoch)), folder, uid };
        let cues = plan::cue_file(plan, &notes.prefix).is_some();
        if plan.limit.is_some() || plan.attached().next().is_some() || cues {
            notes.clear();
            if let Err(cause) = std::fs::create_dir_all(&notes.folder) {
                tracing::warn!(%cause, "no folder for what a job notes beside its result");
            }
        }
        notes
    }

    /// The plan without what is only counted, where that cannot be noted: no result fails for a remark.
    fn possible(&self, mut plan: Plan) -> Plan {
        plan.count_cues = plan::cue_file(&plan, &self.prefix).is_some_and(|file| File::create(file).is_ok());
        plan
    }

    /// Lines of subtitles that get lost where only one is shown at a time. Notes that cannot be read tell of none.
    fn overlaps(&self, plan: &Plan) -> Option<String> {
        let mut said = Vec::new();
        let file = File::open(plan::cue_file(plan, &self.prefix)?).ok()?;
        file.take(MOST_NOTES).read_to_end(&mut said).ok()?;
        match cues::overlaps(&String::from_utf8_lossy(&said)) {
            0 => None,
            1 => Some(
                "1 line of subtitles overlaps others and is cut short or not shown; MKV keeps it.".into(),
            ),
            n => Some(format!(
                "{n} lines of subtitles overlap others and are cut short or not shown; MKV keeps them."
            )),
        }
    }

    fn clear(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let ours =
            |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&self.uid));
        entries.map(|e| e.path()).filter(|path| ours(path)).for_each(|path| drop(std::fs::remove_file(path)));
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.clear();
    }
}
