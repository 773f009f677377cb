//! Determines why ffmpeg failed: a pure function of its report, by rules over lines of level error or fatal from which
//! file names have been removed.

use super::growth::Excess;
use super::run::{RunEnd, RunReport};
use crate::failure::{Failure, FailureCode, Reason};
use std::io;

/// Messages of the C library: glibc, macOS, musl; on Windows of a table in ffmpeg.
const QUOTA: &[&str] = &["quota exceeded", "Quota exceeded"];
pub(super) const MEMORY: &[&str] = &["Cannot allocate memory", "Out of memory"];
pub(super) const DRIVE: &[&str] =
    &["Input/output error", "I/O error", "Connection timed out", "Operation timed out"];
/// Messages for a lost connection to a drive.
pub(super) const LOST: &[&str] = &[
    "Transport endpoint is not connected",
    "Socket not connected",
    "Socket is not connected",
    "Stale file handle",
    "Stale NFS file handle",
    "Host is down",
    "No route to host",
];

/// Messages of old and new versions and their meaning, the most specific first.
const RULES: &[(&[&str], Reason)] = &[
    (&["No space left on device"], Reason::DiskFull { folder: None }),
    (QUOTA, Reason::QuotaFull),
    (&["Read-only file system"], Reason::FolderReadOnly { folder: None }),
    (MEMORY, Reason::OutOfMemory),
    (LOST, Reason::ConnectionLost { drive: None }),
    (&["Error writing trailer"], Reason::EndNotWritten),
    (DRIVE, Reason::DriveError),
    (&["OpenEncodeSessionEx failed"], Reason::EncoderBusy),
    (&["Unknown encoder"], Reason::NoEncoder { encoder: None }),
    (&["moov atom not found"], Reason::IndexMissing { name: None }),
    (
        &[
            "Decoder (codec none) not found",
            "Decoding requested, but no decoder found",
            "could not find codec parameters",
        ],
        Reason::NotDecodable,
    ),
];

/// Does the text contain one of these phrases?
pub(super) fn contains_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// Messages by which ffmpeg itself reports a decoder error, after the decoder's own.
pub(crate) const DECODING: &[&str] = &[
    "Error while decoding stream",
    "Error submitting packet to decoder",
    "Error processing packet in decoder",
    "Decoding error: ",
];

/// Messages by which encoders and muxers refuse a cue.
const CUES: &[&str] =
    &["Application provided duration", "Subtitle encoding failed", "Subtitle encoding currently"];

/// Did the encode fail because of a subtitle cue, judged by the end of its log?
pub(crate) fn is_over_subtitles(log_tail: &str) -> bool {
    let is_error = |line: &&str| line.contains("[error]") || line.contains("[fatal]");
    log_tail.lines().filter(is_error).any(|line| line.contains("[sost#") || contains_any(line, CUES))
}

/// The failure in a report; `None` where nothing indicates one so far; verification must then confirm success.
pub fn failure(report: &RunReport) -> Option<Failure> {
    if let (RunEnd::Exited(1..), Some(signal)) = (&report.ended, caught_signal(&report.log_tail)) {
        return Some(Failure { log_tail: report.log_tail.clone(), ..killed("ffmpeg", signal) });
    }
    let failure = match &report.ended {
        // Orders are not failures; the caller knows what it ordered.
        RunEnd::Cancelled | RunEnd::Stopped => return None,
        RunEnd::Exited(0) => of_success(&report.errors)?,
        RunEnd::Exited(code) => Failure { exit: Some(*code), ..of_exit(report).into() },
        RunEnd::Signalled(signal) => killed("ffmpeg", *signal),
        RunEnd::Stalled => Reason::Stalled.into(),
        RunEnd::Exceeded(Excess::Disk) => Reason::DiskAlmostFull.into(),
        RunEnd::Exceeded(Excess::Output) => Reason::GrewTooFar.into(),
        RunEnd::NotStarted(kind, cause) => not_started(*kind, cause).into(),
    };
    Some(Failure { log_tail: report.log_tail.clone(), ..failure })
}

/// The first rule whose phrases match.
fn rule(matches: impl Fn(&[&str]) -> bool) -> Option<Reason> {
    let met = RULES.iter().find(|(phrases, _)| matches(phrases));
    met.map(|(_, reason)| reason.clone())
}

/// Decoder errors concern the input, which verification judges: damaged input can request any amount of memory.
fn of_success(errors: &[String]) -> Option<Failure> {
    let matches =
        |line: &String, phrases: &[&str]| contains_any(line, phrases) && !contains_any(line, DECODING);
    let reason = rule(|phrases| errors.iter().any(|line| matches(line, phrases)))?;
    fatal_at_exit_0(reason.code()).then(|| reason.into())
}

fn of_exit(report: &RunReport) -> Reason {
    match rule(|phrases| report.errors.iter().any(|line| contains_any(line, phrases))) {
        Some(reason) => reason,
        None if is_refused_by_encoder(report) => Reason::EncoderRefused { cause: last_error(&report.errors) },
        None if report.cut_short => Reason::NothingReadable,
        None => Reason::GaveUp { cause: last_error(&report.errors) },
    }
}

/// An encoder received input and did not start: not a fault of the original, whatever other errors mention it.
fn is_refused_by_encoder(report: &RunReport) -> bool {
    let refused = |line: &String| contains_any(line, &["Error while opening encoder"]);
    !report.given.is_empty() && report.errors.iter().any(refused)
}

/// ffmpeg exits with 0 when only the trailer could not be written. Errors about the *input* are left to verification
/// then.
fn fatal_at_exit_0(code: FailureCode) -> bool {
    matches!(
        code,
        FailureCode::DiskFull
            | FailureCode::DestinationReadOnly
            | FailureCode::OutOfMemory
            | FailureCode::VolumeSilent
            | FailureCode::IoError
    )
}

/// The last error message of ffmpeg, as part of a sentence.
fn last_error(lines: &[String]) -> Option<String> {
    let meaningful = |line: &&String| !line.starts_with("Conversion failed") && !line.trim().is_empty();
    let last = lines.iter().rev().find(meaningful).map(|line| line.trim_matches([' ', '.', '!', ':']));
    last.map(|line| line.chars().take(200).collect())
}

fn not_started(kind: io::ErrorKind, cause: &str) -> Reason {
    use io::ErrorKind::{NotFound, OutOfMemory, ResourceBusy, WouldBlock};
    match kind {
        OutOfMemory | WouldBlock | ResourceBusy => Reason::OutOfMemory,
        NotFound => Reason::ToolGone,
        _ => Reason::NotStarted { tool: "ffmpeg".into(), cause: cause.to_owned() },
    }
}

/// The failure of a tool that a signal ended; it has no output.
pub(super) fn killed(tool: &str, signal: i32) -> Failure {
    Failure { signal: Some(signal), ..Reason::Killed { tool: tool.to_owned(), signal }.into() }
}

/// ffmpeg catches some signals, logs them and exits with 255, or with 1 before it has started.
fn caught_signal(log_tail: &str) -> Option<i32> {
    let signal = |line: &str| {
        line.strip_prefix("[info] Exiting normally, received signal ")?.trim_end_matches('.').parse().ok()
    };
    log_tail.lines().rev().find_map(signal)
}

#[cfg(test)]
mod tests {
    use super::super::report::Reader;
    use super::*;
    use crate::progress::Progress;

    fn report(ended: RunEnd, errors: &[&str]) -> RunReport {
        let errors = errors.iter().map(|s| (*s).to_owned()).collect();
        let progress = Progress::default();
        RunReport {
            ended,
            saw_end: true,
            inputs: vec![],
            errors,
            complained: std::collections::BTreeSet::new(),
            cut_short: false,
            dropped: 0,
            guessed: false,
            given: crate::ffmpeg::filter_input::FilterInput::default(),
            log_tail: "tail".into(),
            progress,
        }
    }

    fn code(ended: RunEnd, errors: &[&str]) -> Option<FailureCode> {
        failure(&report(ended, errors)).map(|f| f.code())
    }

    #[test]
    fn refused_cue_is_recognised_by_the_message_of_each_version() {
        for line in [
            "[mp4 @ 0x55] [error] Application provided duration: 2158000000 is invalid",
            "[mp4 @ 0x55] [error] Application provided duration: 2158000000 in stream 2 is invalid",
            "[fatal] Subtitle encoding failed",
            "[sost#0:1/mov_text @ 0x55] [error] Task finished with error code: -22 (Invalid argument)",
        ] {
            assert!(is_over_subtitles(&format!("[verbose] a\n{line}\n[error] b")), "{line}");
        }
        for line in ["[info] title: Subtitle encoding failed", "[error] Invalid argument", ""] {
            assert!(!is_over_subtitles(line), "{line}");
        }
    }

    #[test]
    fn ends_map_to_their_codes() {
        use RunEnd::{Exited, Signalled, Stalled};
        assert_eq!(code(Exited(1), &["something odd"]), Some(FailureCode::EncodeFailed));
        assert_eq!(code(Signalled(11), &[]), Some(FailureCode::KilledBySignal));
        assert_eq!(code(Stalled, &[]), Some(FailureCode::Stalled));
        assert_eq!(code(Exited(0), &["error while decoding MB 3 4"]), None);
        assert_eq!(
            code(RunEnd::NotStarted(io::ErrorKind::NotFound, String::new()), &[]),
            Some(FailureCode::FfmpegMissing)
        );
    }

    #[test]
    fn encoder_refusal_is_not_blamed_on_the_original() {
        let refused = "Error while opening encoder for output stream #0:1 - maybe incorrect parameters";
        let mut cut = RunReport { cut_short: true, ..report(RunEnd::Exited(1), &[refused]) };
        assert_eq!(failure(&cut).unwrap().code(), FailureCode::SourceTruncated, "nothing was decoded");
        cut.given.take_sound("graph_0_in_0_1", "samplerate:48000 chlayout:5.1(side)");
        assert_eq!(failure(&cut).unwrap().code(), FailureCode::EncodeFailed);
    }

    #[test]
    fn messages_of_every_version_and_system_map_to_one_cause() {
        for (line, expected) in [
            ("av_interleaved_write_frame(): No space left on device", FailureCode::DiskFull),
            ("Error submitting a packet to the muxer: No space left on device", FailureCode::DiskFull),
            ("Task finished with error code: -28 (No space left on device)", FailureCode::DiskFull),
            ("Error muxing a packet: Disk quota exceeded", FailureCode::DiskFull),
            ("Error muxing a packet: Disc quota exceeded", FailureCode::DiskFull),
            ("Error muxing a packet: Quota exceeded", FailureCode::DiskFull),
            ("Error opening output files: Read-only file system", FailureCode::DestinationReadOnly),
            ("Error while opening encoder: Cannot allocate memory", FailureCode::OutOfMemory),
            ("Error while opening encoder: Out of memory", FailureCode::OutOfMemory),
            ("OpenEncodeSessionEx failed: out of memory (10): (no details)", FailureCode::EncoderSession),
            ("Error opening input: Input/output error", FailureCode::IoError),
            ("Error opening input: I/O error", FailureCode::IoError),
            ("{}: Connection timed out", FailureCode::IoError),
            ("{}: Transport endpoint is not connected", FailureCode::VolumeSilent),
            ("{}: Stale file handle", FailureCode::VolumeSilent),
            ("av_interleaved_write_frame(): Host is down", FailureCode::VolumeSilent),
            ("Unknown encoder 'libx264'", FailureCode::EncoderMissing),
            ("moov atom not found", FailureCode::SourceTruncated),
            ("Decoder (codec none) not found for input stream #0:1", FailureCode::UnsupportedCodec),
            ("Decoding requested, but no decoder found for: none", FailureCode::UnsupportedCodec),
            (": could not find codec parameters", FailureCode::UnsupportedCodec),
        ] {
            assert_eq!(code(RunEnd::Exited(1), &["Conversion failed!", line]), Some(expected), "{line}");
        }
    }

    #[test]
    fn caught_signal_is_reported_and_an_exit_code_alone_is_not_one() {
        let found = |tail: &str, code| {
            let report = RunReport { log_tail: tail.into(), ..report(RunEnd::Exited(code), &[]) };
            failure(&report).map(|f| (f.code(), f.signal))
        };
        let line = "[info] x\n[info] Exiting normally, received signal 15.\n[verbose] y";
        assert_eq!(found(line, 255), Some((FailureCode::KilledBySignal, Some(15))));
        assert_eq!(found(line, 1), Some((FailureCode::KilledBySignal, Some(15))));
        assert_eq!(found(line, 0), None);
        assert_eq!(found("[info] title: received signal 15.", 255), Some((FailureCode::EncodeFailed, None)));
    }

    #[test]
    fn exit_0_without_a_trailer_is_not_success() {
        assert_eq!(
            code(RunEnd::Exited(0), &["Error writing trailer of /o.mp4: No space left on device"]),
            Some(FailureCode::DiskFull)
        );
        assert_eq!(
            code(RunEnd::Exited(0), &["Error writing trailer of /o.mp4: odd"]),
            Some(FailureCode::IoError)
        );
    }

    #[test]
    fn exit_0_after_a_drive_failure_is_not_success() {
        for (line, expected) in [
            (": Transport endpoint is not connected", FailureCode::VolumeSilent),
            (": Stale file handle", FailureCode::VolumeSilent),
            (": Input/output error", FailureCode::IoError),
        ] {
            assert_eq!(code(RunEnd::Exited(0), &[line]), Some(expected), "{line}");
        }
    }

    #[test]
    fn decoder_error_is_no_failure_at_exit_0() {
        for line in [
            "Error while decoding stream #0:0: Cannot allocate memory",
            "Error submitting packet to decoder: Cannot allocate memory",
            "Error processing packet in decoder: Input/output error",
            "Decoding error: I/O error",
        ] {
            assert_eq!(code(RunEnd::Exited(0), &[line]), None, "{line}");
            assert!(code(RunEnd::Exited(1), &[line]).is_some(), "{line}");
        }
        assert_eq!(code(RunEnd::Exited(0), &["Cannot allocate memory"]), Some(FailureCode::OutOfMemory));
    }

    #[test]
    fn file_names_are_not_taken_for_messages() {
        for (folder, line) in [
            ("/v/", "[error] {}: Invalid data found when processing input"),
            (r"C:\v\", "[error] {}: Invalid data found when processing input"),
            (
                r"\\?\C:\v\",
                "[out#0/mp4 @ 000001f2a3b4c5d0] [fatal] Error opening output {}: Invalid argument",
            ),
            (r"\\server\share\", "[error] Error opening input file {}."),
            ("/v/", "[error] Error opening input file {}."),
        ] {
            let name = format!("file:{folder}No space left on device.mp4");
            let mut reader = Reader::new(&[name.as_str().into()]);
            reader.take_log(&line.replace("{}", &name));
            let report = RunReport { errors: reader.errors, ..report(RunEnd::Exited(1), &[]) };
            assert_eq!(failure(&report).map(|f| f.code()), Some(FailureCode::EncodeFailed), "{line}");
        }
    }

    #[test]
    fn rest_of_a_removed_name_is_not_shown() {
        let failure = failure(&report(RunEnd::Exited(1), &[": Invalid data found when processing input"]));
        assert_eq!(failure.unwrap().sentence(), "ffmpeg gave up: Invalid data found when processing input.");
    }
}
