//! Remarks on a result, in English.
//!
//! Pure. Guarantees a sentence for every remark, and that remarks with the same sentence share it.

use super::numbers::{gaps, growth, number, part};
use super::{Sentence, difference, stream_reason};
use crate::media::{CopyFault, Kind, running_time};
use crate::remark::{Remark, SizeAt, SoundKind};

/// A sentence with its remark, or the first of those that share it.
#[derive(Debug, Clone, PartialEq)]
pub struct RemarkText {
    /// The remark.
    pub remark: Remark,
    /// Its sentence.
    pub sentence: Sentence,
}

/// The sentences with their remarks. Differences of one kind share a sentence.
pub fn remarks(remarks: &[Remark]) -> Vec<RemarkText> {
    let differs = |remark: &Remark| matches!(remark, Remark::Differs(_));
    let together = remarks.chunk_by(|a, b| differs(a) && differs(b));
    let mut all: Vec<RemarkText> = together.flat_map(run).collect();
    // Remarks on several streams may be equal after rounding.
    all.dedup_by(|a, b| a.sentence == b.sentence);
    all
}

/// The sentences without remarks.
pub fn sentences(of: &[Remark]) -> Vec<Sentence> {
    remarks(of).into_iter().map(|item| item.sentence).collect()
}

/// Sentences for a run of differences, or for one remark of another kind.
fn run(run: &[Remark]) -> Vec<RemarkText> {
    let differences = run.iter().filter_map(|remark| match remark {
        Remark::Differs(difference) => Some(difference),
        _ => None,
    });
    let differences = difference::grouped(differences).into_iter();
    let differences = differences.map(|(first, text)| (Remark::Differs(first.clone()), text));
    let others = run.iter().filter(|remark| !matches!(remark, Remark::Differs(_)));
    let others = others.map(|remark| (remark.clone(), words(remark)));
    differences
        .chain(others)
        .map(|(remark, text)| RemarkText { remark, sentence: Sentence::new(text) })
        .collect()
}

fn words(remark: &Remark) -> String {
    match remark {
        Remark::Partial { readable_seconds, whole_seconds, reckoned, gaps: missing } => {
            let part = part(*readable_seconds, *whole_seconds, *reckoned);
            format!("Partial: {part} could be read; what follows is missing.{}", gaps(missing))
        }
        Remark::Incomplete { readable_seconds, declared_seconds, gaps: missing } => {
            let part = part(*readable_seconds, *declared_seconds, false);
            format!("The original is incomplete: {part} could be read.{}", gaps(missing))
        }
        Remark::AssumedRate { rate } => {
            format!("The original has no timestamps; {} frames per second were assumed.", number(*rate))
        }
        Remark::SoundTimesDamaged { decoded_seconds, kept_seconds } => {
            let (whole, left) = (running_time(*decoded_seconds), running_time(*kept_seconds));
            format!("The timestamps of the sound are damaged: {whole} of it became {left}.")
        }
        Remark::LateKeyframe { seconds } => format!(
            "The recording begins {seconds:.1} s before its first keyframe; the picture is shown from there on."
        ),
        Remark::Outlasts { seconds, shown_seconds } => {
            let (lasts, ends) = (running_time(*seconds), running_time(*shown_seconds));
            format!("The result lasts {lasts}, though its picture and sound end at {ends}.")
        }
        Remark::ChaptersBeyondEnd { count, of } => chapters(*count, *of),
        Remark::EmptyTrack { track } => format!("Track {track} is empty."),
        Remark::SizeChanges { sizes, more } => size_changes(sizes, *more),
        Remark::SoundChanges { track, kinds } => sound_changes(*track, kinds),
        Remark::PicturesBackInTime { count, of } => {
            format!("{count} of {of} pictures go back in time and were left out.")
        }
        Remark::PicturesAtOneTime { count, of } => {
            format!("{count} of {of} pictures have the same time as another and were left out.")
        }
        Remark::DamagedSpots { count, at_least } => damaged(*count, *at_least),
        Remark::Bigger { source_bytes, result_bytes } => {
            format!("The result is {:.0} % bigger than the original.", growth(*source_bytes, *result_bytes))
        }
        Remark::OriginalKept { source_bytes, result_bytes } => {
            let percent = growth(*source_bytes, *result_bytes);
            format!("The result would have been {percent:.0} % bigger, so the original was kept.")
        }
        Remark::NotCopied { stream, fault } => not_copied(*stream, *fault),
        Remark::Text { text } => text.clone(),
        other => of_tracks(other),
    }
}

/// Sentences about tracks, names and limits.
fn of_tracks(remark: &Remark) -> String {
    match remark {
        Remark::TelemetryLeftOut { track, writer, reason } => {
            format!("Telemetry ({writer}, track {track}) was left out: {}.", stream_reason::words(reason))
        }
        Remark::TelemetryBeyondEnd { track, writer } => {
            format!("Telemetry ({writer}, track {track}) beyond the end of the video was left out.")
        }
        Remark::TelemetryIncomplete { track, writer, count, of } => {
            format!("Telemetry ({writer}, track {track}) is incomplete: {count} of {of} parts remain.")
        }
        Remark::WithinLimit { limit_bytes } => {
            format!("The original is below {} MB already, so it was copied.", limit_bytes / 1_000_000)
        }
        Remark::SoundMissing { track, seconds, copied } => {
            let then =
                if *copied { "some players play what follows too early" } else { "there is silence instead" };
            format!("{seconds:.1} s of the sound of track {track} are missing in the original; {then}.")
        }
        Remark::CodePage { track, page } => {
            format!("Track {track}: its text is not UTF-8 and was read as {page}.")
        }
        Remark::OverlappingLines { count: 1 } => {
            "1 line of subtitles overlaps others and is cut short or not shown; MKV keeps it.".into()
        }
        Remark::OverlappingLines { count } => {
            format!(
                "{count} lines of subtitles overlap others and are cut short or not shown; MKV keeps them."
            )
        }
        Remark::NameRefused { name } => {
            format!("The drive refused the name \"{name}\", so the result has another one.")
        }
        plain => fixed(plain).to_owned(),
    }
}

/// Sentences for remarks without values.
fn fixed(remark: &Remark) -> &'static str {
    match remark {
        Remark::EndMayBeMissing => "The original is shorter than it declares; its very end may be missing.",
        Remark::SecondRecording => "Partial: a second recording follows this one in the file; it is missing.",
        Remark::OtherSpeed => {
            "Partial: the original is set to play at another speed; the result has the recorded speed."
        }
        Remark::PartsJoined => "The timestamps of the original jump; its parts were joined.",
        Remark::HdrInEightBits => {
            "The picture is marked as high dynamic range and has only 8 bits, as the original has."
        }
        Remark::DolbyVisionUndeclared => {
            "The picture is no longer declared to be Dolby Vision: this container cannot declare it."
        }
        Remark::DolbyVisionLeftOut => {
            "Dolby Vision was left out; the picture is what other players show of it."
        }
        Remark::Hdr10PlusLeftOut => "The HDR10+ metadata was left out; the picture is plain HDR10.",
        Remark::HdrVividLeftOut => "The HDR Vivid metadata was left out; the picture is plain HDR.",
        Remark::SingleChannels => {
            "The sound tracks of the original have one channel each, as cameras store left and right; players play one of \
             them at a time. The filter \"join\" of ffmpeg makes one track of two."
        }
        Remark::CaptionsMoved => {
            "The captions inside the picture became subtitles, without their positions and colours."
        }
        Remark::CaptionsLost => "The captions inside the picture were lost.",
        Remark::CaptionsDamaged => "Some of the captions inside the picture were lost.",
        Remark::HardwareFailed => "The graphics hardware could not encode this; the processor did.",
        Remark::EncodedAgain => {
            "It was encoded a second time, using what the first encode showed about the original."
        }
        Remark::OwnResult => {
            "It is a result of Spool already and was left as it is; with --again, or added by itself, it is converted."
        }
        // A test checks that the three functions cover every remark.
        _ => "",
    }
}

fn chapters(count: usize, of: usize) -> String {
    match count {
        1 => format!("1 of {of} chapters begins after the end of the video and was left out."),
        n => format!("{n} of {of} chapters begin after the end of the video and were left out."),
    }
}

fn damaged(count: usize, at_least: bool) -> String {
    match count {
        1 => "1 damaged spot in the original; it may show in the result.".into(),
        n if at_least => format!("More than {n} damaged spots in the original; they may show in the result."),
        n => format!("{n} damaged spots in the original; they may show in the result."),
    }
}

fn size_changes(sizes: &[SizeAt], more: usize) -> String {
    let size = |part: &SizeAt| format!("{}x{}", part.width, part.height);
    let first = sizes.first().map(size).unwrap_or_default();
    let at = |part: &SizeAt| format!("{} at {}", size(part), running_time(part.at_seconds));
    let changes: Vec<String> = sizes.iter().skip(1).map(at).collect();
    let more = if more == 0 { String::new() } else { format!(" and {more} times more") };
    format!(
        "The picture changes its size: {first}, then {}{more}. Each part keeps its shape.",
        changes.join(", ")
    )
}

/// Audio formats that are listed.
const NAMED: usize = 5;

/// Lists only the properties that differ.
fn sound_changes(track: usize, kinds: &[SoundKind]) -> String {
    let pairs = || kinds.iter().zip(kinds.first().into_iter().cycle());
    let rates = pairs().any(|(sound, first)| sound.sample_rate != first.sample_rate);
    let layouts = pairs().any(|(sound, first)| sound.layout != first.layout);
    let word = |sound: &SoundKind| match (layouts, rates) {
        (true, true) => format!("{} at {} Hz", sound.layout, sound.sample_rate),
        (true, false) => sound.layout.clone(),
        _ => format!("{} Hz", sound.sample_rate),
    };
    let words: Vec<String> = kinds.iter().take(NAMED).map(word).collect();
    format!("Track {track} changes between {}; in the result it is the same throughout.", words.join(" and "))
}

fn not_copied(stream: Kind, fault: CopyFault) -> String {
    let what = if stream == Kind::Video { "picture" } else { "sound" };
    match fault {
        CopyFault::Big => format!("A copy was larger than the target, so the {what} was converted."),
        CopyFault::Damaged => {
            format!("The {what} is damaged in places, so it was converted rather than copied.")
        }
        CopyFault::Times => {
            format!(
                "The timestamps of the original are damaged, so the {what} was converted rather than copied."
            )
        }
        CopyFault::Differs => format!("The {what} could not be copied faithfully, so it was converted."),
    }
}

#[cfg(test)]
mod tests;
