//! Is the result what was planned? *Done* is earned here and nowhere else.
//!
//! Pure: judges the plan, what ffmpeg read of the source, and what ffprobe finds in the part file. Guarantees
//! that a result that is short, empty or lacks a stream is never called done. Exit codes prove nothing.

use crate::failure::{Failure, FailureCode, NOTHING_READABLE};
use crate::ffmpeg::classify::DECODING;
use crate::ffmpeg::run::Report;
use crate::ffmpeg::statistics::InputStats;
use crate::media::{self, Kind, Measured, MediaInfo, Span, Stream};
use crate::plan::{Action, Plan, Planned};

/// A finished encode and what is known of it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What was to be done.
    pub plan: &'a Plan,
    /// The source by its headers.
    pub source: &'a MediaInfo,
    /// What ffmpeg said.
    pub report: &'a Report,
    /// The part file.
    pub output: &'a MediaInfo,
    /// The source by its packets, where that was asked for.
    pub measured: Option<&'a Measured>,
    /// What is readable of a damaged source is enough.
    pub salvage: bool,
}

/// A result that may be published.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// To be shown with it.
    pub remarks: Vec<String>,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a result may not be published.
#[derive(Debug)]
pub enum Refusal {
    /// It is not what was planned.
    Failed(Failure),
    /// It is another length than the source's headers say: the packets of the source must decide.
    Doubtful(Failure),
}

/// Judges a finished encode.
pub fn verify(case: &Case<'_>) -> Result<Verdict, Refusal> {
    let (report, size) = (case.report, case.output.size.unwrap_or(0));
    if size == 0 || case.output.streams.is_empty() {
        return Err(Refusal::Failed(empty(report)));
    }
    if !report.saw_end {
        return Err(Refusal::Failed(wrong("ffmpeg ended before it said that it was through.", report)));
    }
    let mut remarks = Vec::new();
    for (planned, found) in matched(case).map_err(Refusal::Failed)? {
        let input = case.source.streams.iter().find(|s| s.index == planned.input);
        let stats = report.inputs.iter().find(|s| s.index == planned.input);
        let timed = matches!(planned.kind, Kind::Video | Kind::Audio) && !planned.cover;
        if let Some(input) = input.filter(|_| timed) {
            let pair = Pair { planned, found, input, stats };
            remarks.extend(check_length(&pair, case)?);
            check_count(&pair, case)?;
            remarks.extend(squeezed(&pair));
        }
    }
    remarks.dedup();
    remarks.extend(losses(case.plan));
    remarks.extend(shared_times(case));
    remarks.extend(damage(report));
    remarks.extend(bigger(case.source, size));
    Ok(Verdict { remarks, size })
}

struct Pair<'a> {
    planned: &'a Planned,
    found: &'a Stream,
    input: &'a Stream,
    stats: Option<&'a InputStats>,
}

/// Pairs each planned stream with the one in the result: the n-th of its kind.
fn matched<'a>(case: &Case<'a>) -> Result<Vec<(&'a Planned, &'a Stream)>, Failure> {
    let mut pairs = Vec::new();
    for kind in [Kind::Video, Kind::Audio, Kind::Subtitle, Kind::Attachment] {
        let mut found = case.output.streams.iter().filter(|s| s.kind == kind);
        for planned in case.plan.kept().filter(|p| p.kind == kind) {
            let right = |s: &&Stream| kind == Kind::Attachment || s.codec == expected_codec(planned);
            let stream = found.next().filter(right).ok_or_else(|| wrong(&missing(planned), case.report))?;
            pairs.push((planned, stream));
        }
    }
    Ok(pairs)
}

fn expected_codec(planned: &Planned) -> &str {
    match &planned.action {
        Action::Convert { codec, .. } => codec,
        Action::Copy { .. } | Action::Drop { .. } => &planned.codec,
    }
}

fn missing(planned: &Planned) -> String {
    let what = match planned.kind {
        Kind::Video if planned.cover => "The cover",
        Kind::Video => "The picture",
        Kind::Audio => "A sound track",
        Kind::Attachment => "An attached file",
        _ => "A subtitle track",
    };
    format!("{what} is missing in the result.")
}

/// Is the stream as long as its source? Independent witnesses are the source's header and, where that disagrees,
/// its packets; what ffmpeg says that it decoded counts only where it also says that something is damaged, or where
/// a bare stream has nothing else.
fn check_length(pair: &Pair<'_>, case: &Case<'_>) -> Result<Option<String>, Refusal> {
    let report = case.report;
    let Some(found) = pair.found.seconds.or(case.output.seconds) else {
        return Err(Refusal::Failed(wrong("The length of the result cannot be read.", report)));
    };
    let declared = pair.input.seconds.or(case.source.seconds);
    if declared.is_some_and(|declared| agree(found, declared)) {
        return Ok(None);
    }
    let short = declared.filter(|declared| found < *declared);
    if let Some(declared) = short.filter(|_| report.cut_short && !case.salvage && declares(case.source)) {
        return Err(Refusal::Failed(truncated(found, declared, report)));
    }
    let Some(measured) = case.measured else {
        return Err(Refusal::Doubtful(other_length(pair, found, declared, report)));
    };
    let span = measured.streams.get(&pair.planned.input);
    // The last picture may stand for long, which not every container can say.
    let reaches = |s: &&Span| agree(found, s.seconds) || (s.last..s.seconds).contains(&found);
    let witnessed = span.filter(reaches).map(|s| s.seconds);
    if witnessed.is_none()
        && span.is_some_and(|s| joins(case.source) && s.joined.is_some_and(|j| agree(found, j)))
    {
        return Ok(Some("The clock of the original jumps; its parts were joined.".into()));
    }
    let timeless = is_bare(case.source) || (declared.is_none() && span.is_none());
    let bare = timeless && !report.cut_short;
    let counted = decoded_seconds(pair).filter(|s| (bare || !report.errors.is_empty()) && agree(found, *s));
    if let Some(rate) = pair.input.video.as_ref().and_then(|p| p.rate).filter(|_| bare && counted.is_some()) {
        let rate = (rate * 1000.0).round() / 1000.0;
        return Ok(Some(format!("The original keeps no times; {rate} pictures a second were assumed.")));
    }
    if witnessed.or(counted).is_none() {
        let expected = span.map(|s| s.seconds).or(declared);
        return Err(Refusal::Failed(other_length(pair, found, expected, report)));
    }
    Ok(missing_part(pair, case, found, short))
}

/// These containers declare too little to tell a file that was cut from a whole one: a header is written once, at
/// the beginning, or there is none.
fn declares(source: &MediaInfo) -> bool {
    !matches!(source.container.as_str(), "avi" | "mpegts" | "mpeg" | "mpegvideo")
}

/// In these containers ffmpeg closes jumps of the clock: recordings begin anew, and pieces are put together.
fn joins(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "mpegts" | "mpeg")
}

/// A stream without a container, as one in a container that was given no time stamps, has neither a length nor
/// times: its frames, at their rate, are all there is.
fn is_bare(source: &MediaInfo) -> bool {
    matches!(source.container.as_str(), "h264" | "hevc" | "h263" | "m4v" | "mpegvideo" | "vc1" | "obu")
}

/// What to say of a result that is shorter than the source's header promises: what is missing, where that matters.
fn missing_part(pair: &Pair<'_>, case: &Case<'_>, found: f64, declared: Option<f64>) -> Option<String> {
    let declared = declared.filter(|d| case.source.length().is_some_and(|l| l >= *d * 0.5))?;
    let (readable, whole) = (media::running_time(found), media::running_time(declared));
    let span = case.measured.and_then(|m| m.streams.get(&pair.planned.input));
    let gaps: Vec<String> = span.map_or(&[][..], |s| &s.gaps[..]).iter().map(range).collect();
    let gaps = if gaps.is_empty() { String::new() } else { format!(" Missing within: {}.", gaps.join(", ")) };
    if case.salvage && case.report.cut_short {
        return Some(format!("Partial: {readable} of {whole} could be read; what follows is missing.{gaps}"));
    }
    let told = case.source.container == "avi" || !case.report.errors.is_empty();
    told.then(|| format!("The original is not all there: {readable} of {whole} could be read.{gaps}"))
}

fn range((from, to): &(f64, f64)) -> String {
    format!("{}\u{2013}{}", media::running_time(*from), media::running_time(*to))
}

fn agree(found: f64, length: f64) -> bool {
    (found - length).abs() <= tolerance(length)
}

fn other_length(pair: &Pair<'_>, found: f64, expected: Option<f64>, report: &Report) -> Failure {
    let what = if pair.planned.kind == Kind::Video { "picture" } else { "sound" };
    let instead = match expected {
        Some(expected) => format!("instead of {expected:.1} s"),
        None => "and nothing in the original tells how long it should".into(),
    };
    wrong(&format!("The {what} of the result lasts {found:.1} s {instead}."), report)
}

/// As long as a stream may be off: half a second or 1 %, whichever is more.
fn tolerance(seconds: f64) -> f64 {
    (seconds * 0.01).max(0.5)
}

/// Length of what was decoded: samples by their rate, frames by theirs.
fn decoded_seconds(pair: &Pair<'_>) -> Option<f64> {
    let stats = pair.stats?;
    if pair.planned.kind == Kind::Audio {
        return Some(stats.samples? as f64 / f64::from(pair.input.sample_rate.filter(|r| *r > 0)?));
    }
    let rate = pair.input.video.as_ref()?.rate?;
    let frames = stats
        .frames
        .or_else(|| matches!(pair.planned.action, Action::Copy { .. }).then_some(stats.packets))?;
    Some(frames as f64 / rate)
}

/// As many pictures as were decoded (copied: as many packets as were read, from the first that stands on its own),
/// within 1 or 1 %, less those that share their time with another; where the rate is capped, no more than those.
fn check_count(pair: &Pair<'_>, case: &Case<'_>) -> Result<(), Refusal> {
    let report = case.report;
    let capped = matches!(pair.planned.action, Action::Convert { frames_change: true, .. });
    let expected = match &pair.planned.action {
        Action::Convert { .. } => pair.stats.and_then(|s| s.frames),
        Action::Copy { .. } => pair.stats.map(|s| s.packets),
        Action::Drop { .. } => None,
    };
    let (Some(expected), Some(found)) =
        (expected.filter(|_| pair.planned.kind == Kind::Video), pair.found.packets)
    else {
        return Ok(());
    };
    if is_as_many(expected, found, capped)
        || is_as_many(expected.saturating_sub(report.dropped), found, capped)
    {
        return Ok(());
    }
    let failure = wrong(&format!("The result has {found} pictures instead of {expected}."), report);
    let copied = matches!(pair.planned.action, Action::Copy { .. });
    match case.measured.and_then(|m| m.streams.get(&pair.planned.input)) {
        Some(span) if copied && is_as_many(expected.saturating_sub(span.lead), found, false) => Ok(()),
        None if copied => Err(Refusal::Doubtful(failure)),
        _ => Err(Refusal::Failed(failure)),
    }
}

/// Sound whose times are damaged: more was decoded than the result has time for.
fn squeezed(pair: &Pair<'_>) -> Option<String> {
    let (decoded, found) = (decoded_seconds(pair)?, pair.found.seconds?);
    let (whole, left) = (media::running_time(decoded), media::running_time(found));
    let lost = pair.planned.kind == Kind::Audio && decoded > found + 2.0 * tolerance(found);
    lost.then(|| format!("The times of the sound are damaged: {whole} of it became {left}."))
}

fn is_as_many(expected: u64, found: u64, capped: bool) -> bool {
    expected.abs_diff(found) <= (expected / 100).max(1) || (capped && found < expected)
}

fn wrong(message: &str, report: &Report) -> Failure {
    Failure { log_tail: report.log_tail.clone(), ..Failure::new(FailureCode::VerificationFailed, message) }
}

fn empty(report: &Report) -> Failure {
    if report.cut_short {
        let code = FailureCode::SourceTruncated;
        Failure { log_tail: report.log_tail.clone(), ..Failure::new(code, NOTHING_READABLE) }
    } else {
        wrong("The result is empty.", report)
    }
}

fn truncated(readable: f64, declared: f64, report: &Report) -> Failure {
    let message = format!(
        "The recording ends early: {} of {} can be read.",
        media::running_time(readable),
        media::running_time(declared)
    );
    Failure { log_tail: report.log_tail.clone(), ..Failure::new(FailureCode::SourceTruncated, message) }
}

/// What was lost by plan, for people who did not read it.
fn losses(plan: &Plan) -> Vec<String> {
    let loss = |planned: &Planned| match &planned.action {
        Action::Drop { reason }
            if !planned.cover && matches!(planned.kind, Kind::Video | Kind::Audio | Kind::Subtitle) =>
        {
            Some(format!("Track {} was left out: {reason}.", planned.input))
        }
        Action::Convert { loss, .. } if !loss.is_empty() => Some(format!("Track {}: {loss}.", planned.input)),
        _ => None,
    };
    plan.streams.iter().filter_map(loss).collect()
}

/// Pictures that no player could have shown.
fn shared_times(Case { plan, report, .. }: &Case<'_>) -> Option<String> {
    let picture = plan.picture()?.input;
    let all = report.inputs.iter().find(|s| s.index == picture)?.frames?;
    (report.dropped > (all / 100).max(2)).then(|| {
        format!("{} of {all} pictures have the same time as another and were left out.", report.dropped)
    })
}

/// Does this line repeat the error of the line before it?
fn is_again(line: &str) -> bool {
    let phrases = DECODING.iter().chain(&["Error splitting the input into NAL units"]);
    phrases.into_iter().any(|phrase| line.contains(phrase))
}

/// Damage that decoding met, in the words of a row.
fn damage(report: &Report) -> Option<String> {
    if report.errors.is_empty() {
        return None;
    }
    match report.errors.iter().filter(|line| !is_again(line)).count() {
        0 | 1 => Some("1 damaged spot in the original; it may show in the result.".into()),
        n if report.errors.len() >= crate::ffmpeg::report::MOST_ERRORS => {
            Some(format!("More than {n} damaged spots in the original; they may show in the result."))
        }
        n => Some(format!("{n} damaged spots in the original; they may show in the result.")),
    }
}

/// By how many percent `size` is more than the source.
fn bigger(source: &MediaInfo, size: u64) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_spot_counts_once_in_the_words_of_old_and_new_versions() {
        for again in [
            "Error while decoding stream #0:1: Invalid data found when processing input",
            "Error submitting packet to decoder: Invalid data found when processing input",
            "Error processing packet in decoder: Invalid data found when processing input",
            "Decoding error: Invalid data found when processing input",
            "Error splitting the input into NAL units.",
        ] {
            assert!(is_again(again), "{again}");
        }
        assert!(
            !is_again("error while decoding MB 3 9") && !is_again("channel element 1.12 is not allocated")
        );
    }

    #[test]
    fn pictures_may_be_off_by_one_in_a_hundred_and_a_cap_may_only_drop_some() {
        assert!(is_as_many(30, 31, false) && is_as_many(1000, 990, false));
        assert!(!is_as_many(30, 58, false) && !is_as_many(30, 28, false));
        assert!(is_as_many(120, 60, true) && !is_as_many(30, 58, true));
    }
}
