//! Detects truncated originals: the container declares how much there should be, and what was read shows how much
//! there is.
//!
//! Pure. Guarantees that a declaration alone refuses nothing: picture and audio must be shorter too.

use super::agreed::{agree, gaps};
use super::{Case, Refusal, matched};
use crate::failure::{Failure, Reason};
use crate::media::Kind;
use crate::remark::Remark;

/// Truncated part of a truncated original, in seconds.
struct Truncated {
    readable: f64,
    whole: f64,
    /// `whole` is estimated from the size of the file.
    estimated: bool,
}

/// Refuses the result of a truncated original, or returns a remark.
///
/// # Errors
/// `source_truncated` with what can be read, unless that is enough.
pub(super) fn check(case: &Case<'_>) -> Result<Option<Remark>, Refusal> {
    let Some(Truncated { readable, whole, estimated }) = readable_part(case) else {
        let cut = case.source.stated.and_then(|stated| stated.is_cut(case.source.size?));
        return Ok((cut == Some(true)).then_some(Remark::EndMayBeMissing));
    };
    if case.salvage {
        let gaps = case.plan.picture().map_or_else(Vec::new, |picture| gaps(case, picture.input));
        return Ok(Some(Remark::Partial {
            readable_seconds: readable,
            whole_seconds: whole,
            reckoned: estimated,
            gaps,
        }));
    }
    let log_tail = case.report.log_tail.clone();
    let reason = Reason::EndsEarly { readable, whole, estimated };
    Err(Refusal::Failed(Failure { log_tail, ..reason.into() }))
}

/// Whether the remark covers the whole file, so that streams need none.
pub(super) fn is_partial(case: &Case<'_>) -> bool {
    case.salvage && readable_part(case).is_some()
}

/// `None` if picture and audio are as long as declared.
fn readable_part(case: &Case<'_>) -> Option<Truncated> {
    let stated = case.source.stated.filter(|_| case.report.saw_end)?;
    let (readable, size) = (found(case)?, case.source.size?);
    let (whole, estimated) = match stated.is_cut(size) {
        // All bytes are there: a longer declared length is a mistake.
        Some(false) => return None,
        None => (stated.seconds, false),
        Some(true) => match stated.seconds.or_else(|| declared(case)) {
            None => (by_size(readable, size, stated.bytes), true),
            declared => (declared, false),
        },
    };
    let whole = whole.filter(|whole| readable < *whole && !agree(readable, *whole))?;
    Some(Truncated { readable, whole, estimated })
}

/// Length of the longest video or audio stream of the result, in seconds.
fn found(case: &Case<'_>) -> Option<f64> {
    let pairs = matched(case).ok()?;
    let timed = pairs
        .iter()
        .filter(|(planned, _)| matches!(planned.kind, Kind::Video | Kind::Audio) && !planned.cover);
    timed.filter_map(|(_, found)| found.seconds.or(case.output.seconds)).reduce(f64::max)
}

/// Length by its header, where ffmpeg does not estimate it from the size of the truncated file.
fn declared(case: &Case<'_>) -> Option<f64> {
    case.source.seconds.filter(|_| !matches!(case.source.container.as_str(), "avi" | "wav"))
}

/// Estimated whole length, from the share of bytes that is there.
fn by_size(found: f64, size: u64, stated: Option<u64>) -> Option<f64> {
    stated.filter(|_| size > 0).map(|stated| found * (stated as f64 / size as f64))
}
