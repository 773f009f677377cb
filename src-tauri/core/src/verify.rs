//! Verifies that a result is what was planned. Only this makes a job *done*.
//!
//! Pure: compares the plan, what ffmpeg read of the source, and what ffprobe finds in the part file. Guarantees that
//! a result that is too short, empty or lacks a stream is never accepted; exit codes prove nothing. Returns what was
//! checked as data ([`verification`]).

mod agreed;
mod captions;
mod changes;
mod compared;
mod copies;
mod cut;
mod empty;
mod lead;
mod length;
mod location;
mod range;
mod remarks;
mod telemetry;
#[cfg(test)]
mod tests;
pub use crate::verification;
mod whole;

use crate::failure::{Failure, Fault, LocationIn, Reason};
use crate::ffmpeg::run::RunReport;
use crate::ffmpeg::statistics::InputStats;
use crate::media::{self, CopyFault, Kind, Learned, Measured, MediaInfo, Stream};
use crate::plan::{Action, Plan, Planned};
use crate::remark::Remark;
use copies::Copy;
use std::collections::BTreeMap;
use verification::{Decoded, Evidence, Measure, Side, StreamCheck, Verification};

pub(crate) use location::left as left_place;
pub(crate) use remarks::spots;

/// Input of the verification: a finished encode and what is known about it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The source, by its headers.
    pub source: &'a MediaInfo,
    /// Report of the ffmpeg run.
    pub report: &'a RunReport,
    /// The part file.
    pub output: &'a MediaInfo,
    /// The source by its packets, where it was measured.
    pub measured: Option<&'a Measured>,
    /// Findings about the copied streams of the result, where there are any.
    pub copies: Option<&'a Copies>,
    /// Accept as much as is readable of a damaged source.
    pub salvage: bool,
}

/// Findings about copied streams in the result.
pub struct Copies {
    /// Report of decoding them.
    pub decoded: RunReport,
    /// Report of decoding the same parts of their originals, where that was done.
    pub original: Option<RunReport>,
    /// Whether their packets equal the original's, by index in the source; absent where not compared.
    pub equal: BTreeMap<usize, bool>,
    /// They were decoded only at the plan's positions.
    pub at_places: bool,
}

/// A result that may be published.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    /// Remarks to show with it.
    pub remarks: Vec<Remark>,
    /// What was checked, and how.
    pub verification: Verification,
}

/// Why a result may not be published.
#[derive(Debug)]
pub enum Refusal {
    /// The result is not what was planned.
    Failed(Failure),
    /// Inconclusive: the source's headers do not explain the length or damage; its packets must be measured.
    Doubtful(Failure),
    /// Copies of these source streams differ from what the original shows; they must be converted.
    Unfaithful(Box<(Failure, BTreeMap<usize, CopyFault>)>),
    /// Decoding showed something about the original that the plan did not know and the result lacks.
    Changed(Box<(Failure, Learned)>),
    /// Chapters or subtitles extend beyond the end of picture and audio.
    Overlong {
        /// End of picture and audio, in seconds.
        shown: f64,
        /// The failure, if clipping does not help.
        failure: Failure,
    },
}

impl Refusal {
    /// The failure, if no further attempt is made.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Refusal::Failed(failure) | Refusal::Doubtful(failure) | Refusal::Overlong { failure, .. } => {
                failure
            }
            Refusal::Unfaithful(refused) => refused.0,
            Refusal::Changed(changed) => changed.0,
        }
    }
}

/// Verifies a finished encode.
///
/// # Errors
/// Why the result may not be published.
pub fn verify(case: &Case<'_>) -> Result<Verdict, Refusal> {
    let (report, size) = (case.report, case.output.size.unwrap_or(0));
    if size == 0 || case.output.streams.is_empty() {
        return Err(Refusal::Failed(empty(report)));
    }
    let cut = cut::check(case)?;
    copies::refuse_faulty(case)?;
    if !report.saw_end {
        return Err(Refusal::Failed(wrong(Fault::Unfinished, report)));
    }
    changes::check(case)?;
    let (mut streams, mut remarks) = (Vec::new(), Vec::from_iter(cut));
    let pairs = matched(case).map_err(Refusal::Failed)?;
    for (planned, found) in &pairs {
        let (check, stream_remarks) = changes::explained(case, check(case, planned, found))?;
        streams.push(check);
        remarks.extend(stream_remarks);
    }
    remarks.dedup();
    remarks.extend(remarks::second_recording(case));
    remarks.extend(remarks::other_speed(case));
    if lead::needs_measuring(case) {
        return Err(Refusal::Doubtful(wrong(Fault::BeginUnknown, report)));
    }
    remarks.extend(range::check(case)?);
    remarks.extend(whole::check(case)?);
    remarks.extend(empty::remarks(case));
    remarks.extend(changes::remarks(case));
    let changes = compared::differences(case, &pairs, &streams);
    remarks.extend(compared::remarks(&changes));
    remarks.extend(telemetry::remarks(case));
    remarks.extend(remarks::fitted(case));
    remarks.extend(remarks::single_channels(case));
    remarks.extend(remarks::holes(case));
    remarks.extend(remarks::code_pages(case));
    remarks.extend(captions::remark(case));
    remarks.extend(remarks::shared_times(case));
    remarks.extend(lead::remark(case));
    remarks.extend(remarks::damage(case));
    remarks.extend(remarks::bigger(case.source, size));
    let damaged = remarks::damaged_spots(case);
    Ok(Verdict {
        remarks,
        verification: Verification { size, seconds: case.output.seconds, streams, damaged, changes },
    })
}

/// Checks one stream of the result. Returns the check and its remarks.
fn check(case: &Case<'_>, planned: &Planned, found: &Stream) -> Result<(StreamCheck, Vec<Remark>), Refusal> {
    let input = case.source.streams.iter().find(|s| s.index == planned.input);
    let stats = case.report.inputs.iter().find(|s| s.index == planned.input);
    let copied = matches!(planned.action, Action::Copy { .. });
    let mut check = StreamCheck {
        input: planned.input,
        kind: planned.kind,
        cover: planned.cover,
        copied,
        planned: expected_codec(planned).to_owned(),
        codec: found.codec.clone(),
        seconds: Measure::default(),
        frames: Measure::default(),
        by: Evidence::Presence,
        compared: false,
        decoded: stats.and_then(|stats| decoded(stats, Side::Source)),
    };
    let timed = matches!(planned.kind, Kind::Video | Kind::Audio) && !planned.cover;
    if empty::is_empty(planned, case) {
        return Ok((check, Vec::new()));
    }
    let Some(input) = input.filter(|_| timed) else { return Ok((check, Vec::new())) };
    let pair = Pair { planned, found, input, stats };
    if let Some(copy) = copies::check(&pair, case)? {
        let Copy { seconds, frames, decoded, compared, remark } = copy;
        let by = Evidence::Packets;
        return Ok((
            StreamCheck { seconds, frames, by, compared, decoded, ..check },
            remark.into_iter().collect(),
        ));
    }
    let length = length::check_length(&pair, case)?;
    check.frames = length::check_count(&pair, case)?;
    (check.seconds, check.by) = (length.seconds, length.by);
    Ok((check, length.remark.into_iter().chain(length::damaged_times(&pair, case)).collect()))
}

fn decoded(stats: &InputStats, of: Side) -> Option<Decoded> {
    let InputStats { frames, samples, .. } = *stats;
    (frames.is_some() || samples.is_some()).then_some(Decoded { of, frames, samples, places: None })
}

struct Pair<'a> {
    planned: &'a Planned,
    found: &'a Stream,
    input: &'a Stream,
    stats: Option<&'a InputStats>,
}

/// Pairs each planned stream with the n-th stream of its kind in the result.
fn matched<'a>(case: &Case<'a>) -> Result<Vec<(&'a Planned, &'a Stream)>, Failure> {
    let mut pairs = Vec::new();
    for kind in [Kind::Video, Kind::Audio, Kind::Subtitle, Kind::Attachment, Kind::Data] {
        // The only planned data is telemetry; time codes and chapters are other data tracks.
        let is_expected = |s: &&Stream| kind != Kind::Data || media::telemetry::writer(s).is_some();
        let mut found = case.output.streams.iter().filter(|s| s.kind == kind).filter(is_expected);
        let absent = empty::absent(case, kind);
        for planned in case.plan.kept().filter(|p| p.kind == kind && !absent.contains(&p.input)) {
            let matches_plan = |s: &&Stream| match kind {
                Kind::Attachment => true,
                Kind::Data => telemetry::is_planned(planned, s),
                _ => s.codec == expected_codec(planned),
            };
            let stream =
                found.next().filter(matches_plan).ok_or_else(|| wrong(missing(planned), case.report))?;
            pairs.push((planned, stream));
        }
    }
    Ok(pairs)
}

fn expected_codec(planned: &Planned) -> &str {
    match &planned.action {
        Action::Convert(spec) => &spec.codec,
        Action::Copy { .. } | Action::Drop { .. } => &planned.codec,
    }
}

fn missing(planned: &Planned) -> Fault {
    Fault::TrackMissing { carries: planned.kind, cover: planned.cover }
}

/// Refuses a result that reveals the location. Copies that carry their own texts may be the cause; converting other
/// streams would not help.
pub(crate) fn tells_place(by: LocationIn, plan: &Plan, report: &RunReport) -> Refusal {
    let with_texts = plan.copies().filter(|s| matches!(s.codec.as_str(), "vorbis" | "theora"));
    let faults = with_texts.map(|s| (s.input, CopyFault::Differs)).collect();
    Refusal::Unfaithful(Box::new((wrong(Fault::TellsPlace { by }, report), faults)))
}

fn wrong(fault: Fault, report: &RunReport) -> Failure {
    Failure { log_tail: report.log_tail.clone(), ..Reason::WrongResult { fault }.into() }
}

fn empty(report: &RunReport) -> Failure {
    if report.cut_short {
        Failure { log_tail: report.log_tail.clone(), ..Reason::NothingReadable.into() }
    } else {
        wrong(Fault::Empty, report)
    }
}

fn truncated(readable: f64, declared: f64, report: &RunReport) -> Failure {
    let reason = Reason::EndsEarly { readable, whole: declared, estimated: false };
    Failure { log_tail: report.log_tail.clone(), ..reason.into() }
}
