//! What is to be said of a result that passed: what was lost by plan, damage that decoding met, its size. Pure.

use super::Case;
use crate::ffmpeg::report::MOST_ERRORS;
use crate::ffmpeg::run::Report;
use crate::media::{Kind, MediaInfo};
use crate::plan::{Action, Plan, Planned};

/// What was lost by plan, for people who did not read it.
pub(super) fn losses(plan: &Plan) -> Vec<String> {
    let loss = |planned: &Planned| match &planned.action {
        Action::Drop { reason } if matches!(planned.kind, Kind::Video | Kind::Audio | Kind::Subtitle) => {
            Some(format!("Track {} was left out: {reason}.", planned.input))
        }
        Action::Convert { loss, .. } if !loss.is_empty() => Some(format!("Track {}: {loss}.", planned.input)),
        _ => None,
    };
    plan.streams.iter().filter_map(loss).collect()
}

/// Pictures that no player could have shown.
pub(super) fn shared_times(Case { plan, report, .. }: &Case<'_>) -> Option<String> {
    let picture = plan.picture()?.input;
    let all = report.inputs.iter().find(|s| s.index == picture)?.frames?;
    (report.dropped > (all / 100).max(2)).then(|| {
        format!("{} of {all} pictures have the same time as another and were left out.", report.dropped)
    })
}

/// Lines that say a second time what the line before them said.
const AGAIN: &[&str] = &[
    "Error while decoding stream",
    "Error submitting packet to decoder",
    "Error splitting the input into NAL units",
];

/// Damaged spots that decoding met, as far as they were counted.
pub(super) fn damaged_spots(report: &Report) -> usize {
    let again = |line: &&String| AGAIN.iter().any(|phrase| line.contains(phrase));
    let repeated = report.errors.iter().filter(again).count();
    (report.errors.len() - repeated).max(usize::from(repeated > 0))
}

/// Damage that decoding met, in the words of a row.
pub(super) fn damage(report: &Report) -> Option<String> {
    match damaged_spots(report) {
        0 => None,
        1 => Some("1 damaged spot in the original; it may show in the result.".into()),
        n if report.errors.len() >= MOST_ERRORS => {
            Some(format!("More than {n} damaged spots in the original; they may show in the result."))
        }
        n => Some(format!("{n} damaged spots in the original; they may show in the result.")),
    }
}

/// By how many percent `size` is more than the source.
pub(super) fn bigger(source: &MediaInfo, size: u64) -> Option<String> {
    let percent = growth(source, size)?;
    (percent >= 1.0).then(|| format!("The result is {percent:.0} % bigger than the original."))
}

fn growth(source: &MediaInfo, size: u64) -> Option<f64> {
    let before = source.size.filter(|s| *s > 0)?;
    Some((size as f64 / before as f64 - 1.0) * 100.0)
}

/// What to say where a result of `size` bytes was discarded for being bigger.
pub fn kept_original(source: &MediaInfo, size: u64) -> String {
    let percent = growth(source, size).unwrap_or(0.0);
    format!("The result would have been {percent:.0} % bigger, so the original was kept.")
}
