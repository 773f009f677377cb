//! Was the original cut? Its container states how much of it there should be; what was read of it tells how much there is.
//!
//! Pure. Guarantees that a statement alone refuses nothing: the film itself must be shorter too.

use super::agreed::{agree, gaps};
use super::{Case, Refusal, matched};
use crate::failure::{Failure, Reason};
use crate::media::Kind;
use crate::remark::Remark;

/// What is left of an original that was cut, in seconds.
struct Left {
    readable: f64,
    whole: f64,
    /// The whole is reckoned from the bytes that are there.
    reckoned: bool,
}

/// Refuses the result of an original that was cut, or answers what to say of it.
///
/// # Errors
/// `source_truncated` with what can be read, unless that is enough.
pub(super) fn check(case: &Case<'_>) -> Result<Option<Remark>, Refusal> {
    let Some(Left { readable, whole, reckoned }) = left(case) else {
        let cut = case.source.stated.and_then(|stated| stated.is_cut(case.source.size?));
        return Ok((cut == Some(true)).then_some(Remark::EndMayBeMissing));
    };
    if case.salvage {
        let gaps = case.plan.picture().map_or_else(Vec::new, |picture| gaps(case, picture.input));
        return Ok(Some(Remark::Partial {
            readable_seconds: readable,
            whole_seconds: whole,
            reckoned,
            gaps,
        }));
    }
    let log_tail = case.report.log_tail.clone();
    let reason = Reason::EndsEarly { readable, whole, estimated: reckoned };
    Err(Refusal::Failed(Failure { log_tail, ..reason.into() }))
}

/// Was that said of the whole file, so that it need not be of each stream?
pub(super) fn is_partial(case: &Case<'_>) -> bool {
    case.salvage && left(case).is_some()
}

/// Nothing of an original of which the film is as long as it states.
fn left(case: &Case<'_>) -> Option<Left> {
    let stated = case.source.stated.filter(|_| case.report.saw_end)?;
    let (readable, size) = (found(case)?, case.source.size?);
    let (whole, reckoned) = match stated.is_cut(size) {
        // All bytes are there: a length that is longer is no more than a mistake.
        Some(false) => return None,
        None => (stated.seconds, false),
        Some(true) => match stated.seconds.or_else(|| declared(case)) {
            None => (by_size(readable, size, stated.bytes), true),
            told => (told, false),
        },
    };
    let whole = whole.filter(|whole| readable < *whole && !agree(readable, *whole))?;
    Some(Left { readable, whole, reckoned })
}

/// Length of the longest picture or sound of the result.
fn found(case: &Case<'_>) -> Option<f64> {
    let pairs = matched(case).ok()?;
    let timed = pairs
        .iter()
        .filter(|(planned, _)| matches!(planned.kind, Kind::Video | Kind::Audio) && !planned.cover);
    timed.filter_map(|(_, found)| found.seconds.or(case.output.seconds)).reduce(f64::max)
}

/// Length by its header, where ffmpeg does not reckon it from the size that the file has left.
fn declared(case: &Case<'_>) -> Option<f64> {
    case.source.seconds.filter(|_| !matches!(case.source.container.as_str(), "avi" | "wav"))
}

/// Length of the whole, by the share of it that is there.
fn by_size(found: f64, size: u64, stated: Option<u64>) -> Option<f64> {
    stated.filter(|_| size > 0).map(|stated| found * (stated as f64 / size as f64))
}
